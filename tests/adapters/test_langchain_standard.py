"""LangChain's own suites, for LeedChatModel and LeedEmbeddings, around langchain-openai's and a server on loopback."""

from collections.abc import AsyncIterator, Iterator
from typing import Any

import httpx
import pytest
from langchain_core.embeddings import Embeddings
from langchain_core.language_models import BaseChatModel
from langchain_openai import ChatOpenAI, OpenAIEmbeddings
from langchain_tests.integration_tests import ChatModelIntegrationTests, EmbeddingsIntegrationTests
from langchain_tests.unit_tests import ChatModelUnitTests, EmbeddingsUnitTests
from pydantic import SecretStr

from leed_adapters.fakes.openai import FakeOpenAI
from leed_adapters.langchain import LeedChatModel, LeedEmbeddings


@pytest.fixture(scope="module")
def base_url() -> Iterator[str]:
    with FakeOpenAI() as server:
        yield server.base_url


class LeedOpenAI(LeedChatModel):
    """LeedChatModel around a ChatOpenAI of the parameters that a suite gives: they are the inner model's."""

    def __init__(self, **params: Any) -> None:
        super().__init__(ChatOpenAI(**params))


class Around:
    """What both suites of chat models are told."""

    @pytest.fixture(autouse=True)
    async def reach(self, base_url: str) -> AsyncIterator[None]:
        """Clients of their own, closed in the loop that opened their connections."""
        with httpx.Client() as sync:
            async with httpx.AsyncClient() as concurrent:
                self.reached: dict[str, Any] = {
                    "base_url": base_url,
                    "http_client": sync,
                    "http_async_client": concurrent,
                }
                yield

    @property
    def chat_model_class(self) -> type[BaseChatModel]:
        return LeedOpenAI

    @property
    def chat_model_params(self) -> dict[str, Any]:
        return {"model": "gpt-4o-mini", "api_key": SecretStr("key"), "stream_usage": True, **self.reached}

    @property
    def supports_json_mode(self) -> bool:
        return True

    @property
    def model_override_value(self) -> str:
        return "gpt-4o"

    @property
    def supports_anthropic_inputs(self) -> bool:
        return True


# Images and PDFs are off: those tests fetch theirs from the network.
@pytest.mark.filterwarnings("ignore:Pydantic serializer warnings:UserWarning")  # langchain-openai's, of parsed answers
@pytest.mark.filterwarnings("ignore:Received a Pydantic BaseModel V1 schema:UserWarning")  # as above
class TestLeedChatModelUnit(Around, ChatModelUnitTests):
    pass


@pytest.mark.filterwarnings("ignore:Pydantic serializer warnings:UserWarning")  # as above
@pytest.mark.filterwarnings("ignore:Received a Pydantic BaseModel V1 schema:UserWarning")  # as above
class TestLeedChatModelIntegration(Around, ChatModelIntegrationTests):
    pass


class AroundEmbeddings:
    """What both suites of embeddings are told."""

    @pytest.fixture(autouse=True)
    async def reach(self, base_url: str) -> AsyncIterator[None]:
        """Clients of their own, closed in the loop that opened their connections."""
        with httpx.Client() as sync:
            async with httpx.AsyncClient() as concurrent:
                self.reached: dict[str, Any] = {
                    "base_url": base_url,
                    "http_client": sync,
                    "http_async_client": concurrent,
                }
                yield

    @property
    def embeddings_class(self) -> type[Embeddings]:
        return LeedEmbeddings

    @property
    def embedding_model_params(self) -> dict[str, Any]:
        inner = OpenAIEmbeddings(
            model="fake", api_key=SecretStr("key"), check_embedding_ctx_length=False, **self.reached
        )
        return {"embeddings": inner}


class TestLeedEmbeddingsUnit(AroundEmbeddings, EmbeddingsUnitTests):
    pass


class TestLeedEmbeddingsIntegration(AroundEmbeddings, EmbeddingsIntegrationTests):
    pass
