"""A whole matrix at once: the words of one row at a time."""

from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst
from numpy.typing import NDArray

import leed
from tests.support.labels import HUME_48

MODALITIES = ("face", "prosody", "burst", "language", None)


def one_by_one(rows: Any, labels: Any, **about: Any) -> list[str]:
    options = {k: about.pop(k) for k in ("scale", "top", "person", "tense", "ignore", "allow") if k in about}
    describer = leed.Describer(**options)
    return [str(describer(dict(zip(labels, row, strict=True)), **about)) for row in np.asarray(rows, float).tolist()]


def test_each_different_sentence_stands_once() -> None:
    sentences = leed.describe_matrix([[0.8, 0.1], [0.1, 0.5], [0.81, 0.1], [0.0, 0.0]], ["Joy", "Awe"], modality="face")
    assert sentences.to_list() == [
        "They look extremely joyful.",
        "They look moderately awed.",
        "They look extremely joyful.",
        "They look neutral.",
    ]
    assert sorted(sentences.unique) == [
        "They look extremely joyful.",
        "They look moderately awed.",
        "They look neutral.",
    ]
    assert sentences.codes.dtype == np.int32
    assert sentences.codes.shape == (4,)
    assert sentences.codes[0] == sentences.codes[2]


def test_sentences_are_a_sequence() -> None:
    sentences = leed.describe_matrix([[0.8], [0.1]], ["Joy"], modality="face")
    assert len(sentences) == 2
    assert sentences[0] == sentences[-2] == "They look extremely joyful."
    assert sentences[:1] == ["They look extremely joyful."]
    assert list(sentences) == sentences.to_list() == [sentences[0], sentences[1]]
    assert "They look neutral." in sentences
    assert repr(sentences) == "<2 sentences, 2 different>"
    with pytest.raises(IndexError):
        sentences[2]


@pytest.mark.parametrize("rows", [0, 1, 3])
def test_arrow_gets_a_dictionary_column(rows: int) -> None:
    sentences = leed.describe_matrix(np.full((rows, 1), 0.8), ["Joy"], modality="face")
    column = sentences.to_arrow()
    assert isinstance(column, pa.DictionaryArray)
    assert column.to_pylist() == ["They look extremely joyful."] * rows


@pytest.mark.parametrize("shape", [(0, 2), (0, 0), (3, 0)])
def test_a_matrix_may_be_empty(shape: tuple[int, int]) -> None:
    labels = ["Joy", "Awe"][: shape[1]]
    sentences = leed.describe_matrix(np.zeros(shape, np.float32), labels, modality="face")
    assert sentences.to_list() == ["There are no scores for their face."] * shape[0]


KINDS = [np.float32, np.float64, np.float16, np.longdouble, ">f4"]


@pytest.mark.parametrize("kind", KINDS, ids=str)
@pytest.mark.parametrize("layout", ["C", "F", "strided", "reversed", "readonly"])
def test_any_kind_and_layout_of_numbers_gives_the_same_words(kind: Any, layout: str) -> None:
    rng = np.random.default_rng(3)
    rows = rng.beta(0.5, 2, (200, 48)).astype(np.float16).astype(kind)
    expected = one_by_one(rows, HUME_48, modality="face")
    wide = np.zeros((400, 96), kind)
    wide[::2, ::2] = rows
    given_ = {
        "C": rows,
        "F": np.asfortranarray(rows),
        "strided": wide[::2, ::2],
        "reversed": rows[::-1],
        "readonly": np.frombuffer(rows.tobytes(), kind).reshape(rows.shape),
    }[layout]
    before = given_.copy()
    sentences = leed.describe_matrix(given_, HUME_48, modality="face").to_list()
    assert sentences == (expected[::-1] if layout == "reversed" else expected)
    assert np.array_equal(given_, before)


def test_whole_numbers_are_scores_too() -> None:
    assert leed.describe_matrix([[1, 0]], ["Joy", "Awe"], modality="face").to_list() == ["They look extremely joyful."]


@pytest.mark.parametrize("top", [1, 2, 3, 4, 6, 7, 20, "all"])
@pytest.mark.parametrize("scale", ["leed-2026-11", "hume-2023", "words-and-number", "three-step"])
def test_any_number_of_terms_gives_the_same_words(top: Any, scale: str) -> None:
    rng = np.random.default_rng(5)
    rows = np.round(rng.beta(0.8, 1.5, (150, 48)), 2)
    assert leed.describe_matrix(rows, HUME_48, modality="face", top=top, scale=scale).to_list() == one_by_one(
        rows, HUME_48, modality="face", top=top, scale=scale
    )


@pytest.mark.parametrize(
    "options",
    [
        {"ignore": ["Joy", "Pain"]},
        {"allow": ["Pain", "Desire", "Romance"]},
        {"person": "The user"},
        {"person": "Anna", "tense": "past"},
    ],
    ids=str,
)
@pytest.mark.parametrize("modality", MODALITIES)
def test_options_hold_for_a_matrix(options: dict[str, Any], modality: str | None) -> None:
    rng = np.random.default_rng(6)
    rows = rng.beta(0.4, 2, (200, 48))
    assert leed.describe_matrix(rows, HUME_48, modality=modality, **options).to_list() == one_by_one(
        rows, HUME_48, modality=modality, **options
    )


LABEL_SETS = [
    ("HAPPY", "NEUTRAL", "SAD", "ANGRY"),
    ("arousal", "valence", "dominance"),
    ("Laugh", "Sigh", "Amusement", "Relief"),
    ("neutral", "sad", "hesitation: yes", "speaking_rate: slow", "gender: male"),
    ("Joy", "Wistfulness", "Schadenfreude", "sad"),
    ("a", "b", "c"),
    ("AU1", "AU12", "AU45"),
    ("AU1", "AU12", "Wistfulness"),
    ("Joy", "AU12", "Fear"),
    ("pleasure", "arousal", "Joy"),
    ("Pain", "Desire"),
]


@pytest.mark.parametrize("labels", LABEL_SETS, ids=lambda labels: labels[0])
@pytest.mark.parametrize("modality", MODALITIES)
def test_every_quantity_gives_the_same_words(labels: tuple[str, ...], modality: str | None) -> None:
    rng = np.random.default_rng(7)
    rows = rng.beta(0.7, 1.2, (150, len(labels)))
    rows[::3] /= rows[::3].sum(axis=1, keepdims=True)
    rows = np.round(rows, 2)
    rows[5, 0] = np.nan
    for quantity in (None, "intensity", "probability", "bipolar", "presence"):
        about: dict[str, Any] = {"modality": modality, "quantity": quantity}
        assert leed.describe_matrix(rows, labels, **about).to_list() == one_by_one(rows, labels, **about)


# Three hundredths that sum to 0.99 or 1.01 lie on the tolerance: doubles and singles must agree on which side.
@pytest.mark.parametrize(
    "row",
    [
        [0.33, 0.33, 0.33],
        [0.34, 0.33, 0.34],
        [0.5, 0.4, 0.09],
        [0.5, 0.4, 0.11],
        [0.99, 0.0, 0.0],
        [1.01, 0.0, 0.0],
        [np.inf, 0.5, 0.5],
        [np.nan, 0.5, 0.5],
        [1.0, -0.0, 0.0],
    ],
)
def test_one_precision_decides_whether_three_scores_sum_to_1(row: list[float]) -> None:
    labels = ("a", "b", "c")
    sentence = str(leed.describe(dict(zip(labels, row, strict=True))))
    for kind in (np.float64, np.float32):
        assert leed.describe_matrix(np.array([row], kind), labels).to_list() == [sentence]
    singles = np.array(row, np.float32)
    assert str(leed.describe({label: float(v) for label, v in zip(labels, singles, strict=True)})) == sentence


def test_blocks_make_no_difference() -> None:
    rng = np.random.default_rng(8)
    few = rng.beta(0.5, 2, (50, 48)).astype(np.float32)
    many = few[rng.integers(0, 50, 20_000)]
    alone = dict(zip([row.tobytes() for row in few], leed.describe_matrix(few, HUME_48, modality="face"), strict=True))
    sentences = leed.describe_matrix(many, HUME_48, modality="face")
    assert sentences.to_list() == [alone[row.tobytes()] for row in many]
    assert len(set(sentences.unique)) == len(sentences.unique)
    assert set(np.unique(sentences.codes).tolist()) == set(range(len(sentences.unique)))


rows_of_doubles = npst.arrays(
    np.float64,
    st.tuples(st.integers(1, 4), st.just(8)),
    elements=st.one_of(
        st.floats(0, 1), st.floats(width=32), st.floats(), st.sampled_from([0.5, 0.5 + 1e-9, 0.26, 0.71])
    ),
)


@given(rows_of_doubles, st.sampled_from(MODALITIES), st.sampled_from([3, 1, "all"]))
@settings(max_examples=250)
def test_rows_of_any_numbers_give_the_words_of_the_row_as_a_mapping(
    rows: np.ndarray[Any, Any], modality: str | None, top: Any
) -> None:
    labels = ("Joy", "Ecstasy", "Fear", "Horror", "Pain", "Craving", "Desire", "zeal")
    assert leed.describe_matrix(rows, labels, modality=modality, top=top).to_list() == one_by_one(
        rows, labels, modality=modality, top=top
    )


def test_a_score_beyond_float32_is_no_warning() -> None:
    expected = [str(leed.describe({"Joy": 1e300, "Awe": 0.5}, modality="face"))]
    assert expected == ["They look moderately awed."]
    assert leed.describe_matrix(np.array([[1e300, 0.5]]), ["Joy", "Awe"], modality="face").to_list() == expected


WRONG: list[tuple[Any, Any, str]] = [
    ([[0.5, 0.5]], ["Joy"], "the matrix has shape (1, 2); expected (n, 1): a column for each label"),
    ([0.5], ["Joy"], "the matrix has shape (1,); expected (n, 1): a column for each label"),
    (0.5, ["Joy"], "the matrix has shape (); expected (n, 1)"),
    (np.zeros((1, 1, 1)), ["Joy"], "the matrix has shape (1, 1, 1); expected (n, 1)"),
    ([["high"]], ["Joy"], "not numbers; give (n, 1) numbers"),
    ([[None]], ["Joy"], "not numbers; give (n, 1) numbers"),
    ([[1j]], ["Joy"], "the matrix holds complex128, not numbers"),
    ([[10**400]], ["Joy"], "not numbers"),
    ([[0.5, 0.5], [0.5]], ["Joy", "Awe"], "the matrix is no table of numbers"),
    (None, ["Joy"], "not numbers"),
    ({"Joy": 0.5}, ["Joy"], "not numbers"),
    (np.array([["2026-01-01"]], "datetime64[D]"), ["Joy"], "not numbers"),
    ([[0.5, 0.5]], ["Joy", "Joy"], "the label 'Joy' stands twice; give each column its own"),
    ([[0.5]], [3], "label"),
    ([[0.5]], [None], "label"),
    ([[0.5]], [["Joy"]], "label"),
    ([[0.5]], None, "label"),
    ([[0.5]], 3, "label"),
    ([[0.5, 0.5, 0.5]], "Joy", "label"),
]


@pytest.mark.parametrize(("matrix", "labels", "message"), WRONG, ids=lambda value: str(value)[:30])
def test_what_is_no_matrix_for_the_labels_is_one_line(matrix: Any, labels: Any, message: str) -> None:
    with pytest.raises(leed.LeedError) as caught:
        leed.describe_matrix(matrix, labels, modality="face")
    assert message in str(caught.value)
    assert len(str(caught.value).splitlines()) == 1


@pytest.mark.parametrize(
    "about", [{"modality": "fce"}, {"quantity": "x"}, {"taxonomy": "x"}, {"scale": "x"}, {"nonsense": 1}, {"top": 0}]
)
def test_options_of_a_matrix_are_checked(about: dict[str, Any]) -> None:
    with pytest.raises(leed.LeedError):
        leed.describe_matrix([[0.5]], ["Joy"], **about)


@pytest.mark.parametrize("kind", [np.int64, np.float32, np.float64])
def test_one_negative_dimension_tells_what_all_rows_run_from(kind: type) -> None:
    rows: NDArray[Any] = np.array([[-1], [1], [0]], kind)
    given = rows.copy()
    assert leed.describe_matrix(rows, ["valence"]).to_list() == [
        "They come across as very negative in tone.",
        "They come across as very positive in tone.",
        "They come across as neutral.",
    ]
    assert (rows == given).all()


def test_a_dimension_that_overshoots_in_one_of_many_rows_tells_nothing() -> None:
    rows = np.array([[-0.03, 0.5]] + [[0.9, 0.5]] * 30, np.float32)
    labels = ["valence", "arousal"]
    said = leed.describe_matrix(rows, labels).to_list()
    assert said == leed.describe_matrix(np.maximum(rows, 0), labels).to_list()
    assert said[:2] == ["They come across as very negative in tone.", "They come across as very positive in tone."]
    table = [dict(zip(labels, row, strict=True)) for row in rows.tolist()]
    assert [str(d) for d in leed.describe_all(leed.read(table))] == said
