"""Lines of JSON on stderr: what happened, and never what anybody said, how it sounded, or a key."""

from __future__ import annotations

import asyncio
import logging
import sys
import time
from typing import IO, Any

import msgspec

from leed_adapters.gateway.calls import Call
from leed_adapters.gateway.upstream import BrokenStreamError

_EVERY = 0.1  # seconds for which a line waits at most
_EXPECTED = (BrokenStreamError, asyncio.CancelledError)
"""What ends a connection on purpose; the server between would write a traceback."""


class Log:
    """Writes a line for each request, some at a time.

    Args:
        out: where to; None: nowhere.
    """

    def __init__(self, out: IO[bytes] | None) -> None:
        self._out = out
        self._waiting: list[bytes] = []

    def request(self, call: Call, took: float) -> None:
        """Write a request that is over."""
        if self._out is None:
            return
        line: dict[str, Any] = {
            "at": round(time.time(), 3),
            "level": "info",
            "event": "request",
            "request_id": call.id,
            "route": call.route,
            "method": call.method,
            "status": call.status,
            "ms": round(took * 1e3, 1),
            "first_ms": round(call.first * 1e3, 1),
            "bytes_in": call.received,
            "bytes_out": call.sent,
            "descriptions": call.notes,
            "tokens": call.tokens,
        }
        if call.trouble is not None:
            line["trouble"] = call.trouble
        if call.upstream_id is not None:
            line["upstream_request_id"] = call.upstream_id
        self._waiting.append(msgspec.json.encode(line))
        if len(self._waiting) == 1:
            asyncio.get_running_loop().call_later(_EVERY, self.flush)

    def flush(self) -> None:
        """Write the lines that are waiting."""
        if self._out is None or not self._waiting:
            return
        self._waiting.append(b"")
        lines = b"\n".join(self._waiting)
        self._waiting.clear()
        self._out.write(lines)
        self._out.flush()


class Lines(logging.Formatter):
    """Makes lines of JSON of Python's log records; of an exception its kind and place, not its words."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        line = {"at": round(record.created, 3), "level": record.levelname.lower(), "event": record.name}
        line["message"] = record.getMessage().strip()
        if record.exc_info and record.exc_info[0] is not None:
            line["error"] = record.exc_info[0].__name__
            trace = record.exc_info[2]
            while trace is not None and trace.tb_next is not None:
                trace = trace.tb_next
            if trace is not None:
                line["place"] = f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}"
        return msgspec.json.encode(line).decode()


def is_unexpected(record: logging.LogRecord) -> bool:
    """Return whether a record tells of something that the gateway did not do on purpose."""
    return not (record.exc_info and isinstance(record.exc_info[1], _EXPECTED))


def install() -> None:
    """Send warnings of all libraries to stderr as lines of JSON."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(Lines())
    handler.addFilter(is_unexpected)
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
