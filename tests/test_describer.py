"""What a sentence says of scores, by modality, words, person and tense; labels under other names."""

import math
from typing import Any

import pytest

import leed

SAD = {"Sadness": 0.45}

MODALITY_NAMES = [
    ("face", "They look moderately sad."),
    ("facial", "They look moderately sad."),
    ("video", "They look moderately sad."),
    ("image", "They look moderately sad."),
    ("FACE", "They look moderately sad."),
    ("prosody", "They sound very sad."),
    ("voice", "They sound very sad."),
    ("speech", "They sound very sad."),
    ("audio", "They sound very sad."),
    ("burst", "Without words, they sound moderately sad."),
    ("language", "Their words read as moderately sad."),
    ("text", "Their words read as moderately sad."),
    (None, "They come across as moderately sad."),
]


@pytest.mark.parametrize(("name", "sentence"), MODALITY_NAMES)
def test_a_modality_has_its_usual_names_and_its_own_verb(name: str | None, sentence: str) -> None:
    assert str(leed.describe(SAD, modality=name)) == sentence


PERSONS = [
    # person, present, past, with a transcript
    (None, "They sound very sad.", "They sounded very sad.", 'They said "Hi" and sound very sad.'),
    ("They", "They sound very sad.", "They sounded very sad.", 'They said "Hi" and sound very sad.'),
    ("The user", "The user sounds very sad.", "The user sounded very sad.", 'The user said "Hi" and sounds very sad.'),
    ("You", "You sound very sad.", "You sounded very sad.", 'You said "Hi" and sound very sad.'),
    ("We", "We sound very sad.", "We sounded very sad.", 'We said "Hi" and sound very sad.'),
    ("I", "I sound very sad.", "I sounded very sad.", 'I said "Hi" and sound very sad.'),
    ("He", "He sounds very sad.", "He sounded very sad.", 'He said "Hi" and sounds very sad.'),
    ("She", "She sounds very sad.", "She sounded very sad.", 'She said "Hi" and sounds very sad.'),
    ("Anna", "Anna sounds very sad.", "Anna sounded very sad.", 'Anna said "Hi" and sounds very sad.'),
    (
        "Speaker 1",
        "Speaker 1 sounds very sad.",
        "Speaker 1 sounded very sad.",
        'Speaker 1 said "Hi" and sounds very sad.',
    ),
]


@pytest.mark.parametrize(("person", "present", "past", "said"), PERSONS)
def test_a_person_and_a_tense_give_the_form_of_the_verb(person: str | None, present: str, past: str, said: str) -> None:
    assert str(leed.describe(SAD, modality="prosody", person=person)) == present
    assert str(leed.describe(SAD, modality="prosody", person=person, tense="past")) == past
    assert str(leed.describe(SAD, modality="prosody", person=person, text="Hi")) == said


@pytest.mark.parametrize(
    ("given", "known"), [("they", "They"), ("the user", "The user"), ("SHE", "She"), ("you", "You")]
)
def test_the_case_of_a_person_is_forgiven(given: str, known: str) -> None:
    assert str(leed.describe(SAD, modality="prosody", person=given)) == str(
        leed.describe(SAD, modality="prosody", person=known)
    )


POSSESSIVES = [
    (None, 'Their face shows considerable signs of "wistfulness".', "Their words read as quite joyful."),
    ("She", 'Her face shows considerable signs of "wistfulness".', "Her words read as quite joyful."),
    ("He", 'His face shows considerable signs of "wistfulness".', "His words read as quite joyful."),
    ("You", 'Your face shows considerable signs of "wistfulness".', "Your words read as quite joyful."),
    ("I", 'My face shows considerable signs of "wistfulness".', "My words read as quite joyful."),
    ("Anna", 'Their face shows considerable signs of "wistfulness".', "Their words read as quite joyful."),
]


@pytest.mark.parametrize(("person", "shows", "words"), POSSESSIVES)
def test_a_person_has_a_face_and_words(person: str | None, shows: str, words: str) -> None:
    assert str(leed.describe({"Wistfulness": 0.6}, modality="face", person=person)) == shows
    assert str(leed.describe({"Joy": 0.6}, modality="language", person=person)) == words


PAST = [
    ({"Joy": 0.6}, "face", None, "They looked quite joyful."),
    ({"Joy": 0.6}, "language", None, "Their words read as quite joyful."),
    ({"Joy": 0.6}, None, None, "They came across as quite joyful."),
    ({"Joy": 0.6}, "burst", None, "Without words, they sounded quite joyful."),
    ({"Laugh": 0.8, "Joy": 0.6}, "burst", None, "They laughed and sounded quite joyful."),
    ({"Joy": 0.6}, "face", "Hi", 'They said "Hi" and looked quite joyful.'),
    ({"Joy": 0.01}, "face", None, "They looked neutral."),
    ({"Wistfulness": 0.6}, "face", None, 'Their face showed considerable signs of "wistfulness".'),
    ({"HAPPY": 0.25, "SAD": 0.25, "NEUTRAL": 0.25, "ANGRY": 0.25}, "prosody", None, "It was unclear how they sounded."),
    ({"SAD": 0.62, "NEUTRAL": 0.24}, "prosody", None, "They probably sounded sad."),
    ({"sad": 0.9, "speaking_rate: slow": 0.9}, "prosody", None, "They sounded very clearly sad and spoke slowly."),
    ({}, "face", None, "There were no scores for their face."),
]


@pytest.mark.parametrize(("scores", "modality", "text", "sentence"), PAST)
def test_the_past_is_told_in_the_past(
    scores: dict[str, float], modality: str | None, text: str | None, sentence: str
) -> None:
    assert str(leed.describe(scores, modality=modality, text=text, tense="past")) == sentence


NOTHING: list[tuple[dict[str, Any], str | None, str | None, str]] = [
    ({}, "face", None, "There are no scores for their face."),
    ({}, None, None, "There are no scores for their expression."),
    ({"Joy": None}, "prosody", None, "There are no scores for their voice."),
    ({"Joy": math.nan}, "language", None, "There are no scores for their words."),
    ({"Joy": math.inf}, "face", None, "There are no scores for their face."),
    ({"Joy": None}, "face", "Hi", 'They said "Hi", and there are no scores for their face.'),
    ({"Joy": None, "Awe": 0.1}, "face", None, "They look neutral."),
    ({"Joy": None, "AU12": 0.1}, "face", None, "Nothing in their face stands out."),
    ({"Pain": 0.9}, "face", None, "What their face shows is left unsaid."),
    ({"Pain": 0.9, "Joy": 0.1}, "face", None, "What their face shows is left unsaid."),
    ({"Pain": 0.9, "Joy": 0.5}, "face", None, "They look moderately joyful."),
    ({"Pain": 0.1, "Joy": 0.1}, "face", None, "They look neutral."),
]


@pytest.mark.parametrize(("scores", "modality", "text", "sentence"), NOTHING)
def test_what_is_not_reported_or_not_named_is_said_in_a_sentence_of_its_own(
    scores: dict[str, Any], modality: str | None, text: str | None, sentence: str
) -> None:
    description = leed.describe(scores, modality=modality, text=text)
    assert str(description) == sentence
    assert description.notable is bool(description.terms)


BLENDS = [
    ({"Relief": 0.31, "Sadness": 0.29}, "They sound both quite relieved and quite sad."),
    ({"Joy": 0.45, "Sadness": 0.12}, "They sound both very joyful and slightly sad."),
    ({"Relief": 0.31, "Joy": 0.29}, "They sound quite relieved and joyful."),
    ({"Distress": 0.31, "Sadness": 0.22}, "They sound quite distressed and moderately sad."),
    ({"Excitement": 0.3, "Boredom": 0.3}, "They sound both quite bored and quite excited."),
    ({"Joy": 0.3, "Sadness": 0.3, "Awe": 0.3}, "They sound quite awed, joyful and sad."),
    ({"Joy": 0.6, "Awe": 0.3, "Pride": 0.3}, "They sound extremely joyful, and quite awed and proud."),
    ({"Joy": 0.6, "Awe": 0.57, "Pride": 0.3}, "They sound extremely awed and joyful, and quite proud."),
    ({"Joy": 0.6, "Awe": 0.45, "Pride": 0.3}, "They sound extremely joyful, very awed and quite proud."),
]


@pytest.mark.parametrize(("scores", "sentence"), BLENDS)
def test_several_terms_are_joined(scores: dict[str, float], sentence: str) -> None:
    if "awed and joyful" in sentence:
        scores = {**scores, "Joy": 0.57, "Awe": 0.6}
    assert str(leed.describe(scores, modality="prosody")) == sentence


FOLDED = [
    ({"Joy": 0.8, "Ecstasy": 0.8}, "They look extremely ecstatic."),
    ({"Joy": 0.81, "Ecstasy": 0.8}, "They look extremely joyful."),
    ({"Fear": 0.8, "Horror": 0.7, "Anxiety": 0.6}, "They look extremely fearful and quite anxious."),
    ({"joy": 0.8, "joyful": 0.7}, "They look extremely joyful."),
    ({"Sadness": 0.5, "sad": 0.6}, "They look quite sad."),
    ({"Contentment": 0.8, "Satisfaction": 0.7, "Joy": 0.6}, "They look extremely content and quite joyful."),
]


@pytest.mark.parametrize(("scores", "sentence"), FOLDED)
def test_a_near_synonym_of_a_stronger_label_is_not_said(scores: dict[str, float], sentence: str) -> None:
    assert str(leed.describe(scores, modality="face")) == sentence


TIES = [
    ({"Triumph": 0.8, "Admiration": 0.8, "Joy": 0.8, "Awe": 0.8}, "They look extremely admiring, awed and joyful."),
    ({"Zeal": 0.8, "Ardour": 0.8}, 'Their face shows very strong signs of "zeal" and "ardour".'),
    # These two are one number in float32.
    ({"Joy": 0.5000000001, "Awe": 0.5}, "They look moderately awed and joyful."),
    ({"Joy": 0.5, "Awe": 0.5000000001}, "They look moderately awed and joyful."),
]


@pytest.mark.parametrize(("scores", "sentence"), TIES)
def test_ties_keep_the_order_of_the_taxonomy(scores: dict[str, float], sentence: str) -> None:
    assert str(leed.describe(scores, modality="face")) == sentence
    assert leed.describe_matrix([list(scores.values())], list(scores), modality="face").to_list() == [sentence]


# --- aliases

ALIASES = [
    *[(alias, None, "happy") for alias in ("hap", "HAP", "happy", "Happy", "HAPPY", "happiness", "开心", "开心/happy")],
    *[(alias, None, "joyful") for alias in ("joy", "JOY", "joyful", "Joyful", "joyous")],
    *[(alias, None, "sad") for alias in ("sad", "Sad", "SAD", "sadness", "Sadness", "sorrow", "难过/sad", "悲伤")],
    *[(alias, None, "angry") for alias in ("ang", "angry", "ANGRY", "anger", "Anger", "生气/angry", "生气", "mad")],
    *[
        (alias, None, "fearful")
        for alias in ("fea", "fear", "Fear", "FEAR", "fearful", "FEARFUL", "afraid", "恐惧/fearful", "scared")
    ],
    *[(alias, None, "surprised") for alias in ("surprise", "surprised", "SURPRISED", "sur", "吃惊/surprised")],
    *[(alias, None, "disgusted") for alias in ("dis", "disgust", "disgusted", "DISGUSTED", "厌恶/disgusted")],
    *[(alias, None, "calm") for alias in ("calm", "CALM", "Calmness", "calmness")],
    *[
        (alias, None, "moved by beauty")
        for alias in (
            "Aesthetic Appreciation",
            "aesthetic_appreciation",
            "AESTHETIC-APPRECIATION",
            "aestheticAppreciation",
            " aesthetic  appreciation ",
        )
    ],
    *[
        (alias, None, "pleasantly surprised")
        for alias in ("Surprise (positive)", "surprise positive", "surprise_positive")
    ],
    *[(alias, None, "ill at ease") for alias in ("Awkwardness", "awkward")],
]


@pytest.mark.parametrize(("alias", "adjective"), [(alias, adjective) for alias, _, adjective in ALIASES])
def test_a_label_is_known_by_its_aliases(alias: str, adjective: str) -> None:
    assert str(leed.describe({alias: 0.6}, modality="face", quantity="intensity")) == f"They look quite {adjective}."


def test_a_term_has_the_spelling_of_the_taxonomy() -> None:
    terms = leed.describe({"aesthetic_appreciation": 0.6, "sad": 0.5}, modality="face").terms
    assert [term.label for term in terms] == ["Aesthetic Appreciation", "Sadness"]
