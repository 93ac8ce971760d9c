"""Hume's Expression Measurement v1 for files, with Hume's SDK: audio, images, and the runs that it keeps of them.

A file is answered at once, so there are no jobs. Long audio is cut at pauses, as a request may have 25 MB; the answers
are put together as if it had been one.
"""

from __future__ import annotations

import asyncio
import io
import warnings
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from typing import Any, Final

import httpx

from leed.errors import InputError, LeedError, OptionError, ServiceError
from leed.schema import Issue, Recording
from leed_adapters.hume.failing import KEY, TITLE, failure
from leed_adapters.hume.parts import joined
from leed_adapters.hume_v0 import refuse_v0
from leed_adapters.measuring import failing
from leed_adapters.measuring.answering import recording_of
from leed_adapters.measuring.audio import Part, decoded, parts, wav
from leed_adapters.measuring.http import base_of
from leed_adapters.measuring.measurer import Event, Settings, Watch
from leed_adapters.measuring.media import Media
from leed_adapters.measuring.retrying import repeated
from leed_adapters.measuring.secrets import Secret, required
from leed_adapters.media.sound import RATE

with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)  # of websockets' older names, which the SDK imports
    from hume_expression_measurement import AsyncExpressionMeasurementClient, AudioFileConfig
    from hume_expression_measurement.core.api_error import ApiError
    from hume_expression_measurement.core.file import File
    from hume_expression_measurement.core.parse_error import ParsingError
    from hume_expression_measurement.environment import ExpressionMeasurementClientEnvironment

BASE: Final = "https://api.cloud.hume.ai"
_MOST = 25_000_000 - 100_000  # bytes of a request, of which the form around the file has some
_CONNECT = 10.0  # seconds to reach Hume
_READ = 300.0  # seconds until an answer comes: it comes once all is measured
_JPEG, _PNG = b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n"


class Hume:
    """Expression Measurement v1: a measurer."""

    name = "hume"
    title = TITLE

    @asynccontextmanager
    async def open(self, settings: Settings, watch: Watch) -> AsyncGenerator[Files]:
        """Yield what measures files.

        Raises:
            OptionError: there is no key, or an option is none of Hume's.
        """
        settings.speciality(TITLE, "interval", "part_bytes")
        settings.no_language(TITLE)
        async with connected(settings) as (client, secrets):
            yield Files(client, settings, watch, secrets)


@asynccontextmanager
async def connected(settings: Settings) -> AsyncGenerator[tuple[AsyncExpressionMeasurementClient, tuple[Secret, ...]]]:
    """Yield a client of Hume's SDK, and the keys that it sends. It repeats nothing by itself."""
    base = base_of(settings.base_url, BASE, "HUME_BASE_URL")
    refuse_v0(base)
    key = required(KEY, TITLE)
    timeout = httpx.Timeout(min(_READ, settings.patience), connect=_CONNECT)
    place = ExpressionMeasurementClientEnvironment(base=base, production="ws" + base.removeprefix("http"))
    async with httpx.AsyncClient(timeout=timeout, follow_redirects=False) as http:
        yield (
            AsyncExpressionMeasurementClient(
                environment=place, api_key=key.reveal(), httpx_client=http, max_retries=0, timeout=timeout.read
            ),
            (key,),
        )


class Files:
    """Audio and images that are measured, each by one request or more."""

    def __init__(
        self,
        client: AsyncExpressionMeasurementClient,
        settings: Settings,
        watch: Watch,
        secrets: tuple[Secret, ...],
    ) -> None:
        self._client = client
        self._settings = settings
        self._watch = watch
        self._secrets = secrets

    async def measure(self, media: Media) -> Recording:
        """Return what is measured in audio, or in an image.

        Raises:
            ServiceError: Hume refused it, failed, or cannot be reached.
            InputError: it is neither audio nor an image.
        """
        with media.open() as file:
            head = file.read(len(_PNG))
        if head.startswith((_JPEG, _PNG)):
            return await self.images([media], media.name)
        samples = await asyncio.to_thread(decoded, media)
        most = (int(self._settings.special.get("part_bytes", _MOST)) - 64) // 2
        return await self._audio(media.name, list(parts(samples, most)))

    async def submit(self, media: Media) -> str:
        """Raise: there are no jobs."""
        raise OptionError(f"{media.name}: {TITLE} answers at once, and has no jobs: leave out --no-wait")

    async def resume(self, job: str) -> Recording:
        """Raise: Hume keeps no measurements. The message says what became of the run."""
        wanted = f"run {job}: {TITLE} cannot be asked"
        run = await self._asked(wanted, lambda: self._client.runs.get(job))
        what = f"{run.endpoint}, {run.status}, begun {run.started_at:%Y-%m-%d %H:%M}"
        raise InputError(f"run {job}: {TITLE} has it ({what}), but keeps no measurements: measure the media again")

    async def images(self, media: Sequence[Media], name: str) -> Recording:
        """Return what is measured in images of one scene, sent together, so that faces keep their names."""
        self._watch.tell(Event(name, "sending"))
        files: list[File] = [(medium.name, await asyncio.to_thread(_jpeg, medium), "image/jpeg") for medium in media]
        wanted = f"{name}: {TITLE} did not measure it"
        answer = await self._asked(wanted, lambda: self._client.video.measure(file=files), idempotent=False)
        return recording_of(_plain(answer), name, "hume-v1")

    async def _audio(self, name: str, pieces: list[Part]) -> Recording:
        """What is measured in audio; of several parts, one that fails is an issue."""
        answers: list[tuple[Part, Any]] = []
        issues: list[Issue] = []
        failed: LeedError | None = None
        for number, piece in enumerate(pieces):
            self._watch.tell(Event(name, "sending", number / len(pieces)))
            try:
                answers.append((piece, await self._part(name, piece)))
            except ServiceError as error:
                failed = failed or error
                if error.status in failing.FRUITLESS and not answers:
                    raise
                issues.append(Issue("source-failed", f"{_span(piece)} was not measured: {error}", name))
            if piece.in_speech:
                what = f"there is no pause to cut at, so what is said around {_seconds(piece)[1]} s is cut in two"
                issues.append(Issue("cut-off", what, name))
        if failed is not None and not answers:
            raise failed
        if len(pieces) == 1:
            return recording_of(_plain(answers[0][1]), name, "hume-v1")
        whole = joined([(piece.begin * 1000 // RATE, _plain(answer)) for piece, answer in answers])
        recording = recording_of(whole, name, "hume-v1")
        return recording.replace(issues=(*recording.issues, *issues)) if issues else recording

    async def _part(self, name: str, piece: Part) -> Any:  # noqa: ANN401 - the SDK's answer, or plain data
        interval = self._settings.special.get("interval")
        config = AudioFileConfig(measurement_timer_ms=None if interval is None else round(float(interval) * 1000))
        data = await asyncio.to_thread(wav, piece.samples)
        wanted = f"{name}: {TITLE} did not measure it"

        async def once() -> Any:  # noqa: ANN401 - as above
            file = _Counted(data)
            try:
                return await self._client.audio.measure(file=("audio.wav", file, "audio/wav"), config=config)
            except _FAILURES as error:
                return self._settled(wanted, error, complete=file.complete, idempotent=False)

        return await repeated(once, self._settings, idempotent=False)

    async def _asked(self, wanted: str, request: Any, *, idempotent: bool = True) -> Any:  # noqa: ANN401 - the SDK's
        async def once() -> Any:  # noqa: ANN401 - as above
            try:
                return await request()
            except _FAILURES as error:
                return self._settled(wanted, error, complete=True, idempotent=idempotent)

        return await repeated(once, self._settings, idempotent=idempotent)

    def _settled(self, wanted: str, error: Exception, *, complete: bool, idempotent: bool) -> Any:  # noqa: ANN401 - JSON
        """An answer of a shape that the SDK does not know, as plain data; other failures are raised as leed's."""
        if isinstance(error, ParsingError) and error.status_code == 200 and isinstance(error.body, dict):  # noqa: PLR2004
            return error.body
        found = failure(wanted, error, self._secrets, complete=complete)
        if found.status is None and found.repeatable is None and not idempotent:
            what = "all was sent, so it may have been measured and charged, and it is not sent twice"
            found = ServiceError(f"{found}; {what}", repeatable=False)
        raise found from failing.cause_of(error, self._secrets)


_FAILURES = (ApiError, ParsingError, httpx.HTTPError)


class _Counted(io.BytesIO):
    """Bytes that know whether all of them were read."""

    @property
    def complete(self) -> bool:
        return self.tell() >= len(self.getbuffer())


def _plain(answer: Any) -> Any:  # noqa: ANN401 - the SDK's answer, or plain data
    return answer.model_dump(mode="json", by_alias=True) if hasattr(answer, "model_dump") else answer


def _jpeg(media: Media) -> bytes:
    """An image as JPEG, which is what Hume takes; of what is JPEG already, the very bytes."""
    data = media.read()
    if data.startswith(_JPEG):
        return data
    from PIL import Image  # noqa: PLC0415 - for PNG only

    try:
        with Image.open(io.BytesIO(data)) as image:
            out = io.BytesIO()
            image.convert("RGB").save(out, "JPEG", quality=95)
            return out.getvalue()
    except (OSError, Image.DecompressionBombError) as error:
        raise InputError(f"{media.name}: is no image that can be read: {error}") from error


def _seconds(piece: Part) -> tuple[str, str]:
    return f"{piece.begin / RATE:.1f}", f"{(piece.begin + len(piece.samples)) / RATE:.1f}"


def _span(piece: Part) -> str:
    begin, end = _seconds(piece)
    return f"from {begin} s to {end} s"
