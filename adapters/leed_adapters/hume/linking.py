"""Realtime sessions with Hume, one after the other: a connection that breaks is made anew, and nothing is lost.

The connection is not the SDK's: its websocket logs every header, the key too, where anybody asks for DEBUG logs, and
what is sent while it reconnects is lost.
"""

from __future__ import annotations

import asyncio
import json
import logging
import random
from abc import ABC, abstractmethod
from collections.abc import AsyncGenerator, Iterator
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any, Final

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidStatus

from leed.errors import ServiceError
from leed.schema import Issue
from leed_adapters.hume.failing import KEY, TITLE
from leed_adapters.measuring import failing
from leed_adapters.measuring.live import Pump
from leed_adapters.measuring.secrets import Secret

_AGAIN: Final = frozenset({1001, 1006, 1011, 1012, 1013})
"""Going away, dropped, server error, restart, try again later: so Hume's documentation and SDK have it."""
_REFUSED = 1008
_RENEWED: Final = ("idle_timeout", "server_shutdown")
_OPEN = 10.0  # seconds to connect
_LARGEST = 1 << 22  # bytes of a message
_BURST = 0.5  # seconds that may be sent ahead of time
_LATER = 0.2  # seconds after which what came too fast is sent again
_LONGEST = 20.0  # seconds between two attempts


@dataclass(frozen=True)
class Line:
    """How a realtime session is held.

    Attributes:
        attempts: how often in a row a connection is tried that gives nothing.
        pause: seconds before the second attempt.
        pace: seconds that pass for a second that is sent; 1 is real time, as Hume wants it; 0 does not wait.
        timeout: seconds of silence after everything was sent.
    """

    url: str
    key: Secret
    attempts: int = 8
    pause: float = 1.0
    pace: float = 1.0
    timeout: float = 30.0


class _Connect(connect):
    """A connection that is never led elsewhere: the key stays with the host that was asked."""

    def process_redirect(self, exc: Exception) -> Exception | str:
        """Return the error: a redirect is one."""
        return exc


def _quiet() -> logging.Logger:
    """A logger that tells no headers: websockets logs them at DEBUG."""
    logger = logging.Logger("leed_adapters.hume.websocket", logging.INFO)  # noqa: LOG001 - no level of anybody's changes it
    logger.parent = logging.getLogger()
    return logger


class Link(ABC):
    """Sessions, one after the other, in which the items of a source are sent and messages come back."""

    def __init__(self, line: Line, pump: Pump, issues: list[Issue], settings: dict[str, Any]) -> None:
        self.issues = issues
        self._line = line
        self._pump = pump
        self._settings = settings
        self._over = False  # the session ended for good
        self._idle = False  # the session ended for want of anything to measure
        self._fruitless = 0  # connections in a row that gave nothing
        self._limited = False  # what was sent last came too fast
        self._said: dict[str, Any] = {}  # the last error of the session

    # --- what differs between audio and images

    resent_at_once = False
    """Whether what came too fast is sent again before anything else."""

    @abstractmethod
    def begin(self) -> None:
        """Get ready for a new session, in which everything that was not answered is sent again."""

    @abstractmethod
    def unanswered(self) -> Iterator[bytes]:
        """Yield what has to be sent again."""

    @abstractmethod
    def taken(self, item: Any) -> Iterator[bytes]:  # noqa: ANN401 - what the source gives
        """Yield what has to be sent of a new item; what is not answered is kept."""

    @abstractmethod
    def seconds(self, data: bytes) -> float:
        """Return how many seconds a message may take."""

    @abstractmethod
    def answered(self, message: dict[str, Any]) -> Iterator[Any]:
        """Yield what a message says, in the times of the whole."""

    # --- sessions

    async def messages(self) -> AsyncGenerator[Any, None]:
        """Yield what the service says, session by session.

        Raises:
            ServiceError: it refused, or cannot be reached any more.
        """
        while not self._over:
            self.begin()
            try:
                async with self._connection() as socket, aclosing(self._session(socket)) as session:
                    async for entry in session:
                        self._fruitless = 0
                        yield entry
            except ConnectionClosed as closed:
                self._judge(closed)
            except (OSError, TimeoutError, InvalidHandshake) as error:
                self._unreached(error)
            if self._idle:
                await self._pump.ready()
            elif not self._over:
                await self._rest()

    def _connection(self) -> connect:
        return _Connect(
            self._line.url,
            additional_headers={"X-Hume-Api-Key": self._line.key.reveal()},
            logger=_quiet(),
            open_timeout=_OPEN,
            max_size=_LARGEST,
        )

    async def _session(self, socket: ClientConnection) -> AsyncGenerator[Any, None]:
        self._limited, self._idle, self._said = False, False, {}
        sender = asyncio.create_task(self._send(socket))
        try:
            while True:
                message = await self._heard(socket, sender)
                if message is None:
                    return
                if message.get("type") == "error":
                    self._said = message
                if message.get("code") == "rate_limited":
                    self._limited = True
                if message.get("type") == "session.closed":
                    self._over = message.get("reason") not in _RENEWED
                    self._idle = message.get("reason") == "idle_timeout"
                    continue
                for entry in self.answered(message):
                    yield entry
        finally:
            sender.cancel()
            await asyncio.gather(sender, return_exceptions=True)

    async def _heard(self, socket: ClientConnection, sender: asyncio.Task[None]) -> dict[str, Any] | None:
        """The next message; None once the session ended as it should."""
        receiving = asyncio.ensure_future(socket.recv())
        try:
            while not receiving.done():
                limit = self._line.timeout if sender.done() else None
                waited = {receiving} if sender.done() else {receiving, sender}
                done, _ = await asyncio.wait(waited, timeout=limit, return_when=asyncio.FIRST_COMPLETED)
                if sender.done() and not sender.cancelled() and (failed := sender.exception()) is not None:
                    if not isinstance(failed, ConnectionClosed):
                        raise failed
                elif not done:
                    what = f"{TITLE} has not said in {self._line.timeout:g} s that the session ended"
                    raise ServiceError(what, repeatable=False)
            data = receiving.result()
        except ConnectionClosed:
            if self._over:
                return None
            raise
        finally:
            receiving.cancel()
        try:
            plain = json.loads(data)
        except ValueError:
            plain = None
        return plain if isinstance(plain, dict) else {}

    async def _send(self, socket: ClientConnection) -> None:
        if self._settings:
            await socket.send(json.dumps({"type": "session.update", **self._settings}))
        clock = _Clock(self._line.pace)
        for data in self.unanswered():
            await self._sent(socket, data, clock)
        while (item := await self._pump.get()) is not None:
            for data in self.taken(item):
                await self._sent(socket, data, clock)
        await self._settled(socket, clock)
        await socket.send('{"type": "session.close"}')

    async def _room(self) -> None:
        """Wait until more may be sent."""
        await asyncio.sleep(0)  # so that what the service says is heard meanwhile

    async def _settled(self, socket: ClientConnection, clock: _Clock) -> None:
        """Send again what is to be sent again within the session, before it is closed."""
        del socket, clock

    async def _sent(self, socket: ClientConnection, data: bytes, clock: _Clock) -> None:
        await self._room()
        await clock.wait(self.seconds(data))
        await socket.send(data)
        while self._limited and self.resent_at_once:
            self._limited = False
            await asyncio.sleep(_LATER)
            await socket.send(data)

    # --- what went wrong

    def _judge(self, closed: ConnectionClosed) -> None:
        """Go on after a connection was closed, if that is of use."""
        code = 1006 if closed.rcvd is None else closed.rcvd.code
        internal = code == _REFUSED and self._said.get("code") == "internal_error"
        if self._over or self._idle:
            return
        if code in _AGAIN or internal or code == 1000:  # noqa: PLR2004 - an idle session ends so, and others are over
            self._again(f"the connection was closed (code {code})", code)
            return
        said = f": {self._said.get('code')}: {self._said.get('message')}" if self._said else ""
        text = failing.scrubbed(f"{TITLE} ended the session (code {code}){said}", (self._line.key,))
        raise ServiceError(text, status=code, code=self._said.get("code"), repeatable=False)

    def _unreached(self, error: Exception) -> None:
        """Go on after a connection could not be made, if that is of use."""
        keys = (self._line.key,)
        if isinstance(error, InvalidStatus):
            status, headers = error.response.status_code, dict(error.response.headers.raw_items())
            wanted = f"{TITLE} did not begin a session"
            found = failing.from_answer(
                wanted, status, headers, bytes(error.response.body or b""), key=KEY, secrets=keys
            )
            if not failing.may_be_repeated(found, idempotent=True):
                raise found from failing.cause_of(error, keys)
        else:
            found = failing.from_exception(f"{TITLE} cannot be reached", error, secrets=keys)
        self._again(str(found), found.status)

    def _again(self, why: str, status: int | None) -> None:
        self._fruitless += 1
        if self._fruitless >= self._line.attempts:
            raise ServiceError(
                f"{why}, {self._fruitless} times in a row; try again later", status=status, repeatable=False
            )

    async def _rest(self) -> None:
        """Wait before the next attempt, longer each time."""
        longest = min(self._line.pause * 2.0 ** max(self._fruitless - 1, 0), _LONGEST)
        await asyncio.sleep(random.uniform(longest / 2, longest))  # noqa: S311 - so that many do not come back together


class _Clock:
    """Keeps what is sent within real time."""

    def __init__(self, pace: float) -> None:
        self._pace = pace
        self._began = asyncio.get_running_loop().time()
        self._sent = 0.0

    async def wait(self, seconds: float) -> None:
        """Wait until so many seconds more may be sent."""
        self._sent += seconds
        ahead = self._sent * self._pace - (asyncio.get_running_loop().time() - self._began) - _BURST
        if ahead > 0 and self._pace:
            await asyncio.sleep(ahead)
