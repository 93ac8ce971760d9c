"""Plain data in which scores stand under keys of a program's own."""

import json
from typing import Any

import pytest

import leed
from leed.errors import InputError


def rows(plain: Any) -> list[tuple[str | None, str | None, str | None, dict[str, float]]]:
    """(source, speaker, modality, scores) of each segment, which have to be the same from JSON."""
    recording = leed.read(plain)
    assert leed.read(json.dumps(plain).encode()) == recording
    return [
        (s.source, s.speaker, s.modality, {label: round(score, 3) for label, score in s.scores.items()})
        for s in recording.segments()
    ]


def issues(plain: Any) -> list[tuple[str, str]]:
    return [(issue.code, issue.message) for issue in leed.read(plain).issues]


@pytest.mark.parametrize(
    "key",
    [
        "emotions",
        "emotion",
        "scores",
        "results",
        "predictions",
        "probabilities",
        "probs",
        "expression",
        "data",
        "Scores",
    ],
)
def test_a_wrapper_is_looked_into(key: str) -> None:
    assert rows({key: {"joy": 0.9, "anger": 0.1}}) == [(None, None, None, {"Anger": 0.1, "Joy": 0.9})]
    assert rows([{key: [{"label": "joy", "score": 0.9}]}])[0][3] == {"joy": 0.9}


FACE = (None, None, "face", {"Joy": 0.8})
WEAK = {"happy": 0.8, "strength: weak": 0.3}


@pytest.mark.parametrize(
    ("plain", "expected"),
    [
        ({"prosody": {"scores": {"Joy": 0.8}}}, [(None, None, "prosody", {"Joy": 0.8})]),
        ({"models": {"prosody": {"scores": {"Joy": 0.8}}}}, [(None, None, "prosody", {"Joy": 0.8})]),
        ({"face": [{"begin": 0, "Joy": 0.8}, {"begin": 1, "Joy": 0.2}]}, [FACE, (None, None, "face", {"Joy": 0.2})]),
        ([{"role": "user", "content": "Hi", "emotions": {"Joy": 0.8}}], [(None, "user", None, {"Joy": 0.8})]),
        ({"speaker": "Ann", "segments": [{"emotions": {"Joy": 0.8}}]}, [(None, "Ann", None, {"Joy": 0.8})]),
        ({"emotion": {"happy": 0.8}, "strength": {"weak": 0.3}}, [(None, None, None, WEAK)]),
    ],
)
def test_what_is_around_scores_says_the_rest(plain: Any, expected: Any) -> None:
    assert rows(plain) == expected


def test_times_and_words_around_a_wrapper_are_those_of_its_scores() -> None:
    segment = leed.read([{"start": 0, "end": 1, "text": "hi", "scores": {"joy": 0.9}}]).segments()[0]
    assert (segment.begin, segment.end, segment.text) == (0.0, 1.0, "hi")


def test_the_assistant_is_a_channel_of_its_own() -> None:
    segment = leed.read([{"role": "assistant", "content": "Hi", "emotions": {"Joy": 0.8}}]).segments()[0]
    assert (segment.speaker, segment.channel) == ("assistant", "assistant")


PEOPLE = {"happy": 0.8, "sad": 0.2}, {"happy": 0.3, "sad": 0.7}


@pytest.mark.parametrize(
    ("keys", "expected", "kind"),
    [
        (("a.wav", "b.mp3"), [("a.wav", None), ("b.mp3", None)], "sources"),
        (("Ann", "Bob"), [(None, "Ann"), (None, "Bob")], "speakers"),
        (("Mr. A", "b.wav"), [(None, "Mr. A"), (None, "b.wav")], "speakers"),
        (("0", "1"), [(None, None), (None, None)], "numbers of rows"),
        (("0.0", "1.5"), [(None, None), (None, None)], "times in seconds"),
    ],
)
def test_keys_above_labels_are_files_people_times_or_numbers(keys: Any, expected: Any, kind: str) -> None:
    plain = dict(zip(keys, PEOPLE, strict=True))
    assert [row[:2] for row in rows(plain)] == expected
    assert issues(plain) == [("inferred", f"keys above labels are read as {kind}: {', '.join(keys)}")]
    begins = [segment.begin for segment in leed.read(plain).segments()]
    assert begins == ([0.0, 1.5] if kind == "times in seconds" else [None, None])


def test_the_people_of_several_groups_are_told_apart() -> None:
    plain = {"monday": {"Ann": {"Joy": 0.8}}, "friday": {"Ann": {"Joy": 0.2}}}
    assert [row[:2] for row in rows(plain)] == [("monday", "Ann"), ("friday", "Ann")]


@pytest.mark.parametrize(
    "plain",
    [
        {"Joy": {"0": 0.8, "1": 0.2}, "text": {"0": "a", "1": "b"}},
        {"0": {"Joy": 0.8, "text": "a"}, "1": {"Joy": 0.2, "text": "b"}},
        {"Joy": [0.8, 0.2], "text": ["a", "b"]},
    ],
    ids=["columns", "index", "list"],
)
def test_a_frame_of_pandas_as_plain_data_is_read_by_row(plain: Any) -> None:
    segments = leed.read(plain).segments()
    assert [(segment.text, round(segment.scores["Joy"], 3)) for segment in segments] == [("a", 0.8), ("b", 0.2)]


def test_a_series_of_pandas_is_a_mapping() -> None:
    pandas = pytest.importorskip("pandas")
    assert leed.read(pandas.Series({"Joy": 0.8, "Anger": 0.1})) == leed.read({"Joy": 0.8, "Anger": 0.1})


def test_who_somebody_is_stays_aside() -> None:
    plain = {"race": {"White": 0.9}, "age": 31, "gender": "male", "emotion": {"happy": 0.9, "sad": 0.05}}
    track = leed.read(plain).tracks[0]
    assert (track.labels, track.quantity) == (("HAPPY", "SAD"), "intensity")
    assert {name: column.tolist() for name, column in track.extras.items()} == {
        "race: White": [0.9],
        "age": [31.0],
        "gender": ["male"],
    }
    assert [str(d) for d in leed.describe_all(leed.read(plain))] == ["They come across as extremely happy."]


@pytest.mark.parametrize("plain", [{"gender": 0.5, "age": 0.6}, [{"race": 0.5}], {"terms": {"n": 3}, "text": "a"}])
def test_data_about_people_only_is_refused(plain: Any) -> None:
    with pytest.raises(InputError, match="holds no scores in a shape that leed knows"):
        leed.read(plain)


def test_scores_that_stand_beside_others_are_left_out_and_reported() -> None:
    plain = {"Joy": 0.8, "usual": {"Joy": 0.2}, "box": {"x": 1, "y": 2}}
    assert rows(plain) == [(None, None, None, {"Joy": 0.8})]
    assert issues(plain) == [
        ("not-read", "'box' holds no score; it is left out"),
        ("not-read", "'usual' holds scores beside those of its row; it is left out"),
    ]


def test_a_split_table_of_pandas_is_read_by_row() -> None:
    plain = {"columns": ["text", "Joy"], "index": [0, 1], "data": [["a", 0.8], ["b", 0.2]]}
    assert [(s.text, round(s.scores["Joy"], 3)) for s in leed.read(plain).segments()] == [("a", 0.8), ("b", 0.2)]
    assert leed.read(plain).issues == ()


def test_a_split_table_that_pandas_wrote_is_the_frame() -> None:
    pandas = pytest.importorskip("pandas")
    frame = pandas.DataFrame({"begin": [0.0, 1.5], "Joy": [0.8, None], "Fear": [0.1, 0.2]})
    text = frame.to_json(orient="split", double_precision=15)
    assert leed.read(text.encode()).tracks == leed.read(frame).tracks
    assert leed.read(frame.to_dict("split")).tracks == leed.read(frame).tracks


def test_the_index_of_a_split_table_says_whose_the_rows_are() -> None:
    plain = {"columns": ["Joy"], "index": ["a.wav", "b.wav"], "data": [[0.8], [0.2]]}
    assert [track.source for track in leed.read(plain).tracks] == ["a.wav", "b.wav"]
    assert issues(plain) == [("inferred", "keys above labels are read as sources: a.wav, b.wav")]


def test_an_index_that_names_two_rows_alike_is_left_out_and_reported() -> None:
    plain = {"columns": ["Joy"], "index": ["a.wav", "a.wav"], "data": [[0.8], [0.2]]}
    assert len(leed.read(plain)) == 2
    assert issues(plain) == [("not-read", "several rows of the table have the same index; it is left out")]


def test_a_row_of_a_split_table_with_more_cells_than_columns_is_left_out_and_reported() -> None:
    plain = {"columns": ["Joy"], "data": [[0.8]] * 20 + [[0.2, 0.1]]}
    assert len(leed.read(plain)) == 20
    assert issues(plain) == [("not-read", "row 21 is no mapping of label to score; it is left out")]


@pytest.mark.parametrize(
    "plain",
    [
        {"columns": ["Joy", "Joy"], "data": [[0.8, 0.2]]},
        {"columns": ["Joy"], "index": [0, 1], "data": [[0.8]]},
        {"columns": ["Joy"], "data": [[0.8, 0.2]]},
        {"columns": ["x"], "data": [[0.8]]},
        {"columns": ["Joy"], "data": []},
        {"columns": [["Joy", "mean"]], "data": [[0.8]]},
        [[0.8, 0.2], [0.1, 0.3]],
    ],
)
def test_what_is_no_table_with_names_for_its_cells_is_refused(plain: Any) -> None:
    with pytest.raises(InputError, match="holds no scores in a shape that leed knows"):
        leed.read(plain)


@pytest.mark.parametrize(
    ("plain", "left"),
    [
        ({"total": 100, "ok": True, "data": [{"Joy": 0.5}, {"Joy": 0.75}]}, "total, ok"),
        ({"n": 2, "Ann": {"Joy": 0.5}, "Bob": {"Joy": 0.75}}, "n"),
        ({"page": 1, "prosody": {"Joy": 0.5}, "face": {"Joy": 0.75}}, "page"),
    ],
)
def test_counts_and_flags_beside_rows_are_left_out_and_reported(plain: Any, left: str) -> None:
    recording = leed.read(plain)
    assert [segment.scores for segment in recording.segments()] == [{"Joy": 0.5}, {"Joy": 0.75}]
    assert recording.issues[0].message == f"{left}: a count or flag beside rows of scores is no score; it is left out"


def test_a_share_under_an_unknown_label_beside_rows_is_a_score() -> None:
    recording = leed.read({"Smugness": 0.5, "prosody": {"Joy": 0.75}})
    assert [segment.scores for segment in recording.segments()] == [{"Smugness": 0.5}, {"Joy": 0.75}]


def test_a_whole_number_under_a_known_label_beside_rows_is_a_score() -> None:
    recording = leed.read({"Joy": 1, "prosody": {"Sadness": 0.75}})
    assert [segment.scores for segment in recording.segments()] == [{"Joy": 1.0}, {"Sadness": 0.75}]
