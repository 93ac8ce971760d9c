"""LAION Empathic Insight: raw values of voices and faces, read onto 0 to 1 and said to want a calibration."""

import json
from typing import Any

import numpy as np
import pandas as pd
import pytest

import leed
from leed.readers.laion_scale import RANGES
from leed.readers.roles import is_label
from leed.taxonomy import _file, get
from tests.support.answers import LAION

NAMES = list(get("laion-voice-40").labels)


def raw(value: float = 0.5, **fields: Any) -> dict[str, Any]:
    return {"emotions": dict.fromkeys(NAMES, value)} | fields


def test_a_voice_is_described_with_its_attributes() -> None:
    recording = leed.read(LAION)
    assert [str(d) for d in leed.describe_all(recording)] == [
        'They said "so glad you came" and sound extremely grateful, very amused and quite elated.',
        'They said "so glad you came" and sound very positive in tone and highly energetic.',
    ]
    voice, attributes = recording.tracks
    assert (voice.source, voice.modality, voice.taxonomy, voice.quantity) == (
        "a.wav",
        "prosody",
        "laion-voice-40",
        "intensity",
    )
    assert (attributes.aspect, attributes.taxonomy, attributes.quantity) == (
        "attribute",
        "laion-attributes-15",
        "bipolar",
    )
    assert recording.segments()[0].scores["Amusement"] == 0.525
    assert recording.segments()[1].scores["Valence"] == pytest.approx(5.5 / 6)
    assert [i.code for i in recording.issues] == ["uncalibrated"]


def test_age_and_gender_are_never_said() -> None:
    for description in leed.describe_all(leed.read(LAION), top=None):
        assert not any(word in str(description).casefold() for word in ("mascul", "femin", "young", "old", "age"))


@pytest.mark.parametrize(
    ("plain", "modality", "score"),
    [
        (raw(2.0, file="a.flac"), "prosody", 0.5),
        (raw(2.0, caption="so"), "prosody", 0.5),
        (raw(3.5, file="a.jpg"), "face", 0.5),
        (raw(7.0), "face", 1.0),
        (raw(2.0), None, 0.5),
        (dict.fromkeys(NAMES, 2.0), None, 0.5),
        ({"emotions": {name.replace("_", "/"): 2.0 for name in NAMES}}, None, 0.5),
    ],
)
def test_voice_or_face_is_told_by_what_comes_with_the_values(plain: Any, modality: str | None, score: float) -> None:
    (track,) = leed.read(plain).tracks
    assert track.modality == modality
    assert track.matrix[0, 0] == pytest.approx(score)
    assert track.labels[0] == "Amusement"


def test_a_file_that_failed_is_reported() -> None:
    recording = leed.read([{"file": "b.wav", "error": "HTTP 500"}, LAION])
    assert [(i.code, i.source) for i in recording.issues] == [("source-failed", "b.wav"), ("uncalibrated", None)]


def test_a_name_of_nobody_is_reported() -> None:
    plain = raw(0.5)
    plain["emotions"]["Overall_Quality"] = 3.0
    assert "not-read" in [i.code for i in leed.read(plain).issues]


def test_the_ends_are_those_of_the_taxonomy() -> None:
    ranges = json.loads(_file("laion-attributes-15"))["ranges"]
    assert {name: tuple(ends) for name, ends in ranges.items()} == RANGES


def test_names_of_hume_are_not_of_laion() -> None:
    plain = {"emotions": dict.fromkeys(list(get("hume-48").labels), 0.5)}
    with pytest.raises(leed.LeedError, match="holds no answer of LAION's models"):
        leed.read(plain, format="laion")


def test_a_few_names_are_enough_where_one_is_nobody_elses() -> None:
    recording = leed.read({"emotions": {"Amusement": 2.1, "Elation": 1.0, "Pleasure_Ecstasy": 0.2, "Anger": 0.1}})
    assert (recording.tracks[0].taxonomy, [i.code for i in recording.issues]) == ("laion-voice-40", ["uncalibrated"])
    assert recording.segments()[0].scores["Amusement"] == pytest.approx(0.525)


def table(rows: list[dict[str, Any]]) -> bytes:
    lines = [list(rows[0]), *(list(row.values()) for row in rows)]
    return "".join(",".join(map(str, line)) + "\n" for line in lines).encode()


def wide(file: str, value: float, *names: str, prefix: str = "") -> dict[str, Any]:
    return {"file": file} | {prefix + name: round(value + i / 100, 2) for i, name in enumerate((*NAMES, *names))}


@pytest.mark.parametrize("prefix", ["", "emotions."])
def test_a_table_of_the_names_is_read_as_the_same_in_json(prefix: str) -> None:
    names = [name for name in RANGES if name not in ("Age", "Gender")]
    rows = [wide("a.wav", 1.0, *names), wide("b.wav", 2.0, *names)]
    nested = [{"file": row.pop("file"), "emotions": row} for row in map(dict, rows)]
    written = table([{(prefix if k != "file" else "") + k: v for k, v in row.items()} for row in rows])
    assert leed.read(written) == leed.read(nested)


def test_a_table_of_pictures_is_one_of_faces() -> None:
    (track,) = leed.read(table([wide("a.jpg", 1.82)])).tracks
    assert (track.modality, track.granularity, track.labels) == ("face", "frame", tuple(NAMES))
    assert track.matrix[0, 0] == np.float32(0.26)


def test_a_caption_in_a_table_is_what_a_voice_said() -> None:
    recording = leed.read(table([wide("a", 1.0) | {"caption": "so glad"}]))
    assert (recording.tracks[0].modality, recording.segments()[0].text) == ("prosody", "so glad")


def test_a_frame_of_the_names_is_read_as_the_table_is() -> None:
    rows = [wide("a.wav", 1.0), wide("b.wav", 2.0)]
    assert leed.read(pd.DataFrame(rows)) == leed.read(table(rows))


def test_age_and_gender_in_a_table_are_extras() -> None:
    recording = leed.read(table([wide("a.wav", 1.0) | {"Age": 2.0, "Gender": -1.0, "Valence": 0.0}]))
    assert sorted(recording.tracks[0].extras) == ["Age", "Gender"]
    assert recording.segments()[1].scores == {"Valence": 0.5}


def test_every_name_alone_is_a_label_in_a_table() -> None:
    names = [*NAMES, *(name for name in RANGES if name not in ("Age", "Gender"))]
    assert [name for name in names if not is_label(name)] == []


def test_a_table_can_be_forced() -> None:
    assert leed.read(table([wide("a.wav", 1.0)]), format="laion").tracks[0].taxonomy == "laion-voice-40"
