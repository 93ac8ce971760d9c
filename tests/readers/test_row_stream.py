"""Rows of JSON that are all alike, read some at a time: the same recording as from all of them at once."""

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
from leed.readers import content, mapping, row_stream
from leed.readers.row_stream import streamed
from leed.schema.recording import Recording
from tests.support.mangling import mangled

KEYS = ("begin", "end_ms", "speaker", "text", "file", "confidence", "modality", "channel", "granularity", "clip", "age")
LABELS = ("Joy", "Fear", "Awe", "valence", "happy", "zest", "Brow Raise", "AU12", "joy", "Anger %", "name", "score")
ODD: tuple[Any, ...] = (
    *(None, 0, 1, 1.4, 1.6, 85, -0.25, 1e39, -1e39, 10**30, True, "0.5", "LIKELY", "x", " ", [], {}, [1], {"Joy": 0.5}),
    *("unknown", "assistant", "voice", "frame", "1:30", "\ud800"),
)


@pytest.fixture(autouse=True)
def _few_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(row_stream, "_PIECE", 150)
    monkeypatch.setattr(row_stream, "_LONGEST", 2000)
    monkeypatch.setattr(mapping, "_SMALL", 0)


def outcome(data: bytes, *, large: int) -> Any:
    """The recording, or the error, where rows are read some at a time from so many bytes on."""
    before, content.LARGE = content.LARGE, large
    try:
        recording = leed.read(io.BytesIO(data))
    except LeedError as error:
        return type(error), str(error)
    finally:
        content.LARGE = before
    return [repr(track.labels) for track in recording.tracks], [list(t.extras) for t in recording.tracks], recording


def same(data: bytes) -> None:
    assert outcome(data, large=0) == outcome(data, large=1 << 40)


def lines(rows: list[Any]) -> bytes:
    return b"".join(json.dumps(row).encode() + b"\n" for row in rows)


def usual(key: str, rng: random.Random) -> Any:
    """A value as it usually stands under a key."""
    match key:
        case "begin" | "end_ms" | "confidence":
            return rng.choice([round(rng.random(), 3), rng.randrange(5), None])
        case "text" | "clip":
            return rng.choice(["so", "}, {", "a b", "", None])
        case "modality":
            return rng.choice(["face", "voice", "odd"])
        case "speaker" | "file" | "channel" | "granularity":
            return rng.choice(["a", "b", "unknown", "assistant", "frame", 3, None])
        case "age":
            return 30
        case _:
            return rng.choice([round(rng.random(), 3), rng.random(), 0, 1, None if key != "zest" else 0.5])


def row_of(shape: dict[str, Any], rng: random.Random) -> dict[str, Any]:
    return {key: row_of(inner, rng) if isinstance(inner, dict) else usual(key, rng) for key, inner in shape.items()}


def shape_from(rng: random.Random) -> dict[str, Any]:
    """Keys of a row: flat, or by modality."""
    labels = rng.sample(LABELS[:6], rng.randint(1, 4)) + rng.sample(LABELS[6:], rng.choice([0, 0, 0, 1]))
    said = rng.sample(KEYS, rng.randint(0, 4))
    below = {name: dict.fromkeys(rng.sample(labels, rng.randint(1, len(labels)))) for name in ("prosody", "face")}
    flat: dict[str, Any] = dict.fromkeys(labels)
    scores: dict[str, Any] = rng.choice([flat, below, dict(list(below.items())[:1])])
    made = {**dict.fromkeys(said), **scores}
    return dict(rng.sample(list(made.items()), len(made)))


def spoilt(rows: list[Any], rng: random.Random) -> list[Any]:
    """The rows with something odd in one of them, or keys in another order, or one more or less."""
    place = rng.randrange(len(rows))
    row = dict(rows[place])
    key = rng.choice(list(row))
    holder = row[key] = dict(row[key]) if isinstance(row[key], dict) else row[key]
    target, name = (holder, rng.choice(list(holder))) if isinstance(holder, dict) and holder else (row, key)
    match rng.randrange(4):
        case 0:
            del target[name]
        case 1:
            target[rng.choice([*KEYS, *LABELS])] = rng.choice(ODD)
        case 2:
            row = dict(reversed(row.items()))
        case _:
            target[name] = rng.choice(ODD)
    return [
        *rows[:place],
        rng.choice([row, row, row, None, 5, [], {}]) if rng.random() < 0.3 else row,
        *rows[place + 1 :],
    ]


def thinned(row: dict[str, Any], rng: random.Random, share: float) -> dict[str, Any]:
    """The row without some of its keys, or of those below modalities."""
    kept = {key: value for key, value in row.items() if rng.random() > share or isinstance(value, dict)}
    return {key: thinned(value, rng, share) if isinstance(value, dict) else value for key, value in kept.items()}


def worded(row: dict[str, Any], rng: random.Random) -> dict[str, Any]:
    """The row with scores as text, as a program writes them that shows them to people."""
    told = dict(row)
    for key, value in row.items():
        if isinstance(value, dict):
            told[key] = worded(value, rng)
        elif key in LABELS and isinstance(value, float):
            told[key] = rng.choice([f"{100 * value:.0f}%", f"{100 * value:.1f} %", str(value), value])
        elif key in LABELS and rng.random() < 0.1:
            told[key] = rng.choice(["", "UNKNOWN", "POSSIBLE", "high", "1e999", "85", "0x"])
    return told


@settings(max_examples=600, deadline=None)
@given(seed=st.integers(0, 2**32))
def test_rows_read_some_at_a_time_are_those_read_at_once(seed: int) -> None:
    rng = random.Random(seed)
    shape = shape_from(rng)
    rows: list[Any] = [row_of(shape, rng) for _ in range(rng.randint(1, 12))]
    if rng.random() < 0.3:
        rows = [worded(row, rng) for row in rows]
    if rng.random() < 0.3:
        rows = spoilt(rows, rng)
    if rng.random() < 0.5:
        share = rng.choice([0.05, 0.2])
        rows = [thinned(row, rng, share) if isinstance(row, dict) else row for row in rows]
    separators = rng.choice([(",", ":"), (", ", ": ")])
    told = [json.dumps(row, separators=separators) for row in rows]
    data = rng.choice(
        ["\n".join(told), "\n\n".join(told) + "\n", f"[{', '.join(told)}]", " [\n" + ",\n".join(told) + "\n]\n"]
    )
    same(mangled(data.encode(), seed) if rng.random() < 0.3 else data.encode())


def face(**said: Any) -> list[dict[str, Any]]:
    return [{"begin": i / 3, **said, "Joy": i / 40, "Fear": 0.5, "Awe": None} for i in range(40)]


def test_scores_that_are_text_are_streamed_and_said_to_be_text() -> None:
    rows = [{"begin": i, "clip": "x", "Joy": f"{i}%", "Fear": "0.5", "Awe": [0, "", None][i % 3]} for i in range(40)]
    recording = read(lines(rows))
    (track,) = recording.tracks
    assert track.labels == ("Awe", "Fear", "Joy")
    assert track.matrix[:, 2].tolist() == pytest.approx([i / 100 for i in range(40)])
    assert [str(issue) for issue in recording.issues[:3]] == [
        "'clip' holds no score; it is left out (40 times)",
        "'Joy': the score is text, '0%'; it is read as that number",
        "'Fear': the score is text, '0.5'; it is read as that number (40 times)",
    ]


@pytest.mark.parametrize("odd", ["high", "LIKELY", "UNKNOWN", "1e999", "120%%"])
def test_rows_with_a_score_that_is_another_word_are_read_at_once(odd: str) -> None:
    data = lines([{"Joy": "80%", "Fear": "5%"}, {"Joy": odd, "Fear": "5%"}])
    assert streamed(lambda: io.BytesIO(data), "it") is None
    same(data)


@pytest.mark.parametrize("low", [-0.03, -0.5])
def test_dimensions_that_overshoot_are_streamed_and_centred_ones_are_read_at_once(low: float) -> None:
    rows = [{"begin": i, "valence": low if i == 30 else 0.6, "arousal": 0.4} for i in range(40)]
    assert (streamed(lambda: io.BytesIO(lines(rows)), "it") is None) == (low < -0.05)
    same(lines(rows))
    same(lines([*rows, {"dominance": 0.5, "valence": 0.5}]))


def read(data: bytes) -> Recording:
    rows = streamed(lambda: io.BytesIO(data), "it")
    assert rows is not None
    return rows.recording(None)


@pytest.mark.parametrize("data", [lines(face()), json.dumps(face()).encode(), json.dumps(face(), indent=1).encode()])
def test_lines_and_lists_are_read_some_at_a_time(data: bytes) -> None:
    (track,) = read(data).tracks
    assert track.labels == ("Awe", "Fear", "Joy")
    assert track.matrix[:, 2].tolist() == pytest.approx([i / 40 for i in range(40)])
    assert track.begin.tolist() == [i / 3 for i in range(40)]


def test_scores_below_modalities_are_tracks_of_their_own() -> None:
    rows = [{"prosody": {"Joy": i / 40}, "face": {"Fear": 0.5, "Joy": 0.25}} for i in range(40)]
    assert [(t.modality, t.labels, len(t)) for t in read(lines(rows)).tracks] == [
        ("prosody", ("Joy",), 40),
        ("face", ("Fear", "Joy"), 40),
    ]


def test_rows_of_speakers_stand_together_in_their_order() -> None:
    rows = [{**row, "speaker": "ab"[i % 2]} for i, row in enumerate(face())]
    assert [(t.speaker, t.begin[:3].tolist()) for t in read(lines(rows)).tracks] == [
        ("a", [0, 2 / 3, 4 / 3]),
        ("b", [1 / 3, 1, 5 / 3]),
    ]


def test_rows_without_scores_and_text_that_is_none_are_counted() -> None:
    rows = [{"clip": "x", "Joy": None if i % 4 else 0.5} for i in range(40)]
    assert [issue.message for issue in read(lines(rows)).issues] == [
        "'clip' holds no score; it is left out (40 times)",
        "30 of 40 rows report no score",
    ]


def test_brackets_in_a_text_do_not_end_a_row() -> None:
    rows = face(text='"}, {"Joy": 0.5}, {')
    data = json.dumps(rows).encode()
    same(data)
    assert len(leed.read(data)) == len(rows)


@pytest.mark.parametrize(
    "last",
    [
        {"begin": 0, "Joy": 80.0, "Fear": 20.0, "Awe": None},
        {"begin": 0, "Joy": "0.5", "Fear": 0.5, "Awe": 0.5},
        {"begin": 0, "Joy": 0.5, "Fear": 0.5, "Awe": 0.5, "more": [1]},
        {"begin": 0},
        {},
        {"begin": 0, "Joy": math.nan, "Fear": 0.5, "Awe": 0.5},
        [],
        None,
    ],
)
def test_what_is_not_like_the_rows_before_it_is_left_to_the_whole(last: Any) -> None:
    data = lines([*face(), last])
    assert streamed(lambda: io.BytesIO(data), "it") is None
    same(data)


@pytest.mark.parametrize(
    "last", [{"Joy": 0.5}, {"Fear": 0.5, "Joy": 1, "more": 1, "seen": "so"}, {"Awe": 1, "begin": 0}]
)
def test_keys_that_some_rows_lack_and_keys_that_come_later_are_read_some_at_a_time(last: Any) -> None:
    data = lines([*face(), last, *face(speaker="Ann")])
    (track, other) = read(data).tracks
    assert (len(track), len(other)) == (41, 40)
    same(data)


def test_text_under_a_key_that_some_rows_lack_is_counted_where_it_stands() -> None:
    rows = [{**row, **({"clip": "x"} if i % 4 == 0 else {})} for i, row in enumerate(face())]
    assert [issue.message for issue in read(lines(rows)).issues] == [
        "'clip' holds no score; it is left out (10 times)",
    ]


def test_a_speaker_has_the_labels_that_rows_of_that_speaker_have_in_their_order() -> None:
    one, other = {"Joy": 0.5, "zest": 0.5}, {"gusto": 0.25, "zest": 0.5, "Joy": 0.5}
    data = lines([{"speaker": "a", **one}] * 20 + [{"speaker": "b", **other}] * 20)
    assert [t.labels for t in read(data).tracks] == [("Joy", "zest"), ("Joy", "gusto", "zest")]


def test_rows_that_are_not_alike_for_another_reason_are_read_once() -> None:
    """Per cent has to be settled over all rows; no other shape helps."""
    opened = []
    data = lines([*face(), {"begin": 0, "Joy": 80.0, "Fear": 20.0, "Awe": None}])

    def opening() -> io.BytesIO:
        opened.append(1)
        return io.BytesIO(data)

    assert streamed(opening, "it") is None
    assert len(opened) == 1


def test_rows_of_unknown_labels_are_left_to_the_whole_whose_numbers_tell_what_they_are() -> None:
    assert streamed(lambda: io.BytesIO(lines([{"zest": 0.5}] * 40)), "it") is None


def test_objects_one_behind_the_other_that_are_no_lines_are_the_error_that_they_were() -> None:
    data = b'{"Joy":\n 0.5}\n{"Joy": 0.25}\n'
    same(data)
    with pytest.raises(LeedError, match=r"not JSON from byte 14 on: Extra data"):
        leed.read(data)


def test_the_sample_stays_small() -> None:
    rows = streamed(lambda: io.BytesIO(lines(face() * 100)), "it")
    assert rows is not None
    assert len(rows) == 4000
    assert 200 < len(rows.sample) <= 1000
