"""Runs of long tables: whatever the order of the rows, those that are kept tell the same stretches."""

import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import leed
from leed.readers import pieces
from leed.readers.runs import Runs
from leed.readers.sheet import Cells, Sheet

TIMES = ("0", "0.5", "1", "1.0", "2", "", "nan", "1:30", "soon", "1e39", "-0")
LABELS = ("Joy", "Fear", "Awe")


def found(runs: Runs, *cells: list[str]) -> list[range]:
    columns = {i: Cells(column, comma=False) for i, column in enumerate(cells)}
    return list(runs.found(Sheet(columns, len(cells[0]))).spans)


def test_runs_that_repeat_those_before_them_are_kept_once() -> None:
    runs = Runs(times=[0], words=[1])
    assert found(runs, ["0", "1", "2"], ["a", "a", "b"]) == [range(3)]
    assert found(runs, ["0", "1", "2", "0"], ["a", "a", "b", "a"]) == [range(3), range(1)]
    assert found(runs, ["1", "2"], ["a", "b"]) == [range(1, 3)]
    assert runs.rows == 3


def test_a_repetition_may_begin_within_a_sheet_and_after_others_that_are_kept() -> None:
    runs = Runs(times=[0], words=[1])
    assert found(runs, ["0", "1", "0", "1"], list("aaaa")) == [range(2), range(2)]
    assert found(runs, ["0", "1", "0", "1", "0"], list("bbbba")) == [range(2, 4), range(2, 4), range(1)]
    assert runs.rows == 4


def test_times_that_are_no_numbers_are_kept_each_time_and_counted() -> None:
    runs = Runs(times=[0], words=[])
    assert found(runs, ["soon", "0.5"]) == [range(2)]
    assert found(runs, ["soon", "0.5"]) == [range(2, 4)]
    assert runs.odd(0) == 2


def test_rows_in_no_order_take_bounded_time() -> None:
    rng = np.random.default_rng(7)
    runs = Runs(times=[0], words=[])
    cells = list(map(str, rng.integers(0, 50, 20_000).tolist()))
    assert sum(map(len, found(runs, cells))) == np.count_nonzero(np.diff(list(map(int, cells)))) + 1


def outcome(data: bytes) -> leed.Recording | str:
    try:
        return leed.read(data, format="table")
    except leed.LeedError as error:
        return str(error)


def table_from(rng: random.Random) -> str:
    """A long table in the order of stretches or of labels, or in none; some rows left out, or said twice."""
    when = rng.sample(TIMES, rng.randint(1, len(TIMES))) + [str(i) for i in range(rng.choice([0, 9]))]
    who = rng.sample(["Ann", "Ben", ""], rng.randint(1, 3))
    rows = [(t, w, label) for w in who for t in when for label in LABELS]
    match rng.randrange(4):
        case 0:
            rows.sort(key=lambda row: LABELS.index(row[2]))
        case 1:
            rows.sort(key=lambda row: (who.index(row[1]), LABELS.index(row[2])))
        case 2:
            rng.shuffle(rows)
        case _:
            pass
    rows = [row for row in rows for _ in range(rng.choice([0, 1, 1, 1, 1, 1, 1, 1, 1, 2]))]
    scores = ("", "0.5", "1e39", "x", "0.25", "1")
    lines = [f"{t},{w},{label},{rng.choice(scores)}\n" for t, w, label in rows]
    return "time,speaker,label,score\n" + "".join(lines)


@settings(max_examples=100, deadline=None)
@given(seed=st.integers(0, 2**32), size=st.integers(1, 400))
def test_the_recording_is_that_of_runs_that_are_all_kept(seed: int, size: int) -> None:
    data = table_from(random.Random(seed)).encode()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pieces, "_SIZE", size)
        once = outcome(data)
        patch.setattr(Runs, "_keys", lambda *_: None)
        assert outcome(data) == once
