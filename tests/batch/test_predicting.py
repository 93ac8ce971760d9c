"""What a model says of many inputs: the same on any number of workers, a bad one an error of its own."""

import csv
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from leed import plugins
from leed.batch.engines import Engine, Lost, get_engine
from leed.batch.local import run
from leed.batch.predicting import Predicted, predict_inputs
from leed.classifiers import load, read_examples, save, train
from leed.classifiers.predicting import predicted_rows
from leed.embed import get_embedder
from leed.embed.memory import Remembering
from leed.errors import InputError
from tests.batch.test_embedding import Noting


def table(path: Path, count: int, modality: str = "face") -> Path:
    rng = np.random.default_rng(count)
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["item", "speaker", "label", f"{modality}.Joy", f"{modality}.Fear"])
        for i in range(count):
            joy, fear = rng.normal([0.7, 0.2] if i % 2 else [0.2, 0.6], 0.15).clip(0, 1).round(3).tolist()
            writer.writerow([f"c{i}", f"s{i // 10}", ("afraid", "happy")[i % 2], joy, fear])
    return path


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = tmp_path_factory.mktemp("model")
    saved, _ = train(read_examples(str(table(folder / "t.csv", 60))), features="raw+early")
    save(saved, folder / "m.skops")
    return str(folder / "m.skops")


@pytest.fixture
def inputs(tmp_path: Path) -> list[str]:
    """A recording, a table, one that is broken, one of another modality, and another recording."""
    for name, joy in (("a", 0.9), ("z", 0.1)):
        scores = [{"face": {"Joy": joy, "Fear": 1 - joy}}]
        (tmp_path / f"{name}.json").write_text(json.dumps(scores), encoding="utf-8")
    (tmp_path / "broken.json").write_bytes(b"{")
    table(tmp_path / "calls.csv", 10)
    table(tmp_path / "voices.csv", 10, modality="voice")
    return [str(tmp_path / name) for name in ("z.json", "calls.csv", "broken.json", "voices.csv", "a.json")]


def predicted(model: str, sources: Sequence[str], workers: int | None, engine: Engine = run) -> list[Predicted]:
    return list(predict_inputs(model, sources, engine=engine, workers=workers))


def plain(answers: Sequence[Predicted]) -> list[tuple[Any, ...]]:
    return [(one.source, one.rows, one.messages, str(one.error)) for one in answers]


def test_inputs_are_predicted_in_their_order_and_a_bad_one_is_an_error_of_its_own(
    model: str, inputs: list[str]
) -> None:
    answers = predicted(model, inputs, 1)
    assert [one.source for one in answers] == inputs
    assert [len(one.rows) for one in answers] == [1, 10, 0, 0, 1]
    assert [one.rows[0]["label"] for one in answers if one.rows] == ["afraid", "afraid", "happy"]
    assert "broken.json" in str(answers[2].error)
    assert str(answers[3].error).startswith("the scores are of prosody; the model was fitted on face")
    assert plain(predicted(model, inputs, 2)) == plain(answers)


def test_the_items_of_one_table_are_shared_out(model: str, tmp_path: Path) -> None:
    path = str(table(tmp_path / "calls.csv", 300))
    (whole,) = predicted(model, [path], 1)
    assert [row["item"] for row in whole.rows] == [f"c{i}" for i in range(300)]
    assert plain(predicted(model, [path], 2)) == plain([whole])


def test_items_of_which_some_have_no_known_modality_are_shared_out_as_they_are_told_together(
    model: str, tmp_path: Path
) -> None:
    path = tmp_path / "calls.csv"
    rows = [f"c{i},{'' if i >= 64 else 0.5},0.5" for i in range(200)]
    path.write_text("\n".join(["item,face.Joy,voice.Joy", *rows]), encoding="utf-8")
    (whole,) = predicted(model, [str(path)], 1)
    assert whole.messages == (
        "prosody: 200 items have scores of it, which the model was not fitted on; left out",
        "136 items have no scores of face, so that what they get means little: c64, c65, c66, c67, c68, ...",
    )
    assert plain(predicted(model, [str(path)], 2)) == plain([whole])


def test_a_table_that_the_model_makes_nothing_of_is_an_error(model: str, tmp_path: Path) -> None:
    path = str(table(tmp_path / "voices.csv", 100, modality="voice"))
    (answer,) = predicted(model, [path], 2)
    assert str(answer.error).startswith("the scores are of prosody; the model was fitted on face")


@pytest.mark.parametrize("workers", [1, 2])
def test_a_file_that_is_no_model_is_refused(inputs: list[str], workers: int) -> None:
    with pytest.raises(InputError, match=r"no\.skops: no such file"):
        predicted("no.skops", inputs, workers)


def test_an_input_whose_worker_was_lost_is_an_error_of_its_own(model: str) -> None:
    def losing(*_: Any, **__: Any) -> Any:
        return iter([(1, Predicted("b")), (0, Lost("the process that worked on it died 3 times"))])

    lost, found = predicted(model, ["a", "b"], 2, losing)
    assert (lost.source, str(lost.error)) == ("a", "a: the process that worked on it died 3 times")
    assert found == Predicted("b")


def test_a_sentence_is_embedded_once_however_often_and_wherever_it_comes(tmp_path: Path) -> None:
    inner = Noting(tmp_path)
    embedder = Remembering(get_embedder(inner))
    assert embedder.embed(["a", "bb", "a"]).tolist() == [[1], [2], [1]]
    assert embedder.embed(["bb", "ccc"]).tolist() == [[2], [3]]
    assert embedder.embed([]).shape == (0, 1)
    assert sorted(inner.asked()) == ["a", "bb", "ccc"]
    assert (embedder.name, embedder.version, embedder.dimensions) == ("noting", "1", 1)


def test_a_model_that_remembers_says_the_same(model: str, tmp_path: Path) -> None:
    items = read_examples(str(table(tmp_path / "t.csv", 40))).items
    saved, other = load(model), load(model)
    saved.estimator.vectorizer_.remember()
    expected = list(predicted_rows(other, items))
    assert list(predicted_rows(saved, items)) == expected
    assert list(predicted_rows(saved, saved.estimator.vectorizer_.aligned(items))) == expected


@pytest.mark.skipif("ray" not in plugins.names("leed.engines"), reason="no engine is called ray")
@pytest.mark.filterwarnings("ignore::DeprecationWarning:ray[.].*")  # what Ray says of itself
def test_ray_predicts_what_this_process_does(model: str, inputs: list[str]) -> None:
    assert plain(predicted(model, inputs, 1, get_engine("ray"))) == plain(predicted(model, inputs, 1))
