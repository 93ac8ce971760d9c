"""Expressions that were posted beforehand: of a session, until the message comes that they belong to."""

from __future__ import annotations

import hashlib
import secrets
import time
from collections import Counter, OrderedDict
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import msgspec

from leed.describer import Describer
from leed.expressions import describe_expression
from leed.schema.terms import Description
from leed_adapters.gateway.settings import LimitSettings

_MOST_BOUND = 128
"""So many messages of one session keep their description."""

_PACKED = (b"PK", b"\x1f\x8b")


class Session:
    """What is kept of a session: sentences, with the terms that they name. Scores and words are not.

    Attributes:
        waiting: the description of a message that is still to come.
        bound: descriptions of messages, by a digest of their words.
        until: when it is forgotten.
        size: about how many bytes it takes.
    """

    __slots__ = ("bound", "size", "until", "waiting")

    def __init__(self, until: float) -> None:
        self.waiting: Description | None = None
        self.bound: OrderedDict[bytes, Description] = OrderedDict()
        self.until = until
        self.size = 0

    def measured(self) -> int:
        """Return about how many bytes it takes, now."""
        kept = [*self.bound.values(), *([self.waiting] if self.waiting is not None else [])]
        self.size = 256 + sum(64 + _size(description) for description in kept)
        return self.size


def _size(description: Description) -> int:
    return len(msgspec.json.encode(description.to_dict()))


class Sessions:
    """Keeps sessions: so many, of so many bytes, for so long; the oldest goes first.

    >>> sessions = Sessions(LimitSettings(), Describer(person="The user"), lambda: 0.0)
    >>> print(sessions.put("a1", sessions.described(b'{"prosody": {"Sadness": 0.34}}')))
    The user sounds quite sad.
    >>> sessions.attached("a1", [{"role": "user", "content": "I'm fine"}])[0]["expression"].sentence
    'The user sounds quite sad.'
    """

    def __init__(self, limits: LimitSettings, describer: Describer, now: Callable[[], float] = time.monotonic) -> None:
        self._limits = limits
        self._describer = describer
        self._now = now
        self._kept: OrderedDict[str, Session] = OrderedDict()
        self._size = 0
        self._salt = secrets.token_bytes(16)

    def __len__(self) -> int:
        self._forget()
        return len(self._kept)

    def described(self, body: bytes) -> Description | None:
        """Return what is kept of expressions as they are posted; None where nothing stands out.

        Raises:
            LeedError: they cannot be described.
        """
        from leed.readers import read  # noqa: PLC0415 - loads NumPy; scores need no reader

        text = body.strip()
        given: Any = body if text[:1] in (b"{", b"[", b'"', b"") else read(body)
        description = describe_expression(given, self._describer)
        if description is None:
            return None
        return Description(description.sentence, description.terms, True, description.fingerprint)

    def put(self, name: str, description: Description | None) -> Description | None:
        """Keep the description of a message that is still to come, in place of one that waits; return it."""
        session = self._kept.pop(name, None)
        if session is None or session.until < self._now():
            self._size -= session.size if session is not None else 0
            session = Session(0.0)
        session.waiting = description
        self._kept[name] = session
        self._measure(name, session)
        self._forget()
        return description

    def get(self, name: str) -> Session | None:
        """Return a session, if it is kept."""
        session = self._kept.get(name)
        return session if session is not None and session.until >= self._now() else None

    def drop(self, name: str) -> bool:
        """Forget a session; return whether there was one."""
        session = self._kept.pop(name, None)
        self._size -= session.size if session is not None else 0
        return session is not None and session.until >= self._now()

    def attached(self, name: str, messages: Any) -> Any:  # noqa: ANN401 - whatever a body has there
        """Return messages with the descriptions of a session on those that they belong to.

        What waits belongs to the newest user message from now on, in place of what rides on it. So a call that is
        repeated says the same, later turns still tell of earlier messages, and none tells of a later one.
        """
        session = self.get(name)
        if session is None or not isinstance(messages, list):
            return messages
        own = list(self._digests(messages))
        if not own:
            return messages
        if session.waiting is not None:
            session.bound[own[-1][1]] = session.waiting
            session.waiting = None
            while len(session.bound) > _MOST_BOUND:
                session.bound.popitem(last=False)
        self._measure(name, session)
        told = list(messages)
        for index, digest in own:
            if digest in session.bound:
                told[index] = {**told[index], "expression": session.bound[digest]}
        return told

    def _measure(self, name: str, session: Session) -> None:
        before = session.size
        self._size += session.measured() - before
        session.until = self._now() + self._limits.session_s
        self._kept.move_to_end(name)

    def _digests(self, messages: list[Any]) -> Iterator[tuple[int, bytes]]:
        """The places of users' messages, each with a digest of its words and of how often they came before."""
        counts: Counter[bytes] = Counter()
        for index, message in enumerate(messages):
            if not isinstance(message, Mapping) or message.get("role") != "user":
                continue
            words = msgspec.json.encode(message.get("content"), enc_hook=str)
            digest = hashlib.blake2b(words, digest_size=16, key=self._salt).digest()
            counts[digest] += 1
            yield index, digest + counts[digest].to_bytes(4, "big")

    def _forget(self) -> None:
        """Let go of what is too old or too much; sessions stand in the order of their last use."""
        now = self._now()
        while self._kept:
            name, oldest = next(iter(self._kept.items()))
            within = len(self._kept) <= self._limits.sessions and self._size <= self._limits.session_bytes
            if within and oldest.until >= now:
                return
            self._size -= oldest.size
            del self._kept[name]


def is_packed(body: bytes) -> bool:
    """Return whether a body is an archive or packed; such are not taken from afar."""
    return body.startswith(_PACKED)
