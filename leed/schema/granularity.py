"""From shorter stretches to longer ones: words to sentences, utterances and turns, frames to what was said then."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from leed.errors import OptionError, one_of
from leed.schema.terms import GRANULARITIES, Issue

if TYPE_CHECKING:
    from leed.schema.recording import Recording
    from leed.schema.tracks import Track

PAUSES = {"sentence": 1.0, "utterance": 0.5}
"""Seconds of silence that end a sentence, where no full stop does, and an utterance. Both are choices.

At 1 s the long pauses begin, which only spontaneous speech has (Campione and Véronis, Speech Prosody 2002, pp. 199-202:
brief below 0.2 s, medium to 1 s), so that few sentences are torn apart. 0.5 s, amid the medium ones, is what a voice
agent waits before it takes its turn (silence_duration_ms of OpenAI's Realtime API, by default). Pauses differ by
speaker and language, so both can be given.
"""

_ENDS = re.compile(r"[.!?…。！？][\"'”’»)\]]*$")
_RANK = {name: rank for rank, name in enumerate(GRANULARITIES)}


def raised(recording: Recording, granularity: str, pause: float | None = None) -> Recording:
    """Return a recording whose stretches are at least as long as this granularity; see `Recording.at`.

    Raises:
        OptionError: there is no such granularity above a frame, or the pause is no number of seconds.
    """
    if granularity not in GRANULARITIES[1:]:
        raise one_of("granularity", granularity, GRANULARITIES[1:])
    if pause is not None and (granularity not in PAUSES or not _is_pause(pause)):
        raise OptionError(f"pause is {pause!r}: give the seconds of silence that end a {' or an '.join(PAUSES)}")
    limit = PAUSES.get(granularity, math.inf) if pause is None else pause
    issues: list[Issue] = []
    spoken = {
        id(track): _spoken(track, recording.tracks, granularity, limit, issues)
        for track in recording.tracks
        if track.granularity != "frame"
    }
    tracks = []
    for track in recording.tracks:
        if track.granularity != "frame":
            tracks.append(spoken[id(track)])
            continue
        spans = _spans(t for t in spoken.values() if t.source == track.source)
        tracks.append(_meanwhile(track, spans, granularity, issues))
    new = [issue for issue in dict.fromkeys(issues) if issue not in recording.issues]
    return recording.replace(tracks=tracks, issues=(*recording.issues, *new))


def _is_pause(seconds: object) -> bool:
    return isinstance(seconds, (int, float)) and seconds >= 0


def merged(track: Track, groups: Sequence[NDArray[np.int64]], issues: list[Issue]) -> Track:
    """Return a track with one segment for each group of rows.

    Scores are means weighted by duration, over what was reported (the highest for presence); texts are joined; times
    span the group; extras of numbers are means, positions span, and others stay where they are the same throughout.
    """
    weights = np.nan_to_num(track.end - track.begin)
    weights = np.where(weights > 0, weights, 0.0)
    extras, dropped = _extras(track, groups)
    if dropped:
        what = f"extras that differ within a longer stretch are not kept: {', '.join(dropped)}"
        issues.append(Issue("not-kept", what, track.source, track.modality))
    return replace(
        track,
        matrix=np.array([_mean(track, rows, weights[rows]) for rows in groups], np.float32).reshape(
            len(groups), len(track.labels)
        ),
        begin=np.array([_least(track.begin[rows]) for rows in groups], np.float64),
        end=np.array([_most(track.end[rows]) for rows in groups], np.float64),
        text=None if track.text is None else tuple(_joined(track.text[i] for i in rows.tolist()) for rows in groups),
        extras=extras,
    )


def _spoken(track: Track, others: Iterable[Track], granularity: str, limit: float, issues: list[Issue]) -> Track:
    """A track of stretches other than frames at a granularity; one that is as long already stays as it is."""
    if track.granularity is None or _RANK.get(track.granularity, 0) >= _RANK[granularity] or not len(track):
        return track
    breaks = np.zeros(len(track), bool)
    breaks[0] = True
    pause = _pauses(track)
    if granularity == "turn":
        breaks |= _changed(track, others) if track.speaker is None else _interrupted(track, others)
    else:
        ended = np.array(
            [False, *(bool(_ENDS.search((t or "").strip())) for t in (track.text or ("",) * len(track))[:-1])]
        )
        timed = ~np.isnan(pause)
        breaks |= timed & (pause > limit)
        breaks |= ended if granularity == "sentence" else ended & ~timed
    groups = np.split(np.arange(len(track)), np.flatnonzero(breaks)[1:])
    return replace(merged(track, groups, issues), granularity=granularity)


def _pauses(track: Track) -> NDArray[np.float64]:
    """Seconds between the end of the stretch before and the beginning of each; NaN where a time is missing."""
    before = np.concatenate(([np.nan], np.fmax.accumulate(track.end)[:-1]))
    return np.asarray(track.begin - before, np.float64)


def _interrupted(track: Track, others: Iterable[Track]) -> NDArray[np.bool_]:
    """Whether another speaker of the source began to speak between the stretch before and each."""
    begins = [
        other.begin
        for other in others
        if other.source == track.source and other.modality == track.modality and other.speaker != track.speaker
    ]
    taken = np.sort(np.concatenate([b[~np.isnan(b)] for b in begins])) if begins else np.empty(0)
    count = np.searchsorted(taken, track.begin)
    broken = np.concatenate(([False], np.diff(count) > 0))
    return np.asarray(broken & ~np.isnan(track.begin), bool)


def _changed(track: Track, others: Iterable[Track]) -> NDArray[np.bool_]:
    """Whether another voice is heard at each stretch than at the one before, where the track knows no speakers."""
    voices = [t for t in others if t.source == track.source and t.modality == "prosody" and t.speaker is not None]
    heard = np.full(len(track), -1)
    longest = np.zeros(len(track))
    for number, voice in enumerate(voices):
        shared = np.minimum(track.end[:, None], voice.end) - np.maximum(track.begin[:, None], voice.begin)
        most = np.fmax.reduce(shared, axis=1, initial=0.0)
        heard = np.where(most > longest, number, heard)
        longest = np.maximum(longest, most)
    return np.concatenate(([False], (heard[1:] != heard[:-1]) & (heard[1:] >= 0) & (heard[:-1] >= 0)))


def _spans(tracks: Iterable[Track]) -> NDArray[np.float64]:
    """(m, 2) times of the spoken stretches of a source: of its voice, else of its words."""
    listed = [t for t in tracks if t.aspect == "expression"]
    for modality in ("prosody", "language"):
        spans = [np.stack((t.begin, t.end), axis=1) for t in listed if t.modality == modality]
        timed = np.concatenate([s[~np.isnan(s).any(axis=1)] for s in spans]) if spans else np.empty((0, 2))
        if len(timed):
            return timed[np.argsort(timed[:, 0], kind="stable")]
    return np.empty((0, 2))


def _meanwhile(track: Track, spans: NDArray[np.float64], granularity: str, issues: list[Issue]) -> Track:
    """Frames gathered by the spoken stretch in which they fall; where stretches overlap, they count for each."""
    if not len(spans):
        what = "nothing spoken has times, so frames stay frames"
        issues.append(Issue("not-raised", what, track.source, track.modality))
        return track
    inside = [np.flatnonzero((track.begin >= b) & (track.begin <= e)) for b, e in spans.tolist()]
    kept = [i for i, rows in enumerate(inside) if len(rows)]
    groups = [inside[i] for i in kept]
    outside = len(track) - len(np.unique(np.concatenate(groups))) if groups else len(track)
    if outside:
        what = f"{outside} of {len(track)} frames fall into no spoken stretch; they are left out"
        issues.append(Issue("not-raised", what, track.source, track.modality))
    longer = merged(track, groups, issues)
    return replace(longer, granularity=granularity, begin=spans[kept, 0], end=spans[kept, 1])


def _mean(track: Track, rows: NDArray[np.int64], weights: NDArray[np.float64]) -> NDArray[np.float64]:
    values = track.matrix[rows].astype(np.float64)
    reported = ~np.isnan(values)
    if track.quantity == "presence":
        return np.where(reported.any(axis=0), np.nanmax(np.where(reported, values, -np.inf), axis=0), np.nan)
    weight = reported * (weights if weights.sum() > 0 else np.ones(len(rows)))[:, None]
    unweighted = weight.sum(axis=0) == 0
    weight = np.where(unweighted, reported.astype(np.float64), weight)
    total = weight.sum(axis=0)
    return np.where(total > 0, np.nansum(values * weight, axis=0) / np.where(total > 0, total, 1.0), np.nan)


def _extras(track: Track, groups: Sequence[NDArray[np.int64]]) -> tuple[dict[str, NDArray[Any]], list[str]]:
    extras: dict[str, NDArray[Any]] = {}
    dropped = []
    for name, column in track.extras.items():
        if name == "position" and column.ndim == 2:  # noqa: PLR2004 - begin and end
            spans = [(column[rows, 0].min(), column[rows, 1].max()) for rows in groups]
            extras[name] = np.array(spans, column.dtype).reshape(len(groups), 2)
        elif column.dtype.kind == "f":
            means = [_nanmean(column[rows]) for rows in groups]
            extras[name] = np.array(means, column.dtype).reshape(len(groups), *column.shape[1:])
        elif all((column[rows] == column[rows[0]]).all() for rows in groups):
            extras[name] = column[[int(rows[0]) for rows in groups]]
        else:
            dropped.append(name)
    return extras, dropped


def _nanmean(values: NDArray[Any]) -> NDArray[Any]:
    count = (~np.isnan(values)).sum(axis=0)
    return np.asarray(np.where(count > 0, np.nansum(values, axis=0) / np.maximum(count, 1), np.nan))


def _least(times: NDArray[np.float64]) -> float:
    return float(np.fmin.reduce(times))


def _most(times: NDArray[np.float64]) -> float:
    return float(np.fmax.reduce(times))


def _joined(texts: Iterable[str | None]) -> str | None:
    said = [text.strip() for text in texts if text and text.strip()]
    return " ".join(said) or None
