"""Scores as people hand them over."""

import math
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from leed.schema.terms import Issue
from leed.scores import LIKELIHOODS, Spread, as_pairs, dimension_scale, from_pairs, number_of, usual_scores

NUMBERS: list[tuple[Any, float, str | None]] = [
    (0.5, 0.5, None),
    (1, 1.0, None),
    (True, 1.0, None),
    (False, 0.0, None),
    (None, math.nan, None),
    (np.float32(0.5), 0.5, None),
    (np.float16(0.5), 0.5, None),
    (Decimal("0.5"), 0.5, None),
    (Fraction(1, 2), 0.5, None),
    ("0.5", 0.5, "not-a-number"),
    (" 0.5\n", 0.5, "not-a-number"),
    ("5e-1", 0.5, "not-a-number"),
    ("", math.nan, None),
    ("UNKNOWN", math.nan, None),
    ("VERY_UNLIKELY", 1.0, None),
    ("unlikely", 2.0, None),
    ("Possible", 3.0, None),
    ("LIKELY", 4.0, None),
    (" VERY_LIKELY ", 5.0, None),
    ("high", math.nan, "unreadable-score"),
    ("0,5", math.nan, "unreadable-score"),
    ("nan", math.nan, "not-finite"),
    ("inf", math.nan, "not-finite"),
    (math.nan, math.nan, "not-finite"),
    (math.inf, math.nan, "not-finite"),
    (-math.inf, math.nan, "not-finite"),
    (1e39, math.nan, "not-finite"),
    (-1e39, math.nan, "not-finite"),
    (3.4e38, 3.4e38, None),
    (10**400, math.nan, "not-finite"),
    (Decimal("NaN"), math.nan, "not-finite"),
    (Decimal("sNaN"), math.nan, "unreadable-score"),
    (object(), math.nan, "unreadable-score"),
    (1j, math.nan, "unreadable-score"),
    ([], math.nan, "unreadable-score"),
    ({}, math.nan, "unreadable-score"),
    (b"0.5", math.nan, "unreadable-score"),
    (-0.5, -0.5, None),
    (7.5, 7.5, None),
]


@pytest.mark.parametrize(("value", "number", "issue"), NUMBERS, ids=lambda value: repr(value)[:20])
def test_a_value_is_a_number_or_an_issue(value: Any, number: float, issue: str | None) -> None:
    found, code = number_of(value)
    assert type(found) is float
    assert found == number or (math.isnan(found) and math.isnan(number))
    assert code == issue


@given(st.one_of(st.floats(), st.text(), st.integers(), st.binary(), st.decimals(), st.none(), st.booleans()))
def test_any_value_becomes_a_float_that_is_finite_or_nan(value: Any) -> None:
    number, _ = number_of(value)
    assert type(number) is float
    assert math.isnan(number) or math.isfinite(np.float32(number))


def test_likelihoods_are_counted_as_google_counts_them() -> None:
    assert LIKELIHOODS == {"VERY_UNLIKELY": 1, "UNLIKELY": 2, "POSSIBLE": 3, "LIKELY": 4, "VERY_LIKELY": 5}


QUANTITIES: list[tuple[list[tuple[Any, Any]], str | None]] = [
    ([("joy", "LIKELY")], "likelihood"),
    ([("joy", "LIKELY"), ("anger", "UNKNOWN")], "likelihood"),
    ([("joy", "LIKELY"), ("anger", None)], "likelihood"),
    ([("joy", "LIKELY"), ("anger", 0.5)], None),
    ([("joy", True), ("anger", False)], "presence"),
    ([("joy", True), ("anger", None)], "presence"),
    ([("joy", True), ("anger", 0.5)], None),
    ([("joy", True), ("anger", "LIKELY")], None),
    ([("joy", 0.5)], None),
    ([("joy", None)], None),
    ([], None),
]


@pytest.mark.parametrize(("pairs", "quantity"), QUANTITIES, ids=str)
def test_the_values_tell_likelihood_and_presence(pairs: list[tuple[Any, Any]], quantity: str | None) -> None:
    assert from_pairs(pairs).quantity == quantity


def test_a_label_that_stands_twice_keeps_its_highest_score_and_is_reported() -> None:
    for pairs in ([("Joy", 0.4), ("Joy", 0.6)], [("Joy", 0.6), ("Joy", 0.4)], [("Joy", None), ("Joy", 0.6)]):
        scores = from_pairs(pairs)
        assert scores.labels == ("Joy",)
        assert scores.values == (0.6,)
        assert [issue.code for issue in scores.issues] == ["duplicate-label"]
    assert math.isnan(from_pairs([("Joy", None), ("Joy", None)]).values[0])


def test_issues_say_which_label_and_what_value_in_one_line() -> None:
    scores = from_pairs([("Joy", "0.84"), ("Fear", math.inf), ("Awe", "hi\ngh"), ("Guilt", "x" * 1000)])
    assert [str(issue) for issue in scores.issues[:3]] == [
        "'Joy': the score is text, '0.84'; it is read as that number",
        "'Fear': the score is inf, which is no finite number; it counts as not reported",
        r"'Awe': the score 'hi\ngh' is no number; it counts as not reported",
    ]
    assert all(len(str(issue)) < 200 for issue in scores.issues)


PAIRS: list[tuple[Any, Any]] = [
    ({"Joy": 0.8}, [("Joy", 0.8)]),
    ([{"name": "Joy", "score": 0.8}], [("Joy", 0.8)]),
    ([{"label": "Joy", "score": 0.8}], [("Joy", 0.8)]),
    ([{"label": "Joy", "score": 0.8, "rank": 1}], [("Joy", 0.8)]),
    (({"emotion": "Joy", "probability": 0.8},), [("Joy", 0.8)]),
    ([], None),
    ([{"name": "Joy"}], None),
    ([{"name": "Joy", "score": 0.8}, 3], None),
    (3, None),
    ("Joy", None),
    (None, None),
]


@pytest.mark.parametrize(("given_", "pairs"), PAIRS, ids=str)
def test_pairs_come_from_mappings_and_from_lists_of_names_and_scores(given_: Any, pairs: Any) -> None:
    found = as_pairs(given_)
    assert (None if found is None else list(found)) == pairs


@pytest.mark.parametrize(
    ("pairs", "scores"),
    [
        ([("Joy", 0.8), ("Fear", 1)], {"Joy": 0.8, "Fear": 1.0}),
        ([("Joy", -0.5), ("Fear", -1)], {"Joy": -0.5, "Fear": -1.0}),
        ([], {}),
        ([("Joy", 0.8), ("joy", 0.5)], None),
        ([("Joy", 0.8), ("Joy", 0.5)], None),
        ([("Joy", True)], None),
        ([("Joy", "0.8")], None),
        ([("Joy", None)], None),
        ([("Joy", float("nan"))], None),
        ([("Joy", float("inf")), ("Fear", float("-inf"))], None),
        ([("Joy", 1e39), ("Fear", -1e39)], None),
        ([("Joy", 10**400)], None),
        ([(3, 0.8)], None),
        ([(["Joy"], 0.8)], None),
    ],
)
def test_scores_about_which_nothing_is_odd_are_told_from_others(
    pairs: list[tuple[Any, Any]], scores: dict[str, float] | None
) -> None:
    assert usual_scores(pairs) == scores


@pytest.mark.parametrize(
    ("values", "scale"),
    [
        ([-0.03, *[0.5] * 19], "plain"),
        ([-0.05, *[0.9] * 50], "plain"),
        ([-0.03, *[1.04] * 50], "plain"),  # as a regression model overshoots, at both ends
        ([-0.051, *[0.5] * 50], "centred"),
        ([-0.03, *[0.5] * 18], "centred"),  # not rare enough
        ([-0.01, -0.02, -0.03, *[0.5] * 40], "centred"),
        ([-0.03, 0.6, 0.55], "centred"),
        ([-0.03, *[0.2] * 50], "centred"),  # nearer to the middle of -1 to 1
        ([-0.03, *[0.27] * 50], "plain"),
        ([-0.03, *[3.0] * 50], "foreign"),
    ],
)
def test_rare_dimensions_barely_below_0_are_overshoots_where_the_mean_is_near_the_middle(
    values: list[float], scale: str
) -> None:
    assert dimension_scale(["valence"], Spread.of(values))[0] == scale


def test_what_overshoots_is_said() -> None:
    _, issue = dimension_scale(["valence", "arousal"], Spread.of([-0.03, *[0.5] * 30]))
    assert issue == Issue(
        "out-of-range",
        "valence, arousal: 1 of 31 values are slightly below 0 (-0.03), most are far above, so they run from 0 to 1; "
        "those below say the same as 0",
    )
