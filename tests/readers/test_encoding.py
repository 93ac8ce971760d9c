"""Bytes in any encoding as text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

import leed
from leed.errors import DamagedInputError
from leed.readers.content import Content
from leed.readers.encoding import as_text, beginning_in_utf8, byte_of, encoding_of
from leed.readers.raw import PIECE

ENCODINGS = ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be"]
JSON = '{"Joy": 0.84, "text": "naïve 😀"}'
TABLE = "Joy,Text\n0.84,naïve 😀\n"


@pytest.mark.parametrize("text", [JSON, TABLE])
@pytest.mark.parametrize("encoding", ENCODINGS)
def test_any_unicode_is_read_with_or_without_a_mark(encoding: str, text: str) -> None:
    recording = leed.read(text.encode(encoding))
    assert recording.segments()[0].text == "naïve 😀"
    assert recording.issues == ()


@pytest.mark.parametrize("text", [JSON, TABLE])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_only_what_is_not_utf_8_is_read_as_windows_1252(mark: bytes, text: str) -> None:
    data = mark + text.replace("ï", "ï – ?").encode().replace(b"?", b"\x93\xe9\x94 \x81")
    recording = leed.read(data)
    assert recording.segments()[0].text == "naï – “é” \N{REPLACEMENT CHARACTER}ve 😀"
    assert [i.code for i in recording.issues] == ["encoding"]


@pytest.mark.parametrize(("encoding", "name"), [("utf-16", "UTF-16"), ("utf-32-be", "UTF-32")])
def test_what_is_no_unicode_is_reported(encoding: str, name: str) -> None:
    lone = '{"Joy": 0.84, "text": "\udc00!"}'.encode(encoding, "surrogatepass")
    recording = leed.read(lone)
    assert recording.segments()[0].text == "\N{REPLACEMENT CHARACTER}!"
    (issue,) = recording.issues
    assert issue.code == "encoding"
    assert issue.message.startswith(f"not {name} at byte ")


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_damage_is_placed_in_the_bytes_of_the_file(encoding: str) -> None:
    start, rest = '{"text": "é😀", ', "Joy: 0.84}"
    with pytest.raises(DamagedInputError, match=f"not JSON from byte {len(start.encode(encoding))} on"):
        leed.read((start + rest).encode(encoding))


def test_damage_behind_bytes_of_another_encoding_is_placed_too() -> None:
    with pytest.raises(DamagedInputError, match="not JSON from byte 13 on"):
        leed.read(b'{"\xe9\xe9": "\xc3\xa9", Joy: 0.84}')


def test_binary_data_is_not_taken_for_text() -> None:
    for data in (b"\x01\x00\x02\x00", b"a\x00b", b"\x00\x00\x00\x01\x00\x00\x00\x02", bytes(16), b"a" + bytes(7)):
        content = Content(data=data)
        assert content.data == data
        assert content.issues == []


@given(
    text=st.text(st.characters(min_codepoint=1, exclude_categories=["Cs"])),
    encoding=st.sampled_from(["utf-8", "utf-16-le", "utf-32-be"]),
)
def test_text_with_a_mark_is_itself(text: str, encoding: str) -> None:
    data = f"\ufeff{text}".encode(encoding)
    content = Content(data=data)
    assert content.data == text.encode()
    assert content.issues == []
    assert beginning_in_utf8(data) == text.encode()
    for place in (0, len(text) // 2, len(text)):
        assert byte_of(data, place) == len(data) - len(text[place:].encode(encoding))


@pytest.mark.parametrize(("encoding", "width"), [("utf-16-le", 2), ("utf-32-be", 4)])
@pytest.mark.parametrize("shift", range(-4, 4))
def test_letters_and_faults_where_pieces_meet_are_read(encoding: str, width: int, shift: int) -> None:
    before = "x" * (PIECE // width + shift)
    data = f"\ufeff{before}😀\udc00é\udc00".encode(encoding, "surrogatepass")
    content = Content(data=data)
    assert content.data == f"{before}😀\N{REPLACEMENT CHARACTER}é\N{REPLACEMENT CHARACTER}".encode()
    (issue,) = content.issues
    fault = data.index("\udc00é".encode(encoding, "surrogatepass"))
    assert issue.message.startswith(f"not {encoding.upper()[:6]} at byte {fault};")


@given(data=st.binary(), encoding=st.sampled_from(["utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"]))
def test_any_bytes_behind_a_mark_are_text(data: bytes, encoding: str) -> None:
    content = Content(data="\ufeff".encode(encoding) + b"a\0\0\0" + data)
    name, mark = encoding_of(content.storage.open().read(8))
    assert content.data == ("\ufeff".encode(encoding) + b"a\0\0\0" + data)[mark:].decode(name, "replace").encode()


@given(data=st.binary())
def test_any_bytes_are_text(data: bytes) -> None:
    text, odd = as_text(data)
    text.encode()
    is_utf8 = data.decode("utf-8", "ignore").encode() == data
    assert (odd == "") == is_utf8
    assert not is_utf8 or text.encode() == data
