"""The upstream: one address that the configuration fixes, asked with aiohttp."""

from __future__ import annotations

import re
import time
from collections.abc import AsyncGenerator, AsyncIterable
from contextlib import asynccontextmanager
from types import TracebackType
from typing import Final
from urllib.parse import unquote_to_bytes

import aiohttp
from multidict import CIMultiDict
from yarl import URL

from leed_adapters.gateway.answers import Refused
from leed_adapters.gateway.settings import Keys, LimitSettings

_SKIPPED: Final = ("Accept", "Accept-Encoding", "Content-Type", "User-Agent")  # a client that sends none sends none
_READY_FOR = 5.0  # seconds for which an answer of readiness stands
_READY_WITHIN = 5.0
_ROUNDS = 4  # of decoding: a path that is still another one then is meant to deceive
_SERVER_ERROR = 500
_CONTROL = re.compile(rb"[\x00-\x1f\x7f]")

Sent = bytes | AsyncIterable[bytes] | None
Pairs = list[tuple[bytes, bytes]]


class BrokenStreamError(Exception):
    """An answer broke off after it had begun; nothing but the end of the connection can say so."""


class Upstream:
    """Sends requests to the API behind the gateway. Redirects are not followed, cookies not kept, bodies not unpacked.

    Args:
        base: the URL of the API, up to /v1.
        keys: the upstream's is sent in place of whatever clients send.
        limits: how long is waited.
    """

    def __init__(self, base: str, keys: Keys, limits: LimitSettings) -> None:
        self._base = base
        self._key = keys.upstream
        self._timeout = aiohttp.ClientTimeout(
            total=None, connect=None, sock_connect=limits.connect_s, sock_read=limits.silence_s
        )
        self._session: aiohttp.ClientSession | None = None
        self._unpacking: aiohttp.ClientSession | None = None
        self._ready: tuple[float, bool] = (-_READY_FOR, False)

    @asynccontextmanager
    async def opened(self) -> AsyncGenerator[None]:
        """Keep connections open while the gateway runs."""
        connector = aiohttp.TCPConnector(limit=0, ttl_dns_cache=60)
        async with (
            aiohttp.ClientSession(
                connector=connector,
                auto_decompress=False,
                cookie_jar=aiohttp.DummyCookieJar(),
                skip_auto_headers=_SKIPPED,
                timeout=self._timeout,
            ) as session,
            aiohttp.ClientSession(
                connector=connector,
                connector_owner=False,
                cookie_jar=aiohttp.DummyCookieJar(),
                skip_auto_headers=_SKIPPED,
                timeout=self._timeout,
            ) as unpacking,
        ):
            self._session, self._unpacking = session, unpacking
            try:
                yield
            finally:
                self._session = self._unpacking = None

    def headers(self, given: Pairs, *, keyed: bool) -> CIMultiDict[str]:
        """Return the headers of a client's request as they go on: without those that are between two hosts.

        Args:
            given: as they came, names in lower case.
            keyed: whether Authorization has the gateway's own key, which is nobody else's business.
        """
        named = _named_by_connection(given)
        browser = not _BROWSERS.isdisjoint(name for name, _ in given)
        sent: CIMultiDict[str] = CIMultiDict()
        for name, value in given:
            if name in _BETWEEN or name in named or (browser and name == b"cookie"):
                continue
            if name == b"authorization" and (keyed or self._key is not None):
                continue
            sent.add(name.decode("latin-1"), _text(value))
        if self._key is not None:
            sent["authorization"] = f"Bearer {self._key}"
        return sent

    async def ask(
        self, method: str, path: str, headers: CIMultiDict[str], body: Sent, *, unpacked: bool = False
    ) -> aiohttp.ClientResponse:
        """Return an answer as soon as its headers are there; its body is still to be read.

        Args:
            method: HTTP's.
            path: what follows the URL of the upstream, with its query.
            headers: of the request.
            body: of the request.
            unpacked: whether a packed answer is wanted unpacked.

        Raises:
            Refused: there is no answer: 502, or 504 where it takes too long.
        """
        session = self._unpacking if unpacked else self._session
        if session is None:
            raise RuntimeError("the upstream is not opened")
        try:
            return await session.request(
                method, URL(self._base + path, encoded=True), data=body, headers=headers, allow_redirects=False
            )
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
            raise refusal_for(error) from error

    async def is_ready(self) -> bool:
        """Return whether the upstream answers; asked once in so many seconds at most."""
        at, ready = self._ready
        if time.monotonic() - at < _READY_FOR:
            return ready
        self._ready = (time.monotonic(), ready)  # others need not ask meanwhile
        headers: CIMultiDict[str] = CIMultiDict()
        if self._key is not None:
            headers["authorization"] = f"Bearer {self._key}"
        ready = await self._answers(headers)
        self._ready = (time.monotonic(), ready)
        return ready

    async def _answers(self, headers: CIMultiDict[str]) -> bool:
        if self._session is None:
            return False
        try:
            async with self._session.get(
                URL(f"{self._base}/models", encoded=True),
                headers=headers,
                allow_redirects=False,
                timeout=aiohttp.ClientTimeout(total=_READY_WITHIN),
            ) as answer:
                return answer.status < _SERVER_ERROR
        except (aiohttp.ClientError, TimeoutError, OSError):
            return False


class Reading:
    """Closes an answer when a block ends, and fails whoever reads its body once its connection is gone.

    aiohttp (3.14) closes a connection whose body is malformed, and leaves those who wait for more of it waiting.
    """

    __slots__ = ("_closed", "_response")

    def __init__(self, response: aiohttp.ClientResponse) -> None:
        self._response = response
        connection = response.connection
        protocol = None if connection is None else connection.protocol
        self._closed = None if protocol is None else protocol.closed

    def __enter__(self) -> None:
        if self._closed is not None:
            self._closed.add_done_callback(self._fail)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._closed is not None:
            self._closed.remove_done_callback(self._fail)
        self._response.close()

    def _fail(self, _: object) -> None:
        content = self._response.content
        if not content.is_eof() and content.exception() is None:
            content.set_exception(aiohttp.ClientPayloadError("the connection was closed within a body"))


_BETWEEN = frozenset(
    {
        b"connection",
        b"keep-alive",
        b"proxy-authenticate",
        b"proxy-authorization",
        b"proxy-connection",
        b"te",
        b"trailer",
        b"transfer-encoding",
        b"upgrade",
        b"host",
        b"content-length",
        b"expect",
        b"x-leed-session",
        b"x-leed-api-key",
    }
)
"""Headers of a request that are for the gateway alone."""

_BETWEEN_ANSWERS = frozenset(
    {b"connection", b"keep-alive", b"proxy-authenticate", b"proxy-connection", b"trailer", b"transfer-encoding"}
    | {b"upgrade"}
)
_BROWSERS = frozenset({b"origin", b"sec-fetch-site"})
_NOTHING: frozenset[bytes] = frozenset()
_PLAIN = (b"keep-alive", b"close", b"Keep-Alive", b"Close", b"")


def _named_by_connection(given: Pairs) -> frozenset[bytes]:
    value = dict(given).get(b"connection")
    if value is None or value in _PLAIN:
        return _NOTHING
    return frozenset(part.strip().lower() for part in value.split(b","))


def _text(value: bytes) -> str:
    try:
        return value.decode()
    except UnicodeDecodeError:
        return value.decode("latin-1")


def kept(raw: tuple[tuple[bytes, bytes], ...]) -> Pairs:
    """Return the headers of an answer as they go back to the client."""
    pairs = [(name.lower(), value) for name, value in raw]
    named = _named_by_connection(pairs)
    return [(name, value) for name, value in pairs if name not in _BETWEEN_ANSWERS and name not in named]


def refusal_for(error: Exception) -> Refused:
    """Return what a client is told where the upstream gave no answer.

    >>> refusal_for(TimeoutError()).status
    504
    """
    if isinstance(error, TimeoutError):
        return Refused(504, "the upstream took too long to answer", "upstream_timeout")
    if isinstance(error, aiohttp.ClientConnectorError):
        return Refused(502, "the upstream cannot be reached", "upstream_unreachable")
    return Refused(502, "the upstream broke off, or answered with something that is no HTTP", "upstream_failed")


def is_within(path: bytes) -> bool:
    """Return whether a path stays below where it begins, however it is decoded.

    >>> is_within(b"/models/org%2Fname"), is_within(b"/../admin"), is_within(b"/%252e%252e/admin")
    (True, False, False)
    """
    for _ in range(_ROUNDS):
        steps = path.replace(b"\\", b"/").split(b"/")
        if b".." in steps or b"." in steps or _CONTROL.search(path):
            return False
        further = unquote_to_bytes(path)
        if further == path:
            return True
        path = further
    return False
