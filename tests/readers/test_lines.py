"""leed's own JSON lines: what is left of them when lines are filtered, edited, moved or cut off."""

import gzip
import json
import random
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import leed
from leed.cli import main
from leed.errors import DamagedInputError, UnknownFormatError
from leed.readers import lines as module
from leed.readers import recognise
from leed.readers.content import take
from leed.schema import Issue, Recording, Track
from tests.support import hume
from tests.support.mangling import changed, harmless, mangled
from tests.support.parts import shared_files
from tests.support.recordings import recordings


def conversation() -> Recording:
    rows = [
        {"begin": 0.0, "speaker": "Ben", "text": "It came!", "prosody": {"Joy": 0.41, "Fear": 0.3}},
        {"begin": 1.0, "speaker": "Ann", "text": "What?", "prosody": {"Joy": 0.1, "Fear": 0.2}},
        {"begin": 2.5, "speaker": "Ben", "text": "Oh.", "prosody": {"Joy": 0.33, "Fear": None}},
    ]
    return leed.read(rows)


def lines_of(recording: Recording) -> list[bytes]:
    return list(recording.to_json_lines())


def said(recording: Recording) -> list[tuple[str | None, float | None, str | None, dict[str, float]]]:
    return [(s.speaker, s.begin, s.text, s.scores) for s in recording.segments()]


def told(recording: Recording) -> list[tuple[str, str]]:
    return [(issue.code, issue.message) for issue in recording.issues]


@pytest.mark.parametrize("path", shared_files("hume/*/predictions*.json", "ravdess/*.csv"))
def test_a_real_recording_comes_back_exactly(path: Path, tmp_path: Path) -> None:
    recording = leed.read(path)
    there = tmp_path / "recording.jsonl"
    there.write_bytes(b"".join(recording.to_json_lines()))
    assert leed.read(there) == recording


def test_it_is_told_by_its_first_line_alone() -> None:
    whole = lines_of(conversation())
    for given_ in (
        b"".join(whole),
        b"".join(whole[1:]),
        whole[-1],
        gzip.compress(b"".join(whole)),
        [json.loads(whole[-1])],
    ):
        assert recognise(take(given_)).name == "leed-jsonl"
    spaced = json.dumps(dict(reversed(json.loads(whole[-1]).items()))).encode()
    assert recognise(take(spaced)).name == "leed-jsonl"


def test_words_within_the_data_do_not_decide_the_format() -> None:
    text = 'He wrote "leed":"segment" and {"leed":"lines/1"}'
    assert leed.read(json.dumps({"face": {"Joy": 0.84}, "text": text}).encode()).segments()[0].text == text


def test_what_grep_leaves_is_read() -> None:
    left = leed.read(b"".join(line for line in lines_of(conversation()) if b'"Ben"' in line))
    assert said(left) == [
        ("Ben", 0.0, "It came!", {"Joy": 0.41, "Fear": 0.3}),
        ("Ben", 2.5, "Oh.", {"Joy": 0.33}),
    ]
    assert told(left) == [
        ("incomplete", "the line that counts the others is missing, so others may be too; what is there is read")
    ]


def test_segments_alone_are_read() -> None:
    recording = two_extras()
    left = leed.read(b"".join(line for line in lines_of(recording) if b'"segment"' in line))
    assert left.tracks == recording.tracks
    assert [code for code, _ in told(left)] == ["incomplete"]


def two_extras() -> Recording:
    extras: dict[str, Any] = {"box": [[0.5, np.nan], [1, 2]], "id": [7, 8], "tag": ["x", "yy"], "on": [True, False]}
    track = Track(
        labels=("Joy",),
        matrix=np.array([[0.5], [0.25]], np.float32),
        extras={name: np.array(column) for name, column in extras.items()},
    )
    return Recording((track,))


def test_what_is_missing_is_counted() -> None:
    whole = lines_of(conversation().replace(issues=[Issue("a", "b")]))
    del whole[-1], whole[1:4]
    assert told(leed.read(b"".join(whole))) == [
        ("incomplete", "1 of 3 segments, 2 of 2 tracks, 1 of 1 issues are missing; what is left is read")
    ]


def test_a_last_line_that_is_cut_off_is_left_out() -> None:
    whole = b"".join(lines_of(conversation()))
    left = leed.read(whole[:-20])
    assert len(left) == 2
    assert told(left) == [
        ("cut-off", "line 6, the last one, is cut off; it is left out"),
        ("incomplete", "1 of 3 segments are missing; what is left is read"),
    ]
    assert leed.read(whole[:-1]) == conversation()


def test_lines_that_are_none_are_left_out_and_named() -> None:
    whole = lines_of(conversation())
    odd = [
        b"no JSON\n",
        b'{"leed":"segment"}\n',
        b"[" * 100_000 + b"\n",
        b"\n",
        b'{"leed":"verse"}\n',
        b"\xff\n",
        b"3\n",
    ]
    left = leed.read(b"".join([*whole, *odd]))
    assert left.replace(issues=()) == conversation()
    ((code, message),) = told(left)
    assert code == "not-read"
    assert message.startswith("6 lines are none of a recording (7, 8, 9, 11, 12, ...); they are left out; line 7: ")


@pytest.mark.parametrize("seed", range(5))
def test_the_order_of_the_lines_does_not_matter(seed: int) -> None:
    for recording in (conversation(), two_extras()):
        whole = lines_of(recording)
        random.Random(seed).shuffle(whole)
        assert leed.read(b"".join(whole)) == recording


def test_several_files_may_stand_one_behind_the_other() -> None:
    one, other = conversation(), two_extras()
    both = leed.read(b"".join([*lines_of(one), *lines_of(other), *lines_of(one)]))
    assert both == Recording((*one.tracks, *other.tracks, *one.tracks))


def test_a_segment_that_stands_twice_is_kept_and_reported() -> None:
    whole = lines_of(conversation())
    twice = leed.read(b"".join([*whole, whole[-1]]))
    assert len(twice) == 4
    assert told(twice) == [("duplicate-segment", "1 segments have the place of another in their track; they are kept")]


def test_a_segment_may_be_edited() -> None:
    whole = lines_of(conversation())
    whole[-1] = whole[-1].replace(b'"speaker":"Ben"', b'"speaker":"Eve"').replace(b'"Joy":0.33', b'"Awe":0.5')
    edited = leed.read(b"".join(whole))
    assert said(edited)[-1] == ("Eve", 2.5, "Oh.", {"Awe": 0.5})
    assert [(track.speaker, track.labels, len(track)) for track in edited.tracks] == [
        ("Ben", ("Fear", "Joy"), 1),
        ("Eve", ("Fear", "Joy", "Awe"), 1),
        ("Ann", ("Fear", "Joy"), 1),
    ]
    assert edited.issues == ()


def test_a_score_that_float32_cannot_hold_is_reported() -> None:
    whole = b"".join(lines_of(conversation())).replace(b'"Joy":0.33', b'"Joy":1e39')
    recording = leed.read(whole)
    assert said(recording)[-1] == ("Ben", 2.5, "Oh.", {})
    assert told(recording) == [("not-finite", "1 scores are not finite in float32; they count as not reported")]


EXTRAS = [
    (b'"id":8', b'"id":"x"', "extras.id (type 'int64'): invalid literal for int() with base 10: 'x'"),
    (b'"id":8,', b"", "extras.id: 1 segments do not have it"),
    (b'"box":[1.0,2.0]', b'"box":[1.0]', "extras.box (type 'float64')"),
    (b'"type":"int64"', b'"type":","', "extras.id (type ',')"),
    (b'"type":"int64"', b'"type":"O"', "extras.id: type object is not that of numbers, flags or text"),
]


@pytest.mark.parametrize(("before", "after", "message"), EXTRAS)
def test_an_extra_that_does_not_fit_is_left_out_and_named(before: bytes, after: bytes, message: str) -> None:
    whole = b"".join(lines_of(two_extras()))
    assert whole.count(before) == 1
    left = leed.read(whole.replace(before, after))
    assert len(left.tracks[0].extras) == 3
    ((code, what),) = told(left)
    assert code == "not-read"
    assert what.startswith(message)
    assert what.endswith("; it is left out")


def test_a_number_that_some_segments_lack_is_nan() -> None:
    whole = b"".join(lines_of(two_extras())).replace(b'"box":[1.0,2.0],', b"")
    np.testing.assert_array_equal(leed.read(whole).tracks[0].extras["box"], [[0.5, np.nan], [np.nan, np.nan]])


def test_extras_of_many_segments_are_gathered_in_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_CHUNK", 3)
    n = 10
    extras: dict[str, Any] = {"box": np.arange(2.0 * n).reshape(n, 2), "tag": np.array(["x" * i for i in range(n)])}
    track = Track(labels=("Joy",), matrix=np.full((n, 1), 0.5, np.float32), extras=extras)
    assert leed.read(b"".join(lines_of(Recording((track,))))) == Recording((track,))


def test_another_version_is_refused() -> None:
    with pytest.raises(UnknownFormatError, match="was written by another leed, as lines/2; this one reads lines/1"):
        leed.read(b'{"leed":"lines/2","tracks":0,"segments":0,"issues":0}\n')


@pytest.mark.parametrize("data", [b'{"leed":"segment"}', b'{"leed":"segment"', b"", [], [3]], ids=str)
def test_without_a_line_of_a_recording_it_is_an_error(data: Any) -> None:
    with pytest.raises(DamagedInputError, match="has no line of a recording that leed wrote"):
        leed.read(data, format="leed-jsonl")


@given(recordings, st.integers(0, 2**32))
@settings(max_examples=60)
def test_mangled_lines_are_harmless(recording: Recording, seed: int) -> None:
    harmless(mangled(b"".join(recording.to_json_lines()), seed), format="leed-jsonl")


@given(st.integers(0, 2**32))
@settings(max_examples=100)
def test_lines_of_other_plain_data_are_harmless(seed: int) -> None:
    plain = [json.loads(line) for line in lines_of(leed.read(hume.conversation()))[:12]]
    harmless(changed(plain, seed), format="leed-jsonl")


# --- what else leed writes


@pytest.mark.parametrize("output", ["jsonl", "csv", "vtt", "srt"])
def test_descriptions_are_no_scores(output: str, tmp_path: Path) -> None:
    given_ = tmp_path / "in.json"
    given_.write_bytes(conversation().to_json())
    path = tmp_path / f"out.{output}"
    with pytest.raises(SystemExit, match="0"):
        main(["describe", str(given_), "-o", str(path)])
    with pytest.raises(
        UnknownFormatError, match="holds descriptions or subtitles, as 'leed describe' writes them, and no"
    ):
        leed.read(path)
