"""Behavioral Signals' REST API v5: audio is handed over as a process, which is looked at until it is complete.

``POST /clients/{cid}/processes/audio`` (a file) or ``.../s3-presigned-url`` (an address) answers with the process; its
status is 0 pending, 1 processing, 2 complete, -1 failed, -2 without credits. Source: the SDK behavioralsignals 0.7.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from typing import Any, Final
from urllib.parse import quote

from leed.errors import OptionError, ServiceError
from leed.quoting import clean
from leed.schema import Recording
from leed_adapters.measuring.answering import recording_of
from leed_adapters.measuring.http import Answer, Client, base_of
from leed_adapters.measuring.measurer import Event, Settings, Watch
from leed_adapters.measuring.media import Media
from leed_adapters.measuring.retrying import pauses
from leed_adapters.measuring.secrets import Secret, required

TITLE: Final = "Behavioral Signals"
KEY: Final = "BEHAVIORALSIGNALS_API_KEY"
CID: Final = "BEHAVIORALSIGNALS_CID"
BASE: Final = "https://api.behavioralsignals.com/v5"
FORMAT: Final = "behavioral-signals"
_PENDING, _COMPLETE = (0, 1), 2
_SAID = {0: "pending", 1: "processing", -1: "failed", -2: "was not run for lack of credits"}


class BehavioralSignals:
    """Behavioral Signals v5: a measurer."""

    name = "behavioral-signals"
    title = TITLE

    @asynccontextmanager
    async def open(self, settings: Settings, watch: Watch) -> AsyncGenerator[Processes]:
        """Yield the processes of one client.

        Raises:
            OptionError: there is no key or client id, or an option is none of theirs.
        """
        settings.speciality(TITLE, "embeddings", "meta")
        settings.no_language(TITLE)
        base = base_of(settings.base_url, BASE, "BEHAVIORALSIGNALS_BASE_URL")
        cid = required(CID, TITLE).reveal()
        headers = {"X-Auth-Token": required(KEY, TITLE), "X-Auth-Client": cid, "accept": "application/json"}
        async with Client.open(base, settings, title=TITLE, key=KEY, headers=headers) as client:
            yield Processes(client, cid, settings, watch)


class Processes:
    """Audio that is handed over, and what comes of it."""

    def __init__(self, client: Client, cid: str, settings: Settings, watch: Watch) -> None:
        self._client = client
        self._place = f"clients/{quote(cid, safe='')}/processes"
        self._settings = settings
        self._watch = watch

    async def measure(self, media: Media) -> Recording:
        """Return what is measured in audio.

        Raises:
            ServiceError: the service refused it, failed, or cannot be reached.
        """
        return await self._result(media.name, await self.submit(media))

    async def submit(self, media: Media) -> str:
        """Hand audio over, a file or an address, and return its process's id."""
        wanted = f"{media.name}: {TITLE} did not take it on"
        self._watch.tell(Event(media.name, "sending", 0.0))
        pid = self._accepted(await self._sent(media, wanted), wanted)
        self._watch.jobs[pid] = media.name
        self._watch.tell(Event(media.name, "waiting"))
        return pid

    async def resume(self, job: str) -> Recording:
        """Return what is measured in the audio that a process is about."""
        if not job.isdecimal():
            raise OptionError(f"process {job!r} is no number, as the ids of {TITLE} are")
        self._watch.jobs[job] = job
        return await self._result(job, job)

    async def _sent(self, media: Media, wanted: str) -> Answer:
        embeddings, meta = bool(self._settings.special.get("embeddings")), self._settings.special.get("meta")
        if media.url is not None:
            self._client.secrets += (Secret(media.url),)  # it may be signed
            body = {"url": media.url, "name": media.name, "embeddings": embeddings}
            return await self._client.post_json(
                f"{self._place}/s3-presigned-url", wanted, body if meta is None else {**body, "meta": meta}
            )
        fields = {"name": media.name, "embeddings": str(embeddings).lower()} | ({} if meta is None else {"meta": meta})
        return await self._client.upload(
            f"{self._place}/audio",
            wanted,
            media,
            fields=fields,
            on_sent=lambda share: self._watch.tell(Event(media.name, "sending", share)),
        )

    def _accepted(self, answer: Answer, wanted: str) -> str:
        if answer.body is None:
            what = "it was taken on, but the answer with its id was cut off, and it is not sent twice"
            raise ServiceError(f"{wanted}: {what}; look for it at the service", status=answer.status, repeatable=False)
        plain = answer.json(self._client.secrets)
        pid = plain.get("pid") if isinstance(plain, Mapping) else None
        if not isinstance(pid, (int, str)) or not str(pid).isdecimal():
            what = "it answered without the id of a process; check --base-url"
            raise ServiceError(f"{wanted}: {what}", status=answer.status, repeatable=False)
        return str(pid)

    async def _result(self, name: str, pid: str) -> Recording:
        wanted = f"{name}: {TITLE}' process {pid} cannot be looked at"
        for pause in pauses(self._settings.pause):
            plain = (await self._client.get(f"{self._place}/{pid}", wanted)).json(self._client.secrets)
            status = plain.get("status") if isinstance(plain, Mapping) else None
            if status == _COMPLETE:
                answer = await self._client.get(f"{self._place}/{pid}/results", wanted)
                answer.json(self._client.secrets)
                self._watch.jobs.pop(pid, None)
                return recording_of(answer.body or b"", name, FORMAT)
            if status not in _PENDING:
                raise self._failed(name, pid, status, plain)
            self._watch.tell(Event(name, _SAID[status]))
            await asyncio.sleep(pause)
        raise AssertionError("pauses do not end")

    def _failed(self, name: str, pid: str, status: Any, plain: Any) -> ServiceError:  # noqa: ANN401 - JSON
        if status not in _SAID:
            what = f"{name}: {TITLE}' process {pid} has no status that is known ({status!r}); check --base-url"
            return ServiceError(what, job=pid, repeatable=False)
        self._watch.jobs.pop(pid, None)
        reason = plain.get("statusmsg")
        reason = f": {clean(reason)[:300]}" if isinstance(reason, str) and reason.strip() else ""
        text = f"{name}: {TITLE}' process {pid} {_SAID[status]}{reason}; nothing was measured"
        return ServiceError(text, code=str(status), job=pid, repeatable=False)
