"""Each label of a description: its score on the scale, what is usual, and why it was named or not."""

import pytest

import leed
from leed.calibration import get_calibration
from leed.weighing import Rung, ladders, weigh


def told(description: leed.Description) -> dict[str, tuple[int | None, str | None, bool, str]]:
    return {one.label: (one.step, one.adverb, one.named, one.why) for one in weigh(description)}


def test_labels_stand_in_the_order_of_their_taxonomy_with_their_step() -> None:
    description = leed.describe({"Joy": 0.83, "Ecstasy": 0.58, "Excitement": 0.64, "Fear": 0.1}, modality="face")
    assert told(description) == {
        "Ecstasy": (4, "quite", False, "repeats Joy"),
        "Excitement": (5, "very", True, "very (from 0.62, intensity)"),
        "Fear": (0, None, False, "not strong enough to be said (floor 0.26)"),
        "Joy": (6, "extremely", True, "extremely (from 0.71, intensity)"),
    }


def test_what_is_not_reported_ignored_or_sensitive_says_so() -> None:
    description = leed.describe({"Joy": None, "Fear": 0.5, "Romance": 0.9}, modality="face", ignore=["Fear"])
    assert {label: (named, why) for label, (_, _, named, why) in told(description).items()} == {
        "Joy": (False, "not reported"),
        "Fear": (False, "ignored"),
        "Romance": (False, "withheld (sensitive; allow= names those that it lists)"),
    }
    assert {one.label: one.score for one in weigh(description)} == {"Joy": None, "Fear": 0.5, "Romance": 0.9}


def test_the_why_of_each_label_is_that_of_the_explanation() -> None:
    description = leed.describe({"Relief": 0.31, "Sadness": 0.29, "Joy": 0.12, "Awe": 0.2}, modality="prosody", top=2)
    explained = description.explain()
    for one in weigh(description):
        why = one.why if one.named else f"not said, {one.why}"
        assert f"- {one.label} {one.score:g}: {why}" in explained


def test_what_is_usual_is_told_where_it_is_known_and_whether_it_decided() -> None:
    (picked,) = weigh(leed.describe({"Interest": 0.55}, modality="face"), get_calibration())
    assert (picked.gated, picked.named, round(picked.usual or 0, 2)) == (False, True, 0.46)
    (unknown,) = weigh(leed.describe({"Interest": 0.55}, modality="face"))
    assert (unknown.usual, unknown.high, unknown.rare) == (None, None, None)
    (foreign,) = weigh(leed.describe({"Wistfulness": 0.55}, modality="face"), get_calibration())
    assert foreign.usual is None


def test_dimensions_step_by_their_distance_from_the_middle() -> None:
    description = leed.describe({"arousal": 0.9, "valence": 0.2, "dominance": 0.52}, modality="prosody")
    assert [(one.label, one.step, one.adverb, one.named) for one in weigh(description)] == [
        ("arousal", 3, "very", True),
        ("dominance", 0, None, False),
        ("valence", 2, "rather", True),
    ]
    assert ladders(description)[0].quantity == "bipolar"
    assert ladders(description)[0].steps[0] == Rung(0.1, "slightly")


def test_adverbs_are_those_of_the_language() -> None:
    (one,) = weigh(leed.describe({"Sadness": 0.34}, modality="prosody", lang="de"))
    assert (one.adverb, one.phrase) == ("ziemlich", "ziemlich traurig")
    assert [step.adverb for step in ladders(leed.describe({"Joy": 0.9}, modality="face", lang="de"))[0].steps] == [
        "leicht", "etwas", "recht", "ziemlich", "sehr", "äußerst",
    ]  # fmt: skip


def test_several_modalities_are_weighed_one_after_the_other() -> None:
    """A modality that the sentence leaves out names nothing."""
    heard = {"language": {"Calmness": 0.55}, "prosody": {"Distress": 0.31}, "face": {"Joy": 0.8}}
    description = leed.describe(heard, text="No.")
    assert [(one.modality, one.label, one.named) for one in weigh(description)] == [
        ("language", "Calmness", True),
        ("prosody", "Distress", True),
        ("face", "Joy", False),
    ]
    assert [ladder.modality for ladder in ladders(description)] == ["language", "prosody", "face"]


@pytest.mark.parametrize("scores", [{}, {"Joy": None}], ids=["none", "not reported"])
def test_nothing_is_weighed_as_nothing(scores: dict[str, None]) -> None:
    assert not any(one.named for one in weigh(leed.describe(scores, modality="face")))


def test_a_description_without_its_reasons_has_no_labels() -> None:
    assert weigh(leed.Description("They look calm.", (), True, "x")) == ()
