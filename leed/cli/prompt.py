"""``leed prompt``: a chat's messages as a model would get them, or a recording's timeline within a budget of tokens."""

from __future__ import annotations

import json
import sys
from enum import StrEnum
from io import TextIOWrapper
from typing import TYPE_CHECKING, Annotated

import typer

from leed import quoting
from leed.cli import options
from leed.cli.describe import report, report_issues, report_unmet
from leed.marking import CLOSE, OPEN, Marked, marked, visible

if TYPE_CHECKING:
    from leed.conversations import Message
    from leed.describer import Describer
    from leed.injection import Injection
    from leed.schema import Recording
    from leed.tokens import TokenCounter


_TOKENS = 200  # of a timeline, if not told


class Output(StrEnum):
    """How messages are written."""

    TEXT = "text"
    JSON = "json"


def command(  # noqa: PLR0917 - the command line names them all
    file: Annotated[str, typer.Argument(metavar="FILE", help="A chat or a file of scores; - reads standard input.")],
    max_tokens: Annotated[
        int | None, typer.Option(help="Tell the timeline instead, in so many tokens at most.", show_default=False)
    ] = None,
    handover: options.Handover = "inline",
    policy: options.Policy = "subtle",
    output: Annotated[Output, typer.Option(help="Messages to read, or as JSON to send.")] = Output.TEXT,
    counter: Annotated[
        str | None, typer.Option(help="What counts tokens: o200k_base (the default), cl100k_base or estimate.")
    ] = None,
    form: options.Format = None,
    scale: options.Scale = None,
    calibration: options.Calibration = None,
    lang: options.Language = "en",
    person: options.Person = None,
    tense: options.Tense = "present",
    ignore: options.Ignore = None,
    allow: options.Allow = None,
    quote: options.Quote = True,
) -> None:
    """Print the messages that a chat model would get, or, with --max-tokens, a recording's timeline.

    Messages come from a chat (a list of messages, or a request), a log of Hume EVI, or a recording with transcripts.
    What leed puts in stands in colour, or between ⟦ and ⟧, and the tokens are counted. A recording without words is
    told as a timeline of 200 tokens. The text goes to standard output; what is odd or missing, to standard error.

    Examples:
    `leed prompt chat.json --policy companion`

    `leed prompt evi-log.jsonl --output json | jq .messages`

    `leed prompt predictions.json --max-tokens 60 --tense past`
    """
    from leed.conversations import conversation_with_issues, labels_in  # noqa: PLC0415 - keeps 'leed --help' fast
    from leed.describer import Describer  # noqa: PLC0415 - as above
    from leed.readers import read  # noqa: PLC0415 - as above
    from leed.tokens import get_counter  # noqa: PLC0415 - as above

    describer = Describer(
        scale=scale,
        calibration=calibration,
        lang=lang,
        person=person,
        tense=tense,
        ignore=ignore or (),
        allow=allow or (),
        quote=quote,
    )
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8", errors="replace")
    counted = get_counter(counter)
    source = sys.stdin.buffer.read() if file == "-" else file
    messages, issues = conversation_with_issues(source, format=form) if max_tokens is None else ([], ())
    if not messages:
        recording = read(source, format=form)
        _print_timeline(recording, describer, _TOKENS if max_tokens is None else max_tokens, counted)
        report_unmet(allow or (), (label for track in recording.tracks for label in track.labels))
        return
    injection = _injected(messages, describer, handover, policy)
    if output is Output.JSON:
        typer.echo(json.dumps({"messages": injection.messages}, ensure_ascii=False, indent=2, default=str))
    else:
        _print_messages(marked(injection, counted))
    report_issues(issues, len(messages))
    _print_tokens(marked(injection, counted), counted)
    report_unmet(allow or (), labels_in(messages))


def _injected(messages: list[Message], describer: Describer, handover: str, policy: str) -> Injection:
    """What would go out; why a message has no description is said on stderr."""
    from leed.injection import inject  # noqa: PLC0415 - as above

    made: list[Injection] = []
    inject(messages, handover=handover, policy=policy, describer=describer, on_inject=made.append)
    for place, why in made[0].skipped.items():
        typer.echo(quoting.clean(f"leed: message {place + 1} goes out without a description: {why}"), err=True)
    return made[0]


def _print_messages(messages: list[Marked]) -> None:
    from rich.console import Console  # noqa: PLC0415 - as above
    from rich.text import Text  # noqa: PLC0415 - as above

    console = Console(soft_wrap=True, highlight=False)
    for message in messages:
        injected = f", {message.injected} of them leed's" if message.injected else ""
        console.print(Text(quoting.clean(f"{message.who} ({message.tokens} tokens{injected})"), style="bold"))
        text = Text("  ")
        for part in message.parts:
            shown = visible(part.text).replace("\n", "\n  ")
            bracketed = part.injected and not console.is_terminal
            text.append(f"{OPEN}{shown}{CLOSE}" if bracketed else shown, style="green" if part.injected else "")
        console.print(text)


def _print_tokens(messages: list[Marked], counter: TokenCounter) -> None:
    total, injected = (sum(getattr(m, name) for m in messages) for name in ("tokens", "injected"))
    typer.echo(
        f"leed: {total} tokens in {len(messages)} messages, {injected} of them leed's ({counter.name})", err=True
    )


def _print_timeline(recording: Recording, describer: Describer, max_tokens: int, counter: TokenCounter) -> None:
    from leed.timeline import summarize  # noqa: PLC0415 - as above

    summary = summarize(recording, max_tokens, describer=describer, counter=counter)
    if summary:
        typer.echo(str(summary))
    report(recording)
    typer.echo(f"leed: {summary.tokens} of {max_tokens} tokens ({summary.counter})", err=True)
