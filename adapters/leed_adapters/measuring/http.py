"""An HTTP client for vendors' REST APIs, on aiohttp: time limits, attempts, and errors in leed's tree."""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import AsyncGenerator, Callable, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import IO, Any, Self
from urllib.parse import urljoin, urlsplit

import aiohttp
import aiohttp.abc
import aiohttp.payload

from leed.errors import OptionError, ServiceError
from leed_adapters.measuring import failing
from leed_adapters.measuring.measurer import Settings
from leed_adapters.measuring.media import Media
from leed_adapters.measuring.retrying import repeated
from leed_adapters.measuring.secrets import Secret

_CONNECT = 10.0  # seconds to reach a service
_READ = 60.0  # seconds of silence on a connection
_CHUNK = 1 << 16


@dataclass(frozen=True)
class Answer:
    """What a service answered: a success.

    Attributes:
        headers: names in lower case.
        body: the bytes; None where the connection broke after the status and headers had come.
    """

    status: int
    headers: Mapping[str, str]
    body: bytes | None
    wanted: str

    def json(self, secrets: Iterable[Secret] = ()) -> Any:  # noqa: ANN401 - JSON
        """Return the body as plain data.

        Raises:
            ServiceError: it is no JSON.
        """
        try:
            return json.loads(self.body or b"")
        except ValueError as error:
            raise failing.not_json(self.wanted, self.status, self.body or b"", secrets=secrets) from error


def base_of(given: str | None, default: str | None, name: str) -> str:
    """Return where a service is, without a slash at the end.

    Raises:
        OptionError: nothing says it, or what says it is no address.
    """
    url = (given or os.environ.get(name) or default or "").rstrip("/")
    if not url:
        raise OptionError(f"where is the service? give --base-url (in Python, base_url=), or set {name}")
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise OptionError(f"base_url {url!r} is no address: give one such as https://speech.example.org")
    if parts.username or parts.password or parts.query or parts.fragment:
        raise OptionError("base_url holds more than a place: leave out names, passwords and whatever follows ? or #")
    return url


class Client:
    """Requests to one service. No key ever goes to another host, and redirects are not followed.

    Attributes:
        base: where the service is.
        secrets: the keys, so that they can be kept out of messages.
    """

    def __init__(
        self,
        session: aiohttp.ClientSession,
        base: str,
        settings: Settings,
        *,
        title: str,
        key: str,
        headers: Mapping[str, Secret | str],
    ) -> None:
        self.base = base
        self.settings = settings
        self.title = title
        self.secrets = tuple(value for value in headers.values() if isinstance(value, Secret))
        self._session = session
        self._key = key
        self._headers = headers

    @classmethod
    @asynccontextmanager
    async def open(cls, base: str, settings: Settings, **about: Any) -> AsyncGenerator[Self]:  # noqa: ANN401 - as __init__
        """Yield a client, open while the context lasts; the arguments are those of the class."""
        timeout = aiohttp.ClientTimeout(total=None, sock_connect=_CONNECT, sock_read=min(_READ, settings.patience))
        connector = aiohttp.TCPConnector(limit=max(settings.concurrency * 2, 8))
        async with aiohttp.ClientSession(timeout=timeout, connector=connector, trust_env=True) as session:
            yield cls(session, base, settings, **about)

    def url(self, place: str) -> str:
        """Return the address of a place: a path below the base, or a whole address on the same host."""
        if place.startswith(("http://", "https://")):
            return place
        return f"{self.base}/{place.lstrip('/')}"

    def is_own(self, url: str) -> bool:
        """Return whether an address is on the host of the service, where its key may go."""
        return _origin(url) == _origin(self.base)

    def located(self, location: str, asked: str) -> str | None:
        """Return the address that a ``Location`` means, seen from what was asked; None if it is on another host."""
        url = urljoin(asked, location)
        return url if self.is_own(url) else None

    async def get(self, place: str, wanted: str, params: Mapping[str, str] | None = None) -> Answer:
        """Return the answer to a GET, made again where that may help.

        Raises:
            ServiceError: it failed.
        """
        return await repeated(
            lambda: self._ask("GET", self.url(place), wanted, params=params), self.settings, idempotent=True
        )

    async def post_json(self, place: str, wanted: str, body: Any) -> Answer:  # noqa: ANN401 - JSON
        """Return the answer to a POST of JSON; made again only where the service has not taken it.

        Raises:
            ServiceError: it failed.
        """
        url = self.url(place)
        return await repeated(lambda: self._ask("POST", url, wanted, json=body), self.settings, idempotent=False)

    async def upload(
        self,
        place: str,
        wanted: str,
        media: Media,
        *,
        fields: Mapping[str, str] | None = None,
        params: Mapping[str, str] | None = None,
        on_sent: Callable[[float], object] = lambda _: None,
    ) -> Answer:
        """Return the answer to a file sent as the part ``file`` of a form; sent again only where it cannot be there.

        Raises:
            ServiceError: it failed; where the file may have been taken all the same, the message says so.
        """
        url = self.url(place)

        async def once() -> Answer:
            with _Upload(media, on_sent) as upload:
                form = aiohttp.FormData(dict(fields or {}))
                form.add_field("file", upload, filename=media.name, content_type="application/octet-stream")
                try:
                    return await self._ask("POST", url, wanted, data=form, params=params)
                except ServiceError as error:
                    if error.status is None and error.repeatable is None:
                        raise _broken(error, complete=upload.complete) from error.__cause__
                    raise

        return await repeated(once, self.settings, idempotent=False)

    async def _ask(self, method: str, url: str, wanted: str, **options: Any) -> Answer:  # noqa: ANN401 - aiohttp's
        if not self.is_own(url):
            what = "it points to another host, which gets no key; check --base-url"
            raise ServiceError(f"{wanted}: {what}", repeatable=False)
        headers = {name: v.reveal() if isinstance(v, Secret) else v for name, v in self._headers.items()}
        try:
            async with self._session.request(method, url, headers=headers, allow_redirects=False, **options) as answer:
                told = {name.lower(): value for name, value in answer.headers.items()}
                body = await _body(answer, keep=method == "GET")
        except aiohttp.ClientConnectorError as error:
            unreached = self._failed(wanted, error)
            unreached.repeatable = True  # nothing was sent
            raise unreached from failing.cause_of(error, self.secrets)
        except (aiohttp.ClientError, OSError, TimeoutError) as error:
            raise self._failed(wanted, error) from failing.cause_of(error, self.secrets)
        if not 200 <= answer.status < 300:  # noqa: PLR2004 - HTTP's successes
            raise failing.from_answer(wanted, answer.status, told, body or b"", key=self._key, secrets=self.secrets)
        return Answer(answer.status, told, body, wanted)

    def _failed(self, wanted: str, error: BaseException) -> ServiceError:
        return failing.from_exception(wanted, error, secrets=self.secrets)


async def _body(answer: aiohttp.ClientResponse, *, keep: bool) -> bytes | None:
    """The body; of a request that is not made again, None where the connection broke amid it."""
    try:
        return await answer.read()
    except (aiohttp.ClientError, OSError):
        if keep:
            raise
        return None


def _broken(error: ServiceError, *, complete: bool) -> ServiceError:
    """The error of an upload that got no answer: of part of a file a service makes nothing."""
    if not complete:
        error.repeatable = True
        return error
    what = "the whole file was sent, so it may have been taken on, and it is not sent twice; look for it at the service"
    return ServiceError(f"{error}; {what}", repeatable=False)


def _origin(url: str) -> tuple[str, str | None, int | None]:
    parts = urlsplit(url)
    return parts.scheme, parts.hostname, parts.port or {"http": 80, "https": 443}.get(parts.scheme)


class _Upload(aiohttp.payload.Payload):
    """A medium that is being sent, with its length, and whether all of it was handed on."""

    def __init__(self, media: Media, on_sent: Callable[[float], object]) -> None:
        super().__init__(media, filename=media.name, content_type="application/octet-stream")
        self.complete = False
        self._on_sent = on_sent
        self._length = media.size or 0
        self._file: IO[bytes] = media.open()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    @property
    def size(self) -> int:
        """How many bytes there are."""
        return self._length

    def decode(self, encoding: str = "utf-8", errors: str = "strict") -> str:
        """Return all as text, as the base has it."""
        return self._file.read().decode(encoding, errors)

    async def write(self, writer: aiohttp.abc.AbstractStreamWriter) -> None:
        """Send the bytes, some at a time."""
        sent = 0
        while chunk := await asyncio.to_thread(self._file.read, _CHUNK):
            sent += len(chunk)
            self.complete = sent >= self._length
            await writer.write(chunk)
            self._on_sent(sent / self._length)
        self.complete = True
