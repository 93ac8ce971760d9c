"""The fake's side of EVI: chats that were held, in pages, and one that goes on. Shapes: Hume's SDK hume 0.13.13."""

from __future__ import annotations

import json
from typing import Any

from aiohttp import web

from leed.taxonomy import get
from leed_adapters.fakes.serving import Fake

_BEGUN = 1_793_525_400_000
_CLEAR = ("Admiration", "Amusement", "Joy", "Sadness")


class FakeEvi(Fake):
    """Hume's EVI on loopback: one chat, ``chat_1``, of the group ``group_1``.

    Attributes:
        api_key: the key that requests have to carry; None: any.
        events: how many the chat has: users' and assistant's in turn.
        most: how many a page has at most.
    """

    def __init__(self, *, api_key: str | None = None, events: int = 6, most: int = 4) -> None:
        super().__init__()
        self.api_key = api_key
        self.most = most
        self.events = [event(number) for number in range(events)]

    @property
    def ws_url(self) -> str:
        """What clients are given for websockets."""
        return f"ws://127.0.0.1:{self.port}/v0/evi"

    def add_routes(self, router: web.UrlDispatcher) -> None:
        """Add the places of the API."""
        router.add_get("/v0/evi/chats/{chat}", self._chat)
        router.add_get("/v0/evi/chat_groups/{chat}/events", self._chat)
        router.add_get("/v0/evi/chat", self._live)

    def error(self, status: int) -> Any:  # noqa: ANN401 - JSON
        """Return an error as the API has it."""
        return {"timestamp": "2026-11-01T09:30:00Z", "status": status, "message": f"The fake fails with {status}."}

    async def refuse(self, request: web.Request) -> web.StreamResponse | None:
        """Return 401 for a request without the key, if there is one."""
        given = request.headers.get("x-hume-api-key") or request.query.get("api_key")
        if given and self.api_key in (None, given):
            return None
        return web.json_response({**self.error(401), "message": f"Invalid API key {given}"}, status=401)

    async def _chat(self, request: web.Request) -> web.StreamResponse:
        chat = request.match_info["chat"]
        if chat != ("group_1" if "chat_groups" in request.path else "chat_1"):
            return web.json_response({**self.error(404), "message": "No such chat."}, status=404)
        size = min(int(request.query.get("page_size", 10)), self.most)
        number = int(request.query.get("page_number", 0))
        shown = self.events if request.query.get("ascending_order") == "true" else self.events[::-1]
        page = {
            "id": chat,
            "page_number": number,
            "page_size": size,
            "total_pages": -(-len(self.events) // size),
            "pagination_direction": "ASC",
            "events_page": shown[number * size : (number + 1) * size],
        }
        if chat == "chat_1":
            page |= {"chat_group_id": "group_1", "status": "USER_ENDED", "start_timestamp": _BEGUN}
        return web.json_response(page)

    async def _live(self, request: web.Request) -> web.StreamResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        await socket.send_json({"type": "chat_metadata", "chat_id": "chat_1", "chat_group_id": "group_1"})
        for number in range(3):
            await socket.send_json({"type": "audio_output", "id": f"a{number}", "index": 0, "data": "UklGRg=="})
            await socket.send_json(message(number))
        await socket.close()
        return socket


def scores(number: int) -> dict[str, float]:
    """Return what is measured in a message: 48 scores, of which four are clear."""
    clear = {label: round(0.1 * (place + 1) + 0.01 * number, 4) for place, label in enumerate(_CLEAR)}
    return dict.fromkeys(get("hume-48").labels, 0.01) | clear


def event(number: int) -> dict[str, Any]:
    """Return an event of a chat's history: a user's, then the assistant's, and so on."""
    user = number % 2 == 0
    return {
        "id": f"event_{number}",
        "chat_id": "chat_1",
        "timestamp": _BEGUN + 2000 * number,
        "role": "USER" if user else "AGENT",
        "type": "USER_MESSAGE" if user else "AGENT_MESSAGE",
        "message_text": f"Hello {number}.",
        "emotion_features": json.dumps(scores(number)),
        "metadata": "",
    }


def message(number: int) -> dict[str, Any]:
    """Return a message of the user in a chat that goes on.

    >>> message(1)["time"]
    {'begin': 2000, 'end': 3000}
    """
    return {
        "type": "user_message",
        "message": {"role": "user", "content": f"Hello {number}."},
        "models": {"prosody": {"scores": scores(number)}},
        "time": {"begin": 2000 * number, "end": 2000 * number + 1000},
        "from_text": False,
        "interim": False,
    }
