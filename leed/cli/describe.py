"""``leed describe``: files of scores in, sentences out."""

from __future__ import annotations

import csv
import os
import sys
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import contextmanager
from enum import StrEnum
from io import TextIOWrapper
from typing import IO, TYPE_CHECKING, Annotated, Any

import typer

from leed import errors, quoting
from leed.cli import complain

if TYPE_CHECKING:
    from leed.describer import Describer
    from leed.schema import Description, Issue, Recording

_LONG = 5000  # segments from which a terminal sees progress


class Output(StrEnum):
    """How the descriptions are written."""

    text = "text"
    jsonl = "jsonl"
    csv = "csv"


def command(  # noqa: PLR0917 - the command line names them all
    files: Annotated[list[str], typer.Argument(metavar="FILE...", help="Files of scores; - reads standard input.")],
    form: Annotated[
        str | None, typer.Option("--format", help="The format, if it should not be told from the content.")
    ] = None,
    scale: Annotated[
        str | None, typer.Option(help="Which adverb a score takes: a name, or a TOML or JSON file of your own.")
    ] = None,
    top: Annotated[str | None, typer.Option(help="How many terms are named at most; 'all' for every one.")] = None,
    lang: Annotated[str, typer.Option(help="The language of the sentences.")] = "en",
    person: Annotated[str | None, typer.Option(help="Whom the sentences are about: They, You, or a name.")] = None,
    tense: Annotated[str, typer.Option(help="present or past.")] = "present",
    modality: Annotated[
        str | None, typer.Option(help="face, prosody, burst or language, where the file does not say it.")
    ] = None,
    quantity: Annotated[
        str | None, typer.Option(help="What the numbers are: intensity, probability, likelihood, bipolar or presence.")
    ] = None,
    ignore: Annotated[list[str] | None, typer.Option(help="A label that is never named; may be repeated.")] = None,
    allow: Annotated[
        list[str] | None, typer.Option(help="A sensitive label that may be named all the same; may be repeated.")
    ] = None,
    quote: Annotated[bool, typer.Option(help="Quote what was said.")] = True,
    explain: Annotated[bool, typer.Option("--explain", help="Say below each sentence why it says so.")] = False,
    output: Annotated[Output | None, typer.Option(help="text, jsonl or csv; by the file's name with -o.")] = None,
    path: Annotated[str | None, typer.Option("-o", "--out", metavar="PATH", help="Write to this file.")] = None,
) -> None:
    """Describe files of expression scores, one sentence a segment.

    What is odd or missing is listed on standard error.

    Examples:
    `leed describe predictions.json`

    `leed describe --modality prosody --output jsonl scores.csv > described.jsonl`

    `echo '{"Joy": 0.84}' | leed describe --modality face -`
    """
    from leed.describer import Describer  # noqa: PLC0415 - keeps 'leed --help' fast

    describer = Describer(
        scale=scale,
        top=_top(top),
        lang=lang,
        person=person,
        tense=tense,
        ignore=ignore or (),
        allow=allow or (),
        quote=quote,
    )
    chosen = output or _by_name(path)
    failed = 0
    with _target(path) as target:
        write = _WRITERS[chosen](target, explain=explain)
        for file in files:
            try:
                recording = _read(file, form)
                write(recording, _described(recording, describer, modality, quantity))
            except errors.LeedError as error:
                if len(files) == 1:
                    raise
                failed = complain(str(error))
                continue
            report(recording)
    if failed:
        raise typer.Exit(failed)


def report(recording: Recording) -> None:
    """List a recording's issues on stderr, alike ones together; say so if nothing was there to describe."""
    alike: dict[tuple[str, str | None, str], list[Issue]] = {}
    for issue in recording.issues:
        alike.setdefault((issue.code, issue.where, issue.message), []).append(issue)
    for (_, where, message), issues in alike.items():
        what = f"{where}: {message}" if where else message
        sources = list(dict.fromkeys(issue.source for issue in issues if issue.source))
        shown = ", ".join(sources[:3]) + (f", and {len(sources) - 3} more" if len(sources) > 3 else "")  # noqa: PLR2004
        line = f"leed: {shown}: {what}" if sources else f"leed: {what}"
        typer.echo(quoting.clean(line), err=True)
    if not len(recording):
        detected = any(issue.code == "nothing-detected" for issue in recording.issues)
        typer.echo("leed: nothing was detected" if detected else "leed: there is nothing to describe", err=True)


def _read(file: str, form: str | None) -> Recording:
    from leed.readers import read  # noqa: PLC0415 - as above

    return read(sys.stdin.buffer if file == "-" else file, format=form)


def _described(
    recording: Recording, describer: Describer, modality: str | None, quantity: str | None
) -> Iterator[Description]:
    segments: Iterable[Any] = recording.segments()
    total = len(recording)
    if total >= _LONG and sys.stderr.isatty():
        from rich.console import Console  # noqa: PLC0415 - for people only
        from rich.progress import track  # noqa: PLC0415 - for people only

        segments = track(segments, "describing", total=total, console=Console(stderr=True), transient=True)
    for segment in segments:
        yield describer.describe(segment, modality=modality, quantity=quantity)


def _top(given: str | None) -> Any:  # noqa: ANN401 - checked by Describer
    if given is None or given == "all":
        return given
    try:
        return int(given)
    except ValueError:
        raise errors.OptionError(f"top is {given!r}; give a number from 1, or 'all'") from None


def _by_name(path: str | None) -> Output:
    ending = (path or "").rpartition(".")[2].casefold()
    return Output(ending) if ending in {o.value for o in Output} else Output.text


@contextmanager
def _target(path: str | None) -> Generator[IO[str]]:
    if path is None or path == "-":
        if isinstance(sys.stdout, TextIOWrapper):
            sys.stdout.reconfigure(encoding="utf-8", errors="replace")
        yield sys.stdout
        return
    if os.path.exists(path) and not os.path.isfile(path):  # a pipe or a device: nothing to keep
        with open(path, "w", encoding="utf-8", errors="replace", newline="") as file:
            yield file
        return
    beside = f"{path}.{os.getpid()}.part"  # so that a failure leaves what was there, and the input may be the output
    try:
        with open(beside, "w", encoding="utf-8", errors="replace", newline="") as file:
            yield file
        os.replace(beside, path)
    except OSError as error:
        raise OSError(error.errno, error.strerror, path) if error.filename == beside else error from error
    finally:
        if os.path.exists(beside):
            os.remove(beside)


Writer = Callable[["Recording", Iterable["Description"]], None]


def _text(target: IO[str], *, explain: bool) -> Writer:
    def write(recording: Recording, descriptions: Iterable[Description]) -> None:
        speakers = {track.speaker for track in recording.tracks}
        modalities = {track.modality for track in recording.tracks}
        wide = max((len(s or "") for s in speakers), default=0)
        source: str | None = None
        for description in descriptions:
            if description.source != source and len(recording) > 1:
                source = description.source
                print(quoting.clean(source or ""), file=target)
            columns = [clock(description.begin)] if description.begin is not None else []
            if len(speakers) > 1:
                columns.append(quoting.clean(description.speaker or "").ljust(min(wide, 20)))
            if len(modalities) > 1:
                columns.append((description.modality or "").ljust(8))
            line = "  ".join([*columns, str(description)])
            print(f"  {line}" if len(recording) > 1 else line, file=target)
            if explain:
                print("\n".join(f"      {reason}" for reason in description.explain().splitlines()[1:]), file=target)

    return write


def _jsonl(target: IO[str], *, explain: bool) -> Writer:
    from leed.schema.recording import to_json  # noqa: PLC0415 - as above

    def write(_: Recording, descriptions: Iterable[Description]) -> None:
        for description in descriptions:
            row = description.to_dict()
            if explain:
                row["explanation"] = description.explain()
            target.write(to_json(row).decode() + "\n")

    return write


def _csv(target: IO[str], *, explain: bool) -> Writer:
    table = csv.writer(target)
    header = False

    def write(_: Recording, descriptions: Iterable[Description]) -> None:
        nonlocal header
        for description in descriptions:
            row = description.to_dict()
            row["terms"] = "; ".join(f"{t.label} {t.score:.4g}" for t in description.terms)
            if explain:
                row["explanation"] = description.explain()
            if not header:
                table.writerow(row)
                header = True
            table.writerow(row.values())

    return write


_WRITERS: dict[Output, Callable[..., Writer]] = {Output.text: _text, Output.jsonl: _jsonl, Output.csv: _csv}


def clock(seconds: float | None) -> str:
    """Return seconds as minutes and seconds.

    >>> clock(83.456)
    '1:23.46'
    """
    if seconds is None:
        return ""
    minutes, rest = divmod(round(seconds, 2), 60)
    return f"{int(minutes)}:{rest:05.2f}"
