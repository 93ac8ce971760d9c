"""An upstream's answer to a chat, whatever form it has, as the chunks of a stream."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import msgspec

from leed_adapters.gateway.upstream import BrokenStreamError

Chunk = dict[str, Any]

_LONGEST = 4 << 20  # bytes of a line, or of an answer in one piece
_DONE = b"[DONE]"


async def chunks_of(response: aiohttp.ClientResponse) -> AsyncIterator[Chunk]:
    """Yield the chunks of a stream; of a completion in one piece, those that it would have been.

    Raises:
        BrokenStreamError: it breaks off, tells of an error, or is nothing of the kind.
    """
    try:
        if response.content_type == "text/event-stream":
            async for chunk in _of_stream(response.content):
                yield chunk
            return
        for chunk in _of_whole(await _whole(response.content)):
            yield chunk
    except (aiohttp.ClientError, TimeoutError, OSError, msgspec.DecodeError, UnicodeDecodeError) as error:
        raise BrokenStreamError from error


async def _of_stream(content: aiohttp.StreamReader) -> AsyncIterator[Chunk]:
    rest = b""
    async for data in content.iter_any():
        *lines, rest = (rest + data).split(b"\n")
        for line in lines:
            if not line.startswith(b"data:"):
                continue
            told = line[5:].strip()
            if told == _DONE:
                return
            chunk = msgspec.json.decode(told)
            if not isinstance(chunk, dict) or not isinstance(chunk.get("choices"), list):
                raise BrokenStreamError  # an error in mid-stream is such an event
            yield chunk
        if len(rest) > _LONGEST:
            raise BrokenStreamError


async def _whole(content: aiohttp.StreamReader) -> bytes:
    parts = bytearray()
    async for data in content.iter_any():
        parts += data
        if len(parts) > _LONGEST:
            raise BrokenStreamError
    return bytes(parts)


def _of_whole(body: bytes) -> list[Chunk]:
    plain = msgspec.json.decode(body)
    choices = plain.get("choices") if isinstance(plain, dict) else None
    if not isinstance(choices, list) or not all(isinstance(choice, dict) for choice in choices):
        raise BrokenStreamError
    about = {name: plain[name] for name in ("id", "created", "model", "system_fingerprint") if name in plain}
    head = {**about, "object": "chat.completion.chunk"}
    said = [{"index": i, "delta": _delta(c.get("message")), "finish_reason": None} for i, c in enumerate(choices)]
    ends = [{"index": i, "delta": {}, "finish_reason": c.get("finish_reason")} for i, c in enumerate(choices)]
    return [{**head, "choices": said}, {**head, "choices": ends}]


def _delta(message: Any) -> Chunk:  # noqa: ANN401 - JSON
    """What a stream would have said of a message; calls of tools are numbered there."""
    if not isinstance(message, dict):
        return {}
    delta = {name: value for name, value in message.items() if value is not None}
    calls = delta.get("tool_calls")
    if isinstance(calls, list):
        delta["tool_calls"] = [{"index": i, **call} for i, call in enumerate(calls) if isinstance(call, dict)]
    return delta


def text_of(chunk: Chunk) -> str:
    """Return the words of a chunk.

    >>> text_of({"choices": [{"delta": {"content": "Hello"}}]}), text_of({"choices": []})
    ('Hello', '')
    """
    first = chunk["choices"][0] if chunk["choices"] else None
    delta = first.get("delta") if isinstance(first, dict) else None
    text = delta.get("content") if isinstance(delta, dict) else None
    return text if isinstance(text, str) else ""
