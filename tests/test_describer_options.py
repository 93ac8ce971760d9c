"""Options of a Describer, and those that are refused."""

import json
import math
from collections import OrderedDict
from collections.abc import Callable, Mapping
from decimal import Decimal
from fractions import Fraction
from types import MappingProxyType
from typing import Any

import numpy as np
import pytest

import leed
from tests.support.labels import FACE_BOUNDS, MODALITIES, PROSODY_BOUNDS, full


def test_top_bounds_the_number_of_terms() -> None:
    scores = {"Joy": 0.80, "Awe": 0.70, "Interest": 0.60, "Relief": 0.50, "Pride": 0.40, "Guilt": 0.30}
    sentences = {
        1: "They look extremely joyful.",
        2: "They look extremely joyful and very awed.",
        3: "They look extremely joyful, very awed and quite interested.",
        4: "They look extremely joyful, very awed, quite interested and moderately relieved.",
        "all": "They look extremely joyful, very awed, quite interested, moderately relieved, somewhat proud and "
        "slightly burdened by guilt.",
    }
    for top, sentence in sentences.items():
        assert str(leed.describe(scores, modality="face", top=top)) == sentence
    assert str(leed.describe(scores, modality="face")) == sentences[3]
    assert str(leed.describe(scores, modality="face", top=100)) == sentences["all"]


SENSITIVE = ["Romance", "Desire", "Pain"]


@pytest.mark.parametrize("label", SENSITIVE)
def test_a_sensitive_label_is_named_only_when_asked_for_by_name(label: str) -> None:
    scores = full({label: 0.9, "Awe": 0.5})
    assert str(leed.describe(scores, modality="face")) == "They look moderately awed."
    for allow in ([label], [label.upper()], (label,), {label}, [f" {label.lower()} "]):
        terms = leed.describe(scores, modality="face", allow=allow).terms
        assert [term.label for term in terms] == [label, "Awe"]
    others = [name for name in SENSITIVE if name != label]
    assert [t.label for t in leed.describe(scores, modality="face", allow=others).terms] == ["Awe"]


@pytest.mark.parametrize(
    "label",
    [
        "gender: male",
        "gender: female",
        "age: 46 - 65",
        "Age",
        "Gender",
        "Accent",
        "Ethnicity",
        "Sexual_Lust",
        "Intoxication_Altered_States_of_Consciousness",
        "Malevolence_Malice",
        "Infatuation",
        "lust",
        "drunk",
        "identity_hate",
    ],
)
def test_age_gender_accent_identity_and_the_like_stay_out_of_sentences(label: str) -> None:
    for modality in MODALITIES:
        for score in (0.05, 0.95):
            description = leed.describe({label: score, "Joy": 0.5}, modality=modality)
            assert {term.label for term in description.terms} <= {"Joy"}
            assert leed.describe({label: score}, modality=modality).terms == ()


def test_age_and_gender_are_said_when_allowed() -> None:
    scores = {"neutral": 0.93, "gender: male": 0.82, "age: 46 - 65": 0.73}
    assert str(leed.describe(scores, modality="prosody")) == "They sound neutral."
    assert str(leed.describe(scores, modality="prosody", allow=["gender: male"])) == "They sound neutral and male."


def test_an_ignored_label_is_never_named() -> None:
    scores = {"Joy": 0.84, "Awe": 0.5, "sad": 0.45}
    assert str(
        leed.describe(scores, modality="face", ignore=["Joy"])
    ) == "They look both moderately awed and moderately sad." or (
        str(leed.describe(scores, modality="face", ignore=["Joy"])) == "They look moderately awed and sad."
    )
    assert str(leed.describe(scores, modality="face", ignore=["JOY", "sadness"])) == "They look moderately awed."
    unsaid = str(leed.describe(scores, modality="face", ignore=["Joy", "Awe", "Sadness"]))
    assert unsaid == "What their face shows is left unsaid."
    assert leed.describe({"Wistfulness": 0.9}, modality="face", ignore=["wistfulness"]).terms == ()


def test_an_ignored_label_hides_no_near_synonym() -> None:
    assert (
        str(leed.describe({"Joy": 0.83, "Ecstasy": 0.58}, modality="face", ignore=["Joy"]))
        == "They look quite ecstatic."
    )


def test_a_sensitive_label_hides_no_near_synonym() -> None:
    """Desire is withheld; craving, which is near it, is said."""
    assert str(leed.describe({"Desire": 0.9, "Craving": 0.6}, modality="face")) == "They look quite craving something."


@pytest.mark.parametrize(
    ("quote", "sentence"),
    [
        (True, 'They said "one two three four" and look quite joyful.'),
        (False, "They look quite joyful."),
        (0, "They look quite joyful."),
        (9, 'They said "one two…" and look quite joyful.'),
        (18, 'They said "one two three four" and look quite joyful.'),
        (17, 'They said "one two three…" and look quite joyful.'),
    ],
)
def test_quote_says_how_much_of_the_text_is_repeated(quote: bool | int, sentence: str) -> None:  # noqa: FBT001
    assert str(leed.describe({"Joy": 0.6}, modality="face", text="one two three four", quote=quote)) == sentence


def test_one_character_is_not_the_same_as_all_of_them() -> None:
    """True equals 1 in Python, and describe remembers the describers that it made."""
    about: dict[str, Any] = {"modality": "face", "text": "one two"}
    assert str(leed.describe({"Joy": 0.6}, quote=True, **about)) == 'They said "one two" and look quite joyful.'
    assert str(leed.describe({"Joy": 0.6}, quote=1, **about)) == str(leed.Describer(quote=1)({"Joy": 0.6}, **about))
    with pytest.raises(leed.LeedError):
        [leed.describe({"Joy": 0.6}, top=top) for top in (1, True)]


@pytest.mark.parametrize("text", ["", " ", "\n\t", "\u200b", "\x00\x01", "\u202e"])
def test_a_text_without_words_is_not_quoted(text: str) -> None:
    assert str(leed.describe({"Joy": 0.6}, modality="face", text=text)) == "They look quite joyful."


WRONG_OPTIONS: list[tuple[dict[str, Any], str]] = [
    ({"tense": "presnt"}, "tense 'presnt' is not known: give one of present, past (did you mean 'present'?)"),
    ({"tense": None}, "tense None is not known"),
    ({"top": 0}, "top is 0; give a number from 1, or 'all'"),
    ({"top": -1}, "top is -1; give a number from 1, or 'all'"),
    ({"top": True}, "top is True; give a number from 1, or 'all'"),
    ({"top": "3"}, "top is '3'; give a number from 1, or 'all'"),
    ({"top": 2.5}, "top is 2.5; give a number from 1, or 'all'"),
    ({"lang": "xx"}, "lang 'xx' is not known: give one of en"),
    ({"lang": None}, "lang None is not known"),
    ({"lang": ["en"]}, "lang ['en'] is not known"),
    ({"scale": "hume-203"}, "(did you mean 'hume-2023'?)"),
    ({"ignore": "Joy"}, "ignore takes a list of labels; for one, write ['Joy']"),
    ({"allow": "Pain"}, "allow takes a list of labels; for one, write ['Pain']"),
    ({"ignore": 3}, "ignore"),
    ({"ignore": [3]}, "ignore"),
    ({"allow": None}, "allow"),
    ({"quote": -1}, "quote is -1; give True, False, or how many characters to quote at most"),
    ({"quote": "no"}, "quote is 'no'"),
    ({"quote": None}, "quote is None"),
    ({"person": 3}, "person"),
    ({"person": ["They"]}, "person"),
    ({"person": "  "}, "person"),
    ({"person": "\x00"}, "person"),
]


@pytest.mark.parametrize(("option", "message"), WRONG_OPTIONS, ids=lambda value: str(value)[:40])
@pytest.mark.parametrize("way", ["Describer", "describe"])
def test_a_wrong_option_is_one_line_that_says_what_is_accepted(option: dict[str, Any], message: str, way: str) -> None:
    with pytest.raises(leed.LeedError) as caught:
        leed.Describer(**option) if way == "Describer" else leed.describe({"Joy": 0.8}, **option)
    assert message in str(caught.value)
    assert len(str(caught.value).splitlines()) == 1


WRONG_ARGUMENTS: list[tuple[dict[str, Any], str]] = [
    ({"modality": "fce"}, "(did you mean 'face'?)"),
    ({"modality": 3}, "modality 3 is not known"),
    ({"modality": ["face"]}, "modality ['face'] is not known"),
    ({"quantity": "intensty"}, "(did you mean 'intensity'?)"),
    ({"quantity": ["intensity"]}, "quantity"),
    ({"taxonomy": "hume48"}, "(did you mean 'hume-48'?)"),
    ({"taxonomy": 48}, "taxonomy 48 is not known"),
    ({"taxonomy": ["hume-48"]}, "taxonomy"),
    ({"text": 3}, "text"),
    ({"text": b"Hi"}, "text"),
    ({"text": ["Hi"]}, "text"),
    ({"describer": 3}, "describer"),
    ({"describer": leed.Describer, "top": None}, "describer"),
    ({"describer": leed.Describer(), "top": 2, "lang": "en"}, "give either describer= or top, lang=, not both"),
    ({"nonsense": 1}, "the options are scale, calibration, top, lang, person, tense, ignore, allow, quote"),
]


@pytest.mark.parametrize(("about", "message"), WRONG_ARGUMENTS, ids=lambda value: str(value)[:40])
def test_a_wrong_argument_is_one_line_too(about: dict[str, Any], message: str) -> None:
    with pytest.raises(leed.LeedError) as caught:
        leed.describe({"Joy": 0.8}, **about)
    assert message in str(caught.value)
    assert len(str(caught.value).splitlines()) == 1


def test_an_unknown_option_is_answered_with_the_nearest() -> None:
    with pytest.raises(leed.LeedError, match="tens"):
        leed.describe({"Joy": 0.8}, tens="past")


WRONG_SCORES: list[tuple[Any, str]] = [
    (None, "cannot describe NoneType: give a mapping of label to score"),
    (0.84, "cannot describe float: give a mapping of label to score"),
    ("Joy", "cannot describe str: give a mapping of label to score"),
    (b"{}", "cannot describe bytes: give a mapping of label to score"),
    (["Joy"], "cannot describe list: give a mapping of label to score"),
    ([("Joy", 0.8)], "cannot describe list: give a mapping of label to score"),
    ({"Joy"}, "cannot describe set: give a mapping of label to score"),
    (np.array([0.8]), "cannot describe ndarray: give a mapping of label to score"),
    (iter([]), "cannot describe list_iterator: give a mapping of label to score"),
    ({"Anna": {"Joy": 0.8}}, "the score of 'Anna' is itself a dict: describe takes one set of scores"),
    ({"Joy": [0.8]}, "the score of 'Joy' is itself a list"),
]


@pytest.mark.parametrize(("scores", "message"), WRONG_SCORES, ids=lambda value: str(value)[:40])
def test_scores_that_are_none_say_what_to_give(scores: Any, message: str) -> None:
    for call in (leed.describe, leed.Describer().describe, leed.Describer().text, leed.Describer()):
        with pytest.raises(leed.LeedError) as caught:
            call(scores)
        assert message in str(caught.value)
        assert len(str(caught.value).splitlines()) == 1


class Lookalike(Mapping[str, float]):
    """A mapping that is no dict."""

    def __init__(self, scores: dict[str, float]) -> None:
        self.scores = scores

    def __getitem__(self, label: str) -> float:
        return self.scores[label]

    def __iter__(self) -> Any:
        return iter(self.scores)

    def __len__(self) -> int:
        return len(self.scores)


@pytest.mark.parametrize("kind", [dict, OrderedDict, MappingProxyType, Lookalike])
def test_any_mapping_will_do(kind: Callable[[dict[str, float]], Mapping[str, float]]) -> None:
    scores = {"Joy": 0.84, "Awe": 0.5}
    assert str(leed.describe(kind(scores), modality="face")) == "They look extremely joyful and moderately awed."
    assert leed.Describer().text(kind(scores), modality="face") == "They look extremely joyful and moderately awed."
    assert scores == {"Joy": 0.84, "Awe": 0.5}


def test_a_list_of_names_and_scores_will_do() -> None:
    given_ = [{"name": "Joy", "score": 0.84}, {"name": "Awe", "score": 0.5}]
    assert str(leed.describe(given_, modality="face")) == "They look extremely joyful and moderately awed."  # type: ignore[arg-type]


NUMBERS = [
    0.84,
    np.float32(0.84),
    np.float64(0.84),
    np.float16(0.84),
    Decimal("0.84"),
    Fraction(84, 100),
    "0.84",
    " 0.84 ",
    np.array(0.84),
]


@pytest.mark.parametrize("number", NUMBERS, ids=lambda n: type(n).__name__)
def test_any_kind_of_number_will_do_and_leaves_as_plain_data(number: Any) -> None:
    for others in ({}, {"Awe": number, "Interest": 0.1, "Fear": 0.0, "Guilt": 0.3}):
        description = leed.describe({"Joy": number, **others}, modality="face")
        assert "extremely" in str(description)
        assert "joyful" in str(description)
        plain = json.loads(json.dumps(description.to_dict()))
        assert plain["terms"][0]["score"] == pytest.approx(0.84, abs=1e-3)
        assert all(type(term.score) is float for term in description.terms)
        assert description.explain()


# Halves round bounds: 0.44 is 0.43994 as a half, which float32 puts below the bound.
@pytest.mark.parametrize("modality", ["face", "prosody"])
@pytest.mark.parametrize("bound", sorted({*FACE_BOUNDS, *PROSODY_BOUNDS}))
def test_half_precision_scores_are_compared_in_float32_too(modality: str, bound: float) -> None:
    scores: list[Any] = [np.float16(bound), np.nextafter(np.float16(bound), np.float16(0))]
    for score in scores:
        sentence = str(leed.describe({"Joy": float(score)}, modality=modality))
        assert str(leed.describe({"Joy": score}, modality=modality)) == sentence
        assert leed.Describer().text({"Joy": score}, modality=modality) == sentence
        assert leed.describe_matrix(np.array([[score]]), ["Joy"], modality=modality).to_list() == [sentence]


ODD: list[tuple[dict[Any, Any], str, list[str]]] = [
    ({"Joy": math.nan, "Awe": 0.5}, "They look moderately awed.", ["not-finite"]),
    ({"Joy": math.inf, "Awe": 0.5}, "They look moderately awed.", ["not-finite"]),
    ({"Joy": -math.inf, "Awe": 0.5}, "They look moderately awed.", ["not-finite"]),
    ({"Joy": 10**400, "Awe": 0.5}, "They look moderately awed.", ["not-finite"]),
    ({"Joy": "0.84"}, "They look extremely joyful.", ["not-a-number"]),
    ({"Joy": "high", "Awe": 0.5}, "They look moderately awed.", ["unreadable-score"]),
    ({"Joy": "nan", "Awe": 0.5}, "They look moderately awed.", ["not-finite"]),
    ({"Joy": object(), "Awe": 0.5}, "They look moderately awed.", ["unreadable-score"]),
    ({"Joy": None, "Awe": 0.5}, "They look moderately awed.", []),
    ({3: 0.5}, 'Their face shows moderate signs of "3".', []),
    ({"Joy": -0.5, "Awe": 0.5}, "They look moderately awed.", []),
    ({"Joy": 7, "Awe": 0.5}, "They look extremely joyful and moderately awed.", []),
]


@pytest.mark.parametrize(("scores", "sentence", "codes"), ODD, ids=lambda value: str(value)[:40])
def test_odd_scores_are_described_and_reported(scores: dict[Any, Any], sentence: str, codes: list[str]) -> None:
    description = leed.describe(scores, modality="face")
    assert str(description) == sentence
    if not any(isinstance(v, float) and not math.isfinite(v) for v in scores.values()):
        assert [issue.code for issue in description.issues] == codes


@pytest.mark.parametrize("score", [math.nan, math.inf, -math.inf])
def test_a_score_that_is_not_finite_is_reported(score: float) -> None:
    assert [issue.code for issue in leed.describe({"Joy": score, "Awe": 0.5}).issues] == ["not-finite"]
