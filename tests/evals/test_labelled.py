"""Labelled scores are read as what they are."""

from pathlib import Path

import numpy as np
import pytest

from leed_evals.faithful.labelled import cremad, ravdess
from tests.support.corpora import write_cremad, write_ravdess
from tests.support.parts import shared


def test_votes_are_shares_and_levels_the_mean_over_all_raters(tmp_path: Path) -> None:
    write_cremad(tmp_path, [("200007", "1001_DFA_ANG_XX", {"A": (3, 80.0), "N": (1, 40.0)})])
    votes, levels = cremad(tmp_path, "face")
    assert votes.track.row(0) == {"ANG": 0.75, "DIS": 0, "FEA": 0, "HAP": 0, "NEU": 0.25, "SAD": 0}
    assert levels.track.row(0) == {"ANG": 0.6, "DIS": 0, "FEA": 0, "HAP": 0, "NEU": 0.1, "SAD": 0}
    assert (votes.track.quantity, votes.track.exclusive) == ("probability", True)
    assert (levels.track.quantity, levels.track.exclusive) == ("intensity", False)
    assert (votes.acted.tolist(), votes.speakers.tolist()) == (["ANG"], ["1001"])


def test_rows_of_another_modality_are_left_out(tmp_path: Path) -> None:
    rows = [(f"{kind}00007", "1001_DFA_ANG_XX", {"A": (1, 80.0)}) for kind in "123"]
    write_cremad(tmp_path, rows)
    assert [len(cremad(tmp_path, modality)[0]) for modality in ("prosody", "face")] == [1, 1]


def test_a_ravdess_row_has_its_actor_and_emotion(tmp_path: Path) -> None:
    write_ravdess(tmp_path, [("7", "fearful", {"fear": 0.9, "sad": 0.1})])
    classes, intensities = ravdess(tmp_path, "prosody")
    assert classes.track.row(0)["fearful"] == 0.9
    assert (classes.acted.tolist(), classes.speakers.tolist()) == (["fearful"], ["7"])
    assert (intensities.track.quantity, intensities.track.exclusive) == ("intensity", False)


def test_under_humes_names_there_is_no_neutral_class(tmp_path: Path) -> None:
    write_cremad(tmp_path, [("100007", "1001_DFA_ANG_XX", {"A": (3, 80.0), "N": (1, 40.0)})])
    states = cremad(tmp_path, "prosody")[1].as_states()
    assert states.track.row(0) == {"Anger": 0.6, "Disgust": 0, "Fear": 0, "Joy": 0, "Sadness": 0}
    assert states.track.taxonomy == "hume-48"


@pytest.mark.needs_data
@pytest.mark.parametrize(("modality", "chosen"), [("prosody", 0.41), ("face", 0.58)])
def test_real_raters_choose_what_was_acted_as_often_as_published(modality: str, chosen: float) -> None:
    """40.9 % of votes on voices and 58.2 % of those on faces (Cao et al. 2014, all 91 actors)."""
    votes, _ = cremad(shared(), modality)
    assert (len(votes), len(set(votes.speakers.tolist()))) == (4901, 60)
    columns = [votes.track.labels.index(emotion) for emotion in votes.acted.tolist()]
    assert votes.track.matrix[np.arange(4901), columns].mean() == pytest.approx(chosen, abs=0.01)


@pytest.mark.needs_data
@pytest.mark.parametrize(("modality", "right"), [("prosody", 0.82), ("face", 0.60)])
def test_real_models_are_right_as_often_as_their_source_says(modality: str, right: float) -> None:
    scores, _ = ravdess(shared(), modality)
    assert (len(scores), len(set(scores.speakers.tolist()))) == (1200, 20)
    best = np.array(scores.track.labels)[scores.track.matrix.argmax(axis=1)]
    assert (best == scores.acted).mean() == pytest.approx(right, abs=0.015)
