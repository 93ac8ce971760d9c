"""SenseVoice transcripts, whose tags tell emotion and sounds without a score.

::

    [{"key": "clip_1", "text": "<|en|><|HAPPY|><|Speech|><|withitn|>Thank you so much."}]
    {"text": "Thank you so much.", "lang": "<|en|>", "emotion": "<|HAPPY|>", "event": "<|Speech|>"}     sherpa-onnx
    <|en|><|SAD|><|Speech|><|woitn|>i miss you <|en|><|NEUTRAL|><|Laughter|><|woitn|>well

Several stretches may stand in one text, each with a run of tags before it. FunASR's postprocessing puts an emoji in
place of a tag (😊 happy, 😔 sad, 😡 angry, 😰 fearful, 🤢 disgusted, 😮 surprised); those are read too.

Quantity: presence. EMO_UNKNOWN, and a text without a tag, report nothing: the text is kept. Laughter, crying, coughs
and sneezes make a track of bursts; other events (Speech, BGM, Applause, ...) and the language are kept as extras. A tag
of an emotion in the middle of a stretch that has one already is not counted. Units: FunASR's times are milliseconds.
Source: FunAudioLLM/SenseVoice, FunASR, sherpa-onnx.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

import msgspec

from leed.errors import UnknownFormatError
from leed.readers import CERTAIN, NEAR, NOT_THIS, POSSIBLE, Guess, Reader
from leed.readers.answers import Answers, Kind, first, found, mentions, number, row_of, without_query
from leed.readers.content import Content
from leed.schema.recording import Recording

_TAG = re.compile(r"<\|([A-Za-z_]{2,20})\|>")
_RUN = re.compile(r"(?:\s*<\|[A-Za-z_]{2,20}\|>)+")
_EMOTIONS = {
    **{name.casefold(): name for name in ("HAPPY", "SAD", "ANGRY", "NEUTRAL", "FEARFUL", "DISGUSTED", "SURPRISED")},
    "emo_unknown": "EMO_UNKNOWN",
    "emo_unk": "EMO_UNKNOWN",
}
_SOUNDS = {"laughter": "Laughter", "cry": "Cry", "cough": "Cough", "sneeze": "Sneeze"}
_EVENTS = {"speech", "bgm", "applause", "breath", "sing", "speech_noise", "event_unk", "gbg", "noise", "music"}
_LANGUAGES = {"zh", "en", "yue", "ja", "ko", "nospeech", "auto"}
_FORMS = {"withitn", "woitn", "itn"}
_KNOWN = {*_EMOTIONS, *_SOUNDS, *_EVENTS, *_LANGUAGES, *_FORMS}
_EMOJIS = {"😊": "HAPPY", "😔": "SAD", "😡": "ANGRY", "😰": "FEARFUL", "🤢": "DISGUSTED", "😮": "SURPRISED"}
_SOUND_EMOJIS = {"😀": "Laughter", "😭": "Cry", "🤧": "Sneeze", "😷": "Cough"}
_EVENT_EMOJIS = {"🎼": "bgm", "👏": "applause", "❓": "event_unk"}
_EMOJI = re.compile("[" + "".join([*_EMOJIS, *_SOUND_EMOJIS, *_EVENT_EMOJIS]) + "]")
_TEXTS = ("raw_text", "text")
_FIELDS = {"emotion": "emotion", "event": "event", "lang": "lang", "language": "lang"}
_SAYING = (*_TEXTS, *_FIELDS)
_VOICE = Kind("prosody", "expression", "sensevoice-8", "presence", True, "utterance")
_BURST = Kind("burst", "description", "sensevoice-events-4", "presence", False, "utterance")
_SPEAKERS = ("spk", "speaker")
_MS = 1000


class _Said(msgspec.Struct):
    """One stretch of a transcript."""

    text: str
    tags: list[str]
    stray: bool = False


def recognise(content: Content) -> Guess:
    """Return whether a text has SenseVoice's tags or, less surely, its emojis beside FunASR's key."""
    if content.kind in ("text", "xml"):
        start = content.head.decode("utf-8", "replace").lstrip()
        return Guess(CERTAIN) if _leads(start) else NOT_THIS
    if not mentions(content, b"<|", b'"key"'):
        return NOT_THIS
    if first(content, _is_tagged) is not None:
        return Guess(CERTAIN)
    if first(content, _is_postprocessed) is not None or (first(content, _is_empty) is not None and not _says(content)):
        return Guess(POSSIBLE)
    if isinstance(content.glimpse, list) and _says(content):
        return Guess(NEAR, _UNTAGGED)
    return NOT_THIS


def read(content: Content) -> Recording:
    """Return a recording with a segment for each stretch of speech, and for each sound that a person made."""
    gathered = Answers(content, "transcript")
    if content.kind in ("text", "xml"):
        if not _tags(content.text) and not _EMOJI.search(content.text):
            raise UnknownFormatError(f"{content.shown}: is text without any tag of SenseVoice, such as <|HAPPY|>")
        for line in content.text.splitlines():
            _add_text(gathered, line, {}, content.name)
    elif content.kind in ("json", "plain"):
        met = False
        for row, _ in found(content.lean, _is_any):
            met = True
            if _is_empty(row):
                gathered.note("nothing-detected", "no speech was recognised: the text is empty", _source_of(row))
                continue
            _add_row(gathered, row)
        if not met:
            raise UnknownFormatError(f"{content.shown}: holds no transcript of SenseVoice: {{key, text}}")
    else:
        raise UnknownFormatError(
            f"{content.shown}: is {content.kind}; expected a transcript with tags such as <|HAPPY|>"
        )
    return gathered.recording()


_UNTAGGED = (
    "is a FunASR transcript without tags: it tells no expression; "
    "keep SenseVoice's raw text, before rich_transcription_postprocess"
)


def _leads(text: str) -> bool:
    run = _RUN.match(text)
    return run is not None and bool(_tags(run[0]))


def _tags(text: str) -> list[str]:
    """The tags in a text that SenseVoice writes."""
    return [tag for tag in _TAG.findall(text) if tag.casefold() in _KNOWN]


@lru_cache(maxsize=4096)
def _run_of(text: str) -> tuple[tuple[str, ...], bool, tuple[str, ...]]:
    """The tags in a run of them, whether a stretch begins with it, and those that are of emotions."""
    tags = tuple(_tags(text))
    heads = any(tag.casefold() in _LANGUAGES for tag in tags) or len(tags) > 1
    return tags, heads, tuple(tag for tag in tags if tag.casefold() in _EMOTIONS)


@lru_cache(maxsize=4096)
def _signs_of(given: tuple[str, ...]) -> tuple[dict[str, Any], str | None, tuple[str, ...]]:
    """What the tags of a stretch say: its extras, which nobody changes, its emotion, and sounds."""
    tags = [tag.casefold() for tag in given]
    extras: dict[str, Any] = {}
    language = next((tag for tag in tags if tag in _LANGUAGES), None)
    events = [tag for tag in tags if tag in _EVENTS]
    if language:
        extras["detected_language"] = language
    if events:
        extras["events"] = " ".join(dict.fromkeys(events))
    emotion = next((_EMOTIONS[tag] for tag in tags if tag in _EMOTIONS), None)
    return extras, emotion, tuple(dict.fromkeys(_SOUNDS[tag] for tag in tags if tag in _SOUNDS))


def _is_tagged(plain: Mapping[str, Any]) -> bool:
    for key in _SAYING:
        text = plain.get(key)
        if isinstance(text, str) and any(tag[1].casefold() in _KNOWN for tag in _TAG.finditer(text)):
            return True
    return False


def _is_transcript(plain: Mapping[str, Any]) -> bool:
    return isinstance(plain.get("key"), str) and isinstance(plain.get("text"), str) and "labels" not in plain


def _is_postprocessed(plain: Mapping[str, Any]) -> bool:
    return _is_transcript(plain) and _EMOJI.search(plain["text"]) is not None


def _is_empty(plain: Mapping[str, Any]) -> bool:
    return _is_transcript(plain) and not plain["text"].strip() and not _is_tagged(plain)


def _says(content: Content) -> bool:
    return first(content, lambda plain: _is_transcript(plain) and not _is_empty(plain)) is not None


def _is_any(plain: Mapping[str, Any]) -> bool:
    return _is_tagged(plain) or _is_transcript(plain)


def _add_row(gathered: Answers, row: Mapping[str, Any]) -> None:
    source = _source_of(row)
    sentences = row.get("sentence_info")
    if isinstance(sentences, list) and any(isinstance(s, Mapping) and _is_tagged(s) for s in sentences):
        for sentence in sentences:
            if isinstance(sentence, Mapping):
                _add_text(gathered, _text_of(sentence), sentence, source)
        return
    given = []
    if not row.keys().isdisjoint(_FIELDS):
        given = [tag for name in _FIELDS for tag in _TAG.findall(str(row.get(name) or ""))]
    _add_text(gathered, _text_of(row), row, source, given)


def _source_of(row: Mapping[str, Any]) -> str | None:
    key = row.get("key")
    return without_query(key) if isinstance(key, str) and not key.startswith("rand_key_") else None


def _text_of(row: Mapping[str, Any]) -> str:
    for key in _TEXTS:
        text = row.get(key)
        if isinstance(text, str) and text.strip():
            return text
    return ""


def _add_text(
    gathered: Answers, text: str, row: Mapping[str, Any], source: str | None, given: list[str] | None = None
) -> None:
    said = list(_stretches(text))
    if given:
        said = [_Said(s.text, [*given, *s.tags], s.stray) for s in said or [_Said("", [])]]
    begin, end = _times(row) if len(said) == 1 else (math.nan, math.nan)
    speaker = None
    if not row.keys().isdisjoint(_SPEAKERS):
        speaker = next((str(row[k]) for k in _SPEAKERS if isinstance(row.get(k), (str, int))), None)
    for stretch in said:
        extras, emotion, sounds = _signs_of(tuple(stretch.tags))
        unknown = emotion is None or emotion == "EMO_UNKNOWN"
        if unknown:
            why = "no tag of an emotion" if emotion is None else "the tag EMO_UNKNOWN"
            gathered.note("no-scores", f"a stretch has {why}, so it reports nothing", source)
        if stretch.stray:
            what = "a tag of an emotion in the middle of the text is not counted, there is one before it"
            gathered.note("not-read", what, source)
        scores = {emotion or "EMO_UNKNOWN": math.nan if unknown else 1.0}
        gathered.add(
            _VOICE,
            scores,
            source=source,
            speaker=speaker,
            begin=begin,
            end=end,
            text=stretch.text,
            extras=extras,
        )
        for sound in sounds:
            gathered.add(_BURST, {sound: 1.0}, source=source, speaker=speaker, begin=begin, end=end)


def _stretches(text: str) -> Iterator[_Said]:
    """The stretches of a text: each begins with a run of tags that names a language, or holds more than one tag."""
    current: _Said | None = None
    at = 0
    for run in _RUN.finditer(text):
        tags, heads, lone = _run_of(run[0])
        if not tags:
            continue
        before = text[at : run.start()]
        at = run.end()
        current = current or _Said("", [])
        current.text += before
        if heads and (current.text.strip() or current.tags):
            yield _tidy(current)
            current = _Said("", list(tags))
            continue
        if lone and any(tag.casefold() in _EMOTIONS for tag in current.tags):
            current.stray = True
            tags = tuple(tag for tag in tags if tag not in lone)
        current.tags += tags
    current = current or _Said("", [])
    current.text += text[at:]
    if current.text.strip() or current.tags:
        yield _tidy(current)


def _tidy(said: _Said) -> _Said:
    """A stretch with its emojis read as tags, where it has no tags of its own, and blanks put in order."""
    if not said.tags:
        known = {**_EMOJIS, **_SOUND_EMOJIS, **_EVENT_EMOJIS}
        said.tags = [known[emoji] for emoji in _EMOJI.findall(said.text)]
        said.text = _EMOJI.sub("", said.text)
    said.text = " ".join(said.text.split())
    return said


def _times(row: Mapping[str, Any]) -> tuple[float, float]:
    """Seconds, from ``start`` and ``end`` or from the first and the last of ``timestamp``, all in milliseconds."""
    stamps = row.get("timestamp")
    if isinstance(stamps, list) and stamps:
        pairs = [row_of(stamp) for stamp in stamps] if isinstance(stamps[0], (list, tuple)) else [row_of(stamps)]
        told = [pair for pair in pairs if pair and len(pair) == 2]  # noqa: PLR2004 - from, to
        if told:
            return told[0][0] / _MS, told[-1][1] / _MS
    return number(row.get("start")) / _MS, number(row.get("end")) / _MS


reader = Reader(
    "sensevoice",
    "SenseVoice transcripts with tags of emotions and sounds",
    "presence; no scores",
    recognise,
    read,
)
