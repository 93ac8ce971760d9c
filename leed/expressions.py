"""From expressions in whatever form a chat has them at hand, to the description of one message."""

from __future__ import annotations

import math
import os
from collections.abc import Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import msgspec

from leed import quoting
from leed.describer import ASSISTANT, Describer
from leed.errors import InputError
from leed.explaining import Evidence
from leed.modality import NAMES
from leed.readers.about import field_of
from leed.schema.terms import Description, Segment
from leed.scores import as_pairs
from leed.together import Reasons, parts_of

if TYPE_CHECKING:
    from leed.schema.recording import Recording

PERSON = "The user"
"""Whom a description in a chat is about, where the describer names nobody."""


def for_chat(describer: Describer) -> Describer:
    """Return a describer as chats need it: about the user, and without the words, which the message has already."""
    if describer.person is not None and not describer.quote:
        return describer
    return _for_chat(describer)


@lru_cache(maxsize=64)
def _for_chat(describer: Describer) -> Describer:
    return describer.replace(person=describer.person or PERSON, quote=False)


def describe_expression(given: object, describer: Describer) -> Description | None:
    """Return the description of expressions; None where there is nothing to say.

    Args:
        given: {modality: scores}; scores; Hume's {"prosody": {"scores": ...}}; any of these as JSON text; a
            Description, Segment, Utterance, Stream or Recording (its newest stretch); or what `leed.read` takes. A str
            is never a path: it may come from far away.
        describer: one for chats, see `for_chat`.

    Raises:
        InputError: it is none of these.
    """
    description = _described(given, describer)
    return description if description is not None and description.notable else None


def _described(given: Any, describer: Describer) -> Description | None:  # noqa: ANN401, PLR0911 - one for each kind
    if given is None:
        return None
    if isinstance(given, (dict, Mapping)):
        return _of_mapping(given, describer)
    if isinstance(given, Description):
        return reworded(given, describer)
    if hasattr(given, "feed") and hasattr(given, "now"):  # a Stream; its module loads NumPy, as that of Utterance does
        now = given.now()
        return None if now is None else reworded(now, describer)
    if isinstance(given, Segment):
        return None if given.channel == ASSISTANT else describer.describe(given)
    if hasattr(given, "prosody") and hasattr(given, "bursts"):  # an Utterance
        return describer.describe(given)
    if isinstance(given, (str, bytes, bytearray)):
        return _of_json(given, describer)
    return _newest(_read(given), describer)


def _of_mapping(given: Mapping[str, Any], describer: Describer) -> Description | None:
    """Scores, by modality or alone; or the plain data of a recording."""
    given = {name: _unwrapped(scores) for name, scores in given.items() if scores is not None}
    if len(given) == 1:  # the usual case, without a detour
        name, scores = next(iter(given.items()))
        if isinstance(scores, dict) and name in NAMES:
            return describer.describe(scores, modality=NAMES[name]) if scores else None
    if not given:
        return None
    if parts_of(given) is not None:
        kept = {name: scores for name, scores in given.items() if scores}
        return describer.describe(kept) if kept else None
    if not any(isinstance(v, (Mapping, list, tuple)) or field_of(str(k)) is not None for k, v in given.items()):
        return describer.describe(given)
    return _newest(_read(given), describer)


def _unwrapped(scores: object) -> object:
    """The scores in Hume's {"scores": {...}}, and of a list of {name, score}."""
    if isinstance(scores, dict) and len(scores) == 1 and isinstance(scores.get("scores"), (dict, list)):
        scores = scores["scores"]
    if isinstance(scores, list):
        pairs = as_pairs(scores)
        return scores if pairs is None else dict(pairs)
    return scores


def _of_json(text: str | bytes | bytearray, describer: Describer) -> Description | None:
    if not text.strip():
        return None
    try:
        plain = msgspec.json.decode(text)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise InputError(
            f"an expression is {type(text).__name__} that is no JSON: give scores, such as "
            "{'prosody': {'Sadness': 0.34}}; for a file, leed.read(path)"
        ) from error
    if not isinstance(plain, (dict, list)):
        raise InputError(f"an expression is JSON, but a {type(plain).__name__}: give scores by label")
    return _described(plain, describer)


def _read(given: object) -> Recording:
    from leed.readers import read  # noqa: PLC0415 - most chats need no reader

    if not isinstance(given, (Mapping, list, tuple, os.PathLike)) and type(given).__module__ == "builtins":
        raise InputError(f"an expression is {type(given).__name__}: give scores, such as {{'prosody': {{'Joy': 0.4}}}}")
    return read(given)


def _newest(recording: Recording, describer: Describer) -> Description | None:
    """The newest stretch of a recording that is not the assistant's."""
    theirs = recording.replace(tracks=[t for t in recording.tracks if t.channel != ASSISTANT])
    spoken = theirs.utterances()
    if spoken:
        return describer.describe(max(reversed(spoken), key=lambda u: -math.inf if u.begin is None else u.begin))
    segments = theirs.segments()
    return describer.describe(segments[-1]) if segments else None


def reworded(description: Description, describer: Describer) -> Description:
    """Return a description that says the same of the person in a chat, and does not repeat the words.

    A sentence that is about a person of its own, without the words, stays as it is.
    """
    evidence = description.evidence
    if not _is_for_others(description):
        return description
    if isinstance(evidence, Evidence):
        worded = _worded(evidence, describer)
        return msgspec.structs.replace(description, sentence=worded)
    if isinstance(evidence, Reasons):
        parts = {part.modality or "": part for part in evidence.parts}
        return describer.describe({name: segment_of(part) for name, part in parts.items()})
    return describer.describe(segment_of(description))


def _is_for_others(description: Description) -> bool:
    evidence = description.evidence
    first = evidence.parts[0].evidence if isinstance(evidence, Reasons) else evidence
    lexicon = first.plan.lexicon if isinstance(first, Evidence) else None
    anybody = "They" if lexicon is None else lexicon.person_named(None).subject
    words = quoting.spoken(description.text)
    return description.sentence.startswith(f"{anybody} ") or bool(words and words in description.sentence)


def _worded(evidence: Evidence, describer: Describer) -> str:
    plan = evidence.plan
    own = describer
    if (describer.scale, describer.lang) != (plan.scale, evidence.lang):
        own = describer.replace(scale=plan.scale, lang=evidence.lang)
    return own.worded(plan, evidence.key).sentence.plain


def segment_of(description: Description) -> Segment:
    """Return the scores that a description was made from; where they are gone, those that it names."""
    evidence = description.evidence
    about = {
        name: getattr(description, name)
        for name in ("source", "modality", "aspect", "granularity", "speaker", "begin", "end")
    }
    if not isinstance(evidence, Evidence):
        return Segment(scores={term.label: term.score for term in description.terms}, **about)
    plan = evidence.plan
    scores = {entry.label: float(evidence.values[entry.position]) for entry in plan.entries}
    kept = {label: score for label, score in scores.items() if math.isfinite(score)}
    exclusive = plan.exclusive or None
    return Segment(scores=kept, quantity=plan.quantity, exclusive=exclusive, taxonomy=plan.taxonomy, **about)
