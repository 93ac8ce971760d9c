"""From a recording to its report."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from importlib.metadata import version
from itertools import islice
from typing import TYPE_CHECKING, Any

import msgspec

from leed import quoting, taxonomy
from leed.describer import Describer, describer_for
from leed.errors import InputError, OptionError
from leed.report.data import Person, Provenance, Report, Strongest
from leed.report.plots import longest_first, plot_of, second, shown, who_of
from leed.report.words import Words, words_of
from leed.schema.recording import Recording
from leed.timeline import Summary, summary_of
from leed.timeline.moments import moments
from leed.timeline.points import MOST
from leed.timeline.telling import Telling
from leed.tokens import get_counter

if TYPE_CHECKING:
    from collections.abc import Callable

    from leed.timeline.wording import Teller


class Limits(msgspec.Struct, frozen=True):
    """How much of a recording a report holds.

    Attributes:
        tokens: of the summary.
        rows: segments that are listed.
        plots: tracks that are plotted.
        labels: of one plot.
        moments: strong moments.
        issues, sources: that are listed.
    """

    tokens: int = 120
    rows: int = 300
    plots: int = 12
    labels: int = 4
    moments: int = 8
    issues: int = 100
    sources: int = 50


_TITLE = 120  # characters
_SHORT = ("main", "peak", "story")  # what is told of a person; a plot tells all
_TRIED = 60  # moments that are looked at for those that have a sentence


def make_report(
    recording: Recording,
    *,
    title: str | None = None,
    limits: Limits = Limits(),  # noqa: B008 - frozen
    describer: Describer | None = None,
    counter: str | Callable[[str], int] | None = None,
    **options: Any,  # noqa: ANN401 - those of Describer
) -> Report:
    """Return the report of a recording: bounded plain data, in the language of the describer.

    >>> import leed
    >>> make_report(leed.read({"face": {"Joy": 0.84}})).people[0].sentences
    ('They look extremely joyful.',)

    Args:
        recording: of any length; from `leed.read`.
        title: its heading; None: the names of the sources.
        limits: how much it holds; what is left out stands in ``left_out``.
        describer: a prepared Describer.
        counter: what counts the tokens of the summary; see `leed.summarize`.
        options: in place of a describer, its options.

    Raises:
        InputError: it is no Recording.
        OptionError: an option has a value that leed does not know, or the language has no frames for a timeline.
    """
    if not isinstance(recording, Recording):
        raise InputError(f"make_report takes a Recording, not {type(recording).__name__}: use leed.read first")
    chosen = describer_for(describer, options)
    frames = chosen.lexicon.timeline
    if frames is None:
        raise OptionError(f"the lexicon {chosen.lang!r} has no section 'timeline': a report needs its frames")
    words = words_of(chosen.lang)
    telling = Telling(recording, chosen, frames)
    summary = summary_of(telling, frames, limits.tokens, get_counter(counter))
    plotted = _plotted(telling.tellers)
    numbers = {id(track): i for i, track in enumerate(recording.tracks)}
    chosen_plots = sorted(longest_first([own[0].line.points.track for own in plotted])[: limits.plots])
    return Report(
        title=_title(title, recording, words),
        lang=chosen.lexicon.lang,
        summary=str(summary),
        sources=tuple(map(shown, recording.sources[: limits.sources])),
        people=tuple(_people(telling.tellers)),
        plots=tuple(plot_of(plotted[i], numbers, labels=limits.labels) for i in chosen_plots),
        moments=tuple(islice(_strongest(telling.tellers), limits.moments)),
        rows=tuple(chosen.describe(s).to_dict() for s in recording.segments()[: limits.rows]),
        count=len(recording),
        issues=recording.issues[: limits.issues],
        left_out=tuple(_left_out(recording, plotted, limits, words)),
        provenance=_provenance(chosen, summary),
    )


def _title(title: str | None, recording: Recording, words: Words) -> str:
    named = [name for name in map(shown, recording.sources) if name]
    given = title if title is not None and title.strip() else ", ".join(named[:3]) or words.report
    return quoting.shorten(quoting.clean(given[: 8 * _TITLE]), _TITLE)


def _plotted(tellers: Sequence[Teller]) -> list[list[Teller]]:
    """The lines of each track together, in the order in which they are told."""
    found: dict[int, list[Teller]] = {}
    for teller in tellers:
        found.setdefault(id(teller.line.points), []).append(teller)
    return list(found.values())


def _people(tellers: Sequence[Teller]) -> list[Person]:
    found: dict[int, list[Teller]] = {}
    for teller in tellers:
        found.setdefault(teller.line.points.subject.order, []).append(teller)
    return [
        Person(
            who_of(own[0].line.points),
            shown(own[0].line.points.subject.source),
            tuple(dict.fromkeys(teller.line.points.track.modality for teller in own)),
            tuple(dict.fromkeys(teller.sentence([f for f in teller.facts if f in _SHORT]) for teller in own)),
        )
        for own in found.values()
    ]


def _strongest(tellers: Sequence[Teller]) -> Iterable[Strongest]:
    """The strongest moments of speech; where nothing was said, the strongest of each line."""
    told = set()
    for moment in moments(tellers)[:_TRIED]:
        points = tellers[moment.teller].line.points
        sentence = moment.sentence()
        if sentence is not None and sentence not in told:
            told.add(sentence)
            begin = second(moment.begin) if points.timed else None
            yield Strongest(begin, shown(points.subject.source), who_of(points), points.track.modality, sentence)
    if not told:
        yield from _peaks(tellers)


def _peaks(tellers: Sequence[Teller]) -> Iterable[Strongest]:
    with_peak = [(teller, teller.line.peak) for teller in tellers if len(teller.line.points.rows) > 1]
    found = [(teller, peak) for teller, peak in with_peak if peak is not None]
    for teller, peak in sorted(found, key=lambda pair: (-pair[1].strength, -pair[1].score)):
        points = teller.line.points
        said = points.say(points.scores[peak.row])
        begin = second(points.time_of(peak.row)) if points.timed else None
        sentence = teller.named(said.sentence.plain)
        yield Strongest(begin, shown(points.subject.source), who_of(points), points.track.modality, sentence)


def _left_out(recording: Recording, plotted: Sequence[Sequence[Teller]], limits: Limits, words: Words) -> Iterable[str]:
    counts = (
        (words.rest_segments, len(recording), limits.rows),
        (words.rest_plots, len(plotted), limits.plots),
        (words.rest_issues, len(recording.issues), limits.issues),
        (words.rest_sources, len(recording.sources), limits.sources),
    )
    for note, count, shown_most in counts:
        if count > shown_most:
            yield note.format(shown=f"{shown_most:,}", count=f"{count:,}")
    points = [own[0].line.points for own in plotted]
    if any(len(one) < len(one.rows) for one in points):
        yield words.rest_points.format(most=MOST)
    if any(len(one.track.labels) > limits.labels for one in points):
        yield words.rest_labels.format(shown=limits.labels)


def _provenance(describer: Describer, summary: Summary) -> Provenance:
    return Provenance(
        leed=version("leed"),
        fingerprint=describer.fingerprint,
        scale=describer.scale.name,
        calibration=describer.calibration.name,
        lexicon=f"{describer.lexicon.lang} {describer.lexicon.version}",
        taxonomies=taxonomy.VERSION,
        tokens=summary.tokens,
        counter=summary.counter,
    )
