"""A gateway in a thread of this process, upstreams that do as a test says, and plain sockets to talk to both."""

import asyncio
import gc
import gzip
import json
import socket
import time
import warnings
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from threading import Thread
from types import TracebackType
from typing import IO, Any, Self

from leed_adapters.gateway.app import Gateway
from leed_adapters.gateway.logs import Log
from leed_adapters.gateway.server import Server, listening, server_for
from leed_adapters.gateway.settings import keys_for, settings_from

PATIENCE = 20.0
"""Seconds after which something that should happen has not."""


def until(holds: Callable[[], object], what: str) -> None:
    """Wait until something holds; fail with its name if it never does."""
    end = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < end, f"waited {PATIENCE:.0f} s for: {what}"
        time.sleep(0.01)


class Running:
    """A gateway on loopback, with settings by their names; no policy unless one is given.

    Attributes:
        url: where it listens.
        app: what it runs.
        server: what runs it.
    """

    def __init__(
        self,
        upstream: str,
        *,
        environment: Mapping[str, str] | None = None,
        log: IO[bytes] | None = None,
        **settings: Any,
    ) -> None:
        inject = {"policy": "none"} | settings.pop("inject", {})
        chosen = settings_from({"upstream": upstream, "port": 0, "inject": inject, **settings})
        self._socket = listening(chosen)
        self.port: int = self._socket.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self.app = Gateway(chosen, keys_for(chosen, environment or {}), Log(log))
        self.server: Server = server_for(self.app, chosen)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread = Thread(target=self._run, daemon=True)

    @property
    def base_url(self) -> str:
        """What clients are given."""
        return f"{self.url}/v1"

    def _run(self) -> None:
        async def serve() -> None:
            self._loop = asyncio.get_running_loop()
            await self.server.serve(sockets=[self._socket])

        with asyncio.Runner(loop_factory=self.server.config.get_loop_factory()) as runner:
            runner.run(serve())

    def __enter__(self) -> Self:
        with warnings.catch_warnings():  # what others left open is not told of the test that this is for
            warnings.simplefilter("ignore", ResourceWarning)
            gc.collect()
        self._thread.start()
        until(lambda: self.server.started or not self._thread.is_alive(), "the gateway starts")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
        gc.collect()  # what was left open says so here, and not in the next test

    def stop(self) -> None:
        """Stop it as a signal would; return when it has."""
        self.server.should_exit = True
        self._thread.join(PATIENCE)
        assert not self._thread.is_alive()
        self._socket.close()

    def tasks(self) -> int:
        """How many tasks there are, beside the two of the server itself."""
        assert self._loop is not None
        return len([t for t in asyncio.all_tasks(self._loop) if "serve" not in repr(t) and "LifespanOn" not in repr(t)])

    def connections(self) -> int:
        """How many connections of clients are open."""
        return len(self.server.server_state.connections)

    def is_idle(self) -> bool:
        """Whether nothing is being done."""
        return self.tasks() == 0

    def metric(self, name: str) -> float:
        """The value of a metric, by its whole name with its labels."""
        for line in self.app.metrics.text().decode().splitlines():
            if line.startswith(f"{name} "):
                return float(line.rpartition(" ")[2])
        return 0.0

    def connect(self) -> socket.socket:
        """A plain connection."""
        return socket.create_connection(("127.0.0.1", self.port), timeout=PATIENCE)

    def send(self, method: str, path: str, body: bytes = b"", /, **headers: str) -> "Answer":
        """The answer to a plain request on a connection of its own."""
        with self.connect() as connection:
            connection.sendall(request(method, path, body, **headers))
            return answer_from(connection)

    def post(self, path: str, plain: object, /, **headers: str) -> "Answer":
        """The answer to JSON that is posted."""
        return self.send("POST", path, json.dumps(plain).encode(), content_type="application/json", **headers)


def request(method: str, path: str, body: bytes = b"", /, **headers: str) -> bytes:
    """A request as bytes; the names of headers have underscores for hyphens."""
    given = {"host": "127.0.0.1", "connection": "close"} | {n.replace("_", "-"): v for n, v in headers.items()}
    if (body or method == "POST") and "transfer-encoding" not in given:
        given.setdefault("content-length", str(len(body)))
    lines = [f"{method} {path} HTTP/1.1", *(f"{name}: {value}" for name, value in given.items())]
    return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + body


class Answer:
    """An answer as it came over the wire.

    Attributes:
        raw: all bytes.
        whole: whether its body came to its end.
    """

    def __init__(self, raw: bytes) -> None:
        self.raw = raw
        head, _, rest = raw.partition(b"\r\n\r\n")
        first, *lines = head.decode("latin-1").split("\r\n")
        self.status = int(first.split()[1])
        self.pairs = [(n.strip().lower(), v.strip()) for n, _, v in (line.partition(":") for line in lines)]
        self.headers = dict(self.pairs)
        if self.headers.get("transfer-encoding") == "chunked":
            self.body, self.whole = unchunked(rest)
        else:
            self.body = rest
            self.whole = len(rest) == int(self.headers.get("content-length", len(rest)))

    @property
    def json(self) -> Any:
        """The body as plain data."""
        return json.loads(self.body)

    @property
    def error(self) -> tuple[int, str]:
        """The status, and the code of OpenAI's error object, whose shape is looked at."""
        (name,) = self.json
        assert name == "error"
        assert set(self.json["error"]) == {"message", "type", "param", "code"}
        return self.status, self.json["error"]["code"]


def unchunked(data: bytes) -> tuple[bytes, bool]:
    """The body in chunked data, and whether its last chunk came."""
    found = b""
    while data:
        size, _, data = data.partition(b"\r\n")
        count = int(size or b"0", 16)
        if not count:
            return found, data == b"\r\n"
        found, data = found + data[:count], data[count + 2 :]
    return found, False


def answer_from(connection: socket.socket) -> Answer:
    """The answer that comes until the other side closes."""
    return Answer(answer_from_rest(connection))


def answer_from_rest(connection: socket.socket) -> bytes:
    """What still comes until the other side closes."""
    raw = b""
    while True:
        try:
            data = connection.recv(1 << 16)
        except ConnectionResetError:
            return raw
        if not data:
            return raw
        raw += data


# --- upstreams


Behave = Callable[[socket.socket, bytes], object]


@contextmanager
def upstream(behave: Behave) -> Generator[str]:
    """The URL of a server that reads one request from each connection, whole, and then does as it is told."""
    with socket.create_server(("127.0.0.1", 0), backlog=128) as server:
        threads: list[Thread] = []

        def accept() -> None:
            while True:
                try:
                    connection, _ = server.accept()
                except OSError:
                    return
                thread = Thread(target=serve, args=(connection, behave), daemon=True)
                thread.start()
                threads.append(thread)

        accepting = Thread(target=accept, daemon=True)
        accepting.start()
        try:
            yield f"http://127.0.0.1:{server.getsockname()[1]}/v1"
        finally:
            server.shutdown(socket.SHUT_RDWR)
            accepting.join(PATIENCE)
            for thread in threads:
                thread.join(PATIENCE)


def serve(connection: socket.socket, behave: Behave) -> None:
    """Read a request, and behave."""
    with connection:
        connection.settimeout(PATIENCE)
        data = b""
        try:
            while not is_complete(data):
                chunk = connection.recv(1 << 16)
                if not chunk:
                    return
                data += chunk
            behave(connection, data)
        except OSError:
            return


def is_complete(data: bytes) -> bool:
    """Whether a request is whole."""
    head, found, body = data.partition(b"\r\n\r\n")
    if not found:
        return False
    headers = {n.strip().lower(): v.strip() for n, _, v in (line.partition(b":") for line in head.split(b"\r\n")[1:])}
    if headers.get(b"transfer-encoding") == b"chunked":
        return body.endswith(b"0\r\n\r\n")
    return len(body) >= int(headers.get(b"content-length", 0))


def echo(connection: socket.socket, data: bytes) -> None:
    """Answer with the request, as it came."""
    head = b"HTTP/1.1 200 OK\r\ncontent-type: message/http\r\nconnection: close\r\ncontent-length: %d\r\n\r\n"
    connection.sendall(head % len(data) + data)


def answering(raw: bytes) -> Behave:
    """Answers with these bytes, and closes."""

    def behave(connection: socket.socket, _: bytes) -> None:
        connection.sendall(raw)

    return behave


def whole(body: bytes, content_type: str = "application/json", status: str = "200 OK") -> bytes:
    """An answer with a body."""
    head = f"HTTP/1.1 {status}\r\ncontent-type: {content_type}\r\ncontent-length: {len(body)}\r\n\r\n"
    return head.encode() + body


STREAM = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n"


def chunk(data: bytes) -> bytes:
    """A chunk of a stream."""
    return b"%x\r\n%b\r\n" % (len(data), data)


def event(text: str, finish: str | None = None) -> bytes:
    """An event of a chat's stream."""
    choice = {"index": 0, "delta": {"content": text} if text else {}, "finish_reason": finish}
    plain = {"id": "c1", "object": "chat.completion.chunk", "created": 1, "model": "m", "choices": [choice]}
    return b"data: " + json.dumps(plain).encode() + b"\n\n"


def gzipped(data: bytes) -> bytes:
    """Data as gzip packs it."""
    return gzip.compress(data, mtime=0)
