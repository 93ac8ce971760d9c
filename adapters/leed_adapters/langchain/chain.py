"""Descriptions between a prompt and a model: ``prompt | leed_messages() | model``."""

from __future__ import annotations

from typing import Any

from langchain_core.language_models import LanguageModelInput
from langchain_core.messages import BaseMessage
from langchain_core.runnables import Runnable, RunnableConfig

from leed_adapters.langchain.injector import Injector
from leed_adapters.langchain.messages import as_messages


def leed_messages(
    expressions: object = None,
    **options: Any,  # noqa: ANN401 - those of leed.inject
) -> Runnable[LanguageModelInput, list[BaseMessage]]:
    r"""Return a Runnable from a prompt's value, messages or a str to messages with descriptions.

    >>> from langchain_core.prompts import ChatPromptTemplate
    >>> prompt = ChatPromptTemplate([("user", "{text}")]) | leed_messages(policy=None)
    >>> scores = {"prosody": {"Sadness": 0.34}}
    >>> prompt.invoke({"text": "I'm fine"}, {"configurable": {"expression": scores}})[0].content
    "I'm fine\n\n[The user sounds quite sad.]"

    Expressions ride on ``HumanMessage.additional_kwargs["expression"]``, and then stand in whatever stores those
    messages, checkpoints and traces included; or they come beside: in ``config["configurable"]["expression"]``, for
    one call (as a mapping: LangChain copies a str from there into traces and checkpoints), or as ``expressions``. A
    chain's traces show what goes from step to step, so these show notes; with `LeedChatModel` they show none.

    Args:
        expressions: of the newest message of the user: what `leed.inject` takes, such as a `leed.Stream`; or a
            function that is given the call's config.
        options: those of `leed.inject`: handover, policy, describer, max_age, older, speakers, strict, enabled, ...
            ``now`` may be a function.

    Raises:
        OptionError: an option is not known, or has a value that leed does not know.
    """
    return LeedMessages(Injector(expressions, options))


class LeedMessages(Runnable[LanguageModelInput, list[BaseMessage]]):
    """A step of a chain that puts descriptions into messages; see `leed_messages`."""

    def __init__(self, injector: Injector) -> None:
        self._injector = injector

    def invoke(
        self,
        input: LanguageModelInput,  # noqa: A002 - the base's name
        config: RunnableConfig | None = None,
        **kwargs: Any,  # noqa: ANN401 - the base's
    ) -> list[BaseMessage]:
        """Return messages with descriptions."""
        return self._call_with_config(self._told, input, config, **kwargs)

    async def ainvoke(
        self,
        input: LanguageModelInput,  # noqa: A002 - the base's name
        config: RunnableConfig | None = None,
        **kwargs: Any,  # noqa: ANN401 - the base's
    ) -> list[BaseMessage]:
        """Return messages with descriptions; there is nothing to wait for."""
        return await self._acall_with_config(self._atold, input, config, **kwargs)

    def _told(
        self,
        given: LanguageModelInput,
        run_manager: object,  # noqa: ARG002 - the base hands it over
        config: RunnableConfig,
    ) -> list[BaseMessage]:
        beside = config.get("configurable", {}).get("expression")
        return self._injector(as_messages(given), config, beside=beside)

    async def _atold(self, given: LanguageModelInput, run_manager: object, config: RunnableConfig) -> list[BaseMessage]:
        return self._told(given, run_manager, config)
