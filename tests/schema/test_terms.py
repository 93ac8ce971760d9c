"""Term, Description, Segment and Issue."""

import copy
import json
import pickle
from collections.abc import Callable
from typing import Any

import pytest

import leed
from leed.schema import Description, Issue, Segment, Term


def description() -> Description:
    return leed.describe({"Joy": 0.84, "Awe": 0.5}, modality="face", text="Hi")


def test_a_description_is_its_sentence_and_its_terms() -> None:
    found = description()
    assert str(found) == found.sentence == 'They said "Hi" and look extremely joyful and moderately awed.'
    assert repr(found) == f"Description({str(found)!r})"
    assert f"{found}" == str(found)
    assert found.terms == (
        Term("Joy", 0.84, "extremely", "joyful", "extremely joyful"),
        Term("Awe", 0.5, "moderately", "awed", "moderately awed"),
    )


def test_a_description_is_plain_data_with_the_columns_of_the_command() -> None:
    row = description().to_dict()
    assert list(row) == [
        "source",
        "modality",
        "aspect",
        "granularity",
        "speaker",
        "begin",
        "end",
        "text",
        "description",
        "notable",
        "terms",
        "fingerprint",
    ]
    assert json.loads(json.dumps(row)) == row
    assert row["terms"] == [
        {"label": "Joy", "score": 0.84, "adverb": "extremely", "adjective": "joyful"},
        {"label": "Awe", "score": 0.5, "adverb": "moderately", "adjective": "awed"},
    ]


def test_descriptions_that_say_the_same_of_the_same_stretch_are_equal() -> None:
    one, other = description(), description()
    assert one == other
    assert hash(one) == hash(other)
    assert one != leed.describe({"Joy": 0.84, "Awe": 0.5}, modality="face", text="Ho")
    assert one != leed.describe({"Joy": 0.85, "Awe": 0.5}, modality="face", text="Hi")
    assert one != str(one)
    assert len({one, other}) == 1


COPIES: dict[str, Callable[[Any], Any]] = {
    "pickle": lambda value: pickle.loads(pickle.dumps(value)),  # noqa: S301 - our own
    "copy": copy.copy,
    "deepcopy": copy.deepcopy,
}


@pytest.mark.parametrize("way", COPIES)
def test_values_survive_pickle_and_copy(way: str) -> None:
    segment = Segment(scores={"Joy": 0.5}, modality="face", extras={"box": [1.0, 2.0]})
    for value in (description(), *description().terms, Issue("x", "y", "z"), segment):
        again = COPIES[way](value)
        assert again == value
        assert type(again) is type(value)
        assert repr(again) == repr(value)


@pytest.mark.parametrize(
    "value",
    [Term("Joy", 0.5, None, None, "x"), Issue("x", "y"), Segment(scores={}), leed.describe({"Joy": 0.5})],
    ids=lambda value: type(value).__name__,
)
def test_values_are_frozen(value: Any) -> None:
    for name in (*value.__struct_fields__, "new"):
        with pytest.raises(AttributeError):
            setattr(value, name, "x")


@pytest.mark.parametrize(
    ("issue", "text"),
    [
        (Issue("nothing-detected", "face: nothing was detected"), "face: nothing was detected"),
        (Issue("x", "message", source="a.png"), "a.png: message"),
        (Issue("x", "message", where="row 3"), "row 3: message"),
        (Issue("x", "message", source="a.png", where="row 3"), "a.png: row 3: message"),
    ],
)
def test_an_issue_reads_as_one_line(issue: Issue, text: str) -> None:
    assert str(issue) == text
    assert Issue(**issue.to_dict()) == issue


def test_a_segment_goes_to_plain_data_and_back() -> None:
    segment = Segment(
        scores={"Joy": 0.5, "Awe": 0.1},
        source="a.mp4",
        channel="1",
        modality="face",
        aspect="expression",
        granularity="frame",
        speaker="Anna",
        taxonomy="hume-48",
        quantity="intensity",
        exclusive=False,
        begin=0.5,
        end=1.0,
        text='Hi\n"there"',
        extras={"box": [1.0, 2.0], "confidence": None},
    )
    plain = segment.to_dict()
    assert json.loads(json.dumps(plain)) == plain
    assert Segment.from_dict(plain) == segment
    assert Segment.from_dict(json.loads(json.dumps(plain))) == segment
    assert Segment.from_dict({"scores": {}}) == Segment(scores={})


@pytest.mark.parametrize(
    "wrong", [{}, {"scores": 3}, {"scores": {"Joy": "x"}}, {"scores": {}, "begin": "now"}, 3, None]
)
def test_what_is_no_segment_is_a_leed_error(wrong: Any) -> None:
    with pytest.raises(leed.LeedError):
        Segment.from_dict(wrong)
