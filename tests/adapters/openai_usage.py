"""How a wrapped client is used, for mypy and pyright alone: it is what was given, and has ``leed``."""

from typing import assert_type

import openai
from openai.types.chat import ChatCompletion, ChatCompletionChunk, ParsedChatCompletion
from openai.types.responses import ParsedResponse, Response
from pydantic import BaseModel

import leed
from leed.injection import Injection
from leed_adapters.openai import LeedAsyncAzureOpenAI, LeedAsyncOpenAI, LeedAzureOpenAI, LeedOpenAI, wrap


class Mood(BaseModel):
    word: str


def synchronous(given: openai.OpenAI) -> None:
    client = wrap(given, policy="companion", older="keep")
    assert_type(client, LeedOpenAI)
    plain: openai.OpenAI = client
    assert_type(client.leed.last, Injection | None)
    client.leed.enabled = False
    messages = [leed.user_message("Hello", expression={"prosody": {"Joy": 0.4}})]
    assert_type(client.chat.completions.create(model="m", messages=messages), ChatCompletion)
    assert_type(
        client.chat.completions.create(model="m", messages=messages, stream=True), openai.Stream[ChatCompletionChunk]
    )
    assert_type(
        client.chat.completions.parse(model="m", messages=messages, response_format=Mood), ParsedChatCompletion[Mood]
    )
    assert_type(client.chat.completions.with_raw_response.create(model="m", messages=messages).parse(), ChatCompletion)
    with client.chat.completions.stream(model="m", messages=messages) as stream:
        assert_type(stream.get_final_completion().choices[0].message.content, str | None)
    assert_type(client.responses.create(model="m", input=messages), Response)
    assert_type(client.responses.parse(model="m", input="Hello", text_format=Mood), ParsedResponse[Mood])
    assert_type(client.with_options(timeout=3), LeedOpenAI)
    assert_type(client.copy(max_retries=0), LeedOpenAI)
    assert_type(client.embeddings.create(model="m", input="a"), openai.types.CreateEmbeddingResponse)
    with client as same:
        assert_type(same, LeedOpenAI)
    plain.close()


async def asynchronous(given: openai.AsyncOpenAI, stream: leed.Stream) -> None:
    client = wrap(given, stream, max_age=5.0, now=lambda: 0.0)
    assert_type(client, LeedAsyncOpenAI)
    messages = [leed.user_message("Hello")]
    assert_type(await client.chat.completions.create(model="m", messages=messages), ChatCompletion)
    chunks = await client.chat.completions.create(model="m", messages=messages, stream=True)
    assert_type(chunks, openai.AsyncStream[ChatCompletionChunk])
    async with client.chat.completions.stream(model="m", messages=messages) as events:
        await events.until_done()
    assert_type(await client.responses.create(model="m", input="Hello"), Response)
    async with client.with_options(timeout=3) as same:
        assert_type(same, LeedAsyncOpenAI)


def azure(given: openai.AzureOpenAI, asynchronous: openai.AsyncAzureOpenAI) -> None:
    assert_type(wrap(given), LeedAzureOpenAI)
    assert_type(wrap(asynchronous).with_options(timeout=3), LeedAsyncAzureOpenAI)
    wrap("no client")  # type: ignore[call-overload] # pyright: ignore[reportCallIssue, reportArgumentType]
