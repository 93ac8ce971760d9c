"""Matrices that grow and are rearranged where they lie."""

import tracemalloc
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leed.readers import matrices
from leed.readers.matrices import Matrix, permuted, reported


@pytest.fixture(autouse=True)
def _small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(matrices, "_BLOCK", 3)


def of(values: Any, *, at_once: int = 4) -> Matrix:
    rows = np.asarray(values, np.float64)
    matrix = Matrix(rows.shape[1])
    for start in range(0, len(rows), at_once):
        part = rows[start : start + at_once]
        matrix.add(list(part.T), len(part))
    return matrix


@settings(max_examples=200)
@given(data=st.data(), rows=st.integers(0, 11), width=st.integers(0, 4), at_once=st.integers(1, 5))
def test_columns_are_dropped_moved_repeated_and_put_in(
    data: st.DataObject, rows: int, width: int, at_once: int
) -> None:
    values = np.arange(rows * width, dtype=np.float64).reshape(rows, width)
    other = np.arange(rows, dtype=np.float64) + 0.5
    chosen = data.draw(st.lists(st.integers(-1, width - 1), max_size=6))
    expected = np.array([other if c < 0 else values[:, c] for c in chosen]).reshape(len(chosen), rows).T
    found = of(values, at_once=at_once).rearranged([other if c < 0 else c for c in chosen])
    assert found.shape == (rows, len(chosen))
    np.testing.assert_array_equal(found, expected)


@given(expected=st.integers(0, 20))
def test_what_is_expected_need_not_come(expected: int) -> None:
    matrix = Matrix(1)
    matrix.expected = expected
    for start in range(0, 10, 2):
        matrix.add([np.arange(start, start + 2)], 2)
    np.testing.assert_array_equal(matrix.rearranged([0])[:, 0], np.arange(10))


@given(data=st.data(), rows=st.integers(1, 11), width=st.integers(1, 4), at_once=st.integers(1, 5))
def test_cells_put_by_column_are_those_added_by_row(data: st.DataObject, rows: int, width: int, at_once: int) -> None:
    numbers = st.sampled_from([0.5, -1.0, np.nan, np.inf, 1e39])
    flat = data.draw(st.lists(numbers, min_size=rows * width, max_size=rows * width))
    values = np.array(flat).reshape(rows, width)
    if data.draw(st.booleans()):
        values[:, : width // 2] = np.nan
    whole, put = of(values), Matrix(width)
    put.expected = rows
    odd = [0] * width
    for places in (range(width // 2), range(width // 2, width)):
        for start in range(0, rows, at_once) if places else ():
            for place, count in put.put({i: values[start : start + at_once, i] for i in places}, start).items():
                odd[place] += count
    assert odd == (values > 1e38).sum(axis=0).tolist()
    assert put.has_gaps == whole.has_gaps
    for place in range(width):
        np.testing.assert_array_equal(put.column(place), whole.column(place))
    wanted = data.draw(st.just([*range(width)]) | st.lists(st.integers(0, width - 1), max_size=6))
    np.testing.assert_array_equal(put.rearranged(wanted), whole.rearranged(wanted))


def test_what_float32_does_not_hold_is_counted_and_nan() -> None:
    matrix = Matrix(2)
    assert matrix.add([np.array([1e39, 0.5, -np.inf, np.nan]), np.ones(4)], 4) == {0: 2}
    assert matrix.has_gaps
    np.testing.assert_array_equal(matrix.column(0), np.array([np.nan, 0.5, np.nan, np.nan], np.float32))


def test_nothing_takes_no_memory() -> None:
    tracemalloc.start()
    matrix = Matrix(100)
    for _ in range(100):
        matrix.add([np.broadcast_to(np.nan, 10_000)] * 100, 10_000)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert matrix.is_blank
    assert peak < 1 << 20


def test_nothing_but_nan_is_gaps_however_it_came() -> None:
    added, put = of([[np.nan]]), Matrix(1)
    put.expected = 1
    put.put({0: np.array([np.nan])}, 0)
    assert (added.is_blank, added.has_gaps) == (put.is_blank, put.has_gaps) == (True, True)
    assert not of(np.empty((0, 1))).has_gaps


def test_rows_of_nothing_before_the_first_score_are_there() -> None:
    matrix = of([[np.nan, np.nan]] * 5 + [[0.5, np.nan]])
    assert not matrix.is_blank
    np.testing.assert_array_equal(matrix.rearranged([0])[:, 0], [*[np.nan] * 5, 0.5])


def test_rows_are_put_in_order_where_they_lie() -> None:
    values = np.arange(60, dtype=np.float32).reshape(3, 20)
    found = permuted(values, np.array([2, 0, 1]))
    assert found is values
    np.testing.assert_array_equal(found[:, 0], [40, 0, 20])


def test_rows_and_columns_with_any_score_are_told() -> None:
    rows, columns = reported(np.array([[np.nan, np.nan], [np.nan, 0.5]] * 4, np.float32))
    assert rows.tolist() == [False, True] * 4
    assert columns.tolist() == [False, True]
