"""emotion2vec in FunASR: utterances, frames, the last label in its three spellings."""

from typing import Any

import numpy as np
import pytest

import leed
from leed.errors import UnknownFormatError
from tests.support.answers import E2V_LABELS, EMOTION2VEC
from tests.support.told import said

SCORES = [0.01, 0.0, 0.0, 0.9, 0.05, 0.0, 0.02, 0.02, 0.0]
UNKNOWN = [0.0] * 8 + [1.0]


def answer(scores: Any = SCORES, labels: Any = E2V_LABELS, **fields: Any) -> dict[str, Any]:
    return {"key": "clip_1", "labels": labels, "scores": scores} | fields


def test_an_utterance_is_described() -> None:
    recording = leed.read(EMOTION2VEC)
    assert [str(d) for d in leed.describe_all(recording)] == ["They sound very clearly happy."]
    (track,) = recording.tracks
    assert track.labels == ("angry", "disgusted", "fearful", "happy", "neutral", "other", "sad", "surprised", "unknown")
    assert (track.source, track.modality, track.granularity) == ("clip_1", "prosody", "utterance")
    assert (track.taxonomy, track.quantity, track.exclusive) == ("emotion2vec-9", "probability", True)
    np.testing.assert_allclose(track.extras["embedding"], [[0.12, -0.3, 0.5]])
    assert recording.issues == ()


@pytest.mark.parametrize("last", ["<unk>", "", "unknown"])
@pytest.mark.parametrize("scores", [SCORES, UNKNOWN])
def test_the_last_label_may_be_unk_or_empty(last: str, scores: list[float]) -> None:
    recording = leed.read([answer(scores, [*E2V_LABELS[:-1], last])])
    assert recording.tracks[0].labels[-1] == "unknown"
    expected = "They sound very clearly happy." if scores is SCORES else "It is unclear how they sound."
    assert [str(d) for d in leed.describe_all(recording)] == [expected]


def test_frames_have_times() -> None:
    """50 frames a second."""
    (track,) = leed.read([answer([SCORES, UNKNOWN], feats=[[1, 2], [3, 4]])]).tracks
    assert (track.granularity, track.begin.tolist(), track.end.tolist()) == ("frame", [0.0, 0.02], [0.02, 0.04])
    assert track.extras["embedding"].tolist() == [[1, 2], [3, 4]]


def test_arrays_and_lists_of_lists_are_read() -> None:
    assert said([[answer(np.array(SCORES, np.float32), feats=np.ones((1, 4), np.float32))]]) == [
        "They sound very clearly happy."
    ]


def test_a_key_that_funasr_makes_up_is_no_source() -> None:
    assert leed.read([answer(key="rand_key_2yW4Acq9GFz6Y")]).sources == (None,)


def test_labels_in_english_alone_are_read() -> None:
    assert said([answer(labels=[label.rpartition("/")[2] for label in E2V_LABELS])]) == [
        "They sound very clearly happy."
    ]


@pytest.mark.parametrize("scores", [SCORES[:-1], ["a"] * 9, [[*SCORES, 0.0]]])
def test_scores_that_do_not_fit_the_labels_are_left_out_and_reported(scores: Any) -> None:
    recording = leed.read([answer(scores), answer()])
    assert len(recording) == 1
    assert [i.code for i in recording.issues] == ["not-read"]


def test_features_alone_are_a_near_miss() -> None:
    for options in ({}, {"format": "emotion2vec"}):
        with pytest.raises(UnknownFormatError, match=r"features only \(feats\): the model has no emotion head"):
            leed.read([{"key": "clip_1", "feats": [0.1, 0.2]}], **options)


@pytest.mark.parametrize("plain", [[{"key": "clip_1", "labels": [], "scores": []}]])
def test_nothing_found_is_an_empty_recording(plain: Any) -> None:
    recording = leed.read(plain)
    assert (len(recording), [i.code for i in recording.issues]) == (0, ["nothing-detected"])
