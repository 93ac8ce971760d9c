"""A service's answer as a recording: what `leed.read` makes of the same answer saved to a file."""

from __future__ import annotations

from typing import Any

from leed.errors import InputError, ServiceError
from leed.readers import read_content
from leed.readers.content import Content
from leed.schema import Recording


def recording_of(answer: bytes | Any, name: str, format: str) -> Recording:  # noqa: A002, ANN401 - as leed.read has it
    """Return the recording that an answer holds; its source is the medium's name.

    >>> channel = b'{"channel_number": 0, "scores": [{"emotion": "SAD", "probability": 0.9}]}'
    >>> recording_of(b'{"result": {"channels": [' + channel + b"]}}", "call.wav", "phonexia").tracks[0].source
    'call.wav'

    Raises:
        ServiceError: it holds none, though the service said that it would.
    """
    content = (
        Content(data=bytes(answer), name=name)
        if isinstance(answer, (bytes, bytearray))
        else Content(plain=answer, name=name)
    )
    try:
        return read_content(content, format)
    except InputError as error:
        raise ServiceError(f"{name}: the service's answer cannot be read: {error}", repeatable=False) from error
