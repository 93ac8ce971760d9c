"""From a table to a saved model and back: leed fit, leed predict, and the checks between."""

import csv
import json
import subprocess
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import skops.io as sio

from leed.classifiers import check_examples, load, read_examples
from leed.classifiers.table import Examples
from leed.errors import DamagedInputError, InputError, OptionError
from leed.fusion import Items
from tests.support.command_line import leed_command

Run = Callable[..., tuple[int, str, str]]
__all__ = ["leed_command"]


def rows(n: int = 60) -> list[dict[str, Any]]:
    rng = np.random.default_rng(0)
    found = []
    for i in range(n):
        a, b = rng.normal([0.7, 0.2] if i % 2 else [0.2, 0.6], 0.15).clip(0, 1).round(3).tolist()
        label = "happy" if i % 2 else "afraid"
        found.append({"item": f"c{i}", "speaker": f"s{i // 10}", "label": label, "face.Joy": a, "face.Fear": b})
    return found


def written(path: Path, table: list[dict[str, Any]]) -> Path:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(table[0]))
        writer.writeheader()
        writer.writerows(table)
    return path


@pytest.fixture
def table(tmp_path: Path) -> Path:
    return written(tmp_path / "calls.csv", rows())


def test_a_model_is_trained_saved_and_used(leed_command: Run, table: Path, tmp_path: Path) -> None:
    model = tmp_path / "m.skops"
    status, out, err = leed_command("fit", table, "-o", model, "--features", "raw+early")
    assert (status, err) == (0, f"leed: wrote {model} and {model}.md\n")
    assert out.startswith("UAR 0.9")
    assert "over speakers" in out
    assert "│ afraid │" in out
    card = Path(f"{model}.md").read_text(encoding="utf-8")
    assert "- trained on 60 items, 6 speakers" in card
    status, out, err = leed_command("predict", model, table)
    assert (status, err) == (0, "")
    found = list(csv.DictReader(out.splitlines()))
    assert list(found[0]) == ["item", "label", "p.afraid", "p.happy"]
    assert [row["item"] for row in found] == [f"c{i}" for i in range(60)]
    assert sum(row["label"] == own["label"] for row, own in zip(found, rows(), strict=True)) > 54


LONG = "a voice that goes up at the end of what it says, as in "


def test_long_labels_are_shown_whole(leed_command: Run, tmp_path: Path) -> None:
    table = [{**row, "label": LONG + ("questions" if row["label"] == "happy" else "lists")} for row in rows()]
    status, out, _ = leed_command("fit", written(tmp_path / "t.csv", table), "-o", tmp_path / "m.skops")
    assert status == 0
    heads = [line.split() for line in out.splitlines() if "recall" in line]
    assert heads == [["┃", "label", "┃", "recall", "┃", "1", "┃", "2", "┃"]]
    assert f"│ 1: {LONG}lists " in out
    assert f"│ 2: {LONG}questions │ " in out


def test_many_labels_are_all_shown(leed_command: Run, tmp_path: Path) -> None:
    table = [{**row, "label": f"class {i % 30:02}"} for i, row in enumerate(rows(120))]
    status, out, _ = leed_command(
        "fit", written(tmp_path / "t.csv", table), "-o", tmp_path / "m.skops", "--features", "raw", "--folds", 2
    )
    assert status == 0
    counts = [line.split("│")[3:-1] for line in out.splitlines() if line.startswith("│")]
    assert [len(row) for row in counts] == [30] * 30
    assert sum(int(cell) for row in counts for cell in row) == 120


def test_predictions_are_written_as_json_lines(leed_command: Run, table: Path, tmp_path: Path) -> None:
    leed_command("fit", table, "-o", tmp_path / "m.skops", "--features", "raw")
    assert leed_command("predict", tmp_path / "m.skops", table, "-o", tmp_path / "p.jsonl")[0] == 0
    first = json.loads((tmp_path / "p.jsonl").read_text().splitlines()[0])
    assert (first["item"], first["label"]) == ("c0", "afraid")


def test_a_recording_is_one_item_for_each_source(leed_command: Run, table: Path, tmp_path: Path) -> None:
    leed_command("fit", table, "-o", tmp_path / "m.skops")
    (tmp_path / "r.json").write_text(json.dumps({"face": {"Joy": 0.9, "Fear": 0.0}}))
    status, out, _ = leed_command("predict", tmp_path / "m.skops", tmp_path / "r.json")
    assert status == 0
    assert out.splitlines()[1].split(",")[1] == "happy"


@pytest.mark.parametrize(("column", "told"), [("voice.", "prosody"), ("", "no named modality"), ("burst.", "burst")])
def test_scores_of_another_modality_are_refused(
    column: str, told: str, leed_command: Run, table: Path, tmp_path: Path
) -> None:
    leed_command("fit", table, "-o", tmp_path / "m.skops")
    other = [{"item": "a", f"{column}Joy": 0.9, f"{column}Fear": 0.1}]
    status, out, err = leed_command("predict", tmp_path / "m.skops", written(tmp_path / "o.csv", other))
    assert (status, out) == (1, "")
    assert err == (
        f"leed: error: the scores are of {told}; the model was fitted on face: give scores of that, or say by "
        "modality= (--modality) what they are of\n"
    )


def test_scores_without_a_modality_are_taken_for_the_one_that_is_told(
    leed_command: Run, table: Path, tmp_path: Path
) -> None:
    leed_command("fit", table, "-o", tmp_path / "m.skops")
    plain = written(tmp_path / "o.csv", [{"item": "a", "Joy": 0.9, "Fear": 0.1}])
    status, out, err = leed_command("predict", tmp_path / "m.skops", plain, "--modality", "face")
    assert (status, err) == (0, "")
    assert out.splitlines()[1].startswith("a,happy,")


def test_what_a_model_makes_nothing_of_is_said(leed_command: Run, table: Path, tmp_path: Path) -> None:
    leed_command("fit", table, "-o", tmp_path / "m.skops")
    mixed = [{"item": "a", "face.Joy": 0.9, "voice.Joy": 0.1}, {"item": "b", "face.Joy": "", "voice.Joy": 0.1}]
    status, out, err = leed_command("predict", tmp_path / "m.skops", written(tmp_path / "o.csv", mixed))
    assert (status, len(out.splitlines())) == (0, 3)
    assert err == (
        "leed: prosody: 2 items have scores of it, which the model was not fitted on; left out\n"
        "leed: 1 items have no scores of face, so that what they get means little: b\n"
    )


def test_a_model_of_words_takes_scores_of_anything(leed_command: Run, tmp_path: Path) -> None:
    spoken = [{**row, "text": "so glad" if row["label"] == "happy" else "so afraid"} for row in rows()]
    leed_command("fit", written(tmp_path / "t.csv", spoken), "-o", tmp_path / "m.skops", "--features", "text")
    other = written(tmp_path / "o.csv", [{"item": "a", "text": "so glad", "voice.Joy": 0.9}])
    status, out, err = leed_command("predict", tmp_path / "m.skops", other)
    assert (status, err) == (0, "")
    assert out.splitlines()[1].startswith("a,happy,")


def test_a_table_comes_from_standard_input(leed_command: Run, table: Path, tmp_path: Path) -> None:
    status, out, _ = leed_command("fit", "-", "-o", tmp_path / "m.skops", stdin=table.read_bytes())
    assert (status, out[:3]) == (0, "UAR")


def test_recordings_are_found_beside_the_table(tmp_path: Path) -> None:
    for i, row in enumerate(rows(20)):
        scores = {"Joy": row["face.Joy"], "Fear": row["face.Fear"]}
        (tmp_path / f"{i}.json").write_text(json.dumps([{"modality": "face", "begin": t, **scores} for t in (0, 1)]))
    listed = [{"label": row["label"], "speaker": row["speaker"], "path": f"{i}.json"} for i, row in enumerate(rows(20))]
    listed.append({"label": "happy", "speaker": "s9", "path": "none.json"})
    (tmp_path / "bad.json").write_text("{")
    listed.append({"label": "happy", "speaker": "s9", "path": "bad.json"})
    examples = read_examples(str(written(tmp_path / "t.csv", listed)))
    assert len(examples) == 20
    assert examples.items.blocks["face"].lengths.tolist() == [2] * 20
    told = {finding.code: finding.message for finding in check_examples(examples)}
    assert told["missing-file"].startswith("1 files are missing: none.json: ")
    assert told["unreadable-recording"].startswith("1 recordings cannot be read: bad.json: ")


def test_several_rows_of_one_item_are_put_together(tmp_path: Path) -> None:
    listed = [
        {"item": "a", "label": "x", "modality": "face", "Joy": 0.8},
        {"item": "a", "label": "x", "modality": "voice", "Joy": 0.3},
        {"item": "b", "label": "y", "modality": "face", "Joy": 0.1},
    ]
    examples = read_examples(str(written(tmp_path / "t.csv", listed)))
    assert repr(examples.items) == "Items(2: face (1 label), prosody (1 label, lacking in 1))"
    assert (examples.items.names, examples.labels) == (("a", "b"), ("x", "y"))


def test_json_lines_and_parquet_are_read(tmp_path: Path) -> None:
    lines = [
        {"item": "a", "label": "x", "face": {"Joy": 0.8}, "text": "Hi"},
        {"item": "b", "label": "y", "face": {"Joy": 0.2}},
    ]
    (tmp_path / "t.jsonl").write_text("\n".join(map(json.dumps, lines)))
    examples = read_examples(str(tmp_path / "t.jsonl"))
    assert (examples.items.texts, examples.labels) == (("Hi", None), ("x", "y"))
    pq.write_table(pa.Table.from_pylist(rows(4)), tmp_path / "t.parquet")
    assert len(read_examples(str(tmp_path / "t.parquet"))) == 4


def test_a_table_without_labels_or_with_another_column_is_an_error(tmp_path: Path) -> None:
    path = str(written(tmp_path / "t.csv", [{"item": "a", "face.Joy": 0.8}]))
    with pytest.raises(InputError, match=r"no column of labels: it has item, face\.Joy; name it with --label"):
        read_examples(path)
    with pytest.raises(OptionError, match=r"there is no column 'mood' for --label; it has item, face\.Joy"):
        read_examples(path, columns={"label": "mood"})
    with pytest.raises(InputError, match="No such file"):
        read_examples(str(tmp_path / "none.csv"))


@pytest.mark.parametrize(
    ("text", "found", "begins", "todo"),
    [
        (
            '{"item": "a", "label": "x"}\n\n{"item": "b", "lab',
            "line 3 is no whole JSON (Input data was truncated)",
            '{"item": "b", "lab',
            "get the file again if it was cut off, or write each object on one line",
        ),
        (
            '[{"item": "a", "label": "a very long label"}, {"item',
            "the file is no whole JSON (Input data was truncated)",
            '[{"item": "a", "label": "a very long lab',
            "get the file again if it was cut off, or write each object on one line",
        ),
        (
            '{"item": "a" "label": "x"}',
            "line 1 is no whole JSON (JSON is malformed: expected ',' or '}' (byte 13))",
            '{"item": "a" "label": "x"}',
            "mend it",
        ),
    ],
)
def test_json_that_is_not_whole_is_said_with_what_is_expected(
    text: str, found: str, begins: str, todo: str, leed_command: Run, tmp_path: Path
) -> None:
    path = tmp_path / "t.jsonl"
    path.write_text(text)
    status, out, err = leed_command("fit", path, "-o", tmp_path / "m.skops")
    expected = "a list of objects, or an object on each line (JSON lines), one for each item"
    said = f"{found}: it begins '{begins}'. Expected {expected}: {todo}"
    assert (status, out, err) == (1, "", f"leed: error: {path}: {said}\n")


@pytest.mark.parametrize("text", ['[{"item": "a"}, 3]', '{"item": "a"}\n3'])
def test_json_of_anything_but_objects_is_an_error(text: str, tmp_path: Path) -> None:
    (tmp_path / "t.jsonl").write_text(text)
    with pytest.raises(InputError, match=r"expected an object for each item, such as \{'item': \.\.\., 'label'"):
        read_examples(str(tmp_path / "t.jsonl"))


# --- checks


def examples(labels: list[Any], groups: list[Any] | None = None, splits: list[Any] | None = None) -> Examples:
    items = Items.of([{"face": {"Joy": i / 100, "Fear": 0.1}} for i in range(len(labels))])
    return Examples(
        items,
        tuple(labels),
        None if groups is None else tuple(groups),
        None if splits is None else tuple(splits),
        ("scores",) * len(labels),
    )


PLENTY = ["happy", "afraid"] * 15
PEOPLE = [f"s{i // 6}" for i in range(30)]


@pytest.mark.parametrize(
    ("given", "code", "message", "fatal"),
    [
        (
            examples(["happy", "afraid"] * 5, PEOPLE[:10]),
            "few-items",
            "there are 10 items; figures of fewer than 20",
            False,
        ),
        (
            examples([*PLENTY, *["calm"] * 3], [*PEOPLE, "s1", "s2", "s3"]),
            "few-of-a-class",
            "of 'calm' (3): add",
            False,
        ),
        (examples(["happy"] * 25 + ["afraid"] * 5, PEOPLE), "imbalance", "'happy' has 25 items and 'afraid' 5", False),
        (examples([*PLENTY[:-1], "hapy"], PEOPLE), "typo", "'hapy' (1) looks like a typo of 'happy' (15)", False),
        (examples([*PLENTY[:-1], "Happy"], PEOPLE), "spelling", "'Happy' (1), 'happy' (15): write them alike", True),
        (
            examples([*PLENTY[:-1], 1], PEOPLE),
            "mixed-labels",
            "labels are numbers and words: 1 and afraid, happy",
            True,
        ),
        (examples(["happy"] * 30, PEOPLE), "one-class", "all labels are 'happy': a classifier needs", True),
        (examples([*PLENTY[:-1], None], PEOPLE), "no-label", "1 items have no label, and are left out", False),
        (examples(PLENTY), "no-group", "add a column group, or name it with --group", False),
        (examples(PLENTY, ["s"] * 30), "one-group", "all items are of one group", False),
        (
            examples(PLENTY, PEOPLE, ["train"] * 15 + ["test"] * 15),
            "split-group",
            "1 groups are on several sides of the split: s2: keep each speaker on one side",
            True,
        ),
    ],
)
def test_what_is_wrong_with_data_is_found(given: Examples, code: str, message: str, fatal: object) -> None:
    found = {finding.code: finding for finding in check_examples(given)}
    assert message in found[code].message
    assert found[code].fatal is fatal


def test_nothing_is_found_in_good_data() -> None:
    assert check_examples(examples(PLENTY, PEOPLE)) == []


def test_unhappy_is_no_typo_of_happy_nor_class2_of_class1() -> None:
    assert check_examples(examples(["happy", "unhappy"] * 15, PEOPLE)) == []
    assert check_examples(examples(["class1", "class2"] * 15, PEOPLE)) == []


def test_duplicates_that_leak_or_differ_are_found() -> None:
    items = Items.of([{"face": {"Joy": max(i, 1) / 100, "Fear": 0.1}} for i in range(30)])
    given = Examples(items, tuple(PLENTY), ("z", *PEOPLE[1:]), None, ("scores",) * 30)
    told = {finding.code: finding.message for finding in check_examples(given)}
    assert (
        "1 sets of items with the very same scores are of several groups or sides: 0 = 1" in told["leaking-duplicates"]
    )
    assert "differing labels: 0 = 1" in told["differing-duplicates"]


def test_mixed_media_and_modalities_are_found() -> None:
    items = Items.of([{"face": {"Joy": i / 100}} if i else {"prosody": {"Joy": 0.4}} for i in range(30)])
    given = Examples(items, tuple(PLENTY), tuple(PEOPLE), None, (".csv", *(".json",) * 29))
    told = [finding.message for finding in check_examples(given)]
    assert (
        "items come from several kinds of input: .json (29), .csv (1): make sure that all were measured alike" in told
    )
    assert "face is lacking in 1 of 30 items: make sure that this does not go with the label" in told


def test_a_fatal_finding_stops_the_command(leed_command: Run, tmp_path: Path) -> None:
    table = rows()
    table[0]["label"] = "Afraid"
    status, out, err = leed_command("fit", written(tmp_path / "t.csv", table), "-o", tmp_path / "m.skops")
    assert (status, out) == (1, "")
    assert err.startswith("leed: error: labels differ by case or spaces only: 'Afraid' (1), 'afraid' (29)")
    assert not (tmp_path / "m.skops").exists()


# --- numbers


def numbered(n: int = 60) -> list[dict[str, Any]]:
    noise = np.random.default_rng(1).normal(0, 0.02, n).round(3).tolist()
    table = [
        {**row, "valence": f"{row['face.Joy'] - row['face.Fear'] + noise[i]:.3f}"} for i, row in enumerate(rows(n))
    ]
    return [{name: cell for name, cell in row.items() if name != "label"} for row in table]


def test_numbers_are_trained_on_saved_and_predicted(leed_command: Run, tmp_path: Path) -> None:
    model, table = tmp_path / "m.skops", written(tmp_path / "t.csv", numbered())
    told = ("--regression", "--label", "valence", "--features", "raw")
    status, out, err = leed_command("fit", table, "-o", model, *told)
    assert (status, err) == (0, f"leed: wrote {model} and {model}.md\n")
    ccc, mae, folds = out.splitlines()
    assert ccc.startswith("CCC 0.99")
    assert mae.startswith("MAE 0.01")
    assert "95 % interval over speakers" in ccc
    assert folds == "held out in 5 folds"
    status, out, err = leed_command("predict", model, table)
    assert (status, err) == (0, "")
    found = list(csv.DictReader(out.splitlines()))
    assert list(found[0]) == ["item", "number"]
    apart = [float(row["number"]) - float(own["valence"]) for row, own in zip(found, numbered(), strict=True)]
    assert max(map(abs, apart)) < 0.1


def test_the_card_of_a_regression_has_its_figures(leed_command: Run, tmp_path: Path) -> None:
    model, table = tmp_path / "m.skops", written(tmp_path / "t.csv", numbered())
    leed_command("fit", table, "-o", model, "--regression", "--label", "valence", "--features", "raw")
    card = Path(f"{model}.md").read_text(encoding="utf-8")
    held = load(model).about["held_out"]
    assert "A regression on expression scores, trained by leed: a ridge on scaled features.\n" in card
    assert f"CCC {held['ccc']:.3f} [{held['ccc_interval'][0]:.3f}, {held['ccc_interval'][1]:.3f}]; 1 is all" in card
    assert f"MAE {held['mae']:.3f} [" in card
    assert "It says which number expressions like those of the training data were given, not what" in card


def test_words_are_no_numbers(leed_command: Run, table: Path, tmp_path: Path) -> None:
    status, out, err = leed_command("fit", table, "-o", tmp_path / "m.skops", "--regression")
    assert (status, out) == (1, "")
    assert err == (
        "leed: error: 60 of 60 labels are no finite numbers (c0 has 'afraid'), which a regression needs: mend them, or "
        "name the column of numbers with --label, or train a classifier, without --regression\n"
    )


def test_one_number_is_not_trained_on() -> None:
    found = check_examples(examples([0.5] * 29 + [None], PEOPLE), numbers=True)
    assert [(finding.code, finding.fatal) for finding in found] == [("one-number", True), ("no-label", False)]
    assert found[0].message == "all labels are 0.5: a regression needs items of different numbers"


def test_numbers_are_not_checked_as_classes_are() -> None:
    assert check_examples(examples([i / 30 for i in range(30)], PEOPLE), numbers=True) == []
    assert [finding.code for finding in check_examples(examples([0.1, 0.2] * 5, PEOPLE[:10]), numbers=True)] == [
        "few-items"
    ]


# --- models


def test_a_file_that_runs_code_is_refused(tmp_path: Path) -> None:
    class Evil:
        def __reduce__(self) -> tuple[Any, ...]:
            return (subprocess.call, (["touch", f"{tmp_path}/pwned"],))

    sio.dump({"leed": "model/1", "about": "{}", "estimator": subprocess.call}, tmp_path / "evil.skops")
    with pytest.raises(InputError, match="call, which no model of leed's has, and is not loaded"):
        load(tmp_path / "evil.skops")
    sio.dump({"leed": "model/1", "about": "{}", "estimator": Evil()}, tmp_path / "evil.skops")
    with pytest.raises(InputError, match="and is not loaded"):
        load(tmp_path / "evil.skops")
    assert not (tmp_path / "pwned").exists()


def test_a_model_of_leeds_that_was_tampered_with_is_refused(leed_command: Run, table: Path, tmp_path: Path) -> None:
    leed_command("fit", table, "-o", tmp_path / "m.skops", "--features", "raw")
    with zipfile.ZipFile(tmp_path / "m.skops") as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    schema = parts["schema.json"].replace(b'"__class__": "LeedClassifier"', b'"__class__": "Describer"')
    assert schema != parts["schema.json"]
    with zipfile.ZipFile(tmp_path / "bad.skops", "w") as archive:
        for name, data in (parts | {"schema.json": schema}).items():
            archive.writestr(name, data)
    with pytest.raises(InputError, match="is not loaded"):
        load(tmp_path / "bad.skops")


@pytest.mark.parametrize("data", [b"", b"PK nonsense", b"{}"])
def test_what_is_no_model_is_said(data: bytes, tmp_path: Path) -> None:
    (tmp_path / "m.skops").write_bytes(data)
    with pytest.raises(DamagedInputError, match="is no model"):
        load(tmp_path / "m.skops")
    with pytest.raises(InputError, match="no such file"):
        load(tmp_path / "none.skops")


@pytest.mark.parametrize(
    ("key", "value", "told"),
    [
        ("fingerprint", "leed1:0", "the describer's fingerprint is leed1:"),
        (
            "embedder",
            {"name": "lexical", "version": "0"},
            "the embedder is lexical (1; dimensions 2048; ngrams 1-2) here",
        ),
    ],
)
def test_a_model_made_with_other_words_or_vectors_is_refused(
    key: str, value: Any, told: str, leed_command: Run, table: Path, tmp_path: Path
) -> None:
    leed_command("fit", table, "-o", tmp_path / "m.skops")
    saved = load(tmp_path / "m.skops")
    about = json.dumps({**saved.about, key: value})
    sio.dump({"leed": "model/1", "about": about, "estimator": saved.estimator}, tmp_path / "old.skops")
    status, _, err = leed_command("predict", tmp_path / "old.skops", table)
    assert status == 1
    assert told in err
    assert "train it again" in err
