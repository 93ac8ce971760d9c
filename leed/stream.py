"""Stream: live use. Segments go in as they come; a description comes out when the words change."""

from __future__ import annotations

import math
from collections import Counter, OrderedDict, deque
from collections.abc import Mapping
from statistics import median
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from leed.baseline import Baseline
from leed.describer import ASSISTANT, Describer, describer_for
from leed.errors import InputError, OptionError
from leed.schema.terms import Description, Segment
from leed.scores import as_pairs, from_pairs
from leed.taxonomy.matching import match

SETTLE = 0.2
"""Seconds over which scores of frames are averaged, an exponential's time constant."""
MARGIN = 0.03
"""A label is taken in once it is this share of the scale's first bound above where it is named, and let go when it is
as much below: what flickers around a bound changes no words."""
DWELL = 1.3
"""Seconds that a description stands at the least before the next one of the same stretch of measuring. These three
are leed's own choice, made on real recordings: ``python -m leed_evals faithful`` says what they give."""
GAP = 5.0
"""Seconds without a segment after which the next one begins anew."""
LATE = 5.0
"""Seconds by which a segment may be late and is still put in its place."""
KEPT = 60.0
"""Seconds of scores that are kept, to describe a stretch that is over."""
_FRAME = 1 / 3  # seconds between frames that have no times
_MOST = 256  # people and modalities that are followed at a time

Key = tuple[str | None, str | None, str | None, str, str | None]


class Stream:
    """Follows scores as they come, and says when there is something else to say.

    Frames of a face are averaged over a moment, a label has to pass its bound clearly to come or go, and a description
    stands for a second, unless an utterance that has ended showed something else (`ended`). Stretches that stand for
    themselves (utterances) are described as they are. Segments that come late are put in their place; one that comes
    again in the same place takes the place of the earlier one.

    >>> stream = Stream(person="The user")
    >>> print(stream.feed({"Joy": 0.84}, modality="face", begin=0.0))
    The user looks extremely joyful.
    >>> stream.feed({"Joy": 0.80}, modality="face", begin=0.3) is None
    True
    >>> print(stream.now(modality="face"))
    The user looks extremely joyful.

    Args:
        describer: a prepared Describer.
        baseline: what is usual for the person: a Baseline, which goes on learning; True for a new one for each
            speaker; or a mapping of speaker to Baseline.
        settle, margin, dwell: see SETTLE, MARGIN and DWELL.
        options: in place of a describer, its options.

    Attributes:
        late: how many segments came too late and were left out.

    Raises:
        OptionError: an option has a value that leed does not know.
    """

    def __init__(
        self,
        *,
        describer: Describer | None = None,
        baseline: Baseline | Mapping[str | None, Baseline] | bool | None = None,
        settle: float = SETTLE,
        margin: float = MARGIN,
        dwell: float = DWELL,
        **options: Any,  # noqa: ANN401 - those of Describer
    ) -> None:
        self.describer = describer_for(describer, options)
        for name, value in (("settle", settle), ("margin", margin), ("dwell", dwell)):
            if not 0 <= value < math.inf:
                raise OptionError(f"{name} is {value!r}; give a number from 0")
        self.settle, self.margin, self.dwell = settle, margin, dwell
        self.late = 0
        self._one = baseline if isinstance(baseline, Baseline) else None
        self._learns = baseline is not None and baseline is not False
        self.baselines: dict[str | None, Baseline] = dict(baseline) if isinstance(baseline, Mapping) else {}
        self._followed: OrderedDict[Key, _Followed] = OrderedDict()

    def feed(self, scores: Mapping[str, Any] | Segment, **about: Any) -> Description | None:  # noqa: ANN401
        """Return a description if the words for this person and modality have changed, else None.

        Args:
            scores: a Segment, or a mapping of label to score.
            about: for a mapping, fields of a Segment: modality, begin and end (seconds), speaker, text, source,
                channel, granularity, quantity, exclusive, taxonomy, aspect.

        Raises:
            InputError: it is neither, or a field has no such value.
        """
        segment = scores if isinstance(scores, Segment) else _segment(scores, about)
        key = (segment.source, segment.channel, segment.modality, segment.aspect, segment.speaker)
        followed = self._followed.get(key)
        if followed is None or followed.labels != tuple(segment.scores):
            followed = self._follow(key, segment)
        self._followed.move_to_end(key)
        if not followed.take(segment):
            self.late += 1
            return None
        baseline = self._baseline(segment)
        description = followed.description(segment, baseline)
        if baseline is not None:
            baseline.add(segment)
        return description

    def now(self, *, speaker: str | None = None, modality: str | None = None) -> Description | None:
        """Return the description that stands, the latest one if several do; None before the first.

        It ends where measuring has come to, so that its age is that of the scores, not of the words.

        Args:
            speaker: whose; None: anybody's.
            modality: of what; None: of anything.
        """
        for (*_, followed_modality, _, followed_speaker), followed in reversed(self._followed.items()):
            if speaker in (None, followed_speaker) and modality in (None, followed_modality) and followed.standing:
                return followed.now()
        return None

    def over(
        self, begin: float, end: float, *, speaker: str | None = None, modality: str | None = "face"
    ) -> Description | None:
        """Return the description of a stretch that is over, such as an utterance: of what most of its frames show.

        Labels that are named in more than half of the frames are named by their median; if none is, the medians of all
        labels are described. None where nothing was measured then; scores are kept for KEPT seconds.

        >>> stream = Stream()
        >>> for i, joy in enumerate((0.2, 0.5, 0.5, 0.5, 0.2)):
        ...     _ = stream.feed({"Joy": joy}, modality="face", begin=i / 3)
        >>> print(stream.over(0.0, 1.4))
        They look moderately joyful.

        Args:
            begin: seconds.
            end: seconds.
            speaker: whose; None: that of whoever was measured last.
            modality: of what; None: of anything.
        """
        found = self._measured(begin, end, speaker, modality)
        return None if found is None else self._of_most(found[1], self._mostly(found[1]))

    def ended(
        self, begin: float, end: float, *, speaker: str | None = None, modality: str | None = "face"
    ) -> Description | None:
        """Return what `over` does, if it names what no description did that stood in the stretch; None otherwise.

        It stands from now on. So nothing that most of an utterance shows goes unsaid, however short the utterance is:
        tell the stream when one has ended.

        >>> stream = Stream()
        >>> for i, joy in enumerate((0.2, 0.2, 0.5, 0.5)):
        ...     _ = stream.feed({"Joy": joy}, modality="face", begin=i / 3)
        >>> print(stream.now())
        They look neutral.
        >>> print(stream.ended(0.6, 1.0))
        They look moderately joyful.
        >>> stream.ended(0.6, 1.0) is None
        True

        The arguments are those of `over`.
        """
        found = self._measured(begin, end, speaker, modality)
        if found is None:
            return None
        followed, frames = found
        mostly = self._mostly(frames)
        if mostly <= followed.shown(frames[0].begin or 0.0):
            return None
        description = self._of_most(frames, mostly)
        if followed.standing is not None and description.sentence == followed.standing.sentence:
            return None  # it names all that may be named of them
        return followed.say(description)

    def _measured(
        self, begin: float, end: float, speaker: str | None, modality: str | None
    ) -> tuple[_Followed, list[Segment]] | None:
        """What was measured in a stretch, of whom that was measured last."""
        for key, followed in reversed(self._followed.items()):
            if speaker in (None, key[4]) and modality in (None, key[2]):
                found = followed.over(begin, end)
                if found:
                    return followed, found
        return None

    def _mostly(self, frames: list[Segment]) -> set[str]:
        """What is named in most of some frames."""
        baseline = self._baseline(frames[-1])
        said = Counter(
            term.label for frame in frames for term in self.describer.describe(frame, baseline=baseline).terms
        )
        return {label for label, count in said.items() if 2 * count > len(frames)}

    def _of_most(self, frames: list[Segment], mostly: set[str]) -> Description:
        """The description of what is named in most of some frames."""
        medians = {label: median(frame.scores[label] for frame in frames) for label in frames[-1].scores}
        names = {m.given: m.label for m in match(tuple(medians), frames[-1].modality, frames[-1].taxonomy)}
        if mostly:
            medians = {label: score if names[label] in mostly else 0.0 for label, score in medians.items()}
        stretch = msgspec.structs.replace(
            frames[-1], scores=medians, begin=frames[0].begin, text=None, granularity="utterance", extras={}
        )
        return self.describer.describe(stretch, baseline=self._baseline(frames[-1]))

    def reset(self, *, baselines: bool = False) -> None:
        """Forget what was fed, between inputs that have nothing to do with each other; if asked, the baselines too."""
        self._followed.clear()
        self.late = 0
        if baselines:
            self.baselines.clear()
            self._one = None

    def _follow(self, key: Key, segment: Segment) -> _Followed:
        """A new state for labels that were not followed yet, or that have changed."""
        prepared = self.describer.prepare(
            tuple(segment.scores), segment.modality, segment.quantity, segment.exclusive, segment.taxonomy
        )
        margin = self.margin * prepared.plan.floor if prepared.plan.simple else 0.0
        followed = _Followed(self.describer, tuple(segment.scores), self.settle, margin, self.dwell)
        earlier = self._followed.get(key)
        if earlier is not None:
            followed.follow(earlier)
        self._followed[key] = followed
        if len(self._followed) > _MOST:
            self._followed.popitem(last=False)
        return followed

    def _baseline(self, segment: Segment) -> Baseline | None:
        """What is usual for the one who is measured; nobody learns from an assistant's voice."""
        if not self._learns or segment.channel == ASSISTANT or segment.aspect != "expression":
            return None
        if self._one is not None:
            return self._one
        found = self.baselines.get(segment.speaker)
        if found is None:
            found = self.baselines[segment.speaker] = Baseline(self.describer.calibration)
        return found


_Scores = NDArray[np.float64]


class _Followed:
    """One person in one modality: recent scores, their settled value, and the description that stands."""

    def __init__(
        self, describer: Describer, labels: tuple[str, ...], settle: float, margin: float, dwell: float
    ) -> None:
        self.labels = labels
        self.standing: Description | None = None
        self._describer = describer
        self._settle = settle
        self._margin = margin
        self._dwell = dwell
        self._recent: deque[tuple[float, _Scores, _Scores]] = deque()
        self._held: _Scores | None = None
        self._since = -math.inf
        self._said: deque[tuple[float, Description]] = deque()
        self._last: Segment | None = None

    def follow(self, earlier: _Followed) -> None:
        """Let stand what stood before."""
        self.standing, self._said = earlier.standing, earlier._said

    def now(self) -> Description | None:
        """The description that stands, up to the last measurement."""
        standing = self.standing
        if standing is None or self._last is None:
            return standing
        end, last = _end(standing), _end(self._last)
        if end is None or last is None or end >= last:
            return standing
        return msgspec.structs.replace(standing, end=last)

    def take(self, segment: Segment) -> bool:
        """Put a segment's scores in their place in time; False if that is too long ago."""
        values = np.array(list(segment.scores.values()), np.float64)
        self._last = segment
        recent = self._recent
        at = _time(segment)
        if at is None:
            at = recent[-1][0] + (_FRAME if segment.granularity == "frame" else GAP + 1) if recent else 0.0
        if recent and at < recent[-1][0] - LATE:
            return False
        later = []
        while recent and recent[-1][0] >= at:
            later.append(recent.pop())
        if later and later[-1][0] == at:  # it was measured again: the later measurement holds
            later.pop()
        self._settled(at, values)
        for moment, scores, _ in reversed(later):
            self._settled(moment, scores)
        while recent[0][0] < recent[-1][0] - KEPT:
            recent.popleft()
        return True

    def over(self, begin: float, end: float) -> list[Segment]:
        """What was measured in a stretch, as segments like the last one."""
        if self._last is None:
            return []
        return [
            msgspec.structs.replace(self._last, scores=self._by_label(values), begin=at, end=at)
            for at, values, _ in self._recent
            if begin <= at <= end
        ]

    def description(self, segment: Segment, baseline: Baseline | None) -> Description | None:
        """The description of what is held, if its words are others than those that stand."""
        at, _, settled = self._recent[-1]
        begun = len(self._recent) == 1 or at - self._recent[-2][0] > GAP
        if begun or self._held is None:
            self._held, self._since = settled, -math.inf
        else:  # what is held follows at a distance
            self._held = np.minimum(np.maximum(self._held, settled - self._margin), settled + self._margin)
        if self.standing is not None and at - self._since < self._dwell:
            return None
        about = msgspec.structs.replace(segment, scores=self._by_label(self._held))
        description = self._describer.describe(about, baseline=baseline)
        if self.standing is not None and description.sentence == self.standing.sentence:
            return None
        return self.say(description)

    def say(self, description: Description) -> Description:
        """Let a description stand from the last measurement on."""
        self.standing, self._since = description, self._recent[-1][0]
        self._said.append((self._since, description))
        while len(self._said) > 1 and self._said[1][0] < self._since - KEPT:
            self._said.popleft()
        return description

    def shown(self, begin: float) -> set[str]:
        """The labels that descriptions name which stood at a moment, or have stood since."""
        standing = [description for at, description in self._said if at <= begin][-1:]
        since = [description for at, description in self._said if at > begin]
        return {term.label for description in (*standing, *since) for term in description.terms}

    def _by_label(self, scores: _Scores) -> dict[str, float]:
        return dict(zip(self.labels, scores.tolist(), strict=True))

    def _settled(self, at: float, values: _Scores) -> None:
        """Add scores to those that are settled by now."""
        recent = self._recent
        if not recent or at - recent[-1][0] > GAP or not self._settle:
            recent.append((at, values, values))
            return
        before, _, settled = recent[-1]
        kept = math.exp(-(at - before) / self._settle)
        recent.append((at, values, values + kept * (settled - values)))


def _end(stretch: Segment | Description) -> float | None:
    return stretch.begin if stretch.end is None else stretch.end


def _time(segment: Segment) -> float | None:
    """Where in time a segment stands: its middle; a frame where it begins."""
    if segment.begin is None or segment.end is None or segment.granularity == "frame":
        return segment.begin
    return (segment.begin + segment.end) / 2


def _segment(scores: object, about: dict[str, Any]) -> Segment:
    pairs = as_pairs(scores)
    if pairs is None:
        raise InputError(f"a stream is fed a Segment or a mapping of label to score, not {type(scores).__name__}")
    tidy = from_pairs(list(pairs))
    kept = {label: score for label, score in zip(tidy.labels, tidy.values, strict=True) if math.isfinite(score)}
    try:
        segment = msgspec.convert({"scores": kept, **about}, Segment)
    except msgspec.ValidationError as error:
        raise InputError(f"this is no segment: {error}") from error
    unknown = about.keys() - set(Segment.__struct_fields__)
    if unknown:
        raise InputError(f"a segment has no field {min(unknown)!r}; it has {', '.join(Segment.__struct_fields__)}")
    return segment


__all__ = ["Baseline", "Stream"]
