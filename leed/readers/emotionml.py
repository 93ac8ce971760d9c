"""W3C EmotionML 1.0 documents.

::

    <emotionml xmlns="http://www.w3.org/2009/10/emotionml" version="1.0"
               category-set="http://www.w3.org/TR/emotion-voc/xml#big6">
      <emotion offset-to-start="500" duration="1200" expressed-through="voice">
        I'm fine
        <category name="sadness" value="0.34" confidence="0.8"/>
        <reference uri="call.wav#t=0.5,1.7"/>
      </emotion>
    </emotionml>

Also emotions inside other XML, in EmotionML's namespace. Quantity: a category's ``value`` is intensity (that of the
emotion's ``<intensity>``, if it has none of its own and stands alone); a ``confidence`` without a value is probability;
a bare category is presence. A dimension is bipolar, 0 to 1. A ``<trace>`` makes a segment of each sample. Units:
milliseconds; seconds in a media fragment. Absolute times are counted from the first. Appraisals and action tendencies
are left out and reported. Entities are never expanded. Needs the package defusedxml (``leed[emotionml]``).
Source: W3C Recommendation, Emotion Markup Language (EmotionML) 1.0.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

from leed import plugins
from leed.errors import DamagedInputError, UnknownFormatError
from leed.readers import CERTAIN, NEAR, NOT_THIS, Guess, Reader
from leed.readers.answers import Answers, Kind, without_query
from leed.readers.content import HEAD, Content
from leed.schema.recording import Recording

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

NAMESPACE = "http://www.w3.org/2009/10/emotionml"

_EMOTION = re.compile(rb"<(?:[\w.-]+:)?emotion(?:[\s/>]|$)")
_MODALITIES = {"face": "face", "voice": "prosody", "text": "language"}
_FRAGMENT = re.compile(r"t=(?:npt:)?(\d+(?:\.\d+)?)?(?:,(\d+(?:\.\d+)?))?")
_NOT_READ = ("appraisal", "action-tendency")
_MOST_SAMPLES = 1_000_000
_WHOLE = 1 << 25
_MS = 1000


def recognise(content: Content) -> Guess:
    """Return whether it is XML in EmotionML's namespace with an emotion in it."""
    if content.kind != "xml" or (NAMESPACE.encode() not in content.head and b"emotionml" not in content.head):
        return NOT_THIS
    data = content.data if HEAD < content.size <= _WHOLE else content.head
    if _EMOTION.search(data) or not data.rstrip().endswith(b">"):  # one that is cut off is said to be so
        return Guess(CERTAIN)
    return Guess(NEAR, _NO_EMOTION)


def read(content: Content) -> Recording:
    """Return a recording with a segment for each emotion, or for each sample of its trace."""
    if content.kind != "xml":
        raise UnknownFormatError(f"{content.shown}: is {content.kind}; expected an EmotionML document (XML)")
    root = _parsed(content)
    emotions = list(root.iter(_tag("emotion")))
    if not emotions:
        known = root.tag == _tag("emotionml")
        raise UnknownFormatError(f"{content.shown}: {_NO_EMOTION if known else 'is XML, but not EmotionML'}")
    gathered = Answers(content, "emotion")
    starts = [v for e in emotions if not math.isnan(v := _number(e.get("start")))]
    first = min(starts, default=math.nan)
    if starts:
        what = "absolute times are counted in seconds from the first"
        gathered.note("inferred", what, content.name)
    for emotion in emotions:
        _add(gathered, emotion, first)
    return gathered.recording()


_NO_EMOTION = "is an EmotionML document without emotions: it defines vocabularies and scores nothing"


def _parsed(content: Content) -> Element:
    """The document's root.

    Raises:
        MissingPackageError: defusedxml is not installed.
        DamagedInputError: it is not well-formed, or declares entities.
    """
    try:
        from defusedxml import DefusedXmlException  # noqa: PLC0415 - an extra
        from defusedxml.ElementTree import ParseError, fromstring  # noqa: PLC0415 - an extra
    except ModuleNotFoundError as error:
        raise plugins.missing("reading EmotionML", error, extra="emotionml") from error
    text = content.text.lstrip("\ufeff \t\r\n")
    try:
        # Without a DOCTYPE nothing can declare an entity, so that the fast parser is as safe as the guarded one.
        root: Element = (fromstring if "<!DOCTYPE" in text else ET.fromstring)(text)
    except ParseError as error:
        raise DamagedInputError(f"{content.shown}: the XML is not well-formed: {error}") from error
    except DefusedXmlException as error:
        raise DamagedInputError(
            f"{content.shown}: the XML declares entities, which leed does not expand; take them out"
        ) from error
    except (ValueError, LookupError) as error:
        raise DamagedInputError(f"{content.shown}: the XML cannot be read: {error}") from error
    return root


def _add(gathered: Answers, emotion: Element, first: float) -> None:
    children = list(emotion)
    tags = {child.tag for child in children}
    source, begin, end, speaker = _references(emotion) if _tag("reference") in tags else _UNSAID
    begin, end = _times(emotion.attrib, first, begin, end)
    through = emotion.get("expressed-through")
    ways = [_MODALITIES.get(way) for way in through.split()] if through else ()
    modality = ways[0] if len(ways) == 1 else None
    words = " ".join(" ".join([emotion.text or "", *[child.tail or "" for child in children]]).split())
    for name in _NOT_READ:
        if _tag(name) in tags:
            gathered.note("not-read", f"<{name}> says nothing that leed has words for; it is left out", source)
    said = False
    is_traced = any(map(len, children))
    for quantity, scores in _statements(emotion, children).items():
        taken = gathered.scores(scores, source)
        for at, row in _samples(emotion, quantity, taken, gathered) if is_traced else [(math.nan, taken)]:
            kind = _kind(modality, quantity, None if math.isnan(at) else "frame")
            times = (begin, end) if math.isnan(at) else ((0.0 if math.isnan(begin) else begin) + at,) * 2
            gathered.add(kind, row, source=source, speaker=speaker, begin=times[0], end=times[1], text=words or None)
            said = True
    if not said:
        gathered.add(Kind(modality), {}, source=source)


def _times(said: Mapping[str, str], first: float, begin: float, end: float) -> tuple[float, float]:
    """When an emotion begins and ends: as its attributes say or else, in absolute times, from the first."""
    offset = _number(said["offset-to-start"]) if "offset-to-start" in said else math.nan
    start = _number(said["start"]) if "start" in said else math.nan
    if not math.isnan(offset):
        begin = offset / _MS
    elif not math.isnan(start):
        begin = (start - first) / _MS
    duration = _number(said["duration"]) if "duration" in said else math.nan
    stop = _number(said["end"]) if "end" in said else math.nan
    if not math.isnan(duration):
        end = begin + duration / _MS
    elif not math.isnan(stop):
        end = (stop - first) / _MS
    return begin, end


@lru_cache(maxsize=64)
def _kind(modality: str | None, quantity: str, granularity: str | None) -> Kind:
    return Kind(modality, "expression", None, quantity, False, granularity)


_UNSAID = (None, math.nan, math.nan, None)


def _statements(emotion: Element, children: list[Element]) -> dict[str, list[tuple[str, Any]]]:
    """What an emotion says, by quantity: (name, value) pairs."""
    found: dict[str, list[tuple[str, Any]]] = {}
    tag = _tag("category")
    categories = [c for c in children if c.tag == tag and c.get("name")]
    whole = emotion.find(_tag("intensity")) if len(categories) == 1 else None
    alone = whole.get("value") if whole is not None else None
    for category in categories:
        value = category.get("value", alone)
        traced = len(category) > 0 and category.find(_tag("trace")) is not None
        confidence = category.get("confidence") if value is None else None
        if value is not None or traced:
            quantity, said = "intensity", _plain(value)
        elif confidence is not None:
            quantity, said = "probability", _plain(confidence)
        else:
            quantity, said = "presence", 1.0
        found.setdefault(quantity, []).append((category.get("name") or "", said))
    tag = _tag("dimension")
    for dimension in children:
        if dimension.tag == tag and dimension.get("name"):
            found.setdefault("bipolar", []).append((dimension.get("name") or "", _plain(dimension.get("value"))))
    return found


def _samples(
    emotion: Element, quantity: str, scores: dict[str, float], gathered: Answers
) -> list[tuple[float, dict[str, float]]]:
    """(seconds, scores) of each sample of the traces; one without a time if there are none."""
    tag = "dimension" if quantity == "bipolar" else "category"
    traces = {}
    rate = math.nan
    for child in emotion.findall(_tag(tag)):
        trace = child.find(_tag("trace"))
        if trace is not None and child.get("name") in scores:
            rate = _number((trace.get("freq") or "").lower().removesuffix("hz").strip())
            traces[child.get("name") or ""] = [_number(v) for v in (trace.get("samples") or "").split()[:_MOST_SAMPLES]]
    count = max(map(len, traces.values()), default=0)
    if not count:
        return [(math.nan, scores)]
    if math.isnan(rate) or rate <= 0:
        gathered.note("not-read", "a trace has no frequency; its samples are left out", gathered.source)
        return [(math.nan, scores)]
    return [
        (i / rate, {**scores, **{name: t[i] if i < len(t) else math.nan for name, t in traces.items()}})
        for i in range(count)
    ]


def _references(emotion: Element) -> tuple[str | None, float, float, str | None]:
    """(source, begin, end, speaker) as the references say."""
    source = speaker = None
    begin = end = math.nan
    for reference in emotion.findall(_tag("reference")):
        uri, _, fragment = (reference.get("uri") or "").partition("#")
        if reference.get("role") == "expressedBy":
            speaker = (f"{uri}#{fragment}" if fragment else uri) or None
        elif uri and source is None:
            source = without_query(uri)
            times = _FRAGMENT.fullmatch(fragment)
            if times is not None:
                begin, end = _number(times[1] or "0"), _number(times[2])
    return source, begin, end, speaker


@lru_cache(maxsize=64)
def _tag(name: str) -> str:
    return f"{{{NAMESPACE}}}{name}"


def _plain(value: str | None) -> float | str | None:
    """A number as one; what is none stays text, and is reported where scores are read."""
    number = _number(value)
    return value if math.isnan(number) else number


def _number(value: str | None) -> float:
    if not value:
        return math.nan
    try:
        number = float(value)
    except ValueError:
        return math.nan
    return number if -math.inf < number < math.inf else math.nan


reader = Reader(
    "emotionml",
    "W3C EmotionML 1.0 (XML)",
    "intensity, probability, presence or bipolar, as each emotion says",
    recognise,
    read,
)
