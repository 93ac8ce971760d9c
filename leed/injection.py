"""Injection: descriptions put into a chat's messages for one call, without touching the history."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from typing import Any, Literal, TypeVar

import msgspec

from leed import marks
from leed.describer import Describer, describer_for
from leed.errors import InputError, LeedError, OptionError, RefusedError, one_of
from leed.expressions import describe_expression, for_chat, segment_of
from leed.messages import (
    INSTRUCTING,
    Sent,
    bare,
    carried,
    restored,
    with_note,
    with_texts,
    without_empty_parts,
)
from leed.prompts import Handover, Policy, get_handover, get_policy, without_note, without_policy
from leed.refusal import Speakers, check_speakers, refusal
from leed.schema.terms import Description
from leed.tokens import count_tokens

OLDER = ("keep", "summarize", "drop")
"""What becomes of older descriptions."""

M = TypeVar("M")
_LOG = logging.getLogger("leed")
_MAPPINGS = (dict, Mapping)  # most are dict, which tells in no time
_SUMMARY = 80  # tokens of a summary of older turns at most


class Note(msgspec.Struct, frozen=True):
    """A description as it went out.

    Attributes:
        index: where its message stands among those that went out.
        text: the words of the note, without those of the message.
        description: what it was made from.
    """

    index: int
    text: str
    description: Description

    @property
    def tokens(self) -> int:
        """How many tokens the note is."""
        return count_tokens(self.text)


class Injection(msgspec.Struct, frozen=True):
    """What one call of `inject` did, for traces.

    Attributes:
        messages: those that went out.
        notes: the descriptions among them.
        policy: the text that was added to the instructions; empty for none.
        skipped: why a message went out without a description, by its place among those that were given.
    """

    messages: tuple[Any, ...]
    notes: tuple[Note, ...]
    policy: str
    skipped: dict[int, str]


def user_message(
    text: str | list[Any],
    *,
    expression: Any = None,  # noqa: ANN401 - whatever leed.read takes
    name: str | None = None,
) -> Any:  # noqa: ANN401 - each client has a type of its own for it
    """Return a user message that carries its expression; `inject` takes it out and puts its description in.

    >>> user_message("I'm fine", expression={"prosody": {"Sadness": 0.34}})
    {'role': 'user', 'content': "I'm fine", 'expression': {'prosody': {'Sadness': 0.34}}}

    Args:
        text: what was said or written, or a list of parts (text, images, audio).
        expression: {modality: scores}, or anything that `inject` takes; None: nothing was measured.
        name: who said it, where several people do.
    """
    message: dict[str, Any] = {"role": "user", "content": text}
    if name is not None:
        message["name"] = name
    if expression is not None:
        message["expression"] = expression
    return message


def inject(
    messages: Iterable[M],
    expressions: Any = None,  # noqa: ANN401 - Description, Segment, Recording, Stream, scores
    *,
    handover: str | os.PathLike[str] | Handover = "inline",
    policy: str | os.PathLike[str] | Policy | None = "subtle",
    describer: Describer | None = None,
    max_age: float | None = None,
    now: float | None = None,
    older: Literal["keep", "summarize", "drop"] = "keep",
    step: int = 8,
    speakers: Speakers = None,
    on_inject: Callable[[Injection], object] | None = None,
    strict: bool = False,
    enabled: bool = True,
    **options: Any,  # noqa: ANN401 - those of Describer
) -> list[M]:
    r"""Return messages for one call to a chat model: with descriptions of the expressions that ride on them.

    The messages given are never changed: store those, and inject anew for each call. A description stays on its own
    message, word for word, so that the messages of one turn begin those of the next, and prompt caches live. What an
    earlier call put in is replaced. Where nothing stands out, nothing is said.

    >>> history = [user_message("I'm fine", expression={"prosody": {"Sadness": 0.34}})]
    >>> inject(history, policy=None)
    [{'role': 'user', 'content': "I'm fine\n\n[The user sounds quite sad.]"}]
    >>> inject([{"role": "user", "content": "Look!"}], {"face": {"Joy": 0.84}}, policy=None)[0]["content"]
    'Look!\n\n[The user looks extremely joyful.]'

    Args:
        messages: as the OpenAI client takes them: content of text or parts, tool calls, names; also input items of
            responses. Expressions ride under "expression", or EVI's "models" and "time"; these keys are taken out.
        expressions: the expression of the newest user message, in place of one that rides on it: {modality: scores},
            scores, a Description, Segment, Recording or Stream, or what `leed.read` takes but a path.
        handover: how: "inline", "tag", "system", "developer", "json", "evi", or a template of your own.
        policy: what the model is told about descriptions: "subtle", "companion", "de-escalation", "tutoring", None, or
            a template of your own. It stands at the end of the leading system message, or of a new one.
        describer: a prepared Describer; it speaks of the user unless it has a person.
        max_age: seconds; ``expressions`` that ended longer than this before ``now`` are ignored.
        now: the present moment, in seconds of the clock that measured the expressions.
        older: "keep" descriptions, "drop" older ones, or "summarize" them in one.
        step: for these: how many descriptions are kept at least; only every so many turns older messages change.
        speakers: marks ("employee", "applicant", "pupil") by name, or one for everybody: those are not described.
        on_inject: is called with an `Injection`, for traces.
        strict: raise where a description cannot be made; else its message goes out without, and it is logged once.
        enabled: False: only the keys are taken out.
        options: in place of a describer, its options: scale, calibration, top, lang, person, tense, ignore and allow.

    Raises:
        InputError: messages is no list of messages; if strict, also where an expression cannot be described.
        OptionError: an option has a value that leed does not know.
        RefusedError: if strict, where a marked speaker has an expression.
    """
    chosen = _Chosen(
        get_handover(handover),
        get_policy(None if isinstance(speakers, str) else policy),
        for_chat(describer_for(describer, options)),
        speakers,
        strict,
    )
    _check(max_age, now, older, step, speakers)
    given = list(restored(messages))
    if not enabled:
        return [bare(m) if isinstance(m, Mapping) else m for m, _ in given]  # type: ignore[misc] # a message as it came
    if max_age is not None and now is not None and _is_older(expressions, now - max_age):
        expressions = None
    turns = [_Turn(message, earlier) for message, earlier in given if not _is_note(message, chosen.handover)]
    newest = next((turn for turn in reversed(turns) if turn.role == "user"), None)
    skipped: dict[int, str] = {}
    for i, turn in enumerate(turns):
        if turn.role == "user":
            beside = expressions if turn is newest else None
            turn.description, why = _described(turn, beside, chosen)
            if why:
                skipped[i] = why
    if older != "keep":
        _shorten(turns, step, older, chosen)
    told, notes, text = _put_in(turns, chosen)
    if on_inject is not None:
        on_inject(Injection(tuple(told), tuple(notes), text, skipped))
    return told


class _Chosen(msgspec.Struct, frozen=True):
    """The options of one call, prepared."""

    handover: Handover
    policy: Policy
    describer: Describer
    speakers: Speakers
    strict: bool


class _Turn:
    """A message on its way through one call."""

    def __init__(self, message: Any, earlier: Description | None) -> None:  # noqa: ANN401 - a message of any make
        self.message = message
        self.earlier = earlier
        self.role = message.get("role") if isinstance(message, _MAPPINGS) else None
        self.description: Description | None = None


def _check(max_age: object, now: object, older: object, step: object, speakers: object) -> None:
    for name, value in (("max_age", max_age), ("now", now)):
        if value is not None and (not isinstance(value, (int, float)) or isinstance(value, bool)):
            raise OptionError(f"{name} is {value!r}; give a number of seconds")
    if max_age is not None and now is None:
        raise OptionError("max_age needs now: the present, in seconds of the clock that measured the expressions")
    if older not in OLDER:
        raise one_of("older", older, OLDER)
    if not isinstance(step, int) or isinstance(step, bool) or step < 1:
        raise OptionError(f"step is {step!r}; give a number of turns from 1")
    check_speakers(speakers)


# --- describing


def _described(turn: _Turn, beside: object, chosen: _Chosen) -> tuple[Description | None, str | None]:
    """The description for a user's message; and why there is none, where that is not because nothing stands out."""
    given = carried(turn.message) if beside is None else beside
    if given is None:
        given = turn.earlier
    if given is None:
        return None, None
    try:
        _refuse(chosen.speakers, turn.message.get("name"))
        description = describe_expression(given, chosen.describer)
        if description is not None:
            _refuse(chosen.speakers, description.speaker)
    except Exception as error:  # the call goes out: whatever is wrong with a description is no reason to keep silent
        if chosen.strict:
            if isinstance(error, LeedError):
                raise
            raise InputError(f"the expression of a message cannot be described: {error}") from error
        # Only leed's own messages are known to hold no words of people.
        why = str(error) if isinstance(error, LeedError) else type(error).__name__
        report(why)
        return None, why
    return description, None


def _refuse(speakers: Speakers, name: object) -> None:
    why = refusal(speakers, name if isinstance(name, str) else None)
    if why is not None:
        raise RefusedError(why)


@lru_cache(maxsize=256)
def report(why: str) -> None:
    """Log a failure; once for each."""
    _LOG.warning("a message goes out without a description: %s", why[:400])


def _is_older(expressions: object, moment: float) -> bool:
    """Whether expressions ended before a moment; those without a time did not."""
    now = getattr(expressions, "now", None)
    stretch: Any = now() if callable(now) else expressions
    if hasattr(stretch, "tracks"):
        ends = [s.begin if s.end is None else s.end for s in stretch.segments()]
        return bool(ends) and all(end is not None and end < moment for end in ends)
    if isinstance(stretch, Mapping):
        time = stretch.get("end", stretch.get("begin"))
    else:
        end = getattr(stretch, "end", None)
        time = getattr(stretch, "begin", None) if end is None else end
    return isinstance(time, (int, float)) and time < moment


def _shorten(turns: list[_Turn], step: int, older: str, chosen: _Chosen) -> None:
    """Take the older descriptions away, in steps; the last of them makes room for a summary, if asked for.

    Between ``step`` and twice as many stay, so that older messages change only once in so many turns.
    """
    told = [turn for turn in turns if turn.description is not None]
    count = max(0, len(told) // step - 1) * step
    past = [turn.description for turn in told[:count] if turn.description is not None]
    for turn in told[:count]:
        turn.description = None
    if past and older == "summarize":
        told[count - 1].description = _summary(past, chosen.describer)


def _summary(past: list[Description], describer: Describer) -> Description | None:
    """One description of several turns, in the past tense."""
    from leed.readers import read  # noqa: PLC0415 - loads NumPy, and only for this
    from leed.timeline import summarize  # noqa: PLC0415 - as above

    parts = [getattr(description.evidence, "parts", (description,)) for description in past]
    rows = [{part.modality or "expression": segment_of(part).scores for part in turn} for turn in parts]
    text = summarize(read(rows), _SUMMARY, describer=describer.replace(tense="past"))
    return Description(str(text), (), True, describer.fingerprint) if text else None


# --- putting in


def _put_in(turns: list[_Turn], chosen: _Chosen) -> tuple[list[Any], list[Note], str]:
    """The messages that go out, the notes among them, and the policy's text."""
    out: list[Any] = []
    notes: list[Note] = []
    policy = chosen.policy(chosen.handover)
    led = False  # whether the policy stands in a leading message
    for turn in turns:
        if not isinstance(turn.message, _MAPPINGS):
            out.append(_disarmed_object(turn.message, chosen.handover))
            continue
        message = bare(turn.message)
        if turn.role in INSTRUCTING:
            leading = _instructing(turn.message, message, "" if out else policy)
            led = led or (not out and bool(leading))
            out += leading
            continue
        content = _disarmed(message, turn.role, chosen.handover)
        if turn.description is None:
            out.append(message if content is None else Sent({**message, **content}, turn.message))
            continue
        message.update(content or {})
        out += _with_description(turn, turn.description, message, chosen.handover, notes, len(out))
    if policy and out and not led:
        role = "developer" if chosen.handover.role == "developer" else "system"
        out.insert(0, Sent({"role": role, "content": policy}, None))
        notes = [msgspec.structs.replace(note, index=note.index + 1) for note in notes]
    return out, notes, policy


def _instructing(given: Mapping[str, Any], message: dict[str, Any], policy: str) -> list[Any]:
    """A system or developer message with the policy, in place of one that an earlier call put in."""
    content = without_empty_parts(with_texts(message.get("content"), without_policy))
    if content == "" and message.get("content"):  # it held the policy alone
        return [Sent({**message, "content": policy}, None)] if policy else []
    if policy:
        content = with_note(content, lambda text: f"{text}\n\n{policy}" if text else policy)
        return [Sent({**message, "content": content}, given)]
    return [{**message, "content": content} if "content" in message else message]


def _disarmed(message: Mapping[str, Any], role: object, handover: Handover) -> dict[str, Any] | None:
    """What of a message changes, so that nothing in it passes for a note; None where nothing does."""
    changed: dict[str, Any] = {}
    json_marks = handover.name == "json"

    def harmless(text: str) -> str:
        own = without_note(text, handover) if role == "user" else text
        return marks.disarmed(own or text, json_marks=json_marks)

    for key in ("content", "output"):
        if key in message:
            content = with_texts(_without_own(message[key], role, handover), harmless)
            if content is not message[key]:
                changed[key] = content
    return changed or None


def _disarmed_object(message: Any, handover: Handover) -> Any:  # noqa: ANN401 - of the client's
    """An object such as a client's answer: as it is, unless something in it passes for a note; then as plain data."""
    if not isinstance(getattr(message, "role", None), str) or not hasattr(message, "model_dump"):
        return message
    # As the client itself sends it.
    plain = message.model_dump(mode="json", exclude_unset=True, exclude=getattr(message, "__api_exclude__", None))
    content = _disarmed(plain, plain.get("role"), handover)
    return message if content is None else Sent({**plain, **content}, message)


def _without_own(content: Any, role: object, handover: Handover) -> Any:  # noqa: ANN401 - of a message
    """Content without a part of its own that an earlier call put in."""
    last = content[-1] if role == "user" and isinstance(content, (list, tuple)) and len(content) > 1 else None
    text = last.get("text") if isinstance(last, Mapping) else None
    return content[:-1] if isinstance(text, str) and text and not without_note(text, handover) else content


def _with_description(
    turn: _Turn,
    description: Description,
    message: dict[str, Any],
    handover: Handover,
    notes: list[Note],
    index: int,
) -> list[Any]:
    """A message with its description: in it, or before it."""
    sentence = marks.fit(description.sentence)
    phrases = marks.fit(", ".join(term.phrase for term in description.terms) or description.sentence)
    if handover.role is not None:
        note = {"role": handover.role, "content": handover(sentence, phrases)}
        notes.append(Note(index, note["content"], description))
        return [Sent(note, None), Sent(message, turn.message, description)]
    content = with_note(message.get("content"), lambda text: handover(sentence, phrases, text))
    notes.append(Note(index, handover(sentence, phrases), description))
    return [Sent({**message, "content": content}, turn.message, description)]


def _is_note(message: object, handover: Handover) -> bool:
    """Whether a message is a note of its own that an earlier call put in."""
    if not isinstance(message, _MAPPINGS) or message.get("role") not in INSTRUCTING:
        return False
    content = message.get("content")
    forms = {handover, get_handover("system"), get_handover("developer")}
    return isinstance(content, str) and any(form.role and form.ending().match(content) for form in forms)
