"""Arrow tables of scores described, as Ray Data hands them over; no Ray is started here."""

from typing import Any

import numpy as np
import pyarrow as pa
import pytest

import leed
from leed.errors import InputError, OptionError

pytest.importorskip("ray")
describing = pytest.importorskip("leed_adapters.ray")

NO_LABELS = (
    "none of the columns (pitch, speaker) has numbers under a label that leed knows: "
    "name those that hold scores with labels=[...]"
)
SCORES = pa.table({"clip": ["a", "b", "c"], "Joy": [0.84, 0.1, None], "Fear": [0.1, 0.6, None]})


def described(table: pa.Table, **options: Any) -> pa.Table:
    table = describing.DescribeBatches(**options)(table)
    assert isinstance(table, pa.Table)
    return table


def test_each_row_has_a_description_behind_its_columns() -> None:
    table = described(SCORES, modality="face")
    assert table.column_names == ["clip", "Joy", "Fear", "description", "fingerprint"]
    assert table.select(SCORES.column_names).equals(SCORES)
    assert table["description"].to_pylist() == [
        "They look extremely joyful.",
        "They look quite fearful.",
        "There are no scores for their face.",
    ]
    assert set(table["fingerprint"].to_pylist()) == {leed.Describer().fingerprint}


def test_text_comes_as_dictionaries() -> None:
    table = described(SCORES, modality="face")
    for name in ("description", "fingerprint"):
        assert table.schema.field(name).type == pa.dictionary(pa.int32(), pa.string())


def test_sentences_are_those_of_a_matrix() -> None:
    rng = np.random.default_rng(1)
    matrix = rng.random((500, 4), np.float32)
    labels = ["Joy", "Fear", "Anger", "Calmness"]
    table = pa.table(dict(zip(labels, matrix.T, strict=True)))
    choices: list[dict[str, Any]] = [
        {"modality": "prosody"},
        {"modality": "face", "top": 1},
        {"quantity": "probability"},
    ]
    for options in choices:
        expected = leed.describe_matrix(matrix, labels, **options).to_list()
        assert described(table, **options)["description"].to_pylist() == expected


@pytest.mark.parametrize(
    "kind", [pa.float16(), pa.float32(), pa.float64(), pa.decimal128(3, 2)], ids=["half", "single", "double", "decimal"]
)
def test_numbers_of_any_type_are_scores(kind: pa.DataType) -> None:
    halves = np.array([0.75, 0.25], np.float16)
    column = pa.array(halves) if kind == pa.float16() else pa.array(halves.astype(np.float64)).cast(kind)
    assert described(pa.table({"Joy": column}), modality="face")["description"].to_pylist() == [
        "They look extremely joyful.",
        "They look neutral.",
    ]


def test_whole_numbers_with_nulls_are_scores() -> None:
    assert described(pa.table({"Joy": pa.array([1, None])}), modality="face")["description"][0].as_py() == (
        "They look extremely joyful."
    )


def test_other_numbers_and_text_are_no_scores() -> None:
    """A column with nothing in it, as a part of a data set may have, is still one of scores."""
    table = SCORES.append_column("begin", pa.array([0.0, 1.0, 2.0])).append_column("pitch", pa.array([0.9, 0.9, 0.9]))
    table = table.append_column("Anger", pa.nulls(3)).append_column("Sadness", pa.array(["high"] * 3))
    assert described(table, modality="face")["description"].equals(described(SCORES, modality="face")["description"])


def test_columns_that_leed_does_not_know_are_scores_where_they_are_named() -> None:
    table = pa.table({"wistfulness": [0.9], "Joy": [0.9]})
    assert described(table, labels=["wistfulness"], modality="face")["description"].to_pylist() == [
        'Their face shows very strong signs of "wistfulness".'
    ]


def test_descriptions_that_were_there_are_replaced() -> None:
    once = described(SCORES, modality="face")
    again = described(once, modality="prosody")
    assert again.column_names == once.column_names
    assert again["description"][0].as_py() == "They sound both extremely joyful and slightly fearful."


def test_no_row_gives_no_row() -> None:
    assert described(SCORES.slice(0, 0)).num_rows == 0


@pytest.mark.parametrize(
    ("batch", "options", "message"),
    [
        ({"Joy": np.ones(1)}, {}, 'a batch is dict, not an Arrow table: call map_batches with batch_format="pyarrow"'),
        (
            pa.table({"pitch": [1.0], "speaker": ["Ann"]}),
            {},
            NO_LABELS,
        ),
        (SCORES, {"labels": ["Awe"]}, "the column 'Awe' is missing; there are clip, Joy, Fear"),
        (SCORES, {"labels": ["clip"]}, "the column 'clip' holds string, not numbers; it cannot be scores"),
        (
            pa.Table.from_arrays([pa.array([1.0])] * 2, names=["Joy", "Joy"]),
            {"labels": ["Joy"]},
            "the column 'Joy' stands twice; there are Joy, Joy",
        ),
    ],
    ids=["a dict", "no labels", "missing", "text", "twice"],
)
def test_what_is_no_table_of_scores_is_an_error(batch: Any, options: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError) as caught:
        describing.DescribeBatches(**options)(batch)
    assert str(caught.value) == message


@pytest.mark.parametrize(
    ("options", "error"),
    [({"labels": "Joy"}, InputError), ({"modality": "smell"}, OptionError), ({"tops": 3}, OptionError)],
    ids=["labels", "modality", "describer"],
)
def test_options_are_looked_at_when_it_is_made(options: dict[str, Any], error: type[Exception]) -> None:
    with pytest.raises(error):
        describing.DescribeBatches(**options)
