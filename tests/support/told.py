"""What a recording says, and what was odd while it was read."""

from typing import Any

import leed


def said(source: Any, *, calibration: str | None = None, **options: Any) -> list[str]:
    """The sentences of a recording, or of anything that `leed.read` reads with such options."""
    return [str(description) for description in leed.describe_all(_read(source, options), calibration=calibration)]


def codes(source: Any, **options: Any) -> list[str]:
    """The codes of its issues."""
    return [issue.code for issue in _read(source, options).issues]


def _read(source: Any, options: dict[str, Any]) -> leed.Recording:
    return source if isinstance(source, leed.Recording) else leed.read(source, **options)
