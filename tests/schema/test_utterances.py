"""One item per spoken stretch, with what each modality had to say."""

from typing import Any

import pytest

import leed
from leed.schema import Recording
from tests.support.parts import shared


def row(modality: str, begin: float | None, end: float | None, text: str | None = None, **more: Any) -> dict[str, Any]:
    fields = {"begin": begin, "end": end, "text": text, **{k: more.pop(k) for k in ("speaker",) if k in more}}
    return {modality: more, **{k: v for k, v in fields.items() if v is not None}}


def read(*rows: dict[str, Any]) -> Recording:
    return leed.read(list(rows))


def test_words_join_the_voice_that_they_overlap_although_their_spans_differ() -> None:
    """As in real predictions: the voice from 3.03 to 4.07, the words from 3.23 to 3.87."""
    recording = read(
        row("prosody", 3.03, 4.07, "Hi.", Joy=0.3, speaker="spk_0"),
        row("prosody", 3.91, 5.19, "How are you?", Joy=0.2, speaker="spk_1"),
        row("language", 3.23, 3.87, "Hi.", Calmness=0.6),
        row("language", 4.11, 4.99, "How are you?", Interest=0.5),
    )
    found = recording.utterances()
    assert [(u.speaker, u.text, u.language and u.language.scores) for u in found] == [
        ("spk_0", "Hi.", {"Calmness": 0.6}),
        ("spk_1", "How are you?", {"Interest": 0.5}),
    ]
    assert all(u.missing == () for u in found)


def test_what_a_modality_has_nothing_to_say_of_is_missing() -> None:
    recording = read(
        row("prosody", 0, 1, "One.", Joy=0.3),
        row("prosody", 2, 3, "Two.", Joy=0.2),
        row("language", 0, 1, "One.", Joy=0.4),
        row("face", 2.5, 2.5, Joy=0.8),
    )
    first, second = recording.utterances()
    assert (first.missing, second.missing) == (("face",), ("language",))
    assert [f.scores for f in second.faces] == [{"Joy": 0.8}]
    assert (second.faces[0].begin, second.faces[0].end) == (2.0, 3.0)


def test_bursts_stand_with_the_stretch_before_them() -> None:
    recording = read(
        row("prosody", 1, 2, "One.", Joy=0.3),
        row("prosody", 5, 6, "Two.", Joy=0.2),
        row("burst", 0.1, 0.3, Relief=0.5),
        row("burst", 3.0, 3.5, Amusement=0.7),
        row("burst", 9.0, 9.5, Pain=0.7),
    )
    first, second = recording.utterances()
    assert [b.begin for b in first.bursts] == [0.1, 3.0]
    assert [b.begin for b in second.bursts] == [9.0]


def test_without_times_the_same_text_joins() -> None:
    recording = read(
        row("prosody", None, None, "One.", Joy=0.3),
        row("prosody", None, None, "Two.", Joy=0.2),
        row("language", None, None, "Two.", Joy=0.4),
    )
    assert [(u.text, u.language is not None) for u in recording.utterances()] == [("One.", False), ("Two.", True)]


def test_words_alone_are_the_stretches() -> None:
    (utterance,) = read(row("language", 0, 1, "One.", Joy=0.3)).utterances()
    assert utterance.language is not None
    assert (utterance.prosody, utterance.text, utterance.missing) == (None, "One.", ())


def test_several_words_in_one_stretch_are_taken_together() -> None:
    recording = read(
        row("prosody", 0, 2, "It came!", Joy=0.3),
        row("language", 0, 1, "It", Joy=0.2),
        row("language", 1, 2, "came!", Joy=0.6),
    )
    (utterance,) = recording.utterances()
    assert utterance.language is not None
    assert (utterance.language.text, utterance.language.scores) == ("It came!", {"Joy": 0.4})


def test_faces_alone_have_no_utterances() -> None:
    assert read(row("face", 0, 0, Joy=0.3)).utterances() == []
    assert Recording().utterances() == []


@pytest.mark.needs_data
def test_a_real_interview() -> None:
    found = leed.read(shared("hume/interreviewer/predictions.json")).utterances()
    assert len(found) == 24
    assert all(u.text and u.prosody and u.language and u.language.text == u.text for u in found)
    assert [len(u.faces) for u in found[:3]] == [2, 2, 2]
