"""Delimited text cut into pieces: whatever stands in the cells, no row is cut."""

import csv
import io
import itertools
import tracemalloc

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from leed.errors import DamagedInputError
from leed.readers import pieces as module
from leed.readers.pieces import pieces


def cut(text: bytes, size: int, delimiter: str = ",") -> list[bytes]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "_SIZE", size)
        return list(pieces(io.BytesIO(text), delimiter, "x"))


def rows(text: bytes, delimiter: str = ",") -> list[list[str]]:
    return list(csv.reader(io.StringIO(text.decode(), newline=""), delimiter=delimiter))


def test_a_piece_ends_where_a_row_does() -> None:
    assert cut(b"1,2\n3,4\n5,6\n", 5) == [b"1,2\n3,4\n", b"5,6\n"]
    assert cut(b"1,2\r\n3,4\r\n5", 4) == [b"1,2\r\n", b"3,4\r\n", b"5"]
    assert cut(b"1,2\r3,4\r5,6\r", 4) == [b"1,2\r", b"3,4\r", b"5,6\r"]
    assert cut(b"", 4) == []


def test_a_line_within_quotation_marks_ends_no_row() -> None:
    assert cut(b'a,"1\n2\n3\n",b\nc,"""\n",d\n', 3) == [b'a,"1\n2\n3\n",b\n', b'c,"""\n",d\n']


def test_marks_that_stand_anywhere_mean_themselves() -> None:
    """5" is five inches."""
    assert cut(b'5",a\n6,"b\nc"\n7,d\n', 1) == [b'5",a\n', b'6,"b\nc"\n', b"7,d\n"]


@settings(max_examples=500)
@given(text=st.text('a,;"\r\n', max_size=40), size=st.integers(1, 12), delimiter=st.sampled_from(",;"))
@example(text='"a""\n"\n"', size=1, delimiter=",")
@example(text='a"\n,"\n"\r\n', size=2, delimiter=",")
def test_the_rows_of_the_pieces_are_the_rows_of_the_whole(text: str, size: int, delimiter: str) -> None:
    found = cut(text.encode(), size, delimiter)
    assert b"".join(found) == text.encode()
    whole = rows(text.encode(), delimiter)
    assert list(itertools.chain.from_iterable(rows(piece, delimiter) for piece in found)) == whole


def test_a_mark_that_is_never_closed_is_damage_and_not_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_LARGEST", 1 << 16)
    monkeypatch.setattr(module, "_SIZE", 1 << 12)
    text = b'1,"2\n' + b"3,4\n" * (1 << 18)
    tracemalloc.start()
    with pytest.raises(DamagedInputError, match=r"x: not a well-formed table: a row is longer than .* a quotation"):
        list(pieces(io.BytesIO(text), ",", "x"))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < len(text)


def test_many_rows_with_marks_are_cut_in_linear_time() -> None:
    """Cells of nothing but quotation marks, or lines; a search that began anew for each would take minutes."""
    for cell in (b'""', b'"\n""\n', b'a"', b'"""\n'):
        assert b"".join(pieces(io.BytesIO(b'"' + cell * 300_000 + b'",1\n2,3\n'), ",", "x")).endswith(b"2,3\n")
