"""Phonexia Speech Platform 4: answers of the REST API, exports of the web page, and tasks without a result."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import leed
from leed.errors import UnknownFormatError
from tests.support.mangling import changed, harmless, mangled
from tests.support.told import said

Plain = dict[str, Any]
LABELS = ("HAPPY", "NEUTRAL", "SAD", "ANGRY")

PUBLISHED: dict[str, list[tuple[float, ...]]] = {
    "Barbara.wav": [(79.9, 19, 0.6, 0.5)],
    "David.wav": [(0.1, 0.2, 0, 99.7), (9.9, 63.9, 0.1, 26)],
    "Juan.wav": [(13.3, 47.6, 38.6, 0.5)],
    "Steve.wav": [(0.2, 76.2, 23.4, 0.1)],
}
"""The table of Phonexia's documentation: a row for each channel; happy, neutral, sad, angry; per cent."""

SENTENCES = {
    "Barbara.wav": ["They sound clearly happy."],
    "David.wav": ["They sound very clearly angry.", "They probably sound neutral."],
    "Juan.wav": ["They sound either neutral or sad."],
    "Steve.wav": ["They sound neutral."],
}


def channel(number: Any, *shares: Any, speech: Any = 43.5, lower: bool = False) -> Plain:
    """The scores of one channel; None leaves a label out."""
    names = [label.lower() if lower else label for label in LABELS]
    scores = [{"emotion": n, "probability": p} for n, p in zip(names, shares, strict=False) if p is not None]
    return {"channel_number": number, "speech_length": speech, "scores": scores}


def result(*channels: Plain) -> Plain:
    return {"channels": list(channels)}


def answer(*channels: Plain, task: str = "123e4567", state: str = "done", **fields: Any) -> Plain:
    """What the REST API answers when it is polled."""
    return {"task": {"task_id": task, "state": state}, "result": result(*channels)} | fields


def published(name: str, *, lower: bool = False) -> list[Plain]:
    return [channel(i, *(p / 100 for p in row), lower=lower) for i, row in enumerate(PUBLISHED[name])]


def exported(name: str) -> bytes:
    rows = [",".join(map(str, (i, *row))) for i, row in enumerate(PUBLISHED[name])]
    return "\n".join(["Channel,Happy (%),Neutral (%),Sad (%),Angry (%)", *rows]).encode()


@pytest.mark.parametrize("name", PUBLISHED)
def test_the_published_table_is_described_from_every_form(name: str) -> None:
    """REST answer, result alone, export as JSON, and export as CSV in per cent."""
    sources = [
        answer(*published(name)),
        result(*published(name)),
        json.dumps(result(*published(name, lower=True)), indent=2).encode(),
        exported(name),
    ]
    assert [said(source) for source in sources] == [SENTENCES[name]] * 4
    matrices = [np.vstack([track.matrix for track in leed.read(source).tracks]) for source in sources]
    assert all(np.array_equal(matrices[0], matrix) for matrix in matrices)
    assert all(track.labels == LABELS for source in sources for track in leed.read(source).tracks)


def test_a_channel_is_a_speaker_and_a_clip_without_times() -> None:
    recording = leed.read(answer(*published("David.wav")))
    first, second = recording.tracks
    assert (first.source, first.channel, first.speaker, first.modality, first.granularity) == (
        "task 123e4567",
        "0",
        "channel 0",
        "prosody",
        "clip",
    )
    assert (second.channel, second.speaker) == ("1", "channel 1")
    assert (first.taxonomy, first.quantity, first.exclusive) == ("phonexia-4", "probability", True)
    segment = recording.segments()[0]
    assert segment.scores == {"HAPPY": 0.001, "NEUTRAL": 0.002, "SAD": 0.0, "ANGRY": 0.997}
    assert (segment.begin, segment.end, segment.extras) == (None, None, {"speech_length": 43.5})
    assert recording.issues == ()
    assert leed.read(recording.to_json()) == recording


def test_the_examples_of_the_reference_are_described() -> None:
    """Examples 12 to 14."""
    rows = [
        *((0.85, 0.10, 0.05, 0.0), (0.001, 0.001, 0.001, 0.997), (None, 0.24, 0.62, None)),
        *((0.133, 0.476, 0.386, 0.005), (0.28, 0.27, 0.25, 0.20)),
    ]
    assert said(result(*(channel(i, *row) for i, row in enumerate(rows)))) == [
        "They sound clearly happy.",
        "They sound very clearly angry.",
        "They probably sound sad.",
        "They sound either neutral or sad.",
        "It is unclear how they sound.",
    ]


@pytest.mark.parametrize(
    "source",
    [
        [
            answer(channel(0, 0.95, 0.05, 0, 0), file="a.wav"),
            result(channel(0, 0, 0, 0.05, 0.95)) | {"filename": "b.wav"},
        ],
        {"a.wav": answer(channel(0, 0.95, 0.05, 0, 0)), "b.wav": result(channel(0, 0, 0, 0.05, 0.95))},
        b"File,Channel,Happy (%),Neutral (%),Sad (%),Angry (%)\na.wav,0,95,5,0,0\nb.wav,0,0,0,5,95\n",
        b"File name;Channel;Happy (%);Neutral (%);Sad (%);Angry (%)\r\na.wav;0;95,0;5,0;0;0\r\nb.wav;0;0;0;5;95\r\n",
    ],
)
def test_several_files_are_several_sources(source: Any) -> None:
    recording = leed.read(source)
    assert [(t.source, t.channel) for t in recording.tracks] == [("a.wav", "0"), ("b.wav", "0")]
    assert [str(d) for d in leed.describe_all(recording)] == [
        "They sound very clearly happy.",
        "They sound very clearly angry.",
    ]
    assert recording.issues == ()


def test_answers_without_a_name_are_numbered_or_called_after_their_task(tmp_path: Path) -> None:
    path = tmp_path / "all.json"
    loud = channel(0, 0, 0, 0, 1)
    path.write_text(json.dumps([result(loud), answer(loud, task="a"), answer(loud, task="a")]))
    assert leed.read(path).sources == ("all.json (1)", "task a", "task a (3)")
    path.write_text(json.dumps(answer(loud)))
    assert leed.read(path).sources == ("all.json",)
    assert leed.read([result(loud), result(loud)]).sources == ("result 1", "result 2")


def test_a_label_that_is_left_out_is_0_only_where_the_others_sum_to_1() -> None:
    full, part = leed.read(result(channel(0, 0.003, 0.999))).tracks, leed.read(result(channel(0, 0.1, 0.6))).tracks
    assert full[0].row(0) == {"HAPPY": 0.003, "NEUTRAL": 0.999, "SAD": 0.0, "ANGRY": 0.0}
    assert part[0].row(0) == {"HAPPY": 0.1, "NEUTRAL": 0.6}
    issues = leed.read(result(channel(0, 0.003, 0.999), channel(1, 0.1, 0.2, 0.3, 0.4))).issues
    assert [str(i) for i in issues] == ["SAD, ANGRY left out in 1 of 2 channels where the others sum to 1: read as 0"]
    assert leed.read(result(channel(0, 0.1, 0.6))).issues == ()


def test_an_empty_cell_is_a_label_that_is_left_out() -> None:
    head = b"Channel,Happy (%),Neutral (%),Sad (%),Angry (%)\n"
    assert leed.read(head + b"0,0.1,0.2,,99.7\n").tracks[0].row(0)["SAD"] == 0.0
    assert leed.read(head + b"0,0.1,0.2,,\n").tracks[0].row(0) == {"HAPPY": 0.001, "NEUTRAL": 0.002}


def test_a_channel_without_speech_is_reported() -> None:
    recording = leed.read(answer(channel(0, 0.95, 0.05, 0, 0), channel(1, speech=0.0)))
    assert len(recording) == 1
    assert [str(i) for i in recording.issues] == [
        "task 123e4567: channel 1: there are no scores: no speech was found (speech of 0 s)"
    ]
    alone = leed.read(answer(channel(0, speech=None)))
    assert (len(alone), [i.code for i in alone.issues]) == (0, ["nothing-detected"])


@pytest.mark.parametrize(
    ("source", "sentences", "issues"),
    [
        (result(channel(0, 79.9, 19, 0.6, 0.5)), ["They sound clearly happy."], ["inferred"]),
        (result(channel(0, 0.95, "0.05", 0, 0)), ["They sound very clearly happy."], ["not-a-number"]),
        (result(channel(0, 0.95, "much", 0, 0)), ["They sound very clearly happy."], ["unreadable-score"]),
        (result(channel(0, 0.95, float("nan"), 0, 0)), ["They sound very clearly happy."], ["not-finite"]),
        (result(channel(0, 0.95, 0, 0, -0.25)), ["They sound very clearly happy."], ["out-of-range"]),
        (
            result(channel(None, 1, 0, 0, 0), channel(0, 0, 0, 0, 1), channel(0, 0, 0, 1, 0)),
            ["They sound very clearly happy.", "They sound very clearly angry.", "They sound very clearly sad."],
            ["inferred", "inferred", "inferred"],
        ),
        (result(channel(0, 1, 0, 0, 0, speech="long")), ["They sound very clearly happy."], ["unreadable-score"]),
        (answer(channel(0, 1, 0, 0, 0), state="running"), ["They sound very clearly happy."], ["incomplete"]),
        (
            {"channels": [{"channel_number": 0, "scores": {"happy": 0.95, "sad": 0.05, "neutral": 0, "angry": 0}}]},
            ["They sound very clearly happy."],
            [],
        ),
        (
            {"channels": [{"scores": [{"emotion": "surprised", "probability": 0.95}, {"emotion": "smug"}, 3, None]}]},
            ["They sound very clearly surprised."],
            ["inferred", "not-read"],
        ),
    ],
)
def test_odd_results_are_read_and_reported(source: Plain, sentences: list[str], issues: list[str]) -> None:
    recording = leed.read(source)
    assert [str(d) for d in leed.describe_all(recording)] == sentences
    assert [i.code for i in recording.issues] == issues


def test_a_result_without_channels_is_reported() -> None:
    recording = leed.read(answer())
    assert (len(recording), [i.code for i in recording.issues]) == (0, ["no-segments"])
    empty = leed.read(b"Channel,Happy (%),Neutral (%),Sad (%),Angry (%)\n")
    assert (len(empty), [i.code for i in empty.issues]) == (0, ["no-segments"])


AGAIN = "it has no result, send the file again"


@pytest.mark.parametrize(
    ("plain", "message"),
    [
        ({"state": "pending"}, "is a Phonexia task that is not done (state pending); poll it until it is done"),
        ({"state": "running"}, "is a Phonexia task that is not done (state running); poll it until it is done"),
        (
            {"state": "failed", "message": "unsupported codec"},
            f"is a Phonexia task that was not done (state failed: unsupported codec); {AGAIN}",
        ),
        (
            {"state": "rejected"},
            f"is a Phonexia task that was not done (state rejected); {AGAIN}",
        ),
        ({"state": "done"}, "is a Phonexia task that is done, but its result is missing; get the task again"),
    ],
)
@pytest.mark.parametrize("options", [{}, {"format": "phonexia"}])
def test_a_task_without_a_result_is_a_near_miss(plain: Plain, message: str, options: Plain) -> None:
    source = {"task": {"task_id": "123e4567"} | plain}
    for given_source in (source, source | {"result": None}, json.dumps(source).encode(), [source]):
        with pytest.raises(UnknownFormatError) as caught:
            leed.read(given_source, **options)
        assert str(caught.value).endswith(f": {message}")


def test_a_result_of_another_technology_is_a_near_miss() -> None:
    source = {
        "task": {"task_id": "1", "state": "done"},
        "result": {"channels": [{"channel_number": 0, "speech_length": 3.5, "segments": [{"text": "hello"}]}]},
    }
    with pytest.raises(UnknownFormatError, match="is a Phonexia result, but not one of emotion recognition"):
        leed.read(source)


def test_a_task_that_is_not_done_is_reported_beside_others() -> None:
    recording = leed.read([answer(channel(0, 1, 0, 0, 0)), {"task": {"task_id": "9", "state": "running"}}])
    assert [str(i) for i in recording.issues] == [
        "task 9: it is a Phonexia task that is not done (state running); poll it until it is done"
    ]


@pytest.mark.parametrize(
    ("source", "message"),
    [
        (b"{}", "holds no Phonexia result"),
        (b"[1]", "holds no Phonexia result"),
        (b"3", "is no Phonexia export"),
        (
            b"Joy,Sadness\n0.5,0.5\n",
            r"is no Phonexia export: expected the columns Channel, Happy \(%\), ...; it has Joy, ",
        ),
        (b"", "holds no Phonexia result|is empty|not JSON|cut off"),
    ],
)
def test_what_is_no_result_is_refused_when_forced(source: bytes, message: str) -> None:
    with pytest.raises(leed.LeedError, match=message):
        leed.read(source, format="phonexia")


def test_a_large_list_is_told_by_its_beginning() -> None:
    data = json.dumps([answer(*published("David.wav"), task=str(i)) for i in range(2500)]).encode()
    assert len(data) > 1 << 20
    assert len(leed.read(data)) == 5000


# --- hostile input

FIXTURE = [
    answer(*published("David.wav")),
    answer(channel(0, 0.5, 0.5), task="2"),
    {"task": {"task_id": 1, "state": ""}},
]


@settings(max_examples=150)
@given(st.integers(0, 2**32))
def test_changed_values_are_harmless(seed: int) -> None:
    plain = changed(FIXTURE, seed)
    harmless(plain)
    harmless(plain, format="phonexia")


@settings(max_examples=150)
@given(st.sampled_from([json.dumps(FIXTURE).encode(), exported("David.wav")]), st.integers(0, 2**32))
def test_mangled_bytes_are_harmless(data: bytes, seed: int) -> None:
    broken = mangled(data, seed)
    harmless(broken)
    harmless(broken, format="phonexia")


@pytest.mark.parametrize("factor", [1, 100])
def test_a_table_as_a_list_of_rows_has_a_speaker_for_each_channel(factor: int) -> None:
    name = "{}" if factor == 1 else "{} (%)"
    row = {name.format(k): v * factor for k, v in {"happy": 0.125, "neutral": 0.25, "sad": 0.0, "angry": 0.625}.items()}
    for given_, speakers in (([{"channel": 0, **row}, {"channel": 1, **row}], 2), ({"channel": 0, **row}, 1)):
        tracks = leed.read(given_).tracks
        assert [(t.modality, t.channel, t.speaker) for t in tracks] == [
            ("prosody", str(i), f"channel {i}") for i in range(speakers)
        ]
        assert tracks[0].segment(0).scores == {"HAPPY": 0.125, "NEUTRAL": 0.25, "SAD": 0.0, "ANGRY": 0.625}
