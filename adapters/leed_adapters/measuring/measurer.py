"""What measures: the protocols behind the entry points ``leed.measurers``, and what they are told."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Callable, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from leed import plugins
from leed.errors import OptionError

if TYPE_CHECKING:
    from leed.schema import Recording
    from leed_adapters.measuring.media import Media

GROUP = "leed.measurers"
_PATIENCE = 600.0  # seconds


@dataclass(frozen=True, kw_only=True)
class Settings:
    """How media are measured.

    Attributes:
        base_url: where the service is, if not where its vendor has it.
        language: what is spoken, in BCP-47, for services that take it.
        timeout: seconds that a medium may take from its first byte to its result. None: ten minutes at a service, and
            as long as it takes here.
        concurrency: how many media are on their way at a time.
        attempts: how often a request is made that may be repeated.
        pause: seconds before the second attempt, and between the first two looks at a job; later ones are longer.
        special: what one measurer alone knows, such as embeddings.
    """

    base_url: str | None = None
    language: str | None = None
    timeout: float | None = None
    concurrency: int = 4
    attempts: int = 5
    pause: float = 0.5
    special: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name in ("timeout", "pause"):
            value = getattr(self, name)
            if value is not None and not 0 < value < math.inf:
                raise OptionError(f"{name} is {value!r}; give a number of seconds above 0")
        for name in ("concurrency", "attempts"):
            value = getattr(self, name)
            if not isinstance(value, int) or value < 1:
                raise OptionError(f"{name} is {value!r}; give a whole number from 1")

    @property
    def patience(self) -> float:
        """Seconds that a medium may take at a service."""
        return _PATIENCE if self.timeout is None else self.timeout

    def speciality(self, measurer: str, *known: str) -> None:
        """Make sure that only what a measurer knows is asked of it.

        Raises:
            OptionError: something else is.
        """
        for name in self.special:
            if name not in known:
                has = f"it has {', '.join(known)}" if known else "it has none of its own"
                raise OptionError(f"{measurer} has no option {name!r}; {has}")

    def no_language(self, measurer: str) -> None:
        """Make sure that no language is asked of a measurer that takes none.

        Raises:
            OptionError: one is.
        """
        if self.language is not None:
            raise OptionError(f"{measurer} takes no language, and finds its way in any: leave out language")


@dataclass(frozen=True)
class Event:
    """Something that happened to a medium: its name, what (sending, waiting, done, failed), and how far it is."""

    media: str
    what: str
    share: float | None = None


@dataclass
class Watch:
    """Who is told what goes on, and the jobs that would be left behind if it stopped now.

    Attributes:
        tell: is called with each event.
        jobs: the name of the medium that a job is about, by the job's id.
    """

    tell: Callable[[Event], object] = lambda _: None
    jobs: dict[str, str] = field(default_factory=dict)


class Service(Protocol):
    """A measurer that is ready: a connection to a service, or a model that is loaded."""

    async def measure(self, media: Media) -> Recording:
        """Return what is measured in a medium."""
        ...

    async def submit(self, media: Media) -> str:
        """Hand a medium over, and return the job's id without waiting."""
        ...

    async def resume(self, job: str) -> Recording:
        """Return the result of a job that was handed over before, waiting for it if need be."""
        ...


class Measurer(Protocol):
    """What an entry point of the group ``leed.measurers`` names.

    Attributes:
        name: what ``--model`` calls it.
        title: what it is, in a few words.

    One that computes here also has ``is_local = True``: nothing is sent, one medium is measured at a time, and it takes
    as long as it takes. One that measures with any of many models has ``with_model(model)``, which returns the one that
    does with this: what stands behind a colon in ``--model``.
    """

    @property
    def name(self) -> str: ...  # noqa: D102 - the class says it

    @property
    def title(self) -> str: ...  # noqa: D102 - as above

    def open(self, settings: Settings, watch: Watch) -> AbstractAsyncContextManager[Service]:
        """Return the service, open while the context lasts."""
        ...


def is_local(measurer: Measurer) -> bool:
    """Return whether a measurer computes here."""
    return bool(getattr(measurer, "is_local", False))


def get_measurer(name: str) -> Measurer:
    """Return the measurer that ``--model`` names: "phonexia", or "transformers:PATH-OR-ID".

    Raises:
        OptionError: nobody offers that name, or it has no models to choose from.
        MissingPackageError: it needs a package that is not installed.
    """
    kind, colon, model = name.partition(":")
    found: Measurer = plugins.load(GROUP, kind)
    if not colon:
        return found
    choose: Callable[[str], Measurer] | None = getattr(found, "with_model", None)
    if choose is None:
        raise OptionError(f"{kind} has no models to choose from, and {name!r} names one: give --model {kind}")
    return choose(model)


async def off_loop(function: Callable[..., Any], *arguments: Any) -> Any:  # noqa: ANN401 - whatever it returns
    """Return what a function that computes for long returns, while the event loop goes on."""
    return await asyncio.to_thread(function, *arguments)
