"""hsemotion: logits and probabilities, with and without names, valence and arousal."""

from typing import Any

import numpy as np
import pytest

import leed
from leed.errors import UnknownFormatError
from leed.readers.hsemotion import EIGHT, SEVEN
from tests.support.answers import LOGITS
from tests.support.told import said

HAPPY = "They look very clearly happy."
SHARES = [0.0, 0.0, 0.0, 0.0, 0.9, 0.1, 0.0, 0.0]
SEVEN_LOGITS = LOGITS[:1] + LOGITS[2:]


def test_logits_become_probabilities_and_that_is_said() -> None:
    recording = leed.read(("Happiness", np.array(LOGITS, np.float32)))
    assert [str(d) for d in leed.describe_all(recording)] == [HAPPY]
    (track,) = recording.tracks
    assert (track.labels, track.taxonomy) == (EIGHT, "affectnet-8")
    assert (track.modality, track.quantity, track.exclusive) == ("face", "probability", True)
    assert recording.segments()[0].scores["Happiness"] == pytest.approx(0.9546, abs=1e-4)
    assert float(track.matrix.sum()) == pytest.approx(1)
    assert [str(i) for i in recording.issues] == ["the numbers are logits; softmax made probabilities of them"]


@pytest.mark.parametrize(
    ("given", "count"),
    [
        (["Happiness", LOGITS], 1),
        (["Happiness", SEVEN_LOGITS], 1),
        ([["Happiness", LOGITS], ["Happiness", LOGITS]], 2),
        ([["Happiness", LOGITS]] * 3, 3),
        ((["Happiness", "Happiness"], np.array([LOGITS, LOGITS])), 2),
        (dict(zip(EIGHT, LOGITS, strict=True)), 1),
        (dict(zip(map(str.lower, SEVEN), SEVEN_LOGITS, strict=True)), 1),
        ({"emotion": "Happiness", "scores": LOGITS}, 1),
        ([{"frame": 3, "scores": dict(zip(EIGHT, LOGITS, strict=True))}], 1),
    ],
)
def test_answers_of_any_form_are_described(given: Any, count: int) -> None:
    assert said(given) == [HAPPY] * count


def test_probabilities_stay_as_they_are() -> None:
    recording = leed.read(["Happiness", SHARES])
    assert recording.segments()[0].scores["Happiness"] == 0.9
    assert recording.issues == ()


def test_logits_between_0_and_1_are_told_by_their_sum() -> None:
    given = ["Happiness", [0.1, 0.2, 0.3, 0.4, 0.9, 0.2, 0.5, 0.6]]
    assert leed.read(given).segments()[0].scores["Happiness"] == pytest.approx(0.1996, abs=1e-4)
    assert [i.code for i in leed.read(given).issues] == ["inferred"]


def test_named_probabilities_are_a_plain_mapping_unless_forced() -> None:
    named = dict(zip(EIGHT, SHARES, strict=True))
    assert said(named) == ["They come across as very clearly happy."]
    assert said(named, format="hsemotion") == [HAPPY]


def test_valence_and_arousal_run_from_minus_1_to_1() -> None:
    for row in ([*LOGITS, 0.5, -0.4], [*SEVEN_LOGITS, 0.5, -0.4]):
        recording = leed.read(["Happiness", row])
        assert [str(d) for d in leed.describe_all(recording)] == [
            HAPPY,
            "They look rather positive in expression and subdued.",
        ]
        assert recording.tracks[1].quantity == "bipolar"
        assert recording.segments()[1].scores == pytest.approx({"valence": 0.75, "arousal": 0.3})


@pytest.mark.parametrize(
    "given", [["Anger", LOGITS], ["Happiness", LOGITS[:5]], ["Glee", LOGITS], ["Happiness", ["x"] * 8]]
)
def test_an_array_that_does_not_fit_its_label_is_refused(given: Any) -> None:
    """Classes without names are read only where the label proves their order."""
    with pytest.raises(UnknownFormatError, match="holds no answer of hsemotion"):
        leed.read(given, format="hsemotion")
