"""A real LiteLLM proxy in a process and an environment of its own, which logs all that it can."""

import os
import secrets
import socket
import subprocess
import time
import urllib.error
import urllib.request
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from tests.support.parts import ROOT, program

PATIENCE = 60  # seconds; a start takes about fifteen

RECORDER = """
import json
from litellm.integrations.custom_logger import CustomLogger
from litellm.proxy.spend_tracking.spend_tracking_utils import get_logging_payload

class Recorder(CustomLogger):
    def write(self, kind, **seen):
        with open("log.jsonl", "a", encoding="utf-8") as file:
            file.write(json.dumps({"kind": kind} | seen, default=repr) + "\\n")

    def event(self, kind, kwargs, answer, start, end):
        spend = get_logging_payload(kwargs, answer, start, end)
        payload = kwargs.get("standard_logging_object")
        self.write(kind, type=kwargs.get("call_type"), payload=payload, spend=spend, all=repr(kwargs))

    async def async_log_success_event(self, kwargs, response_obj, start_time, end_time):
        self.event("success", kwargs, response_obj, start_time, end_time)

    async def async_log_failure_event(self, kwargs, response_obj, start_time, end_time):
        self.event("failure", kwargs, response_obj, start_time, end_time)

    async def async_post_call_failure_hook(
        self, request_data, original_exception, user_api_key_dict, traceback_str=None
    ):
        self.write("failed request", all=repr(request_data))

recorder = Recorder()
"""


class Proxy:
    """A proxy before an upstream, with callbacks of leed's; its files are in a folder.

    Attributes:
        url: where it listens.
        key: what clients have to know.
    """

    def __init__(
        self,
        folder: Path,
        config: str,
        environment: dict[str, str],
        modules: dict[str, str] | None = None,
        *,
        quiet: bool = False,
    ) -> None:
        self._folder = folder
        self._environment = environment
        self._more = () if quiet else ("--detailed_debug",)
        self.key = f"sk-{secrets.token_hex(16)}"
        for name, text in {"config.yaml": config, "recorder.py": RECORDER, **(modules or {})}.items():
            (folder / name).write_text(text, encoding="utf-8")
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self._port = free.getsockname()[1]
        self.url = f"http://127.0.0.1:{self._port}"
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        sources = (ROOT, ROOT / "adapters", ROOT / "prompts")
        environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(self._folder),
            "PYTHONPATH": os.pathsep.join(map(str, sources)),
            "PYTHONIOENCODING": "utf-8",
            "LITELLM_MASTER_KEY": self.key,
            "LITELLM_LOCAL_MODEL_COST_MAP": "True",
            "LITELLM_LOCAL_ANTHROPIC_BETA_HEADERS": "True",
            "LITELLM_TELEMETRY": "False",
            "NO_PROXY": "*",
            **self._environment,
        }
        python = program("proxy")
        options = ("--host", "127.0.0.1", "--port", str(self._port), "--telemetry", "False", *self._more)
        with (self._folder / "output.txt").open("wb") as output:
            self._process = subprocess.Popen(
                [str(python.parent / "litellm"), "--config", "config.yaml", *options],
                cwd=self._folder,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        try:
            self._wait()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the process."""
        assert self._process is not None
        self._process.terminate()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _wait(self) -> None:
        assert self._process is not None
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end and self._process.poll() is None:
            try:
                urllib.request.urlopen(f"{self.url}/health/liveliness", timeout=5).close()  # noqa: S310 - http
            except (urllib.error.URLError, ConnectionError, TimeoutError):
                time.sleep(0.2)
            else:
                return
        message = f"the proxy does not answer (status {self._process.poll()}); it printed:\n{self.output()[-6000:]}"
        raise AssertionError(message)

    def post(self, path: str, body: bytes) -> bytes:
        """The answer to a plain POST."""
        headers = {"authorization": f"Bearer {self.key}", "content-type": "application/json"}
        request = urllib.request.Request(f"{self.url}{path}", body, headers)  # noqa: S310 - http, on loopback
        with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310 - as above
            return bytes(answer.read())

    def output(self) -> str:
        """All that it printed."""
        return (self._folder / "output.txt").read_text("utf-8", "replace")

    def log(self, least: int = 0) -> str:
        """The log of its calls; waited for until it has so many lines at least, as litellm logs in the background."""
        path = self._folder / "log.jsonl"
        end = time.monotonic() + PATIENCE
        while True:
            text = path.read_text("utf-8") if path.exists() else ""
            if text.count("\n") >= least:
                return text
            assert time.monotonic() < end, f"{text.count(chr(10))} of {least} calls logged:\n{self.output()[-6000:]}"
            time.sleep(0.1)


def config_for(upstream: str, callbacks: str = "[leed_adapters.litellm.hook, recorder.recorder]", **more: Any) -> str:
    """A config.yaml for a model "chat" behind OpenAI's API."""
    settings = "".join(f"\n  {name}: {value}" for name, value in more.items())
    return f"""
model_list:
  - model_name: chat
    litellm_params: {{model: openai/fake, api_base: "{upstream}", api_key: none, num_retries: 0}}
litellm_settings:
  callbacks: {callbacks}
  num_retries: 0
  telemetry: false{settings}
general_settings:
  store_prompts_in_spend_logs: true
"""
