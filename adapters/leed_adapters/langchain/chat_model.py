"""A chat model around another one, whose calls carry descriptions."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from typing import Any, Self

from langchain_core.callbacks import AsyncCallbackManagerForLLMRun, CallbackManagerForLLMRun
from langchain_core.language_models import BaseChatModel, LanguageModelInput
from langchain_core.messages import AIMessage, BaseMessage
from langchain_core.outputs import ChatGenerationChunk, ChatResult
from langchain_core.runnables import Runnable
from langchain_core.tools import BaseTool
from pydantic import PrivateAttr

from leed.errors import InputError
from leed_adapters.langchain.injector import Injector
from leed_adapters.langchain.rebinding import rebound

_SHARED = frozenset(BaseChatModel.model_fields)
"""What the outer model takes from the inner one, unless it is given: callbacks see the outer one run."""


class LeedChatModel(BaseChatModel):
    """A chat model that puts descriptions into the messages of each call, and is the inner one in all else.

    >>> from langchain_core.language_models import FakeListChatModel
    >>> from langchain_core.messages import HumanMessage
    >>> model = LeedChatModel(FakeListChatModel(responses=["What happened?"]))
    >>> said = HumanMessage("I'm fine", additional_kwargs={"expression": {"prosody": {"Sadness": 0.34}}})
    >>> model.invoke([said]).content
    'What happened?'

    Descriptions are put in beneath the callbacks, so that traces hold no note; expressions that ride on messages stand
    there as they came. The inner model's cache and rate limiter see the messages that go out. Tools, structured output,
    streams, usage and token counts are the inner model's.

    Attributes:
        model: the inner model.
    """

    model: BaseChatModel
    _injector: Injector = PrivateAttr()

    def __init__(
        self,
        model: BaseChatModel,
        *,
        expressions: object = None,
        **options: Any,  # noqa: ANN401 - those of leed.inject, or fields of a chat model
    ) -> None:
        """Wrap a model.

        Args:
            model: any chat model.
            expressions: of the newest message of the user: what `leed.inject` takes, such as a `leed.Stream`; or a
                function that is asked at each call. Others ride on messages: ``additional_kwargs["expression"]``.
            options: those of `leed.inject` (``now`` may be a function), and fields of every chat model, such as tags;
                without them those of the inner model hold.

        Raises:
            InputError: model is no chat model.
            OptionError: an option is not known, or has a value that leed does not know.
        """
        if not isinstance(model, BaseChatModel):
            raise InputError(f"model is {type(model).__name__}: give a chat model, such as ChatOpenAI()")
        shared = {name: getattr(model, name) for name in _SHARED}
        own = {name: options.pop(name) for name in _SHARED & options.keys()}
        fields: dict[str, Any] = {"model": model, **shared, **own}
        super().__init__(**fields)
        self._injector = Injector(expressions, options)

    @classmethod
    def of(cls, model: BaseChatModel, injector: Callable[[Sequence[BaseMessage]], list[BaseMessage]]) -> Self:
        """Return a model whose messages go through a function."""
        made = cls(model)
        made._injector = injector  # type: ignore[assignment]
        return made

    # --- calls

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,  # noqa: ANN401 - the host's
    ) -> ChatResult:
        told = self._injector(messages)
        return self.model._generate_with_cache(told, stop=stop, run_manager=run_manager, **kwargs)  # noqa: SLF001

    async def _agenerate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: AsyncCallbackManagerForLLMRun | None = None,
        **kwargs: Any,  # noqa: ANN401 - the host's
    ) -> ChatResult:
        told = self._injector(messages)
        return await self.model._agenerate_with_cache(told, stop=stop, run_manager=run_manager, **kwargs)  # noqa: SLF001

    # The base's cache would take calls that differ in their expressions alone for the same one; the inner model's
    # does not.
    def _generate_with_cache(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,  # noqa: ANN401 - the host's
    ) -> ChatResult:
        return self._generate(messages, stop, run_manager, **kwargs)

    async def _agenerate_with_cache(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: AsyncCallbackManagerForLLMRun | None = None,
        **kwargs: Any,  # noqa: ANN401 - the host's
    ) -> ChatResult:
        return await self._agenerate(messages, stop, run_manager, **kwargs)

    def _stream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,  # noqa: ANN401 - the host's
    ) -> Iterator[ChatGenerationChunk]:
        yield from self.model._stream(self._injector(messages), stop=stop, run_manager=run_manager, **kwargs)  # noqa: SLF001

    async def _astream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: AsyncCallbackManagerForLLMRun | None = None,
        **kwargs: Any,  # noqa: ANN401 - the host's
    ) -> AsyncIterator[ChatGenerationChunk]:
        told = self._injector(messages)
        async for chunk in self.model._astream(told, stop=stop, run_manager=run_manager, **kwargs):  # noqa: SLF001
            yield chunk

    def _iter_v2_events(self, messages: list[BaseMessage], **kwargs: Any) -> Iterator[Any]:  # noqa: ANN401 - the host's
        yield from self.model._iter_v2_events(self._injector(messages), **kwargs)  # noqa: SLF001

    async def _aiter_v2_events(self, messages: list[BaseMessage], **kwargs: Any) -> AsyncIterator[Any]:  # noqa: ANN401
        async for event in self.model._aiter_v2_events(self._injector(messages), **kwargs):  # noqa: SLF001
            yield event

    def _should_stream(self, **kwargs: Any) -> bool:  # noqa: ANN401 - the host's
        is_off = self._streaming_disabled(**{k: v for k, v in kwargs.items() if k not in ("async_api", "run_manager")})
        return not is_off and self.model._should_stream(**kwargs)  # noqa: SLF001

    # --- tools and structured output

    def bind_tools(
        self,
        tools: Sequence[dict[str, Any] | type | Callable[..., Any] | BaseTool],
        *,
        tool_choice: str | None = None,
        **kwargs: Any,  # noqa: ANN401 - the inner model's
    ) -> Runnable[LanguageModelInput, AIMessage]:
        """Return the model with tools, as the inner model binds them."""
        chosen = kwargs if tool_choice is None else {**kwargs, "tool_choice": tool_choice}
        return rebound(self.model.bind_tools(tools, **chosen), self.model, self)

    def with_structured_output(
        self,
        schema: Any,  # noqa: ANN401 - the inner model's
        *,
        include_raw: bool = False,
        **kwargs: Any,  # noqa: ANN401 - the inner model's
    ) -> Runnable[LanguageModelInput, Any]:
        """Return the model with answers in a schema, as the inner model makes them."""
        made = self.model.with_structured_output(schema, include_raw=include_raw, **kwargs)
        return rebound(made, self.model, self)

    # --- what the inner model says of itself

    @property
    def model_name(self) -> str:
        """The inner model's name; agents choose by it how they ask for structured output."""
        names = (getattr(self.model, name, None) for name in ("model_name", "model", "model_id"))
        return next((name for name in names if isinstance(name, str) and name), type(self.model).__name__)

    @property
    def _llm_type(self) -> str:
        return self.model._llm_type  # noqa: SLF001

    @property
    def _identifying_params(self) -> dict[str, Any]:
        return dict(self.model._identifying_params)  # noqa: SLF001

    def _get_invocation_params(self, stop: list[str] | None = None, **kwargs: Any) -> dict[str, Any]:  # noqa: ANN401
        return self.model._get_invocation_params(stop=stop, **kwargs)  # noqa: SLF001

    def _get_ls_params(self, stop: list[str] | None = None, **kwargs: Any) -> Any:  # noqa: ANN401 - the host's
        return self.model._get_ls_params(stop=stop, **kwargs)  # noqa: SLF001

    def _combine_llm_outputs(self, llm_outputs: list[Any]) -> dict[str, Any]:
        return self.model._combine_llm_outputs(llm_outputs)  # noqa: SLF001

    def get_token_ids(self, text: str) -> list[int]:
        """Return the tokens of a text, as the inner model counts them."""
        return self.model.get_token_ids(text)

    def get_num_tokens_from_messages(self, messages: list[BaseMessage], tools: Any = None) -> int:  # noqa: ANN401
        """Return how many tokens messages are, as the inner model counts them: as given, without descriptions."""
        return self.model.get_num_tokens_from_messages(messages, tools=tools)
