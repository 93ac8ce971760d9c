"""What several modalities say of one stretch: beside each other, or against each other where they clearly differ."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import leed
from leed.schema.utterances import Utterance
from tests.support.parts import shared
from tests.test_calibration import HUME_48

FINE = "No, it's fine."
APART: dict[str, Any] = {"language": {"Calmness": 0.55}, "prosody": {"Distress": 0.31, "Sadness": 0.22}}
AGAINST = "The words read as quite calm, but the voice sounds quite distressed and moderately sad."

GEGEN = "Die Worte wirken ziemlich ruhig, aber die Stimme klingt ziemlich aufgewühlt und recht traurig."


# --- example 20


def test_words_against_the_voice() -> None:
    description = leed.describe(APART, text=FINE)
    assert str(description) == f'They said "{FINE}" {AGAINST}'
    assert [(t.label, t.score) for t in description.terms] == [
        ("Calmness", 0.55),
        ("Distress", 0.31),
        ("Sadness", 0.22),
    ]
    assert description.notable
    assert "language (+0.67) and prosody (-0.67) lean to different sides" in description.explain()


@pytest.mark.parametrize(
    ("scores", "options", "sentence"),
    [
        (APART, {}, AGAINST),
        (APART, {"text": "no it is fine"}, f'They said "no it is fine". {AGAINST}'),
        (APART, {"text": FINE, "person": "The user"}, f'The user said "{FINE}" {AGAINST}'),
        (
            APART,
            {"tense": "past"},
            "The words read as quite calm, but the voice sounded quite distressed and moderately sad.",
        ),
        (
            APART,
            {"text": "Nein, passt schon.", "lang": "de"},
            f"Die Person sagte „Nein, passt schon.“ {GEGEN}",
        ),
        (
            {"prosody": {"Joy": 0.5}, "face": {"Disgust": 0.6}},
            {},
            "The voice sounds very joyful, but the face looks quite disgusted.",
        ),
        (
            {"language": {"Joy": 0.6}, "face": {"Disgust": 0.6}, "prosody": {"Joy": 0.11}},
            {},
            "The words read as quite joyful, but the face looks quite disgusted.",
        ),
    ],
)
def test_a_contrast_fits_person_tense_language_and_modality(
    scores: dict[str, Any], options: dict[str, Any], sentence: str
) -> None:
    assert str(leed.describe(scores, **options)) == sentence


@pytest.mark.parametrize(
    ("scores", "sentence"),
    [
        (
            {"language": {"Calmness": 0.3}, "prosody": {"Distress": 0.12}},
            "They sound slightly distressed. Their words read as slightly calm.",
        ),
        (
            {"language": {"Interest": 0.6}, "prosody": {"Surprise (negative)": 0.3}},
            None,
        ),
        (
            {"language": {"Sadness": 0.6}, "prosody": {"Distress": 0.31}, "face": {"Sadness": 0.6}},
            "They sound quite distressed. Their words read as quite sad. They look quite sad.",
        ),
        (
            {"language": {"Joy": 0.1}, "prosody": {"Sadness": 0.34}, "face": {"Joy": 0.1}},
            "They sound quite sad.",
        ),
        ({"language": {"Joy": 0.1}, "prosody": {"Sadness": 0.01}}, "They sound neutral."),
        ({"face": {"Joy": 0.84}}, "They look extremely joyful."),
    ],
    ids=["both faint", "one without a side", "alike", "one speaks", "none speaks", "only one"],
)
def test_what_does_not_clearly_differ_stands_side_by_side(scores: dict[str, Any], sentence: str | None) -> None:
    said = str(leed.describe(scores))
    assert "but" not in said
    assert sentence is None or said == sentence


def test_what_was_said_is_quoted_once() -> None:
    description = leed.describe({"prosody": {"Sadness": 0.34}, "language": {"Sadness": 0.6}}, text="I'm fine")
    assert str(description) == 'They said "I\'m fine" and sound quite sad. Their words read as quite sad.'
    assert description.text == "I'm fine"
    assert description.modality is None


def test_an_utterance_is_described() -> None:
    voice = leed.Segment(scores={"Distress": 0.31}, modality="prosody", begin=1.0, end=2.0, text=FINE, speaker="Anna")
    words = leed.Segment(scores={"Calmness": 0.55}, modality="language", begin=1.0, end=2.0, text=FINE)
    utterance = Utterance("a.wav", "Anna", 1.0, 2.0, FINE, prosody=voice, language=words)
    description = leed.describe(utterance, person="Anna")
    assert (
        str(description) == f'Anna said "{FINE}" The words read as quite calm, but the voice sounds quite distressed.'
    )
    assert (description.speaker, description.begin, description.end) == ("Anna", 1.0, 2.0)


def test_of_several_faces_none_is_taken() -> None:
    face = leed.Segment(scores={"Joy": 0.84}, modality="face")
    voice = leed.Segment(scores={"Sadness": 0.34}, modality="prosody")
    one = Utterance(None, None, None, None, None, prosody=voice, faces=(face,))
    two = Utterance(None, None, None, None, None, prosody=voice, faces=(face, face))
    assert str(leed.describe(one)) == "The voice sounds quite sad, but the face looks extremely joyful."
    assert str(leed.describe(two)) == "They sound quite sad."


def test_the_assistants_voice_is_not_the_users() -> None:
    voice = leed.Segment(scores={"Joy": 0.5}, modality="prosody", channel="assistant", text="Hello!")
    utterance = Utterance(None, None, None, None, "Hello!", prosody=voice)
    assert str(leed.describe(utterance, person="The user")) == 'The assistant said "Hello!" and sounds very joyful.'


@pytest.mark.parametrize("given_", [{"prosody": [1]}, {"Joy": {"score": 1}}, {"prosody": {"Joy": 0.5}, "Awe": 0.3}])
def test_what_is_neither_scores_nor_modalities_is_said(given_: Any) -> None:
    with pytest.raises(leed.LeedError):
        leed.describe(given_)


@pytest.mark.needs_data
def test_every_real_utterance_is_described() -> None:
    for utterance in leed.read(shared("hume/interreviewer/predictions.json")).utterances():
        description = leed.describe(utterance)
        assert str(description).endswith(".")
        assert str(utterance.text) in str(description) or "..." in str(description)


scores = st.dictionaries(st.sampled_from(HUME_48), st.floats(0, 1, width=32), min_size=1, max_size=5)
parts = st.dictionaries(st.sampled_from(["face", "prosody", "burst", "language"]), scores, min_size=1)


@given(parts, st.one_of(st.none(), st.text(max_size=30)), st.sampled_from(["en", "de"]))
@settings(max_examples=150)
def test_any_modalities_give_whole_sentences_with_terms_that_are_in_them(
    given_: dict[str, dict[str, float]], text: str | None, lang: str
) -> None:
    description = leed.describe(given_, text=text, lang=lang)
    assert "\n" not in str(description)
    assert str(description).endswith(".")
    assert all(np.isfinite(term.score) for term in description.terms)
    assert description.explain()
