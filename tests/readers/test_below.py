"""Rows of large JSON below wrappers, by column, or split: the same recording as from all of them at once."""

import gzip
import io
import json
import math
import random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import leed
from leed import LeedError
from leed.readers import below, content, long_lists, mapping, row_pieces
from leed.schema.recording import Recording
from tests.support.json_rows import outcome, row_of, same, shape_from, spoilt, thinned, worded
from tests.support.mangling import mangled

AROUND: tuple[tuple[str, Any], ...] = (
    *(
        ("meta", {"job": "x"}),
        ("status", "ok"),
        ("file", "a.wav"),
        ("speaker", "Ann"),
        ("speaker", None),
        ("speaker", 7),
    ),
    *(("modality", "face"), ("modality", "odd"), ("time", 3), ("begin_ms", "500"), ("end", "1:30"), ("end_ms", None)),
    *(("message", "done"), ("confidence", 0.5), ("confidence", "high"), ("age", 30), ("granularity", "frame")),
    *(("channel", "assistant"), ("total", 100), ("Joy", 0.5), ("tags", ["a"]), ("clips", []), ("text", " ")),
    *(("more", [{"Joy": 0.5}]), ("face", {"Joy": 0.25}), ("gender", "male"), ("data", None), ("nested", {"Joy": 0.5})),
)
WRAPPERS = ("data", "results", "rows", "prosody", "Ann", "a.wav", "0.5", "7", "stuff")


@pytest.fixture(autouse=True)
def _few_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(row_pieces, "_ROWS", 3)
    monkeypatch.setattr(mapping, "_SMALL", 0)
    monkeypatch.setattr(long_lists, "_WINDOW", 128)
    monkeypatch.setattr(long_lists, "_LONGEST", 2000)
    monkeypatch.setattr(long_lists, "_LOOKS", (16, 64))


def below_wrappers(rows: Any, rng: random.Random) -> Any:
    """The rows below some keys, with others beside them."""
    for _ in range(rng.choice([0, 1, 1, 2, 3])):
        beside = rng.sample(AROUND if rng.random() < 0.3 else AROUND[:16], rng.choice([0, 0, 1, 2]))
        items = [*beside, (rng.choice(WRAPPERS[:3] if rng.random() < 0.8 else WRAPPERS), rows)]
        rows = dict(rng.sample(items, len(items)))
    return [rows, rows] if rng.random() < 0.03 else rows


def by_column(rows: list[Any]) -> Any:
    return {key: [row[key] for row in rows] for key in rows[0]}


def split(rows: list[Any], rng: random.Random) -> Any:
    cells: list[Any] = [list(row.values()) for row in rows]
    if rng.random() < 0.1:
        cells[rng.randrange(len(cells))] = rng.choice([None, [], [0.5], 5, {"Joy": 1}])
    n = len(rows)
    index = rng.choice([[*range(n)], [*range(n)], [*range(1, n + 1)], [f"{i}.wav" for i in range(n)], ["a"] * n, [0.5]])
    table = [("columns", list(rows[0])), ("index", index), ("data", cells)]
    return dict(rng.sample(table, rng.choice([2, 3, 3, 3])))


def rows_from(rng: random.Random, count: int) -> list[Any]:
    shape = shape_from(rng)
    rows: list[Any] = [row_of(shape, rng) for _ in range(count)]
    return [worded(row, rng) for row in rows] if rng.random() < 0.2 else rows


def is_table(rows: list[Any]) -> bool:
    return all(isinstance(row, dict) and row and row.keys() == rows[0].keys() for row in rows)


@settings(max_examples=600, deadline=None)
@given(seed=st.integers(0, 2**32))
def test_rows_around_which_something_stands_are_those_read_at_once(seed: int) -> None:
    rng = random.Random(seed)
    rows = rows_from(rng, rng.choice([1, 3, 12, 40]))
    if rng.random() < 0.3:
        rows = spoilt(rows, rng)
    kind = rng.choice(["list", "list", "columns", "split"])
    given: Any = rows
    if kind != "list" and is_table(rows):
        given = by_column(rows) if kind == "columns" else split(rows, rng)
    elif rng.random() < 0.3:
        given = [thinned(row, rng, 0.1) if isinstance(row, dict) else row for row in rows]
    data = json.dumps(below_wrappers(given, rng), indent=rng.choice([None, None, 1])).encode()
    data = mangled(data, seed) if rng.random() < 0.3 else data
    same(rng.choice([data, data, data, b"\xef\xbb\xbf" + data, gzip.compress(data)]))


def face(**said: Any) -> list[dict[str, Any]]:
    return [{"begin": i / 3, **said, "Joy": i / 40, "Fear": 0.5, "Awe": None} for i in range(40)]


def read(plain: Any, monkeypatch: pytest.MonkeyPatch) -> Recording:
    """The recording of rows that are not gone through one by one."""
    monkeypatch.setattr(content, "LARGE", 0)
    monkeypatch.setattr(mapping, "_at_once", None)
    return leed.read(json.dumps(plain).encode())


@pytest.mark.parametrize(
    "plain",
    [
        {"data": face()},
        {"meta": {"job": "x"}, "results": {"rows": face(), "status": "ok"}},
        [{"rows": face()}],
        by_column(face()),
        {"status": "ok", "data": by_column(face())},
        {"columns": list(face()[0]), "index": [*range(40)], "data": [[*row.values()] for row in face()]},
        {"results": {"columns": list(face()[0]), "data": [[*row.values()] for row in face()]}},
    ],
    ids=["wrapped", "deeper", "listed", "columns", "wrapped columns", "split", "wrapped split"],
)
def test_rows_below_wrappers_and_tables_are_read_some_at_a_time(plain: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    (track,) = read(plain, monkeypatch).tracks
    assert track.labels == ("Awe", "Fear", "Joy")
    assert track.matrix[:, 2].tolist() == pytest.approx([i / 40 for i in range(40)])
    assert track.begin.tolist() == [i / 3 for i in range(40)]


def test_what_is_said_around_rows_is_said_of_each(monkeypatch: pytest.MonkeyPatch) -> None:
    around = {"file": "a.wav", "speaker": "Ann", "end": 20, "text": "so", "confidence": 0.5, "time": 7}
    plain = {**around, "data": {"prosody": face()}}
    (track,) = read(plain, monkeypatch).tracks
    assert (track.source, track.speaker, track.modality) == ("a.wav", "Ann", "prosody")
    assert {*track.end.tolist()} == {20.0}
    assert track.begin[:2].tolist() == [0, 1 / 3]
    assert {*(track.text or ())} == {"so"}
    assert {*track.extras["confidence"].tolist()} == {0.5}


def test_what_is_not_read_is_counted_around_rows_and_in_them(monkeypatch: pytest.MonkeyPatch) -> None:
    plain = {"clip": "x", "meta": {"job": "y"}, "data": [{"clip": "x", "Joy": 0.5}] * 40}
    assert [str(issue) for issue in read(plain, monkeypatch).issues] == [
        "'clip' holds no score; it is left out (41 times)",
        "'meta' holds no score; it is left out",
    ]


@pytest.mark.parametrize(
    "plain",
    [
        {"age": 30, "data": face()},
        {"Joy": 0.5, "data": face()},
        {"Ann": face(), "Bob": face()},
        {"modality": "voice", "data": [{"face": {"Joy": 0.5}}] * 40},
        {"begin_ms": 500, "data": face()},
        {"prosody": [{"modality": name, "Joy": 0.5} for name in ("voice", "face", "odd")] * 9},
        [{"data": face()}, 5],
        {"speaker": "Ann", "data": [*face(), {"speaker": "Bob", "Joy": 0.5}]},
        {"data": [*face(), {"begin": 0, "Joy": math.nan, "Fear": 0.5, "Awe": 0.5}]},
        {**by_column(face()), "Joy": [math.nan] * 40},
        {**by_column(face()), "Joy": [10**30] * 40},
        {**by_column(face()), "Joy": ["\ud800"] * 40},
        {"columns": ["Joy"], "index": ["a.wav", "b.wav"], "data": [[0.5], [0.25]]},
        {"columns": ["Joy"], "data": [[0.5]] * 30 + [[0.5, 0.5]]},
        {"Joy": dict.fromkeys("ab", 0.5)},
    ],
)
def test_what_has_more_to_it_is_read_at_once(plain: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    data = json.dumps(plain).encode()
    same(data)
    monkeypatch.setattr(content, "LARGE", 0)
    given = content.Content(data=data)
    assert below.recording_below(given.lean, lambda plain: list(plain.items()), None) is None


@pytest.mark.parametrize("end", [b"", b"]", b"]}}", b"]}x", b"\xff]}", b',{"Joy": 0.5}}'])
def test_damage_is_told_as_ever(end: bytes) -> None:
    data = json.dumps({"data": face()}).encode()[:-2] + end
    same(data)
    with pytest.raises(LeedError):
        leed.read(data)


def test_a_wrapper_that_stands_twice_holds_what_stands_last() -> None:
    data = b'{"data":%b,"data":%b}' % (json.dumps(face()).encode(), json.dumps(face()[:9]).encode())
    same(data)
    assert len(leed.read(data)) == 9


def test_columns_of_packed_data_are_read_side_by_side_as_they_are() -> None:
    data = gzip.compress(json.dumps(by_column(face())).encode())
    assert outcome(data, large=0)[2].tracks[0].begin.tolist() == [i / 3 for i in range(40)]
    assert len(leed.read(io.BytesIO(data))) == 40
