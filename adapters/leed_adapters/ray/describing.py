"""Descriptions for data sets of Ray's: a class for ``Dataset.map_batches`` that holds the describer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from leed.describer import Describer, describer_for
from leed.errors import InputError
from leed.matrix import describe_matrix
from leed.modality import modality_named
from leed.readers.roles import is_label, listed

_ADDED = ("description", "fingerprint")


class DescribeBatches:
    """Adds a description of each row to Arrow tables of scores that have a column for each label.

    The sentences are those of `leed.describe_matrix`; the other columns stay as they are. Two come behind them, in the
    place of any of these names, both dictionaries of text: ``description``, the sentences, and ``fingerprint``, what
    decided the words.

    >>> import pyarrow as pa
    >>> describe = DescribeBatches(modality="face")
    >>> table = describe(pa.table({"clip": ["a", "b"], "Joy": [0.84, 0.1], "Fear": [None, 0.4]}))
    >>> table["description"].to_pylist()
    ['They look extremely joyful.', 'They look somewhat fearful.']

    On Ray, each actor holds one::

        scores.map_batches(DescribeBatches, fn_constructor_kwargs={"modality": "face"}, batch_format="pyarrow", ...)

    Whether dimensions such as valence run from -1 or from 0 to 1 is told from the rows of a batch, as from a matrix.

    Args:
        labels: the columns that hold scores; None: those of numbers whose names are labels that leed knows.
        modality: of all rows; so are the rest.
        quantity: what the numbers are.
        exclusive: for probabilities: whether exactly one class applies.
        taxonomy: the label set, by name.
        describer: a prepared Describer.
        options: in place of a describer, its options.

    Raises:
        OptionError: an option has a value that leed does not know.
    """

    def __init__(
        self,
        *,
        labels: Sequence[str] | None = None,
        modality: str | None = None,
        quantity: str | None = None,
        exclusive: bool | None = None,
        taxonomy: str | None = None,
        describer: Describer | None = None,
        **options: Any,  # noqa: ANN401 - those of Describer
    ) -> None:
        if isinstance(labels, str):
            raise InputError(f"labels is {labels!r}; give a list of the columns that hold scores")
        self._labels = None if labels is None else tuple(labels)
        self._describer = describer_for(describer, options)
        self._about: dict[str, Any] = {
            "modality": modality_named(modality),
            "quantity": quantity,
            "exclusive": exclusive,
            "taxonomy": taxonomy,
        }

    def __call__(self, batch: pa.Table) -> pa.Table:
        """Return the batch with its descriptions.

        Raises:
            InputError: it is no Arrow table, or its columns are not those of scores.
        """
        if not isinstance(batch, pa.Table):
            what = f"a batch is {type(batch).__name__}, not an Arrow table"
            raise InputError(f'{what}: call map_batches with batch_format="pyarrow"')
        labels = self._labels_of(batch.schema)
        matrix = np.stack([_scores(batch, label) for label in labels], axis=1)
        sentences = describe_matrix(matrix, labels, describer=self._describer, **self._about)
        described = batch.drop_columns([name for name in _ADDED if name in batch.schema.names])
        same = pa.DictionaryArray.from_arrays(pa.array(np.zeros(len(batch), np.int32)), [self._describer.fingerprint])
        return described.append_column("description", sentences.to_arrow()).append_column("fingerprint", same)

    def _labels_of(self, schema: pa.Schema) -> tuple[str, ...]:
        """The columns that hold scores."""
        if self._labels is not None:
            return self._labels
        found = tuple(field.name for field in schema if is_label(field.name) and _may_be_scores(field.type))
        if not found:
            what = f"none of the columns ({listed(schema.names)}) has numbers under a label that leed knows"
            raise InputError(f"{what}: name those that hold scores with labels=[...]")
        return found


def _scores(batch: pa.Table, label: str) -> NDArray[Any]:
    """A column of scores, NaN for what is null: float32 as it is, and other numbers as float64."""
    if batch.schema.names.count(label) != 1:
        how = "stands twice" if label in batch.schema.names else "is missing"
        raise InputError(f"the column {label!r} {how}; there are {listed(batch.schema.names)}")
    column = batch[label]
    if not _may_be_scores(column.type):
        raise InputError(f"the column {label!r} holds {column.type}, not numbers; it cannot be scores")
    kind = pa.float32() if column.type in (pa.float16(), pa.float32()) else pa.float64()
    scores: NDArray[Any] = column.cast(kind).to_numpy()
    return scores


def _may_be_scores(kind: pa.DataType) -> bool:
    """Whether a column of a type holds numbers, or nothing at all."""
    types = pa.types
    return bool(types.is_floating(kind) or types.is_integer(kind) or types.is_decimal(kind) or types.is_null(kind))
