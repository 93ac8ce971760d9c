"""An input looked at before it is read."""

import io
import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leed.errors import DamagedInputError, InputError, UnknownFormatError
from leed.readers.content import HEAD, Content, take


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"", "empty"),
        (b" \r\n", "empty"),
        (b'{"a": 1}', "json"),
        (b"\n [1]", "json"),
        (b"\xef\xbb\xbf[1]", "json"),
        ("[1]".encode("utf-16"), "json"),
        (b"<x/>", "xml"),
        (b"a,b", "text"),
        (b"a\x00b", "binary data"),
        (b"PAR1\x00", "Parquet"),
    ],
)
def test_the_kind_is_told_from_the_first_bytes(data: bytes, kind: str, tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_bytes(data)
    assert take(data).kind == take(str(path)).kind == take(io.BytesIO(data)).kind == kind


def test_plain_data_is_plain() -> None:
    for plain in ({"a": 1}, [1], (1, 2)):
        content = take(plain)
        assert (content.kind, content.is_plain, content.size, content.head) == ("plain", True, 0, b"")


@pytest.mark.parametrize("mark", ["utf-8-sig", "utf-16"])
def test_a_byte_order_mark_is_no_content(mark: str) -> None:
    content = take('["é"]'.encode(mark))
    assert (content.data, content.head, content.text, content.plain) == (
        '["é"]'.encode(),
        '["é"]'.encode(),
        '["é"]',
        ["é"],
    )


def test_a_mark_of_two_bytes_at_the_end_of_the_head_is_no_fault() -> None:
    """The head may cut a letter in two."""
    for mark in ("utf-16", "utf-8-sig"):
        content = take(("[" + "é" * HEAD + "]").encode(mark))
        assert content.head.startswith("[é".encode())
        assert content.kind == "json"


def test_the_head_is_short_and_leaves_the_rest_unread(tmp_path: Path) -> None:
    path = tmp_path / "large"
    with path.open("wb") as file:
        file.write(b"[")
        file.truncate(1 << 33)
    content = take(path)
    assert (len(content.head), content.size) == (HEAD, 1 << 33)


def test_names_are_those_of_files(tmp_path: Path) -> None:
    path = tmp_path / "scores.json"
    path.write_bytes(b"[]")
    with path.open("rb") as file:
        assert [take(path).name, take(str(path)).name, take(file).name] == ["scores.json"] * 3
    assert [take(b"[]").name, take(io.BytesIO(b"[]")).name, take([]).name] == [None] * 3
    assert take(path).shown == str(path)
    assert [take(b"[]").shown, take([]).shown, take({}).shown] == ["the input", "the list given", "the dict given"]


@pytest.mark.parametrize(("data", "plain"), [(b"[NaN]", "nan"), (b"[Infinity]", "inf"), (b"[-Infinity]", "-inf")])
def test_numbers_as_python_writes_them_are_read(data: bytes, plain: str) -> None:
    assert str(take(data).plain[0]) == plain


def test_lines_of_json_are_a_list() -> None:
    content = take(b'{"a": NaN}\r\n\n[2]\n3')
    assert content.plain[1:] == [[2], 3]
    assert content.issues == []


def test_a_value_may_go_on_over_the_end_of_its_line_whatever_the_others_hold() -> None:
    for odd in (b"1", b"NaN"):
        content = take(b'{"a": 1}\n{"b":\n [2]} [3]\n{"c": ' + odd + b'}\n{"d": ')
        assert repr(content.plain).replace("nan", "1") == "[{'a': 1}, {'b': [2]}, [3], {'c': 1}]"
        assert [issue.code for issue in content.issues] == ["cut-off"]


def test_a_broken_line_among_others_says_which() -> None:
    with pytest.raises(DamagedInputError, match=r"line 2 \(byte 9\) is no JSON"):
        _ = take(b'{"a": 1}\n{"b": \n{"c": 3}\n').plain


def test_a_broken_line_after_others_says_at_which_byte_of_the_file() -> None:
    """Blank lines and carriage returns count too."""
    with pytest.raises(DamagedInputError, match=r"byte 12\)"):
        _ = take(b'{"a": 1}\r\n\r\n{"b": \r\n{"c": 3}\r\n').plain


def test_text_of_another_encoding_is_read_as_windows_1252() -> None:
    content = take("naïve – “x”".encode("cp1252"))
    assert content.text == "naïve – “x”"
    assert [(i.code, "byte 2" in i.message) for i in content.issues] == [("encoding", True)]


def test_a_message_of_an_error_is_short_however_long_the_path() -> None:
    for path in ("x" * 5000, "a\nb" * 3000, '{"a": ' * 3000):
        with pytest.raises(InputError) as raised:
            take(path)
        assert len(str(raised.value)) < 300
        assert "\n" not in str(raised.value)


def test_a_path_may_be_of_bytes_behind_a_pathlike(tmp_path: Path) -> None:
    class BytesPath(os.PathLike[bytes]):
        def __fspath__(self) -> bytes:
            return os.fsencode(tmp_path / "a")

    (tmp_path / "a").write_bytes(b"[1]")
    assert take(BytesPath()).plain == [1]


@pytest.mark.parametrize("given", [3, None, {1}, object])
def test_what_is_no_content_is_refused(given: Any) -> None:
    with pytest.raises(UnknownFormatError, match="cannot read"):
        take(given)


def test_an_open_file_is_read_from_where_it_stands() -> None:
    file = io.BytesIO(b"xx[1]")
    file.seek(2)
    assert take(file).plain == [1]


def test_content_shows_what_it_is() -> None:
    assert repr(Content(data=b"[]")) == "<Content the input>"


ENTRIES = [b'{"a": 1}', b"[1, 2]", b'{"b": "\xc3\xa9"}', b"", b"  "]
ODD = [b'{"a": NaN}', b'{"b": "\xe9"}', b"[" * 50 + b"]" * 50]


@given(lines=st.lists(st.sampled_from([*ENTRIES, *ODD]), max_size=12), cut=st.sampled_from([None, -3]))
def test_entries_are_those_of_the_plain_data(lines: list[bytes], cut: int | None) -> None:
    data = b"\n".join([b'{"first": 0}', *lines, b'{"last": 0}'])[:cut]
    whole = Content(data=data)
    plain = whole.plain if isinstance(whole.plain, list) else [whole.plain]
    content = Content(data=data)
    assert repr(list(content.entries())) == repr(plain)
    assert content.issues == whole.issues


def test_entries_of_lines_are_decoded_one_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Content, "data", property(lambda _: pytest.fail("it was read as a whole")))
    assert list(Content(data=b'{"a": 1}\n\n{"b": 2}\n').entries()) == [{"a": 1}, {"b": 2}]


def test_a_glimpse_of_many_lines_is_that_of_all_of_them(monkeypatch: pytest.MonkeyPatch) -> None:
    data = b"".join(b'{"n": %d, "scores": {"Joy": 0.5}}\n\n' % i for i in range(5000))
    whole = Content(data=data).glimpse
    monkeypatch.setattr("leed.readers.content._SMALL", 1)
    odd = Content(data=data.replace(b'"n": 200,', b'"n": NaN,'))
    monkeypatch.setattr(Content, "plain", property(lambda _: pytest.fail("it was decoded as a whole")))
    assert Content(data=data).glimpse == whole
    with pytest.raises(pytest.fail.Exception):
        _ = odd.glimpse  # a line that is looked at is not strictly JSON
