"""Numbers for Prometheus, in a registry of the gateway's own."""

from __future__ import annotations

import time
from functools import lru_cache

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from leed_adapters.gateway.calls import Call

CONTENT_TYPE = b"text/plain; version=0.0.4; charset=utf-8"

_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 120.0, 300.0)


class Metrics:
    """What is counted: requests, how long they took, what was put in, what went wrong, and what is open.

    Attributes:
        streams: answers that are being passed on.
        sockets: WebSockets that are open.
        sessions: sessions that are kept.
    """

    def __init__(self) -> None:
        self._registry = registry = CollectorRegistry()
        self._requests = Counter(
            "leed_requests", "Requests, by route and status.", ("route", "status"), registry=registry
        )
        self._seconds = Histogram(
            "leed_request_seconds", "Seconds to the end of an answer.", ("route",), buckets=_SECONDS, registry=registry
        )
        self._first = Histogram(
            "leed_first_byte_seconds",
            "Seconds until an answer begins.",
            ("route",),
            buckets=_SECONDS,
            registry=registry,
        )
        self._notes = Counter("leed_descriptions", "Descriptions that were put into messages.", registry=registry)
        self._tokens = Counter("leed_description_tokens", "Tokens of them, estimated.", registry=registry)
        self._troubles = Counter("leed_troubles", "What went wrong, by kind.", ("kind",), registry=registry)
        self.streams = Gauge("leed_open_answers", "Answers that are being passed on.", registry=registry)
        self.sockets = Gauge("leed_open_sockets", "WebSockets that are open.", registry=registry)
        self.sessions = Gauge("leed_sessions", "Sessions with expressions.", registry=registry)
        self._count = lru_cache(maxsize=1024)(self._requests.labels)
        self._times = lru_cache(maxsize=64)(lambda route: (self._seconds.labels(route), self._first.labels(route)))

    def observe(self, call: Call) -> float:
        """Count a request that is over; return how many seconds it took."""
        took = time.perf_counter() - call.began
        self._count(call.route, str(call.status)).inc()
        whole, first = self._times(call.route)
        whole.observe(took)
        first.observe(call.first)
        self.injected(call.notes, call.tokens)
        if call.trouble is not None:
            self._troubles.labels(call.trouble).inc()
        return took

    def injected(self, notes: int, tokens: int) -> None:
        """Count descriptions."""
        if notes:
            self._notes.inc(notes)
            self._tokens.inc(tokens)

    def trouble(self, kind: str) -> None:
        """Count something that went wrong."""
        self._troubles.labels(kind).inc()

    def text(self) -> bytes:
        """Return all of it, as Prometheus reads it."""
        return generate_latest(self._registry)
