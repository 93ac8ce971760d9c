"""The hook for LiteLLM's proxy: whoever talks to models through it has expressions put into words on the way."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from litellm.exceptions import BadRequestError
from litellm.integrations.custom_logger import CustomLogger

from leed.errors import LeedError
from leed_adapters.litellm.bodies import CALL_TYPES, changes, put, scrub
from leed_adapters.litellm.injecting import Injector
from leed_adapters.litellm.records import PROXY_LOGGER, filter_records

if TYPE_CHECKING:
    from litellm.caching.dual_cache import DualCache
    from litellm.proxy._types import UserAPIKeyAuth
    from litellm.types.utils import CallTypesLiteral


class LeedHook(CustomLogger):
    """Puts descriptions into requests for chat completions, responses and Anthropic's messages.

    `leed_adapters.litellm.hook` is one with the options that the environment names (LEED_POLICY, LEED_HANDOVER and so
    on). For options of other kinds, make one in a module beside the proxy's config.yaml, and name that there::

        from leed_adapters.litellm import LeedHook

        hook = LeedHook(policy="companion", allow=["Desire"])

    Expressions ride on the messages; that of the newest user message may come as ``metadata.expression``.
    """

    def __init__(self, **options: Any) -> None:  # noqa: ANN401 - those of inject
        """Take the options of `leed.inject`.

        Raises:
            OptionError: an option is not known, or has a value that leed does not know.
        """
        super().__init__()
        self._injector = Injector(**options)
        filter_records(logging.getLogger(PROXY_LOGGER))

    def __init_subclass__(cls, **kwargs: Any) -> None:  # noqa: ANN401 - the base's
        # The proxy calls hooks that stand in the class itself, and passes over those that are inherited.
        super().__init_subclass__(**kwargs)
        if "async_pre_call_hook" not in vars(cls):
            cls.async_pre_call_hook = cls.async_pre_call_hook  # type: ignore[method-assign]

    async def async_pre_call_hook(
        self,
        user_api_key_dict: UserAPIKeyAuth,  # noqa: ARG002 - the base's signature
        cache: DualCache,  # noqa: ARG002 - as above
        data: dict[str, Any],
        call_type: CallTypesLiteral,
    ) -> dict[str, Any]:
        """Return the request as it goes on: the same object, changed in place, as the proxy's copies of it are.

        Raises:
            BadRequestError: an expression cannot be described, and strict was asked for.
        """
        if call_type not in CALL_TYPES:
            return data
        try:
            changed = changes(data, call_type, self._injector)
        except LeedError as error:
            raise BadRequestError(str(error), model=str(data.get("model")), llm_provider="leed") from error
        finally:
            scrub(data)
        put(data, changed)
        return data
