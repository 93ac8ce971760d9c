"""Phonexia Speech Platform 4, emotion recognition: answers of the REST API and exports of the web page.

::

    {"task": {"task_id": "123e4567-...", "state": "done"}, "result": {"channels": [
      {"channel_number": 0, "speech_length": 43.59, "scores": [
        {"emotion": "HAPPY", "probability": 0.799}, {"emotion": "NEUTRAL", "probability": 0.19}, ...]}]}}

    Channel,Happy (%),Neutral (%),Sad (%),Angry (%)
    0,79.9,19,0.6,0.5

    [{"channel": 0, "happy": 0.799, "neutral": 0.19, "sad": 0.006, "angry": 0.005}, ...]       the same table as JSON

The result also alone (``{"channels": [...]}``; the web page exports labels in lower case), and several: a list of any
of these, or a mapping of file name to result. In a table, a column such as File parts several files.

Quantity: probability of exclusive classes, one set for each channel and no time line: a channel is a clip of one
speaker, who is called "channel 0". Per cent become shares. A class that is left out is 0 where the others sum to 1,
and not reported elsewhere. ``speech_length`` (seconds) is kept as an extra. Source: Phonexia's documentation of the
REST API and of the web page's exports.
"""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import msgspec
import numpy as np

from leed.errors import UnknownFormatError
from leed.readers import CERTAIN, NEAR, NOT_THIS, Guess, Reader
from leed.readers.about import field_of
from leed.readers.columns import range_issues, track_of
from leed.readers.content import Content
from leed.readers.delimited import Delimited, header, names_of
from leed.schema.recording import Recording
from leed.schema.terms import Issue
from leed.schema.tracks import Track
from leed.scores import as_pairs, from_pairs, number_of
from leed.taxonomy import get
from leed.taxonomy.matching import sums_to_one

TAXONOMY = "phonexia-4"

_SMALL = 1 << 20
_KEYS = tuple(re.compile(key) for key in (rb'"channels"\s*:', rb'"channel_number"\s*:', rb'"emotion"\s*:'))
_PERCENT = re.compile(r"(.+?)\s*\(\s*%\s*\)")
_WHOLE = 1.5  # a probability above this is one in per cent
_SAMPLE = 20
_MOST = 3  # of the four labels: nothing else has so many beside a channel


class Channel(msgspec.Struct, frozen=True):
    """The scores of one channel, as they came."""

    number: Any = None
    scores: Any = None
    speech: Any = None
    percent: bool = False


class _Listed(msgspec.Struct, frozen=True):
    """The channels of an answer, made as they are gone through: the list may lie in a file."""

    plain: Sequence[Any]

    def __iter__(self) -> Iterator[Channel]:
        return (_channel(plain) for plain in self.plain if isinstance(plain, Mapping))


class Answer(msgspec.Struct, frozen=True):
    """What was said about one file.

    Attributes:
        channels: None where there is no result.
        other: whether it is the result of another of Phonexia's technologies.
    """

    file: str | None = None
    task: str | None = None
    state: str | None = None
    reason: str = ""
    channels: Iterable[Channel] | None = None
    other: bool = False

    @property
    def holds(self) -> bool:
        """Whether there is a result of emotion recognition in it."""
        return self.channels is not None and not self.other

    @property
    def head(self) -> Answer:
        """The same without what is in the channels."""
        return self if self.channels is None else msgspec.structs.replace(self, channels=())


def recognise(content: Content) -> Guess:
    """Return whether these are results of emotion recognition, or a task without its result."""
    if content.kind == "text":
        return Guess(CERTAIN) if _is_export(names_of(content)) else NOT_THIS
    if content.kind == "json" and content.size > _SMALL:
        return Guess(CERTAIN) if all(key.search(content.head) for key in _KEYS) else NOT_THIS
    if content.kind not in ("json", "plain"):
        return NOT_THIS
    answers = list(_answers(content.glimpse))
    if any(answer.holds for answer in answers):
        return Guess(CERTAIN)
    return Guess(NEAR, _why_not(answers[0])) if answers else NOT_THIS


def read(content: Content) -> Recording:
    """Return a recording with a track for each file and channel."""
    exported = _exported(content) if content.kind == "text" else None
    heads = [answer.head for answer in exported or _answers(content.lean)]
    if not any(head.holds for head in heads):
        why = _why_not(heads[0]) if heads else 'holds no Phonexia result: no "channels" with "scores"'
        raise UnknownFormatError(f"{content.shown}: {why}")
    collected = _Collected()
    answers = exported or _answers(content.lean)
    for answer, source in zip(answers, _sources(heads, content.name), strict=True):
        if answer.holds:
            collected.add(answer, source)
        else:
            collected.issues.append(Issue("source-failed", f"it {_why_not(answer)}", source))
    return collected.recording()


class _Collected:
    """Tracks and issues of the answers, in their order."""

    def __init__(self) -> None:
        self.issues: list[Issue] = []
        self._tracks: list[Track] = []
        self._zeros: dict[str, None] = {}
        self._filled = 0

    def add(self, answer: Answer, source: str | None) -> None:
        """Add the channels of one file."""
        if answer.state not in (None, "done"):
            what = f"the task is not done (state {answer.state}); its result may be incomplete"
            self.issues.append(Issue("incomplete", what, source))
        taken: set[str] = set()
        free = map(str, itertools.count())
        for channel in answer.channels or ():
            number = _number_of_channel(channel.number)
            if number is None or number in taken:
                number = next(n for n in free if n not in taken)
                what = f"a channel has no number, or that of another one; it counts as channel {number}"
                self.issues.append(Issue("inferred", what, source))
            taken.add(number)
            self._add_channel(channel, number, source)
        if not taken:
            self.issues.append(Issue("no-segments", "the result has no channels", source))

    def recording(self) -> Recording:
        """Return everything as tracks."""
        if self._filled:
            where = f"{self._filled} of {len(self._tracks)} channels where the others sum to 1"
            self.issues.append(Issue("inferred", f"{', '.join(self._zeros)} left out in {where}: read as 0"))
        issues = [*self.issues, *(issue for track in self._tracks for issue in range_issues(track))]
        return Recording(tuple(self._tracks), tuple(issues))

    def _add_channel(self, channel: Channel, number: str, source: str | None) -> None:
        where = f"channel {number}"
        pairs, odd_ones = _pairs(channel.scores)
        if odd_ones:
            what = f"{odd_ones} entries of the scores name no emotion; they are left out"
            self.issues.append(Issue("not-read", what, source, where))
        tidy = from_pairs(pairs)
        self.issues += [msgspec.structs.replace(issue, source=source, where=where) for issue in tidy.issues]
        known = get(TAXONOMY)
        scores = {known.find(label) or label: value for label, value in zip(tidy.labels, tidy.values, strict=True)}
        speech, odd = number_of(channel.speech)
        if odd not in (None, "not-a-number"):
            self.issues.append(Issue(odd, "the length of the speech is no finite number", source, where))
        if all(map(math.isnan, scores.values())):
            length = "" if math.isnan(speech) else f" (speech of {speech:g} s)"
            self.issues.append(
                Issue("nothing-detected", f"there are no scores: no speech was found{length}", source, where)
            )
            return
        scores = self._shares(scores, percent=channel.percent, source=source, where=where)
        self._fill(scores)
        self._tracks.append(
            track_of(
                list(scores),
                np.array([list(scores.values())], np.float32),
                modality="prosody",
                taxonomy=TAXONOMY,
                source=source,
                channel=number,
                speaker=where,
                granularity="clip",
                extras={} if math.isnan(speech) else {"speech_length": np.array([speech])},
            )
        )

    def _shares(self, scores: dict[str, float], *, percent: bool, source: str | None, where: str) -> dict[str, float]:
        """The scores as shares of 1, from per cent where they are that."""
        shares = {label: value / 100 for label, value in scores.items()}
        if percent:
            return shares
        if max((v for v in scores.values() if not math.isnan(v)), default=0.0) > _WHOLE and sums_to_one(
            shares.values()
        ):
            self.issues.append(
                Issue("inferred", "the probabilities sum to 100, so they are read as per cent", source, where)
            )
            return shares
        return scores

    def _fill(self, scores: dict[str, float]) -> None:
        """Give a class that was left out the 0 that is left for it, if the others sum to 1."""
        missing = [label for label in get(TAXONOMY).labels if math.isnan(scores.get(label, math.nan))]
        if missing and sums_to_one(scores.values()):
            scores |= dict.fromkeys(missing, 0.0)
            self._zeros |= dict.fromkeys(missing)
            self._filled += 1


def _answers(plain: Any, name: str | None = None, depth: int = 0) -> Iterator[Answer]:  # noqa: ANN401 - any input
    """Every answer in plain data: one, a list of them, or a mapping of file names to them."""
    if isinstance(plain, (list, tuple)) and depth == 0:
        yield from _rows(plain)
        for value in plain:
            yield from _answers(value, None, depth + 1)
    if not isinstance(plain, Mapping):
        return
    answer = _answer(plain, name)
    if answer is not None:
        yield answer
    elif depth == 0:
        yield from _rows([plain])
        for key, value in plain.items():
            yield from _answers(value, str(key), depth + 1)


def _rows(plain: Sequence[Any]) -> Iterator[Answer]:
    """The answers in a table of the web page that a program has made a list of: a row for each channel."""
    files: dict[str | None, list[Channel]] = {}
    for row in plain:
        if isinstance(row, Mapping) and _is_row(row):
            told = (value for key, value in row.items() if field_of(str(key)) == "source" and isinstance(value, str))
            number = next(value for key, value in row.items() if str(key).casefold() == "channel")
            percent = any(_PERCENT.fullmatch(str(key)) for key in row)
            scores = {_bare(key): value for key, value in row.items() if get(TAXONOMY).find(_bare(key))}
            files.setdefault(next(told, None), []).append(Channel(number, scores, percent=percent))
    for name, channels in files.items():
        yield Answer(name, channels=tuple(channels))


def _is_row(plain: Mapping[Any, Any]) -> bool:
    """Whether a mapping holds a channel's scores by label, and nothing that another program would write."""
    others = [key for key in plain if not get(TAXONOMY).find(_bare(key))]
    numbered = any(str(key).casefold() == "channel" for key in others)
    return numbered and len(plain) - len(others) >= _MOST and all(field_of(str(key)) for key in others)


def _bare(key: Any) -> str:  # noqa: ANN401 - whatever the input holds
    """A label without the sign that it is in per cent."""
    match = _PERCENT.fullmatch(str(key))
    return match[1] if match else str(key)


def _answer(plain: Mapping[Any, Any], name: str | None) -> Answer | None:
    task = plain.get("task")
    task = task if isinstance(task, Mapping) and "task_id" in task and "state" in task else None
    result = plain["result"] if isinstance(plain.get("result"), Mapping) else plain
    channels = result.get("channels")
    listed = channels if isinstance(channels, (list, tuple)) else ()
    emotional = any(_holds_scores(channel) for channel in listed if isinstance(channel, Mapping))
    if task is None and not emotional:
        return None
    told = (value for key, value in plain.items() if field_of(str(key)) == "source" and isinstance(value, str))
    return Answer(
        name or next(told, None),
        None if task is None else str(task["task_id"])[:40],
        None if task is None else str(task["state"])[:40],
        _reason(plain, task),
        _Listed(listed) if isinstance(channels, (list, tuple)) else None,
        other=not emotional and any(isinstance(channel, Mapping) for channel in listed),
    )


def _holds_scores(channel: Mapping[Any, Any]) -> bool:
    """Whether a channel has scores of emotions, if only an empty list of them."""
    scores = channel.get("scores")
    if isinstance(scores, Mapping):
        return any(get(TAXONOMY).find(str(label)) for label in scores)
    if not isinstance(scores, (list, tuple)):
        return False
    return not scores or any(isinstance(s, Mapping) and "emotion" in s for s in scores[:_SAMPLE])


def _channel(plain: Mapping[Any, Any]) -> Channel:
    return Channel(plain.get("channel_number"), plain.get("scores"), plain.get("speech_length"))


def _reason(plain: Mapping[Any, Any], task: Any) -> str:  # noqa: ANN401 - whatever the input holds
    """What is said about why there is no result."""
    for holder in (task, plain):
        if isinstance(holder, Mapping):
            for key in ("message", "error", "detail", "reason"):
                if isinstance(holder.get(key), str) and holder[key].strip():
                    return str(holder[key])[:200].strip()
    return ""


def _why_not(answer: Answer) -> str:
    """What to say of an answer without scores."""
    said = f": {answer.reason}" if answer.reason else ""
    if answer.other:
        return "is a Phonexia result, but not one of emotion recognition: its channels have no scores of emotions"
    if answer.state == "done":
        return "is a Phonexia task that is done, but its result is missing; get the task again"
    if answer.state in ("failed", "rejected"):
        return (
            f"is a Phonexia task that was not done (state {answer.state}{said}); it has no result, send the file again"
        )
    return f"is a Phonexia task that is not done (state {answer.state}{said}); poll it until it is done"


def _pairs(scores: Any) -> tuple[list[tuple[Any, Any]], int]:  # noqa: ANN401 - whatever the input holds
    """Labels and probabilities, from a list of scores or a mapping, and how many entries of the list are neither."""
    if not isinstance(scores, (list, tuple)):
        return list(as_pairs(scores) or ()), 0
    listed = [s for s in scores if isinstance(s, Mapping) and isinstance(s.get("emotion"), str)]
    return [(s["emotion"], s.get("probability")) for s in listed], len(scores) - len(listed)


def _number_of_channel(value: Any) -> str | None:  # noqa: ANN401 - whatever the input holds
    number, _ = number_of(value)
    return str(int(number)) if number >= 0 and number == int(number) else None


def _sources(answers: Sequence[Answer], name: str | None) -> list[str | None]:
    """A name for each answer that no other has; where there is one answer, that of the input."""
    if len(answers) == 1:
        answer = answers[0]
        return [answer.file or name or (answer.task and f"task {answer.task}")]
    sources: list[str | None] = []
    taken: set[str | None] = set()
    for number, answer in enumerate(answers, 1):
        numbered = f"{name} ({number})" if name else f"result {number}"
        wanted = answer.file or (f"task {answer.task}" if answer.task else numbered)
        sources.append(f"{wanted} ({number})" if wanted in taken else wanted)
        taken.add(sources[-1])
    return sources


def _is_export(header: Sequence[str]) -> bool:
    """Whether the columns are those of the web page's export: Channel, and emotions in per cent."""
    return "channel" in map(str.casefold, header) and any(get(TAXONOMY).find(label) for label in _emotions(header))


def _emotions(header: Sequence[str]) -> dict[str, int]:
    """The labels that columns in per cent have, with the place of the column."""
    return {match[1]: i for i, name in enumerate(header) if (match := _PERCENT.fullmatch(name))}


def _exported(content: Content) -> list[Answer]:
    """The answers in a table of the web page: a row for each channel, of one file or several."""
    found = header(content)
    if found is None or not _is_export(found.names):
        raise UnknownFormatError(
            f"{content.shown}: is no Phonexia export: expected the columns Channel, Happy (%), ...; "
            f"it has {', '.join(name[:30] for name in names_of(content)[:5])}"
        )
    table = Delimited(content, found)
    fields = {field_of(name): i for i, name in reversed(list(enumerate(found.names)))}
    files: dict[str | None, list[Channel]] = {}
    for cells in table.rows():
        if any(map(str.strip, cells)):
            name = cells[fields["source"]].strip() if "source" in fields else ""
            files.setdefault(name or None, []).append(_exported_channel(found.names, cells, comma=table.comma))
    return [Answer(name, channels=tuple(channels)) for name, channels in (files or {None: []}).items()]


def _exported_channel(header: Sequence[str], cells: Sequence[str], *, comma: bool) -> Channel:
    number = cells[[name.casefold() for name in header].index("channel")]
    scores = {label: _cell(cells[i], comma=comma) for label, i in _emotions(header).items()}
    return Channel(number.strip(), scores, percent=True)


def _cell(text: str, *, comma: bool) -> float | str | None:
    """A cell as a number: "79.87", "79.87 %", and "79,87" where columns are not parted by commas."""
    number = text.strip().removesuffix("%").rstrip()
    try:
        return float(number.replace(",", ".") if comma else number) if number else None
    except ValueError:
        return number


reader = Reader(
    "phonexia",
    "Phonexia Speech Platform 4, emotion recognition (JSON, or CSV of the web page)",
    "probability of exclusive classes",
    recognise,
    read,
)
