"""Scores of expression models, put into words that language models and people can read.

>>> import leed
>>> print(leed.describe({"Joy": 0.84}, modality="face"))
They look extremely joyful.
>>> print(leed.describe({"Sadness": 0.34}, modality="prosody", text="I'm fine"))
They said "I'm fine" and sound quite sad.

A score says how an expression would likely be perceived, never what somebody feels; the sentences say *look* and
*sound*. Every public name is imported at its first use, so that ``import leed`` loads the standard library only.
"""

from __future__ import annotations

TYPE_CHECKING = False  # type checkers read it as true; importing typing would double the time of 'import leed'
if TYPE_CHECKING:
    from leed import embed as embed
    from leed.baseline import Baseline as Baseline
    from leed.describer import Describer as Describer
    from leed.describer import describe as describe
    from leed.descriptions import describe_all as describe_all
    from leed.errors import LeedError as LeedError
    from leed.injection import inject as inject
    from leed.injection import user_message as user_message
    from leed.matrix import Sentences as Sentences
    from leed.matrix import describe_matrix as describe_matrix
    from leed.readers import read as read
    from leed.schema import Description as Description
    from leed.schema import Issue as Issue
    from leed.schema import Recording as Recording
    from leed.schema import Segment as Segment
    from leed.schema import Term as Term
    from leed.schema import Track as Track
    from leed.stream import Stream as Stream
    from leed.timeline import Summary as Summary
    from leed.timeline import summarize as summarize

__version__ = "0.1.0"

_HOME = {
    "Baseline": "leed.baseline",
    "Describer": "leed.describer",
    "Description": "leed.schema",
    "Issue": "leed.schema",
    "LeedError": "leed.errors",
    "Recording": "leed.schema",
    "Segment": "leed.schema",
    "Sentences": "leed.matrix",
    "Stream": "leed.stream",
    "Summary": "leed.timeline",
    "Term": "leed.schema",
    "Track": "leed.schema",
    "describe": "leed.describer",
    "describe_all": "leed.descriptions",
    "describe_matrix": "leed.matrix",
    "inject": "leed.injection",
    "read": "leed.readers",
    "summarize": "leed.timeline",
    "user_message": "leed.injection",
}

__all__ = [
    "Baseline",
    "Describer",
    "Description",
    "Issue",
    "LeedError",
    "Recording",
    "Segment",
    "Sentences",
    "Stream",
    "Summary",
    "Term",
    "Track",
    "describe",
    "describe_all",
    "describe_matrix",
    "inject",
    "read",
    "summarize",
    "user_message",
]

_ROOMS = ("embed",)  # modules that are used as leed.embed.get_embedder


def __getattr__(name: str) -> object:
    home = f"leed.{name}" if name in _ROOMS else _HOME.get(name)
    if home is None:
        raise AttributeError(f"module 'leed' has no attribute {name!r}")
    from importlib import import_module  # noqa: PLC0415 - not needed by 'import leed' itself

    module = import_module(home)
    value = module if name in _ROOMS else getattr(module, name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__, *_ROOMS})
