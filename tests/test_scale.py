"""Bounds to the last bit, the presets, and scales of a user's own."""

import json
import math
import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import leed
from leed.float32 import float32, least_double
from leed.scale import NAMES, Scale, Steps, get_scale
from tests.support.labels import ADVERBS, FACE_BOUNDS, HUME_48, PROSODY_BOUNDS

LIKELY = ("possibly", "probably", "clearly", "very clearly")

# (modality, bounds, adverbs) of the default scale, as SENTENCES.md gives them.
INTENSITY = [
    ("face", FACE_BOUNDS),
    ("language", FACE_BOUNDS),
    ("burst", FACE_BOUNDS),
    (None, FACE_BOUNDS),
    ("prosody", PROSODY_BOUNDS),
]


def adverb_of(scores: Any, **about: Any) -> str | None:
    """The adverb of the only term, or None where nothing is named."""
    terms = leed.describe(scores, **about).terms
    assert len(terms) <= 1
    return terms[0].adverb if terms else None


def test_the_default_bounds_are_those_of_the_page() -> None:
    scale = get_scale()
    assert scale.name == "leed-2026-11"
    for modality, bounds in INTENSITY:
        assert scale.steps("intensity", modality) == Steps(bounds, ADVERBS)
    for modality in ("face", "prosody", "burst", "language", None):
        assert scale.steps("probability", modality) == Steps((0.30, 0.55, 0.75, 0.90), LIKELY)
        assert scale.steps("bipolar", modality) == Steps((0.10, 0.20, 0.35), ("slightly", "rather", "very"))
    assert (scale.plain_from, scale.said_from, scale.tie, scale.top) == (0.75, 0.55, 0.15, 3)


def around(bound: float) -> list[tuple[float, bool]]:
    """Float64 scores near a bound, and whether the bound is reached in float32."""
    exact = float(np.float32(bound))
    below32 = float(np.nextafter(np.float32(bound), np.float32(0)))
    above32 = float(np.nextafter(np.float32(bound), np.float32(2)))
    middle = (exact + below32) / 2
    scores = [
        bound,
        math.nextafter(bound, 0),
        math.nextafter(bound, 2),
        exact,
        math.nextafter(exact, 0),
        below32,
        above32,
        math.nextafter(below32, 1),
        middle,
        math.nextafter(middle, 0),
        math.nextafter(middle, 1),
    ]
    return [(score, bool(np.float32(score) >= np.float32(bound))) for score in scores]


BOUNDS = [
    *[
        pytest.param({"modality": m, "quantity": "intensity"}, "Joy", bounds, ADVERBS, i, id=f"{m} {bounds[i]}")
        for m, bounds in INTENSITY
        for i in range(6)
    ],
    *[
        pytest.param(
            {"modality": m, "quantity": "probability", "exclusive": exclusive},
            "Joy",
            (0.30, 0.55, 0.75, 0.90),
            LIKELY,
            i,
            id=f"{m} probability {'of a class ' if exclusive else ''}{i}",
        )
        for m in ("face", "prosody", None)
        for exclusive in (False, True)
        for i in range(4)
    ],
    *[
        pytest.param({"modality": "face", "quantity": "likelihood"}, "joy", (3, 4, 5), LIKELY[:3], i, id=f"likely {i}")
        for i in range(3)
    ],
]


@pytest.mark.parametrize(("about", "label", "bounds", "adverbs", "step"), BOUNDS)
def test_a_score_on_a_bound_gives_the_same_words_from_everything(
    about: dict[str, Any], label: str, bounds: tuple[float, ...], adverbs: tuple[str, ...], step: int
) -> None:
    """Bounds are float32 and inclusive below; dict, numpy scalar, matrix and Track agree to the last bit."""
    for score, reached in around(bounds[step]):
        expected = adverbs[step] if reached else adverbs[step - 1] if step else None
        assert adverb_of({label: score}, **about) == expected, score
        assert adverb_of({label: np.float64(score)}, **about) == expected, score
        assert adverb_of({label: np.float32(score)}, **about) == expected, score
        sentence = str(leed.describe({label: score}, **about))
        assert leed.Describer().text({label: score}, **about) == sentence
        single: Any = np.float32(score)
        assert leed.Describer().text({label: single}, **about) == sentence
        for kind in (np.float32, np.float64):
            assert leed.describe_matrix(np.array([[score]], kind), [label], **about).to_list() == [sentence], score
        track = leed.Track(
            labels=(label,),
            matrix=np.array([[score]], np.float32),
            modality=about["modality"],
            quantity=about["quantity"],
            exclusive=about.get("exclusive", False),
        )
        assert str(leed.describe(track.segment(0))) == sentence, score


@pytest.mark.parametrize(("modality", "bounds"), INTENSITY)
def test_bounds_hold_among_all_48_labels_too(modality: str | None, bounds: tuple[float, ...]) -> None:
    """The same with a whole taxonomy present, where the quick ways are taken."""
    describer = leed.Describer(calibration="none")
    for step, bound in enumerate(bounds):
        for score, reached in around(bound):
            low = dict.fromkeys(HUME_48, 0.01)
            strong = {**low, "Joy": 0.95, "Awe": 0.93, "Interest": score, "Fear": 0.04, "Guilt": 0.03}
            expected = ADVERBS[step] if reached else ADVERBS[step - 1] if step else None
            description = describer(strong, modality=modality)
            found = {term.label: term.adverb for term in description.terms}.get("Interest")
            assert found == expected, score
            row = np.array([list(strong.values())])
            for matrix in (row, row.astype(np.float32)):
                sentences = leed.describe_matrix(matrix, list(strong), modality=modality, describer=describer)
                assert sentences.to_list() == [str(description)]


@pytest.mark.parametrize("distance", [0.10, 0.20, 0.35])
@pytest.mark.parametrize("side", [-1, 1])
def test_bipolar_bounds_are_inclusive_at_both_ends(distance: float, side: int) -> None:
    bound = np.float32(0.5 + side * distance)
    steps = {0.10: (None, "slightly"), 0.20: ("slightly", "rather"), 0.35: ("rather", "very")}[distance]
    outward = np.nextafter(bound, np.float32(side * 2))
    inward = np.nextafter(bound, np.float32(0.5))
    for score, expected in [(bound, steps[1]), (outward, steps[1]), (inward, steps[0])]:
        assert adverb_of({"valence": float(score)}, modality="prosody") == expected
        assert adverb_of({"valence": score}, modality="prosody") == expected
        sentence = str(leed.describe({"valence": float(score)}, modality="prosody"))
        assert leed.describe_matrix([[score]], ["valence"], modality="prosody").to_list() == [sentence]


@pytest.mark.parametrize("bound", [0.55, 0.75])
@pytest.mark.parametrize("label", ["hesitation: yes", "Laugh"])
def test_attributes_and_acts_have_the_bounds_of_being_said(bound: float, label: str) -> None:
    modality = "burst" if label == "Laugh" else "prosody"
    for score, reached in around(bound):
        terms = leed.describe({label: score}, modality=modality).terms
        if bound == 0.55:
            assert [term.adverb for term in terms] == (["probably"] if reached else [])
        else:
            assert [term.adverb for term in terms] == ([None] if reached else ["probably"])


@given(st.floats(0, 1))
def test_every_score_stands_on_the_step_that_float32_says(score: float) -> None:
    for modality, bounds in INTENSITY:
        step = int(np.searchsorted(np.array(bounds, np.float32), np.float32(score), side="right")) - 1
        assert adverb_of({"Joy": score}, modality=modality) == (ADVERBS[step] if step >= 0 else None)


@given(st.floats(2**-126, 1e30))
def test_the_least_double_is_the_least_that_rounds_to_the_bound(bound: float) -> None:
    least = least_double(bound)
    assert np.float32(least) >= np.float32(bound)
    assert np.float32(math.nextafter(least, -math.inf)) < np.float32(bound)


@given(st.floats(width=32))
def test_float32_is_what_numpy_makes_of_it(value: float) -> None:
    for near in (value, math.nextafter(value, math.inf), math.nextafter(value, -math.inf)):
        with np.errstate(over="ignore"):
            expected = float(np.float32(near))
        assert float32(near) == expected or (math.isnan(expected) and math.isnan(float32(near)))


# --- presets


def presets_sentence(scale: str, modality: str = "face", **scores: float) -> str:
    return str(leed.describe(scores, modality=modality, scale=scale))


PRESETS = [
    ("hume-2023", "face", {"Joy": 0.84}, "They look extremely joyful."),
    ("hume-2023", "prosody", {"Sad": 0.34}, "They sound slightly sad."),
    ("hume-2023", "prosody", {"Sad": 0.25}, "They sound neutral."),
    (
        "hume-2023",
        "face",
        {"Joy": 0.83, "Ecstasy": 0.58, "Excitement": 0.64},
        "They look extremely joyful, very excited and quite ecstatic.",
    ),
    ("hume-2023", "face", {"Pain": 0.5}, "They look moderately pained."),
    (
        "hume-2023",
        "face",
        {"Joy": 0.8, "Awe": 0.7, "Interest": 0.6, "Relief": 0.5, "Pride": 0.4},
        "They look extremely joyful, very awed, quite interested, moderately relieved and somewhat proud.",
    ),
    ("three-step", "face", {"Joy": 0.26}, "They look slightly joyful."),
    ("three-step", "face", {"Joy": 0.43}, "They look slightly joyful."),
    ("three-step", "face", {"Joy": 0.44}, "They look quite joyful."),
    ("three-step", "face", {"Joy": 0.70}, "They look quite joyful."),
    ("three-step", "face", {"Joy": 0.71}, "They look extremely joyful."),
    ("three-step", "prosody", {"Joy": 0.10}, "They sound slightly joyful."),
    ("three-step", "prosody", {"Joy": 0.20}, "They sound quite joyful."),
    ("three-step", "prosody", {"Joy": 0.55}, "They sound extremely joyful."),
    ("four-step", "face", {"Joy": 0.26}, "They look slightly joyful."),
    ("four-step", "face", {"Joy": 0.44}, "They look quite joyful."),
    ("four-step", "face", {"Joy": 0.62}, "They look very joyful."),
    ("four-step", "face", {"Joy": 0.71}, "They look extremely joyful."),
    ("four-step", "prosody", {"Joy": 0.40}, "They sound very joyful."),
    ("words-and-number", "prosody", {"Sadness": 0.45}, "They sound very sad (5 of 6)."),
    ("words-and-number", "prosody", {"Sadness": 0.10}, "They sound slightly sad (1 of 6)."),
    (
        "words-and-number",
        "face",
        {"Joy": 0.84, "Awe": 0.72},
        "They look extremely joyful (6 of 6) and extremely awed (6 of 6).",
    ),
    (
        "words-and-number",
        "prosody",
        {"Relief": 0.31, "Sadness": 0.29},
        "They sound both quite relieved (4 of 6) and quite sad (4 of 6).",
    ),
    ("words-and-number", "prosody", {"Wistfulness": 0.45}, 'Their voice shows strong signs of "wistfulness" (5 of 6).'),
    ("words-and-number", "face", {"Joy": 0.1}, "They look neutral."),
]


@pytest.mark.parametrize(("scale", "modality", "scores", "sentence"), PRESETS)
def test_a_preset_words_scores_its_own_way(scale: str, modality: str, scores: dict[str, float], sentence: str) -> None:
    assert str(leed.describe(scores, modality=modality, scale=scale)) == sentence
    row = [list(scores.values())]
    assert leed.describe_matrix(row, list(scores), modality=modality, scale=scale).to_list() == [sentence]


@pytest.mark.parametrize(
    ("scores", "about", "sentence"),
    [
        ({"arousal": 0.9}, {"modality": "prosody"}, "They sound highly energetic (3 of 3)."),
        ({"SAD": 0.62, "NEUTRAL": 0.24}, {"modality": "prosody"}, "They probably sound sad (2 of 4)."),
        ({"joy": "VERY_LIKELY"}, {"modality": "face"}, "They look clearly joyful (3 of 3)."),
    ],
)
def test_numbers_count_the_steps_of_the_quantity(scores: dict[str, Any], about: dict[str, Any], sentence: str) -> None:
    assert str(leed.describe(scores, scale="words-and-number", **about)) == sentence


@pytest.mark.parametrize("name", NAMES)
def test_a_preset_is_a_dated_or_described_file_with_a_source(name: str) -> None:
    scale = get_scale(name)
    assert scale.name == name
    assert scale.source
    assert len(scale.digest) == 12
    for quantity in ("intensity", "probability", "likelihood", "bipolar"):
        for steps in getattr(scale, quantity).values():
            assert len(steps.bounds) == len(steps.adverbs) == len(set(steps.adverbs))
            assert list(steps.bounds) == sorted(set(steps.bounds))


# The published way: for every label its adverb by the bounds, no matter the modality; nothing folded, nothing left out.
@given(st.lists(st.one_of(st.floats(0, 1, width=32), st.sampled_from(FACE_BOUNDS)), min_size=48, max_size=48))
def test_hume_2023_names_every_label_above_the_floor_by_its_bounds(scores: list[float]) -> None:
    row = dict(zip(HUME_48, scores, strict=True))
    expected = {}
    for label, score in row.items():
        for bound, adverb in zip(FACE_BOUNDS, ADVERBS, strict=True):
            if np.float32(score) >= np.float32(bound):
                expected[label] = adverb
    describer = leed.Describer(scale="hume-2023")
    for modality in ("face", "prosody", "burst", "language"):
        description = describer(row, modality=modality)
        assert {term.label: term.adverb for term in description.terms} == expected
        if not expected:
            assert str(description).endswith("neutral.")
        strengths = [term.score for term in description.terms]
        assert strengths == sorted(strengths, reverse=True)


# --- a scale of one's own

OWN: dict[str, Any] = {
    "name": "mine-2026",
    "top": 2,
    "intensity": {
        "default": {"bounds": [0.3, 0.5, 0.7], "adverbs": ["slightly", "quite", "a great deal"]},
        "prosody": {"bounds": [0.1, 0.2, 0.4], "adverbs": ["slightly", "quite", "a great deal"]},
    },
    "adverbs": {"a great deal": {"noun": "a great deal of {noun}"}},
}

OWN_TOML = """
name = "mine-2026"
top = 2
[intensity.default]
bounds = [0.3, 0.5, 0.7]
adverbs = ["slightly", "quite", "a great deal"]
[intensity.prosody]
bounds = [0.1, 0.2, 0.4]
adverbs = ["slightly", "quite", "a great deal"]
[adverbs."a great deal"]
noun = "a great deal of {noun}"
"""


@pytest.fixture(params=["mapping", "json", "toml", "path", "scale"])
def own(request: pytest.FixtureRequest, tmp_path: Path) -> Any:
    """One and the same scale in every way it can be given."""
    if request.param == "mapping":
        return OWN
    if request.param == "scale":
        return get_scale(OWN)
    kind = "json" if request.param == "path" else request.param
    path = tmp_path / f"mine.{kind}"
    path.write_text(OWN_TOML if kind == "toml" else json.dumps(OWN), encoding="utf-8")
    return path if request.param == "path" else os.fspath(path)


def test_an_own_scale_gives_its_words(own: Any) -> None:
    assert str(leed.describe({"Joy": 0.7, "Awe": 0.5, "Fear": 0.4}, modality="face", scale=own)) == (
        "They look a great deal joyful and quite awed."
    )
    assert str(leed.describe({"Joy": 0.29}, modality="face", scale=own)) == "They look neutral."
    assert str(leed.describe({"Sadness": 0.34}, modality="prosody", scale=own)) == "They sound quite sad."
    assert str(leed.describe({"Wistfulness": 0.8}, modality="face", scale=own)) == (
        'Their face shows a great deal of "wistfulness".'
    )


def test_what_an_own_scale_leaves_out_is_as_in_the_default(own: Any) -> None:
    assert str(leed.describe({"SAD": 0.62, "NEUTRAL": 0.24}, modality="prosody", scale=own)) == (
        "They probably sound sad."
    )
    assert str(leed.describe({"arousal": 0.9}, modality="prosody", scale=own)) == "They sound highly energetic."


def test_an_own_scale_is_known_by_its_name_and_content(own: Any) -> None:
    describer = leed.Describer(scale=own)
    assert describer.scale.name == "mine-2026"
    assert isinstance(describer.scale, Scale)
    assert describer.fingerprint != leed.Describer().fingerprint
    assert describer.fingerprint == leed.Describer(scale=own).fingerprint


def test_a_scale_of_one_modality_leaves_the_others_as_they_are() -> None:
    scale = {"name": "p", "intensity": {"prosody": {"bounds": [0.5], "adverbs": ["very"]}}}
    assert str(leed.describe({"Joy": 0.49}, modality="prosody", scale=scale)) == "They sound neutral."
    assert str(leed.describe({"Joy": 0.5}, modality="prosody", scale=scale)) == "They sound very joyful."
    assert str(leed.describe({"Joy": 0.84}, modality="face", scale=scale)) == "They look extremely joyful."


@pytest.mark.parametrize(
    ("setting", "scores", "about", "sentence"),
    [
        (
            {"fold": False},
            {"Joy": 0.83, "Ecstasy": 0.58},
            {"modality": "face"},
            "They look extremely joyful and quite ecstatic.",
        ),
        ({"sensitive": True}, {"Pain": 0.83}, {"modality": "face"}, "They look extremely pained."),
        ({"numbers": True}, {"Joy": 0.83}, {"modality": "face"}, "They look extremely joyful (6 of 6)."),
        ({"top": 1}, {"Joy": 0.83, "Awe": 0.5}, {"modality": "face"}, "They look extremely joyful."),
        (
            {"top": None},
            {"Joy": 0.8, "Awe": 0.7, "Interest": 0.6, "Pride": 0.5},
            {"modality": "face"},
            "They look extremely joyful, very awed, quite interested and moderately proud.",
        ),
        (
            {"tie": 0.05},
            {"NEUTRAL": 0.476, "SAD": 0.386, "HAPPY": 0.133, "ANGRY": 0.005},
            {"modality": "prosody"},
            "They possibly sound neutral.",
        ),
        ({"plain_from": 0.9}, {"hesitation: yes": 0.83}, {"modality": "prosody"}, "They sound clearly hesitant."),
        (
            {"said_from": 0.9},
            {"hesitation: yes": 0.62, "neutral": 0.8},
            {"modality": "prosody"},
            "They sound neutral.",
        ),
    ],
)
def test_an_own_scale_sets_more_than_bounds(
    setting: dict[str, Any], scores: dict[str, float], about: dict[str, Any], sentence: str
) -> None:
    assert str(leed.describe(scores, scale={"name": "mine", **setting}, **about)) == sentence


STEPS = {"bounds": [0.3], "adverbs": ["quite"]}


def with_steps(bounds: Any, adverbs: Any) -> dict[str, Any]:
    return {"name": "x", "intensity": {"default": {"bounds": bounds, "adverbs": adverbs}}}


WRONG: list[tuple[Any, str]] = [
    ({}, "name: Field required"),
    ({"name": ""}, "name: String should have at least 1 character"),
    ({"name": "two words"}, "name: String should match pattern"),
    (with_steps([0.5, 0.3], ["quite", "very"]), "intensity.default: bounds must increase; 0.3 follows 0.5"),
    (with_steps([0.5, 0.5], ["quite", "very"]), "intensity.default: bounds must increase; 0.5 follows 0.5"),
    (with_steps([0.3, 0.5], ["quite"]), "intensity.default: 2 bounds need as many adverbs; 1 are given"),
    (with_steps([0.3], ["quite", "very"]), "intensity.default: 1 bounds need as many adverbs; 2 are given"),
    (with_steps([0.0, 0.5], ["quite", "very"]), "the first bound must be above 0; it is 0"),
    (with_steps([-0.1], ["quite"]), "the first bound must be above 0; it is -0.1"),
    (with_steps([], []), "intensity.default.bounds: List should have at least 1 item"),
    (with_steps([0.3, 0.5], ["quite", "quite"]), "an adverb stands on two steps; give each step its own"),
    (with_steps([0.3], [""]), "intensity.default.adverbs.0: String should have at least 1 character"),
    (with_steps(["low"], ["quite"]), "intensity.default.bounds.0: Input should be a valid number"),
    (with_steps([math.nan], ["quite"]), "intensity.default.bounds.0: Input should be a finite number"),
    (with_steps([math.inf], ["quite"]), "intensity.default.bounds.0: Input should be a finite number"),
    (with_steps("0.3", "quite"), "intensity.default.bounds: Input should be a valid list"),
    (with_steps([0.3, 0.3 + 1e-9], ["quite", "very"]), "bounds must increase"),
    (with_steps([1e-60], ["quite"]), "the first bound must be above 0"),
    (with_steps([0.3, 1e39], ["quite", "very"]), "bounds"),
    ({"name": "x", "intensity": {"smell": STEPS}}, "intensity.smell"),
    ({"name": "x", "intensity": STEPS}, "intensity.bounds"),
    ({"name": "x", "intensities": {}}, "intensities: Extra inputs are not permitted"),
    ({"name": "x", "top": 0}, "top: Input should be greater than or equal to 1"),
    ({"name": "x", "top": "all"}, "top"),
    ({"name": "x", "tie": 2}, "tie: Input should be less than or equal to 1"),
    ({"name": "x", "fold": "perhaps"}, "fold: Input should be a valid boolean"),
    ({"name": "x", "adverbs": {"a lot": {"noun": "a lot"}}}, "the form before a noun must hold {noun} once"),
    ({"name": "x", "adverbs": {"a lot": {"noun": "{noun} {x}"}}}, "the form before a noun must hold {noun} once"),
    ({"name": "x", "adverbs": {"a lot": {"noun": "a lot of {noun}", "place": "end"}}}, "adverbs.a lot.place"),
    (with_steps([0.3], ["hugely"]), "the lexicon 'en' has no adverb 'hugely'"),
    ({"name": "x", "bipolar": {"default": {"bounds": [0.1], "adverbs": ["hugely"]}}}, "no adverb 'hugely'"),
]


@pytest.mark.parametrize(("scale", "message"), WRONG)
def test_a_wrong_scale_is_one_line_that_says_where_and_why(scale: dict[str, Any], message: str) -> None:
    with pytest.raises(leed.LeedError) as caught:
        leed.Describer(scale=scale)
    assert message in str(caught.value)
    assert len(str(caught.value).splitlines()) == 1


@pytest.mark.parametrize(("scale", "message"), [case for case in WRONG if "NaN" not in json.dumps(case[0])])
def test_a_wrong_scale_file_names_the_file_too(scale: dict[str, Any], message: str, tmp_path: Path) -> None:
    path = tmp_path / "wrong.json"
    path.write_text(json.dumps(scale), encoding="utf-8")
    with pytest.raises(leed.LeedError) as caught:
        leed.Describer(scale=path)
    assert message in str(caught.value)
    if "no adverb" not in message:
        assert f"scale {path}: " in str(caught.value)


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.json", b"{", "is not JSON: Expecting property name"),
        ("a.json", b"", "is not JSON"),
        ("a.json", b"\xff\xfe\x00", "is not JSON"),
        ("a.json", b"[" * 100_000, "is not JSON"),
        ("a.json", b"[]", "a valid dictionary"),
        ("a.json", b"null", "a valid dictionary"),
        ("a.json", b'"hume-2023"', "a valid dictionary"),
        ("a.toml", b"name = ", "is not TOML"),
        ("a.toml", b"\xff", "is not TOML"),
        ("a.toml", b"{}", "is not TOML"),
        ("a.txt", b'name = "x"', "a scale is a .toml or .json file"),
    ],
)
def test_a_file_that_is_no_scale_says_so(name: str, content: bytes, message: str, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(leed.LeedError) as caught:
        leed.Describer(scale=path)
    assert message in str(caught.value)
    assert len(str(caught.value).splitlines()) == 1


def test_a_json_file_with_a_byte_order_mark_is_read(tmp_path: Path) -> None:
    """Windows editors put one there."""
    path = tmp_path / "bom.json"
    path.write_bytes(b"\xef\xbb\xbf" + json.dumps(OWN).encode())
    assert get_scale(path).name == "mine-2026"


def test_a_scale_that_is_not_there_is_answered_with_the_nearest_name(tmp_path: Path) -> None:
    with pytest.raises(leed.LeedError, match=r"did you mean 'hume-2023'\?"):
        leed.Describer(scale="hume-203")
    with pytest.raises(leed.LeedError, match=r"scale '.*nowhere\.toml' is not known: give one of leed-2026-11, "):
        leed.Describer(scale=tmp_path / "nowhere.toml")
    with pytest.raises(leed.LeedError, match="Is a directory"):
        leed.Describer(scale=tmp_path)


@pytest.mark.parametrize("scale", [3, 3.5, [], object(), b"hume-2023"])
def test_a_scale_of_another_type_is_an_option_error(scale: Any) -> None:
    with pytest.raises(leed.LeedError, match="scale"):
        leed.Describer(scale=scale)


def test_likelihood_bipolar_and_probability_can_be_set_too() -> None:
    scale = {
        "name": "x",
        "likelihood": {"default": {"bounds": [4], "adverbs": ["clearly"]}},
        "bipolar": {"default": {"bounds": [0.3], "adverbs": ["very"]}},
        "probability": {"default": {"bounds": [0.5], "adverbs": ["probably"]}},
    }
    describer = leed.Describer(scale=scale)
    words: Any = {"joy": "LIKELY", "surprise": "POSSIBLE"}
    assert describer.text(words, modality="face") == "They look clearly joyful."
    assert describer.text({"valence": 0.7}, modality="prosody") == "They sound neutral."
    assert describer.text({"valence": 0.9}, modality="prosody") == "They sound very positive in tone."
    assert describer.text({"SAD": 0.99, "NEUTRAL": 0.01}, modality="prosody") == "They probably sound sad."
