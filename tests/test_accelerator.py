"""Compiled code says what NumPy says, to the bit, and touches no memory but that of the arrays it is given."""

from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst
from numpy.typing import NDArray

import leed
from leed import accelerator
from leed.matrix import Told, tell_matrix
from tests.support.labels import HUME_48

pytestmark = pytest.mark.needs_accelerator

OWN = ("Joy", "Amusement", "valiant", "Anger", "plonk", "Sadness", "Distress")


def told(matrix: NDArray[Any], labels: tuple[str, ...], modality: str | None, **options: Any) -> Told:
    return tell_matrix(matrix, labels, describer=leed.Describer(**options), modality=modality)


def rows_of(told: Told, matrix: NDArray[Any]) -> list[Any]:
    begins, which, scores = told.terms.of_rows(told.codes, matrix.astype(np.float32))
    terms = [(*told.terms.table[term], score) for term, score in zip(which.tolist(), scores.tolist(), strict=True)]
    sentences = [told.sentences[code] for code in told.codes.tolist()]
    return [(sentences[i], terms[begins[i] : begins[i + 1]]) for i in range(len(sentences))]


def check_alike(matrix: NDArray[Any], labels: tuple[str, ...], modality: str | None, **options: Any) -> None:
    with pytest.MonkeyPatch.context() as patch:
        compiled = rows_of(told(matrix, labels, modality, **options), matrix)
        patch.setenv("LEED_ACCELERATOR", "0")
        assert not accelerator.is_used()
        assert compiled == rows_of(told(matrix, labels, modality, **options), matrix)


def odd_matrix(labels: int, seed: int) -> NDArray[np.float32]:
    """Rows of all kinds: quiet and loud ones, with gaps, infinity, ties and scores on bounds."""
    rng = np.random.default_rng(seed)
    matrix = (rng.lognormal(-2, 0.8, labels) * rng.lognormal(0, 0.6, (9_000, labels))).astype(np.float32)
    matrix[::7] = np.round(matrix[::7], 1)  # ties
    matrix[::11] /= 100
    matrix[::13, ::2] = np.nan
    matrix[::17] = np.nan
    matrix[::19, 0] = np.inf
    matrix[::23, -1] = -np.inf
    matrix[::29] = np.float32(0.35)
    matrix[::31, :3] = 3e38
    matrix[::37] *= -1
    return matrix


@pytest.mark.parametrize(
    "options", [{}, {"calibration": "none"}, {"scale": "hume-2023"}, {"scale": "words-and-number"}]
)
@pytest.mark.parametrize("top", [1, 3, 6])
@pytest.mark.parametrize(
    ("labels", "modality"), [(tuple(HUME_48), "face"), (tuple(HUME_48), "prosody"), (OWN, None), (("Joy",), "face")]
)
def test_any_describer_says_the_same(
    labels: tuple[str, ...], modality: str | None, top: int, options: dict[str, Any]
) -> None:
    check_alike(odd_matrix(len(labels), top), labels, modality, top=top, **options)


SCORES = npst.arrays(
    np.float32,
    st.tuples(st.integers(0, 12), st.just(48)),
    elements=st.floats(width=32) | st.sampled_from([np.float32(0.0), np.float32(0.35), np.float32(1e-45)]),
    fill=st.floats(-0.125, 1, width=32),
)


@given(SCORES, st.sampled_from([None, "none"]))
@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
def test_any_numbers_give_the_same(matrix: NDArray[np.float32], calibration: str | None) -> None:
    check_alike(matrix, tuple(HUME_48), "face", calibration=calibration)


@given(npst.arrays(np.int64, st.integers(0, 30), elements=st.integers(-3, 3) | st.integers(-(2**63), 2**63 - 1)))
def test_different_integers_are_numbered_in_rising_order(keys: NDArray[np.int64]) -> None:
    found, places = accelerator.numbered(keys)
    assert found.tolist() == sorted(set(keys.tolist()))
    assert found[places].tolist() == keys.tolist()


def test_many_different_integers_are_told_apart() -> None:
    keys = np.random.default_rng(1).integers(0, 200_000, 300_000) << 40
    found, places = accelerator.numbered(keys)
    assert np.array_equal(found, np.unique(keys))
    assert np.array_equal(found[places], keys)


@pytest.mark.parametrize("length", [0, 1, 3, 5])
def test_arrays_that_do_not_fit_are_refused(length: int) -> None:
    of = np.zeros
    with pytest.raises(ValueError, match="do not fit"):
        accelerator.compiled.keys(
            of((2, 4), np.float32),
            of(4, np.float32),
            of(length, np.float32),
            of(4, np.int32),
            of((1, 1), bool),
            of(2, np.float32),
            of(4, np.float32),
            of(4, np.float32),
            9,
            3,
            True,
            of(2, np.int64),
        )


@pytest.mark.parametrize("number", [1, 2**31 - 1])
def test_a_label_beyond_the_table_is_refused(number: int) -> None:
    of, numbers = np.ones, np.zeros(4, np.int32)
    numbers[2] = number
    floats = [of(4, np.float32) for _ in range(2)]
    given_: tuple[Any, ...] = of((2, 4), np.float32), *floats, numbers, of((1, 1), bool), of(2, np.float32), *floats
    with pytest.raises(ValueError, match="do not fit"):
        accelerator.compiled.keys(*given_, 9, 3, True, of(2, np.int64))


@pytest.mark.parametrize(
    ("codes", "offsets", "which", "places"),
    [
        ([0, 2], [0, 1, 2], [0, 0], [1]),  # a sentence that there is none of
        ([0, -1], [0, 1, 2], [0, 0], [1]),
        ([0, 1], [0, 1, 3], [0, 0], [1]),  # more terms than there are
        ([0, 1], [0, 2, 1], [0, 0], [1]),  # falling
        ([0, 1], [0, 1, 2], [0, 1], [1]),  # a term that there is none of
        ([0, 1], [0, 1, 2], [0, 0], [2]),  # a column beyond the row
        ([0, 1], [0, 1, 2], [0, 0], [-1]),
    ],
)
def test_terms_that_there_are_none_of_are_refused(
    codes: list[int], offsets: list[int], which: list[int], places: list[int]
) -> None:
    out = np.empty(3, np.int32), np.empty(2, np.int32), np.empty(2, np.float32)
    given_ = np.array(codes, np.int32), np.array(offsets), np.array(which, np.int32), np.array(places)
    with pytest.raises(ValueError, match="do not fit"):
        accelerator.compiled.terms(*given_, np.ones((2, 2), np.float32), *out)


def test_read_only_memory_is_not_written_to() -> None:
    places = np.empty(2, np.int32)
    places.flags.writeable = False
    with pytest.raises((BufferError, TypeError)):
        accelerator.compiled.number(np.zeros(2, np.int64), places)
