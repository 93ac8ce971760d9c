"""The fake's processes, and the gRPC server beside it. Shapes: the SDK behavioralsignals 0.7."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Self

import grpc
from aiohttp import web
from behavioralsignals.generated import api_pb2 as pb
from behavioralsignals.generated import api_pb2_grpc as pb_grpc

from leed_adapters.fakes.behavioral_signals.rows import rows, utterances
from leed_adapters.fakes.hume.hearing import Ear
from leed_adapters.fakes.serving import Fake

_CODES = {0: "Pending", 1: "Processing", 2: "Processing Complete", -1: "Unsupported codec", -2: "Out of credits"}


class FakeBehavioralSignals(Fake):
    """Behavioral Signals v5 on loopback.

    Attributes:
        statuses: what a process is while it is looked at, before it is ``end``.
        end: the status that a process comes to; None: it never ends.
        api_key: the key that requests have to carry; None: any.
        processes: what was handed over: name, address, embeddings and how often it was looked at.
        cuts: for each stream over gRPC, after how many pieces of audio it breaks and with which status; others last.
        streams: the audio of each stream.
    """

    def __init__(
        self,
        *,
        statuses: Sequence[int] = (),
        end: int | None = 2,
        api_key: str | None = None,
        cuts: Sequence[tuple[int, grpc.StatusCode]] = (),
    ) -> None:
        super().__init__()
        self.statuses = tuple(statuses)
        self.end = end
        self.api_key = api_key
        self.processes: list[dict[str, Any]] = []
        self.cuts = list(cuts)
        self.streams: list[bytearray] = []
        self._grpc: Any = None
        self.streaming_port = 0

    @property
    def base_url(self) -> str:
        """What clients are given, up to /v5."""
        return f"{super().base_url}/v5"

    @property
    def streaming_url(self) -> str:
        """What clients are given for streaming."""
        return f"http://127.0.0.1:{self.streaming_port}"

    def start(self, port: int = 0) -> Self:
        """Begin to serve, both ways."""
        self._grpc = grpc.server(ThreadPoolExecutor(4))
        join: Any = pb_grpc.add_BehavioralStreamingApiServicer_to_server  # the SDK types no stubs
        join(_Streaming(self), self._grpc)
        self.streaming_port = self._grpc.add_insecure_port("127.0.0.1:0")
        self._grpc.start()
        return super().start(port)

    def close(self) -> None:
        """Stop serving."""
        self._grpc.stop(None).wait()
        super().close()

    def add_routes(self, router: web.UrlDispatcher) -> None:
        """Add the places of the API."""
        place = "/v5/clients/{cid}/processes"
        router.add_get("/v5/auth", self._auth)
        router.add_post(f"{place}/audio", self._upload)
        router.add_post(f"{place}/s3-presigned-url", self._address)
        router.add_get(place, self._list)
        router.add_get(place + "/{pid}", self._look)
        router.add_get(place + "/{pid}/results", self._results)

    def error(self, status: int) -> Any:  # noqa: ANN401 - JSON
        """Return an error as the API has it."""
        return {"code": status, "message": f"The fake fails with {status}.", "details": None}

    async def refuse(self, request: web.Request) -> web.StreamResponse | None:
        """Return 401 for a request without the key, if there is one."""
        given = request.headers.get("x-auth-token")
        if given and self.api_key in (None, given):
            return None
        return web.json_response({"code": 401, "message": f"Not a token: {given}"}, status=401)

    async def _auth(self, request: web.Request) -> web.StreamResponse:
        return web.json_response({"cid": request.headers.get("x-auth-client")})

    async def _upload(self, request: web.Request) -> web.StreamResponse:
        form = await request.post()
        file = form.get("file")
        if not isinstance(file, web.FileField):
            return web.json_response(self.error(400), status=400)
        embeddings = str(form.get("embeddings")).lower() == "true"
        return self._taken(
            {"name": form.get("name"), "embeddings": embeddings, "meta": form.get("meta")}, file.file.read()
        )

    async def _address(self, request: web.Request) -> web.StreamResponse:
        return self._taken(await request.json(), b"")

    def _taken(self, about: dict[str, Any], data: bytes) -> web.StreamResponse:
        self.processes.append({**about, "data": data, "looks": 0})
        return web.json_response(self._told(len(self.processes), 0))

    def _told(self, pid: int, status: int) -> dict[str, Any]:
        about = self.processes[pid - 1]
        told = {"pid": pid, "cid": 1, "name": about["name"], "status": status, "statusmsg": _CODES.get(status, "?")}
        return {**told, "duration": 12.5, "datetime": "2026-11-01T09:30:00", "meta": about.get("meta")}

    async def _list(self, request: web.Request) -> web.StreamResponse:
        del request
        return web.json_response([self._told(pid, 2) for pid in range(1, len(self.processes) + 1)])

    async def _look(self, request: web.Request) -> web.StreamResponse:
        pid = self._pid(request)
        if pid is None:
            return web.json_response({"code": 404, "message": "No such process."}, status=404)
        about = self.processes[pid - 1]
        looks = about["looks"]
        about["looks"] += 1
        if looks < len(self.statuses):
            return web.json_response(self._told(pid, self.statuses[looks]))
        return web.json_response(self._told(pid, 1 if self.end is None else self.end))

    async def _results(self, request: web.Request) -> web.StreamResponse:
        pid = self._pid(request)
        if pid is None:
            return web.json_response({"code": 404, "message": "No such process."}, status=404)
        return web.json_response(self.answer(pid))

    def answer(self, pid: int) -> dict[str, Any]:
        """Return the results of a process; of an address, those of two seconds of speech."""
        about = self.processes[pid - 1]
        found = utterances(about["data"]) if about["data"] else [(0, 0.0, 2.0)]
        listed = [row for heard in found for row in rows(*heard, embeddings=bool(about.get("embeddings")))]
        return {"pid": pid, "cid": 1, "code": 2, "message": _CODES[2], "results": listed}

    def _pid(self, request: web.Request) -> int | None:
        pid = request.match_info["pid"]
        return int(pid) if pid.isdecimal() and 0 < int(pid) <= len(self.processes) else None


class _Streaming(pb_grpc.BehavioralStreamingApiServicer):
    """The gRPC side."""

    def __init__(self, fake: FakeBehavioralSignals) -> None:
        self._fake = fake

    def StreamAudio(self, request_iterator: Iterator[Any], context: Any) -> Iterator[Any]:  # noqa: ANN401, N802 - gRPC's
        """Yield the results of each utterance as it ends."""
        number = len(self._fake.streams)
        self._fake.streams.append(bytearray())
        cut = self._fake.cuts[number] if number < len(self._fake.cuts) else None
        ear, pieces = Ear(), 0
        for request in request_iterator:
            if self._fake.api_key not in (None, request.x_auth_token):
                context.abort(grpc.StatusCode.UNAUTHENTICATED, f"Not a token: {request.x_auth_token}")
            if request.audio_content:
                pieces += 1
                self._fake.streams[number].extend(request.audio_content)
                yield from _results(ear.hear(request.audio_content), number)
            if cut is not None and pieces >= cut[0]:
                context.abort(cut[1], "The fake breaks off.")
        yield from _results(ear.end(), number)


def _results(said: Iterator[dict[str, Any]], number: int) -> Iterator[Any]:
    for entry in said:
        if entry["type"] == "utterance.end":
            found = rows(entry["utterance_id"], entry["audio_start_ms"] / 1000, entry["audio_end_ms"] / 1000)
            message = pb.StreamResult(cid=1, pid=number + 1, message_id=entry["utterance_id"])
            message.result.extend(map(_result, found))
            yield message


def _result(row: dict[str, Any]) -> Any:  # noqa: ANN401 - a message
    predictions = [pb.Prediction(label=p["label"], posterior=p["posterior"]) for p in row["prediction"]]
    return pb.InferenceResult(
        id=row["id"],
        start_time=row["startTime"],
        end_time=row["endTime"],
        task=row["task"],
        prediction=predictions,
        final_label=row["finalLabel"],
        level=pb.Level.utterance,
    )
