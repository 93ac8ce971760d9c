"""Describer: scale, language, person and the rest of the options, prepared once; and `describe`, the default one."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from math import isfinite
from typing import TYPE_CHECKING, Any, Literal

import msgspec

from leed import quoting, taxonomy
from leed.calibration import NONE, get_calibration
from leed.errors import InputError, LeedError, OptionError
from leed.explaining import Evidence
from leed.lexicon import Adverb, get_lexicon
from leed.options import check, check_adverbs, label_names
from leed.prepared import Prepared, Said
from leed.preparing import Preparer
from leed.realiser import Realiser
from leed.scale import get_scale
from leed.schema.terms import Description, Issue, Segment, Term
from leed.scores import as_pairs, from_pairs
from leed.selection import CODE, Key, Plan
from leed.together import describe_together, parts_of

if TYPE_CHECKING:
    import os

    from leed.baseline import Baseline
    from leed.calibration import Calibration
    from leed.realiser import Sentence
    from leed.scale import Scale
    from leed.schema.utterances import Utterance

ASSISTANT = "assistant"
"""The channel of an assistant's own voice, which is never described as the user's."""

_FAINT = 2  # on these lowest steps it is worth saying that somebody is more so than they usually are
_REMEMBERED = ("_last", "_aside")  # what a describer keeps for itself; it changes no words
_MOST_PLANS = 256
_UNTIDY = (TypeError, AttributeError, ArithmeticError, ValueError)  # what scores that are no plain numbers raise


class Describer:
    """Turns scores into descriptions, by options that are prepared once.

    It is frozen: make another one for other options. Equal options give equal describers with equal fingerprints.

    >>> describer = Describer(person="The user", quote=False)
    >>> print(describer({"Sadness": 0.34}, modality="prosody", text="I'm fine"))
    The user sounds quite sad.
    >>> print(Describer(tense="past", top=1)({"Joy": 0.84, "Awe": 0.5}, modality="face"))
    They looked extremely joyful.

    Args:
        scale: which adverb a score takes: a name (see `leed.scale.NAMES`), a TOML or JSON file, or a mapping.
        calibration: what is usual, which decides what of a full set of scores is named: a name (see
            `leed.calibration.NAMES`), a JSON file that ``leed calibrate`` made, or "none". None: as the scale has it.
        top: how many terms are named at most; "all" for every one above the floor; None: as the scale has it (3).
        lang: the language of the sentences: "en", "de", or a JSON file of your own (docs/languages.md).
        person: whom they are about: "They" (the default), "The user", "You", "She", ... or a name.
        tense: "present" or "past".
        ignore: labels that are never named.
        allow: labels marked sensitive that may be named all the same.
        quote: whether the text is quoted in the sentence; a number sets how many characters at most (400).

    Raises:
        OptionError: an option has a value that leed does not know.
    """

    def __init__(
        self,
        *,
        scale: str | os.PathLike[str] | Mapping[str, Any] | Scale | None = None,
        calibration: str | os.PathLike[str] | Mapping[str, Any] | Calibration | None = None,
        top: int | Literal["all"] | None = None,
        lang: str | os.PathLike[str] = "en",
        person: str | None = None,
        tense: str = "present",
        ignore: Iterable[str] = (),
        allow: Iterable[str] = (),
        quote: bool | int = True,
    ) -> None:
        check(top, person, tense, quote)
        self.scale = get_scale(scale)
        self.calibration = get_calibration(NONE if calibration is None and not self.scale.calibrated else calibration)
        self.lexicon = get_lexicon(lang)
        self.top = self.scale.top if top is None else None if top == "all" else int(top)
        self.lang = str(lang)
        self.person = person
        self.tense = tense
        self.ignore = label_names("ignore", ignore)
        self.allow = label_names("allow", allow)
        self.quote = quoting.LIMIT if quote is True else int(quote)
        own = {word: msgspec.convert(form, Adverb) for word, form in self.scale.adverbs.items()}
        self.realiser = Realiser(
            self.lexicon, person=self.lexicon.person_named(person), past=tense == "past", adverbs=own
        )
        check_adverbs(self.scale, self.realiser.adverbs, self.lang)
        self.fingerprint = self._fingerprint()
        self._prepare = Preparer(
            scale=self.scale,
            calibration=self.calibration,
            lexicon=self.lexicon,
            realiser=self.realiser,
            top=self.top,
            ignore=self.ignore,
            allow=self.allow,
        )
        self._plans: dict[tuple[object, ...], Prepared] = {}
        self._last: tuple[list[str], tuple[object, ...], Prepared] | None = None
        self._aside: Describer | None = None
        self._quotes = self.lexicon.grammar.quote
        self._frozen = True

    def __setattr__(self, name: str, value: object) -> None:
        if getattr(self, "_frozen", False) and name not in _REMEMBERED:
            raise AttributeError(f"a Describer is frozen: make a new one to change {name}")
        object.__setattr__(self, name, value)

    def __delattr__(self, name: str) -> None:
        raise AttributeError(f"a Describer is frozen: {name} cannot be taken away")

    def __copy__(self) -> Describer:
        return self

    def __deepcopy__(self, _: object) -> Describer:
        return self

    def __eq__(self, other: object) -> bool:
        return self.fingerprint == other.fingerprint if isinstance(other, Describer) else NotImplemented

    def __hash__(self) -> int:
        return hash(self.fingerprint)

    def __repr__(self) -> str:
        return f"<Describer {self.scale.name} {self.lang} top={self.top or 'all'} {self.fingerprint}>"

    def _options(self) -> dict[str, Any]:
        return {
            "scale": self.scale,
            "calibration": self.calibration,
            "top": self.top or "all",
            "lang": self.lang,
            "person": self.person,
            "tense": self.tense,
            "ignore": self.ignore,
            "allow": self.allow,
            "quote": self.quote,
        }

    def replace(self, **options: Any) -> Describer:  # noqa: ANN401 - those of Describer
        """Return a describer that differs in these options.

        >>> print(Describer(tense="past").replace(person="Anna")({"Joy": 0.84}, modality="face"))
        Anna looked extremely joyful.
        """
        return Describer(**{**self._options(), **options})

    def __reduce__(self) -> tuple[Any, ...]:
        return (_remade, (self._options(),))

    def __call__(self, scores: Mapping[str, Any] | Segment | Utterance, **about: Any) -> Description:  # noqa: ANN401
        """Return the description of scores or of a segment; the same as `describe`."""
        return self.describe(scores, **about)

    def describe(
        self,
        scores: Mapping[str, Any] | Segment | Utterance,
        *,
        modality: str | None = None,
        text: str | None = None,
        quantity: str | None = None,
        exclusive: bool | None = None,
        taxonomy: str | None = None,
        source: str | None = None,
        speaker: str | None = None,
        granularity: str | None = None,
        begin: float | None = None,
        end: float | None = None,
        aspect: str | None = None,
        baseline: Baseline | None = None,
    ) -> Description:
        """Return the description of scores or of a segment; see `leed.describe`."""
        if isinstance(scores, Segment):
            segment = scores
            return self.speaking_of(segment.channel).describe(
                segment.scores,
                modality=modality or segment.modality,
                text=text if text is not None else segment.text,
                quantity=quantity or segment.quantity,
                exclusive=segment.exclusive if exclusive is None else exclusive,
                taxonomy=taxonomy or segment.taxonomy,
                source=source or segment.source,
                speaker=speaker or segment.speaker,
                granularity=granularity or segment.granularity,
                begin=segment.begin if begin is None else begin,
                end=segment.end if end is None else end,
                aspect=aspect or segment.aspect,
                baseline=baseline,
            )
        given: Any = scores  # an Utterance is no mapping: that is found out where it fails
        issues: tuple[Issue, ...] = ()
        try:
            last = self._last  # most often the next row has the labels of the one before
            if last is not None and last[0] == list(given) and last[1] == (modality, quantity, exclusive, taxonomy):
                prepared = last[2]
            else:
                prepared = self._prepared(tuple(given), (modality, quantity, exclusive, taxonomy))
            prepared = prepared if baseline is None else baseline.behind(prepared)
            found = prepared.find(given)
            values = tuple(given.values())
            if not isfinite(sum(values)):
                raise ValueError("a score is not finite")
        except _UNTIDY as error:
            if isinstance(error, LeedError):
                raise
            parts = parts_of(given)
            if parts is not None:
                return describe_together(self.speaking_of(next(iter(parts.values())).channel), parts, text, baseline)
            labels, values, quantity, issues = self._tidied(given, quantity)
            prepared = self._prepared(labels, (modality, quantity, exclusive, taxonomy))
            prepared = prepared if baseline is None else baseline.behind(prepared)
            found = prepared.look_up(values)
        else:
            labels = ()
        if found.plan.guarded:
            issues += found.plan.dimensions_read(labels or tuple(given), values)
        if baseline is not None:
            found = self._beside(baseline, found, values)
        sentence = found.sentence
        quoted = self.quotation(text) if text is not None else None
        terms = tuple(
            [Term(label, float(values[i]), adverb, word, said) for i, label, adverb, word, said in found.terms]
        )
        return Description(
            sentence.plain if quoted is None else sentence.before + quoted + sentence.after,
            terms,
            found.notable,
            self.fingerprint,
            source,
            found.plan.modality,
            aspect or "expression",
            granularity,
            speaker,
            begin,
            end,
            text,
            issues,
            Evidence(prepared.plan_of(found), values, found.key, self.lang, self.lexicon.version),
        )

    def _beside(self, baseline: Baseline, found: Said, values: tuple[float, ...]) -> Said:
        """What is said of scores beside what is usual for the person: "..., more than they usually do"."""
        faint = found.notable and all(code % CODE < _FAINT for code in found.key if not isinstance(code, str))
        if not faint or not baseline.is_exceeded(found.plan, *((at, values[at]) for at, *_ in found.terms)):
            return found
        return msgspec.structs.replace(found, sentence=self.realiser.more_than_usual(found.sentence))

    def speaking_of(self, channel: str | None) -> Describer:
        """Return the describer itself; where it is about the user and the channel the assistant's, one about that."""
        if channel != ASSISTANT or self.person is None:
            return self
        if self._aside is None:
            options: dict[str, Any] = {**self._options(), "person": "The assistant"}
            self._aside = Describer(**options)
        return self._aside

    def text(
        self,
        scores: Mapping[str, Any],
        *,
        modality: str | None = None,
        text: str | None = None,
        quantity: str | None = None,
        exclusive: bool | None = None,
        taxonomy: str | None = None,
    ) -> str:
        """Return the sentence alone: what ``str(describe(...))`` gives, in less time.

        >>> Describer().text({"Sadness": 0.34}, modality="prosody")
        'They sound quite sad.'
        """
        try:
            last = self._last
            if last is not None and last[0] == list(scores) and last[1] == (modality, quantity, exclusive, taxonomy):
                found = last[2].find(scores)
            else:
                found = self._prepared(tuple(scores), (modality, quantity, exclusive, taxonomy)).find(scores)
        except _UNTIDY as error:
            if isinstance(error, LeedError):
                raise
            return self.describe(
                scores, modality=modality, text=text, quantity=quantity, exclusive=exclusive, taxonomy=taxonomy
            ).sentence
        if text is not None:
            quoted = self.quotation(text)
            if quoted is not None:
                return found.sentence.before + quoted + found.sentence.after
        return found.sentence.plain

    def prepare(
        self,
        labels: Sequence[str],
        modality: str | None = None,
        quantity: str | None = None,
        exclusive: bool | None = None,  # noqa: FBT001 - None is a third answer
        taxonomy: str | None = None,
    ) -> Prepared:
        """Return what is known of a set of labels; made at the first use and kept."""
        return self._prepared(tuple(labels), (modality, quantity, exclusive, taxonomy))

    def _prepared(
        self, labels: tuple[str, ...], reading: tuple[str | None, str | None, bool | None, str | None]
    ) -> Prepared:
        key = (labels, *reading)
        try:
            prepared = self._plans.get(key)
        except TypeError:  # a list, say: the options say what they take
            prepared = self._prepare(labels, *reading)
        if prepared is None:
            prepared = self._prepare(labels, *reading)
            if len(self._plans) >= _MOST_PLANS:
                self._plans.clear()
            self._plans[key] = prepared
        self._last = (list(labels), reading, prepared)
        return prepared

    def worded(self, plan: Plan, key: Key) -> Said:
        """Return what this describer says for a key of a plan, such as another describer chose."""
        return self._prepare.made(plan, key)

    def quoted(self, text: str, around: Sentence) -> str | None:
        """Return a sentence that follows a transcript, which ends with a full stop; None if there is none to quote."""
        quoted = self.quotation(text)
        if quoted is None:
            return None
        ended = quoted.removesuffix(self._quotes[1]).endswith((".", "!", "?", "…", "。"))
        return around.before + quoted + ("" if ended else self.lexicon.grammar.end) + around.after

    def quotation(self, text: str) -> str | None:
        """Return a transcript as it stands in a sentence, in its marks; None where there is none, or none is quoted."""
        if not self.quote:
            return None
        if not isinstance(text, str):
            raise InputError(f"text is {type(text).__name__}; give what was said as a str")
        words = quoting.spoken(text, self.quote)
        return None if words is None else self._quotes[0] + words + self._quotes[1]

    def _tidied(
        self, scores: object, quantity: str | None
    ) -> tuple[tuple[str, ...], tuple[float, ...], str | None, tuple[Issue, ...]]:
        pairs = as_pairs(scores)
        if pairs is None:
            raise InputError(
                f"cannot describe {type(scores).__name__}: give a mapping of label to score, such as "
                "{'Joy': 0.84}, or a Segment; leed.read takes everything else"
            )
        pairs = list(pairs)
        nested = [pair for pair in pairs if isinstance(pair[1], (Mapping, list, tuple))]
        if nested:
            raise InputError(
                f"the score of {nested[0][0]!r} is itself a {type(nested[0][1]).__name__}: describe takes one "
                "set of scores; for several, use leed.describe_all(leed.read(...))"
            )
        tidy = from_pairs(pairs)
        return tidy.labels, tidy.values, quantity or tidy.quantity, tidy.issues

    def _fingerprint(self) -> str:
        parts = (
            self.scale.name,
            self.scale.digest,
            self.calibration.digest,
            self.lexicon.lang,
            self.lexicon.digest,
            taxonomy.digest(),
            self.top,
            self.realiser.person,
            self.tense,
            sorted(self.ignore),
            sorted(self.allow),
            self.quote,
        )
        return "leed1:" + hashlib.sha256(repr(parts).encode()).hexdigest()[:16]


def describe(
    scores: Mapping[str, Any] | Segment | Utterance,
    *,
    modality: str | None = None,
    text: str | None = None,
    quantity: str | None = None,
    exclusive: bool | None = None,
    taxonomy: str | None = None,
    baseline: Baseline | None = None,
    describer: Describer | None = None,
    **options: Any,  # noqa: ANN401 - those of Describer
) -> Description:
    """Return the description of one set of scores: a sentence and the terms it comes from.

    >>> print(describe({"Joy": 0.84}, modality="face"))
    They look extremely joyful.
    >>> print(describe({"SAD": 0.62, "NEUTRAL": 0.24}, modality="prosody"))
    They probably sound sad.
    >>> print(describe({"joy": "VERY_LIKELY", "surprise": "POSSIBLE"}, modality="face"))
    They look clearly joyful and possibly surprised.
    >>> describe({"Joy": 0.84, "Amusement": 0.61}, modality="face").terms[1].adverb
    'quite'

    Args:
        scores: label to score, as a model gave them; a Segment; or what several modalities say of one stretch: an
            Utterance, or a mapping of modality to scores, such as {"prosody": {"Sadness": 0.34}}. Labels are matched
            by name, with case, spaces, hyphens and known aliases forgiven; one that nobody knows is described as a
            quoted noun.
        modality: "face", "prosody" (also "voice"), "burst" or "language" (also "text"); None: "They come across as".
        text: what was said or written; it is quoted in the sentence.
        quantity: what the numbers are: intensity, probability, likelihood, bipolar or presence. None: as the labels and
            numbers tell (see `leed.taxonomy.matching.quantity_of`); intensity for scores picked by hand.
            A dimension such as valence runs from 0 to 1, and below 0 is very low. Dimensions that go beyond 1.5, or
            below -0.5 and not only from -1 to 1, run on a scale that is not known, such as 1 to 7: as with `leed.read`,
            they are not described, and ``issues`` says so. With quantity "bipolar" they are taken as they are.
        exclusive: for probabilities: whether exactly one class applies. None: as the taxonomy has it, or by their sum.
        taxonomy: the label set, by name, where it should not be told from the labels.
        baseline: what is usual for the person; see `leed.Baseline`.
        describer: a prepared Describer.
        options: in place of a describer, its options: scale, calibration, top, lang, person, tense, ignore, allow and
            quote.

    Raises:
        InputError: the scores are no mapping of label to number.
        OptionError: an option has a value that leed does not know.
    """
    return describer_for(describer, options).describe(
        scores,
        modality=modality,
        text=text,
        quantity=quantity,
        exclusive=exclusive,
        taxonomy=taxonomy,
        baseline=baseline,
    )


def describer_for(describer: Describer | None, options: dict[str, Any]) -> Describer:
    """Return the describer given, or one made of the options; the default one is made once.

    Raises:
        OptionError: both are given, or an option is not known.
    """
    if describer is not None:
        if not isinstance(describer, Describer):
            raise OptionError(f"describer is {type(describer).__name__}; give a leed.Describer")
        if options:
            raise OptionError(f"give either describer= or {', '.join(options)}=, not both")
        return describer
    if not options:
        return _default()
    try:
        return _describer(**options)
    except TypeError as error:
        if "unhashable" in str(error):
            return Describer(**options)
        known = "scale, calibration, top, lang, person, tense, ignore, allow, quote"
        raise OptionError(f"{error}; the options are {known}") from error


def _remade(options: dict[str, Any]) -> Describer:
    return Describer(**options)


@lru_cache(maxsize=1)
def _default() -> Describer:
    return Describer()


@lru_cache(maxsize=64, typed=True)  # quote=1 is one character, quote=True is all
def _describer(**options: Any) -> Describer:  # noqa: ANN401 - those of Describer
    return Describer(**options)


__all__ = ["Describer", "Description", "describe", "describer_for"]
