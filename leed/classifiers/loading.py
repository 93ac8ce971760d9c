"""One sentence where what classifiers stand on is not installed."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager

from leed import plugins


@contextmanager
def needed(feature: str) -> Generator[None]:
    """Turn a missing package into the error that says how to install it.

    >>> with needed("leed fit"):
    ...     raise ModuleNotFoundError("no", name="sklearn")
    Traceback (most recent call last):
    leed.errors.MissingPackageError: leed fit needs the package 'sklearn', ...: pip install 'leed[ml]'

    Raises:
        MissingPackageError: a package of the extra ``ml`` is not installed.
    """
    try:
        yield
    except ModuleNotFoundError as error:
        raise plugins.missing(feature, error, extra="ml") from error
