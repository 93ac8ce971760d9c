"""The fake's tasks: taken on, looked at, and done after so many looks. Shapes: Phonexia's REST API reference."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from aiohttp import web

from leed_adapters.fakes.serving import Fake

PLACE = "/api/technology/emotion-recognition"
_SAMPLE = {"HAPPY": 0.799, "NEUTRAL": 0.19, "SAD": 0.006, "ANGRY": 0.005}  # Phonexia's published Barbara.wav


def channel(scores: Mapping[str, float] | None = None, number: int = 0, speech: float = 43.59) -> dict[str, Any]:
    """Return a channel of a result.

    >>> channel({"SAD": 0.9})
    {'channel_number': 0, 'speech_length': 43.59, 'scores': [{'emotion': 'SAD', 'probability': 0.9}]}
    """
    found = _SAMPLE if scores is None else scores
    listed = [{"emotion": label, "probability": score} for label, score in found.items()]
    return {"channel_number": number, "speech_length": speech, "scores": listed}


class FakePhonexia(Fake):
    """Phonexia's platform on loopback.

    Attributes:
        channels: what each result has.
        states: what a task is while it is looked at, before it is ``end``.
        end: what becomes of each task: done, failed or rejected; None: it never ends.
        location: the header with the task's address; None: there is none.
        address: how that address is told, with {host}, {place} and {task}.
        tasks: the ids of all tasks that were taken on, with how often each was looked at.
    """

    def __init__(
        self,
        *,
        channels: Sequence[Mapping[str, Any]] | None = None,
        states: Sequence[str] = (),
        end: str | None = "done",
        location: str | None = "Location",
        address: str = "{place}/{task}",
        api_key: str | None = None,
    ) -> None:
        super().__init__()
        self.channels = [channel()] if channels is None else list(channels)
        self.states = tuple(states)
        self.end = end
        self.location = location
        self.address = address
        self.api_key = api_key
        self.tasks: dict[str, int] = {}
        self.files: list[str] = []

    def add_routes(self, router: web.UrlDispatcher) -> None:
        """Add the endpoint of emotion recognition."""
        router.add_post(PLACE, self._begin)
        router.add_get(PLACE + "/{task}", self._look)

    def error(self, status: int) -> Any:  # noqa: ANN401 - JSON
        """Return an error as the platform has it: a list of what is wrong with a request, or a word."""
        if status == 422:  # noqa: PLR2004 - HTTP's
            return {"detail": [{"loc": ["body", "file"], "msg": "The fake takes no such file.", "type": "value_error"}]}
        return {"detail": f"The fake fails with {status}."}

    async def refuse(self, request: web.Request) -> web.StreamResponse | None:
        """Return 401 for a request without the key, if there is one."""
        if self.api_key is None or request.headers.get("authorization") == f"Bearer {self.api_key}":
            return None
        return web.json_response({"detail": f"Not a key: {request.headers.get('authorization')}"}, status=401)

    async def _begin(self, request: web.Request) -> web.StreamResponse:
        form = await request.post()
        file = form.get("file")
        if not isinstance(file, web.FileField):
            return web.json_response(self.error(422), status=422)
        task = f"00000000-0000-0000-0000-{len(self.tasks) + 1:012}"
        self.tasks[task] = 0
        self.files.append(file.filename)
        headers = {}
        if self.location is not None:
            headers[self.location] = self.address.format(host=self.base_url, place=PLACE, task=task)
        return web.json_response({"task": {"task_id": task, "state": "pending"}}, status=202, headers=headers)

    async def _look(self, request: web.Request) -> web.StreamResponse:
        task = request.match_info["task"]
        if task not in self.tasks:
            return web.json_response({"detail": "Task not found."}, status=404)
        looks = self.tasks[task]
        self.tasks[task] += 1
        if self.end is None or looks < len(self.states):
            state = self.states[looks] if looks < len(self.states) else "running"
            return web.json_response({"task": {"task_id": task, "state": state}})
        told: dict[str, Any] = {"task": {"task_id": task, "state": self.end}}
        if self.end == "done":
            told["result"] = {"channels": self.channels}
        else:
            told["task"]["message"] = "No speech technology is licensed."
        return web.json_response(told)
