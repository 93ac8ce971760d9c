"""Arrays as plain data and back."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst

from leed.errors import ColumnError
from leed.schema.plain import check_kind, column_of, listed, to_json


@given(npst.arrays(np.float32, st.integers(0, 30)))
def test_a_float32_is_the_shortest_number_that_reads_back_the_same(flat: np.ndarray[Any, np.dtype[np.float32]]) -> None:
    finite = flat[np.isfinite(flat)]
    assert [str(x) for x in listed(finite)] == [str(float(str(x))) for x in finite]


@pytest.mark.parametrize("exponent", [*range(-46, -36), *range(-16, 8), *range(30, 39)])
def test_that_holds_at_every_power_of_ten(exponent: int) -> None:
    whole = np.random.default_rng(exponent + 50).integers(1, 10**9, 500)
    flat = (whole / 1e9 * 10.0**exponent).astype(np.float32)
    numbers = listed(flat)
    assert numbers == [float(str(x)) for x in flat]
    assert (np.array(numbers).astype(np.float32) == flat).all()


def test_what_is_no_number_has_a_name() -> None:
    assert listed(np.array([[np.nan, 1.0], [np.inf, -np.inf]])) == [[None, 1.0], ["inf", "-inf"]]
    assert listed(np.array([True, False])) == [True, False]
    assert listed(np.array(["a", ""])) == ["a", ""]
    assert listed(np.empty((2, 0))) == [[], []]


def test_a_column_has_the_type_and_shape_that_it_is_told() -> None:
    box = column_of("box", "float32", [2], [[1, None], ["inf", 0.5]])
    assert (str(box.dtype), box.shape) == ("float32", (2, 2))
    np.testing.assert_array_equal(box, [[1, np.nan], [np.inf, 0.5]])
    assert column_of("tag", "<U1", None, ["long", "b"]).tolist() == ["long", "b"]
    assert column_of("none", "int64", [3], []).shape == (0, 3)


@pytest.mark.parametrize(
    ("kind", "shape", "values"),
    [
        ("complex128", None, [1]),
        ("nonsense", None, [1]),
        ("float64", None, ["a"]),
        ("int8", None, [300]),
        ("float32", None, [1e300]),
        ("float64", None, [10**400]),
        ("float64", [2], [[1.0, 2.0], [1.0]]),
        ("float64", [3], [[1.0, 2.0]]),
    ],
)
def test_what_is_no_such_column_is_an_error_that_names_it(
    kind: str, shape: list[int] | None, values: list[Any]
) -> None:
    with pytest.raises(ColumnError, match=r"^extras\.box"):
        column_of("box", kind, shape, values)


def test_a_type_that_plain_data_cannot_hold_is_refused() -> None:
    for kind in ("float16", "float64", "int8", "uint64", "bool", "<U3"):
        check_kind("x", np.dtype(kind))
    for kind in ("complex64", "M8[s]", "O", "longdouble"):
        with pytest.raises(ColumnError, match=r"^extras\.x: type .* is not that of numbers, flags or text$"):
            check_kind("x", np.dtype(kind))


def test_half_a_character_is_written_as_json_writes_it() -> None:
    assert to_json({"a": "\ud83d"}) == b'{"a":"\\ud83d"}'
    assert to_json({"a": "é"}) == '{"a":"é"}'.encode()
