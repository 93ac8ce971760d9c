"""Descriptions in the model calls of LangChain's agents, with the state, checkpoints and traces as without."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from langchain.agents.middleware import AgentMiddleware, AgentState, ModelRequest, ModelResponse
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import BaseMessage, SystemMessage

from leed_adapters.langchain.chat_model import LeedChatModel
from leed_adapters.langchain.injector import Injector


@dataclass(frozen=True)
class LeedContext:
    """The runtime context of an agent, with expressions: ``create_agent(..., context_schema=LeedContext)``.

    A context of your own serves as well, a mapping or an object with these names.

    Attributes:
        expression: that of the newest message of the user, as `leed.inject` takes it.
        expressions: those of messages by their id, so that earlier ones keep their descriptions and prompt caches live.
    """

    expression: Any = field(default=None, repr=False)
    expressions: Mapping[str, Any] = field(default_factory=dict, repr=False)


class LeedMiddleware(AgentMiddleware[AgentState[Any], Any, Any]):
    """An agent's middleware that puts descriptions into its calls to the model; its state never changes.

    >>> from langchain.agents import create_agent
    >>> from langchain_core.language_models import FakeListChatModel
    >>> model = FakeListChatModel(responses=["What happened?"])
    >>> agent = create_agent(model, middleware=[LeedMiddleware()], context_schema=LeedContext)
    >>> asked = {"messages": [{"role": "user", "content": "I'm fine"}]}
    >>> agent.invoke(asked, context=LeedContext({"prosody": {"Sadness": 0.34}}))["messages"][-1].content
    'What happened?'

    Expressions come through the runtime context, which is neither stored nor traced; or they ride on
    ``HumanMessage.additional_kwargs["expression"]``, and then stand in checkpoints and traces. List it last: then other
    middlewares see the model that the agent was given.
    """

    def __init__(
        self,
        expressions: object = None,
        *,
        traced: bool = False,
        **options: Any,  # noqa: ANN401 - those of leed.inject
    ) -> None:
        """Prepare.

        Args:
            expressions: of the newest message of the user, where the context has none: what `leed.inject` takes, such
                as a `leed.Stream`; or a function that is given the agent's runtime.
            traced: descriptions go into the messages and the system message of the request, so that other middlewares
                and traces see them; else they are put in beneath the callbacks, by a `LeedChatModel`.
            options: those of `leed.inject`; ``now`` may be a function.

        Raises:
            OptionError: an option is not known, or has a value that leed does not know.
        """
        super().__init__()
        self._injector = Injector(expressions, options)
        self._traced = traced

    def wrap_model_call(
        self, request: ModelRequest[Any], handler: Callable[[ModelRequest[Any]], ModelResponse[Any]]
    ) -> ModelResponse[Any]:
        """Return the model's answer to messages with descriptions."""
        return handler(self._told(request))

    async def awrap_model_call(
        self, request: ModelRequest[Any], handler: Callable[[ModelRequest[Any]], Awaitable[ModelResponse[Any]]]
    ) -> ModelResponse[Any]:
        """Return the model's answer to messages with descriptions."""
        return await handler(self._told(request))

    def _told(self, request: ModelRequest[Any]) -> ModelRequest[Any]:
        """The request with descriptions."""
        runtime = request.runtime
        context = getattr(runtime, "context", None)  # outside of a graph there is no runtime

        def inject(messages: Any) -> list[BaseMessage]:  # noqa: ANN401 - messages of the host's union
            beside, by_id = _of(context, "expression"), _of(context, "expressions")
            return self._injector(messages, runtime, beside=beside, by_id=by_id)

        if not self._traced and isinstance(request.model, BaseChatModel):
            return request.override(model=LeedChatModel.of(request.model, inject))
        leading = [] if request.system_message is None else [request.system_message]
        told: list[Any] = inject([*leading, *request.messages])
        system = None
        if told and isinstance(told[0], SystemMessage) and (leading or told[0] is not request.messages[0]):
            system = told.pop(0)
        return request.override(messages=told, system_message=system)


def _of(context: object, name: str) -> Any:  # noqa: ANN401 - whatever the application has there
    return context.get(name) if isinstance(context, Mapping) else getattr(context, name, None)
