"""A recording in parts tells the same as the whole, whatever the parts are cut through."""

import csv
import io
import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyarrow import parquet as pq

import leed
from leed.calibration.fit import Fit
from leed.readers import delimited, hume_batch, hume_stream, parquet, pieces, read_parts, table, tabular
from tests.support import hume
from tests.support.parts import shared_files
from tests.test_calibration import HUME_48, usual_face

REAL = shared_files("hume/calhacks23/*.json", "hume/interreviewer/predictions.json", "hume/wilfordwoodruff/words.json")
SOME = ("Joy", "Awe", "Fear", "Interest")


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every file comes in parts of a few rows."""
    monkeypatch.setattr(hume_batch, "_IN_PARTS", 0)
    monkeypatch.setattr(hume_batch, "_PART", 3)
    monkeypatch.setattr(hume_stream, "_WINDOW", 3000)
    monkeypatch.setattr(table, "_IN_PARTS", 0)
    monkeypatch.setattr(delimited, "PART", 3)
    monkeypatch.setattr(parquet, "PART", 3)
    monkeypatch.setattr(parquet, "_IN_PARTS", 0)
    monkeypatch.setattr(parquet, "_DECODED", 60)
    monkeypatch.setattr(pieces, "_SIZE", 60)
    monkeypatch.setattr(tabular, "_LOOKED_AT", 2)


def fitted(parts: Iterable[leed.Recording]) -> bytes:
    fit = Fit()
    fit.add_parts(parts)
    try:
        return fit.calibration("mine").to_json()
    except leed.LeedError as error:
        return str(error).encode()


def issues(parts: list[leed.Recording]) -> list[str]:
    return sorted(map(str, (issue for part in parts for issue in part.issues)))


def rows(parts: list[leed.Recording]) -> list[str]:
    """All that is said of each segment; columns of which a track has nothing are none."""
    segments = (track.segment(i) for part in parts for track in part.tracks for i in range(len(track)))
    return sorted(repr((sorted(s.scores.items()), *said(s))) for s in segments)


def said(s: leed.Segment) -> tuple[object, ...]:
    extras = {name: value for name, value in s.extras.items() if value not in (None, "")}
    about = (s.source, s.channel, s.modality, s.aspect, s.speaker, s.taxonomy, s.quantity, s.exclusive)
    return (*about, s.begin, s.end, s.text, sorted(extras.items()))


def same(source: object) -> list[leed.Recording]:
    """The parts, which tell the same as the whole."""
    parts, whole = list(read_parts(source)), leed.read(source)
    assert fitted(parts) == fitted([whole])
    assert issues(parts) == issues([whole])
    assert rows(parts) == rows([whole])
    return parts


# --- tables


def table_of(names: list[str], cells: list[list[Any]]) -> bytes:
    target = io.StringIO()
    csv.writer(target).writerows([names, *cells])
    return target.getvalue().encode()


numbers = st.one_of(st.floats(0, 1, width=16), st.sampled_from(["", "nan", "high", "-0.5", "1.5", "80"]))
words = st.sampled_from(["face", "prosody", "", "smell", "voice"])
speakers = st.sampled_from(["Ann", "Ben", "unknown", ""])
FIELDS = ["modality", "speaker", "begin"]
others = st.lists(
    st.sampled_from([*SOME, "valence", "arousal", "happy", "sad", "neutral", "happy (%)", "wistful", "pitch"]),
    min_size=1,
    max_size=6,
    unique=True,
)


@st.composite
def tables(draw: st.DrawFn) -> bytes:
    names = [*FIELDS, *draw(others)]
    row = st.tuples(words, speakers, numbers, *[numbers] * (len(names) - len(FIELDS)))
    return table_of(names, [list(cells) for cells in draw(st.lists(row, min_size=1, max_size=25))])


@given(tables())
@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@pytest.mark.usefixtures("small")
def test_a_table_in_parts_tells_the_same(data: bytes) -> None:
    assert read(read_parts, data) == read(lambda data, **f: [leed.read(data, **f)], data)


@given(tables())
@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@pytest.mark.usefixtures("small")
def test_parquet_in_parts_tells_the_same(data: bytes) -> None:
    packed = parquet_of(data)
    whole = read(lambda data, **f: [leed.read(data, **f)], packed, "parquet")
    assert read(read_parts, packed, "parquet") == whole


def parquet_of(data: bytes) -> bytes:
    """The same table as Parquet: numbers where a column has nothing else, with a column that is left out."""
    names, *cells = csv.reader(io.StringIO(data.decode()))
    columns = {name: pa.array([row[i] or None for row in cells], pa.string()) for i, name in enumerate(names)}
    for name, column in columns.items():
        with suppress(pa.ArrowInvalid):
            columns[name] = column.cast(pa.float64())
    target = io.BytesIO()
    pq.write_table(pa.table(columns | {"picture": pa.array([b"x"] * len(cells))}), target)
    return target.getvalue()


@pytest.mark.usefixtures("small")
def test_parquet_comes_in_parts_and_what_leed_wrote_whole() -> None:
    data = parquet_of(table_of(["modality", *SOME], [["face", 0.1 * i, 0.2, 0.3, 0.4] for i in range(10)]))
    parts = same(data)
    assert sum(map(len, parts)) == 10
    assert len(parts) > 3
    assert [issue.message for issue in parts[-1].issues] == [
        "1 column of bytes or nested values is left out: picture",
    ]
    target = io.BytesIO()
    pq.write_table(leed.read(data).to_table(), target)
    assert [len(part) for part in read_parts(target.getvalue())] == [10]


def read(reader: Callable[..., Iterable[leed.Recording]], data: bytes, form: str = "table") -> tuple[object, ...]:
    """What a table tells, or what is wrong with it."""
    try:
        parts = list(reader(data, format=form))
    except leed.LeedError as error:
        return type(error), str(error)
    return fitted(parts), issues(parts), rows(parts)


@pytest.mark.usefixtures("small")
def test_a_table_comes_in_parts() -> None:
    data = table_of(["modality", *SOME], [["face", 0.1 * i, 0.2, 0.3, 0.4] for i in range(10)])
    parts = same(data)
    assert [len(part) for part in parts] == [3, 3, 4, 0]


@pytest.mark.usefixtures("small")
def test_exclusive_classes_are_told_by_all_rows_of_a_track() -> None:
    """By its first part alone, each of the two would be taken for the other."""
    ones, others = [0.7, 0.2, 0.1], [0.7, 0.7, 0.1]
    cells = [["face", "Ann", *(others if i < 2 else ones)] for i in range(60)]
    cells += [["face", "Ben", *(ones if i < 2 else others)] for i in range(60)]
    parts = same(table_of(["modality", "speaker", "wistful", "glum", "joy"], cells))
    told = {(track.speaker, track.exclusive) for part in parts for track in part.tracks}
    assert told == {("Ann", True), ("Ben", False)}


@pytest.mark.usefixtures("small")
def test_a_column_that_is_blank_at_first_is_read() -> None:
    cells = [["face", 0.2, "" if i < 9 else 0.5] for i in range(12)]
    same(table_of(["modality", "Joy", "Awe"], cells))
    cells = [["face", -0.2 if i == 11 else 0.5, 0.5] for i in range(12)]
    same(table_of(["modality", "valence", "Awe"], cells))


@pytest.mark.usefixtures("small")
def test_what_is_odd_about_a_table_is_said_once() -> None:
    cells = [["face" if i % 2 else "smell", "x" if i % 4 == 0 else 0.2, 1.5] for i in range(12)]
    (last,) = [part for part in same(table_of(["modality", "Joy", "Awe"], cells)) if part.issues]
    assert [issue.message for issue in last.issues] == [
        "column 'modality': smell is no modality that leed knows; it is left out",
        "column 'Joy': 3 cells are no finite number",
        "6 of 6 segments have scores outside 0 to 1 (0 to 1.5); they are kept as they are",
        "6 of 6 segments have scores outside 0 to 1 (0 to 1.5); they are kept as they are",
    ]


def test_a_small_file_comes_whole() -> None:
    rows = [{"modality": "face", "Joy": 0.1}] * 3
    assert [len(part) for part in read_parts(rows)] == [3]
    recording = leed.read(rows)
    assert list(read_parts(recording)) == [recording]
    assert [len(part) for part in read_parts(table_of(["Joy", "Awe"], [[0.1, 0.2]] * 9))] == [9]


# --- Hume's predictions


def predictions(count: int, **changed: float) -> list[Any]:
    usual = usual_face(**changed)
    rng = np.random.default_rng(count)
    items = [
        {
            "frame": i,
            "time": i / 3,
            "prob": 0.99,
            "box": {"x": 1.0, "y": 2.0, "w": 3.0, "h": 4.0},
            "emotions": [{"name": name, "score": score * rng.uniform(0.5, 1.5)} for name, score in usual.items()],
        }
        for i in range(count)
    ]
    groups = [{"id": f"face_{i}", "predictions": items[i::2]} for i in range(2)]
    file = {"file": "a.mp4", "models": {"face": {"metadata": None, "grouped_predictions": groups}}}
    return [{"source": {"type": "file", "filename": "a.mp4"}, "results": {"predictions": [file], "errors": []}}]


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize("write", [hume.minified, hume.pretty])
@pytest.mark.parametrize("changed", [{}, {"Joy": 1.4}])
def test_predictions_in_parts_tell_the_same(write: Any, changed: dict[str, float]) -> None:
    data = write(predictions(20, **changed))
    parts = same(data)
    assert max(map(len, parts)) < 10
    assert {track.speaker for part in parts for track in part.tracks} == {"face_0", "face_1"}


@pytest.mark.usefixtures("small")
def test_odd_predictions_in_parts_tell_the_same() -> None:
    plain = predictions(20)
    items = plain[0]["results"]["predictions"][0]["models"]["face"]["grouped_predictions"][0]["predictions"]
    items[3]["emotions"] = []
    items[5]["emotions"] = items[5]["emotions"][:20]
    items[7]["emotions"] += [{"name": "Joy", "score": 0.5}]
    items[8]["emotions"].append({"name": "Wistfulness", "score": 0.5})
    items[9]["emotions"].reverse()
    same(json.dumps(plain).encode())


@pytest.mark.usefixtures("small")
def test_predictions_that_are_not_written_as_humes_come_whole() -> None:
    plain = predictions(8)
    groups = plain[0]["results"]["predictions"][0]["models"]["face"]["grouped_predictions"]
    groups[1]["id"] = groups[0]["id"]
    assert len(same(json.dumps(plain).encode())) == 1


@pytest.mark.usefixtures("small")
def test_predictions_that_are_cut_off_are_an_error_before_anything_is_counted() -> None:
    with pytest.raises(leed.LeedError, match="cut off"):
        next(read_parts(json.dumps(predictions(20)).encode()[:-2000]))


@pytest.mark.needs_data
@pytest.mark.usefixtures("small")
@pytest.mark.parametrize("path", REAL)
def test_real_predictions_in_parts_tell_the_same(path: Path) -> None:
    assert len(same(path)) > 1


def test_a_fit_that_fails_on_the_way_counts_nothing() -> None:
    recording = leed.read([{"modality": "face", **dict.fromkeys(HUME_48, 0.1)}])

    def failing() -> Iterator[leed.Recording]:
        yield recording
        raise leed.LeedError("it is cut off")

    fit = Fit()
    with pytest.raises(leed.LeedError, match="cut off"):
        fit.add_parts(failing())
    assert fit.segments == 0
