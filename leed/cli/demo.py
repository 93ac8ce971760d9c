"""``leed demo``: a bundled conversation, from scores to sentences to chat messages."""

from __future__ import annotations

import json
from importlib.resources import files
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from leed.schema import Description


def command() -> None:
    """Show a conversation three times: the strongest scores of each turn, the sentence, and the chat message.

    Nothing is sent anywhere. Example: `leed demo`
    """
    from rich.console import Console  # noqa: PLC0415 - keeps 'leed --help' fast
    from rich.table import Table  # noqa: PLC0415 - as above

    from leed.describer import Describer  # noqa: PLC0415 - as above
    from leed.descriptions import describe_all  # noqa: PLC0415 - as above
    from leed.readers import read  # noqa: PLC0415 - as above

    recording = read(files("leed.cli").joinpath("sample-conversation.json").read_bytes())
    console = Console()
    table = Table(
        title="A conversation that was measured: 48 scores of the voice a turn, in the shape of Hume's predictions",
        show_lines=True,
    )
    for heading in ("turn", "three strongest scores", "what leed says"):
        table.add_column(heading, overflow="fold")
    for turn in describe_all(recording, person=None):
        table.add_row(f"{turn.speaker} {turn.begin:.1f} s", strongest(recording, turn), str(turn))
    console.print(table)
    console.print(
        "\nAs messages for a chat model; the words in brackets are leed's, and only where something stood out:\n"
    )
    inject = Describer(person="The user", quote=False)
    messages = [message(turn) for turn in describe_all(recording, describer=inject)]
    typer.echo(json.dumps(messages, indent=2, ensure_ascii=False))
    console.print(
        "\nNext: [bold]leed describe FILE[/bold] on scores of your own; [bold]leed formats[/bold] lists what it reads."
    )


def strongest(recording: object, turn: Description) -> str:
    """Return the three highest scores of a turn, a line each."""
    from leed.schema.recording import Recording  # noqa: PLC0415 - loads numpy

    if not isinstance(recording, Recording):
        raise TypeError(f"expected a Recording, not {type(recording).__name__}")
    scores = next(s.scores for s in recording.segments() if (s.begin, s.speaker) == (turn.begin, turn.speaker))
    best = sorted(scores.items(), key=lambda item: -item[1])[:3]
    return "\n".join(f"{label} {score:.2f}" for label, score in best)


def message(turn: Description) -> dict[str, str]:
    """Return a turn as a chat message; the user's with its description behind it, if anything stood out."""
    from leed import marks  # noqa: PLC0415 - as above
    from leed.prompts import get_handover  # noqa: PLC0415 - as above

    if turn.speaker != "user":
        return {"role": "assistant", "content": turn.text or ""}
    content = turn.text or ""
    if turn.notable:
        content = get_handover("inline")(marks.fit(str(turn)), text=content)
    return {"role": "user", "content": content}
