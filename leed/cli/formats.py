"""``leed formats``: what leed reads."""

from __future__ import annotations

import typer


def command() -> None:
    """List the formats that leed reads, with the names that --format takes.

    Example: `leed formats`
    """
    for line in table():
        typer.echo(line)


def table() -> list[str]:
    """Return the formats as a Markdown table, a line each; the README holds the same."""
    from leed.readers import readers  # noqa: PLC0415 - keeps 'leed --help' fast

    rows = [("format", "what it is", "what its numbers are"), *((r.name, r.title, r.holds) for r in readers())]
    widths = [max(len(row[i]) for row in rows) for i in range(3)]
    lines = [
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + " |" for row in rows
    ]
    return [lines[0], "|" + "|".join("-" * (width + 2) for width in widths) + "|", *lines[1:]]
