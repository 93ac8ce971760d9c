"""All descriptions of a recording: a sequence that makes each when it is asked for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, overload

from leed.describer import Describer, describer_for
from leed.errors import InputError
from leed.schema.terms import Description

if TYPE_CHECKING:
    from leed.schema.recording import Recording


def describe_all(
    recording: Recording,
    *,
    describer: Describer | None = None,
    **options: Any,  # noqa: ANN401 - those of Describer
) -> Descriptions:
    """Return the descriptions of a recording, one per segment, in its order: a sequence that makes each when asked.

    >>> import leed
    >>> recording = leed.read([{"begin": 0.0, "Joy": 0.84}, {"begin": 1.0, "Sadness": 0.5}])
    >>> for description in describe_all(recording):
    ...     print(description.begin, description)
    0.0 They come across as extremely joyful.
    1.0 They come across as moderately sad.

    Raises:
        InputError: it is no Recording.
    """
    from leed.schema.recording import Recording  # noqa: PLC0415 - loads numpy

    if not isinstance(recording, Recording):
        raise InputError(f"describe_all takes a Recording, not {type(recording).__name__}: use leed.read first")
    return Descriptions(recording, describer_for(describer, options))


class Descriptions(Sequence[Description]):
    """The descriptions of a recording's segments, each made when it is asked for."""

    def __init__(self, recording: Recording, describer: Describer) -> None:
        self._segments = recording.segments()
        self._describer = describer

    def __len__(self) -> int:
        return len(self._segments)

    @overload
    def __getitem__(self, index: int) -> Description: ...
    @overload
    def __getitem__(self, index: slice) -> list[Description]: ...
    def __getitem__(self, index: int | slice) -> Description | list[Description]:
        if isinstance(index, slice):
            return [self._describer.describe(segment) for segment in self._segments[index]]
        return self._describer.describe(self._segments[index])

    def __iter__(self) -> Iterator[Description]:
        return map(self._describer.describe, self._segments)

    def __repr__(self) -> str:
        return f"<{len(self)} descriptions>"
