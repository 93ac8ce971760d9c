"""Who is who: names that the user says are one person, and voices that are alike across files."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import count

import numpy as np
from numpy.typing import NDArray

from leed.errors import OptionError, one_of
from leed.schema.joining import renamed
from leed.schema.recording import Recording
from leed.schema.terms import Issue
from leed.schema.tracks import Track

EMBEDDING = "speaker_embedding"
"""The extra that holds the embedding of a voice, (n, d); d is 192 at Behavioral Signals."""

ALIKE = 0.7
"""From which cosine similarity two voices are taken for one.

A choice, for ``threshold`` to change: far above what verification takes (SpeechBrain's ECAPA, 192 numbers too: 0.25;
NVIDIA NeMo's verify_speakers: 0.4, written as 0.7 on a scale from 0 to 1), because a missed link leaves a person with
two names, while a wrong one gives them what somebody else expressed. Vendors do not publish theirs.
"""

File = tuple[int, str | None]
"""The number of a recording, and a source in it."""


def link(recording: Recording, names: Mapping[str, str], *, source: str | None = None) -> Recording:
    """Return the recording with speakers and faces under one name, where the user says that they are one person.

    ``names`` goes from a speaker to the one that it is: ``{"face_0": "spk_0"}``. A new name is taken where two
    or more get it: ``{"face_0": "Anna", "spk_0": "Anna"}``. Tracks that become one by it are put together in the order
    of time. Every link is an issue.

    >>> import leed
    >>> recording = leed.read([
    ...     {"modality": "face", "speaker": "face_0", "Joy": 0.8},
    ...     {"modality": "prosody", "speaker": "spk_0", "Joy": 0.4},
    ... ])
    >>> linked = link(recording, {"face_0": "spk_0"})
    >>> [(track.modality, track.speaker) for track in linked.tracks]
    [('face', 'spk_0'), ('prosody', 'spk_0')]
    >>> print(linked.issues[0])
    face_0 is spk_0: linked as asked

    Args:
        recording: any recording.
        names: from a speaker's name to the name that it gets.
        source: the source that is meant; needed where several have a speaker of that name.

    Raises:
        OptionError: a name or the source is not there, or is in several sources, or the names go round in a circle.
    """
    sources = [name for name in recording.sources if name is not None]
    if source is not None and source not in sources:
        raise one_of("source", source, sources)
    tracks = [track for track in recording.tracks if source is None or track.source == source]
    final = _final(names, _where(tracks))
    issues = [
        Issue("speakers-linked", f"{name} is {final[name]}: linked as asked", where)
        for name in final
        for where in dict.fromkeys(track.source for track in tracks if track.speaker == name)
    ]

    def name_of(track: Track) -> str | None:
        meant = track.speaker is not None and (source is None or track.source == source)
        return final.get(track.speaker, track.speaker) if meant and track.speaker else track.speaker

    return recording.replace(renamed(recording.tracks, name_of), (*recording.issues, *issues))


def _where(tracks: Iterable[Track]) -> dict[str, list[str | None]]:
    """From a speaker's name to the sources that have it."""
    found: dict[str, dict[str | None, None]] = {}
    for track in tracks:
        if track.speaker is not None:
            found.setdefault(track.speaker, {})[track.source] = None
    return {name: list(sources) for name, sources in found.items()}


def _final(names: Mapping[str, str], speakers: Mapping[str, Sequence[str | None]]) -> dict[str, str]:
    """The name that each speaker ends up with, checked."""
    final: dict[str, str] = {}
    for name in names:
        if name not in speakers:
            raise _unknown(name, speakers)
        if len(speakers[name]) > 1:
            there = ", ".join(map(str, speakers[name]))
            raise OptionError(f"speaker {name!r} is in {there}: say which is meant with source=")
        seen, target = [name], names[name]
        while target in names and target not in seen:
            seen.append(target)
            target = names[target]
        if target in seen:
            raise OptionError(f"speakers go round in a circle: {' is '.join([*seen, target])}; name one that stays")
        final[name] = target
    targets = list(final.values())
    for target in targets:
        if not isinstance(target, str) or not target.strip():  # type: ignore[redundant-expr] # what was given may be None
            raise OptionError(f"a speaker cannot be named {target!r}: give a name")
        if target not in speakers and targets.count(target) == 1:
            raise _unknown(target, speakers, "; or give the same new name to two of them")
    return final


def _unknown(name: object, speakers: Mapping[str, object], more: str = "") -> OptionError:
    if not speakers:
        return OptionError(f"speaker {name!r} is not known: nobody has a name here")
    return OptionError(f"{one_of('speaker', name, list(speakers))}{more}")


# --- across files


@dataclass(frozen=True)
class Voice:
    """A named speaker of one file, with the mean of its embeddings, of length 1."""

    file: File
    name: str
    mean: NDArray[np.float64]


def link_speakers(recordings: Iterable[Recording], *, threshold: float = ALIKE) -> list[Recording]:
    """Return the recordings with one name for each speaker, in all files.

    Voices are compared by the cosine of the angle between their mean embeddings (extras ``speaker_embedding``; each row
    counts the same whatever its length). Those of different files that are all alike by at least ``threshold`` get the
    name that comes first, the most alike first (0.7 is a choice: see `ALIKE`). The speakers of one file (a source of a
    recording) are never joined. A name that means somebody else in another file is replaced by a new one, so that equal
    names are equal voices, or names without an embedding. Every link and every new name is an issue of the recording
    that it changes.

    >>> def said(source, **voices):
    ...     part = {"labels": ("Joy",), "matrix": np.array([[0.5]]), "modality": "prosody", "source": source}
    ...     return Recording(tuple(
    ...         Track(speaker=name, extras={"speaker_embedding": np.array([mean])}, **part)
    ...         for name, mean in voices.items()
    ...     ))
    >>> recordings = [said("a.wav", spk_0=[1.0, 0.0]), said("b.wav", spk_0=[0.0, 1.0], spk_1=[0.9, 0.1])]
    >>> linked = link_speakers(recordings)
    >>> [[track.speaker for track in recording.tracks] for recording in linked]
    [['spk_0'], ['spk_2', 'spk_0']]
    >>> for issue in linked[1].issues:
    ...     print(issue)
    b.wav: spk_1 is taken for spk_0 of a.wav: their voices are alike (0.99 of 1)
    b.wav: spk_0 is called spk_2 from here on: elsewhere spk_0 is, or may be, somebody else

    Raises:
        OptionError: the threshold is no cosine above 0 and up to 1.
    """
    if not 0 < threshold <= 1:
        raise OptionError(f"threshold {threshold!r}: give a cosine similarity above 0 and up to 1, such as {ALIKE}")
    given = list(recordings)
    voices = _voices(given)
    if not voices:
        return given
    groups, links = _groups(voices, threshold)
    names = _names(given, groups)
    issues: dict[int, list[Issue]] = {}
    for voice, first, alike in links:
        place = f" of {first.file[1]}" if first.file[1] is not None else ""
        new = names[first.file, first.name]
        called = f", called {new} from here on" if new != first.name else ""
        what = f"{voice.name} is taken for {first.name}{place}{called}: their voices are alike ({alike:.2f} of 1)"
        issues.setdefault(voice.file[0], []).append(Issue("speakers-linked", what, voice.file[1]))
    linked = {(voice.file, voice.name) for voice, _, _ in links}
    for (file, name), new in names.items():
        if new != name and (file, name) not in linked:
            what = f"{name} is called {new} from here on: elsewhere {name} is, or may be, somebody else"
            issues.setdefault(file[0], []).append(Issue("speaker-renamed", what, file[1]))
    return [_named(i, recording, names, issues.get(i, [])) for i, recording in enumerate(given)]


def _named(
    number: int, recording: Recording, names: Mapping[tuple[File, str], str], issues: Sequence[Issue]
) -> Recording:
    def name(track: Track) -> str | None:
        speaker = track.speaker
        return None if speaker is None else names.get(((number, track.source), speaker), speaker)

    return recording.replace(renamed(recording.tracks, name), (*recording.issues, *issues))


def _voices(recordings: Sequence[Recording]) -> list[Voice]:
    """The speakers that have embeddings, in the order of the recordings."""
    rows: dict[tuple[File, str], list[NDArray[np.float64]]] = {}
    for number, recording in enumerate(recordings):
        for track in recording.tracks:
            if track.speaker is not None and (unit := _unit(track)) is not None:
                rows.setdefault(((number, track.source), track.speaker), []).append(unit)
    voices = []
    for (file, name), parts in rows.items():
        alike = [part for part in parts if part.shape[1] == parts[0].shape[1]]
        mean = np.concatenate(alike).mean(axis=0)
        length = np.linalg.norm(mean)
        if length > 0:
            voices.append(Voice(file, name, mean / length))
    return voices


def _unit(track: Track) -> NDArray[np.float64] | None:
    """The embeddings of a track, each of length 1; None where there are none."""
    column = track.extras.get(EMBEDDING)
    if column is None or column.ndim != 2 or column.dtype.kind not in "fiu" or not column.shape[1]:  # noqa: PLR2004 - (n, d)
        return None
    rows = column.astype(np.float64)
    rows = rows[np.isfinite(rows).all(axis=1) & rows.any(axis=1)]
    if not len(rows):
        return None
    rows = rows / np.abs(rows).max(axis=1, keepdims=True)  # huge numbers have no square
    unit: NDArray[np.float64] = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    return unit


def _groups(voices: Sequence[Voice], threshold: float) -> tuple[list[list[Voice]], list[tuple[Voice, Voice, float]]]:
    """Voices that are one, and for each but the first of a group: (voice, first of its group, similarity)."""
    n = len(voices)
    alike = np.full((n, n), -math.inf)
    for size in {len(voice.mean) for voice in voices}:
        of_size = [i for i in range(n) if len(voices[i].mean) == size]
        means = np.stack([voices[i].mean for i in of_size])
        alike[np.ix_(of_size, of_size)] = np.clip(means @ means.T, -1.0, 1.0)
    one, other = np.nonzero(np.triu(alike >= threshold, 1))
    group = [{i} for i in range(n)]
    for k in np.argsort(-alike[one, other], kind="stable").tolist():
        a, b = group[one[k]], group[other[k]]
        files = [voices[i].file for i in (*a, *b)]
        if a is b or len(set(files)) < len(files) or alike[np.ix_(list(a), list(b))].min() < threshold:
            continue
        a |= b
        for i in b:
            group[i] = a
    members = [sorted(group[i]) for i in range(n) if min(group[i]) == i]
    links = [(voices[i], voices[first], float(alike[first, i])) for first, *rest in members for i in rest]
    return [[voices[i] for i in group] for group in members], links


def _names(recordings: Sequence[Recording], groups: Sequence[Sequence[Voice]]) -> dict[tuple[File, str], str]:
    """The name of every speaker that a group holds, or whose name a group has taken."""
    everyone = dict.fromkeys(
        ((number, track.source), track.speaker)
        for number, recording in enumerate(recordings)
        for track in recording.tracks
        if track.speaker is not None
    )
    used = {name for _, name in everyone}
    taken: set[str] = set()
    names: dict[tuple[File, str], str] = {}
    for group in groups:
        name = group[0].name
        if name in taken:
            name = _new(name, used)
        taken.add(name)
        names.update(((voice.file, voice.name), name) for voice in group)
    for file, name in everyone:
        if (file, name) not in names and name in taken:
            names[file, name] = _new(name, used)
    return names


def _new(name: str, used: set[str]) -> str:
    """A name of the same kind that nobody has: spk_2 after spk_1, Anna_2 after Anna."""
    stem = name.rstrip("0123456789")
    width = len(name) - len(stem)
    numbered = (f"{stem}{n:0{width}}" for n in count()) if width else (f"{name}_{n}" for n in count(2))
    fresh = next(candidate for candidate in numbered if candidate not in used)
    used.add(fresh)
    return fresh
