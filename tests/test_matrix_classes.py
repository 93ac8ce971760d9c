"""Exclusive classes many rows at once: what one row at a time says, ties and gaps included."""

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

import leed

EKMAN = ("anger", "disgust", "fear", "happiness", "sadness", "surprise", "neutral")
WITH_OTHERS = ("angry", "calm", "happy", "sad", "<unk>", "other", "neutral")


def probabilities(labels: tuple[str, ...]) -> NDArray[np.float32]:
    """Rows that sum to 1, rows with ties of two to four classes, and rows in which some or all are not reported."""
    rng = np.random.default_rng(7)
    rows = rng.dirichlet([0.4] * len(labels), 600)
    rows[100:200] = np.round(rows[100:200], 1)  # many ties, and sums that are no longer 1
    rows[200:260] = rng.permuted(np.tile([0.25] * 4 + [0.0] * (len(labels) - 4), (60, 1)), axis=1)
    rows[260:300] = 1 / len(labels)
    rows[300:400][rng.random((100, len(labels))) < 0.4] = np.nan
    rows[400:410] = np.nan
    rows[410:420] = [0.05, *[np.nan] * (len(labels) - 1)]
    return np.asarray(rows, np.float32)


@pytest.mark.parametrize("labels", [EKMAN, WITH_OTHERS, EKMAN[:2]])
@pytest.mark.parametrize("options", [{}, {"lang": "de", "top": 1}, {"ignore": ("anger", "happy")}])
def test_rows_of_exclusive_classes_read_as_one_at_a_time(labels: tuple[str, ...], options: dict[str, Any]) -> None:
    rows = probabilities(WITH_OTHERS)[:, : len(labels)]
    describer = leed.Describer(**options)
    how: dict[str, Any] = {"modality": "face", "quantity": "probability", "exclusive": True}
    sentences = leed.describe_matrix(rows, labels, describer=describer, **how)
    for row, sentence in zip(rows.astype(float).tolist(), sentences, strict=True):
        scores = dict(zip(labels, row, strict=True))
        assert sentence == str(describer.describe(scores, **how))


def test_classes_that_may_be_meant_are_named_by_how_likely_they_are() -> None:
    rows = np.array([[0.40, 0.41, 0.19], [0.41, 0.40, 0.19]])
    labels = ("happiness", "surprise", "fear")
    told = leed.describe_matrix(rows, labels, modality="face", quantity="probability", exclusive=True).to_list()
    assert told == ["They look either surprised or happy.", "They look either happy or surprised."]
