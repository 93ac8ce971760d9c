"""LiteLLM: its `completion` and `acompletion` with descriptions put in, and a hook for its proxy.

>>> import leed
>>> from leed_adapters.litellm import completion
>>> history = [leed.user_message("I'm fine", expression={"prosody": {"Sadness": 0.34}})]
>>> completion("gpt-4o", history, mock_response="What happened?").choices[0].message.content
'What happened?'

In a proxy's config.yaml: ``litellm_settings: {callbacks: leed_adapters.litellm.hook}``.
"""

from __future__ import annotations

import os
from functools import cache

# Importing litellm fetches a list of prices, unless it is told to use the one that it brings; a user's own word stands.
os.environ.setdefault("LITELLM_LOCAL_MODEL_COST_MAP", "True")

from leed_adapters.litellm.calls import Leed
from leed_adapters.litellm.hooks import LeedHook
from leed_adapters.litellm.settings import options_from

__all__ = ["Leed", "LeedHook", "acompletion", "completion", "hook"]

_DEFAULT = Leed()
completion = _DEFAULT.completion
acompletion = _DEFAULT.acompletion

hook: LeedHook


@cache
def _hook() -> LeedHook:
    return LeedHook(**options_from(os.environ))


def __getattr__(name: str) -> LeedHook:
    # Made when the proxy asks for it: only there does the environment have options.
    if name == "hook":
        return _hook()
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
