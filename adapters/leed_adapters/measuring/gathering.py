"""Several media at once: so many on their way at a time, each with its time limit, and one recording of them all."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from leed.errors import LeedError, ServiceError, UnfinishedError
from leed.schema import Issue, Recording
from leed_adapters.measuring.failing import FRUITLESS
from leed_adapters.measuring.measurer import Event, Measurer, Settings, Watch, is_local
from leed_adapters.measuring.media import Media

_GONE = 404


@dataclass(frozen=True)
class Job:
    """A medium that was handed over.

    Attributes:
        model: the measurer's name.
        id: what ``--resume`` takes.
        source: the medium's name.
    """

    model: str
    id: str
    source: str


@dataclass(frozen=True)
class Outcome:
    """What came of one medium: a recording, a job, or an error."""

    source: str
    recording: Recording | None = None
    job: Job | None = None
    error: LeedError | None = None


async def measured(measurer: Measurer, media: Sequence[Media], settings: Settings, watch: Watch) -> list[Outcome]:
    """Return what came of each medium."""
    async with measurer.open(settings, watch) as service:

        async def one(medium: Media) -> Outcome:
            return Outcome(medium.name, recording=await service.measure(medium))

        return await _each([(medium.name, _bound(one, medium)) for medium in media], measurer, settings, watch)


async def submitted(measurer: Measurer, media: Sequence[Media], settings: Settings, watch: Watch) -> list[Outcome]:
    """Return the job of each medium, without waiting for results."""
    async with measurer.open(settings, watch) as service:

        async def one(medium: Media) -> Outcome:
            return Outcome(medium.name, job=Job(measurer.name, await service.submit(medium), medium.name))

        return await _each([(medium.name, _bound(one, medium)) for medium in media], measurer, settings, watch)


async def resumed(measurer: Measurer, jobs: Sequence[str], settings: Settings, watch: Watch) -> list[Outcome]:
    """Return what came of jobs that were handed over before."""
    async with measurer.open(settings, watch) as service:

        async def one(job: str) -> Outcome:
            return Outcome(job, recording=await service.resume(job))

        return await _each([(job, _bound(one, job)) for job in jobs], measurer, settings, watch)


def together(outcomes: Sequence[Outcome]) -> Recording:
    """Return one recording of all that was measured; what failed is an issue of its source.

    Raises:
        LeedError: nothing was measured; it is the first medium's error.
    """
    failed = [outcome for outcome in outcomes if outcome.error is not None]
    if failed and len(failed) == len(outcomes):
        first = failed[0].error
        if len(failed) > 1:
            first.add_note(f"none of {len(failed)} media was measured")  # type: ignore[union-attr] # it failed
        raise first  # type: ignore[misc] # as above
    tracks = [track for o in outcomes if o.recording is not None for track in o.recording.tracks]
    issues = [issue for o in outcomes for issue in (o.recording.issues if o.recording is not None else failure(o))]
    return Recording(tuple(tracks), tuple(issues))


def failure(outcome: Outcome) -> tuple[Issue, ...]:
    """Return what failed as an issue of its source."""
    said = str(outcome.error).removeprefix(f"{outcome.source}: ")
    return (Issue("source-failed", said, outcome.source),)


def _bound(function: Callable[..., Awaitable[Outcome]], argument: object) -> Callable[[], Awaitable[Outcome]]:
    return lambda: function(argument)


async def _each(
    work: Sequence[tuple[str, Callable[[], Awaitable[Outcome]]]], measurer: Measurer, settings: Settings, watch: Watch
) -> list[Outcome]:
    """The outcome of each piece of work. Once a key is refused, nothing more is begun."""
    slots = asyncio.Semaphore(1 if is_local(measurer) else settings.concurrency)
    fruitless: list[ServiceError] = []

    async def one(name: str, begin: Callable[[], Awaitable[Outcome]]) -> Outcome:
        async with slots:
            if fruitless:
                return Outcome(name, error=ServiceError(f"{name}: was not sent, as the service refused another one"))
            try:
                async with asyncio.timeout(settings.timeout if is_local(measurer) else settings.patience):
                    outcome = await begin()
            except LeedError as error:
                if isinstance(error, ServiceError) and error.status in FRUITLESS:
                    fruitless.append(error)
                outcome = Outcome(name, error=_with_job(name, error, measurer, watch))
            except TimeoutError:
                outcome = Outcome(name, error=_late(name, measurer, settings, watch))
            watch.tell(Event(name, "failed" if outcome.error is not None else "done"))
            return outcome

    try:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(one(name, begin)) for name, begin in work]
    except BaseExceptionGroup as errors:
        raise errors.exceptions[0] from None  # a fault in leed, which says more by itself
    return [task.result() for task in tasks]


def _late(name: str, measurer: Measurer, settings: Settings, watch: Watch) -> ServiceError:
    """The error of a medium whose time is up; its job goes on at the service."""
    job = _job(name, watch)
    waited = f"{name}: {measurer.title} gave no result in {settings.patience:g} s"
    if job is None:
        return ServiceError(f"{waited}; give it longer with --timeout")
    return UnfinishedError(f"{waited}; {left_behind(measurer.name, job)}", job=job)


def _job(name: str, watch: Watch) -> str | None:
    return next((job for job, medium in watch.jobs.items() if medium == name), None)


def _with_job(name: str, error: LeedError, measurer: Measurer, watch: Watch) -> LeedError:
    """An error after which a job goes on, with the way back to it."""
    job = _job(name, watch)
    if job is None or not isinstance(error, ServiceError) or error.status == _GONE:
        return error
    same = {field: getattr(error, field) for field in ("status", "code", "request_id", "retry_after")}
    told = type(error)(f"{error}; {left_behind(measurer.name, job)}", job=job, **same)
    told.__cause__ = error.__cause__
    return told


def left_behind(model: str, job: str) -> str:
    """Return what to do about a job that goes on at a service.

    >>> left_behind("phonexia", "7")
    'its job 7 goes on: leed measure --model phonexia --resume 7'
    """
    return f"its job {job} goes on: leed measure --model {model} --resume {job}"
