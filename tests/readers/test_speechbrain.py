"""SpeechBrain's tuple: the class that has a name."""

from typing import Any

import numpy as np
import pytest

import leed
from leed.errors import UnknownFormatError
from tests.support.answers import SPEECHBRAIN


class Tensor:
    """What a tensor offers: its numbers as lists."""

    def __init__(self, values: Any) -> None:
        self._values = values

    def tolist(self) -> Any:
        return self._values


def test_the_most_likely_class_is_described_and_the_rest_is_kept() -> None:
    recording = leed.read(SPEECHBRAIN)
    assert [str(d) for d in leed.describe_all(recording)] == ["They sound very clearly happy."]
    (track,) = recording.tracks
    assert (track.labels, track.taxonomy, track.quantity, track.exclusive) == (
        ("hap",),
        "iemocap-4",
        "probability",
        True,
    )
    np.testing.assert_allclose(track.extras["out_prob"], [[0.02, 0.01, 0.95, 0.02]])
    assert [i.code for i in recording.issues] == ["not-read"]


def test_a_tuple_of_tensors_is_read() -> None:
    given = (Tensor([[0.1, 0.7, 0.2, 0.0]]), Tensor([0.7]), Tensor([1]), ["ang"])
    assert [str(d) for d in leed.describe_all(leed.read(given))] == ["They probably sound angry."]
    arrays = (np.array([[0.1, 0.7], [0.6, 0.4]]), np.array([0.7, 0.6]), np.array([1, 0]), ["b", "a"])
    assert len(leed.read(arrays)) == 2


def test_logarithms_are_undone_and_reported() -> None:
    recording = leed.read([[[-3.0, -0.05]], [-0.05], [1], ["sad"]])
    assert recording.segments()[0].scores == pytest.approx({"sad": 0.9512}, abs=1e-4)
    assert [i.code for i in recording.issues] == ["inferred", "not-read"]


@pytest.mark.parametrize(
    "given",
    [
        [[[0.1, 0.9]], [0.9], [0], ["sad"]],  # the place is not that of the score
        [[[0.1, 0.9]], [0.9], [7], ["sad"]],
        [[[0.1, 0.9]], [0.9], [1], [3]],
        [[[0.1, 0.9]], [0.9, 0.1], [1], ["sad"]],
        [1, 2, 3, 4],
    ],
)
def test_what_does_not_fit_together_is_refused(given: Any) -> None:
    with pytest.raises(UnknownFormatError, match="is no answer of SpeechBrain"):
        leed.read(given, format="speechbrain")


@pytest.mark.parametrize("device", ["", ", device='cuda:0'", ", grad_fn=<ExpBackward0>"])
def test_what_python_prints_of_it_is_read(device: str) -> None:
    printed = f"(tensor([[0.1, 0.8]]{device}), tensor([0.8]{device}), tensor([1]{device}), ['ang'])\n"
    assert [str(d) for d in leed.describe_all(leed.read(printed.encode()))] == ["They sound clearly angry."]


def test_a_print_of_something_else_is_refused() -> None:
    with pytest.raises(UnknownFormatError, match="is no answer of SpeechBrain"):
        leed.read(b"(tensor([[0.1, 0.8]]), 'ang')")
