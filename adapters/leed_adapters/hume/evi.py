"""Chats with Hume's Empathic Voice Interface (EVI): their history by REST, and a live chat as segments of the user.

>>> import os
>>> from leed_adapters.fakes.hume import FakeEvi
>>> os.environ["HUME_API_KEY"] = "any"
>>> with FakeEvi() as service:
...     recording = history("chat_1", base_url=service.base_url)
>>> [segment.text for segment in recording.segments() if segment.channel != "assistant"]
['Hello 0.', 'Hello 2.', 'Hello 4.']
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any, Final, Unpack
from urllib.parse import quote

from leed.errors import OptionError, ServiceError
from leed.readers.objects import plain
from leed.schema import Issue, Recording, Segment
from leed.stream import Stream
from leed_adapters.hume.failing import KEY, TITLE
from leed_adapters.measuring.answering import recording_of
from leed_adapters.measuring.calls import Calls, Options
from leed_adapters.measuring.http import Client, base_of
from leed_adapters.measuring.live import Pump, Source, Streaming
from leed_adapters.measuring.measurer import Settings, Watch
from leed_adapters.measuring.media import Media
from leed_adapters.measuring.secrets import required

BASE: Final = "https://api.hume.ai"
_FORMAT = "hume-evi"
_GROUP = "group:"
_PAGE = 100  # events; as many as the API gives at a time
_ASSISTANT = "assistant"


class Evi:
    """The history of chats: a measurer whose media are chats that were held, by their ids."""

    name = "hume-evi"
    title = f"{TITLE}'s EVI"

    @asynccontextmanager
    async def open(self, settings: Settings, watch: Watch) -> AsyncGenerator[Chats]:
        """Yield the chats of one account.

        Raises:
            OptionError: there is no key, or an option is none of EVI's.
        """
        del watch  # no job is left behind
        settings.speciality(self.title)
        settings.no_language(self.title)
        base = base_of(settings.base_url, BASE, "HUME_EVI_BASE_URL")
        headers = {"X-Hume-Api-Key": required(KEY, TITLE)}
        async with Client.open(base, settings, title=self.title, key=KEY, headers=headers) as client:
            yield Chats(client)


class Chats:
    """Chats that were held."""

    def __init__(self, client: Client) -> None:
        self._client = client

    async def measure(self, media: Media) -> Recording:
        """Raise: a chat has an id, and is no medium."""
        raise OptionError(f"{media.name}: EVI measures while it talks: give the id of a chat, with --resume")

    async def submit(self, media: Media) -> str:
        """Raise: as `measure`."""
        raise OptionError(f"{media.name}: EVI measures while it talks: give the id of a chat, with --resume")

    async def resume(self, job: str) -> Recording:
        """Return what was said in a chat, or, after ``group:``, in all chats of a group.

        Raises:
            ServiceError: there is no such chat, or EVI cannot be asked.
        """
        chat = job.removeprefix(_GROUP)
        place = (
            f"v0/evi/chat_groups/{quote(chat, safe='')}/events"
            if job != chat
            else f"v0/evi/chats/{quote(chat, safe='')}"
        )
        pages = [page async for page in self._pages(place, f"{job}: {TITLE}'s EVI did not give the chat")]
        return recording_of(pages, job, _FORMAT)

    async def _pages(self, place: str, wanted: str) -> AsyncIterator[Mapping[str, Any]]:
        number, total = 0, 1
        while number < total:
            params = {"page_number": str(number), "page_size": str(_PAGE), "ascending_order": "true"}
            answer = await self._client.get(place, wanted, params)
            page = answer.json(self._client.secrets)
            if not isinstance(page, Mapping) or not isinstance(page.get("events_page"), list):
                what = "it answered without events; check --base-url"
                raise ServiceError(f"{wanted}: {what}", status=answer.status, repeatable=False)
            yield page
            total = page["total_pages"] if isinstance(page.get("total_pages"), int) else 1
            number += 1


measurer = Evi()
_calls = Calls(measurer)


def history(chat: str, *, group: bool = False, **options: Unpack[Options]) -> Recording:
    """Return what was said in a chat that was held, page by page, with the scores of each message.

    Args:
        chat: its id, or that of a chat group.
        group: whether it is that of a group.
        options: base_url, timeout, attempts, pause.

    Raises:
        ServiceError: there is no such chat, or EVI cannot be asked.
        OptionError: there is no key.
    """
    return _calls.resume(_GROUP + chat if group else chat, **options)


async def ahistory(chat: str, *, group: bool = False, **options: Unpack[Options]) -> Recording:
    """Return what `history` returns, for code that is async itself."""
    return await _calls.aresume(_GROUP + chat if group else chat, **options)


def chat_stream(messages: Source[Any], *, stream: Stream | None = None, name: str = "chat") -> Streaming:
    """Return the user's segments of a chat that goes on, for ``for`` and ``async for``.

    Args:
        messages: what the chat's websocket gives: objects of the SDK `hume`, plain data, or JSON text. Audio, the
            assistant's voice, typed text and interim messages are passed over.
        stream: is fed with each segment, and says when there is something else to say.
        name: the source of the segments.

    >>> message = {"type": "user_message", "message": {"role": "user", "content": "Hey."}, "interim": False,
    ...            "models": {"prosody": {"scores": {"Joy": 0.7}}}, "time": {"begin": 1200, "end": 2580}}
    >>> [(live.segment.begin, live.segment.text) for live in chat_stream([{"type": "audio_output"}, message])]
    [(1.2, 'Hey.')]
    """

    async def segments(issues: list[Issue]) -> AsyncGenerator[Segment, None]:
        async with Pump(messages) as pump:
            while (message := await pump.get()) is not None:
                for segment in _said(message, name, issues):
                    yield segment

    return Streaming(segments, stream)


def _said(message: Any, name: str, issues: list[Issue]) -> list[Segment]:  # noqa: ANN401 - whatever a websocket gives
    """The user's segments of one message."""
    if isinstance(message, (str, bytes, bytearray)):
        data = message.encode() if isinstance(message, str) else bytes(message)
        if b'"user_message"' not in data:
            return []
        told: Any = data
    else:
        told = plain(message)
        if not isinstance(told, Mapping) or told.get("type") != "user_message":
            return []
    recording = recording_of(told, name, _FORMAT)
    issues += [issue for issue in recording.issues if issue.code != "no-segments" and issue not in issues]
    return [segment for segment in recording.segments() if segment.channel != _ASSISTANT]
