"""gzip data: read as what was packed, streamed where that is; damage and bombs are one line that says where."""

import gzip
import io
import random
import tracemalloc
import zlib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import leed
from leed.errors import DamagedInputError, InputError
from leed.readers import storage
from leed.readers.content import Content, take
from leed.readers.storage import Held, OnDisk, unpacked
from tests.support import answers, hume, hume_csv
from tests.support.mangling import harmless, mangled

JSON = b'{"prosody": {"Sadness": 0.34}, "text": "I\'m fine"}'
TABLE = b"speaker,begin,Joy\nBen,0,0.84\nAnn,1,0.2\n"
LINES = b'{"Joy": 0.84}\n{"Joy": 0.2}\n'
BATCH = hume.minified(hume.conversation())
KINDS = {"mapping": JSON, "table": TABLE, "lines": LINES, "hume-batch": BATCH, **answers.TEXT}


@pytest.mark.parametrize("data", KINDS.values(), ids=KINDS)
def test_gzip_data_is_read_as_what_was_packed(data: bytes, tmp_path: Path) -> None:
    """A file of any name, bytes and open files; the ending .gz is no part of a source's name."""
    packed = gzip.compress(data)
    expected = leed.read(data)
    assert len(expected) > 0
    assert leed.read(packed) == leed.read(io.BytesIO(packed)) == expected
    (tmp_path / "scores").write_bytes(data)
    (tmp_path / "scores.GZ").write_bytes(packed)
    named = leed.read(tmp_path / "scores")
    assert leed.read(tmp_path / "scores.GZ") == named
    with (tmp_path / "scores.GZ").open("rb") as file:
        assert leed.read(file) == named


@pytest.mark.parametrize("kept", [0, storage._KEPT])
def test_hume_predictions_are_streamed_from_gzip(kept: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(storage, "_KEPT", kept)
    monkeypatch.setattr("leed.readers.hume_batch.LARGE", 1)
    monkeypatch.setattr(Content, "data", property(lambda _: pytest.fail("it was read as a whole")))
    path = tmp_path / "predictions.json.gz"
    path.write_bytes(gzip.compress(BATCH))
    assert leed.read(path) == leed.read(hume.conversation())


def test_a_large_file_is_unpacked_in_pieces(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(storage, "_KEPT", 1 << 10)
    path = tmp_path / "a.gz"
    data = random.Random(1).randbytes(1 << 22)
    path.write_bytes(gzip.compress(data, 1))
    tracemalloc.start()
    found = unpacked(OnDisk(str(path)), "a")
    with found.open() as file:
        read = sum(len(piece) for piece in iter(lambda: file.read(1 << 15), b""))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert (found.size, read) == (1 << 22, 1 << 22)
    assert peak < 1 << 20


def test_members_one_behind_the_other_are_one_and_zeros_are_padding() -> None:
    packed = gzip.compress(LINES[:14]) + bytes(70_000) + gzip.compress(LINES[14:]) + bytes(512)
    assert leed.read(packed) == leed.read(LINES)


def test_what_stands_behind_the_data_is_reported() -> None:
    recording = leed.read(gzip.compress(JSON) + b"\x00\x00trailing")
    assert recording.tracks == leed.read(JSON).tracks
    assert [i.message for i in recording.issues] == ["the last 8 bytes are no gzip data; they are left out"]


def test_a_zip_archive_may_be_packed_again(monkeypatch: pytest.MonkeyPatch) -> None:
    data = hume_csv.zipped({"a.json": JSON})
    for kept in (storage._KEPT, 0):
        monkeypatch.setattr(storage, "_KEPT", kept)
        assert leed.read(gzip.compress(data)) == leed.read(data)


@pytest.mark.parametrize("cut", [2, 9, 10, 30, -9, -8, -1])
def test_data_that_is_cut_off_says_at_which_byte(cut: int, tmp_path: Path) -> None:
    packed = gzip.compress(JSON)[:cut]
    path = tmp_path / "a.json.gz"
    path.write_bytes(packed)
    message = f"{path}: the gzip data is cut off at byte {len(packed)}: it ends in the middle; download or copy"
    with pytest.raises(DamagedInputError) as raised:
        leed.read(path)
    assert str(raised.value) == f"{message} the file again"


def test_damaged_data_says_at_which_byte() -> None:
    rest = random.Random(2).randbytes(300_000)
    packed = bytearray(gzip.compress(JSON + rest, 0))  # stored, so that a byte of it is a byte
    packed[-8] ^= 1
    with pytest.raises(DamagedInputError, match=rf"damaged at byte {len(packed) - 5} \(incorrect data check\)"):
        leed.read(bytes(packed))
    with pytest.raises(DamagedInputError, match=r"damaged at byte 3 \(unknown compression method\)"):
        leed.read(b"\x1f\x8b\x07" + bytes(packed[3:]))
    second = gzip.compress(LINES)
    with pytest.raises(DamagedInputError, match=rf"damaged at byte {len(second) + 3} "):
        leed.read(second + b"\x1f\x8b\x07\x00")


def bomb(size: int) -> bytes:
    """A gzip of spaces, a thousand times smaller."""
    return gzip.compress(b" " * size)


def test_a_bomb_is_unpacked_no_further_than_scores_come_to(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(storage, "_FREE", 1 << 20)
    data = bomb(1 << 24)
    assert len(data) < 1 << 15
    tracemalloc.start()
    with pytest.raises(InputError) as raised:
        leed.read(data)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert str(raised.value) == (
        f"the input: unpacks to more than {100 * len(data)} bytes, which no scores do; "
        "if it is sound, unpack it and give that"
    )
    assert peak < 1 << 23


def test_gzip_within_gzip_is_refused() -> None:
    for data in (gzip.compress(gzip.compress(JSON)), gzip.compress(bomb(1 << 20))):
        with pytest.raises(InputError, match="is gzip data within gzip data; unpack it once and give that"):
            leed.read(data)


def test_a_bomb_in_a_zip_is_measured_by_what_it_takes_there(monkeypatch: pytest.MonkeyPatch) -> None:
    """Spaces, packed twice by gzip's rules but once each, are a million times smaller."""
    monkeypatch.setattr(storage, "_FREE", 1 << 16)
    stored = zlib.compressobj(0, wbits=31)
    twice = stored.compress(b" " * (1 << 20)) + stored.flush()
    with pytest.raises(InputError, match=r"can be read: a\.gz: .*which no scores do"):
        leed.read(hume_csv.zipped({"a.gz": twice}))


def test_packed_data_that_is_too_large_to_be_held_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(storage.Gzipped, "whole", 10)
    with pytest.raises(InputError, match=f"unpacks to {len(JSON)} bytes, more than are read at once"):
        leed.read(gzip.compress(JSON))
    assert leed.read(gzip.compress(TABLE)) == leed.read(TABLE)  # which is never held as a whole


def test_a_file_can_be_filled_into_any_buffer() -> None:
    with unpacked(Held(gzip.compress(JSON)), "a").open() as file:
        assert file.read() == JSON
    with storage.Unpacking(io.BytesIO(gzip.compress(JSON)), "a", 1000) as raw:
        assert (raw.read(3), raw.readall(), raw.read(3)) == (JSON[:3], JSON[3:], b"")


@settings(max_examples=150)
@given(seed=st.integers(0, 2**32), name=st.sampled_from(sorted(KINDS)))
def test_mangled_gzip_data_is_harmless(seed: int, name: str) -> None:
    harmless(mangled(gzip.compress(KINDS[name]), seed))


@settings(max_examples=50)
@given(parts=st.lists(st.binary(max_size=300), min_size=1, max_size=4), padding=st.integers(0, 3))
def test_any_bytes_come_out_as_they_went_in(parts: list[bytes], padding: int) -> None:
    whole = b"x" + b"".join(parts)
    packed = gzip.compress(b"x") + b"".join(gzip.compress(part) + bytes(padding) for part in parts)
    assert take(packed)._raw() == whole
