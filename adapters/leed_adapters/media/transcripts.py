"""Boundaries from files: subtitles, recognisers' transcripts, rows of a table, recordings, lines of text."""

from __future__ import annotations

import csv
import io
import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from leed.errors import InputError, LeedError, OptionError, one_of
from leed.readers import read_content
from leed.readers.about import field_of
from leed.readers.content import Content, take
from leed.schema import Issue
from leed_adapters.media import subtitles
from leed_adapters.media.boundaries import GRANULARITIES, Boundaries, Stretch, in_order
from leed_adapters.media.glance import has_controls
from leed_adapters.media.recognisers import Transcript, seconds, transcript_of

_BEGIN = ("begin", "start", "start_time", "starttime", "start_s", "begin_s", "onset", "from", "start_seconds")
_END = ("end", "stop", "end_time", "endtime", "end_s", "offset", "to", "end_seconds")
_LENGTH = ("duration", "length", "duration_s")
_TEXT = ("text", "transcript", "word", "words", "sentence", "utterance", "content", "token")
_SPEAKER = ("speaker", "speaker_id", "speaker_label", "who", "name")
_CHANNEL = ("channel",)
_SCORED = {"modality", "scores", "label", "score"}  # columns of recordings, which have a stretch several times
_EXPECTED = (
    "give WebVTT, SRT, a recogniser's JSON (Whisper, Deepgram, AssemblyAI, AWS, Google, Azure, Vosk), rows with begin, "
    "end, text and speaker, a recording with times, or lines of plain text"
)


def read_boundaries(source: Any, *, granularity: str | None = None) -> Boundaries:  # noqa: ANN401 - as leed.read
    r"""Return what was said when, from subtitles, a transcript with times, rows of a table, or lines of text.

    >>> read_boundaries(b"WEBVTT\n\n00:01.000 --> 00:02.500\nHi.\n").stretches
    (Stretch(begin=1.0, end=2.5, text='Hi.', speaker=None, channel=None),)
    >>> read_boundaries({"words": [{"word": "No", "start": 0.1, "end": 0.4}], "text": "No"}).granularity
    'word'

    Args:
        source: a path (str or PathLike); or content: bytes, an open file, a mapping or list of plain data.
        granularity: "word", "sentence", "utterance" or "turn"; by default the phrases of the source, else its words.

    Raises:
        InputError: it cannot be opened, or holds nothing of the kind.
        OptionError: there is no such granularity, or the source has only longer stretches.
    """
    if granularity is not None and granularity not in GRANULARITIES:
        raise one_of("granularity", granularity, GRANULARITIES)
    content = take(source)
    found, issues = _transcript(content)
    made = _chosen(found, granularity, content)
    odd = [*content.issues, *issues, *_odd_times(made.stretches)]
    named = tuple(Issue(i.code, i.message, i.source or content.name, i.where) for i in odd)
    return Boundaries(made.granularity, in_order(list(_righted(made.stretches))), named)


def _transcript(content: Content) -> tuple[Transcript, list[Issue]]:
    if content.is_plain:
        return _of_plain(content, content.plain)
    if content.kind == "empty":
        raise InputError(f"{content.shown}: is empty: {_EXPECTED}")
    if content.kind not in ("text", "json"):
        return _recording(content)
    text = content.text
    if has_controls(text[:4096]):
        raise InputError(f"{content.shown}: is no text: {_EXPECTED}")
    if subtitles.is_subtitles(text):
        cues, issues = subtitles.cues(text)
        if not cues:
            raise InputError(f"{content.shown}: holds no cue with times, as in '00:00:01.000 --> 00:00:02.500'")
        return Transcript(phrases=cues), issues
    if text.lstrip()[:1] in ("{", "["):
        return _of_plain(content, content.plain)
    if (header := _mark(text)) is not None:
        listed = _table(text, header)
        rows = _rows(listed)
        return (rows, _unknown(listed)) if rows is not None else _recording(content)
    lines = [" ".join(line.split()) for line in text.splitlines()]
    return Transcript(phrases=[Stretch(text=line) for line in lines if line]), []


def _of_plain(content: Content, plain: Any) -> tuple[Transcript, list[Issue]]:  # noqa: ANN401 - any JSON
    found = transcript_of(plain)
    if found is None and isinstance(plain, list):
        listed = [row for row in plain if isinstance(row, Mapping)]
        found = _rows(listed)
        return (found, _unknown(listed)) if found is not None else _recording(content)
    return (found, []) if found is not None else _recording(content)


def _recording(content: Content) -> tuple[Transcript, list[Issue]]:
    """What `leed.read` finds, where its segments have times or texts."""
    try:
        recording = read_content(content)
    except LeedError as error:
        raise InputError(f"{content.shown}: holds no boundaries: {_EXPECTED}") from error
    made: dict[tuple[object, ...], Stretch] = {}
    times: Counter[tuple[object, ...]] = Counter()
    kinds: list[str] = []
    for s in recording.segments():
        if s.granularity == "frame" or (s.begin is None and not s.text):
            continue
        begin, end = (math.nan if time is None else time for time in (s.begin, s.end))
        key: tuple[object, ...] = (begin, end, s.speaker)
        if s.begin is None:  # words without a time are told apart by how often they were said, for each kind of scores
            said = (s.modality, s.aspect, s.speaker, s.text)
            times[said] += 1
            key = (s.speaker, s.text, times[said])
        known = made.get(key)
        if known is None or (s.text and not known.text):
            made[key] = Stretch(begin, end, s.text, s.speaker)
            kinds.append(s.granularity or "utterance")
    if not made:
        raise InputError(f"{content.shown}: is a recording whose segments have neither times nor texts: {_EXPECTED}")
    kind = min((k if k in GRANULARITIES else "utterance" for k in kinds), key=GRANULARITIES.index)
    stretches = list(made.values())
    return (Transcript(words=stretches) if kind == "word" else Transcript(phrases=stretches, granularity=kind)), []


# --- rows


def _mark(text: str) -> str | None:
    """What parts the cells of a table whose header names a beginning; None where it is none."""
    head = text.split("\n", 1)[0]
    mark = max(",;\t|", key=head.count)
    names = [name.strip().strip('"').casefold() for name in head.split(mark)]
    begins = any(name in _BEGIN or field_of(name) == "begin" for name in names)
    return mark if len(names) > 1 and begins else None


def _table(text: str, mark: str) -> list[dict[str, Any]]:
    try:
        return list(csv.DictReader(io.StringIO(text, newline=""), delimiter=mark, skipinitialspace=True))
    except csv.Error as error:
        raise InputError(f"the table of boundaries cannot be read: {error}") from error


def _rows(rows: Sequence[Mapping[Any, Any]]) -> Transcript | None:
    lowered = [{str(k).strip().casefold(): v for k, v in row.items() if k is not None} for row in rows]
    names = {name for row in lowered for name in row}
    begin, end, length, text = (_known(names, kind) for kind in (_BEGIN, _END, _LENGTH, _TEXT))
    if not lowered or begin is None or (end is None and length is None) or names & _SCORED:
        return None
    speaker, channel = _known(names, _SPEAKER), _known(names, _CHANNEL)
    made = []
    for row in lowered:
        start = seconds(row.get(begin))
        stop = seconds(row.get(end)) if end is not None else start + seconds(row.get(length or ""))
        number = seconds(row.get(channel)) if channel else math.nan
        made.append(
            Stretch(
                start,
                stop,
                _cell(row.get(text or "")),
                _cell(row.get(speaker or "")),
                int(number) if math.isfinite(number) and number >= 0 else None,
            )
        )
    return Transcript(words=made) if text in ("word", "token") else Transcript(phrases=made)


def _unknown(rows: Sequence[Mapping[Any, Any]]) -> list[Issue]:
    """What is said of columns that nobody knows, where no column of text is known: it may be one of them."""
    names = list(dict.fromkeys(str(name).strip() for row in rows for name in row if name is not None))
    known = {*_BEGIN, *_END, *_LENGTH, *_TEXT, *_SPEAKER, *_CHANNEL}
    if not names or any(name.casefold() in _TEXT for name in names):
        return []
    others = [name[:60] for name in names if name.casefold() not in known]
    left = f"; left out are {', '.join(others[:5])}" if others else ""
    return [Issue("no-text", f"no column is called text, transcript or word, so that there are no words{left}")]


def _known(names: Iterable[str], wanted: Sequence[str]) -> str | None:
    return next((name for name in wanted if name in names), None)


def _cell(value: Any) -> str | None:  # noqa: ANN401 - of any table
    return str(value).strip() or None if isinstance(value, (str, int, float)) else None


# --- choosing, and odd times


def _chosen(found: Transcript, granularity: str | None, content: Content) -> Boundaries:
    words = Boundaries("word", tuple(found.words))
    phrases = Boundaries(found.granularity, tuple(found.phrases))
    if granularity is None:
        return phrases if found.phrases else words
    fits = GRANULARITIES.index(granularity) >= GRANULARITIES.index(found.granularity)
    if found.phrases and fits and not (granularity == "turn" and _knows_more(found)):
        return phrases.at(granularity)
    if not found.words:
        raise OptionError(
            f"{content.shown}: has {found.granularity}s, and no times for each {granularity}: give granularity "
            f"{found.granularity!r} or above, or a transcript with times for each word"
        )
    return words.at(granularity)


def _knows_more(found: Transcript) -> bool:
    """Whether the words say who speaks, and the phrases do not."""
    return any(word.speaker for word in found.words) and not any(phrase.speaker for phrase in found.phrases)


def _righted(stretches: Iterable[Stretch]) -> Iterator[Stretch]:
    for s in stretches:
        reversed_ = s.end < s.begin
        yield Stretch(s.end, s.begin, s.text, s.speaker, s.channel) if reversed_ else s


def _odd_times(stretches: Sequence[Stretch]) -> Iterator[Issue]:
    timed = [s for s in stretches if s.is_timed]
    lacking = len(stretches) - len(timed)
    if timed and lacking:
        yield Issue("no-times", f"{lacking} of {len(stretches)} stretches have no time, or none that can be read")
    backwards = sum(s.end < s.begin for s in timed)
    if backwards:
        yield Issue("reversed", f"{backwards} stretches end before they begin; their times are exchanged")
    empty = sum(s.end == s.begin for s in timed)
    if empty:
        yield Issue("zero-length", f"{empty} stretches end when they begin")
    early = sum(min(s.begin, s.end) < 0 for s in timed)
    if early:
        yield Issue("out-of-range", f"{early} stretches begin before the start")
    shared = _overlapping(timed)
    if shared:
        yield Issue("overlap", f"{shared} stretches begin before the one before them of the same speaker has ended")


def _overlapping(stretches: Iterable[Stretch]) -> int:
    ends: dict[tuple[str | None, int | None], float] = {}
    count = 0
    for s in sorted(stretches, key=lambda s: min(s.begin, s.end)):
        begin, end = sorted((s.begin, s.end))
        voice = (s.speaker, s.channel)
        count += begin < ends.get(voice, -math.inf) - 1e-3
        ends[voice] = max(end, ends.get(voice, -math.inf))
    return count
