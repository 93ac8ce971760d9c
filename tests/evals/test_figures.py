"""The paper's figures are drawn of any recordings, with their numbers; what cannot be drawn is named."""

import csv
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from leed.errors import InputError
from leed_evals.__main__ import main
from leed_evals.figures.between import paired, spearman
from leed_evals.figures.classes import by_class
from leed_evals.figures.correlation import correlation, correlations
from leed_evals.figures.gathering import gathered
from leed_evals.figures.ridge import ridge, strongest
from tests.support.parts import shared

PNG = b"\x89PNG\r\n\x1a\n"


def recording(folder: Path, name: str = "talk.json", n: int = 12, *, faces: bool = True) -> Path:
    """A voice every two seconds and a face twice a second, whose joy goes with the voice's."""
    rng = np.random.default_rng(3)
    rows: list[dict[str, Any]] = []
    for i in range(n):
        joy = float(rng.uniform(0.1, 0.9))
        rows.append(
            {
                "begin": 2.0 * i,
                "end": 2.0 * i + 1.5,
                "prosody": {"Joy": joy, "Fear": float(rng.uniform(0, 0.3)), "Anger": (1 - joy) / 2},
            }
        )
        rows += [
            {"begin": 2.0 * i + step, "end": 2.0 * i + step, "face": {"Joy": joy * 0.8, "Fear": 0.2, "Awe": joy / 3}}
            for step in (0.0, 0.5, 1.0)
            if faces
        ]
    path = folder / name
    path.write_text(json.dumps(rows), encoding="utf-8")
    return path


def table(folder: Path, n: int = 30) -> Path:
    rng = np.random.default_rng(4)
    path = folder / "scores.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file)
        rows.writerow(["clip", "emotion", "Joy", "Fear"])
        for i in range(n):
            joy = float(rng.uniform(0.6, 0.9) if i % 2 else rng.uniform(0.0, 0.3))
            rows.writerow([f"c{i}", "happy" if i % 2 else "afraid", joy, 0.9 - joy])
    return path


def numbers(folder: Path, name: str) -> Any:
    return json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))


def test_every_figure_of_a_recording_is_written_three_times(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "out"
    assert main(["figures", str(recording(tmp_path)), "-o", str(out)]) == 0
    names = ["ridge-face", "correlation-face", "ridge-voice", "correlation-voice", "between-face-voice"]
    printed = capsys.readouterr()
    assert printed.out.splitlines() == [f"{out}/{name}.{kind}" for name in names for kind in ("png", "svg", "json")]
    assert all((out / f"{name}.png").read_bytes().startswith(PNG) for name in names)
    assert all("n = " in (out / f"{name}.svg").read_text(encoding="utf-8") for name in names)
    assert printed.err == "leed_evals: no t-SNE: no classes are known without --label-column\n"


def test_a_title_says_how_many_and_of_what(tmp_path: Path) -> None:
    path = str(recording(tmp_path))
    (face, voice), _ = gathered([path, str(recording(tmp_path, "b.json")), str(recording(tmp_path, "c.json"))])
    assert face.told() == "n = 108 segments; talk.json, b.json and 1 more"
    assert voice.told(1) == "n = 1 segment; talk.json, b.json and 1 more"
    svg = tmp_path / "ridge-voice.svg"
    main(["figures", path, "-o", str(tmp_path)])
    assert "n = 12 segments; talk.json" in svg.read_text(encoding="utf-8")


def test_modalities_that_go_together_are_found_by_overlap_in_time(tmp_path: Path) -> None:
    main(["figures", str(recording(tmp_path)), "-o", str(tmp_path)])
    found = numbers(tmp_path, "between-face-voice")
    assert (found["modalities"], found["pairs"]) == (["face", "prosody"], 12)
    assert set(found["labels"]) == {"Joy"}, "Fear never varies in the face"
    assert found["labels"]["Joy"] == {"rho": 1.0, "p": 0.0, "p_adjusted": 0.0, "n": 12}


def test_stretches_of_different_recordings_never_overlap(tmp_path: Path) -> None:
    voice = recording(tmp_path, "a.json", faces=False)
    (face, prosody), _ = gathered([str(voice), str(recording(tmp_path, "b.json"))])
    labels, x, y = paired(face, prosody)
    assert set(labels) == {"Joy", "Fear"}
    assert len(x) == len(y) == 12
    assert spearman(x[:4], y[:4])[0][2] == 4, "and four are too few"
    assert np.isnan(spearman(x[:4], y[:4])[0][0])


def test_a_recording_without_times_has_no_correlation_between_modalities(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = table(tmp_path)
    assert main(["figures", f"face={path}", f"prosody={path}", "-o", str(tmp_path)]) == 0
    assert capsys.readouterr().err.splitlines()[-2] == (
        "leed_evals: no between-face-voice: no label of both over at least 5 stretches that overlap in time"
    )


def test_classes_of_a_table_are_drawn_by_t_sne_and_the_same_each_time(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = str(table(tmp_path))
    for folder in ("one", "two"):
        assert main(["figures", path, "--label-column", "emotion", "-o", str(tmp_path / folder)]) == 0
    found = numbers(tmp_path / "one", "tsne-scores")
    assert found["classes"] == {"afraid": 15, "happy": 15}
    assert len(found["points"]) == 30
    assert numbers(tmp_path / "two", "tsne-scores") == found
    assert (tmp_path / "one/tsne-scores.svg").read_bytes() == (tmp_path / "two/tsne-scores.svg").read_bytes()
    assert "emotion" not in capsys.readouterr().err


def test_each_row_keeps_its_own_class(tmp_path: Path) -> None:
    (scores,), _ = gathered([str(table(tmp_path))], "emotion")
    joy = scores.matrix[:, scores.labels.index("Joy")]
    assert ((joy > 0.5) == (scores.classes == "happy")).all()


def test_one_class_and_rows_without_one_are_drawn_as_they_are(tmp_path: Path) -> None:
    path = table(tmp_path)
    path.write_text(path.read_text(encoding="utf-8").replace("afraid", ""), encoding="utf-8")
    (scores,), _ = gathered([str(path)], "emotion")
    made = by_class(scores)
    assert made is not None
    assert (made[1]["classes"], made[1]["n"]) == ({"happy": 15}, 15)


def test_too_few_rows_have_no_t_sne(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["figures", str(table(tmp_path, 9)), "--label-column", "emotion", "-o", str(tmp_path)]) == 0
    assert "leed_evals: no tsne-scores: fewer than 10 rows have a class\n" in capsys.readouterr().err


def test_a_single_segment_is_drawn_and_has_no_correlation(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = recording(tmp_path, n=1, faces=False)
    assert main(["figures", str(path), "-o", str(tmp_path)]) == 0
    assert numbers(tmp_path, "ridge-voice")["labels"]["Joy"]["n"] == 1
    assert "leed_evals: no correlation-voice: fewer than two labels vary\n" in capsys.readouterr().err


def test_the_strongest_labels_come_first_and_those_never_reported_not_at_all(tmp_path: Path) -> None:
    (face, voice), _ = gathered([str(recording(tmp_path))])
    assert [voice.labels[i] for i in strongest(voice)] == ["Joy", "Anger", "Fear"]
    assert [voice.labels[i] for i in strongest(voice, 1)] == ["Joy"]
    empty = np.column_stack([face.matrix, np.full(len(face), np.nan)])
    more = type(face)(face.modality, (*face.labels, "Pride"), empty, face.begin, face.end, face.source, face.classes)
    assert "Pride" not in ridge(more)[1]["labels"]


def test_labels_that_go_together_stand_side_by_side(tmp_path: Path) -> None:
    (face, _), _ = gathered([str(recording(tmp_path))])
    made = correlation(face)
    assert made is not None
    assert made[1]["labels"] in (["Joy", "Awe"], ["Awe", "Joy"])
    assert made[1]["pearson"] == [[1.0, pytest.approx(1.0)], [pytest.approx(1.0), 1.0]]


def test_correlations_use_the_rows_that_report_both() -> None:
    matrix = np.array([[0.0, 0.0, 1.0], [0.5, np.nan, 1.0], [1.0, 1.0, 1.0], [0.5, 0.5, 1.0]])
    found = correlations(matrix)
    assert found[0, 1] == 1.0
    assert np.isnan(found[:, 2]).all()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--label-column", "mood"], "no table has a column 'mood': name the column with each row's class"),
        (["--top", "0"], "--top is 0; give a number from 1"),
    ],
)
def test_a_wrong_option_is_named(
    arguments: list[str], message: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["figures", str(table(tmp_path)), "-o", str(tmp_path), *arguments]) == 1
    assert capsys.readouterr().err.splitlines()[-1] == f"leed_evals: error: {message}"


def test_an_empty_recording_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "empty.json"
    path.write_text('{"leed": 1, "tracks": [], "issues": []}', encoding="utf-8")
    with pytest.raises(InputError):
        gathered([str(path)])


def test_a_folder_that_cannot_be_made_is_an_error(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = table(tmp_path)
    assert main(["figures", str(path), "-o", str(path / "out")]) == 1
    assert "figures cannot be written there" in capsys.readouterr().err


@pytest.mark.needs_data
def test_a_real_recording_has_all_figures(tmp_path: Path) -> None:
    path = shared("hume/interreviewer/predictions.json")
    assert main(["figures", str(path), "-o", str(tmp_path)]) == 0
    assert len(list(tmp_path.glob("*.png"))) == 9
    assert numbers(tmp_path, "ridge-face")["n"] == 516
    assert numbers(tmp_path, "between-face-voice")["pairs"] == 24
