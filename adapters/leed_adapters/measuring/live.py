"""What is measured live: segments as they come, and what `leed.Stream` makes of them; iterated sync or async."""

from __future__ import annotations

import asyncio
import queue
import threading
from collections.abc import AsyncGenerator, AsyncIterable, AsyncIterator, Callable, Iterable, Iterator
from contextlib import aclosing, suppress
from dataclasses import dataclass
from typing import Self, TypeAlias, TypeVar

from leed.schema import Description, Issue, Segment
from leed.stream import Stream

_T = TypeVar("_T")
Source: TypeAlias = "Iterable[_T] | AsyncIterable[_T]"
"""What is sent as it comes: a plain iterable is gone through in a thread of its own, as it may wait."""

_WAITING = 64  # items that may wait between two threads


@dataclass(frozen=True)
class Live:
    """A segment that was measured, and its description if the words have changed."""

    segment: Segment
    description: Description | None = None


class Streaming:
    """Segments as a service measures them, for ``for`` and ``async for``; what was odd is in ``issues``.

    >>> async def measured(issues):
    ...     yield Segment(scores={"Joy": 0.84}, modality="face", begin=0.0)
    >>> [str(live.description) for live in Streaming(measured, Stream())]
    ['They look extremely joyful.']
    """

    def __init__(self, begin: Callable[[list[Issue]], AsyncGenerator[Segment, None]], stream: Stream | None) -> None:
        self.issues: list[Issue] = []
        self._begin = begin
        self._stream = stream

    async def __aiter__(self) -> AsyncGenerator[Live, None]:
        segments = self._begin(self.issues)
        try:
            async for segment in segments:
                yield Live(segment, None if self._stream is None else self._stream.feed(segment))
        finally:
            await segments.aclose()

    def __iter__(self) -> Iterator[Live]:
        """Yield what the async iterator yields, which runs in a thread of its own."""
        beside = _Beside(self)
        try:
            yield from beside
        finally:
            beside.stop()


class _Beside:
    """An async iterator that is gone through in a thread of its own, as fast as it is asked."""

    def __init__(self, live: Streaming) -> None:
        self._live = live
        self._items: queue.Queue[tuple[str, Live | BaseException | None]] = queue.Queue(_WAITING)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._task: asyncio.Task[None] | None = None
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="leed-streaming", daemon=True)
        self._thread.start()

    def __iter__(self) -> Iterator[Live]:
        while True:
            kind, item = self._items.get()
            if isinstance(item, Live):
                yield item
            elif isinstance(item, BaseException):
                raise item
            elif kind == "end":
                return

    def stop(self) -> None:
        """Stop, if it has not ended by itself."""
        self._stopped.set()
        loop, task = self._loop, self._task
        if loop is not None and task is not None:
            with suppress(RuntimeError):  # it has just ended by itself, and its loop is closed
                loop.call_soon_threadsafe(task.cancel)
        self._thread.join()

    def _run(self) -> None:
        async def all_of_it() -> None:
            self._loop, self._task = asyncio.get_running_loop(), asyncio.current_task()
            async with aclosing(aiter(self._live)) as items:
                async for item in items:
                    try:
                        self._items.put_nowait(("item", item))
                    except queue.Full:
                        await asyncio.to_thread(self._put, "item", item)

        try:
            asyncio.run(all_of_it())
        except asyncio.CancelledError:
            self._put("end", None)
        except BaseException as error:  # noqa: BLE001 - raised in the thread that waits
            self._put("error", error)
        else:
            self._put("end", None)

    def _put(self, kind: str, item: Live | BaseException | None) -> None:
        while not self._stopped.is_set():
            with suppress(queue.Full):
                self._items.put((kind, item), timeout=0.1)
                return


class Pump:
    """Items of a source, taken from it one by one while somebody asks; asking may be cancelled without losing one."""

    def __init__(self, source: Source[_T]) -> None:
        self._source = source
        self._items: asyncio.Queue[tuple[bool, object]] = asyncio.Queue(_WAITING)
        self._task: asyncio.Task[None] | None = None
        self._arrived = asyncio.Event()
        self.ended = False

    async def __aenter__(self) -> Self:
        self._task = asyncio.create_task(self._pump())
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task

    async def get(self) -> object | None:
        """Return the next item; None at the end. What the source raises is raised here."""
        if self.ended:
            return None
        over, item = await self._items.get()
        if self._items.empty():
            self._arrived.clear()
        if over:
            self.ended = True
            if isinstance(item, BaseException):
                raise item
            return None
        return item

    async def ready(self) -> None:
        """Wait until there is an item, or the end."""
        if not self.ended:
            await self._arrived.wait()

    async def _put(self, over: bool, item: object) -> None:  # noqa: FBT001 - one of a pair
        await self._items.put((over, item))
        self._arrived.set()

    async def _pump(self) -> None:
        failed: BaseException | None = None
        try:
            async for item in _each(self._source):
                await self._put(False, item)
        except Exception as error:  # noqa: BLE001 - a source of the user's may raise anything; it is raised where it is read
            failed = error
        await self._put(True, failed)


async def _each(source: Source[_T]) -> AsyncIterator[_T]:
    if isinstance(source, AsyncIterable):
        async for item in source:
            yield item
        return
    iterator = iter(source)
    end = object()
    while (found := await asyncio.to_thread(next, iterator, end)) is not end:
        yield found  # type: ignore[misc] # it is no end
