"""The calls that every vendor's module offers, sync and async, in terms of its measurer."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import Any, TypedDict, Unpack

from leed.errors import OptionError
from leed.schema import Recording
from leed_adapters.measuring import gathering
from leed_adapters.measuring.gathering import Job, Outcome
from leed_adapters.measuring.measurer import Measurer, Settings, Watch
from leed_adapters.measuring.media import media_of
from leed_adapters.measuring.syncing import run


class Options(TypedDict, total=False):
    """What a call may be told; `Settings` says what each is."""

    base_url: str | None
    language: str | None
    timeout: float | None
    concurrency: int
    attempts: int
    pause: float
    watch: Watch


_COMMON = frozenset(Options.__annotations__)


class Calls:
    """The calls of one measurer."""

    def __init__(self, measurer: Measurer) -> None:
        self._measurer = measurer

    def measure(self, media: Any, **options: Any) -> Recording:  # noqa: ANN401 - media_of checks them
        """Return what is measured in media; see `ameasure`."""
        found: Recording = self._sync(self.ameasure, media, options)
        return found

    async def ameasure(self, media: Any, **options: Any) -> Recording:  # noqa: ANN401 - as above
        """Return what is measured in media, one or a list; of several, one that fails is an issue."""
        settings, watch = settings_of(options)
        return gathering.together(
            await self._kept(gathering.measured(self._measurer, media_of(media), settings, watch), watch)
        )

    def submit(self, media: Any, **options: Any) -> list[Job]:  # noqa: ANN401 - as above
        """Return the jobs of media that are handed over, without waiting."""
        jobs: list[Job] = self._sync(self.asubmit, media, options)
        return jobs

    async def asubmit(self, media: Any, **options: Any) -> list[Job]:  # noqa: ANN401 - as above
        """Return the jobs of media that are handed over, without waiting."""
        settings, watch = settings_of(options)
        outcomes = await gathering.submitted(self._measurer, media_of(media), settings, watch)
        failed = [outcome.error for outcome in outcomes if outcome.error is not None]
        jobs = [outcome.job for outcome in outcomes if outcome.job is not None]
        if failed:
            for job in jobs:
                failed[0].add_note(f"{job.source} was handed over: {gathering.left_behind(job.model, job.id)}")
            raise failed[0]
        return jobs

    def resume(self, jobs: str | Job | Sequence[str | Job], **options: Any) -> Recording:  # noqa: ANN401 - as above
        """Return the results of jobs that were handed over before."""
        found: Recording = self._sync(self.aresume, jobs, options)
        return found

    async def aresume(self, jobs: str | Job | Sequence[str | Job], **options: Any) -> Recording:  # noqa: ANN401 - as above
        """Return the results of jobs that were handed over before, waiting for them if need be."""
        settings, watch = settings_of(options)
        listed = [jobs] if isinstance(jobs, (str, Job)) else list(jobs)
        ids = [job.id if isinstance(job, Job) else str(job) for job in listed]
        return gathering.together(await self._kept(gathering.resumed(self._measurer, ids, settings, watch), watch))

    async def _kept(self, work: Any, watch: Watch) -> list[Outcome]:  # noqa: ANN401 - a coroutine
        """The outcomes; whoever stops it is told which jobs go on."""
        try:
            outcomes: list[Outcome] = await work
        except asyncio.CancelledError as error:
            self._note(error, watch)
            raise
        return outcomes

    def _sync(self, call: Callable[..., Any], given: Any, options: dict[str, Any]) -> Any:  # noqa: ANN401 - as the call
        watch = options.setdefault("watch", Watch())
        try:
            return run(lambda: call(given, **options))
        except KeyboardInterrupt as error:
            self._note(error, watch)
            raise

    def _note(self, error: BaseException, watch: Watch) -> None:
        for job, source in watch.jobs.items():
            error.add_note(f"{source}: {gathering.left_behind(self._measurer.name, job)}")


def settings_of(options: dict[str, Any]) -> tuple[Settings, Watch]:
    """Return options as settings, and who is told what goes on.

    Raises:
        OptionError: an option has a value that cannot be.
    """
    given = {name: value for name, value in options.items() if name in _COMMON and name != "watch"}
    special = {name: value for name, value in options.items() if name not in _COMMON}
    try:
        return Settings(**given, special=special), options.get("watch") or Watch()
    except TypeError as error:
        raise OptionError(f"an option has a value that cannot be: {error}") from error


__all__ = ["Calls", "Options", "Unpack", "settings_of"]
