"""tiktoken's encodings, made from files that are on disk and have the right content."""

from __future__ import annotations

import base64
import hashlib
import os
import tempfile
from collections.abc import Callable, Iterator
from functools import lru_cache
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Final

import msgspec


class Encoding(msgspec.Struct, frozen=True):
    """What defines an encoding beside its file; from tiktoken 0.14, tiktoken_ext/openai_public.py (MIT).

    Attributes:
        sha256: of the file's content.
        pattern: how a text is cut before it is encoded.
    """

    sha256: str
    pattern: str

    def file_of(self, name: str) -> str:
        """Return the name of the file in tiktoken's cache: the SHA-1 of its address."""
        address = f"https://openaipublic.blob.core.windows.net/encodings/{name}.tiktoken"
        return hashlib.sha1(address.encode(), usedforsecurity=False).hexdigest()


_UPPER, _LOWER, _SHORT = (
    r"[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]",
    r"[\p{Ll}\p{Lm}\p{Lo}\p{M}]",
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)?",
)

ENCODINGS: Final = {
    "o200k_base": Encoding(
        "446a9538cb6c348e3516120d7c08b09f57c36495e2acfffe59a5bf8b0cfb1a2d",
        rf"[^\r\n\p{{L}}\p{{N}}]?{_UPPER}*{_LOWER}+{_SHORT}|[^\r\n\p{{L}}\p{{N}}]?{_UPPER}+{_LOWER}*{_SHORT}"
        r"|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+",
    ),
    "cl100k_base": Encoding(
        "223921b76ee99bde995b7ff738513eef100fb51d18c93597a113bcffe865b2a7",
        r"'(?i:[sdmt]|ll|ve|re)|[^\r\n\p{L}\p{N}]?+\p{L}++|\p{N}{1,3}+| ?[^\s\p{L}\p{N}]++[\r\n]*+|\s++$|\s*[\r\n]"
        r"|\s+(?!\S)|\s",
    ),
}
"""The encodings that are known: of GPT-4o and later, and of GPT-4 and GPT-3.5."""


def exact_count(name: str) -> Callable[[str], int] | None:
    """Return what counts a text's tokens in an encoding; None if tiktoken is not installed or its file is not here."""
    if find_spec("tiktoken") is None:
        return None
    return _counting(name, tuple(folders()))


def folders() -> Iterator[str]:
    """Yield the folders in which tiktoken's files may lie."""
    for setting in ("TIKTOKEN_CACHE_DIR", "DATA_GYM_CACHE_DIR"):
        if chosen := os.environ.get(setting):
            yield chosen
    yield str(Path(tempfile.gettempdir(), "data-gym-cache"))
    litellm = find_spec("litellm")  # finds the package without running it
    for place in (litellm.submodule_search_locations or ()) if litellm is not None else ():
        yield str(Path(place, "litellm_core_utils", "tokenizers"))


@lru_cache(maxsize=8)
def _counting(name: str, places: tuple[str, ...]) -> Callable[[str], int] | None:
    encoding = ENCODINGS[name]
    data = next(
        filter(None, (_checked(Path(place, encoding.file_of(name)), encoding.sha256) for place in places)), None
    )
    if data is None:
        return None
    pairs = (line.split() for line in data.splitlines() if line)
    ranks = {base64.b64decode(token): int(rank) for token, rank in pairs}
    made = import_module("tiktoken").Encoding(name, pat_str=encoding.pattern, mergeable_ranks=ranks, special_tokens={})

    def count(text: str) -> int:
        return len(made.encode_ordinary(text))

    return count


def _checked(path: Path, sha256: str) -> bytes | None:
    """The content of a file, if it is there and as it should be."""
    try:
        data = path.read_bytes()
    except OSError:
        return None  # not there, or not for us: the next folder may have it
    return data if hashlib.sha256(data).hexdigest() == sha256 else None
