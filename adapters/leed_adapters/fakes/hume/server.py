"""The fake's HTTP side: files and runs. Shapes: Hume's SDK hume-expression-measurement 0.1.0 and its docstrings."""

from __future__ import annotations

import io
import json
import wave
from datetime import UTC, datetime
from typing import Any

from aiohttp import web

from leed_adapters.fakes.hume.hearing import RATE, Ear
from leed_adapters.fakes.hume.realtime import Realtime
from leed_adapters.fakes.serving import Fake

_MOST = 25_000_000
_JPEG = b"\xff\xd8\xff"
_CODES = {
    400: "invalid_request",
    403: "forbidden",
    404: "not_found",
    405: "method_not_allowed",
    413: "audio_too_long",
    415: "unsupported_media_type",
    500: "internal_error",
    503: "server_busy",
}
_BEGUN = datetime(2026, 11, 1, 9, 30, tzinfo=UTC)


def face(number: int | None = 0) -> dict[str, Any]:
    """Return a face as the API has it; one without a number was not measured.

    >>> face(None)["expressions"] is None
    True
    """
    measured = number is not None
    return {
        "face_id": number,
        "bbox": [34.0, 20.5, 98.0, 110.0],
        "confidence": 0.99,
        "expressions": [{"name": "joy", "probability": 0.8312}] if measured else None,
        "descriptions": [{"name": "smile", "probability": 0.6}] if measured else None,
    }


class FakeHume(Fake):
    """Hume's Expression Measurement v1 on loopback.

    Attributes:
        api_key: the key that requests have to carry; None: any.
        faces: what every image shows.
        realtime: how its websockets behave, and what they received.
        runs: the runs that it keeps.
    """

    def __init__(self, *, api_key: str | None = None, faces: int = 1, **realtime: Any) -> None:  # noqa: ANN401 - Realtime's
        super().__init__()
        self.api_key = api_key
        self.faces = [face(number) for number in range(faces)]
        self.realtime = Realtime(self, **realtime)
        self.runs: dict[str, str] = {}

    @property
    def ws_url(self) -> str:
        """What clients are given for websockets."""
        return f"ws://127.0.0.1:{self.port}"

    def add_routes(self, router: web.UrlDispatcher) -> None:
        """Add the places of the API."""
        router.add_post("/v1/expression/audio/file", self._audio)
        router.add_post("/v1/expression/video/file", self._video)
        router.add_get("/v1/expression/run", self._list)
        router.add_get("/v1/expression/run/{run}", self._run)
        router.add_get("/v1/expression/audio/realtime", self.realtime.audio)
        router.add_get("/v1/expression/video/realtime", self.realtime.video)

    def error(self, status: int, code: str | None = None, message: str | None = None) -> Any:  # noqa: ANN401 - JSON
        """Return an error as the API has it."""
        said = message or f"The fake fails with {status}."
        if status == 401:  # noqa: PLR2004 - HTTP's
            return {"message": said, "request_id": "req_1"}
        code = code or _CODES.get(status, "internal_error")
        return {"type": "error", "code": code, "message": said, "request_id": "req_1"}

    async def refuse(self, request: web.Request) -> web.StreamResponse | None:
        """Return 401 for a request without the key, if there is one."""
        given = request.headers.get("x-hume-api-key")
        if given and self.api_key in (None, given):
            return None
        return web.json_response(self.error(401, message=f"Invalid API key {given}"), status=401)

    def _refused(self, status: int, code: str, message: str) -> web.Response:
        return web.json_response(self.error(status, code, message), status=status)

    async def _audio(self, request: web.Request) -> web.StreamResponse:
        if (request.content_length or 0) > _MOST:
            return self._refused(413, "audio_too_long", "The request is over 25 MB.")
        form = await request.post()
        file, config = form.get("file"), form.get("config")
        if file is None:
            return self._refused(400, "invalid_request", "There is no file.")
        settings = json.loads(_bytes(config or b"{}"))
        data = _bytes(file)
        if data[:4] in (b"fLaC", b"OggS") or data[:3] == b"ID3":
            return self._refused(415, "unsupported_media_type", "Convert it first.")
        try:
            samples = _samples(data)
        except (wave.Error, EOFError, ValueError) as error:
            return self._refused(400, "audio_decode_failed", str(error))
        return web.json_response(self._heard(samples, settings.get("measurement_timer_ms") or 3000))

    def _heard(self, samples: bytes, interval: int) -> dict[str, Any]:
        ear = Ear(interval)
        said = [*ear.hear(samples), *ear.end()]
        utterances = [
            {k: v for k, v in entry.items() if k != "type"} for entry in said if entry["type"] == "utterance.end"
        ]
        results = [
            {k: v for k, v in entry.items() if k != "type"} for entry in said if entry["type"] == "measurement.result"
        ]
        received = {"audio_duration_ms": ear.heard}
        return self._kept("audio", received, {"utterances": utterances, "measurements": results})

    async def _video(self, request: web.Request) -> web.StreamResponse:
        form = await request.post()
        images = [_bytes(file) for file in form.getall("file", [])]
        if not images:
            return self._refused(400, "invalid_request", "There is no file.")
        if not all(image.startswith(_JPEG) for image in images):
            return self._refused(415, "unsupported_media_type", "Not a JPEG.")
        results = [{"frame_id": number, "faces": self.faces} for number in range(len(images))]
        return web.json_response(self._kept("video", {"frames": len(images)}, {"measurements": results}))

    def _kept(self, endpoint: str, received: dict[str, int], found: dict[str, Any]) -> dict[str, Any]:
        run = f"run_{len(self.runs) + 1}"
        self.runs[run] = endpoint
        return {"request_id": f"req_{len(self.requests)}", "run_id": run, "received": received, **found}

    async def _list(self, request: web.Request) -> web.StreamResponse:
        del request
        return web.json_response({"runs": [_told(run, kind) for run, kind in reversed(self.runs.items())]})

    async def _run(self, request: web.Request) -> web.StreamResponse:
        run = request.match_info["run"]
        if run not in self.runs:
            return self._refused(404, "not_found", "There is no such run.")
        audio = {"type": "raw", "encoding": "s16le", "sample_rate": RATE, "channels": 1}
        config: dict[str, Any] = {"schema": "v4", "audio": audio, "measurement_timer_ms": 3000}
        if self.runs[run] == "video":
            config = {"schema": "v4", "image": {"type": "jpeg"}, "face": {"threshold": 0.5, "min_size": 40}}
        return web.json_response({**_told(run, self.runs[run]), "config": config})


def _told(run: str, endpoint: str) -> dict[str, Any]:
    return {
        "run_id": run,
        "user_id": "user_1",
        "status": "ended",
        "endpoint": endpoint,
        "mode": "file",
        "started_at": _BEGUN.isoformat(),
        "ended_at": _BEGUN.isoformat(),
        "metered_seconds": 10.0,
    }


def _bytes(part: Any) -> bytes:  # noqa: ANN401 - a part of a form: a file, if it has a name, or text, or bytes
    if isinstance(part, web.FileField):
        data: bytes = part.file.read()
        return data
    return part.encode() if isinstance(part, str) else bytes(bytearray(part))


def _samples(data: bytes) -> bytes:
    """The samples of a WAV file, or of headerless ones."""
    if data[:4] != b"RIFF":
        if not data or len(data) % 2:
            raise ValueError("The file is empty, or has an odd number of bytes.")
        return data
    with wave.open(io.BytesIO(data)) as file:
        found = (file.getnchannels(), file.getsampwidth(), file.getframerate())
        if found != (1, 2, RATE):
            raise ValueError(f"The WAV file has {found}; it should have (1, 2, {RATE}).")
        samples: bytes = file.readframes(file.getnframes())
        return samples
