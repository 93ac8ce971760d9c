"""Output of Hugging Face pipelines: audio, text and image classification, and zero-shot classification.

::

    [{"label": "hap", "score": 0.71}, {"label": "neu", "score": 0.2}]               audio-classification, top_k=2
    [[{"label": "joy", "score": 0.93}, {"label": "anger", "score": 0.02}], [...]]   several inputs
    [{"label": "joy", "score": 0.93}, {"label": "joy", "score": 0.6}]               the top label of each of two texts
    {"sequence": "This saved my week", "labels": ["gratitude", "joy"], "scores": [0.93, 0.41]}

A mapping may also carry one such list among its own fields: ``{"file": "a.wav", "start": 0.0, "preds": [...]}``.

Quantity: probability. ``top_k`` cuts labels off: what is absent is not reported, it is not 0. Exclusive (softmax) or
not (sigmoid) is told from the label set and the sum: that of a cut softmax is below 1, never above. Scores in per cent
are divided by 100; logits (``function_to_apply="none"``) become probabilities where the whole label set is there. All
that is inferred is said in an issue, so also the modality, where the labels can only be those of GoEmotions (words) or
the abbreviations of the superb models (voice). Units: none. Source: transformers, pipelines.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import Any

from leed.errors import UnknownFormatError
from leed.readers import CERTAIN, NEAR, NOT_THIS, POSSIBLE, Guess, Reader
from leed.readers.about import About, field_of
from leed.readers.answers import Answers, Kind, listed, mentions, plain_of, probabilities
from leed.readers.content import Content
from leed.readers.gathering import Notes
from leed.readers.huggingface_shares import Quick, quickly
from leed.schema.recording import Recording
from leed.scores import number_of
from leed.taxonomy import ORDER, concepts, fold, get
from leed.taxonomy.matching import SUM_TOLERANCE, main_taxonomy, match

_DEEPEST = 4
_SAMPLE = 200
_SHOWN = 3
_HEARD = {
    "goemotions-28": ("language", "the labels are those of goemotions-28, which reads words"),
    "iemocap-4": ("prosody", "the labels are those of iemocap-4, whose abbreviations models of voices write"),
}
_UNNAMED = re.compile(r"LABEL_\d+")
_MODALITIES = {
    **dict.fromkeys(("prosody", "voice", "speech", "audio", "vocal"), "prosody"),
    **dict.fromkeys(("face", "facial", "video", "image"), "face"),
    **dict.fromkeys(("language", "text", "words"), "language"),
}


class _Answer:
    """One input's answer: its pairs and the fields of the mapping that it was in."""

    __slots__ = ("fields", "pairs")

    def __init__(self, pairs: list[tuple[str, Any]], fields: dict[str, Any]) -> None:
        self.pairs = pairs
        self.fields = fields


def recognise(content: Content) -> Guess:
    """Return whether there are lists of {label, score}, which programs of many kinds write, or zero-shot answers."""
    if not mentions(content, b'"label"', b'"labels"', b'"error"'):
        return NOT_THIS
    plain = content.glimpse
    why = _failed(plain)
    if why:
        return Guess(NEAR, why)
    answers = list(_answers(plain, most=_SAMPLE))
    labels = tuple(dict.fromkeys(label for answer in answers for label, _ in answer.pairs if label))
    if not labels:
        return NOT_THIS
    if not _tells(labels):
        shown = ", ".join(label[:30] for label in labels[:_SHOWN]) + (", ..." if len(labels) > _SHOWN else "")
        what = f"holds classes {shown}, none of which leed knows as an expression"
        return Guess(NEAR, f"{what}; with format='huggingface' they are read as they are")
    if _pairs(plain):
        return Guess(POSSIBLE)
    return Guess(CERTAIN if all("sequence" in a.fields for a in answers) else POSSIBLE)


def read(content: Content) -> Recording:
    """Return a recording with a segment for each input of the pipeline."""
    if content.long_list is not None:
        quick = quickly(content.long_list)
        if quick is not None:
            return _of_shares(content, quick)
    plain = plain_of(content) if content.kind == "json" else listed(plain_of(content))
    gathered = Answers(content, "answer")
    labels = _labels(plain, gathered)
    if labels is None:
        raise UnknownFormatError(
            f"{content.shown}: {_failed(plain) or 'holds no list of {label, score}, as Hugging Face pipelines write'}"
        )
    answers = _named(plain)
    if _pairs(plain):
        answers = iter(_apart(next(answers), gathered))
    kinds = _Kinds(labels)
    alone = About({}, source=content.name, modality=kinds.modality)
    for answer in answers:
        about = About(answer.fields, source=content.name, modality=kinds.modality) if answer.fields else alone
        source, _, modality, _, speaker = about.key
        sequence = answer.fields.get("sequence")
        gathered.add(
            kinds.of(modality),
            kinds.probabilities(gathered.scores(answer.pairs)),
            source=source,
            speaker=speaker,
            begin=about.begin,
            end=about.end,
            text=sequence if isinstance(sequence, str) else about.text,
        )
    _settle(content, gathered, kinds)
    return gathered.recording()


def _of_shares(content: Content, quick: Quick) -> Recording:
    """The recording of answers about whose numbers nothing is odd."""
    gathered = Answers(content, "answer")
    if quick.flat:
        gathered.note("inferred", _as_top_labels(quick.rows, "labels stand in it twice"), content.name)
    kinds = _Kinds(tuple(quick.labels))
    kinds.see(quick.highest, at_once=quick.widest)
    alone = About({}, source=content.name, modality=kinds.modality)
    gathered.take(kinds.of(alone.key[2]), quick.stretches)
    _settle(content, gathered, kinds)
    return gathered.recording()


def _labels(plain: Any, gathered: Answers) -> tuple[str, ...] | None:  # noqa: ANN401 - whatever the input holds
    """The labels of all answers, in the order in which they are met; None if there is no answer."""
    labels: dict[str, None] = {}
    met = False
    for answer in _answers(plain):
        met = True
        if not all(label for label, _ in answer.pairs):
            gathered.note("not-read", "a class has no label; its score is left out", gathered.source)
        labels.update({label: None for label, _ in answer.pairs if label})
    return tuple(labels) if met else None


def _named(plain: Any) -> Iterator[_Answer]:  # noqa: ANN401 - as above
    """The answers without what has no label."""
    for answer in _answers(plain):
        answer.pairs = [pair for pair in answer.pairs if pair[0]]
        yield answer


def _settle(content: Content, gathered: Answers, kinds: _Kinds) -> None:
    """Tell the answers what their numbers are, and say what was inferred of them."""
    gathered.settle(exclusive=kinds.exclusive)
    gathered.note_all(kinds.notes(), content.name)
    if kinds.labels and all(_UNNAMED.fullmatch(label) for label in kinds.labels):
        what = f"the labels are only numbered ({kinds.labels[0]}, ...): the model's config has no id2label"
        gathered.note("unnamed-labels", what, content.name)


def _tells(labels: tuple[str, ...]) -> bool:
    """Whether one of the labels is an expression that leed knows, not age, gender or a class that says nothing."""
    known = [concepts()[m.concept] for m in match(labels) if m.concept is not None]
    return any(not concept.sensitive and concept.kind not in ("silent", "unknown") for concept in known)


def _pairs(plain: Any) -> list[tuple[str, Any]] | None:  # noqa: ANN401 - whatever the input holds
    """The (label, score) pairs of a list of nothing but {label, score}; where the label is null, it is empty."""
    if not isinstance(plain, list):
        return None
    pairs = []
    named = False
    for entry in plain:
        if type(entry) is not dict and not isinstance(entry, Mapping):
            return None
        if len(entry) != 2 or "label" not in entry or "score" not in entry:  # noqa: PLR2004 - these two
            return None
        label, score = entry["label"], entry["score"]
        if not _is_name(label) or not _is_number(score):
            return None
        named = named or label is not None
        pairs.append(("" if label is None else str(label), score))
    return pairs if named else None


def _answers(plain: Any, depth: int = 0, most: int | None = None) -> Iterator[_Answer]:  # noqa: ANN401 - as above
    """The answers in a list of pairs, in lists of such lists, or in mappings; nothing if anything else is in there."""
    if depth > _DEEPEST:
        return
    pairs = _pairs(plain)
    if pairs:
        yield _Answer(pairs, {})
    elif isinstance(plain, Mapping):
        answer = _zero_shot(plain) or _single(plain) or _around(plain)
        if answer is not None:
            yield answer
    elif isinstance(plain, list):
        for inner in plain if most is None else plain[:most]:
            if isinstance(inner, list) and not inner:
                yield _Answer([], {})
            else:
                yield from _answers(inner, depth + 1, most)


def _single(plain: Mapping[str, Any]) -> _Answer | None:
    pairs = _pairs([plain])
    return None if pairs is None else _Answer(pairs, {})


def _zero_shot(plain: Mapping[str, Any]) -> _Answer | None:
    labels, scores = listed(plain.get("labels")), listed(plain.get("scores"))
    if "sequence" not in plain or not isinstance(labels, list) or not isinstance(scores, list):
        return None
    if len(labels) != len(scores) or not labels or not all(isinstance(label, str) for label in labels):
        return None
    return _Answer(list(zip(labels, scores, strict=True)), {"sequence": plain["sequence"], "modality": "language"})


def _around(plain: Mapping[str, Any]) -> _Answer | None:
    """The answer of a mapping that has one list of pairs, not under the name of a modality, beside other fields."""
    lists = {str(key): pairs for key, value in plain.items() if (pairs := _pairs(value))}
    if len(lists) != 1 or next(iter(lists)).casefold() in _MODALITIES:
        return None
    fields = {field_of(str(key)) or "": value for key, value in plain.items() if str(key) not in lists}
    return _Answer(next(iter(lists.values())), fields)


def _apart(answer: _Answer, gathered: Answers) -> list[_Answer]:
    """A flat list as the answer for one input, or as the top labels of several, where it can be nothing else."""
    labels = [fold(label) or label for label, _ in answer.pairs]
    values = [number_of(value)[0] for _, value in answer.pairs]
    told = [v for v in values if not math.isnan(v)]
    shares = told and min(told) >= 0 and max(told) <= 1 + SUM_TOLERANCE
    ordered = all(a >= b for a, b in pairwise(told))
    whole = _whole(tuple(label for label, _ in answer.pairs))
    repeats = len(set(labels)) < len(labels)
    if len(labels) < 2 or not (repeats or (shares and not ordered and sum(told) > 1 + SUM_TOLERANCE and not whole)):  # noqa: PLR2004 - one is one
        return [answer]
    why = "labels stand in it twice" if repeats else f"it is in no order and sums to {sum(told):.2f}"
    gathered.note("inferred", _as_top_labels(len(labels), why), gathered.source)
    return [_Answer([pair], {}) for pair in answer.pairs]


def _as_top_labels(count: int, why: str) -> str:
    return f"the list is read as the top labels of {count} inputs, not as one answer: {why}"


class _Kinds:
    """What the numbers under some labels are, as far as the labels tell it, and then the numbers.

    Attributes:
        modality: that of the labels, or None.
    """

    def __init__(self, labels: tuple[str, ...]) -> None:
        taxonomy = _exact(labels) or main_taxonomy(match(labels))
        chosen = get(taxonomy) if taxonomy else None
        known = chosen is not None and all(chosen.find(label) for label in labels)
        self.labels = labels
        self._bipolar = chosen is not None and chosen.quantity == "bipolar" and known
        self._several = chosen is not None and known and not chosen.exclusive and chosen.quantity == "probability"
        self._taxonomy = taxonomy if self._bipolar else _exact(labels)
        self.modality, self._heard = None, ""
        if not self._bipolar and self._taxonomy in _HEARD and _own(labels, self._taxonomy):
            self.modality, self._heard = _HEARD[self._taxonomy]
        self._notes = Notes()
        self._highest = -math.inf
        self._widest = 0

    @property
    def exclusive(self) -> bool:
        """Whether the classes exclude each other."""
        return not self._bipolar and not self._several and not self._highest > 1 + SUM_TOLERANCE

    def of(self, modality: str | None) -> Kind:
        """Return the kind of answers, all but whether they are exclusive."""
        quantity = "bipolar" if self._bipolar else "probability"
        return Kind(modality, "expression", self._taxonomy, quantity, False)

    def see(self, total: float, *, at_once: int) -> None:
        """Take in what the scores of an answer sum to, and how many they are."""
        self._highest = max(self._highest, total)
        self._widest = max(self._widest, at_once)

    def probabilities(self, row: dict[str, float]) -> dict[str, float]:
        """Return the scores of an answer as probabilities."""
        if not self._bipolar:
            row = _as_probabilities(row, self._notes, several=self._several)
            self._widest = max(self._widest, len(row))
            if row:
                self.see(sum(v for v in row.values() if not math.isnan(v)), at_once=len(row))
        return row

    def notes(self) -> Notes:
        """Return what was inferred."""
        if not self._bipolar and not self._several and not self.exclusive and self._widest > 1:
            total = f"scores of one answer sum to {self._highest:.2f}"
            self._notes.add("inferred", f"{total}, so they are read as labels that do not exclude each other")
        if self._heard:
            self._notes.add("inferred", self._heard)
        return self._notes


def _as_probabilities(row: dict[str, float], notes: Notes, *, several: bool) -> dict[str, float]:
    told = [v for v in row.values() if not math.isnan(v)]
    if several:
        if not told or (min(told) >= 0 and max(told) <= 1 + SUM_TOLERANCE) or max(map(abs, told)) > _LARGEST_LOGIT:
            return row
        notes.add("inferred", "scores are logits; sigmoid made probabilities of them")
        return {label: 1 / (1 + math.exp(-value)) for label, value in row.items()}
    if not told or (min(told) >= 0 and max(told) <= 1 + SUM_TOLERANCE):
        return row
    made, was = probabilities(row, whole=_whole(tuple(row)) is not None)
    if was == "logits":
        what = f"scores are logits ({min(told):.3g} to {max(told):.3g}); softmax made probabilities of them"
        notes.add("inferred", what)
    elif was is not None:
        notes.add("inferred", f"scores sum to {sum(told):.4g}: they are {was}")
    return made


_LARGEST_LOGIT = 50.0


def _exact(labels: tuple[str, ...]) -> str | None:
    """The taxonomy that spells all labels just so: as a whole set, or else the first of any modality."""
    names = [name for name in _classifiers() if set(labels) <= get(name).labels.keys()]
    whole = [name for name in names if len(labels) == len(get(name).labels)]
    return next(iter(whole or names), None)


def _whole(labels: tuple[str, ...]) -> str | None:
    """The model's taxonomy that these labels are the whole set of, in any spelling."""
    taxonomy = main_taxonomy(match(labels)) if labels else None
    if taxonomy is None or get(taxonomy).quantity not in ("probability", "bipolar"):
        return None
    return taxonomy if {get(taxonomy).find(label) for label in labels} == set(get(taxonomy).labels) else None


def _own(labels: tuple[str, ...], name: str) -> bool:
    """Whether no other classifier's taxonomy spells all labels just so."""
    return not any(set(labels) <= get(other).labels.keys() for other in _classifiers() if other != name)


def _classifiers() -> list[str]:
    """The taxonomies of models that a pipeline may run."""
    return [
        name
        for name in ORDER
        if get(name).aspect == "expression"
        and get(name).quantity in ("probability", "bipolar")
        and not name.startswith("hume-")
    ]


def _failed(plain: Any) -> str | None:  # noqa: ANN401 - whatever the input holds
    """What to say of an error answer of Hugging Face's inference API; None if it is none."""
    if not isinstance(plain, Mapping) or not isinstance(plain.get("error"), str):
        return None
    if not plain.keys() <= {"error", "estimated_time", "warnings", "error_type"}:
        return None
    message = " ".join(plain["error"].split())[:200]
    again = "; ask again when it is" if "estimated_time" in plain else ""
    return f"is an error answer of Hugging Face's API ({message}){again}"


def _is_name(value: Any) -> bool:  # noqa: ANN401 - any value of a mapping
    return type(value) is str or value is None or (isinstance(value, (str, int)) and not isinstance(value, bool))


def _is_number(value: Any) -> bool:  # noqa: ANN401 - any value of a mapping
    return type(value) is float or value is None or isinstance(value, (int, float, str)) or hasattr(value, "__float__")


reader = Reader(
    "huggingface",
    "Hugging Face pipelines: audio, text, image and zero-shot classification",
    "probability, cut by top_k; exclusive or not as labels and sums tell",
    recognise,
    read,
)
