"""Per cent, and dimensions on scales of their own, in mappings and tables."""

from typing import Any

import pytest

import leed
from tests.support.told import codes


def read(rows: list[dict[str, Any]]) -> list[leed.Recording]:
    """The rows, read as plain data and as a table."""
    lines = [",".join(rows[0]), *(",".join(map(str, row.values())) for row in rows)]
    return [leed.read(rows), leed.read("\n".join(lines).encode(), format="table")]


def scores(recording: leed.Recording) -> list[dict[str, float]]:
    return [{name: round(v, 3) for name, v in segment.scores.items()} for segment in recording.segments()]


def test_scores_that_sum_to_100_are_per_cent() -> None:
    for recording in read([{"happy": 80, "sad": 15, "neutral": 5}, {"happy": 1, "sad": 0, "neutral": 99}]):
        assert scores(recording) == [
            {"HAPPY": 0.8, "NEUTRAL": 0.05, "SAD": 0.15},
            {"HAPPY": 0.01, "NEUTRAL": 0.99, "SAD": 0.0},
        ]
        assert (recording.tracks[0].quantity, codes(recording)) == ("probability", ["inferred"])


@pytest.mark.parametrize("row", [{"happy": 80, "sad": 80}, {"happy": 1.2, "sad": 0.1}, {"happy": 120, "sad": -20}])
def test_other_scores_above_1_are_kept_as_they_are(row: dict[str, float]) -> None:
    for recording in read([row]):
        assert scores(recording) == [{"HAPPY": row["happy"], "SAD": row["sad"]}]
        assert codes(recording) == ["out-of-range"]


@pytest.mark.parametrize(
    "table",
    [
        b"happy (%),sad (%)\n80,30\n10,1\n",
        b"happy (%),sad (%)\n80%,30%\n10%,1%\n",
        b"happy,sad\n80 %,30 %\n10%,1%\n",
    ],
)
def test_a_sign_says_per_cent(table: bytes) -> None:
    recording = leed.read(table)
    assert scores(recording) == [{"HAPPY": 0.8, "SAD": 0.3}, {"HAPPY": 0.1, "SAD": 0.01}]
    assert leed.read({"happy (%)": 80, "sad (%)": 30}).segments()[0].scores == pytest.approx({"HAPPY": 0.8, "SAD": 0.3})


def test_one_negative_dimension_tells_the_scale_of_all() -> None:
    for recording in read([{"valence": -0.5, "arousal": 0.25}]):
        assert scores(recording) == [{"arousal": 0.625, "valence": 0.25}]
        assert [(i.code, i.message) for i in recording.issues] == [
            ("inferred", "valence, arousal: there are negative values, so they run from -1 to 1; read onto 0 to 1")
        ]


def test_a_dimension_that_overshoots_runs_from_0_to_1_and_is_kept_as_it_is() -> None:
    """As a regression model of voices does, now and then."""
    rows = [{"valence": 0.6, "arousal": 0.4}] * 20
    message = (
        "valence, arousal: 1 of 42 values are slightly below 0 (-0.03), most are far above, so they run from 0 to 1; "
        "those below say the same as 0"
    )
    for recording in read([{"valence": -0.03, "arousal": 1.01}, *rows]):
        assert scores(recording)[:2] == [{"arousal": 1.01, "valence": -0.03}, {"arousal": 0.4, "valence": 0.6}]
        (issue,) = recording.issues
        assert (issue.code, issue.message) == ("out-of-range", message)
        sentence = "They come across as very negative in tone and highly energetic."
        assert str(leed.describe_all(recording)[0]) == sentence


@pytest.mark.parametrize(
    ("valence", "scales"),
    [
        (4.5, "1 to 5, 1 to 7 or 1 to 9"),
        (5.5, "1 to 7 or 1 to 9"),
        (8.5, "1 to 9"),
        (70, "0 to 100"),
        (-2.5, "-3 to 3"),
    ],
)
def test_dimensions_of_another_scale_are_not_described(valence: float, scales: str) -> None:
    for recording in read([{"valence": valence, "arousal": 3.0 if valence > 0 else 0.4}]):
        assert codes(recording) == ["out-of-range"]
        assert f"They may run from {scales}: put them onto 0 to 1" in recording.issues[0].message
        assert str(leed.describe_all(recording)[0]) == "There are no scores for their expression."
        assert recording.segments()[0].extras["valence"] == pytest.approx(valence)


def test_columns_of_who_somebody_is_are_extras() -> None:
    track = leed.read(b"happy,sad,gender,age,race\n.8,.1,.9,.3,.1\n").tracks[0]
    assert (track.labels, track.quantity, track.taxonomy) == (("HAPPY", "SAD"), "intensity", "phonexia-4")
    assert list(track.extras) == ["gender", "age", "race"]
