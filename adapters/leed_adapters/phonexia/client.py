"""Phonexia's REST API: a file is handed over as a task, which is looked at until it is done.

``POST /api/technology/emotion-recognition`` answers 202 with ``{"task": {"task_id", "state"}}`` and the task's address
in ``Location`` (earlier ``X-Location``). A task is pending or running, then done, failed or rejected. Source:
Phonexia's REST API reference. A task whose address is on another host is looked at on the platform's own, where the key
may go.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import quote

from leed.errors import InputError, ServiceError
from leed.quoting import clean
from leed.schema import Recording
from leed_adapters.measuring.answering import recording_of
from leed_adapters.measuring.http import Answer, Client, base_of
from leed_adapters.measuring.measurer import Event, Settings, Watch
from leed_adapters.measuring.media import Media
from leed_adapters.measuring.retrying import pauses
from leed_adapters.measuring.secrets import Secret, from_environment

TITLE = "Phonexia"
KEY = "PHONEXIA_API_KEY"
PLACE = "api/technology/emotion-recognition"
_OVER = ("failed", "rejected")


class Phonexia:
    """Speech Platform 4, emotion recognition: a measurer."""

    name = "phonexia"
    title = TITLE

    @asynccontextmanager
    async def open(self, settings: Settings, watch: Watch) -> AsyncGenerator[Tasks]:
        """Yield the tasks of one platform.

        Raises:
            OptionError: nothing says where the platform is, or an option is none of Phonexia's.
        """
        settings.speciality(TITLE)
        settings.no_language(TITLE)
        base = base_of(settings.base_url, None, "PHONEXIA_BASE_URL")
        key = from_environment(KEY)
        headers = {} if key is None else {"Authorization": Secret(f"Bearer {key.reveal()}")}
        async with Client.open(base, settings, title=TITLE, key=KEY, headers=headers) as client:
            yield Tasks(client, settings, watch)


class Tasks:
    """Files that are handed over to a platform, and what comes of them."""

    def __init__(self, client: Client, settings: Settings, watch: Watch) -> None:
        self._client = client
        self._settings = settings
        self._watch = watch

    async def measure(self, media: Media) -> Recording:
        """Return what is measured in a file.

        Raises:
            ServiceError: the platform refused it, failed, or cannot be reached.
        """
        task, url = await self._begun(media)
        return await self._result(media.name, task, url)

    async def submit(self, media: Media) -> str:
        """Hand a file over, and return its task's id."""
        task, _ = await self._begun(media)
        return task

    async def resume(self, job: str) -> Recording:
        """Return what is measured in the file that a task is about."""
        self._watch.jobs[job] = job
        return await self._result(f"task {job}", job, self._built(job))

    async def _begun(self, media: Media) -> tuple[str, str]:
        """The id and the address of a file's task."""
        wanted = f"{media.name}: {TITLE} did not take it on"
        if media.url is not None:
            raise InputError(f"{media.name}: {TITLE} takes files, and no addresses: fetch it, and give the file")
        self._watch.tell(Event(media.name, "sending", 0.0))
        answer = await self._client.upload(
            PLACE, wanted, media, on_sent=lambda share: self._watch.tell(Event(media.name, "sending", share))
        )
        task, url = self._accepted(answer, wanted)
        self._watch.jobs[task] = media.name
        self._watch.tell(Event(media.name, "waiting"))
        return task, url

    def _accepted(self, answer: Answer, wanted: str) -> tuple[str, str]:
        """The id and address of a task, from an answer whose body may have been cut off."""
        location = answer.headers.get("location") or answer.headers.get("x-location")
        asked = self._client.url(PLACE)
        url = self._client.located(location, asked) if location else None
        if answer.body is not None or url is None:
            told = _task(answer.json(self._client.secrets))
            task = told.get("task_id")
            if not isinstance(task, str) or not task:
                what = "it answered without the id of a task; check --base-url"
                raise ServiceError(f"{wanted}: {what}", status=answer.status, repeatable=False)
        else:
            task = url.rstrip("/").rpartition("/")[2]
        return task, url or self._built(task)

    def _built(self, task: str) -> str:
        return self._client.url(f"{PLACE}/{quote(task, safe='')}")

    async def _result(self, name: str, task: str, url: str) -> Recording:
        wanted = f"{name}: {TITLE}'s task {task} cannot be looked at"
        for pause in pauses(self._settings.pause):
            answer = await self._client.get(url, wanted)
            plain = answer.json(self._client.secrets)
            state = _task(plain).get("state")
            if state == "done":
                self._watch.jobs.pop(task, None)
                return recording_of(answer.body or b"", name, "phonexia")
            if state in _OVER:
                self._watch.jobs.pop(task, None)
                raise ServiceError(_why(name, task, state, plain), job=task, repeatable=False)
            if not isinstance(state, str):
                raise ServiceError(
                    f"{wanted}: it answered without a state; check --base-url", job=task, repeatable=False
                )
            self._watch.tell(Event(name, state))
            asked = answer.headers.get("retry-after")
            await asyncio.sleep(max(pause, float(asked)) if asked and asked.isdecimal() else pause)
        raise AssertionError("pauses do not end")


def _task(plain: Any) -> Mapping[str, Any]:  # noqa: ANN401 - JSON
    task = plain.get("task") if isinstance(plain, Mapping) else None
    return task if isinstance(task, Mapping) else {}


def _why(name: str, task: str, state: str, plain: Mapping[str, Any]) -> str:
    """What to say of a task that came to nothing."""
    holders = (_task(plain), plain)
    said = (holder.get(key) for holder in holders for key in ("message", "error", "detail", "reason"))
    reason = next((clean(text)[:300] for text in said if isinstance(text, str) and text.strip()), "")
    reason = f": {reason}" if reason else ""
    what = "was rejected" if state == "rejected" else "failed"
    return f"{name}: {TITLE}'s task {task} {what}{reason}; nothing was measured"
