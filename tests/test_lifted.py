"""Scores that compiled code lifts out of JSON are those that msgspec and NumPy read, to the bit, whatever the JSON."""

import json
import random
import re
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from leed import accelerator
from leed.readers.hume_decoding import gather
from leed.readers.hume_items import Group

pytestmark = pytest.mark.needs_accelerator

LABELS = ("Joy", "Awe", "Überraschung", 'so-called "calm"')
NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")


def lifted_number(text: str) -> np.float32 | None:
    found = accelerator.lifted(b'[{"emotions":[{"name":"Joy","score":' + text.encode() + b"}]}]", (b'"Joy"',))
    return None if found is None else found[1][0]


def middle(bits: int, places: int, off: int) -> str:
    """A number in the middle between two of float32, or next to it, to so many places."""
    low, high = np.array([bits, bits + 1], np.uint32).view(np.float32).tolist()
    exact = (Fraction(low) + Fraction(high)) / 2
    digits = round(exact * 10**places) + off
    return f"{digits // 10**places}.{digits % 10**places:0{places}}"


NUMBERS = st.one_of(
    st.floats(allow_nan=False, allow_infinity=False).map(repr),
    st.floats(0, 1).map(repr),
    st.floats(0, 1, width=32).map(repr),
    st.builds(middle, st.integers(0x3B000000, 0x3F7FFFFF), st.integers(15, 27), st.integers(-2, 2)),
    st.from_regex(NUMBER, fullmatch=True),
    st.decimals(allow_nan=False, allow_infinity=False, places=40).map(lambda number: f"{number:f}"),
)


@settings(max_examples=2_000, deadline=None)
@given(text=NUMBERS)
@example(text="18446744073709551616")
@example(text="184467440737095516160")
@example(text="0." + "0" * 62 + "12e50")
@example(text="1" + "0" * 30 + "e-30")
@example(text="0.1e-0000000000000000000000000000000000000000000000000")
@example(text="1e-9999999999999999999999999")
@example(text="3.4028235677973366e38")
@example(text="1.401298464324817e-45")
@example(text="7.006492321624085e-46")
def test_a_number_is_the_float32_next_to_the_float64_next_to_it(text: str) -> None:
    with np.errstate(over="ignore"):
        expected = np.float32(float(text))
    found = lifted_number(text)
    if found is None:
        assert len(text) > 64 or not np.isfinite(expected) or (text.startswith("-") and not expected)
    else:
        assert found.tobytes() == expected.tobytes()


@pytest.mark.parametrize(
    "text",
    ["", "-", "01", "1.", ".5", "1.e3", "1e", "1e+", "+1", "NaN", "Infinity", "null", '"1"', "0x1", "1 2", "1,", "-0"],
)
def test_what_is_no_number_of_json_is_left(text: str) -> None:
    assert lifted_number(text) is None


def gathered(data: bytes, labels: tuple[str, ...], *, compiled: bool) -> Any:
    """What is read of items, or the kind of error."""
    group = Group()
    with pytest.MonkeyPatch.context() as patch:
        if not compiled:
            patch.setenv("LEED_ACCELERATOR", "0")
        assert accelerator.is_used() == compiled
        try:
            gather(data, group, labels)
            gather(data, group, group.labels())
        except (ValueError, TypeError, RecursionError) as error:
            return type(error)
    tracks = group.tracks(source="a.mp4", model="face", speaker=None, language=None)
    told = [(t.labels, t.matrix.tobytes(), t.begin.tobytes(), t.text, repr(t.extras)) for t in tracks]
    return told, [repr(issue) for issue in group.issues_of(tracks, "a.mp4", "face")]


def item(rng: random.Random) -> dict[str, Any]:
    """An item as Hume writes it, more or less."""
    labels = LABELS if rng.random() < 0.95 else rng.sample(LABELS, rng.randrange(5))
    scores = [rng.choice([rng.random(), rng.randrange(3)]) for _ in labels]
    if rng.random() < 0.1:
        scores = [score * 10.0 ** rng.randrange(-50, 40) for score in scores]
    emotions: Any = [{"name": label, "score": score} for label, score in zip(labels, scores, strict=True)]
    if rng.random() < 0.02:
        emotions = rng.choice([None, [], {}, "no", [[]], [{"name": "Joy"}], [*emotions, *emotions], [*emotions, 1]])
    made: dict[str, Any] = {"frame": rng.randrange(99), "time": rng.random()}
    if rng.random() < 0.1:
        made["text"] = rng.choice(['an "emotions": [', "a\\", "{[", "\u2028é", '"emotions"', "emotions"])
    if rng.random() < 0.98:
        made["emotions"] = emotions
    if rng.random() < 0.1:
        made["facs"] = [{"name": "AU12", "score": rng.random()}]
    if rng.random() < 0.05:
        made["more"] = {"emotions": emotions, "in": [{"emotions": 1}]}
    return dict(rng.sample(list(made.items()), len(made))) if rng.random() < 0.2 else made


def mangled(data: bytes, rng: random.Random) -> bytes:
    for _ in range(rng.choice([1, 1, 2, 9])):
        at = rng.randrange(len(data) + 1)
        cut = rng.choice([0, 0, 1, 1, 5, 50])
        put = rng.choice([b"", b"", b'"', b"\\", b"{", b"}", b"[", b"]", b",", b":", b" ", b"0", b"-", b"e", b"\xff"])
        data = data[:at] + put + data[at + cut :]
    return data


@settings(max_examples=600, deadline=None)
@given(seed=st.integers(0, 2**32))
def test_items_are_read_alike(seed: int) -> None:
    rng = random.Random(seed)
    items = [item(rng) for _ in range(rng.choice([1, 3, 20]))]
    indent, between = rng.choice([(None, None), (None, (",", ":")), (1, None), (None, (" ,\t", "\n: "))])
    data = json.dumps(items, indent=indent, separators=between, ensure_ascii=rng.random() < 0.3).encode()
    if rng.random() < 0.5:
        data = mangled(data, rng)
    labels = LABELS if rng.random() < 0.9 else tuple(rng.sample(LABELS, rng.randrange(1, 5)))
    assert gathered(data, labels, compiled=True) == gathered(data, labels, compiled=False)


def test_items_as_hume_writes_them_are_lifted() -> None:
    """Else all of the above would hold for code that lifts nothing."""
    rows = [[0.1, 0.2, 0.3, 1e-05], [1, 0, 0.123456789012345678, 2.5]]
    emotions = [[{"name": n, "score": s} for n, s in zip(LABELS, row, strict=True)] for row in rows]
    items = [{"frame": i, "text": '"emotions": [', "emotions": scores} for i, scores in enumerate(emotions)]
    names = tuple(json.dumps(label, ensure_ascii=False).encode() for label in LABELS)
    for indent in (None, 2):
        found = accelerator.lifted(json.dumps(items, indent=indent, ensure_ascii=False).encode(), names)
        assert found is not None
        assert json.loads(found[0]) == [{**entry, "emotions": None} for entry in items]
        np.testing.assert_array_equal(found[1], np.array(rows, np.float32).ravel())


@pytest.mark.parametrize(
    "data",
    [
        b'[{"emotions": [{"name": "Joy", "score": 0.5}], "emotions": [{"name": "Joy", "score": 0.5}]}, {}]',
        b'[{"emotions": [{"name": "Joy", "score": 0.5}]}, {}]',
        b'[{"emotions": null}]',
        b'[{"emotions": [{"name": "Joy", "score": 0.5}, {"name": "Joy", "score": 0.5}]}]',
        b'[{"emotions": [{"score": 0.5, "name": "Joy"}]}]',
        b'[{"emotions": [{"name": "Joy", "score": 0.5, "more": 1}]}]',
        b'[{"emotions": [{"name": "Awe", "score": 0.5}]}]',
        b'[{"emotions": [{"name": "Joy", "score": 1e39}]}]',
        b'[{"emotions": [{"name": "Joy", "score": 0.5}]',
        b'[{"text": "',
        b'[{"text": "\\',
        b'{"emotions',
    ],
)
def test_what_is_odd_is_left_as_it_is(data: bytes) -> None:
    found = accelerator.lifted(data, (b'"Joy"',))
    assert found is None or not json_of(found[0])


def json_of(data: bytes) -> bool:
    try:
        json.loads(data)
    except ValueError:
        return False
    return True


@pytest.mark.parametrize("names", [(), [b'"Joy"'], ("Joy",), (None,)])
def test_names_are_a_tuple_of_bytes(names: Any) -> None:
    with pytest.raises((TypeError, ValueError)):
        accelerator.lifted(b"[]", names)
