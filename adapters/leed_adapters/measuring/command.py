"""``leed measure``: media in, a recording out, whatever measures them."""

from __future__ import annotations

import dataclasses
import json
import os
import sys
from collections.abc import Callable, Coroutine, Sequence
from typing import Annotated, Any

import typer

from leed import plugins, quoting
from leed.cli import complain
from leed.cli.describe import report_issues
from leed.errors import InputError, LeedError, OptionError
from leed.schema import Recording
from leed.schema.files import ENDINGS, write
from leed_adapters.measuring import gathering
from leed_adapters.measuring.gathering import Outcome
from leed_adapters.measuring.measurer import GROUP, Measurer, Settings, Watch, get_measurer
from leed_adapters.measuring.media import Media, media_of
from leed_adapters.measuring.progress import shown
from leed_adapters.measuring.syncing import run

_LOCAL = "Models on this machine"


def command(  # noqa: PLR0917 - the command line names them all
    media: Annotated[
        list[str] | None, typer.Argument(metavar="MEDIA...", help="Files, or addresses; - reads standard input.")
    ] = None,
    model: Annotated[str, typer.Option(help="What measures them: a vendor's service or a local model.")] = "",
    base_url: Annotated[str | None, typer.Option(help="Where the service is, if not where its vendor has it.")] = None,
    language: Annotated[str | None, typer.Option(help="What is spoken, in BCP-47, for services that take it.")] = None,
    wait: Annotated[  # noqa: FBT002 - typer's flags are positional in Python and named on the command line
        bool, typer.Option(help="Wait for the results, or print the jobs that go on.")
    ] = True,
    resume: Annotated[
        list[str] | None, typer.Option(metavar="ID", help="A job that was handed over before; may be repeated.")
    ] = None,
    timeout: Annotated[
        float | None, typer.Option(help="Seconds that each file may take: 600 at a service, unlimited here.")
    ] = None,
    concurrency: Annotated[int, typer.Option(help="How many files are on their way at a time.")] = 4,
    path: Annotated[
        str | None, typer.Option("-o", "--out", metavar="PATH", help="Write to this file: .json, .jsonl or .parquet.")
    ] = None,
    transcript: Annotated[
        str | None,
        typer.Option(metavar="PATH", help="Who said what when: sound is cut by it.", rich_help_panel=_LOCAL),
    ] = None,
    granularity: Annotated[
        str | None,
        typer.Option(help="Stretches of a transcript: word, sentence, utterance or turn.", rich_help_panel=_LOCAL),
    ] = None,
    voice: Annotated[
        str | None,
        typer.Option(help="How speech is found without one: silero, or off to take all.", rich_help_panel=_LOCAL),
    ] = None,
    channels: Annotated[
        str | None, typer.Option(help="mix, or each if each has a speaker of its own.", rich_help_panel=_LOCAL)
    ] = None,
    faces: Annotated[
        str | None, typer.Option(help="detect, or whole if a picture is a face only.", rich_help_panel=_LOCAL)
    ] = None,
    per_second: Annotated[
        float | None, typer.Option(help="Pictures of a second of video (3).", rich_help_panel=_LOCAL)
    ] = None,
    modality: Annotated[
        str | None, typer.Option(help="If not what the model's kind tells, as burst.", rich_help_panel=_LOCAL)
    ] = None,
    activation: Annotated[
        str | None,
        typer.Option(help="softmax, sigmoid or identity, if its config does not tell.", rich_help_panel=_LOCAL),
    ] = None,
    device: Annotated[str | None, typer.Option(help="cpu, cuda, cuda:1, mps or auto.", rich_help_panel=_LOCAL)] = None,
    dtype: Annotated[str | None, typer.Option(help="float32, float16 or bfloat16.", rich_help_panel=_LOCAL)] = None,
    batch_size: Annotated[
        int | None, typer.Option(help="Stretches, texts or pictures at a time (8).", rich_help_panel=_LOCAL)
    ] = None,
    revision: Annotated[
        str | None, typer.Option(help="Branch, tag or commit on the hub.", rich_help_panel=_LOCAL)
    ] = None,
    download: Annotated[  # noqa: FBT002 - as above
        bool, typer.Option("--download", help="Fetch a model that is not here from the hub.", rich_help_panel=_LOCAL)
    ] = False,
) -> None:
    """Measure media with a vendor's service or a local model; the recording goes to standard output.

    Keys are read from the environment, and files are sent to the service that is named and nowhere else. Models behind
    transformers: run here, and nothing is sent.

    Examples:
    `leed measure call.wav --model phonexia --base-url http://speech.example.org | leed describe -`

    `leed measure call.wav --model transformers:superb/hubert-large-superb-er --transcript call.vtt -o call.json`

    `leed measure *.wav --model phonexia --no-wait`

    `leed measure --model phonexia --resume 123e4567-e89b-12d3-a456-426614174000 -o call.json`
    """
    if not model:
        raise OptionError(f"what measures them? give --model with one of {', '.join(plugins.names(GROUP))}")
    if bool(media) == bool(resume):
        raise OptionError("give media, or --resume with the id of a job, and not both")
    if path is not None and not path.casefold().endswith(ENDINGS):
        raise OptionError(f"{path}: a recording is written to a name that ends in {', '.join(ENDINGS)}")
    measurer = get_measurer(model)
    special = {
        "transcript": transcript,
        "granularity": granularity,
        "voice": voice,
        "channels": channels,
        "faces": faces,
        "per_second": per_second,
        "modality": modality,
        "activation": activation,
        "device": device,
        "dtype": dtype,
        "batch_size": batch_size,
        "revision": revision,
        "download": download or None,
    }
    settings = Settings(
        base_url=base_url,
        language=language,
        timeout=timeout,
        concurrency=concurrency,
        special={name: value for name, value in special.items() if value is not None},
    )
    given, unopened = _given(media or [])
    if transcript is not None and len(given) > 1:
        raise OptionError(
            f"--transcript {transcript} is of one file, and {len(given)} are given: measure each by itself"
        )
    outcomes = [*_outcomes(measurer, given, resume or [], settings, wait=wait), *unopened]
    _told(outcomes, path, wait=wait or bool(resume))
    failed = [complain(str(outcome.error)) for outcome in outcomes if outcome.error is not None]
    if failed:
        raise typer.Exit(1)


def _given(media: Sequence[str]) -> tuple[list[Media], list[Outcome]]:
    """The media, and what came of those that cannot be opened: an error, if there is no other."""
    opened: list[Media] = []
    failed: list[Outcome] = []
    for medium in media:
        try:
            opened += [Media("stdin", data=sys.stdin.buffer.read())] if medium == "-" else media_of(medium)
        except InputError as error:
            failed.append(Outcome(os.path.basename(medium), error=error))
    if failed and not opened:
        raise failed[0].error or OptionError("no medium can be opened")
    return (media_of(opened) if opened else []), failed


def _outcomes(
    measurer: Measurer, media: list[Media], jobs: list[str], settings: Settings, *, wait: bool
) -> list[Outcome]:
    """What came of the media, or of the jobs; Ctrl-C says which jobs go on."""
    watch = Watch()
    work: Callable[[], Coroutine[Any, Any, list[Outcome]]]
    if jobs:
        work = lambda: gathering.resumed(measurer, jobs, settings, watch)  # noqa: E731 - one of three
    elif wait:
        work = lambda: gathering.measured(measurer, media, settings, watch)  # noqa: E731 - as above
    else:
        work = lambda: gathering.submitted(measurer, media, settings, watch)  # noqa: E731 - as above
    try:
        with shown(watch, [medium.name for medium in media] or jobs):
            return run(work)
    except KeyboardInterrupt:
        complain("stopped" if watch.jobs else "stopped; nothing is left behind")
        for job, source in watch.jobs.items():
            typer.echo(quoting.clean(f"leed: {source}: {gathering.left_behind(measurer.name, job)}"), err=True)
        raise typer.Exit(1) from None


def _told(outcomes: list[Outcome], path: str | None, *, wait: bool) -> None:
    """Write what there is: the recording, or a line for each job."""
    if not wait:
        for outcome in outcomes:
            if outcome.job is not None:
                print(json.dumps(dataclasses.asdict(outcome.job)))  # noqa: T201 - the command's output
                typer.echo(
                    f"leed: {outcome.source}: {gathering.left_behind(outcome.job.model, outcome.job.id)}", err=True
                )
        return
    try:
        recording = gathering.together(outcomes)
    except LeedError:
        return  # each is told
    report_issues((i for i in recording.issues if i not in _failures(outcomes)), len(recording))
    if path is not None:
        write(recording, path)
    else:
        _printed(recording)


def _failures(outcomes: list[Outcome]) -> list[Any]:
    return [issue for outcome in outcomes if outcome.error is not None for issue in gathering.failure(outcome)]


def _printed(recording: Recording) -> None:
    sys.stdout.flush()
    data = recording.to_json() + b"\n"
    buffer = getattr(sys.stdout, "buffer", None)
    if buffer is None:
        sys.stdout.write(data.decode())
    else:
        buffer.write(data)
        buffer.flush()
