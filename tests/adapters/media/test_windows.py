"""Windows of long stretches, and their scores put together."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from leed.errors import OptionError
from leed_adapters.media import window_mean
from leed_adapters.media.windows import windows

NAN = float("nan")


@given(st.integers(1, 10_000), st.integers(1, 500), st.floats(0, 0.9))
def test_windows_cover_everything_and_overlap_at_least_so_much(length: int, longest: int, overlap: float) -> None:
    made = windows(length, longest, overlap)
    assert made[0][0] == 0
    assert made[-1][1] == length
    assert {end - begin for begin, end in made} == {min(length, longest)}
    hop = max(round(longest * (1 - overlap)), 1)
    assert all(0 < b[0] - a[0] <= hop for a, b in pairwise(made))


def test_a_moment_that_two_windows_have_counts_once() -> None:
    mean, _ = window_mean([[0.0], [1.0]], [0, 3], [4, 5], [0, 0])
    assert mean.tolist() == [[np.float32((3 * 0 + 1 * 0.5 + 1 * 1) / 5)]]


def test_windows_side_by_side_count_by_their_length() -> None:
    assert window_mean([[0.0], [1.0]], [0, 3], [3, 4], [0, 0])[0].tolist() == [[0.25]]


def test_what_is_not_reported_does_not_count() -> None:
    mean, _ = window_mean([[0.2, NAN], [NAN, NAN], [0.4, 0.5]], [0, 1, 2], [2, 3, 4], [0, 0, 0])
    assert mean[0].tolist() == pytest.approx([0.3, 0.5])
    assert np.isnan(window_mean([[NAN], [NAN]], [0, 1], [2, 3], [0, 0])[0]).all()


def test_windows_without_length_count_alike() -> None:
    assert window_mean([[0.0], [1.0]], [1, 1], [1, 1], [0, 0])[0].tolist() == [[0.5]]
    assert window_mean([[0.0], [1.0]], [NAN, NAN], [NAN, NAN], [0, 0])[0].tolist() == [[0.5]]


def test_stretches_come_in_the_order_in_which_they_begin_though_their_windows_are_mixed() -> None:
    mean, stretches = window_mean([[1.0], [2.0], [3.0], [4.0]], [0, 0, 1, 1], [1, 1, 2, 2], [9, 4, 9, 4])
    assert (mean.tolist(), stretches.tolist()) == ([[2.0], [3.0]], [9, 4])
    assert mean.dtype == np.float32


def test_a_window_alone_keeps_its_scores() -> None:
    assert window_mean([[0.1, NAN]], [0], [1], [0])[0][0].tolist() == pytest.approx([0.1, NAN], nan_ok=True)


def test_no_windows_are_no_rows() -> None:
    mean, stretches = window_mean(np.empty((0, 3)), [], [], [])
    assert (mean.shape, stretches.shape) == ((0, 3), (0,))


def test_shapes_that_do_not_fit_are_told() -> None:
    with pytest.raises(OptionError) as error:
        window_mean([[0.1]], [0, 1], [1], [0])
    assert str(error.value) == (
        "scores have the shape (1, 1), with 2 beginnings, 1 ends and 1 stretches: give (windows, labels), and one of "
        "each for a window"
    )
