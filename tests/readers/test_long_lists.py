"""Long lists of large JSON: what is decoded as they are gone through is what is decoded at once."""

import gzip
import io
import json
import random
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import leed
from leed import LeedError
from leed.readers import content, long_lists
from leed.readers.content import Content
from leed.readers.glimpse import glimpse
from leed.readers.long_lists import LongList
from tests.support.mangling import mangled


@pytest.fixture(autouse=True)
def _few_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(content, "LARGE", 0)
    monkeypatch.setattr(long_lists, "_WINDOW", 64)
    monkeypatch.setattr(long_lists, "_LONGEST", 300)
    monkeypatch.setattr(long_lists, "_LOOKS", (16, 64))


def held(value: Any) -> Any:
    """Plain data with its long lists decoded."""
    if isinstance(value, dict):
        return {key: held(inner) for key, inner in value.items()}
    return [held(inner) for inner in value] if isinstance(value, list) else value


def outcome(data: bytes, part: str) -> Any:
    """What a content holds, with the issues it has, or the error."""
    given = Content(data=data)
    try:
        return repr(held(getattr(given, part))), given.issues
    except LeedError as error:
        return type(error), str(error)


LEAVES: tuple[Any, ...] = (
    *(0, -1, 12345678901234567890123, 10**30, 0.5, 1e-7, -0.0, 1e300, 0.1 + 0.2, None, True, False),
    *("", "a", "\u00e9", "}, {", '"', "\\", "],[", '{"a": 1}, ', "\N{GRINNING FACE}", "x" * 90),
)
RARE: tuple[Any, ...] = (float("nan"), float("inf"), "NaN", "\ud800")


def any_json(rng: random.Random, depth: int = 0) -> Any:
    """A value of any kind."""
    kind = rng.randrange(9) if depth < 4 else 0
    if kind < 5:
        return rng.choice(RARE if rng.random() < 0.03 else LEAVES)
    if kind < 7:
        return [any_json(rng, depth + 1) for _ in range(rng.choice([0, 1, 3, 20]))]
    if kind == 7:
        return {rng.choice("abc"): any_json(rng, depth + 1) for _ in range(rng.randrange(4))}
    row = {key: any_json(rng, 5) for key in rng.sample("abcd", 3)}
    return [dict(row) for _ in range(rng.choice([1, 4, 30]))]


@settings(max_examples=1500, deadline=None)
@given(seed=st.integers(0, 2**32))
def test_what_is_decoded_as_it_is_gone_through_is_what_is_decoded_at_once(seed: int) -> None:
    rng = random.Random(seed)
    value = any_json(rng)
    told = json.dumps(value, indent=rng.choice([None, None, 1]), ensure_ascii=rng.random() < 0.5)
    if isinstance(value, list) and rng.random() < 0.3:
        told = "\n".join(map(json.dumps, value))
    data = told.encode("utf-8", "surrogatepass")
    data = mangled(data, seed) if rng.random() < 0.3 else data
    data = rng.choice([data, data, data, b"\xef\xbb\xbf" + data, gzip.compress(data)])
    assert outcome(data, "lean") == outcome(data, "plain")


@settings(max_examples=300, deadline=None)
@given(seed=st.integers(0, 2**32))
def test_a_glimpse_of_long_lists_is_that_of_what_is_held(seed: int) -> None:
    rng = random.Random(seed)
    value = [any_json(rng, 2) for _ in range(rng.choice([3, 250, 900]))]
    given = Content(data=json.dumps({"a": value}).encode())
    assert repr(glimpse(given.lean)) == repr(glimpse(given.plain))


def lean(value: Any) -> Any:
    return Content(data=json.dumps(value).encode()).lean


def test_a_long_list_is_told_from_what_is_small_around_it() -> None:
    found = lean({"status": "done", "faces": [{"id": i} for i in range(100)], "few": [1, 2]})
    assert isinstance(found["faces"], LongList)
    assert type(found["few"]) is list
    assert found["status"] == "done"


def test_a_long_list_is_used_as_any_list() -> None:
    held = [{"id": i} for i in range(100)]
    found = lean(held)
    assert isinstance(found, LongList)
    assert len(found) == 100
    assert found[0] == found[-100] == {"id": 0}
    assert found[-1] == {"id": 99}
    assert found[:3] == held[:3]
    assert found[90::4] == held[90::4]
    assert found[::-1] == held[::-1]
    assert found == held
    assert found != held[1:]
    assert {"id": 50} in found
    assert list(reversed(found)) == held[::-1]
    assert list(found.at([0, 50, 99])) == [held[0], held[50], held[99]]
    with pytest.raises(IndexError):
        found[100]


def test_entries_that_are_long_themselves_hold_long_lists() -> None:
    found = lean([{"page": i, "faces": [{"id": j} for j in range(50)]} for i in range(3)])
    assert [page["page"] for page in found] == [0, 1, 2]
    assert all(isinstance(page["faces"], LongList) for page in found)
    assert [len(page["faces"]) for page in found] == [50, 50, 50]


def test_entries_may_be_decoded_as_a_type_and_those_that_do_not_fit_as_plain_data() -> None:
    class Row(msgspec.Struct):
        id: int

    rows: list[Any] = [{"id": i} for i in range(100)]
    rows[50] = {"id": "x"}
    some = list(lean(rows).some(msgspec.json.Decoder(Row), msgspec.json.Decoder(list[Row])))
    assert sum(map(len, some)) == 100
    assert some[0][0] == Row(0)
    assert {"id": "x"} in [entry for entries in some for entry in entries]


def test_lines_are_a_long_list() -> None:
    data = b"".join(b'{"id": %d}\n' % i for i in range(100))
    found = Content(data=data).lean
    assert isinstance(found, LongList)
    assert [row["id"] for row in found] == list(range(100))


def test_what_is_not_a_number_stays_in_a_long_list() -> None:
    found = lean([{"score": float("nan")}] * 100)
    assert isinstance(found, LongList)
    assert len([row for row in found if row["score"] != row["score"]]) == 100


def test_a_file_that_is_cut_off_is_the_error_that_it_was() -> None:
    data = json.dumps({"Faces": [{"id": i} for i in range(100)]}).encode()[:-20]
    with pytest.raises(LeedError, match="is cut off at byte"):
        leed.read(io.BytesIO(data))
