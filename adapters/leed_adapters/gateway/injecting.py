"""What the gateway makes of a request's body: the same bytes, or bytes with descriptions put in."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import lru_cache
from typing import Any, NamedTuple

import msgspec

from leed.describer import Describer, describer_for
from leed.expressions import for_chat
from leed.injection import Injection
from leed.tokens import get_counter
from leed_adapters.bodies import injected
from leed_adapters.gateway.answers import Refused
from leed_adapters.injector import Injector

Body = dict[str, Any]
Prepare = Callable[[Any], Any]

_READ = ("messages", "input", "instructions", "prompt")
"""Keys of a body that are looked into; the values of all others go on as the bytes they came as."""

_PARTS = msgspec.json.Decoder(dict[str, msgspec.Raw])
_CALLING = ("handover", "policy", "speakers", "older", "step")


class Outgoing(NamedTuple):
    """What goes on to the upstream, with how many descriptions in it, of how many tokens."""

    body: bytes
    notes: int = 0
    tokens: int = 0


class Describing:
    """Puts descriptions into bodies, by the options of `leed.inject`; where that fails they go on without.

    Attributes:
        describer: as the options have it, for chats.
    """

    def __init__(self, options: dict[str, Any]) -> None:
        own = {name: value for name, value in options.items() if name not in _CALLING}
        calling = {name: value for name, value in options.items() if name in _CALLING}
        self.describer: Describer = for_chat(describer_for(None, own))
        self._made: list[Injection] = []
        self._injector = Injector(describer=self.describer, on_inject=self._made.append, **calling)

    def __call__(self, path: str, body: bytes, prepare: Prepare | None = None) -> Outgoing:
        r"""Return what goes out for a request.

        >>> Describing({"policy": None})("/chat/completions", b'{"messages": [], "seed": 1.0}').body
        b'{"messages": [], "seed": 1.0}'

        Args:
            path: below the upstream's URL, such as /chat/completions.
            body: JSON.
            prepare: what is done with messages before, such as to attach what was posted for a session.

        Raises:
            Refused: it is no JSON.
        """
        plain = decoded(body)
        if not isinstance(plain, dict):
            return Outgoing(body)
        told = injected(path, plain, self.messages if prepare is None else lambda m: self.messages(prepare(m)))
        notes, tokens = self.counted()
        if not isinstance(told, dict) or all(told.get(key) == plain.get(key) for key in _READ):
            return Outgoing(body)
        return Outgoing(encoded(told), notes, tokens)

    def warm_up(self) -> None:
        """Load what the first description would have to wait for."""
        self.describer.describe({"Joy": 0.0}, modality="prosody")
        _tokens("")

    def messages(self, messages: Any) -> Any:  # noqa: ANN401 - whatever a body has there
        """Return messages with descriptions."""
        return self._injector(messages)

    def counted(self) -> tuple[int, int]:
        """Return how many notes, of how many tokens, were made since this was asked last."""
        notes = [note for injection in self._made for note in injection.notes]
        self._made.clear()
        return len(notes), sum(map(_tokens, (note.text for note in notes)))


@lru_cache(maxsize=4096)
def _tokens(note: str) -> int:
    """An estimate: tiktoken's tables would take more memory than the gateway."""
    return get_counter("estimate")(note)


def decoded(body: bytes) -> Any:  # noqa: ANN401 - JSON
    """Return a body as plain data; of an object, what need not be looked into as the bytes it came as.

    >>> bytes(decoded(b'{"messages": [], "seed": 1.0}')["seed"])
    b'1.0'

    Raises:
        Refused: it is no JSON.
    """
    try:
        parts: Body = dict(_PARTS.decode(body))
        for key in _READ:
            if key in parts:
                parts[key] = msgspec.json.decode(parts[key])
        return parts
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return _leniently(body)


def _leniently(body: bytes) -> Any:  # noqa: ANN401 - JSON
    """What Python's own parser makes of it: it takes halves of characters, as JavaScript may write them."""
    try:
        return json.loads(body)
    except (ValueError, RecursionError) as error:
        raise Refused(400, f"the body of the request is no JSON: {_why(error)}", "invalid_json") from error


def _why(error: Exception) -> str:
    return f"{error.msg} at byte {error.pos}" if isinstance(error, json.JSONDecodeError) else type(error).__name__


def encoded(plain: Any) -> bytes:  # noqa: ANN401 - JSON
    """Return plain data as JSON."""
    try:
        return msgspec.json.encode(plain)
    except (UnicodeEncodeError, OverflowError, TypeError, ValueError, RecursionError):
        return json.dumps(plain, separators=(",", ":"), default=_raw).encode()


def _raw(value: object) -> Any:  # noqa: ANN401 - JSON
    if isinstance(value, msgspec.Raw):
        return json.loads(bytes(value))
    raise TypeError(type(value).__name__)
