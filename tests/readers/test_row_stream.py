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
from leed.readers import mapping, row_pieces
from leed.readers.row_stream import streamed
from leed.schema.recording import Recording
from tests.support.json_rows import row_of, same, shape_from, spoilt, thinned, worded
from tests.support.mangling import mangled


@pytest.fixture(autouse=True)
def _few_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(row_pieces, "_PIECE", 150)
    monkeypatch.setattr(row_pieces, "_LONGEST", 2000)
    monkeypatch.setattr(mapping, "_SMALL", 0)


def lines(rows: list[Any]) -> bytes:
    return b"".join(json.dumps(row).encode() + b"\n" for row in rows)


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


def test_scores_below_a_wrapper_are_those_of_the_row() -> None:
    said = [{"file": "a.wav", "modality": "voice"}, {"file": "b.wav", "modality": "voice"}]
    rows = [{**said[i % 2], "begin": i, "scores": {"arousal": i / 40, "valence": 0.5}} for i in range(40)]
    assert [(t.source, t.modality, t.labels, len(t)) for t in read(lines(rows)).tracks] == [
        ("a.wav", "prosody", ("arousal", "valence"), 20),
        ("b.wav", "prosody", ("arousal", "valence"), 20),
    ]
    same(lines(rows))


@pytest.mark.parametrize(
    "odd", [{"emotions": {"Joy": 0.5}}, {"prosody": {"Joy": 0.5}}, {"Fear": 0.5}, {"scores": {"text": "a", "Joy": 0.5}}]
)
def test_a_wrapper_with_scores_beside_it_or_more_in_it_is_read_at_once(odd: Any) -> None:
    data = lines([{"scores": {"Joy": 0.5}, **odd}] * 40)
    assert streamed(lambda: io.BytesIO(data), "it") is None
    same(data)


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
