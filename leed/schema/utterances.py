"""Who said what and how: one item per spoken stretch, with what each modality had to say of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import msgspec
import numpy as np
from numpy.typing import NDArray

from leed.schema.granularity import merged
from leed.schema.terms import Segment

if TYPE_CHECKING:
    from leed.schema.recording import Recording
    from leed.schema.tracks import Track


class Utterance(msgspec.Struct, frozen=True):
    """One spoken stretch.

    Attributes:
        source, speaker: whose it is, by the voice; None where nobody says.
        begin, end: seconds, or None.
        text: the transcript: the voice's, else that of the words.
        prosody, language: what the voice and the words had to say, or None. Several stretches of words within one of
            the voice are taken together.
        faces: for each face that was seen meanwhile, its mean. Faces and speakers are not linked.
        bursts: laughs and sighs from the beginning of this stretch to that of the next.
        missing: modalities that the source has and that say nothing here.
    """

    source: str | None
    speaker: str | None
    begin: float | None
    end: float | None
    text: str | None
    prosody: Segment | None = None
    language: Segment | None = None
    faces: tuple[Segment, ...] = ()
    bursts: tuple[Segment, ...] = ()
    missing: tuple[str, ...] = ()


def utterances(recording: Recording) -> list[Utterance]:
    """Return one item per spoken stretch; see `Recording.utterances`."""
    by_source: dict[str | None, list[Track]] = {source: [] for source in recording.sources}
    for track in recording.tracks:
        if track.aspect == "expression" and len(track):
            by_source.setdefault(track.source, []).append(track)
    return [utterance for tracks in by_source.values() for utterance in _of_source(tracks)]


def _of_source(tracks: Sequence[Track]) -> list[Utterance]:
    by_modality = {m: [t for t in tracks if t.modality == m] for m in ("prosody", "language", "face", "burst")}
    voices, words = by_modality["prosody"], by_modality["language"]
    spoken = _rows(voices or words)
    begins = np.array([_or(track.begin[row], np.nan) for track, row in spoken])
    with_words = _words(spoken, words) if voices else [None] * len(spoken)
    faces = [_seen(track, spoken) for track in by_modality["face"]]
    bursts = _between(by_modality["burst"], begins)
    present = [m for m, listed in by_modality.items() if listed]
    found = []
    for i, (track, row) in enumerate(spoken):
        segment = track.segment(row)
        language = with_words[i] if voices else segment
        seen = tuple(face[i] for face in faces if face[i] is not None)
        parts: dict[str, object] = {
            "prosody": segment if voices else None,
            "language": language,
            "face": seen,
            "burst": bursts[i],
        }
        found.append(
            Utterance(
                source=segment.source,
                speaker=segment.speaker,
                begin=segment.begin,
                end=segment.end,
                text=segment.text or (language.text if language else None),
                prosody=segment if voices else None,
                language=language,
                faces=tuple(face for face in seen if face is not None),
                bursts=bursts[i],
                missing=tuple(m for m in present if not parts[m]),
            )
        )
    return found


def _rows(tracks: Sequence[Track]) -> list[tuple[Track, int]]:
    """All rows of some tracks in time; what has no time keeps its place."""
    rows = [(track, row) for track in tracks for row in range(len(track))]
    return sorted(rows, key=lambda at: _or(at[0].begin[at[1]], -np.inf))


def _words(spoken: Sequence[tuple[Track, int]], words: Sequence[Track]) -> list[Segment | None]:
    """For each stretch of the voice the words said in it: those that overlap it most; without times, the same text."""
    chosen: list[dict[int, list[int]]] = [{} for _ in spoken]
    voice = np.array([(track.begin[row], track.end[row]) for track, row in spoken]).reshape(-1, 2)
    for number, track in enumerate(words):
        unused = list(range(len(spoken)))
        for row in range(len(track)):
            place = _overlapping(voice, track.begin[row], track.end[row])
            if place is None and np.isnan(track.begin[row]):
                said = track.text[row] if track.text else None
                place = next((i for i in unused if said and _text(spoken[i]) == said), None)
                if place is not None:
                    unused.remove(place)
            if place is not None:
                chosen[place].setdefault(number, []).append(row)
    return [_together(words, rows) for rows in chosen]


def _overlapping(voice: NDArray[np.float64], begin: float, end: float) -> int | None:
    """The stretch that words overlap most, if it is at least half of the shorter of the two."""
    if not len(voice) or np.isnan(begin) or np.isnan(end):
        return None
    shared = np.minimum(voice[:, 1], end) - np.maximum(voice[:, 0], begin)
    shared = np.where(np.isnan(shared), -1.0, shared)
    best = int(shared.argmax())
    shorter = min(end - begin, voice[best, 1] - voice[best, 0])
    return best if shared[best] >= 0.5 * shorter and shared[best] >= 0 else None


def _together(words: Sequence[Track], rows: dict[int, list[int]]) -> Segment | None:
    """The words of one stretch as one segment; of several speakers, the one with most."""
    if not rows:
        return None
    number = max(rows, key=lambda n: len(rows[n]))
    track = words[number]
    if len(rows[number]) == 1:
        return track.segment(rows[number][0])
    return merged(track, [np.array(rows[number])], []).segment(0)


def _seen(track: Track, spoken: Sequence[tuple[Track, int]]) -> list[Segment | None]:
    """For each stretch the mean of the frames within it."""
    seen: list[Segment | None] = []
    for voice, row in spoken:
        begin, end = voice.begin[row], voice.end[row]
        rows = np.flatnonzero((track.begin >= begin) & (track.begin <= end))
        if not len(rows):
            seen.append(None)
            continue
        mean = merged(track, [rows], [])
        seen.append(replace(mean, begin=np.array([begin]), end=np.array([end])).segment(0))
    return seen


def _between(tracks: Sequence[Track], begins: NDArray[np.float64]) -> list[tuple[Segment, ...]]:
    """For each stretch the bursts until the next begins; those before the first count for the first."""
    found: list[list[Segment]] = [[] for _ in begins]
    if not len(begins):
        return []
    timed = np.flatnonzero(~np.isnan(begins))
    for track, row in _rows(tracks):
        at = track.begin[row]
        place = 0 if np.isnan(at) or not len(timed) else int(np.searchsorted(begins[timed], at, "right")) - 1
        found[int(timed[max(place, 0)]) if len(timed) else 0].append(track.segment(row))
    return [tuple(bursts) for bursts in found]


def _text(at: tuple[Track, int]) -> str | None:
    track, row = at
    return track.text[row] if track.text else None


def _or(value: float, otherwise: float) -> float:
    return otherwise if np.isnan(value) else float(value)
