"""Rows of text parted by commas: tables that would unfold to far more than they are, and odd ends of lines."""

import pytest

import leed
from leed.errors import DamagedInputError, InputError
from leed.readers import csv_rows
from leed.readers.csv_rows import rows_of


def test_rows_are_those_of_the_csv_module() -> None:
    lines = ["a;b\r\n", '"1;2";3\r\n', "4\r\n"]
    assert list(rows_of(lines, shown="x", size=20, delimiter=";")) == [["a", "b"], ["1;2", "3"], ["4"]]


def test_a_cell_may_be_as_long_as_a_transcript() -> None:
    assert list(rows_of(['0,"' + "x" * 200_000 + '"'], shown="x", size=200_004)) == [["0", "x" * 200_000]]


def test_a_broken_table_is_said_to_be_broken() -> None:
    with pytest.raises(DamagedInputError, match="x: not a well-formed table: new-line character"):
        list(rows_of(["a\rb"], shown="x", size=3))


HEADERS = {
    "table": "speaker,Joy,Fear",
    "hume-csv": "Id,Text,BeginTime,EndTime,Joy,Fear",
    "fer": "box0,angry0,happy0,sad0,fear0",
    "openface": "frame,face_id,timestamp,confidence,success,AU01_r",
    "pyfeat": "FaceRectX,FaceScore,anger,happiness,sadness",
    "phonexia": "Channel,Happy (%),Sad (%)",
}


@pytest.mark.parametrize(("name", "header"), HEADERS.items())
def test_a_table_of_too_many_columns_is_refused(name: str, header: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(csv_rows, "MOST_COLUMNS", 20)
    data = f"{header},{','.join(f'c{i}' for i in range(30))}\n".encode()
    width = data.count(b",") + 1
    with pytest.raises(InputError, match=f"is a table of {width} columns; no more than 20 are read"):
        leed.read(data, format=name)


@pytest.mark.parametrize(("name", "header"), HEADERS.items())
def test_short_rows_below_a_wide_header_are_not_filled_up(
    name: str, header: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A million rows of one cell each, below ten thousand columns, would be ten thousand million cells."""
    monkeypatch.setattr(csv_rows, "_FREE", 1_000)
    data = f"{header},{','.join(f'c{i}' for i in range(1000))}\n".encode() + b"1\n" * 3_000
    with pytest.raises(InputError, match="columns whose rows have hardly any cells; fill them, or leave the columns"):
        leed.read(data, format=name)
