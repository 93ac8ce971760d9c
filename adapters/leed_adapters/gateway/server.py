"""The server below the application: uvicorn, with a deadline for requests that do not come."""

from __future__ import annotations

import os
import socket
import time
from typing import Any

import uvicorn
from starlette.types import ASGIApp

from leed.errors import OptionError
from leed_adapters.gateway.settings import LimitSettings, Settings

_TICKS = 5  # of a tenth of a second, between two looks at the connections

_BACKLOG = 2048

_TOO_LATE = b"HTTP/1.1 408 Request Timeout\r\nconnection: close\r\ncontent-length: 0\r\n\r\n"


class Deadlines:
    """Closes connections whose request does not come: headers within one time, the whole body within another.

    uvicorn has a deadline for neither. Nothing is done for each request; connections are looked at now and then.
    """

    def __init__(self, limits: LimitSettings) -> None:
        self._limits = {"headers": limits.headers_s, "body": limits.body_s}
        self._seen: dict[Any, tuple[Any, str, float]] = {}

    def look(self, connections: set[Any], now: float) -> int:
        """Look at all connections; return how many were closed."""
        seen: dict[Any, tuple[Any, str, float]] = {}
        closed = 0
        for connection in list(connections):
            waiting = _waits_for(connection)
            if waiting is None:
                continue
            cycle = connection.cycle
            earlier = self._seen.get(connection)
            since = earlier[2] if earlier is not None and earlier[0] is cycle and earlier[1] == waiting else now
            if now - since >= self._limits[waiting]:
                _close(connection)
                closed += 1
            else:
                seen[connection] = (cycle, waiting, since)
        self._seen = seen
        return closed


def _waits_for(connection: Any) -> str | None:  # noqa: ANN401 - uvicorn's protocols have no common type
    """What a connection waits for from its client; None: for nothing, or idly between two requests."""
    if not hasattr(connection, "timeout_keep_alive_task"):  # a WebSocket, which has limits of its own
        return None
    cycle = connection.cycle
    if cycle is not None and not cycle.response_complete:
        return "body" if cycle.more_body else None
    return "headers" if connection.timeout_keep_alive_task is None else None


def _close(connection: Any) -> None:  # noqa: ANN401 - as above
    transport = connection.transport
    if transport is None or transport.is_closing():
        return
    if connection.cycle is None or connection.cycle.response_complete:
        transport.write(_TOO_LATE)
    transport.close()


class Server(uvicorn.Server):
    """uvicorn's server, with deadlines."""

    def __init__(self, config: uvicorn.Config, limits: LimitSettings) -> None:
        super().__init__(config)
        self._deadlines = Deadlines(limits)

    async def on_tick(self, counter: int) -> bool:
        """Look at the connections, and do what uvicorn does."""
        if counter % _TICKS == 0:
            self._deadlines.look(self.server_state.connections, time.monotonic())
        return await super().on_tick(counter)


def listening(settings: Settings) -> socket.socket:
    """Return a socket that listens where the settings say.

    Raises:
        OptionError: that cannot be listened on.
    """
    host = settings.host.strip("[]")
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, settings.port), family=family, backlog=_BACKLOG)
    except OSError as error:
        why = os.strerror(error.errno) if error.errno and error.errno > 0 else str(error)
        raise OptionError(f"{host}, port {settings.port}, cannot be listened on: {why}; give another --port") from error


def server_for(app: ASGIApp, settings: Settings) -> Server:
    """Return a server that is ready to run."""
    limits = settings.limits
    config = uvicorn.Config(
        app,
        log_config=None,
        access_log=False,
        server_header=False,
        date_header=False,
        proxy_headers=False,
        lifespan="on",
        ws="websockets-sansio",
        ws_max_size=limits.socket_message,
        ws_per_message_deflate=False,
        timeout_keep_alive=max(1, round(limits.keep_alive_s)),
        timeout_graceful_shutdown=max(1, round(limits.stop_s)),
        backlog=_BACKLOG,
    )
    return Server(config, limits)
