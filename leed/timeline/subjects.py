"""Who a sentence of a timeline is about: names, numbered speakers and faces, the user and the assistant."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from leed import quoting
from leed.describer import ASSISTANT, Describer

if TYPE_CHECKING:
    from leed.lexicon.timeline import Timeline
    from leed.schema.tracks import Track

QUOTED = 100
"""How many characters of a transcript a moment quotes at most."""

_USER, _ASSISTANT = "The user", "The assistant"
_NUMBERED = re.compile(r"(?:spk|spkr|speaker|person|voice|face|id|track|s|p)?[\s_-]*(\d{1,6})", re.IGNORECASE)
_NAME = re.compile(r"[^\W\d_][\w.'’-]*(?: [\w.'’-]+){0,2}")
_LONGEST = 30  # characters of a name


@dataclass(frozen=True, eq=False)
class Subject:
    """One person, as far as the recording tells people apart.

    Attributes:
        source: where they are heard or seen.
        describer: words sentences about them.
        name: what sentences call them; None where "They" will do.
        order: their place in the recording, by source and by when they are first heard or seen; who has no name last.
        assistant: whether it is an assistant's own voice.
    """

    source: str | None
    describer: Describer
    name: str | None
    order: int
    assistant: bool = False


def subjects(tracks: Sequence[Track], describer: Describer, frames: Timeline) -> list[Subject]:
    """Return the subject of each track, one object for one person.

    Where a source has no more than one voice and one face, they are taken for one person. The assistant's own voice is
    always somebody else's.
    """
    places: dict[str | None, list[int]] = {}
    for i, track in enumerate(tracks):
        places.setdefault(track.source, []).append(i)
    about: dict[str | None, Describer] = {}
    found: dict[tuple[str | None, str | None, bool], Subject] = {}
    whose: dict[int, Subject] = {}
    for source, own in places.items():
        cast = _Cast([tracks[i] for i in own], describer, frames)
        for i in sorted(own, key=lambda i: (_unknown(tracks[i]), _first(tracks[i]), i)):
            assistant = tracks[i].channel == ASSISTANT
            speaker = None if assistant or cast.alone else tracks[i].speaker
            if (source, speaker, assistant) not in found:
                name = _ASSISTANT if assistant else cast.name(speaker)
                person = name if assistant or speaker is not None else cast.person
                if person not in about:
                    about[person] = describer.replace(person=person, quote=min(describer.quote, QUOTED))
                found[source, speaker, assistant] = Subject(source, about[person], name, len(found), assistant)
            whose[i] = found[source, speaker, assistant]
    return [whose[i] for i in range(len(tracks))]


class _Cast:
    """The people of one source, and what they are called.

    Attributes:
        alone: whether there is one person at most, beside an assistant.
        person: whom sentences are about that no speaker is known for.
        helped: whether an assistant speaks too.
    """

    def __init__(self, tracks: Sequence[Track], describer: Describer, frames: Timeline) -> None:
        self._describer = describer
        self._frames = frames
        others = [t for t in tracks if t.channel != ASSISTANT]
        voices = dict.fromkeys(t.speaker for t in others if t.modality != "face" and t.speaker is not None)
        seen = dict.fromkeys(t.speaker for t in others if t.modality == "face" and t.speaker is not None)
        faces = [face for face in seen if face not in voices]
        named = [name for name in (*voices, *faces) if not _NUMBERED.fullmatch(name.strip())]
        self.alone = len(voices) <= 1 and len(faces) <= 1 and len(named) <= 1
        self.helped = len(others) < len(tracks)
        self.person = describer.person if self.alone else None
        if self.alone and self.person is None:
            self.person = self._called(named[0]) if named else _USER if self.helped else None
        self._names: dict[str, str] = {}
        for listed, numbered in ((voices, self._speaker), (faces, self._face)):
            numbers = _numbers(listed)
            for speaker in listed:
                shown = numbered(numbers[speaker]) if speaker in numbers else self._called(speaker)
                self._names[speaker] = (
                    shown if shown not in self._names.values() else f"{shown} ({len(self._names) + 1})"
                )

    def name(self, speaker: str | None) -> str | None:
        """Return what tells a speaker or a face apart; None where there is nobody else."""
        return self._names[speaker] if speaker is not None else self.person if self.helped else None

    def _called(self, name: str) -> str:
        """A name as it may stand in a sentence: as it is where it is like one, else marked as one and quoted."""
        shown = quoting.spoken(name, _LONGEST) or "?"
        if shown.casefold() in ("user", _USER.casefold()):
            return _USER
        lexicon = self._describer.lexicon
        known = any(lexicon.person_named(shown) is person for person in lexicon.persons.values())
        return shown if _NAME.fullmatch(shown) and not known else self._frames.named.format(name=shown)

    def _speaker(self, number: int) -> str:
        return self._frames.speaker.format(n=number)

    def _face(self, number: int) -> str:
        faces = self._frames.faces
        return faces[number - 1] if number <= len(faces) else self._frames.face.format(n=number)


def _numbers(names: Sequence[str] | dict[str, None]) -> dict[str, int]:
    """From 1 on, in the order of the numbers in names such as spk_0."""
    found = {name: match for name in names if (match := _NUMBERED.fullmatch(name.strip())) is not None}
    return {name: i for i, name in enumerate(sorted(found, key=lambda n: int(found[n][1])), 1)}


def _unknown(track: Track) -> bool:
    return track.speaker is None and track.channel != ASSISTANT


def _first(track: Track) -> float:
    """When a track begins; what has no time begins with the rest."""
    return float(np.fmin.reduce(track.begin, initial=np.inf)) if len(track) else np.inf
