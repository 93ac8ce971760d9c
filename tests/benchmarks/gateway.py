"""The gateway beside pass-throughs that do nothing, one on httpx, and a LiteLLM proxy with leed's hook.

Each is a process of its own, before the same upstream, and is asked by the same client in turns; what is compared is
the CPU time of the process for a request, and for the LiteLLM proxy how many requests are answered in a second.
"""

import asyncio
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Generator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import psutil

from tests.benchmarks.measure import Result
from tests.benchmarks.proxies import free_port
from tests.support.parts import PARTS, ROOT
from tests.support.proxy import Proxy, config_for

SERVE = "import typer\nfrom leed_adapters.gateway.command import command\ntyper.run(command)"
ROUNDS = 5
CONNECTIONS = 16
START = 30.0
MIB = 1 << 20


class Process:
    """A server in a process of its own.

    Attributes:
        base_url: where it listens.
        started, start_cpu: seconds until it answered, by the clock and of CPU.
    """

    def __init__(self, port: int, *command: str) -> None:
        self.base_url = f"http://127.0.0.1:{port}/v1"
        self.port = port
        began = time.perf_counter()
        sources = os.pathsep.join(str(ROOT / name) for name in ("", "adapters", "prompts"))
        environment = {"PATH": os.environ["PATH"], "PYTHONPATH": sources}
        self._popen = subprocess.Popen(command, env=environment, cwd=ROOT, stderr=subprocess.DEVNULL)
        self._seen = psutil.Process(self._popen.pid)
        while time.perf_counter() - began < START:
            try:
                asyncio.run(Load(self.port, b"GET /healthz HTTP/1.1\r\nhost: localhost\r\n\r\n").run(1, 1))
            except OSError:
                time.sleep(0.01)
            else:
                break
        self.started = time.perf_counter() - began
        self.start_cpu = self.cpu()

    def cpu(self) -> float:
        """CPU seconds so far."""
        times = self._seen.cpu_times()
        return times.user + times.system

    def memory(self) -> int:
        """Bytes of memory, resident."""
        return int(self._seen.memory_info().rss)

    def stop(self) -> None:
        """End it."""
        self._popen.terminate()
        try:
            self._popen.wait(10)
        except subprocess.TimeoutExpired:
            self._popen.kill()
            self._popen.wait()


class Load:
    """The same request, over and over, on some connections that are kept."""

    def __init__(self, port: int, request: bytes) -> None:
        self._port = port
        self._request = request
        self._left = 0

    async def run(self, count: int, connections: int) -> float:
        """Ask so many times; return how many seconds it took."""
        self._left = count
        began = time.perf_counter()
        await asyncio.gather(*(self._ask() for _ in range(connections)))
        return time.perf_counter() - began

    async def _ask(self) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", self._port)
        try:
            while self._left > 0:
                self._left -= 1
                writer.write(self._request)
                await _answer(reader)
        finally:
            writer.close()


async def _answer(reader: asyncio.StreamReader) -> None:
    head = (await reader.readuntil(b"\r\n\r\n")).lower()
    if b" 200 " not in head[:16] and b"/healthz" not in head and not head.startswith(b"http/1.1 404"):
        message = f"not answered: {head[:200]!r}"
        raise AssertionError(message)
    if b"transfer-encoding: chunked" in head:
        while (size := int(await reader.readline(), 16)) > 0:
            await reader.readexactly(size + 2)
        await reader.readexactly(2)
        return
    _, _, rest = head.partition(b"content-length:")
    await reader.readexactly(int(rest.split(b"\r\n")[0]))


def request_of(plain: dict[str, Any], key: str = "sk-none") -> bytes:
    """A chat completion request, with the headers that OpenAI's client sends."""
    body = json.dumps(plain).encode()
    lines = [
        "POST /v1/chat/completions HTTP/1.1",
        "host: localhost",
        "accept: application/json",
        "accept-encoding: gzip, deflate",
        "content-type: application/json",
        "user-agent: OpenAI/Python 2.54.0",
        *(f"x-stainless-{name}: value" for name in ("lang", "package-version", "os", "arch", "runtime", "async")),
        f"authorization: Bearer {key}",
        f"content-length: {len(body)}",
    ]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def a_chat(turns: int = 5) -> list[dict[str, Any]]:
    """A system prompt and some turns, the user's of which carry a few scores, as a chat with leed has them."""
    messages: list[dict[str, Any]] = [{"role": "system", "content": "You are a helpful assistant. " * 20}]
    for turn in range(turns):
        scores = {"Sadness": 0.34 + turn / 100, "Tiredness": 0.4, "Joy": 0.1}
        messages.append(
            {"role": "user", "content": "Some words that were said. " * 4, "expression": {"prosody": scores}}
        )
        messages.append({"role": "assistant", "content": "Some words of an answer. " * 10})
    return messages[:-1]


@contextmanager
def a_process(port: int, *command: str) -> Generator[Process]:
    """A server, for as long as a block lasts."""
    process = Process(port, *command)
    try:
        yield process
    finally:
        process.stop()


def gateway(upstream: str, *options: str) -> tuple[int, tuple[str, ...]]:
    """The port and the command of the gateway."""
    port = free_port()
    return port, (sys.executable, "-c", SERVE, "--upstream", upstream, "--port", str(port), *options)


def pass_through(name: str, upstream: str) -> tuple[int, tuple[str, ...]]:
    """The port and the command of a pass-through."""
    port = free_port()
    return port, (sys.executable, "-m", "tests.benchmarks.proxies", name, str(port), upstream)


def costs(processes: dict[str, Process], request: bytes, count: int) -> dict[str, float]:
    """CPU seconds for a request of each process, at its best of some rounds in turns."""
    best = dict.fromkeys(processes, float("inf"))
    for _ in range(ROUNDS):
        for name, process in processes.items():
            before = process.cpu()
            asyncio.run(Load(process.port, request).run(count, CONNECTIONS))
            best[name] = min(best[name], (process.cpu() - before) / count)
    return best


def bench_gateway() -> list[Result]:
    """CPU for a request, plain and streamed; start; memory."""
    port = free_port()
    with ExitStack() as stack:
        command = (sys.executable, "-m", "tests.benchmarks.proxies", "upstream", str(port))
        upstream = stack.enter_context(a_process(port, *command)).base_url
        own = stack.enter_context(a_process(*_flat(gateway(upstream))))
        names = ("aiohttp", "httpx", "gateway-httpx")
        others = {n: stack.enter_context(a_process(*_flat(pass_through(n, upstream)))) for n in names}
        processes = {"gateway": own, **others}
        chat = {"model": "m", "messages": a_chat()}
        whole = costs(processes, request_of(chat), 600)
        streamed = costs(processes, request_of(chat | {"stream": True}), 100)
        plain = costs(processes, request_of({"model": "m", "messages": [{"role": "user", "content": "Hey."}]}), 600)
        return [
            *_ratios("a chat, five descriptions", whole),
            # Of a stream in 40 events no pass-through in this stack takes a quarter, the one that does nothing neither.
            *_ratios("the same, streamed", streamed, on_httpx=0.4),
            *_ratios("a chat without expressions", plain),
            _start(own),
            _memory(own, request_of(chat)),
        ]


def _flat(made: tuple[int, tuple[str, ...]]) -> tuple[Any, ...]:
    return made[0], *made[1]


def _ratios(what: str, cost: dict[str, float], on_httpx: float = 0.25) -> list[Result]:
    note = ", ".join(f"{name} {seconds * 1e6:.0f} µs" for name, seconds in cost.items())
    own = cost["gateway"]
    return [
        Result(f"{what}: CPU / no-op", own / cost["aiohttp"], 1.25, 1.12, more_is_better=False, note=note),
        Result(f"{what}: CPU / same on httpx", own / cost["gateway-httpx"], on_httpx, more_is_better=False),
    ]


def _start(own: Process) -> Result:
    """CPU seconds until it answered: on a machine with nothing else to do, as many by the clock."""
    name = "gateway, CPU seconds to its first answer"
    return Result(name, own.start_cpu, 1.5, more_is_better=False, note=f"{own.started:.2f} s by the clock")


def _memory(own: Process, request: bytes) -> Result:
    """How much memory it has over some thousand requests, or as many as LEED_SOAK says, looked at ten times."""
    count = int(os.environ.get("LEED_SOAK", "4000"))
    seen = [own.memory() / MIB]
    for _ in range(10):
        asyncio.run(Load(own.port, request).run(count // 10, CONNECTIONS))
        seen.append(own.memory() / MIB)
    note = f"after each tenth of {count} requests: {', '.join(f'{mib:.1f}' for mib in seen)}"
    return Result("gateway, MiB of memory", max(seen), 150, more_is_better=False, note=note)


def bench_litellm() -> list[Result]:
    """Requests in a second at 16 connections, beside a LiteLLM proxy with leed's hook."""
    if PARTS["proxy"].find() is None:
        print(f"left out: {PARTS['proxy'].place()}")
        return []
    port = free_port()
    chat = {"model": "chat", "messages": a_chat()}
    with ExitStack() as stack:
        command = (sys.executable, "-m", "tests.benchmarks.proxies", "upstream", str(port))
        upstream = stack.enter_context(a_process(port, *command)).base_url
        own = stack.enter_context(a_process(*_flat(gateway(upstream))))
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        config = config_for(upstream, "[leed_adapters.litellm.hook]")
        proxy = stack.enter_context(Proxy(folder, config, {"LITELLM_LOG": "ERROR"}, quiet=True))
        rate = {"gateway": 0.0, "litellm": 0.0}
        for _ in range(3):
            seconds = asyncio.run(Load(own.port, request_of(chat)).run(2000, CONNECTIONS))
            rate["gateway"] = max(rate["gateway"], 2000 / seconds)
            there = int(proxy.url.rpartition(":")[2])
            seconds = asyncio.run(Load(there, request_of(chat, proxy.key)).run(200, CONNECTIONS))
            rate["litellm"] = max(rate["litellm"], 200 / seconds)
    note = ", ".join(f"{name} {per_second:.0f}/s" for name, per_second in rate.items())
    return [Result("gateway / LiteLLM proxy, requests a second", rate["gateway"] / rate["litellm"], 4, note=note)]
