"""Track and Recording: scores by column, and everything that was read from one input."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, overload

import numpy as np
from numpy.typing import NDArray

from leed.errors import ColumnError, InputError
from leed.finite import is_finite
from leed.schema.plain import column_of, listed, to_json
from leed.schema.terms import Issue, Segment

if TYPE_CHECKING:
    import os

    import pyarrow as pa

    from leed.schema.utterances import Utterance

KEY = ("source", "channel", "modality", "aspect", "granularity", "speaker")
"""What makes a track: two stretches that agree in all of these and in their labels stand in one track."""


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class Track:
    """The segments of one (source, channel, modality, aspect, granularity, speaker), by column.

    >>> import numpy as np
    >>> track = Track(labels=("Joy", "Fear"), matrix=np.array([[0.8, np.nan]]), modality="face")
    >>> track.segment(0).scores
    {'Joy': 0.8}

    Attributes:
        labels: k labels in the taxonomy's own spelling.
        matrix: (n, k) float32, read-only; NaN = not reported. Infinity is not allowed in.
        begin, end: (n,) float64 seconds; NaN where there is no time.
        text: n texts (None where there is none), or None if the track has none at all.
        extras: named columns of n rows: box (n, 4), confidence (n,), position (n, 2), embedding (n, d), ...
    """

    labels: tuple[str, ...]
    matrix: NDArray[np.float32]
    source: str | None = None
    channel: str | None = None
    modality: str | None = None
    aspect: str = "expression"
    granularity: str | None = None
    speaker: str | None = None
    taxonomy: str | None = None
    quantity: str = "intensity"
    exclusive: bool = False
    begin: NDArray[np.float64] = None  # type: ignore[assignment] # filled below
    end: NDArray[np.float64] = None  # type: ignore[assignment] # filled below
    text: tuple[str | None, ...] | None = None
    extras: Mapping[str, NDArray[Any]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        with np.errstate(over="ignore"):
            matrix = np.asarray(self.matrix, np.float32)
        if matrix.ndim != 2 or matrix.shape[1] != len(self.labels):  # noqa: PLR2004 - rows and columns
            raise ColumnError(
                f"matrix has shape {matrix.shape}; expected (segments, {len(self.labels)}), a column per label"
            )
        if len(set(self.labels)) != len(self.labels):
            raise ColumnError("labels: a label stands twice; give each column its own")
        n = len(matrix)
        put = object.__setattr__
        put(self, "labels", tuple(self.labels))
        put(self, "matrix", _frozen(_finite(matrix)))
        for name in ("begin", "end"):
            given = getattr(self, name)
            column = np.full(n, np.nan) if given is None else np.asarray(given, np.float64)
            put(self, name, _frozen(_rows(name, column, n)))
        if self.text is not None:
            if len(self.text) != n:
                raise ColumnError(f"text has {len(self.text)} rows; the matrix has {n}")
            put(self, "text", tuple(self.text) if any(t is not None for t in self.text) else None)
        extras = {k: _frozen(_rows(k, np.asarray(v), n)) for k, v in self.extras.items()}
        put(self, "extras", MappingProxyType(extras))

    def __len__(self) -> int:
        return len(self.matrix)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Track):
            return NotImplemented
        arrays = ("matrix", "begin", "end")
        plain = [f.name for f in fields(self) if f.name not in (*arrays, "extras")]
        return (
            all(getattr(self, name) == getattr(other, name) for name in plain)
            and all(_same(getattr(self, name), getattr(other, name)) for name in arrays)
            and self.extras.keys() == other.extras.keys()
            and all(_same(column, other.extras[name]) for name, column in self.extras.items())
        )

    __hash__ = None  # type: ignore[assignment] # holds arrays

    def __reduce__(self) -> tuple[Any, ...]:
        given = {f.name: getattr(self, f.name) for f in fields(self)}
        return (_track, ({**given, "extras": dict(self.extras)},))

    def __repr__(self) -> str:
        parts = [f"{name}={getattr(self, name)!r}" for name in KEY if getattr(self, name) is not None]
        return f"Track({', '.join(parts)}, {len(self)} segments x {len(self.labels)} labels)"

    @property
    def key(self) -> tuple[str | None, ...]:
        """(source, channel, modality, aspect, granularity, speaker)."""
        return tuple(getattr(self, name) for name in KEY)

    def row(self, index: int) -> dict[str, float]:
        """Return the reported scores of one segment: each the shortest number that is the same in float32."""
        values = self.matrix[index]
        reported = np.flatnonzero(~np.isnan(values)).tolist()
        labels = self.labels
        return {labels[i]: float(str(values[i])) for i in reported}

    def segment(self, index: int) -> Segment:
        """Return one row as a Segment."""
        return Segment(
            scores=self.row(index),
            source=self.source,
            channel=self.channel,
            modality=self.modality,
            aspect=self.aspect,
            granularity=self.granularity,
            speaker=self.speaker,
            taxonomy=self.taxonomy,
            quantity=self.quantity,
            exclusive=self.exclusive,
            begin=_number(self.begin[index]),
            end=_number(self.end[index]),
            text=None if self.text is None else self.text[index],
            extras={name: _plain(column[index]) for name, column in self.extras.items()},
        )

    def to_dict(self) -> dict[str, Any]:
        """Return plain data: lists, strings and numbers; None for what was not reported."""
        plain: dict[str, Any] = {
            f.name: getattr(self, f.name) for f in fields(self) if f.name not in ("matrix", "extras")
        }
        plain["labels"] = list(self.labels)
        plain["text"] = None if self.text is None else list(self.text)
        plain["begin"], plain["end"] = listed(self.begin), listed(self.end)
        plain["scores"] = listed(self.matrix)
        plain["extras"] = {
            name: {"type": str(column.dtype), "shape": list(column.shape[1:]), "values": listed(column)}
            for name, column in self.extras.items()
        }
        return plain

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Track:
        """Return the track that `to_dict` made the data from."""
        given = dict(data)
        labels = tuple(given.pop("labels"))
        rows = given.pop("scores")
        with np.errstate(over="ignore"):
            scores = np.asarray(rows, np.float32).reshape(len(rows), len(labels))
        if np.isinf(scores).any():
            raise ValueError("scores: a number is too large for float32")
        extras = {
            name: column_of(name, column["type"], column.get("shape"), column["values"])
            for name, column in (given.pop("extras", None) or {}).items()
        }
        text = given.pop("text", None)
        given["text"] = None if text is None else tuple(text)
        for name in ("begin", "end"):
            column = given.pop(name, None)
            given[name] = None if column is None else np.array(column, np.float64)
        return cls(labels=labels, matrix=scores, extras=extras, **given)


@dataclass(frozen=True, slots=True)
class Recording:
    """All tracks read from one input, and the issues that were met on the way.

    >>> import leed
    >>> recording = leed.read({"face": {"Joy": 0.84}})
    >>> recording
    Recording(1 track, 1 segment, 0 issues)
    >>> [str(d) for d in leed.describe_all(recording)]
    ['They look extremely joyful.']

    Attributes:
        tracks: the tracks, sources in the order of the input.
        issues: what was odd or missing.
    """

    tracks: tuple[Track, ...] = ()
    issues: tuple[Issue, ...] = ()

    def __len__(self) -> int:
        return sum(len(track) for track in self.tracks)

    def __repr__(self) -> str:
        parts = ((len(self.tracks), "track"), (len(self), "segment"), (len(self.issues), "issue"))
        return f"Recording({', '.join(_counted(n, what) for n, what in parts)})"

    @property
    def sources(self) -> tuple[str | None, ...]:
        """The sources, in the order of the input."""
        return tuple(dict.fromkeys(track.source for track in self.tracks))

    def order(self) -> NDArray[np.int64]:
        """Return (n, 2) pairs (track, row) ordered by source, then begin.

        A segment without a time keeps its place in its track. A track without any times follows what has times in its
        source: it tells of the whole, or of nothing that can be put in order.
        """
        if not self.tracks:
            return np.empty((0, 2), np.int64)
        sources = {source: i for i, source in enumerate(self.sources)}
        sizes = [len(track) for track in self.tracks]
        track = np.repeat(np.arange(len(self.tracks)), sizes)
        row = np.concatenate([np.arange(size) for size in sizes])
        source = np.repeat([sources[t.source] for t in self.tracks], sizes)
        begin = np.concatenate([_filled(t.begin) for t in self.tracks])
        ranks = np.lexsort((row, track, begin, source))
        return np.stack((track[ranks], row[ranks]), axis=1)

    def segments(self) -> Segments:
        """Return all segments, ordered by source, then begin: a sequence that makes each as it is asked for."""
        return Segments(self)

    def utterances(self) -> list[Utterance]:
        """Return one item per spoken stretch, with what each modality had to say of it, or that it had nothing.

        The stretches are those of the voice, else those of the words. Words join the stretch that they overlap most,
        face frames the one in which they fall, bursts the one before them.

        >>> import leed
        >>> row = {"begin": 0, "end": 2, "text": "I'm fine.", "prosody": {"Fear": 0.3}, "language": {"Calmness": 0.5}}
        >>> (utterance,) = leed.read(row).utterances()
        >>> utterance.text, utterance.prosody.scores, utterance.language.scores, utterance.missing
        ("I'm fine.", {'Fear': 0.3}, {'Calmness': 0.5}, ())
        """
        from leed.schema.utterances import utterances  # noqa: PLC0415 - it uses this module

        return utterances(self)

    def at(self, granularity: str, *, pause: float | None = None) -> Recording:
        """Return a recording whose stretches are at least as long as this: "sentence", "utterance", "turn", ....

        Words become sentences at full stops (and at pauses of 1 s), utterances at pauses of 0.5 s (without times, at
        full stops), turns where another speaker begins. Frames are gathered by the spoken stretch in which they fall.
        Scores are means, weighted by duration. The two pauses are choices, with reasons in `leed.schema.granularity`:
        ``pause``, in seconds, takes the place of the one that is meant.

        >>> import leed
        >>> said = [("It", 0.1), ("came!", 0.9), ("Oh.", 0.2)]
        >>> words = leed.read([{"text": text, "granularity": "word", "Joy": joy} for text, joy in said])
        >>> [(s.text, s.scores) for s in words.at("sentence").segments()]
        [('It came!', {'Joy': 0.5}), ('Oh.', {'Joy': 0.2})]

        Raises:
            OptionError: there is no such granularity above a frame, or the pause is no number of seconds.
        """
        from leed.schema.granularity import raised  # noqa: PLC0415 - it uses this module

        return raised(self, granularity, pause)

    def to_taxonomy(self, name: str) -> Recording:
        """Return the recording with its expressions under the labels of another taxonomy, if a crosswalk leads there.

        Of several labels that become one, intensities give the highest, exclusive probabilities the sum. What is lost
        is an issue (see `leed.taxonomy.crosswalk`).

        >>> import leed
        >>> recording = leed.read({"face": {"Joy": 0.4, "Amusement": 0.7, "Disgust": 0.1}}).to_taxonomy("ekman-7")
        >>> recording.tracks[0].row(0)
        {'disgust': 0.1, 'joy': 0.7}
        >>> leed.read({"prosody": {"Joy": 0.5, "Anger": 0.1}}).to_taxonomy("dimensions-3").tracks[0].row(0)
        {'valence': 0.7}

        Raises:
            OptionError: there is no such taxonomy, or no crosswalk leads there; the message says what there is.
        """
        from leed.taxonomy.crosswalk import to_taxonomy  # noqa: PLC0415 - it uses this module

        return to_taxonomy(self, name)

    def merge_faces(self, *, min_overlap: float = 0.5, max_gap: float = 2.0) -> Recording:
        """Return the recording with false new identities of faces joined, each with an issue.

        A face that begins where and soon after another of the same source has ended gets that one's name. Faces that
        are ever seen together, or by turns, are never merged (see `leed.schema.faces`).

        >>> import leed
        >>> recording = leed.read({"face": {"Joy": 0.84}})
        >>> recording.merge_faces() == recording
        True

        Args:
            min_overlap: how far the last box and the first must overlap: intersection over union, above 0 to 1. 0.5
                is what counts as the same object in detection benchmarks (PASCAL VOC); a merge that is missed leaves
                a person with two names, one that is wrong mixes two people.
            max_gap: how many seconds may lie between; in 2 s, six frames at Hume's 3 a second, a hidden face comes
                back, and people rarely change seats.

        Raises:
            OptionError: an option is out of its range.
        """
        from leed.schema.faces import merge_faces  # noqa: PLC0415 - it uses this module

        return merge_faces(self, min_overlap=min_overlap, max_gap=max_gap)

    def link(self, names: Mapping[str, str], *, source: str | None = None) -> Recording:
        """Return the recording with speakers and faces under one name, where you say that they are one person.

        >>> import leed
        >>> rows = [{"speaker": "face_0", "face": {"Joy": 0.8}}, {"speaker": "spk_0", "prosody": {"Joy": 0.4}}]
        >>> [track.speaker for track in leed.read(rows).link({"face_0": "spk_0"}).tracks]
        ['spk_0', 'spk_0']

        Args:
            names: from a speaker to the one that it is; a new name if two or more get it.
            source: the source that is meant; needed where several have a speaker of that name.

        Raises:
            OptionError: there is no such speaker or source, or it is not clear which is meant.
        """
        from leed.schema.speakers import link  # noqa: PLC0415 - it uses this module

        return link(self, names, source=source)

    def to_dict(self) -> dict[str, Any]:
        """Return plain data, the document that `leed.read` reads back exactly."""
        return {
            "leed": "recording/1",
            "tracks": [track.to_dict() for track in self.tracks],
            "issues": [issue.to_dict() for issue in self.issues],
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Recording:
        """Return the recording that `to_dict` made the data from.

        Raises:
            InputError: the data is not such a document; the message says where and why.
        """
        from leed.schema.documents import checked  # noqa: PLC0415 - loads pydantic

        document = checked(data)
        try:
            tracks = tuple(Track.from_dict(track) for track in document["tracks"])
        except (ValueError, TypeError, OverflowError, MemoryError) as error:
            raise InputError(f"this is no leed recording document: {error}") from error
        return cls(tracks, tuple(Issue(**issue) for issue in document["issues"]))

    def to_json(self) -> bytes:
        """Return the document as JSON in UTF-8."""
        return to_json(self.to_dict())

    def to_json_lines(self) -> Iterator[bytes]:
        r"""Return JSON lines, one a segment in the order of `segments`, that `leed.read` reads back exactly.

        They are made as they are asked for, and may be filtered: each says all of its segment.

        >>> import leed
        >>> *_, segment = leed.read({"face": {"Joy": 0.84}}).to_json_lines()
        >>> segment
        b'{"leed":"segment","source":null,...,"scores":{"Joy":0.84},"extras":{},"track":0,"row":0}\n'

        Before them stand a line that counts the others, a line for each track and one for each issue;
        `leed.schema.lines` has the layout.

        Raises:
            ColumnError: a track has an extra that is neither numbers nor flags nor text.
        """
        from leed.schema.lines import to_lines  # noqa: PLC0415 - for this alone

        return to_lines(self)

    def write(self, path: str | os.PathLike[str]) -> None:
        """Write the recording to a file that `leed.read` reads back exactly: .jsonl, .json or .parquet, by its name.

        Raises:
            OptionError: the name ends in something else.
            ColumnError: a track has an extra that is neither numbers nor flags nor text.
            MissingPackageError: for Parquet, pyarrow is not installed; it comes with the extra ``data``.
        """
        from leed.schema.files import write  # noqa: PLC0415 - for this alone

        write(self, path)

    def to_table(self) -> pa.Table:
        """Return a pyarrow Table, one row a segment in the order of `segments`, that `leed.read` reads back exactly.

        >>> import pyarrow  # comes with the extra: pip install 'leed[data]'
        >>> import leed
        >>> table = leed.read({"face": {"Joy": 0.84}}).to_table()
        >>> table.select(["modality", "quantity", "Joy"]).to_pylist()
        [{'modality': 'face', 'quantity': 'intensity', 'Joy': 0.8399999737739563}]

        There is a column for each label (null: not reported) and for each of the extras; `leed.schema.tables` has the
        layout. Written as Parquet, it stays what it is.

        Raises:
            ColumnError: a track has an extra that is neither numbers nor flags nor text.
            MissingPackageError: pyarrow is not installed; it comes with the extra ``data``.
        """
        from leed.schema.tables import to_table  # noqa: PLC0415 - it imports this module

        return to_table(self)

    def replace(self, tracks: Iterable[Track] | None = None, issues: Iterable[Issue] | None = None) -> Recording:
        """Return a recording with other tracks or issues."""
        return Recording(
            self.tracks if tracks is None else tuple(tracks), self.issues if issues is None else tuple(issues)
        )


class Segments(Sequence[Segment]):
    """The segments of a recording, each made when it is asked for."""

    def __init__(self, recording: Recording) -> None:
        self._tracks = recording.tracks
        self._order = recording.order()

    def __len__(self) -> int:
        return len(self._order)

    @overload
    def __getitem__(self, index: int) -> Segment: ...
    @overload
    def __getitem__(self, index: slice) -> list[Segment]: ...
    def __getitem__(self, index: int | slice) -> Segment | list[Segment]:
        if isinstance(index, slice):
            return [self._tracks[t].segment(r) for t, r in self._order[index].tolist()]
        track, row = self._order[index]
        return self._tracks[int(track)].segment(int(row))

    def __iter__(self) -> Iterator[Segment]:
        for track, row in self._order.tolist():
            yield self._tracks[track].segment(row)

    def __repr__(self) -> str:
        return f"<{len(self)} segments>"


def _track(given: dict[str, Any]) -> Track:
    return Track(**given)


def _finite(matrix: NDArray[np.float32]) -> NDArray[np.float32]:
    """The scores with NaN for infinity."""
    if is_finite(matrix):
        return matrix
    high, low = (reduce(matrix, axis=None, initial=0.0) for reduce in (np.fmax.reduce, np.fmin.reduce))
    return matrix if np.isfinite(high) and np.isfinite(low) else np.where(np.isinf(matrix), np.float32(np.nan), matrix)


def _frozen(array: NDArray[Any]) -> NDArray[Any]:
    """An array that nobody changes: one that is read-only already is taken as it is, any other is copied."""
    if array.flags.writeable:
        array = array.copy()
        array.flags.writeable = False
    return array


def _rows(name: str, column: NDArray[Any], n: int) -> NDArray[Any]:
    if column.ndim == 0 or len(column) != n:
        raise ColumnError(f"{name} has shape {column.shape}; the matrix has {n} rows")
    return column


def _same(a: NDArray[Any], b: NDArray[Any]) -> bool:
    floats = a.dtype.kind == "f" and b.dtype.kind == "f"
    alike = a.dtype == b.dtype or a.dtype.kind == b.dtype.kind == "U"  # text columns are as wide as their longest
    return alike and np.array_equal(a, b, equal_nan=floats)


def _filled(begin: NDArray[np.float64]) -> NDArray[np.float64]:
    """Times for ordering: a missing one counts as the last known before it, so that the row keeps its place.

    What comes before all known times counts as the first of them; rows of a track without times are last.
    """
    known = np.flatnonzero(~np.isnan(begin))
    if not len(known):
        return np.full(len(begin), np.inf)
    place = np.searchsorted(known, np.arange(len(begin)), side="right") - 1
    return begin[known[np.maximum(place, 0)]]


def _number(value: np.float64) -> float | None:
    number = float(value)
    return None if number != number else number  # noqa: PLR0124 - NaN


def _plain(value: Any) -> Any:  # noqa: ANN401 - a cell of any column
    if isinstance(value, np.ndarray):
        return [_plain(v) for v in value]
    if isinstance(value, np.floating):
        return None if np.isnan(value) else float(str(value))
    return value.item() if isinstance(value, np.generic) else value


def _counted(n: int, what: str) -> str:
    return f"{n} {what}" if n == 1 else f"{n} {what}s"
