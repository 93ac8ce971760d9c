"""leed calibrate: what is usual in files, for --calibration of the other commands."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from leed.calibration import get_calibration
from tests.test_calibration import usual_face

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def faces(tmp_path: Path) -> Path:
    spread = [0.9 + 0.005 * ((i * 7) % 40) for i in range(40)]  # around what is usual, and Calmness far above it
    usual = usual_face(Calmness=0.7)
    rows = [{"modality": "face", "begin": i, **{k: v * by for k, v in usual.items()}} for i, by in enumerate(spread)]
    path = tmp_path / "faces.json"
    path.write_text(json.dumps(rows))
    return path


def test_a_fit_changes_what_is_said(leed_command: Run, faces: Path, tmp_path: Path) -> None:
    status, _, err = leed_command("describe", faces)
    out = leed_command("describe", faces)[1]
    assert (status, err) == (0, "")
    assert out.count("calm") == 40
    ours = tmp_path / "ours.json"
    status, out, err = leed_command("calibrate", faces, "-o", ours)
    assert (status, out) == (0, "")
    assert err == "leed: ours: hume-48 face (40 segments)\n"
    out = leed_command("describe", faces, "--calibration", ours)[1]
    assert out.count("calm") < 20
    assert leed_command("describe", faces, "--calibration", "none")[1].count("calm") == 40


def test_calibrations_are_added_up(leed_command: Run, faces: Path, tmp_path: Path) -> None:
    ours = tmp_path / "ours.json"
    leed_command("calibrate", faces, "-o", ours)
    assert leed_command("calibrate", ours, faces, "-o", ours)[0] == 0
    (table,) = get_calibration(ours).tables
    assert (table.segments, table.recordings) == (80, 2)


def test_a_bad_file_among_others_is_said_and_the_rest_counted(leed_command: Run, faces: Path, tmp_path: Path) -> None:
    ours = tmp_path / "ours.json"
    status, _, err = leed_command("calibrate", tmp_path / "none.json", faces, "-o", ours)
    assert status == 1
    assert "no such file" in err
    assert get_calibration(ours).tables[0].segments == 40


def test_what_tells_nothing_is_an_error(leed_command: Run, tmp_path: Path) -> None:
    path = tmp_path / "classes.json"
    path.write_text('[{"modality": "prosody", "HAPPY": 0.8, "NEUTRAL": 0.1, "SAD": 0.05, "ANGRY": 0.05}]')
    status, _, err = leed_command("calibrate", path, "-o", tmp_path / "x.json")
    assert status == 1
    assert "nothing to calibrate" in err
    assert not (tmp_path / "x.json").exists()
