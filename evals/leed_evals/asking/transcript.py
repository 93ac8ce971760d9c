"""The transcript: a JSON line for each answer, which is what a second run need not ask again."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from io import TextIOWrapper
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from leed.errors import InputError


class Transcript:
    """Answers by key, in a file of JSON lines that grows as they come.

    A line that was cut off, as when a run was killed, is left out and asked again.

    Attributes:
        path: the file.
        lines: what it holds, by key.
        damaged: how many lines could not be read.
    """

    def __init__(self, path: Path) -> None:
        """Read what is there.

        Raises:
            InputError: the file cannot be read.
        """
        self.path = path
        self.lines: dict[str, dict[str, Any]] = {}
        self.damaged = 0
        for line in self._read():
            plain = _decoded(line)
            if plain is None:
                self.damaged += 1
            else:
                self.lines[plain["key"]] = plain
        self._file: TextIOWrapper | None = None

    def __enter__(self) -> Self:
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self._file = self.path.open("a", encoding="utf-8")
        except OSError as error:
            raise InputError(f"{self.path}: answers cannot be kept there: {error.strerror or error}") from error
        if self.damaged and self._file.tell():
            self._file.write("\n")  # behind a line that was cut off
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._file is not None:
            self._file.close()

    def add(self, key: str, line: Mapping[str, Any]) -> None:
        """Keep a line, on the disk at once."""
        self.lines[key] = {"key": key, **line}
        if self._file is not None:
            self._file.write(json.dumps(self.lines[key], ensure_ascii=False) + "\n")
            self._file.flush()
            os.fsync(self._file.fileno())

    def _read(self) -> Iterator[str]:
        if not self.path.exists():
            return
        try:
            with self.path.open(encoding="utf-8", errors="replace") as file:
                yield from (line for line in file if line.strip())
        except OSError as error:
            raise InputError(f"{self.path}: kept answers cannot be read: {error.strerror or error}") from error


def _decoded(line: str) -> dict[str, Any] | None:
    try:
        plain = json.loads(line)
    except ValueError:
        return None
    whole = isinstance(plain, dict) and isinstance(plain.get("key"), str) and isinstance(plain.get("answer"), str)
    return plain if whole else None
