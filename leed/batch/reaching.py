"""What other processes need to reach the addresses that a program reaches; and which ones they never will."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from typing import Any, Final, Generic, Self, TypeVar

from leed.batch.filesystems import filesystem

_PROTOCOL: Final = re.compile(r"([A-Za-z][\w.+-]*)(?=://|::)")
_DEEPEST: Final = 8  # file systems around one another

Result = TypeVar("Result")


@dataclass(frozen=True)
class Reaching(Generic[Result]):
    """Makes a task where it is done, once what this program told fsspec is known there too.

    Attributes:
        make: makes the task.
        classes: the file systems that this program registered, by protocol.
        options: what it set in ``fsspec.config.conf``, by protocol.
    """

    make: Callable[[], Result]
    classes: Mapping[str, type]
    options: Mapping[str, Any] = field(repr=False)  # there may be passwords in it

    @classmethod
    def of(cls, make: Callable[[], Result], urls: Iterable[str]) -> Self:
        """Return what makes a task that reaches these addresses."""
        from fsspec.config import conf  # noqa: PLC0415 - an extra

        urls = list(urls)
        return cls(make, registered(urls), {name: conf[name] for name in _protocols(urls) if name in conf})

    def __call__(self) -> Result:
        """Tell fsspec, and make the task."""
        from fsspec import register_implementation  # noqa: PLC0415 - an extra
        from fsspec.config import conf  # noqa: PLC0415 - as above

        conf.update(self.options)
        for protocol, found in self.classes.items():
            register_implementation(protocol, found, clobber=True)
        return self.make()


def registered(urls: Iterable[str]) -> dict[str, type]:
    """Return the file systems of addresses that only this program has registered, by protocol.

    >>> import fsspec
    >>> registered(["file:///talks/a.json", "/talks/b.json"])
    {}
    """
    from fsspec.registry import known_implementations, registry  # noqa: PLC0415 - an extra

    found = {name: registry[name] for name in _protocols(urls) if name in registry}
    known = {name: about["class"] for name, about in known_implementations.items()}
    return {name: one for name, one in found.items() if known.get(name) != f"{one.__module__}.{one.__qualname__}"}


def _protocols(urls: Iterable[str]) -> list[str]:
    return sorted({name for url in urls if "://" in url for name in _PROTOCOL.findall(url)})


def only_here(urls: Iterable[str]) -> str | None:
    """Return the first of the addresses that no other process reaches, if there are any.

    They lead into this one's memory, or to a file system whose class another process cannot import.

    >>> import fsspec
    >>> only_here(["/talks/a.json", "memory://talks/b.json"])
    'memory://talks/b.json'
    """
    kinds: dict[tuple[str, ...], str] = {}
    for url in urls:
        if "://" in url:
            kinds.setdefault(tuple(_PROTOCOL.findall(url)), url)
    for url in kinds.values():
        if _is_in_memory(url) or not all(map(_is_importable, registered([url]).values())):
            return url
    return None


def _is_in_memory(url: str) -> bool:
    """Whether one of the file systems that an address leads through is in the memory of this process."""
    from fsspec import AbstractFileSystem  # noqa: PLC0415 - an extra
    from fsspec.implementations.memory import MemoryFileSystem  # noqa: PLC0415 - as above
    from fsspec.registry import registry  # noqa: PLC0415 - as above

    files: Any = filesystem(url)[0]
    kinds = [registry[name] for name in _protocols([url]) if name in registry]
    for _ in range(_DEEPEST):
        kinds.append(type(files))
        files = getattr(files, "fs", None)  # the one that it stands around
        if not isinstance(files, AbstractFileSystem):
            break
    return any(issubclass(kind, MemoryFileSystem) for kind in kinds)


def _is_importable(found: type) -> bool:
    """Whether another process finds a class under its name: not one of a script, a notebook or a function."""
    if "<locals>" in found.__qualname__ or found.__module__ == "__main__":
        return False
    path: Sequence[str] | None = None
    parents = accumulate(found.__module__.split("."), "{}.{}".format)
    for name in parents:  # what is loaded already does not count
        finders = (finder for finder in sys.meta_path if hasattr(finder, "find_spec"))
        spec = next((spec for finder in finders if (spec := finder.find_spec(name, path)) is not None), None)
        if spec is None:
            return False
        path = spec.submodule_search_locations
    return True
