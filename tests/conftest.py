"""Parts that may be missing, a network that is off, and hypothesis without a clock."""

import ipaddress
import os
import socket
from collections import Counter
from collections.abc import Iterator
from typing import Any

import hypothesis
import pytest

from tests.support.parts import PARTS, Part, required

REQUIRED = pytest.StashKey[tuple[Part, ...]]()
SKIPPED = pytest.StashKey[Counter[str]]()
ATTEMPTS = pytest.StashKey[list[str]]()


def pytest_configure(config: pytest.Config) -> None:
    """Read LEED_REQUIRE, register the markers, and turn the network off, during collection too."""
    for part in PARTS.values():
        config.addinivalue_line(
            "markers", f"{part.marker}: skipped without {part.name}, or failed if LEED_REQUIRE names it"
        )
    try:
        config.stash[REQUIRED] = required(os.environ.get("LEED_REQUIRE", ""))
    except ValueError as error:
        raise pytest.UsageError(str(error)) from error
    config.stash[SKIPPED] = Counter()
    os.environ.setdefault("LITELLM_LOCAL_MODEL_COST_MAP", "True")  # importing litellm would fetch a list of prices
    config.stash[ATTEMPTS] = _turn_network_off(config)
    # A slow machine is no failure of the property; a failing example is printed for replay.
    hypothesis.settings.register_profile("leed", deadline=None, print_blob=True)
    hypothesis.settings.load_profile("leed")


# --- parts


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip and count a test whose part is missing, or fail it if LEED_REQUIRE names the part."""
    for part in PARTS.values():
        if item.get_closest_marker(part.marker) is None or part.find() is not None:
            continue
        if part in item.config.stash[REQUIRED]:
            pytest.fail(f"LEED_REQUIRE names {part.name}, and it is missing ({part.place()})", pytrace=False)
        item.config.stash[SKIPPED][part.name] += 1
        pytest.skip(f"{part.name} is missing ({part.place()})")


def _required_but_missing(config: pytest.Config) -> list[Part]:
    return [part for part in config.stash[REQUIRED] if part.find() is None]


@pytest.hookimpl(tryfirst=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Fail the session if a required part is missing, even when no test asked for it."""
    if _required_but_missing(session.config):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Say how many tests each missing part cost, and which required part is missing."""
    for name, count in config.stash[SKIPPED].items():
        noun = "test" if count == 1 else "tests"
        terminalreporter.write_line(
            f"leed: {count} {noun} skipped because {name} is missing ({PARTS[name].place()})", yellow=True
        )
    for part in _required_but_missing(config):
        terminalreporter.write_line(
            f"leed: LEED_REQUIRE names {part.name}, and it is missing ({part.place()})", red=True
        )


# --- network


class NetworkUsedError(AssertionError):
    """A test reached beyond loopback; no OSError, so that code which tolerates those does not hide it."""


def _is_local(host: str | bytes | None) -> bool:
    name = host.decode() if isinstance(host, bytes) else host or "localhost"
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        address = ipaddress.ip_address(name.partition("%")[0])
    except ValueError:
        return False
    return address.is_loopback or address.is_unspecified


def _is_address(host: str | bytes | None) -> bool:
    try:
        ipaddress.ip_address((host.decode() if isinstance(host, bytes) else host or "").partition("%")[0])
    except ValueError:
        return False
    return True


def _turn_network_off(config: pytest.Config) -> list[str]:
    """Make connects, datagrams and look-ups beyond loopback raise; every attempt enters the returned list."""
    attempts: list[str] = []

    def refuse(what: str) -> None:
        attempts.append(what)
        message = f"the network is off in tests, and this one wanted {what}"
        raise NetworkUsedError(message)

    def check(address: Any) -> None:
        if isinstance(address, tuple) and address and not _is_local(address[0]):
            refuse(f"{address[0]}, port {address[1]}")

    def guarded(method: Any) -> Any:
        def call(self: socket.socket, *args: Any) -> Any:
            check(args[-1] if args else None)  # connect(address), sendto(data[, flags], address)
            return method(self, *args)

        return call

    look_up = socket.getaddrinfo

    def guarded_look_up(host: Any, *args: Any, **options: Any) -> Any:
        if not _is_local(host) and not _is_address(host):
            refuse(f"the address of {host}")
        return look_up(host, *args, **options)

    patch = pytest.MonkeyPatch()
    for name in ("connect", "connect_ex", "sendto"):
        patch.setattr(socket.socket, name, guarded(getattr(socket.socket, name)))
    patch.setattr(socket, "getaddrinfo", guarded_look_up)
    config.add_cleanup(patch.undo)
    return attempts


@pytest.fixture(autouse=True)
def no_network(pytestconfig: pytest.Config) -> Iterator[None]:
    """Fail a test that reached beyond loopback, even if the code under test swallowed the error."""
    yield
    attempts = pytestconfig.stash[ATTEMPTS]
    if attempts:
        seen = "; ".join(attempts)
        attempts.clear()
        pytest.fail(f"the network is off in tests, and this one wanted {seen}", pytrace=False)
