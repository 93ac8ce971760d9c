"""What a description says of its own reasons."""

from typing import Any

import pytest

import leed
from tests.support.labels import full

DECIDED = "decided by: scale leed-2026-11, lexicon en 2026-11-20, taxonomies 2026-11-28, top 3"

CASES: list[tuple[dict[str, Any], dict[str, Any], str]] = [
    (
        {"Joy": 0.83, "Excitement": 0.64, "Ecstasy": 0.58, "Fear": 0.1},
        {"modality": "face"},
        """\
They look extremely joyful and very excited.
- Joy 0.83: extremely (from 0.71, intensity)
- Excitement 0.64: very (from 0.62, intensity)
- Ecstasy 0.58: not said, repeats Joy
- 1 more: not strong enough to be said (floor 0.26)
read as: intensity, labels of hume-48
"""
        + DECIDED,
    ),
    (
        {"NEUTRAL": 0.476, "SAD": 0.386, "HAPPY": 0.133, "ANGRY": 0.005},
        {"modality": "prosody"},
        """\
They sound either neutral or sad.
- NEUTRAL 0.476: may be meant (within 0.15 of the likeliest class)
- SAD 0.386: may be meant (within 0.15 of the likeliest class)
- 2 more: not strong enough to be said (floor 0.3)
read as: probability of exclusive classes, labels of phonexia-4
"""
        + DECIDED,
    ),
    (
        {"Pain": 0.9, "Joy": 0.5, "Awe": float("nan")},
        {"modality": "face"},
        """\
They look moderately joyful.
- Joy 0.5: moderately (from 0.44, intensity)
- 1 more: withheld (sensitive; allow= names those that it lists)
- 1 more: not reported
read as: intensity, labels of hume-48
"""
        + DECIDED,
    ),
    (
        {"arousal": 0.9, "valence": 0.52},
        {"modality": "prosody"},
        """\
They sound highly energetic.
- arousal 0.9: very (0.35 or more from the middle, bipolar)
- 1 more: not strong enough to be said (floor 0.1)
read as: bipolar, labels of dimensions-3
"""
        + DECIDED,
    ),
    (
        {"hesitation: yes": 0.83, "sad": 0.9},
        {"modality": "prosody"},
        """\
They sound very clearly sad, and hesitant.
- sad 0.9: very clearly (from 0.9, probability)
- hesitation: yes 0.83: stated plainly (from 0.75)
read as: probability of exclusive classes, labels of behavioral-signals
"""
        + DECIDED,
    ),
    (
        {"Wistfulness": 0.45},
        {"modality": "prosody"},
        """\
Their voice shows strong signs of "wistfulness".
- Wistfulness 0.45: very (from 0.4, intensity)
read as: intensity, labels of no known taxonomy
"""
        + DECIDED,
    ),
]


@pytest.mark.parametrize(("scores", "about", "text"), CASES, ids=lambda v: str(v)[:30])
def test_explain_gives_each_number_its_reason(scores: dict[str, Any], about: dict[str, Any], text: str) -> None:
    assert leed.describe(scores, **about).explain() == text


def test_explain_names_what_is_beyond_the_top_and_what_is_ignored() -> None:
    scores = {"Joy": 0.8, "Awe": 0.7, "Fear": 0.6, "Guilt": 0.5, "Pride": 0.4}
    lines = leed.describe(scores, modality="face", ignore=["Awe"]).explain().splitlines()
    assert "- Awe 0.7: not said, ignored" in lines
    assert "- Pride 0.4: not said, beyond the top 3" in lines


def test_explain_says_that_classes_are_too_close() -> None:
    scores = {"HAPPY": 0.31, "NEUTRAL": 0.27, "SAD": 0.22, "ANGRY": 0.20}
    assert "the classes are too close to tell apart" in leed.describe(scores, modality="prosody").explain()


def test_explain_of_all_48_labels_fits_a_screen() -> None:
    lines = leed.describe(full({}, rest=0.9), modality="face").explain().splitlines()
    assert len(lines) < 25
    assert any(line.endswith("more above the floor: not said") for line in lines)


def test_explain_names_the_scale_and_the_options_that_decided() -> None:
    text = leed.describe({"Joy": 0.8}, scale="hume-2023").explain()
    assert "scale hume-2023, " in text
    assert text.endswith("all terms")


def test_explain_holds_without_what_it_was_made_from() -> None:
    """A description that was stored and read back still tells its terms."""
    import pickle  # noqa: PLC0415

    description = leed.describe({"Joy": 0.84}, modality="face")
    stored = pickle.loads(pickle.dumps(description))  # noqa: S301 - our own
    assert stored.explain() == (
        f"They look extremely joyful.\n- Joy 0.84: extremely joyful\ndecided by: {description.fingerprint}"
    )


@pytest.mark.parametrize("label", ["a\nb", "a\u202eb", "x" * 5000, 'a "b"'])
def test_a_label_adds_no_line_to_an_explanation(label: str) -> None:
    lines = leed.describe({label: 0.9, "Joy": 0.5}, modality="face").explain().splitlines()
    assert len(lines) == 5
    assert all(len(line) < 300 for line in lines)
    assert "\u202e" not in "".join(lines)
