"""``POST /leed/v1/read`` and ``/leed/v1/summarize``: a file's bytes in; what it holds, or its timeline as text, out."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Annotated, Any, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType

from leed import plugins
from leed.readers import GROUP, read_content, reader_named, recognise
from leed.readers.content import take
from leed.report import Limits, Report, make_report
from leed.report.plots import second
from leed.schema.terms import Issue
from leed.timeline import summarize as summary_of
from leed_adapters.gateway.api.choices import Choices
from leed_adapters.gateway.api.describing import DescriptionAnswer, fields_of
from leed_adapters.gateway.api.endpoint import Asked, converted

if TYPE_CHECKING:
    from leed.describer import Describer
    from leed.schema.recording import Recording
    from leed.schema.tracks import Track

MOST_ROWS = 500
"""How many rows an answer holds at most."""

_MOST_TRACKS, _MOST_ISSUES, _MOST_LABELS = 200, 200, 2000
_SHOWN = Limits(rows=0, plots=12, labels=4, issues=0)

FORMATS = plugins.names(GROUP)
if TYPE_CHECKING:  # no checker follows literals made of constants
    Format = str
else:
    Format = Literal[FORMATS]
Number = Annotated[int, Meta(ge=0, le=1_000_000)]


class ReadQuery(Choices, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """How a file is read and described, and which of its rows are answered.

    Attributes:
        track: rows of this one only.
    """

    format: Format | UnsetType = UNSET
    track: (
        Annotated[int, Meta(ge=0, le=1_000_000, description="Rows of this track only, by its number.")] | UnsetType
    ) = UNSET
    offset: Annotated[int, Meta(ge=0, le=1_000_000_000, description="How many rows are passed over.")] = 0
    limit: Annotated[int, Meta(ge=0, le=MOST_ROWS, description="How many rows are answered at most.")] = 100
    report: Literal["yes", "no"] = "yes"


class SummarizeQuery(Choices, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """How a file is told as text."""

    format: Format | UnsetType = UNSET
    max_tokens: Annotated[int, Meta(ge=1, le=100_000, description="How many tokens the text has at most.")] = 200


class TrackAnswer(msgspec.Struct, frozen=True):
    """A track without its numbers."""

    track: int
    source: str | None
    channel: str | None
    modality: str | None
    aspect: str
    granularity: str | None
    speaker: str | None
    taxonomy: str | None
    quantity: str
    exclusive: bool
    labels: tuple[str, ...]
    count: int
    begin: float | None
    end: float | None


class RowAnswer(DescriptionAnswer, frozen=True):
    """A segment and its description: a row of ``leed describe --output jsonl``, and its scores.

    Attributes:
        track, row: where it stands in the recording.
    """

    track: int
    row: int
    taxonomy: str | None
    quantity: str | None
    exclusive: bool | None
    scores: dict[str, float]


class ReadAnswer(msgspec.Struct, frozen=True):
    """What a file holds.

    Attributes:
        format: the one that it was read as.
        tracks, issues: the first of them; ``track_count`` and ``issue_count`` say of how many.
        count: how many rows there are; ``rows`` are ``limit`` of them from ``offset`` on.
        report: what a page shows of the recording; null where it was not asked for.
    """

    format: str
    sources: tuple[str | None, ...]
    tracks: tuple[TrackAnswer, ...]
    track_count: int
    rows: tuple[RowAnswer, ...]
    count: int
    offset: int
    limit: int
    issues: tuple[Issue, ...]
    issue_count: int
    report: Report | None


class Summarized(msgspec.Struct, frozen=True):
    """The timeline of a recording as text.

    Attributes:
        counter: what counted the tokens; ``exact``: whether it is a count, and no estimate.
        facts: what is told, the most important first.
    """

    text: str
    tokens: int
    max_tokens: int
    counter: str
    exact: bool
    facts: tuple[str, ...]
    issues: tuple[Issue, ...]


def read(asked: Asked) -> ReadAnswer:
    """Return what the file in a request holds."""
    wanted: ReadQuery = converted(asked.query, ReadQuery)
    form, recording = _recording(asked.body, wanted.format)
    describer = wanted.describer()
    places = _places(recording, wanted)
    return ReadAnswer(
        format=form,
        sources=recording.sources[:_MOST_TRACKS],
        tracks=tuple(_track(i, track) for i, track in enumerate(recording.tracks[:_MOST_TRACKS])),
        track_count=len(recording.tracks),
        rows=tuple(_row(recording, t, r, describer) for t, r in places),
        count=len(recording) if isinstance(wanted.track, UnsetType) else _rows_of(recording, wanted.track),
        offset=wanted.offset,
        limit=wanted.limit,
        issues=recording.issues[:_MOST_ISSUES],
        issue_count=len(recording.issues),
        report=make_report(recording, limits=_SHOWN, describer=describer) if wanted.report == "yes" else None,
    )


def summarize(asked: Asked) -> Summarized:
    """Return the timeline of the file in a request as text."""
    wanted: SummarizeQuery = converted(asked.query, SummarizeQuery)
    _, recording = _recording(asked.body, wanted.format)
    text = summary_of(recording, wanted.max_tokens, describer=wanted.describer())
    issues = recording.issues[:_MOST_ISSUES]
    return Summarized(str(text), text.tokens, wanted.max_tokens, text.counter, text.exact, text.facts, issues)


def _recording(body: bytes, form: Any) -> tuple[str, Recording]:  # noqa: ANN401 - a Literal or unset
    content = take(body)
    name = recognise(content).name if form is UNSET else reader_named(form).name
    return name, read_content(content, name)


def _places(recording: Recording, wanted: ReadQuery) -> list[tuple[int, int]]:
    """The track and the row of each segment that is asked for."""
    stop = wanted.offset + wanted.limit
    if isinstance(wanted.track, UnsetType):
        order: list[tuple[int, int]] = [(t, r) for t, r in recording.order()[wanted.offset : stop].tolist()]
        return order
    count = _rows_of(recording, wanted.track)
    return [(wanted.track, row) for row in islice(range(count), wanted.offset, stop)]


def _rows_of(recording: Recording, track: int) -> int:
    return len(recording.tracks[track]) if track < len(recording.tracks) else 0


def _row(recording: Recording, track: int, row: int, describer: Describer) -> RowAnswer:
    segment = recording.tracks[track].segment(row)
    plain = fields_of(describer.describe(segment))
    about = {name: getattr(segment, name) for name in ("taxonomy", "quantity", "exclusive", "scores")}
    return RowAnswer(track=track, row=row, **plain, **about)


def _track(number: int, track: Track) -> TrackAnswer:
    names = ("source", "channel", "modality", "aspect", "granularity", "speaker", "taxonomy", "quantity", "exclusive")
    begins, ends = ([t for t in map(second, times.tolist()) if t is not None] for times in (track.begin, track.end))
    return TrackAnswer(
        track=number,
        **{name: getattr(track, name) for name in names},
        labels=track.labels[:_MOST_LABELS],
        count=len(track),
        begin=min(begins, default=None),
        end=max(ends, default=None),
    )
