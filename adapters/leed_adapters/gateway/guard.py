"""Who is let in: by the key, by the name that the gateway was called by, and by the page that calls it."""

from __future__ import annotations

import hmac
from urllib.parse import parse_qs, urlsplit

from leed_adapters.gateway.answers import Headers, Refused
from leed_adapters.gateway.calls import Call
from leed_adapters.gateway.settings import Keys, Settings, is_loopback

_PREFLIGHT = b"access-control-request-method"
_EXPOSED = b"x-request-id, x-leed-request-id"


class Guard:
    """Lets requests in, or raises.

    A gateway on loopback without a key answers only to a name of loopback, so that no page can come to it by a name of
    its own that points here; and a page of another origin is let in only if it was named.
    """

    def __init__(self, settings: Settings, keys: Keys) -> None:
        self._key = None if keys.api is None else keys.api.encode()
        self._origins = frozenset(origin.encode() for origin in settings.cors)
        self._local_names = settings.is_local and self._key is None

    def admit(self, call: Call, query: bytes = b"", *, free: bool = False) -> None:
        """Let a request in; note whether Authorization had the gateway's own key, and what a page may read.

        Args:
            call: the request.
            query: in which a WebSocket may have its key (``api_key=``).
            free: whether no key is asked for.

        Raises:
            Refused: it is not let in: 401 or 403.
        """
        if self._local_names:
            self._check_name(call.headers.get(b"host", b""))
        origin = call.headers.get(b"origin")
        if origin is not None:
            call.cors = self._shared_with(origin, call.headers.get(b"host", b""))
        if self._key is not None and not free:
            call.keyed = self._checked(call, query)

    def preflight(self, call: Call) -> Headers | None:
        """Return what a browser is told that asks whether a page may send a request; None: it asks no such thing."""
        origin = call.headers.get(b"origin")
        if call.method != "OPTIONS" or origin is None or _PREFLIGHT not in call.headers:
            return None
        if origin not in self._origins:
            return None
        wanted = call.headers.get(b"access-control-request-headers", b"authorization, content-type")
        return [
            *self._shared_with(origin, b""),
            (b"access-control-allow-methods", b"GET, POST, DELETE, OPTIONS"),
            (b"access-control-allow-headers", wanted),
            (b"access-control-max-age", b"600"),
        ]

    def _check_name(self, host: bytes) -> None:
        name = _host_of(host)
        if name is None or not is_loopback(name):
            raise Refused(403, "this gateway answers to localhost and 127.0.0.1 only", "host_not_allowed")

    def _shared_with(self, origin: bytes, host: bytes) -> Headers:
        if origin in self._origins:
            return [
                (b"access-control-allow-origin", origin),
                (b"access-control-expose-headers", _EXPOSED),
                (b"vary", b"Origin"),
            ]
        if host and origin.partition(b"://")[2].lower() == host.lower():
            return []
        raise Refused(403, "pages of this origin may not call the gateway: see --cors", "origin_not_allowed")

    def _checked(self, call: Call, query: bytes) -> bool:
        """Whether the key was in Authorization; then it goes no further."""
        own = call.headers.get(b"x-leed-api-key")
        if own is None and query:
            given = parse_qs(query.decode("latin-1")).get("api_key")
            own = given[-1].encode("latin-1", "replace") if given else None
        if own is not None:
            self._compare(own)
            return False
        scheme, _, key = call.headers.get(b"authorization", b"").partition(b" ")
        self._compare(key.strip() if scheme.lower() == b"bearer" else b"")
        return True

    def _compare(self, key: bytes) -> None:
        if self._key is None or not hmac.compare_digest(key, self._key):
            raise Refused(
                401,
                "the gateway's key is missing or wrong: send it as Authorization: Bearer ...",
                "invalid_api_key",
                [(b"www-authenticate", b"Bearer")],
            )


def _host_of(host: bytes) -> str | None:
    try:
        return urlsplit(f"//{host.decode('ascii')}").hostname
    except ValueError:  # also what is no ASCII
        return None
