"""The Ray that work is done on: the one that is there, or one of our own for as long as it is needed."""

from __future__ import annotations

import logging
import os
import signal
import socket
import sys
import tempfile
import threading
from collections.abc import Generator
from contextlib import contextmanager
from typing import Any, Final

import ray
import ray._private.worker as ray_worker

from leed.batch.engines import named
from leed.batch.local import cores
from leed.errors import LeedError

_STORE: Final = 256 << 20  # bytes of shared memory: what passes between processes is small
_PATIENCE: Final = 20.0  # seconds until an address counts as dead
_PRIVATE: Final = {"RAY_USAGE_STATS_ENABLED": "0", "RAY_DATA_USAGE_DISABLED": "1"}  # nothing is told to Ray's makers
_SILENT: Final = {"RAY_BACKEND_LOG_LEVEL": "fatal"}  # Ray's C++ writes past Python's logging


@contextmanager
def cluster(workers: int | None) -> Generator[int, None, None]:
    """Yield how many CPUs there are: in the Ray that is there, else in the one at RAY_ADDRESS, else in a new one here.

    What was started, or connected to, is left at the end.

    Raises:
        LeedError: there is no Ray at that address, or none can be started.
    """
    if ray.is_initialized():
        yield _cpus()
        return
    with _signals_kept():
        try:
            _begin(workers)
        except Exception as error:  # Ray raises many kinds
            raise _failed(error) from error
        try:
            yield _cpus()
        finally:
            ray.shutdown()


@contextmanager
def quiet() -> Generator[None, None, None]:
    """Keep what Ray says of its doings in its own files, off the terminal and the network."""
    shown = [handler for handler in logging.getLogger("ray.data").handlers if _is_shown(handler)]
    levels = [handler.level for handler in shown]
    news = getattr(ray_worker, "_worker_logs_enabled", True)
    for handler in shown:
        handler.setLevel(logging.CRITICAL + 1)
    _tell_news(wanted=False)
    try:
        with _environment(_PRIVATE):
            yield
    finally:
        _tell_news(wanted=news)
        for handler, level in zip(shown, levels, strict=True):
            handler.setLevel(level)


def _begin(workers: int | None) -> None:
    silent: dict[str, Any] = {"log_to_driver": False, "logging_level": logging.ERROR}
    with _environment(_SILENT), _stderr_kept():
        address = _address()
        if address:
            _reach(address)
            ray.init(runtime_env=_our_path(), **silent)
            return
        ray.init(
            address="local",
            num_cpus=max(cores(), workers or 1),
            include_dashboard=False,
            object_store_memory=_STORE,
            **silent,
        )


def _address() -> str | None:
    address = os.environ.get("RAY_ADDRESS")
    return None if address == "local" else address or None


def _reach(address: str) -> None:
    """Raise an OSError where nobody listens: Ray itself would try for minutes."""
    host, _, port = address.rpartition("://")[2].rpartition(":")
    if port.isdigit():
        socket.create_connection((host, int(port)), timeout=_PATIENCE).close()


def _our_path() -> dict[str, Any] | None:
    """What lets workers of a cluster import what this process can, from a checkout that its machines share."""
    path = os.environ.get("PYTHONPATH")
    return {"env_vars": {"PYTHONPATH": path}} if path and "RAY_JOB_CONFIG_JSON_ENV_VAR" not in os.environ else None


def _failed(error: Exception) -> LeedError:
    address, why = _address(), named(error)
    if address is None:
        return LeedError(f"Ray cannot be started: {why}")
    hint = "; if it asks for a token, set RAY_AUTH_MODE=token" if type(error) is ConnectionError else ""
    return LeedError(f"the Ray at {address!r}, which RAY_ADDRESS names, cannot be reached: {why}{hint}")


def _cpus() -> int:
    return max(1, int(ray.cluster_resources().get("CPU", 1)))


def _is_shown(handler: logging.Handler) -> bool:
    return isinstance(handler, logging.StreamHandler) and not isinstance(handler, logging.FileHandler)


def _tell_news(*, wanted: bool) -> None:
    """Whether Ray prints on stdout, among the data, that a process died; there is no public way to say so."""
    ray_worker._worker_logs_enabled = wanted  # noqa: SLF001


@contextmanager
def _environment(values: dict[str, str]) -> Generator[None, None, None]:
    """Set variables for a while, but not those that the user has set."""
    ours = {name: value for name, value in values.items() if name not in os.environ}
    os.environ.update(ours)
    try:
        yield
    finally:
        for name in ours:
            os.environ.pop(name, None)


@contextmanager
def _stderr_kept() -> Generator[None, None, None]:
    """Keep from the terminal that Ray's C++ was told to write nothing."""
    sys.stderr.flush()
    ours = os.dup(2)
    with tempfile.TemporaryFile() as file:
        os.dup2(file.fileno(), 2)
        try:
            yield
        finally:
            os.dup2(ours, 2)
            os.close(ours)


@contextmanager
def _signals_kept() -> Generator[None, None, None]:
    """Put back what the program does at SIGTERM, which Ray takes over."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    ours = signal.getsignal(signal.SIGTERM)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, ours)
