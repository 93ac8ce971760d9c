"""Columns of Arrow as Parquet has them: a leaf for each column of values, and how deep into its lists each value lies.

Of an entry of a leaf two levels are told. Its repetition level: 1 for what stands in the list of the one before, 0 for
what begins a row. And its definition level, how deep it goes: one for each list and each nullable step on the way to a
value that is there. No list within a list is known here.
Source: https://parquet.apache.org/docs/file-format/nestedencoding/
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from leed.batch.parquet import hybrid

if TYPE_CHECKING:
    import pyarrow as pa


BYTES: Final = 6
_PHYSICAL: Final = {"float": 4, "double": 5, "string": BYTES}
"""What values are made of: Parquet's numbers, by the names of Arrow's types."""


class Leaf(NamedTuple):
    """A column of values.

    Attributes:
        path: its name, after those of what it lies in.
        physical: Parquet's number of what its values are made of.
        is_coded: whether they are words of a dictionary.
        max_level: how deep an entry goes that is a value.
    """

    path: tuple[str, ...]
    physical: int
    is_coded: bool
    max_level: int


class Entries(NamedTuple):
    """The entries of some rows of a leaf.

    Attributes:
        total: how many there are.
        levels: their repetition and definition levels, as a page has them, where there can be any but 0.
        values: those that are values, as an array of Arrow without nulls.
    """

    total: int
    levels: bytes
    values: Any


def leaves(field: pa.Field) -> Iterator[Leaf]:
    """Yield the leaves of a column, in the order of the file.

    >>> import pyarrow as pa
    >>> terms = pa.list_(pa.struct({"label": pa.string(), "score": pa.float32()}))
    >>> [(".".join(leaf.path), leaf.max_level) for leaf in leaves(pa.field("terms", terms))]
    [('terms.list.element.label', 4), ('terms.list.element.score', 4)]

    Raises:
        TypeError: it holds something else than floats and strings, or lists in lists.
    """
    yield from _leaves(field, (field.name,), 0, repeated=False)


def entries(column: pa.Array, field: pa.Field) -> list[Entries]:
    """Return some rows of a column by leaf.

    Raises:
        ValueError: something is missing where the field says that nothing is.
    """
    return list(_entries(column, field, _Steps(len(column))))


def physical(path: str, kind: pa.DataType) -> int:
    """Return Parquet's number of what values, or the words of a dictionary, are made of.

    Raises:
        TypeError: they are neither floats nor strings.
    """
    found = _PHYSICAL.get(str(getattr(kind, "value_type", kind)))
    if found is None:
        raise TypeError(f"{path}: {kind} is not written; expected floats or strings, in lists or structures")
    return found


def is_list(kind: pa.DataType) -> bool:
    """Return whether values are lists, of one length or not."""
    return hasattr(kind, "value_field")


def is_structure(kind: pa.DataType) -> bool:
    """Return whether values are structures of fields."""
    from pyarrow import types  # noqa: PLC0415 - optional

    return bool(types.is_struct(kind))


def _leaves(field: pa.Field, path: tuple[str, ...], deep: int, *, repeated: bool) -> Iterator[Leaf]:
    kind = field.type
    deep += field.nullable
    if is_list(kind):
        if repeated:
            raise TypeError(f"{'.'.join(path)}: lists in lists are not written")
        yield from _leaves(kind.value_field, (*path, "list", "element"), deep + 1, repeated=True)
    elif is_structure(kind):
        for inner in kind:
            yield from _leaves(inner, (*path, inner.name), deep, repeated=repeated)
    else:
        yield Leaf(path, physical(".".join(path), kind), hasattr(kind, "index_type"), deep)


def _entries(column: pa.Array, field: pa.Field, steps: _Steps) -> Iterator[Entries]:
    if field.nullable:
        steps, column = steps.to_nullable(column), column.drop_null() if column.null_count else column
    elif column.null_count:
        raise ValueError(f"{field.name}: {column.null_count} rows have nothing where the schema says that all have")
    if is_list(field.type):
        yield from _entries(column.flatten(), field.type.value_field, steps.into_lists(column))
    elif is_structure(field.type):
        for inner, values in zip(field.type, column.flatten(), strict=True):
            yield from _entries(values, inner, steps)
    else:
        yield Entries(steps.total, steps.levels(), column)


class _Steps(NamedTuple):
    """Entries on the way to their values.

    Attributes:
        total: how many there are.
        max_level: how deep those go that are in the array at hand, in its order.
        definition: how deep each goes; None where all are in it.
        repetition: their repetition levels, as a page has them.
    """

    total: int
    max_level: int = 0
    definition: NDArray[np.uint8] | None = None
    repetition: bytes = b""

    def to_nullable(self, column: pa.Array) -> _Steps:
        """Return the same a step further, which those that are null do not take."""
        further = self._replace(max_level=self.max_level + 1)
        if column.null_count:
            reached = column.is_valid().to_numpy(zero_copy_only=False).view(np.uint8) + np.uint8(self.max_level)
            return further._replace(definition=reached if self.definition is None else self._with(reached))
        return (
            further if self.definition is None else further._replace(definition=self._with(np.uint8(further.max_level)))
        )

    def into_lists(self, lists: pa.Array) -> _Steps:
        """Return the entries of lists, of which an empty one has one, that goes no further."""
        size = getattr(lists.type, "list_size", 0)
        if size and self.definition is None:
            return _Steps(self.total * size, self.max_level + 1, None, _told(hybrid.regular(self.total * size, size)))
        old = self._spelled()
        lengths = np.zeros(self.total, np.int32)
        lengths[old == self.max_level] = size or lists.value_lengths().to_numpy()
        counts = np.maximum(lengths, 1)
        on = np.ones(counts.sum(), np.uint8)
        on[np.cumsum(counts) - counts] = 0
        deep = np.repeat(old + (lengths > 0).view(np.uint8), counts)
        return _Steps(len(on), self.max_level + 1, deep, _told(hybrid.levels(on, 1)))

    def levels(self) -> bytes:
        """Return the levels of entries at their values."""
        if not self.max_level:
            return self.repetition
        if self.definition is None:
            return self.repetition + _told(hybrid.run(self.total, self.max_level))
        return self.repetition + _told(hybrid.levels(self.definition, self.max_level.bit_length()))

    def _with(self, reached: Any) -> NDArray[np.uint8]:  # noqa: ANN401 - of each, or of all
        """How deep each goes, where those in the array at hand go so deep."""
        deep = self._spelled().copy()
        deep[deep == self.max_level] = reached
        return deep

    def _spelled(self) -> NDArray[np.uint8]:
        return np.full(self.total, self.max_level, np.uint8) if self.definition is None else self.definition


def _told(levels: bytes) -> bytes:
    """Levels behind their length, as a page has them."""
    return len(levels).to_bytes(4, "little") + levels
