"""What the gateway is told: from a file of TOML, flags and the environment, checked before anything listens."""

from __future__ import annotations

import ipaddress
import tomllib
from collections.abc import Mapping
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

import pydantic
from pydantic import BaseModel, ConfigDict, Field

from leed.errors import OptionError, one_of

Seconds = Annotated[float, Field(gt=0)]
Count = Annotated[int, Field(gt=0)]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class InjectSettings(_Part):
    """Options of `leed.inject`, by the same names; those that are not given are as there."""

    handover: str = "inline"
    policy: str = "subtle"
    speakers: str | dict[str, str] | None = None
    older: str = "keep"
    step: int = 8
    scale: str | None = None
    calibration: str | None = None
    top: int | Literal["all"] | None = None
    lang: str | None = None
    person: str | None = None
    tense: str | None = None
    ignore: tuple[str, ...] = ()
    allow: tuple[str, ...] = ()

    def options(self) -> dict[str, Any]:
        """Return the keywords of `leed.inject`.

        >>> InjectSettings(policy="none", top=2).options()
        {'handover': 'inline', 'policy': None, 'older': 'keep', 'step': 8, 'top': 2}
        """
        given = {name: value for name, value in self if value is not None and value != ()}
        return given | {"policy": None if self.policy == "none" else self.policy}


class LimitSettings(_Part):
    """How much, how many and how long: bytes, counts and seconds."""

    body: Count = 32 << 20  # an upload of audio or files is 25 MB at most at OpenAI
    headers_s: Seconds = 10.0
    body_s: Seconds = 120.0
    keep_alive_s: Seconds = 75.0
    connect_s: Seconds = 10.0
    silence_s: Seconds = 600.0  # as long as OpenAI's own client waits
    stop_s: Seconds = 20.0
    sessions: Count = 10_000
    session_s: Seconds = 600.0
    session_bytes: Count = 32 << 20
    expression: Count = 1 << 20
    file: Count = 16 << 20  # to be read, by the playground too
    sockets: Count = 1000
    socket_message: Count = 2 << 20
    socket_idle_s: Seconds = 1800.0
    socket_messages: Count = 20
    socket_window_s: Seconds = 10.0


class EviSettings(_Part):
    """What Hume's EVI does not say itself: the model, and how its answers are cut over a WebSocket."""

    model: str | None = None
    pieces: Literal["sentence", "chunk"] = "sentence"


class Settings(_Part):
    """All that the gateway is told; the keys of leed.toml have the same names.

    Attributes:
        upstream: the URL of an OpenAI-compatible API, up to /v1.
        upstream_key_env: the variable that has the key for it; else clients send their own.
        api_key_env: the variable that has the key which clients have to know.
        allow_public: listen beyond loopback without such a key.
        cors: origins of pages that may call it.
        log: "json": a line for each request on stderr; "none".
    """

    upstream: str
    host: str = "127.0.0.1"
    port: Annotated[int, Field(ge=0, le=65535)] = 8000
    upstream_key_env: str | None = None
    api_key_env: str | None = None
    allow_public: bool = False
    cors: tuple[str, ...] = ()
    log: Literal["json", "none"] = "json"
    inject: InjectSettings = InjectSettings()
    limits: LimitSettings = LimitSettings()
    evi: EviSettings = EviSettings()

    @property
    def is_local(self) -> bool:
        """Whether nobody outside this machine can connect."""
        return is_loopback(self.host)


class Keys(_Part):
    """The secrets, from the environment; they are shown nowhere.

    Attributes:
        api: what clients have to know; None: nothing.
        upstream: what the upstream is told; None: whatever clients send.
    """

    api: Annotated[str | None, Field(repr=False)] = None
    upstream: Annotated[str | None, Field(repr=False)] = None


def is_loopback(host: str) -> bool:
    """Return whether a host is this machine alone.

    >>> is_loopback("127.0.0.1"), is_loopback("localhost"), is_loopback("0.0.0.0"), is_loopback("example.org")
    (True, True, False, False)
    """
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def read_file(path: str) -> dict[str, Any]:
    """Return what a file of settings holds.

    Raises:
        OptionError: it cannot be read, or is no TOML.
    """
    try:
        with open(path, "rb") as file:
            return tomllib.load(file)
    except OSError as error:
        raise OptionError(f"{path}: cannot be read: {error.strerror or error}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise OptionError(f"{path}: this is no TOML: {error}") from error


def settings_from(flags: Mapping[str, Any], file: Mapping[str, Any] | None = None, name: str = "leed.toml") -> Settings:
    """Return the settings of a file and flags; flags win, and those that are None are not given.

    >>> settings_from({"port": 9000}, {"upstream": "http://127.0.0.1:11434/v1/", "port": 1}).port
    9000

    Args:
        flags: by name; options of injection stand under "inject".
        file: as `read_file` gives it.
        name: of the file, for messages.

    Raises:
        OptionError: a key is not known (the nearest one is named), or a value is not as it should be.
    """
    told = _merged(dict(file or {}), flags)
    try:
        settings = Settings.model_validate(told)
    except pydantic.ValidationError as error:
        raise _explained(error, name, flags) from error
    return settings.model_copy(update={"upstream": _checked_upstream(settings.upstream)})


def keys_for(settings: Settings, environment: Mapping[str, str]) -> Keys:
    """Return the keys that settings name, and see that nobody is let in who should not be.

    Raises:
        OptionError: a variable is not set; or the host is public, and no key asked for.
    """
    keys = Keys(
        api=_key("--api-key-env", settings.api_key_env, environment),
        upstream=_key("--upstream-key-env", settings.upstream_key_env, environment),
    )
    if not settings.is_local and keys.api is None and not settings.allow_public:
        raise OptionError(
            f"--host {settings.host} lets others in: name a variable with a key that they have to know "
            "(--api-key-env LEED_API_KEY), or say --allow-public"
        )
    return keys


def _merged(below: dict[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    for name, value in above.items():
        if isinstance(value, Mapping):
            inner = below.get(name, {})
            below[name] = _merged(dict(inner), value) if isinstance(inner, Mapping) else inner
        elif value is not None:
            below[name] = value
    return below


def _checked_upstream(given: str) -> str:
    url = urlsplit(given)
    if url.scheme not in ("http", "https") or not url.hostname:
        raise OptionError(f"upstream {given!r} is no address: give one such as https://api.openai.com/v1")
    if url.username is not None or url.query or url.fragment:
        raise OptionError("upstream has more than an address and a path; a key belongs into --upstream-key-env")
    return given.rstrip("/")


def _key(flag: str, variable: str | None, environment: Mapping[str, str]) -> str | None:
    if variable is None:
        return None
    key = environment.get(variable, "").strip()
    if not key:
        raise OptionError(f"{flag} names the variable {variable}, and it is not set: export {variable}=...")
    if not key.isascii() or not key.isprintable():
        raise OptionError(f"{flag} names the variable {variable}, and its value cannot stand in a header")
    return key


def _explained(error: pydantic.ValidationError, name: str, flags: Mapping[str, Any]) -> OptionError:
    """The first of the errors, in one line; a wrong value may be a secret, and is not repeated."""
    first = error.errors(include_url=False, include_input=False)[0]
    place = [str(step) for step in first["loc"]]
    key = ".".join(place)
    if first["type"] == "missing":
        return OptionError("no upstream: give --upstream https://api.openai.com/v1, or upstream in a leed.toml")
    if first["type"] == "extra_forbidden":
        return OptionError(f"{name}: {one_of('key', key, _known(place[:-1]))}")
    where = f"--{key.replace('_', '-')}" if flags.get(key) is not None else f"{name}: {key}"
    return OptionError(f"{where}: {first['msg'][:1].lower()}{first['msg'][1:]}")


def _known(place: list[str]) -> list[str]:
    """The keys that are known at a place, as dotted names."""
    model: type[BaseModel] = Settings
    for step in place:
        inner = model.model_fields[step].annotation
        if not (isinstance(inner, type) and issubclass(inner, BaseModel)):
            return []
        model = inner
    return [".".join([*place, name]) for name in model.model_fields]
