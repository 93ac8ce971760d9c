"""Transcripts with times, as common recognisers write them in JSON, as words and phrases."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from leed_adapters.media.boundaries import Stretch

_TICKS = 1e7  # of Azure, a second
_MS = 1000.0
_CLOCK = re.compile(r"^(?:(\d+):)?(\d+):(\d+(?:[.,]\d+)?)$")
_ISO = re.compile(r"^PT(?:([\d.]+)H)?(?:([\d.]+)M)?(?:([\d.]+)S)?$")
Entry = Mapping[str, Any]


@dataclass
class Transcript:
    """What a recogniser heard: words, and the phrases it put them into; either may be missing.

    Attributes:
        granularity: of the phrases.
    """

    words: list[Stretch] = field(default_factory=list)
    phrases: list[Stretch] = field(default_factory=list)
    granularity: str = "utterance"


def transcript_of(plain: Any) -> Transcript | None:  # noqa: ANN401 - any JSON
    """Return the transcript that plain data is, or None where it is none of those known.

    >>> transcript_of({"text": "Hi.", "segments": [{"start": 0.0, "end": 0.5, "text": " Hi."}]}).phrases
    [Stretch(begin=0.0, end=0.5, text='Hi.', speaker=None, channel=None)]
    """
    for family in _FAMILIES:
        try:
            found = family(plain)
        except (KeyError, IndexError, TypeError, AttributeError):
            continue
        if found is not None and (found.words or found.phrases):
            return found
    return None


def seconds(value: Any, per: float = 1.0) -> float:  # noqa: ANN401 - a cell of JSON
    """Return a time in seconds, out of a number of which there are so many in a second; NaN where it is none.

    >>> seconds("1.300s"), seconds("00:01:02,500"), seconds({"seconds": "3", "nanos": 500000000}), seconds(1500, 1000)
    (1.3, 62.5, 3.5, 1.5)
    """
    if isinstance(value, Mapping):
        return seconds(value.get("seconds", 0)) + seconds(value.get("nanos", 0)) * 1e-9
    if isinstance(value, str):
        return _written(value.strip(), per)
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        try:
            return float(value) / per
        except OverflowError:
            return math.nan
    return math.nan


def _written(text: str, per: float) -> float:
    if clock := _CLOCK.match(text):
        return int(clock[1] or 0) * 3600 + int(clock[2]) * 60 + float(clock[3].replace(",", "."))
    if iso := _ISO.match(text):
        return sum(float(part or 0) * by for part, by in zip(iso.groups(), (3600, 60, 1), strict=True))
    if text.endswith("ms"):
        text, per = text[:-2], _MS
    try:
        return float(text.removesuffix("s")) / per
    except ValueError:
        return math.nan


def _name(value: Any) -> str | None:  # noqa: ANN401 - a cell of JSON
    if isinstance(value, bool) or value is None or isinstance(value, (dict, list)):
        return None
    return str(value).strip() or None


def _channel(value: Any, first: int = 0) -> int | None:  # noqa: ANN401 - a cell of JSON
    digits = re.search(r"\d+$", str(value)) if isinstance(value, (int, str)) and not isinstance(value, bool) else None
    return int(digits[0]) - first if digits and int(digits[0]) >= first else None


def stretch(
    entry: Entry,
    text: str,
    begin: str = "start",
    end: str = "end",
    *,
    per: float = 1.0,
    speaker: str = "speaker",
    channel: int | None = None,
) -> Stretch:
    """Return the stretch that an entry is, by the names of its fields."""
    said = entry.get(text)
    return Stretch(
        seconds(entry.get(begin), per),
        seconds(entry.get(end), per),
        said.strip() or None if isinstance(said, str) else None,
        _name(entry.get(speaker)),
        channel,
    )


def _lasting(
    entry: Entry,
    text: str | None,
    begin: str,
    length: str,
    per: float,
    speaker: str | None = None,
    channel: int | None = None,
) -> Stretch:
    start = seconds(entry.get(begin), per)
    return Stretch(start, start + seconds(entry.get(length), per), (text or "").strip() or None, speaker, channel)


def _listed(value: Any) -> list[Entry]:  # noqa: ANN401 - a cell of JSON
    return [entry for entry in value if isinstance(entry, Mapping)] if isinstance(value, list) else []


# --- families: each returns None, or raises as JSON of another shape does, where it is not that


def _whisper(plain: Any) -> Transcript | None:  # noqa: ANN401 - any JSON
    """openai-whisper, faster-whisper, WhisperX, OpenAI's verbose_json and diarized_json; a bare list of segments."""
    segments = _listed(plain) if isinstance(plain, list) else _listed(plain.get("segments"))
    known = bool(segments) and all({"start", "end", "text"} <= entry.keys() for entry in segments)
    if isinstance(plain, list) and not any(entry.keys() & {"words", "tokens"} for entry in segments):
        return None  # rows of somebody's own
    words = [
        stretch({"speaker": entry.get("speaker"), **word}, "word")
        for entry in segments
        for word in _listed(entry.get("words"))
        if "word" in word
    ]
    above = [] if isinstance(plain, list) else _listed(plain.get("words") or plain.get("word_segments"))
    if not words and all("word" in word and ("start" in word or "segments" in plain) for word in above):
        words = [stretch(word, "word") for word in above]
    if not known and not (words and "result" not in plain):
        return None
    return Transcript(words, [stretch(entry, "text") for entry in segments])


def _chunks(plain: Any) -> Transcript | None:  # noqa: ANN401 - any JSON
    """The pipeline of Hugging Face."""
    entries = _listed(plain["chunks"])
    made = [
        Stretch(seconds(entry["timestamp"][0]), seconds(entry["timestamp"][1]), (entry["text"] or "").strip() or None)
        for entry in entries
    ]
    one_word = all(len((s.text or "").split()) <= 1 for s in made)
    return Transcript(words=made) if one_word else Transcript(phrases=made)


def _whisper_cpp(plain: Any) -> Transcript | None:  # noqa: ANN401 - any JSON
    entries = _listed(plain["transcription"])
    return Transcript(
        phrases=[stretch({**e["offsets"], "text": e["text"]}, "text", "from", "to", per=_MS) for e in entries]
    )


def _deepgram(plain: Any) -> Transcript | None:  # noqa: ANN401 - any JSON
    results = plain["results"]
    channels = results["channels"]
    several = len(channels) > 1
    words = [
        stretch(word, "punctuated_word" if "punctuated_word" in word else "word", channel=i if several else None)
        for i, channel in enumerate(channels)
        for word in _listed(channel["alternatives"][0].get("words"))
    ]
    phrases = [
        stretch(entry, "transcript", channel=_channel(entry.get("channel")) if several else None)
        for entry in _listed(results.get("utterances"))
    ]
    return Transcript(words, phrases)


def _assemblyai(plain: Any) -> Transcript | None:  # noqa: ANN401 - any JSON
    if not ("audio_duration" in plain or "utterances" in plain or "acoustic_model" in plain):
        return None

    def made(entries: Iterable[Entry]) -> list[Stretch]:
        return [stretch(e, "text", per=_MS, channel=_channel(e.get("channel"), 1)) for e in entries]

    return Transcript(made(_listed(plain["words"])), made(_listed(plain.get("utterances"))))


def _aws(plain: Any) -> Transcript | None:  # noqa: ANN401 - any JSON
    results = plain["results"]
    items = _listed(results["items"])
    voices = {
        item["start_time"]: item.get("speaker_label")
        for segment in _listed((results.get("speaker_labels") or {}).get("segments"))
        for item in _listed(segment.get("items"))
    }
    words: list[Stretch] = []
    for item in items:
        said = item["alternatives"][0]["content"]
        if item.get("type") == "punctuation" and words:
            last = words[-1]
            words[-1] = Stretch(last.begin, last.end, f"{last.text or ''}{said}", last.speaker, last.channel)
            continue
        speaker = item.get("speaker_label") or voices.get(item.get("start_time"))
        channel = _channel(item.get("channel_label"))
        words.append(
            Stretch(seconds(item.get("start_time")), seconds(item.get("end_time")), said, _name(speaker), channel)
        )
    phrases = [
        stretch(
            e, "transcript", "start_time", "end_time", speaker="speaker_label", channel=_channel(e.get("channel_label"))
        )
        for e in _listed(results.get("audio_segments"))
    ]
    return Transcript(words, phrases)


def _google(plain: Any) -> Transcript | None:  # noqa: ANN401 - any JSON
    """Google's Speech-to-Text, versions 1 and 2; of an answer with speakers, the last result has all words again."""
    results = _listed((plain.get("response") or plain)["results"])
    per_result = [
        [
            _google_word(word, _channel(result.get("channelTag"), 1) if result.get("channelTag") else None)
            for word in _listed((_listed(result.get("alternatives")) or [{}])[0].get("words"))
        ]
        for result in results
    ]
    if not any(per_result):
        return None
    spoken = [words for words in per_result if any(word.speaker for word in words)]
    if spoken and len(per_result) > 1 and len(per_result[-1]) >= sum(map(len, per_result[:-1])):
        return Transcript(words=per_result[-1])
    return Transcript(words=[word for words in per_result for word in words])


def _google_word(word: Entry, channel: int | None) -> Stretch:
    tag = word.get("speakerLabel") or word.get("speakerTag") or None
    begin = word.get("startTime", word.get("startOffset", word.get("start_time", word.get("start_offset", 0))))
    end = word.get("endTime", word.get("endOffset", word.get("end_time", word.get("end_offset"))))
    return Stretch(seconds(begin), seconds(end), str(word["word"]).strip() or None, _name(tag), channel)


def _azure(plain: Any) -> Transcript | None:  # noqa: ANN401 - any JSON
    """Azure's batch and fast transcription, and its SDK's detailed answers."""
    if isinstance(plain, Mapping) and "NBest" in plain:
        plain = [plain]
    if isinstance(plain, list):
        return _azure_detailed(_listed(plain))
    entries = _listed(plain.get("recognizedPhrases") or plain["phrases"])
    made = Transcript()
    for entry in entries:
        best = (_listed(entry.get("nBest")) or [entry])[0]
        more = {"speaker": _name(entry.get("speaker")), "channel": _channel(entry.get("channel"))}
        made.phrases.append(_azure_stretch(entry, best.get("display") or best.get("text"), more))
        for word in _listed(best.get("displayWords") or best.get("words")):
            made.words.append(
                _azure_stretch(word, word.get("displayText") or word.get("word") or word.get("text"), more)
            )
    channels = {s.channel for s in made.phrases}
    return made if len(channels) > 1 else Transcript(_without_channel(made.words), _without_channel(made.phrases))


def _without_channel(stretches: Iterable[Stretch]) -> list[Stretch]:
    return [Stretch(s.begin, s.end, s.text, s.speaker) for s in stretches]


def _azure_stretch(entry: Entry, text: str | None, more: dict[str, Any]) -> Stretch:
    if "offsetMilliseconds" in entry:
        return _lasting(entry, text, "offsetMilliseconds", "durationMilliseconds", _MS, **more)
    if "offsetInTicks" in entry:
        return _lasting(entry, text, "offsetInTicks", "durationInTicks", _TICKS, **more)
    return _lasting(entry, text, "offset", "duration", 1.0, **more)


def _azure_detailed(entries: Sequence[Entry]) -> Transcript | None:
    made = Transcript()
    for entry in entries:
        best = entry["NBest"][0]
        made.phrases.append(_lasting(entry, best["Display"], "Offset", "Duration", _TICKS))
        for word in _listed(best.get("Words")):
            made.words.append(_lasting(word, word["Word"], "Offset", "Duration", _TICKS))
    return made


def _vosk(plain: Any) -> Transcript | None:  # noqa: ANN401 - any JSON
    answers = _listed(plain) if isinstance(plain, list) else [plain]
    words = [w for answer in answers if "text" in answer for w in _listed(answer.get("result"))]
    return Transcript(words=[stretch(word, "word") for word in words if "word" in word])


_FAMILIES: tuple[Callable[[Any], Transcript | None], ...] = (
    _deepgram,
    _aws,
    _google,
    _azure,
    _assemblyai,
    _whisper_cpp,
    _chunks,
    _vosk,
    _whisper,
)
