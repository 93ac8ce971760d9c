"""A recording as a JSON document: what it must look like, checked by pydantic.

``python -m leed.schema.documents`` prints the JSON Schema.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from leed.errors import InputError
from leed.schema.terms import ASPECTS, MODALITIES, QUANTITIES

Seconds = Annotated[
    float | Literal["inf", "-inf"] | None,
    Field(description="seconds from the start of the source; null if not known"),
]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ColumnDocument(_Strict):
    """A named column of a track."""

    type: str = Field(description="the NumPy dtype, such as float64 or <U8")
    shape: list[Annotated[int, Field(ge=0, le=1_000_000)]] | None = Field(None, description="of one value")
    values: list[Any] = Field(description="one value a segment")


class TrackDocument(_Strict):
    """The segments of one (source, channel, modality, aspect, granularity, speaker), by column."""

    labels: list[str]
    scores: list[list[float | None]] = Field(description="one list a segment, one number a label; null = not reported")
    source: str | None = None
    channel: str | None = None
    modality: Literal[MODALITIES] | None = None  # type: ignore[valid-type] # a literal made of a constant
    aspect: Literal[ASPECTS] = "expression"  # type: ignore[valid-type] # a literal made of a constant
    granularity: str | None = None
    speaker: str | None = None
    taxonomy: str | None = None
    quantity: Literal[QUANTITIES] = "intensity"  # type: ignore[valid-type] # as above
    exclusive: bool = False
    begin: list[Seconds] | None = None
    end: list[Seconds] | None = None
    text: list[str | None] | None = None
    extras: dict[str, ColumnDocument] = {}

    @model_validator(mode="after")
    def _rows_agree(self) -> TrackDocument:
        n, k = len(self.scores), len(self.labels)
        for i, row in enumerate(self.scores):
            if len(row) != k:
                raise ValueError(f"scores[{i}] has {len(row)} numbers for {k} labels")
        for name in ("begin", "end", "text"):
            column = getattr(self, name)
            if column is not None and len(column) != n:
                raise ValueError(f"{name} has {len(column)} entries for {n} segments")
        return self


class IssueDocument(_Strict):
    """Something odd or missing that was met while reading."""

    code: str
    message: str
    source: str | None = None
    where: str | None = None


class RecordingDocument(_Strict):
    """All tracks read from one input, and the issues that were met on the way."""

    leed: Literal["recording/1"]
    tracks: list[TrackDocument]
    issues: list[IssueDocument] = []


def checked(data: Mapping[str, Any]) -> dict[str, Any]:
    """Return the document with every default filled in.

    Raises:
        InputError: it is no such document; the message names the first places and what is wrong there.
    """
    try:
        return RecordingDocument.model_validate(data).model_dump()
    except ValidationError as error:
        places = [
            f"{'.'.join(map(str, e['loc'])) or 'document'}: {e['msg'][:120]}"
            for e in error.errors(include_url=False)[:3]
        ]
        raise InputError(
            f"this is no leed recording document ({error.error_count()} faults): {'; '.join(places)}"
        ) from error


def json_schema() -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of a recording document.

    >>> json_schema()["title"]
    'RecordingDocument'
    """
    return RecordingDocument.model_json_schema()


if __name__ == "__main__":
    print(json.dumps(json_schema(), indent=2))  # noqa: T201 - a script's output
