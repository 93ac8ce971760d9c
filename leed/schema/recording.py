"""Recording: everything that was read from one input."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, overload

import numpy as np
from numpy.typing import NDArray

from leed.errors import InputError
from leed.schema.plain import to_json
from leed.schema.terms import Issue, Segment
from leed.schema.tracks import Track

if TYPE_CHECKING:
    import os

    import pyarrow as pa

    from leed.schema.utterances import Utterance


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


def _filled(begin: NDArray[np.float64]) -> NDArray[np.float64]:
    """Times for ordering: a missing one counts as the last known before it, so that the row keeps its place.

    What comes before all known times counts as the first of them; rows of a track without times are last.
    """
    known = np.flatnonzero(~np.isnan(begin))
    if not len(known):
        return np.full(len(begin), np.inf)
    place = np.searchsorted(known, np.arange(len(begin)), side="right") - 1
    return begin[known[np.maximum(place, 0)]]


def _counted(n: int, what: str) -> str:
    return f"{n} {what}" if n == 1 else f"{n} {what}s"
