"""Asks a chat model by OpenAI's client: a few questions at a time, until the endpoint fails again and again."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import openai

from leed.errors import InputError
from leed_evals.asking.endpoint import Endpoint
from leed_evals.asking.questions import Answer, Question, tokens
from leed_evals.asking.transcript import Transcript

MOST_FAILURES = 3
"""So many questions may fail, each after its retries, before no more are asked."""


def plan(questions: Sequence[Question], endpoint: Endpoint, transcript: Transcript, what: str) -> str:
    """Return in a line what asking will cost: how many calls, how many are kept already, how many tokens go out."""
    open_ = [question for question in questions if endpoint.key(question) not in transcript.lines]
    return (
        f"{what}: {len(questions)} calls of {endpoint.model}, of which {len(questions) - len(open_)} are kept in "
        f"{transcript.path}; about {tokens(open_):,} tokens go out"
    )


def ask(
    questions: Sequence[Question], endpoint: Endpoint, transcript: Transcript, *, concurrency: int = 4
) -> list[Answer]:
    """Return an answer to each question; those that the transcript has are not asked again.

    Raises:
        InputError: the endpoint failed; the message says how many answers are kept and how to go on.
        OptionError: there is no key.
    """
    waiting = [question for question in questions if endpoint.key(question) not in transcript.lines]
    run = _Run(endpoint, transcript, len(questions) - len(waiting), len(questions))
    if waiting:
        with transcript:
            _finished(run.all(waiting, concurrency))
    run.check()
    return [run.answer(question) for question in questions]


def _client(endpoint: Endpoint) -> openai.AsyncOpenAI:
    address, key = endpoint.access()
    return openai.AsyncOpenAI(
        base_url=address, api_key=key, max_retries=endpoint.retries, timeout=openai.Timeout(endpoint.timeout)
    )


def _finished(running: Any) -> None:  # noqa: ANN401 - a coroutine
    """Wait for it in a thread of its own, so that it may be waited for inside a running event loop, as in notebooks."""
    with ThreadPoolExecutor(1) as pool:
        pool.submit(asyncio.run, running).result()


class _Run:
    """Asking as it goes on."""

    def __init__(self, endpoint: Endpoint, transcript: Transcript, kept: int, total: int) -> None:
        self.endpoint = endpoint
        self.transcript = transcript
        self.kept = kept
        self.total = total
        self.refused: dict[str, str] = {}
        self.failures: list[str] = []

    async def all(self, questions: Sequence[Question], concurrency: int) -> None:
        """Ask all of them, so many at a time."""
        queue = iter(questions)
        async with _client(self.endpoint) as client:
            await asyncio.gather(*(self._worker(client, queue) for _ in range(min(concurrency, len(questions)))))
        self._tell("\n")

    async def _worker(self, client: openai.AsyncOpenAI, queue: Iterator[Question]) -> None:
        for question in queue:
            if len(self.failures) >= MOST_FAILURES:
                return
            await self._one(client, question)

    async def _one(self, client: openai.AsyncOpenAI, question: Question) -> None:
        key = self.endpoint.key(question)
        warmth = self.endpoint.temperature
        options: dict[str, Any] = {} if warmth is None else {"temperature": warmth}
        messages: Any = [dict(message) for message in question.messages]
        try:
            said = await client.chat.completions.create(model=self.endpoint.model, messages=messages, **options)
            text = said.choices[0].message.content or ""
        except openai.BadRequestError as error:
            self.refused[key] = reason(error)
        except (openai.OpenAIError, LookupError, TypeError, AttributeError, ValueError) as error:
            self.failures.append(reason(error))
        else:
            self._keep(key, question, text)

    def _keep(self, key: str, question: Question, text: str) -> None:
        self.transcript.add(
            key,
            {
                "model": self.endpoint.model,
                **question.about,
                "repeat": question.repeat,
                "messages": [dict(message) for message in question.messages],
                "answer": text,
            },
        )
        self.kept += 1
        self._tell("")

    def _tell(self, end: str) -> None:
        if sys.stderr.isatty():
            print(f"\r{self.kept} of {self.total}", end=end, file=sys.stderr, flush=True)

    def check(self) -> None:
        """Raise if the endpoint failed, or if it takes none of the questions."""
        why = self.failures or (list(self.refused.values()) if not self.kept and self.refused else [])
        if why:
            raise InputError(
                f"{self.endpoint.model} cannot be asked: {why[0]}; {self.kept} of {self.total} answers are kept in "
                f"{self.transcript.path}: run the same command again to go on from there"
            )

    def answer(self, question: Question) -> Answer:
        """Return the answer to a question that was asked."""
        key = self.endpoint.key(question)
        if key in self.refused:
            return Answer("", self.refused[key])
        return Answer(self.transcript.lines[key]["answer"])


def reason(error: Exception) -> str:
    """Return what went wrong, in one line: the cause, where the client only says that there was no connection."""
    status = getattr(error, "status_code", None)
    body = getattr(error, "body", None)
    told = body.get("message") if isinstance(body, dict) else None
    if status:
        return f"status {status}: {' '.join(str(told or error).split())[:200]}"
    cause = error.__cause__ if isinstance(error, openai.APIConnectionError) and error.__cause__ else error
    shown = " ".join(str(cause).split())[:200]
    if isinstance(error, openai.OpenAIError):
        return shown
    return f"its answer is not as OpenAI's API has it ({type(error).__name__}: {shown})"
