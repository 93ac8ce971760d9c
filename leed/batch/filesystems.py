"""The file systems that fsspec reaches, this machine's among them: what is in them, and which errors may pass."""

from __future__ import annotations

import errno
from collections.abc import Callable
from functools import partial
from typing import Any, Final, TypeVar

from leed import plugins
from leed.errors import InputError, LeedError

_HOPELESS: Final = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES, errno.EPERM, errno.ENOTDIR})
_NO_NAME: Final = (Exception, RuntimeError)  # what those raise who have no error of their own
_ATTEMPTS: Final = 5

Result = TypeVar("Result")


def filesystem(url: str) -> tuple[Any, str]:
    """Return fsspec's file system of an address, and the path in it.

    Raises:
        InputError: there is no such file system.
        MissingPackageError: it needs a package that is not installed.
    """
    try:
        import fsspec  # noqa: PLC0415 - an extra
    except ModuleNotFoundError as error:
        raise plugins.missing("leed batch", error, extra="batch") from error
    try:
        found: tuple[Any, str] = fsspec.core.url_to_fs(url)
    except ImportError as error:  # fsspec's own, which does not say what is missing
        raise plugins.missing(url, ModuleNotFoundError(str(error), name=_module_of(error))) from error
    except ValueError as error:
        raise InputError(f"{url}: cannot be reached: {error}") from error
    return found


def _module_of(error: ImportError) -> str | None:
    cause = error.__cause__ or error.__context__
    return error.name or (cause.name if isinstance(cause, ImportError) else None)


def is_local(files: Any) -> bool:  # noqa: ANN401 - any of fsspec's
    """Return whether a file system is that of this machine."""
    protocol = files.protocol
    return "file" in ((protocol,) if isinstance(protocol, str) else protocol)


def below(
    files: Any,  # noqa: ANN401 - any of fsspec's
    path: str,
    lost: Callable[[str, Exception], None],
    *,
    depth: int | None = None,
) -> dict[str, dict[str, Any]]:
    """Return what fsspec says of all that is below a folder, by its path; folders only where depth ends.

    fsspec leaves out a folder that cannot be listed, without a word, where it goes from folder to folder: here it is
    tried again, and told. A store that lists all at once has its own way, and raises.

    Args:
        files: the file system.
        path: the folder.
        lost: told what folders could not be listed, and why; not of the first.
        depth: how far down; None: to the end.
    """
    if _lists_at_once(files):
        limit = {} if depth is None else {"maxdepth": depth}
        found: dict[str, dict[str, Any]] = patiently(lambda: files.find(path, detail=True, **limit))
        return found
    found = {}
    folders = [(path, 1)]
    seen = {path}
    while folders:
        folder, level = folders.pop()
        try:
            inside = patiently(partial(files.ls, folder, detail=True))
        except Exception as error:  # an object store's client may raise anything
            if folder == path:
                raise
            if not isinstance(error, FileNotFoundError):  # one that was there a moment ago
                lost(folder, error)
            continue
        for about in inside:
            name = about["name"].rstrip("/")
            if about["type"] == "directory" and (depth is None or level < depth):
                if name not in seen:
                    folders.append((name, level + 1))
                    seen.add(name)
            else:
                found[about["name"]] = about
    return found


def _lists_at_once(files: Any) -> bool:  # noqa: ANN401 - any of fsspec's
    from fsspec import AbstractFileSystem  # noqa: PLC0415 - an extra
    from fsspec.asyn import AsyncFileSystem  # noqa: PLC0415 - as above

    inner = getattr(files, "fs", None)  # the one that it stands around
    if isinstance(inner, AbstractFileSystem):
        return _lists_at_once(inner)
    kind: Any = type(files)
    if isinstance(files, AsyncFileSystem):
        return bool(kind._find is not AsyncFileSystem._find)  # noqa: SLF001 - where they have it
    return bool(kind.find is not AbstractFileSystem.find)


def patiently(do: Callable[[], Result]) -> Result:
    """Return what a function does, tried up to five times where what went wrong may pass.

    Raises:
        LeedError: the last of them, or one that will not pass.
    """
    import tenacity  # noqa: PLC0415 - an extra

    trying = tenacity.Retrying(
        retry=tenacity.retry_if_exception(may_pass),
        stop=tenacity.stop_after_attempt(_ATTEMPTS),
        wait=tenacity.wait_random_exponential(multiplier=0.1, max=5),
        reraise=True,
    )
    return trying(do)


def may_pass(error: BaseException) -> bool:
    """Return whether the same may go well a moment later: what a disk or a store said, and not about what is there."""
    if isinstance(error, LeedError):
        return error.__cause__ is not None and may_pass(error.__cause__)
    if isinstance(error, OSError):
        gone = (FileNotFoundError, PermissionError, IsADirectoryError, NotADirectoryError)
        return not isinstance(error, gone) and not hopeless(error)
    # What the clients of object stores raise; other errors of Python and of pyarrow are about the data.
    return type(error) in _NO_NAME or (
        type(error).__module__ != "builtins" and not isinstance(error, ValueError | TypeError | LookupError)
    )


def hopeless(error: BaseException) -> bool:
    """Return whether nothing can be written any more, whatever it is: the disk is full, or may not be written."""
    return isinstance(error, OSError) and error.errno in _HOPELESS


def reason(error: BaseException) -> str:
    """Return what an error says, in one line."""
    said = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return " ".join(str(said).split()) or type(error).__name__
