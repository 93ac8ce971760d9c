"""What is asked: sentences that differ in nothing but the adverb, for several labels and modalities."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import leed
from leed.errors import OptionError, one_of
from leed.lexicon import Word, get_lexicon
from leed.scale import Scale, Steps
from leed.schema.terms import MODALITIES
from leed.taxonomy import concept_of
from leed_evals.asking.prompts import prompt
from leed_evals.asking.questions import Question

LABELS = ("Joy", "Sadness", "Anger", "Anxiety", "Interest", "Boredom")
QUANTITIES = ("intensity", "probability")
ASKED_OF = ("face", "prosody", "language")


@dataclass(frozen=True)
class Item:
    """A label in a modality, and its sentence on each step of the scale.

    Attributes:
        table: the table of the scale that the modality reads.
    """

    label: str
    modality: str
    table: str
    adverbs: tuple[str, ...]
    sentences: tuple[str, ...]


def items_of(scale: Scale, quantity: str, labels: Iterable[str], modalities: Iterable[str], lang: str) -> list[Item]:
    """Return an item for each label in each modality.

    >>> from leed.scale import get_scale
    >>> items_of(get_scale("three-step"), "intensity", ["Joy"], ["face"], "en")[0].sentences
    ('They look slightly joyful.', 'They look quite joyful.', 'They look extremely joyful.')

    Raises:
        OptionError: a label, a modality or the quantity is not known.
    """
    if quantity not in QUANTITIES:
        raise one_of("quantity", quantity, QUANTITIES)
    describer = leed.Describer(scale=scale, lang=lang, calibration="none", allow=tuple(labels))
    return [_item(describer, quantity, label, modality) for modality in modalities for label in labels]


def _item(describer: leed.Describer, quantity: str, label: str, modality: str) -> Item:
    if modality not in MODALITIES:
        raise one_of("modality", modality, MODALITIES)
    word_of(label)
    steps = describer.scale.steps(quantity, modality)
    table = modality if modality in getattr(describer.scale, quantity) else "default"
    said = [
        describer.describe({label: score}, modality=modality, quantity=quantity, exclusive=False)
        for score in scores_on(steps)
    ]
    return Item(label, modality, table, steps.adverbs, tuple(description.sentence for description in said))


def word_of(label: str) -> Word:
    """Return the English word of a label.

    Raises:
        OptionError: leed has none, so that no model can be asked about it.
    """
    word = get_lexicon("en").words.get(concept_of(label) or "")
    if word is None or word.adjective is None:
        raise OptionError(f"leed has no adjective for the label {label!r}: ask about labels like {', '.join(LABELS)}")
    return word


def scores_on(steps: Steps) -> list[float]:
    """Return a score on each step, half-way to the next one.

    >>> scores_on(Steps((0.25, 0.75), ("slightly", "very")))
    [0.5, 0.875]
    """
    ends = [*steps.bounds[1:], max(1.0, steps.bounds[-1] * 1.1)]
    return [(low + high) / 2 for low, high in zip(steps.bounds, ends, strict=True)]


def questions_of(items: Sequence[Item], quantity: str, repeats: int) -> list[Question]:
    """Return a question for each sentence, so many times: by item, then step, then repeat."""
    return [
        Question(
            ({"role": "user", "content": _asked(item, quantity, sentence)},),
            {"label": item.label, "modality": item.modality, "adverb": adverb, "prompt": "rating.v1"},
            repeat,
        )
        for item in items
        for adverb, sentence in zip(item.adverbs, item.sentences, strict=True)
        for repeat in range(repeats)
    ]


def _asked(item: Item, quantity: str, sentence: str) -> str:
    word = word_of(item.label)
    certainty = quantity == "probability"
    meaning = word.adjective if certainty else word.noun
    return prompt("rating", sentence=sentence, certainty=certainty, meaning=meaning)
