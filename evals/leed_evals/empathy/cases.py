"""The dialogues: a YAML file, checked."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError, model_validator

from leed.errors import DataFileError
from leed.schema.terms import MODALITIES

Text = Annotated[str, Field(min_length=1, max_length=4000)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Turn(_Strict):
    """A message."""

    role: Literal["user", "assistant"]
    content: Text


class Case(_Strict):
    """A dialogue, and how its last message came across.

    Attributes:
        name: what the case is called; each its own.
        situation: what people who heard or saw the last message would say of it; only the judge reads it.
        system: what the assistant is told first.
        dialogue: the messages; the last is the user's.
        expression: scores by modality, of the last message.
    """

    name: Annotated[str, Field(pattern=r"^[\w-]+$", max_length=60)]
    situation: Text
    system: Text = "You are a helpful assistant in a spoken conversation. Answer in at most four sentences."
    dialogue: Annotated[list[Turn], Field(min_length=1)]
    expression: Annotated[
        dict[str, Annotated[dict[str, Annotated[float, Field(allow_inf_nan=False)]], Field(min_length=1)]],
        Field(min_length=1),
    ]

    @model_validator(mode="after")
    def _fits(self) -> Case:
        if self.dialogue[-1].role != "user":
            raise ValueError("the last message must be the user's: it is the one that is answered")
        unknown = [modality for modality in self.expression if modality not in MODALITIES]
        if unknown:
            raise ValueError(f"the modality {unknown[0]!r} is not known: give one of {', '.join(MODALITIES)}")
        return self

    @property
    def strongest(self) -> str:
        """The label with the highest score."""
        scores = {label: score for part in self.expression.values() for label, score in part.items()}
        return max(scores, key=lambda label: scores[label])

    @property
    def messages(self) -> list[dict[str, str]]:
        """The chat, with the system message first."""
        return [{"role": "system", "content": self.system}, *(turn.model_dump() for turn in self.dialogue)]

    @property
    def conversation(self) -> str:
        """The dialogue as text, for the judge."""
        return "\n".join(f"{turn.role}: {turn.content}" for turn in self.dialogue)


def read_cases(path: Path | None = None) -> list[Case]:
    """Return the cases of a file, or those that come with leed.

    >>> read_cases()[0].name
    'fine'

    Raises:
        DataFileError: the file cannot be read, or is not as it should be; the message says where.
    """
    where = "the cases" if path is None else f"cases {path}"
    try:
        text = (files("leed_evals.empathy") / "cases.yaml" if path is None else path).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise DataFileError(f"{where} cannot be read: {error}") from error
    try:
        cases = TypeAdapter(list[Case]).validate_python(yaml.safe_load(text))
    except yaml.YAMLError as error:
        raise DataFileError(f"{where}: no YAML: {' '.join(str(error).split())}") from error
    except ValidationError as error:
        raise DataFileError(f"{where}: {_place(error)}; see evals/leed_evals/empathy/cases.yaml") from error
    return _checked(cases, where)


def _place(error: ValidationError) -> str:
    first = error.errors(include_url=False)[0]
    at = ".".join(map(str, first["loc"]))
    return f"{at + ': ' if at else ''}{first['msg'].removeprefix('Value error, ')}"


def _checked(cases: Sequence[Case], where: str) -> list[Case]:
    names = [case.name for case in cases]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice:
        raise DataFileError(f"{where}: the name {twice!r} stands twice; give each case its own")
    if len({case.strongest for case in cases}) < 2:  # noqa: PLR2004 - one to be wrong about the other
        raise DataFileError(f"{where}: give at least two cases whose strongest labels differ, so that one can be wrong")
    return list(cases)


def others(cases: Sequence[Case]) -> list[Case]:
    """Return for each case another one, with another strongest label: whose expression is wrong there.

    >>> cases = read_cases()
    >>> any(case.strongest == other.strongest for case, other in zip(cases, others(cases), strict=True))
    False
    """
    found = []
    for i, case in enumerate(cases):
        turned: list[Any] = [*cases[i + 1 :], *cases[:i]]
        half = len(turned) // 2  # far away, since neighbours in a file are often alike
        found.append(next(other for other in (*turned[half:], *turned[:half]) if other.strongest != case.strongest))
    return found
