"""How ``leed describe`` writes descriptions: text, JSON lines, CSV, Parquet, and subtitles (WebVTT, SRT).

A writer is made on an open target and called with each recording and its descriptions; `close` writes what has to wait
for the end.
"""

from __future__ import annotations

import csv
import io
import os
from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping, Sequence
from enum import StrEnum
from typing import IO, TYPE_CHECKING, Any, Protocol

import msgspec
import typer

from leed import plugins, quoting
from leed.errors import OptionError

if TYPE_CHECKING:
    from leed.schema import Description, Recording

_LONGEST = 1.0
"""How many seconds an instant, such as a frame of a video, is shown at most."""

_LATEST = 1e9
"""Seconds from which on a time is none: 30 years."""


class Output(StrEnum):
    """How the descriptions are written."""

    text = "text"
    jsonl = "jsonl"
    csv = "csv"
    parquet = "parquet"
    vtt = "vtt"
    srt = "srt"


class Writer(Protocol):
    """Writes the descriptions of recordings, one after the other."""

    def write(self, recording: Recording, descriptions: Iterable[Description]) -> None:
        """Write the descriptions of a recording."""
        ...

    def close(self) -> None:
        """Write what has to wait for the end."""
        ...


def writer_for(output: Output, target: IO[str], *, explain: bool, titles: Mapping[str, str] | None = None) -> Writer:
    """Return a writer on a target; ``titles`` are what text calls the modalities, where not by their names.

    Raises:
        OptionError: the target cannot take it: Parquet on a terminal, or explanations in subtitles.
        MissingPackageError: Parquet needs pyarrow.
    """
    if output is Output.text:
        return _Text(target, explain, titles or {})
    return _WRITERS[output](target, explain)


def by_name(path: str | None) -> Output:
    """Return the form that a file's name asks for by its ending; text for none, and for devices.

    >>> by_name("a.SRT").value, by_name("a.txt").value, by_name("/dev/stdout").value
    ('srt', 'text', 'text')

    Raises:
        OptionError: no form has that ending.
    """
    ending = os.path.splitext(path or "")[1].casefold()
    if ending in _TEXT:
        return Output.text
    found = next((output for output in Output if ending == f".{output.value}"), None)
    if found is None:
        endings = ", ".join(sorted({*filter(None, _TEXT), *(f".{output.value}" for output in Output)} - {".text"}))
        raise OptionError(
            f"{path}: the ending {ending!r} says nothing of how to write; give one of {endings}, or --output"
        )
    return found


_TEXT = ("", ".txt", ".text")


# --- lines


class _Text:
    """A line a segment, by source; speakers and modalities where there are several."""

    def __init__(self, target: IO[str], explain: bool, titles: Mapping[str, str]) -> None:
        self._target = target
        self._explain = explain
        self._titles = titles

    def write(self, recording: Recording, descriptions: Iterable[Description]) -> None:
        speakers = {track.speaker for track in recording.tracks}
        modalities = {track.modality for track in recording.tracks}
        wide = max((len(s or "") for s in speakers), default=0)
        source: str | None = None
        for description in descriptions:
            if description.source != source and len(recording) > 1:
                source = description.source
                print(quoting.clean(source or ""), file=self._target)
            columns = [clock(description.begin)] if description.begin is not None else []
            if len(speakers) > 1:
                columns.append(quoting.clean(description.speaker or "").ljust(min(wide, 20)))
            if len(modalities) > 1:
                modality = description.modality or ""
                columns.append(self._titles.get(modality, modality).ljust(8))
            line = "  ".join([*columns, str(description)])
            print(f"  {line}" if len(recording) > 1 else line, file=self._target)
            if self._explain:
                reasons = description.explain().splitlines()[1:]
                print("\n".join(f"      {reason}" for reason in reasons), file=self._target)

    def close(self) -> None:
        """Nothing waits."""


class _JsonLines:
    """A JSON object a segment."""

    def __init__(self, target: IO[str], explain: bool) -> None:
        self._target = target
        self._explain = explain

    def write(self, recording: Recording, descriptions: Iterable[Description]) -> None:  # noqa: ARG002 - as Writer
        from leed.schema.plain import to_json  # noqa: PLC0415 - keeps 'leed --help' fast

        for description in descriptions:
            self._target.write(to_json(_row(description, explain=self._explain)).decode() + "\n")

    def close(self) -> None:
        """Nothing waits."""


class _Csv:
    """A header, and a row a segment."""

    def __init__(self, target: IO[str], explain: bool) -> None:
        self._table = csv.writer(target)
        self._explain = explain
        self._header = False

    def write(self, recording: Recording, descriptions: Iterable[Description]) -> None:  # noqa: ARG002 - as Writer
        for description in descriptions:
            row = _row(description, explain=self._explain)
            row["terms"] = "; ".join(f"{t.label} {t.score:.4g}" for t in description.terms)
            if not self._header:
                self._table.writerow(row)
                self._header = True
            self._table.writerow(row.values())

    def close(self) -> None:
        """Nothing waits."""


def _row(description: Description, *, explain: bool) -> dict[str, Any]:
    row = description.to_dict()
    return row | {"explanation": description.explain()} if explain else row


def clock(seconds: float | None) -> str:
    """Return seconds as minutes and seconds.

    >>> clock(83.456), clock(-3)
    ('1:23.46', '-0:03.00')
    """
    if seconds is None:
        return ""
    minutes, rest = divmod(abs(round(seconds, 2)), 60)
    return f"{'-' if round(seconds, 2) < 0 else ''}{int(minutes)}:{rest:05.2f}"


# --- Parquet


class _Parquet:
    """The table of a recording with its scores, and the columns of JSON lines beside them; written at the end.

    `leed.read` gives back the recordings that were described, as one.
    """

    def __init__(self, target: IO[str], explain: bool) -> None:
        buffer = getattr(target, "buffer", None)
        if target.isatty() or buffer is None:
            raise OptionError("Parquet is no text for a terminal; name a file with -o PATH")
        try:
            import pyarrow as pa  # noqa: PLC0415 - optional
        except ModuleNotFoundError as error:
            raise plugins.missing("writing Parquet", error, extra="data") from error
        self._target = buffer
        self._explain = explain
        self._pa = pa
        self._recordings: list[Recording] = []
        self._rows: list[dict[str, Any]] = []
        self._kinds = self._columns()

    def _columns(self) -> dict[str, Any]:
        """The types of the columns that stand beside those of the recording."""
        pa = self._pa
        text = pa.string()
        terms = pa.struct({"label": text, "score": pa.float64(), "adverb": text, "adjective": text})
        kinds = {"description": text, "notable": pa.bool_(), "terms": pa.list_(terms), "fingerprint": text}
        return kinds | {"explanation": text} if self._explain else kinds

    def write(self, recording: Recording, descriptions: Iterable[Description]) -> None:
        rows = [_row(description, explain=self._explain) for description in descriptions]
        self._rows += [{name: _whole(row[name]) for name in self._kinds} for row in rows]
        self._recordings.append(recording)

    def close(self) -> None:
        """Write all rows."""
        from pyarrow import parquet  # noqa: PLC0415 - optional

        from leed.schema.tables import to_table  # noqa: PLC0415 - keeps 'leed --help' fast

        together, places = _together(self._recordings)
        table = to_table(together, reserved=self._kinds)
        rows = [self._rows[place] for place in places]
        for name, kind in reversed(self._kinds.items()):
            column = self._pa.array([row[name] for row in rows], kind)
            table = table.add_column(table.column_names.index("text") + 1, name, column)
        data = io.BytesIO()  # a pipe cannot say where it is
        parquet.write_table(table, data)
        self._target.write(data.getbuffer())


def _together(recordings: Sequence[Recording]) -> tuple[Recording, list[int]]:
    """All recordings as one, and for each of its segments which one it is when they stand one behind the other."""
    from leed.schema.recording import Recording  # noqa: PLC0415 - loads numpy

    whole = Recording(
        tuple(track for recording in recordings for track in recording.tracks),
        tuple(issue for recording in recordings for issue in recording.issues),
    )
    places: dict[tuple[int, int], int] = {}
    before = 0
    for recording in recordings:
        for track, row in recording.order().tolist():
            places[before + track, row] = len(places)
        before += len(recording.tracks)
    return whole, [places[track, row] for track, row in whole.order().tolist()]


def _whole(value: Any) -> Any:  # noqa: ANN401 - a cell of any column
    """A cell without halves of characters, which some transcripts end in and Parquet does not take."""
    if isinstance(value, list):
        return [{name: _whole(part) for name, part in term.items()} for term in value]
    return value.encode("utf-8", "replace").decode() if isinstance(value, str) else value


# --- subtitles


class _Cue(msgspec.Struct, frozen=True):
    """One description and when it is shown.

    Attributes:
        key: whose instants follow each other.
    """

    begin: float
    end: float | None
    sentence: str
    speaker: str | None
    key: tuple[Any, ...]


class _Subtitles:
    """Descriptions as cues, in the order of time, written at the end. What has no time is counted on stderr.

    An instant lasts until the next one of the same speaker, 1 s at most.
    """

    def __init__(self, target: IO[str], explain: bool) -> None:
        if explain:
            raise OptionError(
                "subtitles hold no explanations; leave out --explain, or write text, jsonl, csv or parquet"
            )
        self._target = target
        self._cues: list[_Cue] = []
        self._without = 0
        self._unshown = 0
        self._recordings = 0

    def write(self, recording: Recording, descriptions: Iterable[Description]) -> None:  # noqa: ARG002 - as Writer
        self._recordings += 1
        for d in descriptions:
            begin, end = d.begin, d.end
            if begin is None or not abs(begin) < _LATEST:
                self._without += 1
                continue
            end = end if end is not None and begin < end < _LATEST else None
            key = (self._recordings, d.source, d.modality, d.speaker)
            self._cues.append(_Cue(begin, end, str(d), d.speaker, key))

    def close(self) -> None:
        """Write all cues."""
        if self._without:
            typer.echo(f"leed: segments without a time, of which there are no subtitles: {self._without}", err=True)
        sources = len({cue.key[:2] for cue in self._cues})
        if sources > 1:
            typer.echo(f"leed: these are the subtitles of {sources} sources in one file", err=True)
        several = len({cue.speaker for cue in self._cues}) > 1
        shown = sorted(self._timed(), key=lambda timed: timed[:2])
        if self._unshown:
            what = "segment ends" if self._unshown == 1 else "segments end"
            typer.echo(f"leed: {self._unshown} {what} before the start, and cannot be shown as a subtitle", err=True)
        self._target.write(
            self._document([(a, b, cue.sentence, cue.speaker if several else None) for a, b, cue in shown])
        )

    def _timed(self) -> Iterable[tuple[int, int, _Cue]]:
        """Each cue with its beginning and end in milliseconds."""
        begins: dict[tuple[Any, ...], list[float]] = {}
        for cue in self._cues:
            begins.setdefault(cue.key, []).append(cue.begin)
        for times in begins.values():
            times.sort()
        for cue in self._cues:
            end = cue.end
            if end is None:
                times = begins[cue.key]
                place = bisect_right(times, cue.begin)
                end = min([cue.begin + _LONGEST, *times[place : place + 1]])
            begin = max(round(cue.begin * 1000), 0)
            if end < 0:
                self._unshown += 1
            else:
                yield begin, max(round(end * 1000), begin + 1), cue

    def _document(self, cues: list[tuple[int, int, str, str | None]]) -> str:
        raise NotImplementedError


class _WebVtt(_Subtitles):
    """WebVTT: https://www.w3.org/TR/webvtt1/. Where there are several speakers, each cue names its own."""

    def _document(self, cues: list[tuple[int, int, str, str | None]]) -> str:
        blocks = ["WEBVTT"]
        for begin, end, sentence, speaker in cues:
            voice = f"<v {_escaped(quoting.clean(speaker))}>" if speaker and quoting.clean(speaker) else ""
            blocks.append(f"{_time(begin, '.')} --> {_time(end, '.')}\n{voice}{_escaped(sentence)}")
        return "\n\n".join(blocks) + "\n"


class _Srt(_Subtitles):
    """SubRip, as players read it. It has no escapes: angle and curly brackets, which begin tags, are replaced."""

    def _document(self, cues: list[tuple[int, int, str, str | None]]) -> str:
        return "\n".join(
            f"{number}\n{_time(begin, ',')} --> {_time(end, ',')}\n{sentence.translate(_LOOKALIKES)}\n"
            for number, (begin, end, sentence, _) in enumerate(cues, 1)
        )


_LOOKALIKES = str.maketrans({"<": "‹", ">": "›", "{": "(", "}": ")"})


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _time(milliseconds: int, point: str) -> str:
    """A time as subtitles have it.

    >>> _time(3_723_004, ",")
    '01:02:03,004'
    """
    seconds, rest = divmod(milliseconds, 1000)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02}:{minutes:02}:{seconds:02}{point}{rest:03}"


_WRITERS: dict[Output, Callable[[IO[str], bool], Writer]] = {
    Output.jsonl: _JsonLines,
    Output.csv: _Csv,
    Output.parquet: _Parquet,
    Output.vtt: _WebVtt,
    Output.srt: _Srt,
}
