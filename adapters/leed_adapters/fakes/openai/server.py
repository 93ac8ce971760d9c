"""The fake's HTTP side: a thread that serves requests on loopback, keeps them, and fails where a test says so."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock, Thread
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit

from leed_adapters.fakes.openai.answers import Script, chat_chunks, chat_completion, embeddings
from leed_adapters.fakes.openai.responses import response, response_events

Plain = dict[str, Any]


@dataclass(frozen=True)
class Request:
    """A request as it came.

    Attributes:
        path: without the query.
        headers: names in lower case.
        body: the bytes.
    """

    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:  # noqa: ANN401 - JSON
        """The body as plain data."""
        return json.loads(self.body)


@dataclass(frozen=True)
class Fault:
    """What the server does in place of an answer.

    Attributes:
        status: an HTTP status, answered with OpenAI's error object; 0: the connection is closed.
        headers: more headers, such as retry-after.
        body: bytes in place of the error object.
        after: of a stream: so many events are sent, then the connection is closed.
        delay: seconds before anything is sent.
        spoil: of embeddings: an answer is sent, and this is wrong with it; a name of `answers.SPOILING`, or "cut" for
            half of the bytes that were promised.
    """

    status: int = 500
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes | None = None
    after: int | None = None
    delay: float = 0.0
    spoil: str | None = None


class FakeOpenAI:
    """OpenAI's API on loopback, with answers by rules (`leed_adapters.fakes.openai.answers`).

    Attributes:
        requests: all that came, in their order.
        faults: taken one by one by the requests that come; None lets one succeed, and while it is empty, all do.
        pause: seconds between two events of a stream.
        script: what chat completions say, in place of the rules.
    """

    def __init__(self, *, api_key: str | None = None, pause: float = 0.0, script: Script | None = None) -> None:
        """Prepare; with an API key, requests without it get status 401."""
        self.requests: list[Request] = []
        self.faults: list[Fault | None] = []
        self.pause = pause
        self.api_key = api_key
        self.script = script
        self._lock = Lock()
        self._server = _Server(self)
        self._thread = Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)

    @property
    def base_url(self) -> str:
        """What clients are given, up to /v1."""
        return f"http://127.0.0.1:{self._server.server_address[1]}/v1"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Stop serving."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def keep(self, request: Request) -> Fault | None:
        """Keep a request; return the fault that it meets, if any."""
        with self._lock:
            self.requests.append(request)
            return self.faults.pop(0) if self.faults else None


_ANSWERS: dict[str, tuple[Callable[[Plain], Plain], Callable[[Plain], Iterable[Plain]] | None]] = {
    "/v1/chat/completions": (chat_completion, chat_chunks),
    "/v1/responses": (response, response_events),
    "/v1/embeddings": (embeddings, None),
}
_NONE = Fault()
_MODELS = {"object": "list", "data": [{"id": "fake", "object": "model", "created": 0, "owned_by": "leed"}]}


class _Server(ThreadingHTTPServer):
    """Serves a fake."""

    daemon_threads = True

    def __init__(self, fake: FakeOpenAI) -> None:
        self.fake = fake
        super().__init__(("127.0.0.1", 0), _Handler)

    def handle_error(self, request: Any, client_address: Any) -> None:  # noqa: ANN401 - the base's signature
        """Print what went wrong, unless a client hung up."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    """One connection of a client."""

    server: _Server  # pyright: ignore[reportIncompatibleVariableOverride] - what serves it, and nothing else
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002, ANN401 - the base's signature
        """Print nothing."""

    def do_GET(self) -> None:
        """Answer to GET."""
        self._answer()

    def do_POST(self) -> None:
        """Answer to POST."""
        self._answer()

    def _answer(self) -> None:
        url = urlsplit(self.path)
        body = self.rfile.read(int(self.headers.get("content-length") or 0))
        headers = {name.lower(): value for name, value in self.headers.items()}
        fault = self.server.fake.keep(Request(self.command, url.path, url.query, headers, body))
        if fault is not None:
            time.sleep(fault.delay)
            if fault.after is None and fault.spoil is None:
                self._fail(fault)
                return
        if (
            self.server.fake.api_key is not None
            and headers.get("authorization") != f"Bearer {self.server.fake.api_key}"
        ):
            self._error(401, "Incorrect API key provided.", "invalid_api_key")
            return
        self._serve(url.path, body, fault or _NONE)

    def _serve(self, path: str, body: bytes, fault: Fault) -> None:
        if path == "/v1/models":
            self._send(200, json.dumps(_MODELS).encode())
            return
        if path not in _ANSWERS:
            self._error(404, f"Unknown request URL: {self.command} {path}.", "unknown_url")
            return
        try:
            plain = json.loads(body)
            whole, stream = _ANSWERS[path]
            if path == "/v1/chat/completions" and self.server.fake.script is not None:
                whole = partial(chat_completion, script=self.server.fake.script)
                stream = partial(chat_chunks, script=self.server.fake.script)
            if plain.get("stream") and stream is not None:
                self._stream(stream(plain), fault.after, named=path == "/v1/responses")
            elif fault.spoil == "cut":
                self._cut(json.dumps(whole(plain)).encode())
            elif fault.spoil is not None:
                self._send(200, json.dumps(embeddings(plain, fault.spoil)).encode())
            else:
                self._send(200, json.dumps(whole(plain)).encode())
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            self._error(400, f"We could not parse the JSON body of your request: {error!r}", None)

    def _stream(self, events: Iterable[Plain], after: int | None, *, named: bool) -> None:
        self.send_response(200)
        self.send_header("content-type", "text/event-stream; charset=utf-8")
        self.send_header("transfer-encoding", "chunked")
        self.end_headers()
        for i, event in enumerate(events):
            if i == after:
                self._hang_up()
                return
            name = f"event: {event['type']}\n" if named else ""
            self._chunk(f"{name}data: {json.dumps(event)}\n\n".encode())
            time.sleep(self.server.fake.pause)
        if not named:
            self._chunk(b"data: [DONE]\n\n")
        self._chunk(b"")

    def _chunk(self, data: bytes) -> None:
        self.wfile.write(b"%x\r\n%b\r\n" % (len(data), data))
        self.wfile.flush()

    def _fail(self, fault: Fault) -> None:
        if not fault.status:
            self._hang_up()
        elif fault.body is not None:
            self._send(fault.status, fault.body, fault.headers)
        else:
            self._error(fault.status, f"The fake fails with {fault.status}.", "fault", fault.headers)

    def _cut(self, data: bytes) -> None:
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(data)))
        self.end_headers()
        self.wfile.write(data[: len(data) // 2])
        self.wfile.flush()
        self._hang_up()

    def _hang_up(self) -> None:
        self.close_connection = True
        self.connection.close()

    def _error(self, status: int, message: str, code: str | None, headers: Mapping[str, str] | None = None) -> None:
        kind = "invalid_request_error" if status < 500 else "server_error"  # noqa: PLR2004 - HTTP's
        error = {"message": message, "type": kind, "param": None, "code": code}
        self._send(status, json.dumps({"error": error}).encode(), headers)

    def _send(self, status: int, data: bytes, headers: Mapping[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in ({"content-type": "application/json"} | dict(headers or {})).items():
            self.send_header(name, value)
        self.send_header("x-request-id", f"req_{len(self.server.fake.requests)}")
        self.send_header("content-length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)
