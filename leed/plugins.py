"""How leed finds readers, embedders, measurers and commands.

What is built in stands in one static table, name by name, as ``"module:attribute"``; what lives elsewhere is
found through entry points of the groups ``leed.readers``, ``leed.embedders``, ``leed.measurers``, ``leed.engines``
and ``leed.commands``. Nothing is imported before it is asked for. A name that is built in cannot be taken over.
"""

from __future__ import annotations

import sys
from functools import lru_cache
from importlib import import_module
from importlib.metadata import EntryPoint, entry_points
from typing import Any, Final

from leed.errors import LeedError, MissingPackageError, one_of

BUILT_IN: Final[dict[str, dict[str, str]]] = {
    # The order is the order in which formats are tried on an input.
    "leed.readers": {
        "leed": "leed.readers.document:reader",
        "leed-jsonl": "leed.readers.lines:reader",
        "hume-evi": "leed.readers.hume_evi:reader",
        "hume-batch": "leed.readers.hume_batch:reader",
        "hume-v1": "leed.readers.hume_v1:reader",
        "hume-csv": "leed.readers.hume_csv:reader",
        "hume-streaming": "leed.readers.hume_streaming:reader",
        "behavioral-signals": "leed.readers.behavioral_signals:reader",
        "phonexia": "leed.readers.phonexia:reader",
        "beyond-verbal": "leed.readers.beyond_verbal:reader",
        "emotion2vec": "leed.readers.emotion2vec:reader",
        "sensevoice": "leed.readers.sensevoice:reader",
        "speechbrain": "leed.readers.speechbrain:reader",
        "huggingface": "leed.readers.huggingface:reader",
        "deepface": "leed.readers.deepface:reader",
        "fer": "leed.readers.fer:reader",
        "hsemotion": "leed.readers.hsemotion:reader",
        "pyfeat": "leed.readers.pyfeat:reader",
        "openface": "leed.readers.openface:reader",
        "rekognition": "leed.readers.rekognition:reader",
        "google-vision": "leed.readers.google_vision:reader",
        "laion": "leed.readers.laion:reader",
        "emotionml": "leed.readers.emotionml:reader",
        "mapping": "leed.readers.mapping:reader",
        "dataset": "leed.readers.dataset:reader",
        "parquet": "leed.readers.parquet:reader",
        "table": "leed.readers.table:reader",
        "files": "leed.readers.files:reader",
    },
    # A class of `leed.embed.Embedder`; what stands behind a colon in a name is its model.
    "leed.embedders": {
        "lexical": "leed.embed.lexical:LexicalEmbedder",
        "minilm": "leed.embed.minilm:MiniLMEmbedder",
        "transformers": "leed.embed.transformers:TransformersEmbedder",
    },
    # What `leed.batch.engines.Engine` says.
    "leed.engines": {
        "local": "leed.batch.local:run",
    },
    "leed.commands": {
        "batch": "leed.cli.batch:command",
        "calibrate": "leed.cli.calibrate:command",
        "describe": "leed.cli.describe:command",
        "demo": "leed.cli.demo:command",
        "embed": "leed.cli.embed:command",
        "fit": "leed.cli.fit:command",
        "formats": "leed.cli.formats:command",
        "lexicon": "leed.cli.lexicon:command",
        "predict": "leed.cli.predict:command",
        "prompt": "leed.cli.prompt:command",
        "report": "leed.cli.report:command",
    },
}


def names(group: str) -> tuple[str, ...]:
    """Return the names known in a group: those built in first, then those that installed packages add.

    >>> names("leed.readers")[0]
    'leed'
    """
    found = list(BUILT_IN.get(group, {}))
    found += [e.name for e in elsewhere(group) if e.name not in found]
    return tuple(found)


def elsewhere(group: str) -> tuple[EntryPoint, ...]:
    """Return the entry points of a group; looked up once for each search path."""
    return _entry_points(group, tuple(sys.path))


@lru_cache(maxsize=32)
def _entry_points(group: str, _: tuple[str, ...]) -> tuple[EntryPoint, ...]:
    return tuple(entry_points(group=group))


def load(group: str, name: str) -> Any:  # noqa: ANN401 - the group decides what it is
    """Return what stands under a name, imported now.

    Raises:
        OptionError: nobody offers that name.
        MissingPackageError: it needs a package that is not installed; the message names the extra, if one is known.
        LeedError: it cannot be loaded for another reason.
    """
    target = BUILT_IN.get(group, {}).get(name)
    if target is not None:
        module, _, attribute = target.partition(":")
        return getattr(import_module(module), attribute)
    for entry in elsewhere(group):
        if entry.name == name:
            try:
                return entry.load()
            except ModuleNotFoundError as error:
                raise missing(f"{name} ({group})", error, extra=next(iter(entry.extras), None)) from error
            except Exception as error:  # other people's code may raise anything
                raise LeedError(f"{name} ({group}) cannot be loaded: {type(error).__name__}: {error}") from error
    raise one_of(group.removeprefix("leed.").removesuffix("s"), name, names(group))


def missing(feature: str, error: ModuleNotFoundError, extra: str | None = None) -> MissingPackageError:
    """Return the error that says which package a feature needs and how to install it.

    >>> str(missing("reading Parquet", ModuleNotFoundError("no", name="pyarrow"), extra="data"))
    "reading Parquet needs the package 'pyarrow', which is not installed: pip install 'leed[data]'"
    """
    package = (error.name or "?").partition(".")[0]
    install = f"leed[{extra}]" if extra else package
    return MissingPackageError(
        f"{feature} needs the package {package!r}, which is not installed: pip install '{install}'",
        name=error.name,
    )
