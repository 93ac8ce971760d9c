"""Objects whose heavy parts load at first use and are left behind by pickles."""

from __future__ import annotations

from dataclasses import fields
from typing import Any, Self


class Light:
    """A frozen dataclass with cached properties: a pickle has its fields only, and a deep copy is the object itself.

    Such an object never changes, so copies of it, as ``sklearn.base.clone`` makes them of parameters, share what was
    loaded.
    """

    def __getstate__(self) -> dict[str, Any]:
        return {field.name: getattr(self, field.name) for field in fields(self)}  # type: ignore[arg-type] # subclasses

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)

    def __copy__(self) -> Self:
        return self

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        return self
