"""The file systems that fsspec reaches, this machine's among them, and what of their errors may pass."""

from __future__ import annotations

import errno
from collections.abc import Callable
from typing import Any, Final, TypeVar

from leed import plugins
from leed.errors import InputError, LeedError

_HOPELESS: Final = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES, errno.EPERM, errno.ENOTDIR})
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
    except ImportError as error:
        raise plugins.missing(url, ModuleNotFoundError(str(error), name=error.name)) from error
    except ValueError as error:
        raise InputError(f"{url}: cannot be reached: {error}") from error
    return found


def is_local(files: Any) -> bool:  # noqa: ANN401 - any of fsspec's
    """Return whether a file system is that of this machine."""
    protocol = files.protocol
    return "file" in ((protocol,) if isinstance(protocol, str) else protocol)


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
    # What the clients of object stores raise; errors of Python and of pyarrow are about the data.
    return type(error).__module__ != "builtins" and not isinstance(error, ValueError | TypeError | LookupError)


def hopeless(error: BaseException) -> bool:
    """Return whether nothing can be written any more, whatever it is: the disk is full, or may not be written."""
    return isinstance(error, OSError) and error.errno in _HOPELESS


def reason(error: BaseException) -> str:
    """Return what an error says, in one line."""
    said = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return " ".join(str(said).split()) or type(error).__name__
