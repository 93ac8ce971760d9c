"""The examples of SENTENCES.md, literally; 20, 24 and 25 stand with what they are about."""

import json
from typing import Any

import numpy as np
import pytest

import leed
from tests.support.labels import GOEMOTIONS_28, full
from tests.support.parts import shared

THANKS = "Thank you so much, this saved my week"
FINE = "I'm fine"
GOING_ON = "Hey. What's going on?"

EXAMPLES: list[tuple[str, dict[str, Any], dict[str, Any], str]] = [
    ("1", {"Joy": 0.84}, {"modality": "face"}, "They look extremely joyful."),
    ("2", {"Sad": 0.34}, {"modality": "prosody", "text": FINE}, 'They said "I\'m fine" and sound quite sad.'),
    (
        "2 as Sadness",
        {"Sadness": 0.34},
        {"modality": "prosody", "text": FINE},
        'They said "I\'m fine" and sound quite sad.',
    ),
    (
        "3",
        full({"Interest": 0.476, "Excitement": 0.350, "Determination": 0.177}),
        {"modality": "prosody", "text": GOING_ON},
        'They said "Hey. What\'s going on?" and sound very interested, quite excited and somewhat determined.',
    ),
    ("4", {"Amusement": 0.61, "Joy": 0.58}, {"modality": "face"}, "They look quite amused and joyful."),
    (
        "5",
        {"Joy": 0.83, "Excitement": 0.64, "Ecstasy": 0.58},
        {"modality": "face"},
        "They look extremely joyful and very excited.",
    ),
    (
        "6",
        {"Relief": 0.31, "Sadness": 0.29},
        {"modality": "prosody"},
        "They sound both quite relieved and quite sad.",
    ),
    (
        "7",
        full({"Calmness": 0.07}),
        {"modality": "prosody", "text": "Okay, go on."},
        'They said "Okay, go on." and sound neutral.',
    ),
    ("10", {"Interest": 0.55}, {"modality": "face"}, "They look quite interested."),
    (
        "12a",
        {"HAPPY": 0.85, "NEUTRAL": 0.10, "SAD": 0.05, "ANGRY": 0},
        {"modality": "prosody"},
        "They sound clearly happy.",
    ),
    ("12b", {"ANGRY": 0.997}, {"modality": "prosody", "taxonomy": "phonexia-4"}, "They sound very clearly angry."),
    (
        "12b by quantity",
        {"ANGRY": 0.997},
        {"modality": "prosody", "quantity": "probability"},
        "They sound very clearly angry.",
    ),
    (
        "12b full",
        {"HAPPY": 0.001, "NEUTRAL": 0.001, "SAD": 0.001, "ANGRY": 0.997},
        {"modality": "prosody"},
        "They sound very clearly angry.",
    ),
    ("12c", {"SAD": 0.62, "NEUTRAL": 0.24}, {"modality": "prosody"}, "They probably sound sad."),
    (
        "13",
        {"NEUTRAL": 0.476, "SAD": 0.386, "HAPPY": 0.133, "ANGRY": 0.005},
        {"modality": "prosody"},
        "They sound either neutral or sad.",
    ),
    (
        "14",
        {"HAPPY": 0.28, "NEUTRAL": 0.27, "SAD": 0.25, "ANGRY": 0.20},
        {"modality": "prosody"},
        "It is unclear how they sound.",
    ),
    (
        "15",
        {"gratitude": 0.93, "joy": 0.41, "relief": 0.12},
        {"modality": "language", "text": THANKS, "taxonomy": "goemotions-28"},
        f'Their words "{THANKS}" read as very clearly grateful and possibly joyful.',
    ),
    (
        "15 full",
        {**dict.fromkeys(GOEMOTIONS_28, 0.004), "gratitude": 0.93, "joy": 0.41, "relief": 0.12},
        {"modality": "language", "text": THANKS},
        f'Their words "{THANKS}" read as very clearly grateful and possibly joyful.',
    ),
    (
        "16a",
        {"arousal": 0.90, "valence": 0.20, "dominance": 0.52},
        {"modality": "prosody"},
        "They sound highly energetic and rather negative in tone.",
    ),
    ("16b", {"arousal": 0.12, "valence": 0.48}, {"modality": "voice"}, "They sound very subdued."),
    ("17", {"Laugh": 0.81, "Amusement": 0.58}, {"modality": "burst"}, "They laughed and sound quite amused."),
    ("18", {"Relief": 0.47}, {"modality": "burst"}, "Without words, they sound moderately relieved."),
    (
        "19",
        {"Distress": 0.68, "Sadness": 0.46},
        {"modality": "language", "text": "I can't do this anymore"},
        'Their words "I can\'t do this anymore" read as very distressed and moderately sad.',
    ),
    (
        "21a",
        {
            "neutral": 0.93,
            "hesitation: yes": 0.83,
            "speaking_rate: fast": 0.79,
            "gender: male": 0.82,
            "age: 46 - 65": 0.73,
        },
        {"modality": "prosody"},
        "They sound neutral and hesitant, and speak fast.",
    ),
    (
        "21a as the page spells it",
        {"neutral": 0.93, "hesitation yes": 0.83, "rate fast": 0.79, "male": 0.82, "age 46-65": 0.73},
        {"modality": "prosody", "taxonomy": "behavioral-signals"},
        "They sound neutral and hesitant, and speak fast.",
    ),
    (
        "21b",
        {
            "sad": 0.51,
            "neutral": 0.45,
            "hesitation: yes": 0.62,
            "speaking_rate: slow": 0.66,
            "strength: weak": 0.51,
        },
        {"modality": "prosody"},
        "They sound either sad or neutral, probably hesitant, and probably speak slowly.",
    ),
    (
        "21b as the page spells it",
        {"sad": 0.51, "neutral": 0.45, "hesitation yes": 0.62, "rate slow": 0.66, "weak": 0.51},
        {"modality": "prosody", "taxonomy": "behavioral-signals"},
        "They sound either sad or neutral, probably hesitant, and probably speak slowly.",
    ),
    (
        "22",
        {"joy": "VERY_LIKELY", "surprise": "POSSIBLE", "anger": "VERY_UNLIKELY"},
        {"modality": "face"},
        "They look clearly joyful and possibly surprised.",
    ),
    ("23", {"Wistfulness": 0.45}, {"modality": "prosody"}, 'Their voice shows strong signs of "wistfulness".'),
    ("26", {"Joy": 0.84}, {}, "They come across as extremely joyful."),
]

PARAMETERS = pytest.mark.parametrize(
    ("scores", "about", "sentence"), [case[1:] for case in EXAMPLES], ids=[case[0] for case in EXAMPLES]
)


@PARAMETERS
def test_an_example_gives_its_sentence(scores: dict[str, Any], about: dict[str, Any], sentence: str) -> None:
    assert str(leed.describe(scores, **about)) == sentence


@PARAMETERS
def test_an_example_gives_its_sentence_as_text_alone(
    scores: dict[str, Any], about: dict[str, Any], sentence: str
) -> None:
    assert leed.Describer().text(scores, **about) == sentence


@PARAMETERS
def test_an_example_gives_its_sentence_whatever_the_order_of_its_labels(
    scores: dict[str, Any], about: dict[str, Any], sentence: str
) -> None:
    assert str(leed.describe(dict(reversed(scores.items())), **about)) == sentence


@PARAMETERS
def test_an_example_gives_its_sentence_in_a_matrix(
    scores: dict[str, Any], about: dict[str, Any], sentence: str
) -> None:
    about = {name: value for name, value in about.items() if name != "text"}
    words = {"VERY_UNLIKELY": 1, "UNLIKELY": 2, "POSSIBLE": 3, "LIKELY": 4, "VERY_LIKELY": 5}
    if any(isinstance(value, str) for value in scores.values()):
        about["quantity"] = "likelihood"
        scores = {label: words[value] for label, value in scores.items()}
    row = np.array([list(scores.values())], np.float32)
    without_text = str(leed.describe(scores, **about))
    assert leed.describe_matrix(row, list(scores), **about).to_list() == [without_text]
    if '"' not in sentence or "Wistfulness" in scores:
        assert without_text == sentence


INJECTED = [
    ("3", "The user sounds very interested, quite excited and somewhat determined."),
    ("1", "The user looks extremely joyful."),
    ("2", "The user sounds quite sad."),
    ("6", "The user sounds both quite relieved and quite sad."),
    ("12c", "The user probably sounds sad."),
    ("13", "The user sounds either neutral or sad."),
    ("14", "It is unclear how the user sounds."),
    ("15", "Their words read as very clearly grateful and possibly joyful."),
    ("17", "The user laughed and sounds quite amused."),
    ("18", "Without words, the user sounds moderately relieved."),
    ("21a", "The user sounds neutral and hesitant, and speaks fast."),
    ("21b", "The user sounds either sad or neutral, probably hesitant, and probably speaks slowly."),
    ("23", 'Their voice shows strong signs of "wistfulness".'),
    ("26", "The user comes across as extremely joyful."),
]


@pytest.mark.parametrize(("number", "sentence"), INJECTED)
def test_in_a_chat_the_person_is_the_user_and_the_words_are_not_repeated(number: str, sentence: str) -> None:
    _, scores, about, _ = next(case for case in EXAMPLES if case[0] == number)
    assert str(leed.Describer(person="The user", quote=False)(scores, **about)) == sentence


NOTABLE = {"7": False, "12c": True, "13": True, "1": True, "3": True, "14": False, "16b": True, "21a": True, "23": True}


@pytest.mark.parametrize(("number", "notable"), NOTABLE.items())
def test_nothing_notable_means_no_sentence_in_a_prompt(number: str, notable: bool) -> None:  # noqa: FBT001
    _, scores, about, _ = next(case for case in EXAMPLES if case[0] == number)
    assert leed.describe(scores, **about).notable is notable


def test_a_neutral_class_alone_is_not_notable() -> None:
    description = leed.describe(
        {"HAPPY": 0.02, "NEUTRAL": 0.95, "SAD": 0.02, "ANGRY": 0.01}, modality="prosody", text="Okay."
    )
    assert str(description) == 'They said "Okay." and sound neutral.'
    assert description.notable is False
    assert [term.label for term in description.terms] == ["NEUTRAL"]


@pytest.mark.needs_data
def test_example_3_from_the_recorded_evi_message() -> None:
    lines = shared("hume/evi/evi-recording.jsonl").read_text(encoding="utf-8").splitlines()
    message = next(m for m in map(json.loads, lines) if m["type"] == "user_message")
    scores, text = message["models"]["prosody"]["scores"], message["message"]["content"]
    assert len(scores) == 48
    assert str(leed.describe(scores, modality="prosody", text=text)) == (
        'They said "Hey. What\'s going on?" and sound very interested, quite excited and somewhat determined.'
    )
    assert str(leed.describe(scores, modality="prosody", text=text, person="The user", quote=False)) == (
        "The user sounds very interested, quite excited and somewhat determined."
    )


TERMS = [
    ("2", [("Sadness", 0.34, "quite", "sad")]),
    ("4", [("Amusement", 0.61, "quite", "amused"), ("Joy", 0.58, "quite", "joyful")]),
    ("5", [("Joy", 0.83, "extremely", "joyful"), ("Excitement", 0.64, "very", "excited")]),
    ("7", []),
    ("12b", [("ANGRY", 0.997, "very clearly", "angry")]),
    ("12c", [("SAD", 0.62, "probably", "sad")]),
    ("13", [("NEUTRAL", 0.476, None, "neutral"), ("SAD", 0.386, None, "sad")]),
    ("14", []),
    ("16a", [("arousal", 0.90, "highly", "energetic"), ("valence", 0.20, "rather", "negative in tone")]),
    ("17", [("Laugh", 0.81, None, None), ("Amusement", 0.58, "quite", "amused")]),
    ("22", [("joy", 5.0, "clearly", "joyful"), ("surprise", 3.0, "possibly", "surprised")]),
    ("23", [("Wistfulness", 0.45, "very", None)]),
]


@pytest.mark.parametrize(("number", "terms"), TERMS)
def test_every_phrase_is_traced_to_a_number(
    number: str, terms: list[tuple[str, float, str | None, str | None]]
) -> None:
    _, scores, about, _ = next(case for case in EXAMPLES if case[0] == number)
    found = leed.describe(scores, **about).terms
    assert [(t.label, t.score, t.adverb, t.adjective) for t in found] == terms


NOUN_FORMS = [
    (0.27, 'Their face shows a hint of "wistfulness".'),
    (0.36, 'Their face shows some signs of "wistfulness".'),
    (0.45, 'Their face shows moderate signs of "wistfulness".'),
    (0.54, 'Their face shows considerable signs of "wistfulness".'),
    (0.63, 'Their face shows strong signs of "wistfulness".'),
    (0.72, 'Their face shows very strong signs of "wistfulness".'),
]


@pytest.mark.parametrize(("score", "sentence"), NOUN_FORMS)
def test_every_adverb_has_its_form_before_a_noun(score: float, sentence: str) -> None:
    assert str(leed.describe({"Wistfulness": score}, modality="face")) == sentence


CLASSES = [
    ({"HAPPY": 0.30, "SAD": 0.10, "NEUTRAL": 0.14}, "They possibly sound happy."),
    ({"HAPPY": 0.55, "SAD": 0.20, "NEUTRAL": 0.25}, "They probably sound happy."),
    ({"HAPPY": 0.75, "SAD": 0.05, "NEUTRAL": 0.20}, "They sound clearly happy."),
    ({"HAPPY": 0.90, "SAD": 0.05, "NEUTRAL": 0.05}, "They sound very clearly happy."),
    ({"HAPPY": 0.29, "SAD": 0.10, "NEUTRAL": 0.05}, "It is unclear how they sound."),
    ({"HAPPY": 0.50, "SAD": 0.35, "NEUTRAL": 0.15}, "They sound either happy or sad."),
    ({"HAPPY": 0.51, "SAD": 0.35, "NEUTRAL": 0.14}, "They possibly sound happy."),
    ({"HAPPY": 0.35, "SAD": 0.33, "NEUTRAL": 0.32}, "They sound either happy, sad or neutral."),
    ({"HAPPY": 0.40, "SAD": 0.35, "NEUTRAL": 0.25}, "They sound either happy, sad or neutral."),
    ({"HAPPY": 0.30, "SAD": 0.25, "NEUTRAL": 0.25, "ANGRY": 0.20}, "It is unclear how they sound."),
    ({"HAPPY": 0.45, "SAD": 0.45, "NEUTRAL": 0.10}, "They sound either happy or sad."),
    ({"SAD": 0.45, "HAPPY": 0.45, "NEUTRAL": 0.10}, "They sound either happy or sad."),
    ({"NEUTRAL": 0.80, "SAD": 0.20, "HAPPY": 0.0}, "They sound neutral."),
    ({"NEUTRAL": 0.97, "SAD": 0.03, "HAPPY": 0.0}, "They sound neutral."),
    ({"NEUTRAL": 0.60, "SAD": 0.20, "HAPPY": 0.20}, "They probably sound neutral."),
]


@pytest.mark.parametrize(("scores", "sentence"), CLASSES)
def test_exclusive_classes_take_or_and_their_probability(scores: dict[str, float], sentence: str) -> None:
    assert str(leed.describe(scores, modality="prosody", taxonomy="phonexia-4")) == sentence


EMOTION2VEC = {
    "生气/angry": 0.0,
    "厌恶/disgusted": 0.0,
    "恐惧/fearful": 0.0,
    "开心/happy": 0.0,
    "中立/neutral": 0.0,
    "其他/other": 0.0,
    "难过/sad": 0.0,
    "吃惊/surprised": 0.0,
    "<unk>": 0.0,
}


@pytest.mark.parametrize(
    ("high", "sentence"),
    [
        ({"生气/angry": 0.98, "<unk>": 0.02}, "They sound very clearly angry."),
        ({"<unk>": 0.8, "生气/angry": 0.2}, "It is unclear how they sound."),
        ({"其他/other": 0.9, "难过/sad": 0.1}, "It is unclear how they sound."),
        ({"其他/other": 0.45, "难过/sad": 0.40, "中立/neutral": 0.15}, "It is unclear how they sound."),
        ({"难过/sad": 0.45, "其他/other": 0.40, "中立/neutral": 0.15}, "They possibly sound sad."),
        ({"难过/sad": 0.48, "中立/neutral": 0.42, "<unk>": 0.10}, "They sound either sad or neutral."),
    ],
)
def test_a_class_that_says_nothing_is_not_named(high: dict[str, float], sentence: str) -> None:
    assert str(leed.describe({**EMOTION2VEC, **high}, modality="prosody")) == sentence


def test_the_unknown_class_of_emotion2vec_may_come_as_an_empty_string() -> None:
    scores = {**EMOTION2VEC, "生气/angry": 0.1, "": 0.9}
    del scores["<unk>"]
    assert str(leed.describe(scores, modality="prosody", taxonomy="emotion2vec-9")) == "It is unclear how they sound."


def test_three_or_more_probabilities_that_sum_to_1_are_taken_as_exclusive_and_explain_says_so() -> None:
    description = leed.describe({"glad": 0.7, "gloomy": 0.2, "grim": 0.1}, modality="prosody")
    assert str(description) == 'Their voice shows probable signs of "glad".'
    assert "read as: probability of exclusive classes (three or more that sum to 1)" in description.explain()


@pytest.mark.parametrize(
    ("scores", "sentence"),
    [
        ({"glad": 0.5, "gloomy": 0.4, "grim": 0.1}, 'Their voice shows signs of either "glad" or "gloomy".'),
        ({"glad": 0.4, "gloomy": 0.3, "grim": 0.3}, 'Their voice shows signs of either "glad", "gloomy" or "grim".'),
    ],
)
def test_a_tie_of_unknown_classes_is_no_blend_either(scores: dict[str, float], sentence: str) -> None:
    assert str(leed.describe(scores, modality="prosody")) == sentence


def test_a_tie_of_a_known_and_an_unknown_class_is_not_told_as_both() -> None:
    sentence = str(leed.describe({"happy": 0.45, "gloomy": 0.40, "neutral": 0.15}, modality="prosody"))
    assert "either happy, and" not in sentence
    assert " or " in sentence


@pytest.mark.parametrize(
    ("scores", "sentence"),
    [
        ({"happy": 0.5, "sad": 0.4, "neutral": 0.1}, "They sound either happy or sad."),
        ({"happy": 0.9, "sad": 0.06, "neutral": 0.04}, "They sound very clearly happy."),
        ({"happy": 0.7, "sad": 0.5, "angry": 0.6}, None),
    ],
)
def test_the_sum_tells_classes_from_degrees(scores: dict[str, float], sentence: str | None) -> None:
    description = leed.describe(scores, modality="prosody")
    if sentence is None:
        assert " or " not in str(description)
    else:
        assert str(description) == sentence


HAND_PICKED = [
    # Hume's own names are intensities whatever they sum to.
    ({"Joy": 0.5, "Awe": 0.3, "Fear": 0.2}, "face", "They look moderately joyful and slightly awed."),
    ({"Joy": 0.7, "Fear": 0.3}, "face", "They look both very joyful and slightly fearful."),
]


@pytest.mark.parametrize(("scores", "modality", "sentence"), HAND_PICKED)
def test_labels_of_an_intensity_model_are_intensities_whatever_they_sum_to(
    scores: dict[str, float], modality: str, sentence: str
) -> None:
    assert str(leed.describe(scores, modality=modality)) == sentence


BIPOLAR = [
    ({"arousal": 0.60}, "They sound slightly energetic."),
    ({"arousal": 0.59}, "They sound neutral."),
    ({"arousal": 0.70}, "They sound rather energetic."),
    ({"arousal": 0.85}, "They sound highly energetic."),
    ({"arousal": 0.40}, "They sound slightly subdued."),
    ({"arousal": 0.41}, "They sound neutral."),
    ({"arousal": 0.30}, "They sound rather subdued."),
    ({"arousal": 0.15}, "They sound very subdued."),
    ({"valence": 0.60}, "They sound slightly positive in tone."),
    ({"valence": 0.85}, "They sound very positive in tone."),
    ({"valence": 0.15}, "They sound very negative in tone."),
    ({"dominance": 0.85}, "They sound very assertive."),
    ({"dominance": 0.15}, "They sound very deferential."),
    ({"arousal": 0.5, "valence": 0.5, "dominance": 0.5}, "They sound neutral."),
    ({"arousal": 0.45, "valence": 0.9, "dominance": 0.05}, "They sound very deferential and positive in tone."),
    ({"arousal": 1.2}, "They sound highly energetic."),
    ({"arousal": -0.2}, "They sound slightly subdued."),  # a negative number says -1 to 1, as to readers
]


@pytest.mark.parametrize(("scores", "sentence"), BIPOLAR)
def test_a_bipolar_score_is_named_by_its_distance_from_the_middle(scores: dict[str, float], sentence: str) -> None:
    assert str(leed.describe(scores, modality="prosody")) == sentence


def test_the_poles_of_a_face_are_of_expression_and_not_of_tone() -> None:
    assert str(leed.describe({"valence": 0.2}, modality="face")) == "They look rather negative in expression."


@pytest.mark.parametrize(
    ("word", "sentence"),
    [
        ("VERY_LIKELY", "They look clearly joyful."),
        ("LIKELY", "They probably look joyful."),
        ("POSSIBLE", "They possibly look joyful."),
        ("UNLIKELY", "They look neutral."),
        ("VERY_UNLIKELY", "They look neutral."),
        ("very_likely", "They look clearly joyful."),
        ("UNKNOWN", "There are no scores for their face."),
    ],
)
def test_likelihood_words_take_the_adverbs_of_probability(word: Any, sentence: str) -> None:
    assert str(leed.describe({"joy": word}, modality="face")) == sentence


@pytest.mark.parametrize(
    ("scores", "sentence"),
    [
        ({"Joy": True}, "They look joyful."),
        ({"Joy": True, "Awe": False}, "They look joyful."),
        ({"Joy": True, "Awe": True}, "They look awed and joyful."),
        ({"Joy": False}, "They look neutral."),
        ({"Wistfulness": True}, 'Their face shows signs of "wistfulness".'),
    ],
)
@pytest.mark.parametrize("quantity", ["presence", None])
def test_a_label_that_is_just_there_takes_no_degree(
    scores: dict[str, bool], sentence: str, quantity: str | None
) -> None:
    assert str(leed.describe(scores, modality="face", quantity=quantity)) == sentence


def sentiment(*weights: float) -> dict[str, float]:
    """A distribution over the nine steps of Hume's sentiment."""
    return {str(step): weight for step, weight in enumerate(weights, 1)}


@pytest.mark.parametrize(
    ("scores", "sentence"),
    [
        (sentiment(0, 0, 0, 0, 0, 0, 0, 0, 1), "Their words read as very positive in tone."),
        (sentiment(1, 0, 0, 0, 0, 0, 0, 0, 0), "Their words read as very negative in tone."),
        (sentiment(0, 0, 0, 0, 1, 0, 0, 0, 0), "Their words read as neutral."),
        (sentiment(0, 0, 0, 0, 0, 0, 1, 0, 0), "Their words read as rather positive in tone."),
        (sentiment(0, 0, 0, 1, 0, 0, 0, 0, 0), "Their words read as slightly negative in tone."),
        (sentiment(0.5, 0, 0, 0, 0, 0, 0, 0, 0.5), "Their words read as neutral."),
        (sentiment(*[0] * 9), "There are no scores for their words."),
        # Steps that were not reported leave the others where they are.
        ({"9": 0.95}, "Their words read as very positive in tone."),
        ({"8": 0.5, "9": 0.5}, "Their words read as very positive in tone."),
        ({"9": 0.5, "8": 0.5}, "Their words read as very positive in tone."),
        ({"1": 0.9, "2": 0.1, "5": None}, "Their words read as very negative in tone."),
    ],
)
def test_a_sentiment_distribution_is_named_by_its_mean(scores: dict[str, float], sentence: str) -> None:
    assert str(leed.describe(scores, modality="language", taxonomy="hume-sentiment-9")) == sentence


@pytest.mark.parametrize(
    ("scores", "sentence"),
    [
        (
            {"AU12": 0.6, "AU6": 0.5},
            "Their face shows considerable signs of lip corners pulled up and moderate signs of raised cheeks.",
        ),
        ({"AU12 Lip Corner Puller": 0.6}, "Their face shows considerable signs of lip corners pulled up."),
        ({"AU12_r": 0.6}, "Their face shows considerable signs of lip corners pulled up."),
        ({"Hand over Mouth": 0.72}, "Their face shows very strong signs of a hand over the mouth."),
        ({"AU45": 0.3}, "Their face shows a hint of blinking."),
        ({"AU45": 0.1, "AU12": 0.2}, "Nothing in their face stands out."),
        ({"AU45": 0.1, "Sadness": 0.2}, "They look neutral."),
    ],
)
def test_action_units_are_named_by_what_is_seen(scores: dict[str, float], sentence: str) -> None:
    assert str(leed.describe(scores, modality="face")) == sentence


BURSTS = [
    ({"Laugh": 0.81}, "They laughed."),
    ({"Laugh": 0.60}, "They probably laughed."),
    ({"Laugh": 0.54}, "Nothing in their voice stands out."),
    ({"Sigh": 0.9, "Laugh": 0.8}, "They sighed."),
    ({"Sigh": 0.8, "Sadness": 0.5, "Tiredness": 0.45}, "They sighed and sound moderately sad and tired."),
    ({"Ahh": 0.8}, 'They said "ahh".'),
    ({"Joy": 0.1}, "Without words, they sound neutral."),
    ({"Relief": 0.54, "Sadness": 0.53}, "Without words, they sound both quite relieved and quite sad."),
]


@pytest.mark.parametrize(("scores", "sentence"), BURSTS)
def test_a_burst_is_told_as_what_was_done(scores: dict[str, float], sentence: str) -> None:
    assert str(leed.describe(scores, modality="burst")) == sentence


UNKNOWN = [
    (
        {"Joy": 0.84, "Wistfulness": 0.6},
        "face",
        'They look extremely joyful, and their face shows considerable signs of "wistfulness".',
    ),
    (
        {"Wistfulness": 0.6, "Schadenfreude": 0.55},
        "face",
        'Their face shows considerable signs of "wistfulness" and "schadenfreude".',
    ),
    (
        {"Wistfulness": 0.72, "Schadenfreude": 0.55},
        "face",
        'Their face shows very strong signs of "wistfulness" and considerable signs of "schadenfreude".',
    ),
    ({"Wistfulness": 0.6}, "language", 'Their words show considerable signs of "wistfulness".'),
    ({"Wistfulness": 0.6}, None, 'Their expression shows considerable signs of "wistfulness".'),
    (
        {"Joy": 0.84, "Wistfulness": 0.6},
        "language",
        'Their words read as extremely joyful, and their words show considerable signs of "wistfulness".',
    ),
    ({"iPhoneJoy": 0.6}, "face", 'Their face shows considerable signs of "iPhoneJoy".'),
    ({"quiet_despair": 0.6}, "face", 'Their face shows considerable signs of "quiet despair".'),
    ({'a "b" c': 0.6}, "face", "Their face shows considerable signs of \"a 'b' c\"."),
]


@pytest.mark.parametrize(("scores", "modality", "sentence"), UNKNOWN)
def test_an_unknown_label_is_a_quoted_noun_beside_the_known(
    scores: dict[str, float], modality: str | None, sentence: str
) -> None:
    assert str(leed.describe(scores, modality=modality)) == sentence


def test_an_unknown_label_and_a_transcript_stand_in_one_sentence() -> None:
    assert str(leed.describe({"Joy": 0.84, "Wistfulness": 0.6}, modality="face", text="Hey")) == (
        'They said "Hey" and look extremely joyful, and their face shows considerable signs of "wistfulness".'
    )
    assert str(leed.describe({"Wistfulness": 0.6}, modality="face", text="Hey")) == (
        'They said "Hey" and their face shows considerable signs of "wistfulness".'
    )
