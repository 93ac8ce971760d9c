"""Sentences as vectors: embedders found by name, each different text embedded once.

>>> import sklearn
>>> import leed
>>> vectors = leed.embed.get_embedder("lexical").embed(["They sound quite sad.", "They sound very sad."])
>>> vectors.shape, str(vectors.dtype)
((2, 2048), 'float32')

Beside what is built in (`lexical`, `minilm`, `transformers:PATH-OR-ID`) there are those that packages add through entry
points of the group ``leed.embedders``: a class that follows `Embedder` and takes the model that stands behind the colon
of its name, or None, and options.
"""

from __future__ import annotations

import os
from inspect import signature
from typing import Any

from leed import plugins
from leed.embed.cache import Cache, default_path
from leed.embed.cost import Estimate
from leed.embed.once import OnceEmbedder
from leed.embed.options import whole
from leed.embed.protocol import Embedder, InParts, Paid, Part, Price
from leed.errors import OptionError, one_of

__all__ = ["Cache", "Embedder", "Estimate", "InParts", "OnceEmbedder", "Paid", "Part", "Price", "get_embedder"]

_GROUP = "leed.embedders"


def get_embedder(
    embedder: str | Embedder,
    *,
    cache: bool | str | os.PathLike[str] | Cache | None = None,
    batch_size: int | None = None,
    progress: bool = False,
    **options: Any,  # noqa: ANN401 - those of the embedder
) -> OnceEmbedder:
    """Return an embedder that embeds each different text once.

    Nothing is loaded before the first text is embedded, so it is cheap to make, to copy and to pickle.

    >>> import sklearn
    >>> get_embedder("lexical", dimensions=64).embed([]).shape
    (0, 64)

    Args:
        embedder: a name ("lexical", "minilm", "transformers:PATH-OR-ID", "openai:text-embedding-3-small"), or an
            embedder of your own.
        cache: a file that keeps vectors, so that no text is embedded twice and a run that stopped goes on; True for one
            in the user's folder for caches, or in that which LEED_CACHE_DIR names. It holds no text.
        batch_size: how many texts are embedded at a time.
        progress: whether a terminal shows how far it is.
        options: those of the embedder, such as dimensions.

    Raises:
        OptionError: there is no embedder of that name, or no such option.
        MissingPackageError: what it needs is not installed.
    """
    if batch_size is not None:
        whole("batch_size", batch_size)
    if isinstance(embedder, str):
        inner = _named(embedder, options if batch_size is None else options | {"batch_size": batch_size})
        return OnceEmbedder(inner, _cache(cache), batch_size, progress)
    given = _given(embedder, options)
    kept = given.cache if cache is None else _cache(cache)
    return OnceEmbedder(given.inner, kept, batch_size or given.batch_size, progress or given.progress)


def _given(embedder: object, options: dict[str, Any]) -> OnceEmbedder:
    """An embedder that was handed over, with its own settings where it has any."""
    if not isinstance(embedder, Embedder):
        raise OptionError(
            f"embedder is {type(embedder).__name__}; give a name, or an object with name, version, dimensions and embed"
        )
    if options:
        raise OptionError(f"{', '.join(options)}: options are for an embedder that is given by its name")
    return embedder if isinstance(embedder, OnceEmbedder) else OnceEmbedder(embedder)


def _cache(given: object) -> Cache | None:
    if given is None or given is False:
        return None
    if given is True:
        return Cache(default_path())
    if isinstance(given, Cache):
        return given
    if isinstance(given, str | os.PathLike):
        return Cache(os.fsdecode(given))
    raise OptionError(f"cache is {given!r}; give a path, or True for a file in the user's folder for caches")


def _named(name: str, options: dict[str, Any]) -> Embedder:
    kind, _, model = name.partition(":")
    made = plugins.load(_GROUP, kind)
    accepted = [option for option in signature(made).parameters if option != "model"]
    for option in options:
        if option not in accepted:
            raise one_of(f"option of {kind}", option, accepted)
    found: Embedder = made(model or None, **options)
    return found
