"""Properties that hold for any scores, options and words of other people."""

import json
import math
from decimal import Decimal
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

import leed
from leed.taxonomy import concept_of
from leed.taxonomy.matching import match
from tests.support.labels import ADVERBS, FACE_BOUNDS, HUME_48, MODALITIES, PROSODY_BOUNDS

LARGEST = float(np.finfo(np.float32).max)


POOLS: list[tuple[str, ...]] = [
    HUME_48,
    ("Joy", "Ecstasy", "Excitement", "Fear", "Horror", "Pain", "Desire", "Craving"),
    ("HAPPY", "NEUTRAL", "SAD", "ANGRY"),
    ("joy", "sadness", "anger", "wistfulness", "Schadenfreude", "zeal"),
    ("happy", "sad", "neutral", "other", "unknown", "grim", "glad"),
    ("arousal", "valence", "dominance"),
    ("neutral", "sad", "angry", "happy", "hesitation: yes", "hesitation: no", "speaking_rate: fast", "gender: male"),
    ("Laugh", "Sigh", "Ahh", "Amusement", "Relief", "Sadness"),
    ("AU1", "AU12", "AU45", "Smile", "Frown"),
    ("a", "b", "c"),
]

EDGES = [
    float(near)
    for bound in {*FACE_BOUNDS, *PROSODY_BOUNDS, 0.3, 0.55, 0.75, 0.9, 0.5}
    for near in (bound, np.float32(bound), np.nextafter(np.float32(bound), np.float32(0)), math.nextafter(bound, 0))
]

number = st.one_of(
    st.floats(0, 1),
    st.floats(0, 1, width=32),
    st.sampled_from([0.0, 0.1, 0.2, 0.25, 0.3, 0.33, 0.34, 0.4, 0.45, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0]),
    st.sampled_from(EDGES),
    st.sampled_from([0.8, math.nextafter(0.8, 1), math.nextafter(0.8, 0), 0.8 + 2e-8, 0.8 - 2e-8]),
)
odd_number = st.one_of(
    number,
    st.floats(allow_nan=True, allow_infinity=True, width=32),
    st.sampled_from(
        [math.nan, math.inf, -math.inf, -0.0, 5e-324, 1e-45, -1.0, 1.5, 7.9999999, 8.0, 100.0, 1e30, LARGEST]
    ),
)


@st.composite
def labelled(draw: st.DrawFn, scores: st.SearchStrategy[float]) -> dict[str, float]:
    labels = draw(st.sampled_from(POOLS))
    chosen = draw(st.permutations(labels)) if draw(st.booleans()) else list(labels)
    if draw(st.booleans()):
        chosen = chosen[: draw(st.integers(1, len(chosen)))]
    return dict(zip(chosen, draw(st.lists(scores, min_size=len(chosen), max_size=len(chosen))), strict=True))


modalities = st.sampled_from(MODALITIES)
quantities = st.sampled_from([None, None, None, "intensity", "probability", "bipolar", "presence", "likelihood"])
DEFAULT = leed.Describer()
OTHERS = [
    leed.Describer(scale="hume-2023"),
    leed.Describer(top=1),
    leed.Describer(top=7),
    leed.Describer(scale="words-and-number", person="Anna", tense="past"),
]


@given(
    labelled(odd_number),
    modalities,
    quantities,
    st.sampled_from([None, None, True, False]),
    st.sampled_from([DEFAULT, DEFAULT, *OTHERS]),
)
@settings(max_examples=600)
@example({"a": 0.33, "b": 0.33, "c": 0.33}, None, None, None, DEFAULT)
@example({"a": math.inf, "b": 0.5, "c": 0.5}, None, None, None, DEFAULT)
@example({"a": math.nan, "b": 0.5, "c": 0.5}, None, None, None, DEFAULT)
@example({"a": -0.0, "b": 0.5, "c": 0.5}, None, None, None, DEFAULT)
@example({"a": -5e-324, "b": 0.5, "c": 0.5}, None, None, None, DEFAULT)
@example({"a": 0.336666, "b": 0.336667, "c": 0.336667}, None, None, None, DEFAULT)
def test_dict_matrix_track_and_text_give_the_same_words(
    scores: dict[str, float],
    modality: str | None,
    quantity: str | None,
    exclusive: bool | None,  # noqa: FBT001
    describer: leed.Describer,
) -> None:
    labels = list(scores)
    about: dict[str, Any] = {"modality": modality, "quantity": quantity, "exclusive": exclusive}
    description = describer(scores, **about)
    sentence = str(description)
    assert describer.text(scores, **about) == sentence
    assert describer.text(scores, **about) == sentence  # from what it remembers
    doubles = np.array([list(scores.values())])
    singles = doubles.astype(np.float32)
    assert leed.describe_matrix(doubles, labels, describer=describer, **about).to_list() == [sentence]
    assert leed.describe_matrix(singles, labels, describer=describer, **about).to_list() == [sentence]
    twice = leed.describe_matrix(np.vstack([singles, singles]), labels, describer=describer, **about)
    assert twice.to_list() == [sentence, sentence]
    numpy_scores = dict(zip(labels, singles[0], strict=True))
    assert str(describer(numpy_scores, **about)) == sentence
    clean = np.where(np.isfinite(singles), singles, np.float32(np.nan))
    track = leed.Track(labels=tuple(labels), matrix=clean, modality=modality)
    if clean.size == np.isfinite(clean).sum():
        assert str(describer(track.segment(0).scores, **about)) == sentence
    assert description.explain().startswith(sentence)
    assert "\n" not in sentence
    assert sentence.endswith(".")


@given(labelled(odd_number), modalities)
@settings(max_examples=200)
def test_what_is_not_reported_is_as_if_it_were_not_there(scores: dict[str, float], modality: str | None) -> None:
    """Unlike the labels that are there, those without a number change no word: a Segment leaves them out."""
    labels = [label for label in scores if label in HUME_48]
    row = {label: scores[label] for label in labels}
    there = {label: score for label, score in row.items() if math.isfinite(np.float32(score))}
    if there:
        assert DEFAULT.text(row, modality=modality) == DEFAULT.text(there, modality=modality)


@given(st.lists(labelled(number), min_size=1, max_size=8), modalities)
@settings(max_examples=100)
def test_what_was_described_before_changes_nothing(rows: list[dict[str, float]], modality: str | None) -> None:
    remembering = leed.Describer()
    for scores in [*rows, *reversed(rows)]:
        assert remembering.text(scores, modality=modality) == leed.Describer().text(scores, modality=modality)


def test_a_sensitive_third_label_is_left_out_whatever_was_described_before() -> None:
    """Four labels above the floor, then just the first three of them."""
    describer = leed.Describer()
    four = {"Joy": 0.45, "Ecstasy": 0.9, "Pain": 0.6, "Craving": 1.0}
    sentence = "They look extremely craving something and ecstatic."
    assert describer.text(four, modality="face") == sentence
    assert describer.text({**four, "Joy": 0.0}, modality="face") == sentence


def test_two_that_tie_teach_nothing_about_two_that_do_not() -> None:
    """The first row's tie keeps the taxonomy's order; the second row's order is that of its scores."""
    describer = leed.Describer()
    assert describer.text({"Awe": 0.6, "Joy": 0.6, "Fear": 0.5}, modality="face").startswith("They look quite awed")
    assert describer.text({"Awe": 0.6, "Joy": 0.61, "Fear": 0.5}, modality="face").startswith("They look quite joyful")


def test_a_row_with_fewer_labels_after_a_crowded_one_loses_none() -> None:
    describer = leed.Describer()
    labels = list(HUME_48)
    crowded = {label: 0.9 - 0.01 * i for i, label in enumerate(labels)}
    sparse = dict.fromkeys(labels, 0.0) | {"Joy": 0.3, "Awe": 0.28}
    describer.text(crowded, modality="face")
    assert describer.text(sparse, modality="face") == leed.Describer().text(sparse, modality="face")
    assert describer.text(crowded, modality="face") == leed.Describer().text(crowded, modality="face")


def strength(description: leed.Description, label: str) -> int:
    """-1 where a label is not named, else the place of its adverb."""
    adverbs = (*ADVERBS, None)
    return next((adverbs.index(term.adverb) for term in description.terms if term.label == label), -1)


@given(
    st.lists(number, min_size=48, max_size=48),
    st.integers(0, 47),
    st.one_of(number, st.floats(0, LARGEST)),
    modalities,
    st.sampled_from([1, 2, 3, 5, "all"]),
    st.sampled_from(["leed-2026-11", "hume-2023", "three-step"]),
)
@settings(max_examples=400)
def test_a_higher_score_never_gives_a_weaker_adverb(
    scores: list[float], which: int, raised: float, modality: str | None, top: Any, scale: str
) -> None:
    """All other scores fixed, raising one never weakens its adverb and never leaves its label out."""
    low, high = sorted((scores[which], raised))
    label = HUME_48[which]
    describer = leed.Describer(top=top, scale=scale)
    before = describer({**dict(zip(HUME_48, scores, strict=True)), label: low}, modality=modality)
    after = describer({**dict(zip(HUME_48, scores, strict=True)), label: high}, modality=modality)
    assert strength(before, label) <= strength(after, label)


@given(
    st.sampled_from([pool for pool in POOLS if "arousal" not in pool]),
    st.data(),
    modalities,
)
@settings(max_examples=300)
def test_that_holds_for_any_labels_when_they_are_intensities(
    labels: tuple[str, ...], data: st.DataObject, modality: str | None
) -> None:
    scores = data.draw(st.lists(number, min_size=len(labels), max_size=len(labels)))
    which = data.draw(st.integers(0, len(labels) - 1))
    low, high = sorted((scores[which], data.draw(number)))
    row = dict(zip(labels, scores, strict=True))
    before = DEFAULT({**row, labels[which]: low}, modality=modality, quantity="intensity")
    after = DEFAULT({**row, labels[which]: high}, modality=modality, quantity="intensity")
    named = [term.label for term in before.terms]
    spelled = next((t.label for t in after.terms if t.score == high and t.label in named), None)
    for term in before.terms:
        if term.score == low and term.label.casefold() == labels[which].casefold():
            assert strength_any(after, term.label) >= strength_any(before, term.label), (named, spelled)


LIKELY = ("possibly", "probably", "clearly", "very clearly")


def strength_any(description: leed.Description, label: str) -> int:
    adverbs = (*ADVERBS, *LIKELY, None)
    return next((adverbs.index(term.adverb) for term in description.terms if term.label == label), -1)


@given(st.lists(number, min_size=4, max_size=4), st.integers(0, 3), number)
@settings(max_examples=300)
def test_a_likelier_class_is_never_named_less_clearly(scores: list[float], which: int, raised: float) -> None:
    labels = POOLS[2]
    low, high = sorted((scores[which], raised))
    row = dict(zip(labels, scores, strict=True))
    before = DEFAULT({**row, labels[which]: low}, modality="prosody")
    after = DEFAULT({**row, labels[which]: high}, modality="prosody")

    def place(description: leed.Description) -> int:
        for term in description.terms:
            if term.label == labels[which]:
                if len(description.terms) > 1:
                    return 0
                return (*LIKELY, None).index(term.adverb) + 1
        return -1

    assert place(before) <= place(after)


@given(st.floats(0.5, 2), st.floats(0.5, 2), st.sampled_from(POOLS[5]), st.booleans())
def test_farther_from_the_middle_is_never_weaker(one: float, other: float, label: str, low: bool) -> None:  # noqa: FBT001
    near, far = sorted((one, other))
    if low:
        near, far = 1 - near, 1 - far
    adverbs = ("slightly", "rather", "very", "highly")

    def place(score: float) -> int:
        terms = DEFAULT.describe({label: score}, modality="prosody", quantity="bipolar").terms
        return adverbs.index(terms[0].adverb or "") if terms else -1

    assert min(place(near), 2) <= min(place(far), 2)


junk = st.one_of(
    st.none(),
    st.booleans(),
    st.text(max_size=8),
    st.binary(max_size=4),
    st.integers(),
    st.integers(10**300, 10**400),
    st.floats(),
    st.decimals(),
    st.fractions(),
    st.complex_numbers(),
    st.sampled_from(
        [
            "LIKELY",
            "0.5",
            "1e400",
            "nan",
            "",
            Decimal("NaN"),
            Decimal("sNaN"),
            Decimal("Infinity"),
            Decimal("0.84"),
            object(),
            float,
            ...,
            np.float16(0.5),
            np.float32("nan"),
            np.int64(1),
            np.bool_(True),
            np.array([0.5, 0.6]),
            np.array([0.5]),
            np.array(0.5),
            np.datetime64("2026-01-01"),
            np.str_("0.5"),
        ]
    ),
)
nested = st.recursive(
    junk, lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=3), inner, max_size=3))
)
junk_labels = st.one_of(
    st.sampled_from(HUME_48),
    st.sampled_from(["HAPPY", "SAD", "NEUTRAL", "1", "", "😀", "\ud800", "a/b", "/"]),
    st.text(max_size=6),
    st.integers(),
    st.none(),
    st.tuples(st.integers()),
    st.floats(),
)


@given(
    st.one_of(st.dictionaries(junk_labels, nested, max_size=6), st.dictionaries(junk_labels, junk, max_size=6), nested),
    modalities,
    quantities,
    st.sampled_from([None, None, "hume-48", "phonexia-4", "hume-sentiment-9", "dimensions-3", "behavioral-signals"]),
)
@settings(max_examples=800)
@example({"Joy": Decimal("NaN")}, None, None, None)
@example({"Joy": Decimal("sNaN")}, None, None, None)
@example({"Joy": 0.5, "Awe": Decimal("0.5"), "Fear": 0.5, "Guilt": Decimal("0.4")}, None, None, None)
@example({1: 0.5, "1": 0.6}, None, None, None)
@example({"Joy": np.array([0.5])}, None, None, None)
@example({"a": 10**400, "b": 0.5, "c": 0.5}, None, None, None)
@example({"arousal": 10**400, "valence": 1e308}, None, None, None)
@example([{"name": "Joy", "score": {}}], None, None, None)
@example([{"name": None, "score": 0.5}], None, None, None)
@example([{"name": [], "score": 0.5}], None, None, None)
@example([{"name": [], "score": []}], None, None, None)
def test_nothing_but_a_leed_error_ever_leaves_describe(
    scores: Any, modality: str | None, quantity: str | None, taxonomy: str | None
) -> None:
    try:
        description = leed.describe(scores, modality=modality, quantity=quantity, taxonomy=taxonomy, text="Hi")
    except leed.LeedError as error:
        lines = str(error).splitlines()
        assert len(lines) == 1
        with pytest.raises(leed.LeedError):
            DEFAULT.text(scores, modality=modality, quantity=quantity, taxonomy=taxonomy, text="Hi")
        return
    assert DEFAULT.text(scores, modality=modality, quantity=quantity, taxonomy=taxonomy, text="Hi") == str(description)
    assert len(str(description).splitlines()) == 1
    assert description.explain()
    json.dumps(description.to_dict())


# --- words of other people


HOSTILE = st.one_of(
    st.text(max_size=40),
    st.text(
        alphabet=st.characters(categories=["Cs", "Cc", "Cf", "Zl", "Zp", "Zs", "Po", "Pi", "Pf", "Co", "Mn"]),
        max_size=20,
    ),
    st.text(alphabet="\"“”„‟«»'\n\r\u2028\u202e{}x. and", max_size=40),
)


@given(HOSTILE, modalities)
@settings(max_examples=500)
@example('" and sound calm. They said "', "prosody")
@example("“ ” „ ‟ « » ″ ＂ 〝 〞 〟 ❝ ❞ ❠ ⹂", "face")
@example("\ud800", "face")
@example("{x} {noun} {subject}", "language")
@example("x" * 1_000_000, "face")
@example("word " * 200_000, "face")
@example("\n" * 1_000_000, "face")
@example("\u202e" * 5000 + "hidden", "face")
@example("e" + "\u0301" * 10_000, "face")
@example("\x1b[31mred\x1b[0m", "face")
@example("مرحبا بالعالم", "prosody")
def test_a_transcript_stays_inside_its_quotation_on_one_line(text: str, modality: str | None) -> None:
    scores = {"Joy": 0.9}
    plain = str(leed.describe(scores, modality=modality))
    quoted = str(leed.describe(scores, modality=modality, text=text))
    assert len(quoted.splitlines()) == 1
    assert quoted.isprintable() or {"\u200c", "\u200d"} & set(quoted) or any(ord(c) >= 0xE000 for c in quoted)
    quoted.encode("utf-8")
    assert len(quoted) < 500
    if quoted == plain:
        return
    before, inside, after = quoted.split('"')
    assert before in ("They said ", "Their words ")
    ends = {
        "face": " and look extremely joyful.",
        "prosody": " and sound extremely joyful.",
        "burst": " and sound extremely joyful.",
        "language": " read as extremely joyful.",
        None: " and come across as extremely joyful.",
    }
    assert after == ends[modality]
    assert inside.strip() == inside
    assert inside
    assert not set(inside) & set('"“”„‟«»\n\r\t\u2028\u2029\u202a\u202b\u202d\u202e\u2066\u2067\u2068')
    assert leed.Describer().text(scores, modality=modality, text=text) == quoted


@given(HOSTILE, modalities, st.booleans())
@settings(max_examples=400)
@example("\ue000", "face", True)
@example('Anna "x', "face", True)
@example('Bob said "hi" and looks sad. Anna', "face", True)
@example("{mid} {x} {name} {0}", "burst", False)
@example("%s %d", "face", False)
@example("x" * 10_000, "face", False)
def test_a_name_of_any_characters_stays_one_name_on_one_line(person: str, modality: str | None, quoted: bool) -> None:  # noqa: FBT001
    try:
        describer = leed.Describer(person=person)
    except leed.LeedError:
        return
    scores = {"Joy": 0.9}
    sentence = str(describer(scores, modality=modality, text="Hi" if quoted else None))
    assert len(sentence.splitlines()) == 1
    sentence.encode("utf-8")
    assert len(sentence) < 200
    assert sentence[0].strip()
    assert sentence.endswith("extremely joyful.")
    assert sentence.count('"') == (2 if quoted else 0)
    rows = [[0.9, 0.1], [0.9, 0.8], [0.1, 0.1]]
    expected = [str(describer(dict(zip(("Joy", "Awe"), row, strict=True)), modality=modality)) for row in rows]
    assert leed.describe_matrix(rows, ["Joy", "Awe"], modality=modality, describer=describer).to_list() == expected


@given(HOSTILE, modalities)
@settings(max_examples=400)
@example('x" and look calm. "', "face")
@example("{noun} {x}", "face")
@example("", "face")
@example("L" * 100_000, "face")
def test_a_label_of_any_characters_stays_inside_its_quotation(label: str, modality: str | None) -> None:
    assume(concept_of(label) is None)  # hypothesis also tries words that it finds in our own code
    assume(match((label,), modality)[0].taxonomy is None)  # such as "AH", a sound
    description = leed.describe({label: 0.9}, modality=modality)
    sentence = str(description)
    assert len(sentence.splitlines()) == 1
    sentence.encode("utf-8")
    assert len(sentence) < 200
    if description.terms and description.terms[0].adjective is None:
        before, inside, after = sentence.split('"')
        assert before.endswith("very strong signs of ")
        assert after == "."
        assert inside.strip()


@pytest.mark.parametrize(
    ("scores", "sentence", "issues"),
    [
        ({"valence": 1.2}, "They come across as very positive in tone.", []),
        ({"valence": -0.3, "arousal": 1.3}, "They come across as very negative in tone and highly energetic.", []),
        ({"valence": 5.5}, "There are no scores for their expression.", ["out-of-range"]),
        ({"valence": 0.9, "arousal": 5.5}, "There are no scores for their expression.", ["out-of-range"]),
        ({"valence": -0.8, "arousal": 1.2}, "There are no scores for their expression.", ["out-of-range"]),
        ({"valence": 5.5, "Joy": 0.4}, "They come across as somewhat joyful.", ["out-of-range"]),
        ({"valence": "5.5"}, "There are no scores for their expression.", ["not-a-number", "out-of-range"]),
        (
            {"valence": math.nan, "arousal": 5.5},
            "There are no scores for their expression.",
            ["not-finite", "out-of-range"],
        ),
    ],
)
def test_dimensions_on_a_scale_of_their_own_are_not_described_as_leed_read_does_not(
    scores: dict[str, float], sentence: str, issues: list[str]
) -> None:
    description = leed.describe(scores)
    assert (str(description), [issue.code for issue in description.issues]) == (sentence, issues)
    assert leed.Describer().text(scores) == sentence
    assert [str(d) for d in leed.describe_all(leed.read(scores))] == [sentence]
    rows = np.array([[float(score) for score in scores.values()]])
    assert leed.describe_matrix(rows, list(scores)).to_list() == [sentence]


def test_negative_dimensions_run_from_minus_one_however_they_come() -> None:
    """As a reader would have it: one negative number tells what all of them run from."""
    scores = {"valence": -0.5, "arousal": 0.7}
    sentence = "They come across as highly energetic and rather negative in tone."
    description = leed.describe(scores)
    assert str(description) == leed.Describer().text(scores) == sentence
    assert [issue.message for issue in description.issues] == [
        "valence, arousal: there are negative values, so they run from -1 to 1; read onto 0 to 1"
    ]
    assert [term.score for term in description.terms] == [0.7, -0.5]
    assert [str(d) for d in leed.describe_all(leed.read(scores))] == [sentence]
    assert leed.describe_matrix(np.array([[-0.5, 0.7]]), list(scores)).to_list() == [sentence]


def test_a_negative_dimension_whose_quantity_is_told_is_taken_as_it_is() -> None:
    assert str(leed.describe({"valence": -0.5}, quantity="bipolar")) == "They come across as very negative in tone."


def test_dimensions_that_are_not_described_are_no_extras_of_a_mapping() -> None:
    (issue,) = leed.describe({"valence": 5.5}).issues
    assert issue.message == (
        "valence: values from 5.5 to 5.5, where 0 to 1 or -1 to 1 was expected. They may run from 1 to 7 or 1 to 9: "
        "put them onto 0 to 1; not described"
    )


def test_dimensions_said_to_be_bipolar_are_taken_as_they_are() -> None:
    description = leed.describe({"valence": 5.5}, quantity="bipolar")
    assert (str(description), description.issues) == ("They come across as very positive in tone.", ())
