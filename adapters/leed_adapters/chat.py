"""``leed chat``: a chat in the terminal with any OpenAI-compatible endpoint, and how each message came across.

The messages are those of `leed.inject`; expressions come from a log of Hume's EVI, whose user's messages are said anew,
or from a recording, whose stretches ride on the messages that are typed, one after the other.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from typing import Annotated, Any

import openai
import typer
from rich.console import Console
from rich.text import Text

import leed
from leed import quoting
from leed.cli import complain, options
from leed.conversations import Message, conversation
from leed.errors import InputError, OptionError
from leed.injection import Injection
from leed.marking import visible

_KEY = "OPENAI_API_KEY"


def command(  # noqa: PLR0917 - the command line names them all
    model: Annotated[str, typer.Option(help="The model's name, as the endpoint has it.")],
    base_url: Annotated[
        str | None, typer.Option(help="The endpoint, up to /v1; if not given, OPENAI_BASE_URL or OpenAI's.")
    ] = None,
    evi: Annotated[
        str | None, typer.Option(metavar="LOG", help="Say what the user says in this log of Hume EVI, or any chat.")
    ] = None,
    expressions: Annotated[
        str | None, typer.Option(metavar="FILE", help="A recording: its stretches ride on what you type, in turns.")
    ] = None,
    system: Annotated[str | None, typer.Option(help="What the model is told first.")] = None,
    handover: options.Handover = "inline",
    policy: options.Policy = "subtle",
    scale: options.Scale = None,
    calibration: options.Calibration = None,
    lang: options.Language = "en",
    ignore: options.Ignore = None,
    allow: options.Allow = None,
) -> None:
    """Chat with a model that reads how things are said; the description stands beside each turn.

    Type a message and press Enter; Ctrl-D ends. What is piped in is taken line by line. The key is read from the
    environment (OPENAI_API_KEY); servers of your own often need none.

    Examples:
    `leed chat --model llama3.2 --base-url http://localhost:11434/v1 --expressions call.json`

    `leed chat --model gpt-4o-mini --evi evi-log.jsonl`
    """
    if evi is not None and expressions is not None:
        raise OptionError("--evi and --expressions both say what is expressed: give one of them")
    describer = leed.Describer(scale=scale, calibration=calibration, lang=lang, ignore=ignore or (), allow=allow or ())
    turns = _replayed(evi) if evi is not None else _typed(_stretches(expressions))
    with _client(base_url) as client:
        chat = _Chat(client, model, system, {"handover": handover, "policy": policy, "describer": describer})
        for message in turns:
            try:
                chat.say(message, shown=evi is not None)
            except InputError as error:
                if evi is not None or not sys.stdin.isatty():
                    raise
                complain(str(error))


def _client(base_url: str | None) -> openai.OpenAI:
    own = base_url or os.environ.get("OPENAI_BASE_URL")
    if not own and not os.environ.get(_KEY):
        raise OptionError(f"no key: set {_KEY}, or give --base-url of a server that needs none")
    return openai.OpenAI(base_url=own, api_key=os.environ.get(_KEY) or "none")


class _Chat:
    """A chat as it goes on: the history has clean text, and what went out is shown beside it."""

    def __init__(self, client: openai.OpenAI, model: str, system: str | None, choices: dict[str, Any]) -> None:
        self.history: list[Message] = [] if system is None else [{"role": "system", "content": system}]
        self._client = client
        self._model = model
        self._choices = choices
        self._out = Console(soft_wrap=True, highlight=False, markup=False)
        self._aside = Console(soft_wrap=True, highlight=False, markup=False, stderr=True)

    def say(self, message: Message, *, shown: bool) -> None:
        """Send a message with all before it, and print the answer as it comes.

        Raises:
            LeedError: the endpoint cannot be reached, or refuses; the message says why.
        """
        if shown:
            self._out.print(Text(f"> {visible(str(message['content']))}", style="bold"))
        self.history.append(message)
        made: list[Injection] = []
        messages = leed.inject(self.history, on_inject=made.append, **self._choices)
        self._tell(made[0])
        try:
            answer = "".join(self._streamed(messages))
        except InputError:
            self.history.pop()
            raise
        self._out.print()
        self.history.append({"role": "assistant", "content": answer})

    def _tell(self, injection: Injection) -> None:
        """Print the description of the newest message."""
        newest = len(injection.messages) - 1
        note = next((note for note in injection.notes if note.index in (newest, newest - 1)), None)
        why = list(injection.skipped.values())
        if note is not None:
            self._aside.print(Text(f"  {note.description} ({note.tokens} tokens)", style="green"))
        elif why:
            self._aside.print(Text(quoting.clean(f"  no description: {why[-1]}"), style="yellow"))
        else:
            self._aside.print(Text("  nothing stands out", style="dim"))

    def _streamed(self, messages: list[Any]) -> Iterator[str]:
        for chunk in self._chunks(messages):
            text = chunk.choices[0].delta.content if chunk.choices else None
            if text:
                self._out.print(visible(text), end="")
                yield text

    def _chunks(self, messages: list[Any]) -> Iterator[Any]:
        try:
            yield from self._client.chat.completions.create(model=self._model, messages=messages, stream=True)
        except Exception as error:  # a stream that breaks off raises what the client's HTTP library does
            raise InputError(f"{self._client.base_url}: the model cannot be asked: {_why(error)}") from error


def _why(error: Exception) -> str:
    """What went wrong, in one line: the cause, where the client only says that there was no connection."""
    status = getattr(error, "status_code", None)
    body = getattr(error, "body", None)
    told = body.get("message") if isinstance(body, dict) else None
    cause = error.__cause__ if isinstance(error, openai.APIConnectionError) and error.__cause__ else error
    return f"status {status}: {told or error}" if status else str(cause)


def _replayed(path: str) -> Iterator[Message]:
    """The user's messages of a chat."""
    said = [message for message in conversation(_given(path)) if message["role"] == "user"]
    if not said:
        raise InputError(f"{path}: no user says anything in it; give a log of Hume EVI, or a chat")
    yield from said


def _stretches(path: str | None) -> Iterator[Any]:
    """What rides on the messages that are typed, one after the other: utterances, or else segments."""
    if path is None:
        return iter(())
    recording = leed.read(_given(path))
    spoken = recording.utterances()
    return iter(spoken) if spoken else iter(recording.segments())


def _given(path: str) -> Any:  # noqa: ANN401 - what leed.read takes
    if path == "-":
        raise OptionError("standard input is what you type; give the file by its path")
    return path


def _typed(stretches: Iterator[Any]) -> Iterator[Message]:
    """What is typed, or piped in; each message carries the next stretch."""
    while (line := _line()) is not None:
        if line.strip():
            yield leed.user_message(line, expression=next(stretches, None))


def _line() -> str | None:
    """The next line of standard input; None at its end."""
    try:
        return input("> " if sys.stdin.isatty() else "")
    except (EOFError, KeyboardInterrupt):
        return None
