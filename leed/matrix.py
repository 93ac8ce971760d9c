"""Sentences for a whole matrix of scores: the same words as one row at a time, many times as fast.

Rows are reduced to integer codes of their strongest labels and steps; only the codes that occur are put into words.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, overload

import msgspec
import numpy as np
from numpy.typing import ArrayLike, NDArray

from leed.describer import Describer, describer_for
from leed.errors import InputError
from leed.matrix_keys import Keys, Terms, around_a_quote
from leed.scores import Spread, centred, dimension_scale

if TYPE_CHECKING:
    import pyarrow as pa

_BLOCK = 8192  # rows at a time: their doubles fit the second-level cache


class Sentences(Sequence[str]):
    """The sentences of a matrix's rows: each different one once, and which one each row has.

    >>> import leed
    >>> sentences = leed.describe_matrix([[0.8, 0.1], [0.1, 0.5], [0.8, 0.1]], ["Joy", "Awe"], modality="face")
    >>> sentences.codes.tolist(), sentences.unique
    ([1, 0, 1], ('They look moderately awed.', 'They look extremely joyful.'))

    Attributes:
        codes: (n,) int32, an index into ``unique`` for each row.
        unique: the different sentences, each once.
    """

    def __init__(self, codes: NDArray[np.int32], unique: Sequence[str]) -> None:
        self.codes = codes
        self.unique = tuple(unique)

    def __len__(self) -> int:
        return len(self.codes)

    @overload
    def __getitem__(self, index: int) -> str: ...
    @overload
    def __getitem__(self, index: slice) -> list[str]: ...
    def __getitem__(self, index: int | slice) -> str | list[str]:
        if isinstance(index, slice):
            return [self.unique[code] for code in self.codes[index].tolist()]
        return self.unique[int(self.codes[index])]

    def __iter__(self) -> Iterator[str]:
        return map(self.unique.__getitem__, self.codes.tolist())

    def __repr__(self) -> str:
        return f"<{len(self)} sentences, {len(self.unique)} different>"

    def to_list(self) -> list[str]:
        """Return a sentence for each row."""
        return list(self)

    def to_arrow(self) -> pa.DictionaryArray:
        """Return the sentences as a pyarrow DictionaryArray.

        Raises:
            MissingPackageError: pyarrow is not installed (``pip install 'leed[data]'``).
        """
        try:
            import pyarrow as pa  # noqa: PLC0415 - an extra
        except ModuleNotFoundError as error:
            from leed.plugins import missing  # noqa: PLC0415 - only then

            raise missing("to_arrow", error, extra="data") from error
        return pa.DictionaryArray.from_arrays(pa.array(self.codes), pa.array(self.unique, pa.string()))


def describe_matrix(
    matrix: ArrayLike,
    labels: Sequence[str],
    *,
    modality: str | None = None,
    quantity: str | None = None,
    exclusive: bool | None = None,
    taxonomy: str | None = None,
    describer: Describer | None = None,
    **options: Any,  # noqa: ANN401 - those of Describer
) -> Sentences:
    """Return a sentence for each row of a matrix of scores, the same as `leed.describe` gives for the row as a mapping.

    Only what dimensions (valence, ...) run from and to is told from all rows: one negative number says -1 to 1.

    >>> import numpy as np
    >>> describe_matrix(np.array([[0.84, np.nan]]), ["Joy", "Fear"], modality="face").to_list()
    ['They look extremely joyful.']

    Args:
        matrix: (n, k) numbers; NaN and infinity count as not reported. float32 is read as it is, without a copy.
        labels: k labels, a column each.
        modality: as for `leed.describe`; so are the rest.
        quantity: what the numbers are.
        exclusive: for probabilities: whether exactly one class applies.
        taxonomy: the label set, by name.
        describer: a prepared Describer.
        options: in place of a describer, its options.

    Raises:
        InputError: the matrix is not (n, k) numbers for k different labels.
        OptionError: an option has a value that leed does not know.
    """
    names = _labels(labels)
    rows = _checked(matrix, names)
    chosen = describer_for(describer, options)
    prepared = chosen.prepare(names, modality, quantity, exclusive, taxonomy)
    rows = _settled(rows, list(prepared.plans[0].dimensions))
    sentences, few = _described(chosen, Keys(prepared), rows)
    return _put(sentences, few, _described(chosen, Keys(prepared, few=True), rows[few])[0]) if len(few) else sentences


class Told(msgspec.Struct, frozen=True):
    """What is said of the rows of a matrix, with the terms that it comes from.

    Attributes:
        codes: (n,) int32, an index into the sentences for each row.
        sentences: a sentence may stand twice.
        frames: the same with QUOTE where a transcript goes, if they are wanted.
        terms: the terms of each of them.
    """

    codes: NDArray[np.int32]
    sentences: list[str]
    frames: list[str]
    terms: Terms


def tell_matrix(
    matrix: NDArray[Any],
    labels: Sequence[str],
    *,
    describer: Describer,
    modality: str | None = None,
    quantity: str | None = None,
    exclusive: bool | None = None,
    taxonomy: str | None = None,
    spoken: bool = False,
) -> Told:
    """Return what `describe_matrix` says of rows, with the terms; the arguments and errors are those of that.

    Where something was said in some of the rows (`spoken`), there are also the sentences that quote it.
    """
    names = _labels(labels)
    rows = _checked(matrix, names)
    prepared = describer.prepare(names, modality, quantity, exclusive, taxonomy)
    rows = _settled(rows, list(prepared.plans[0].dimensions))
    keys = Keys(prepared)
    codes, few = _numbers(keys, rows)
    told = _told(keys, codes, describer, spoken=spoken)
    if not len(few):
        return told
    keys = Keys(prepared, few=True)
    others, _ = _numbers(keys, rows[few])
    codes[few] = others + np.int32(len(told.sentences))
    more = _told(keys, others, describer, spoken=spoken)
    return Told(codes, [*told.sentences, *more.sentences], [*told.frames, *more.frames], told.terms.and_of(more.terms))


def _told(keys: Keys, codes: NDArray[np.int32], describer: Describer, *, spoken: bool) -> Told:
    frames = keys.sentences(describer, around_a_quote) if spoken else []
    return Told(codes, keys.sentences(describer), frames, keys.terms())


def _described(chosen: Describer, keys: Keys, rows: NDArray[Any]) -> tuple[Sentences, NDArray[np.int64]]:
    """The sentences of all rows, and which rows report too few scores for these."""
    numbers, few = _numbers(keys, rows)
    return Sentences(numbers, keys.sentences(chosen)), few


def _numbers(keys: Keys, rows: NDArray[Any]) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
    """What is said of all rows, as numbers, and which rows report too few scores for that."""
    codes = np.empty(len(rows), np.int32)
    few = [np.empty(0, np.int64)]
    for start in range(0, len(rows), _BLOCK):
        with np.errstate(over="ignore"):  # what float32 cannot hold becomes infinite, and counts as not reported
            block = rows[start : start + _BLOCK].astype(np.float32, copy=False)
        codes[start : start + _BLOCK] = keys.codes(block)
        few.append(start + keys.too_few(block))
    return keys.settle(codes), np.concatenate(few)


def _put(sentences: Sentences, rows: NDArray[np.int64], others: Sentences) -> Sentences:
    """The sentences with those of some rows in their place."""
    places = {sentence: i for i, sentence in enumerate(dict.fromkeys((*sentences.unique, *others.unique)))}
    codes = np.array([places[sentence] for sentence in sentences.unique], np.int32)[sentences.codes]
    codes[rows] = np.array([places[sentence] for sentence in others.unique], np.int32)[others.codes]
    used, again = np.unique(codes, return_inverse=True)
    every = list(places)
    return Sentences(again.astype(np.int32), [every[i] for i in used.tolist()])


def _labels(labels: Sequence[str]) -> tuple[str, ...]:
    if isinstance(labels, str) or not isinstance(labels, Iterable):
        raise InputError(f"labels is {labels!r}; give a list with a label for each column")
    names = tuple(labels)
    for label in names:
        _check_label(label)
    return names


def _check_label(label: object) -> None:
    if not isinstance(label, str):
        raise InputError(f"the label {label!r} is {type(label).__name__}; a label is a str")


def _checked(matrix: ArrayLike, labels: tuple[str, ...]) -> NDArray[Any]:
    try:
        rows = np.asarray(matrix)
    except ValueError as error:
        raise InputError(f"the matrix is no table of numbers ({error}); give (n, {len(labels)}) numbers") from error
    if rows.dtype.kind not in "fiub":
        raise InputError(f"the matrix holds {rows.dtype}, not numbers; give (n, {len(labels)}) numbers")
    if rows.ndim != 2 or rows.shape[1] != len(labels):  # noqa: PLR2004 - rows and columns
        raise InputError(f"the matrix has shape {rows.shape}; expected (n, {len(labels)}): a column for each label")
    if len(set(labels)) != len(labels):
        twice = next(label for label in labels if labels.count(label) > 1)
        raise InputError(f"the label {twice!r} stands twice; give each column its own")
    return rows


def _settled(rows: NDArray[Any], dimensions: list[int]) -> NDArray[Any]:
    """The rows with dimensions on 0 to 1, however many of their numbers are negative; `dimension_scale` tells why."""
    told = rows[:, dimensions]
    told = told[np.isfinite(told)]
    if not told.size:
        return rows
    below = int(np.count_nonzero(told < 0))
    spread = Spread(told.size, float(told.min()), float(told.max()), below, float(told.sum(dtype=np.float64)))
    scale, issue = dimension_scale((), spread)
    if scale != "centred" and (scale != "plain" or issue is None):
        return rows
    rows = rows.astype(rows.dtype if rows.dtype.kind == "f" else np.float64)
    part = rows[:, dimensions]
    rows[:, dimensions] = centred(part) if scale == "centred" else np.maximum(part, 0)
    return rows
