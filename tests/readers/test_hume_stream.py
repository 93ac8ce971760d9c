"""Streamed predictions: the same recording as from the whole file, whatever the windows cut through."""

import json
from pathlib import Path
from typing import Any

import pytest

import leed
from leed.errors import DamagedInputError
from leed.readers import content, hume_batch, hume_stream
from tests.support import hume
from tests.support.parts import shared_files

REAL = shared_files(
    "hume/calhacks23/*.json",
    "hume/interreviewer/predictions.json",
    "hume/ongaku/predictions.json",
    "hume/wilfordwoodruff/words.json",
    "hume/twilio-vintel/predictions-language.json",
)
WINDOWS = [50, 300, 5000]


@pytest.fixture
def streaming(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every file counts as large."""
    monkeypatch.setattr(hume_batch, "LARGE", 0)


@pytest.fixture
def streaming_only(streaming: None, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: ARG001 - builds on it
    """Every file counts as large, and reading one as a whole is an error."""
    never_whole(monkeypatch)


def never_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    def whole(_: object) -> bytes:
        raise AssertionError("the file is read as a whole")

    monkeypatch.setattr(content.Content, "data", property(whole))


def windows_of(size: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Read in windows of this many bytes; in very small ones, which indentation alone may fill, with the way back."""
    monkeypatch.setattr(hume_stream, "_WINDOW", size)
    if size >= 300:
        never_whole(monkeypatch)


def streamed(plain: Any, folder: Path) -> leed.Recording:
    return leed.read(hume.saved(plain, folder))


@pytest.mark.usefixtures("streaming")
@pytest.mark.parametrize("write", [hume.minified, hume.pretty])
@pytest.mark.parametrize("window", [*WINDOWS, 1 << 20])
def test_a_conversation_is_the_same_in_windows_of_any_size(
    write: Any, window: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    windows_of(window, monkeypatch)
    path = tmp_path / "predictions.json"
    path.write_bytes(write(hume.conversation()))
    assert leed.read(path) == leed.read(hume.conversation())


@pytest.mark.usefixtures("streaming_only")
def test_a_dict_on_top_is_streamed_too(tmp_path: Path) -> None:
    assert streamed(hume.conversation()[0], tmp_path) == leed.read(hume.conversation()[:1])


@pytest.mark.usefixtures("streaming")
@pytest.mark.parametrize("window", WINDOWS)
@pytest.mark.parametrize("path", REAL)
def test_a_real_file_is_the_same_in_windows_of_any_size(
    path: Path, window: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    if path.stat().st_size > 1_000_000 and window < 5000:
        window *= 20  # a megabyte in windows of 50 bytes takes too long for what it shows
    windows_of(window, monkeypatch)
    assert leed.read(path) == leed.read(json.loads(path.read_bytes()))


@pytest.mark.usefixtures("streaming_only")
@pytest.mark.parametrize("write", [hume.minified, hume.pretty])
@pytest.mark.parametrize("path", REAL)
def test_a_real_file_is_the_same_pretty_and_minified(path: Path, write: Any, tmp_path: Path) -> None:
    plain = json.loads(path.read_bytes())
    other = tmp_path / path.name
    other.write_bytes(write(plain))
    assert leed.read(other) == leed.read(plain)


@pytest.mark.usefixtures("streaming_only")
@pytest.mark.parametrize("window", [50, 1 << 20])
def test_words_that_look_like_the_format_change_nothing(
    window: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A transcript may hold keys, brackets, backslashes and quotation marks of any kind."""
    monkeypatch.setattr(hume_stream, "_WINDOW", window)
    texts = [
        '"predictions": [{"text": "x"}]',
        '{"text": "a", "time": {"begin": 0}}, {"text":',
        '},{"text":"b","time":{"begin":9,"end":10},"emotions":[{"name":"Joy","score":0.9}]}',
        "]}]}}}]}}]",
        '\\"predictions\\": [ \\\\',
        '\\", \\u0022predictions\\u0022:[1]',
        "\u2028 \x00 😀 naïve",
    ]
    said = [hume.prosody(i, i + 1, text, Joy=i / 8) for i, text in enumerate(texts)]
    plain = hume.batch(hume.file('"predictions": [', prosody=hume.model(hume.group('"predictions":[{', *said))))
    recording = streamed(plain, tmp_path)
    assert recording == leed.read(plain)
    assert [s.text for s in recording.segments()] == texts


@pytest.mark.usefixtures("streaming")
@pytest.mark.parametrize("window", [50, 1 << 20])
def test_odd_items_are_the_same_as_from_the_whole_file(
    window: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """NaN, keys in another order, missing keys, shuffled labels, empty groups, failed sources."""
    monkeypatch.setattr(hume_stream, "_WINDOW", window)
    item = hume.face(0.0, Joy=0.84)
    turned = dict(reversed(hume.face(1.0, Awe=0.5).items()))
    turned["emotions"] = turned["emotions"][::-1]
    nan = hume.face(2.0, Joy=float("nan"))
    words = hume.prosody(0, 1, "x" * 3000, Anger=0.5)
    plain = [
        *hume.batch(
            hume.file("a.mp4", face=hume.model(hume.group("face_0", item, turned, nan), hume.group("face_1"))),
            hume.file("b.mp4", face=hume.model(), prosody=None, burst={"metadata": None}),
            hume.file("c.mp4", prosody=hume.model(hume.group("spk_0", words, hume.prosody(1, 2, None)))),
            hume.file("d.mp4", face=hume.model(hume.group("face_0", {"time": 1}, {"emotions": []}, turned))),
        ),
        {"source": {"type": "file", "filename": "e"}, "results": None, "error": "corrupt"},
    ]
    assert streamed(plain, tmp_path) == leed.read(plain)
    path = hume.saved(plain, tmp_path, "typed.json")
    assert leed.read(path) == leed.read(path.read_bytes())


@pytest.mark.usefixtures("streaming")
def test_an_item_larger_than_the_window_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hume_stream, "_WINDOW", 1000)
    long = hume.prosody(0, 1, "word " * 20_000, Sadness=0.34)
    plain = hume.batch(hume.file("a", prosody=hume.model(hume.group("spk_0", long, long, hume.prosody(2, 3)))))
    assert streamed(plain, tmp_path) == leed.read(plain)


@pytest.mark.usefixtures("streaming")
@pytest.mark.parametrize(
    "wrap",
    [
        lambda b: {"predictions": b},
        lambda b: {"data": {"predictions": b[0]}},
        lambda b: [[b]],
        lambda b: b[0]["results"],
    ],
)
def test_what_an_application_wrapped_is_read_all_the_same(wrap: Any, tmp_path: Path) -> None:
    assert streamed(wrap(hume.conversation()), tmp_path) == leed.read(wrap(hume.conversation()))


@pytest.mark.usefixtures("streaming")
@pytest.mark.parametrize("window", [50, 1 << 20])
@pytest.mark.parametrize("write", [hume.minified, hume.pretty])
def test_a_file_cut_in_the_middle_says_at_which_byte(
    write: Any, window: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Wherever it is cut, in a string, a number, a literal or a letter of several bytes: the byte is its size."""
    monkeypatch.setattr(hume_stream, "_WINDOW", window)
    whole = write(hume.conversation())
    middle = whole.index(b"Then") - 40
    places = {*range(1, 150), *range(middle, middle + 150), *range(500, len(whole), 977), len(whole) - 1}
    assert hume.wrongly_told(whole, places, tmp_path / "cut.json") == []


@pytest.mark.usefixtures("streaming")
@pytest.mark.parametrize("place", [0.1, 0.3, 0.5, 0.7, 0.9])
def test_a_damaged_byte_gives_the_same_error_as_the_whole_file(place: float, tmp_path: Path) -> None:
    whole = bytearray(hume.minified(hume.conversation()))
    at = whole.index(b'"score":', int(place * len(whole))) + 7
    whole[at : at + 1] = b";"
    path = tmp_path / "damaged.json"
    path.write_bytes(whole)
    with pytest.raises(DamagedInputError, match=f"not JSON from byte {at} on"):
        leed.read(path)


@pytest.mark.usefixtures("streaming")
def test_a_file_with_a_byte_order_mark_is_read(tmp_path: Path) -> None:
    path = tmp_path / "bom.json"
    for encoding in ("utf-8-sig", "utf-16"):
        path.write_bytes(json.dumps(hume.conversation()).encode(encoding))
        assert leed.read(path) == leed.read(hume.conversation())


def test_a_large_group_is_streamed_without_being_held(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the window holds stays near its size, however long a group is."""
    monkeypatch.setattr(hume_batch, "LARGE", 0)
    monkeypatch.setattr(hume_stream, "_WINDOW", 20_000)
    items = [hume.face(i / 4, Joy=0.5) for i in range(400)]
    path = hume.saved(hume.batch(hume.file("a.mp4", face=hume.model(hume.group("face_0", *items)))), tmp_path)
    most = 0
    more = hume_stream._Window.more

    def watched(self: hume_stream._Window) -> bool:
        nonlocal most
        answer = more(self)
        most = max(most, len(self.buffer))
        return answer

    monkeypatch.setattr(hume_stream._Window, "more", watched)
    assert len(leed.read(path)) == 400
    assert path.stat().st_size > 500_000
    assert most < 60_000
