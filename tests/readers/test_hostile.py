"""Every format with something hostile in it: a recording or one line that says what is wrong, and never a wait."""

import json
import re
from collections.abc import Callable
from typing import Any

import pytest

import leed
from leed.errors import DamagedInputError
from tests.support import formats
from tests.support.mangling import harmless

Change = Callable[[bytes], bytes]
TEXT = {name: data for name, data in formats.BYTES.items() if name not in ("dataset", "files", "parquet")}
SAMPLES = TEXT | {name: json.dumps(plain, indent=1).encode() for name, plain in formats.PLAIN.items()}
_NUMBER = re.compile(rb"(?<=[:\[, ])-?\d+(?:\.\d+)?(?:e-?\d+)?(?=[,\]} \n])")
_WORD = re.compile(rb'"([a-zA-Z][^"]*)"(?!\s*:)')
_KEY = re.compile(rb'"([a-zA-Z][^"]*)"(?=\s*:)')


def replaced(pattern: re.Pattern[bytes], new: bytes, count: int = 0) -> Change:
    r"""Replaces all that match; ``\1`` is the word or key."""
    return lambda data: pattern.sub(lambda found: new.replace(b"\\1", found[found.re.groups]), data, count)


NUMBERS = [
    *(b"1e999", b"-1e999", b"9" * 400, b"9" * 5000, b"1e308", b"-0", b"0.1e-400", b"18446744073709551616"),
    *(b"NaN", b"-Infinity", b"true", b"null", b"[[[]]]", b"{}", b'"1e999"', b'"99999999999999999999"', b'"\\ud800"'),
]
CHANGES: dict[str, Change] = {
    **{f"numbers are {new[:12].decode()}": replaced(_NUMBER, new) for new in NUMBERS},
    "carriage returns": lambda data: data.replace(b"\n", b"\r"),
    "keys stand twice": replaced(_KEY, b'"\\1": 1, "\\1"'),
    "keys stand twice, once as null": replaced(_KEY, b'"\\1": null, "\\1"'),
    "a NUL": lambda data: data.replace(b'"', b'\x00"', 1),
    "NULs for blanks": lambda data: data.replace(b" ", b"\x00"),
    "NULs in words": replaced(_WORD, b'"\\u0000\\1"'),
    "half characters in words": replaced(_WORD, b'"\\ud800\\1\\udc00"'),
    "half characters in keys": replaced(_KEY, b'"\\1\\ud800"'),
    "Latin-1": replaced(_WORD, b'"\\1\xe9"'),
    "Latin-1 and UTF-8": replaced(_WORD, b'"\\1\xe9\xc3\xa9"'),
    "signs that steer a terminal": replaced(_WORD, b'"\\u202e\\u001b[31m\\n\\1"'),
    "long words": replaced(_WORD, b'"' + b"x" * 100_000 + b'"', count=3),
    "brackets without end": replaced(_NUMBER, b"[" * 100_000 + b"]" * 100_000, count=1),
    "objects in objects": replaced(_NUMBER, b'{"a":' * 2_000 + b"1" + b"}" * 2_000, count=1),
    "UTF-7": lambda data: data.decode().encode("utf-7"),
    "UTF-16, cut within a character": lambda data: data.decode().encode("utf-16")[:-3],
    "UTF-16 without a mark, and a byte more": lambda data: data.decode().encode("utf-16-le") + b"x",
    "the mark of UTF-16 before UTF-8": lambda data: b"\xff\xfe" + data,
    "two byte order marks": lambda data: b"\xef\xbb\xbf" * 2 + data,
    "a byte order mark within": lambda data: data.replace(b",", b",\xef\xbb\xbf", 2),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
@pytest.mark.parametrize("name", SAMPLES)
def test_hostile_content_is_a_recording_or_a_leed_error(name: str, change: Change) -> None:
    data = change(SAMPLES[name])
    harmless(data)
    harmless(data, format=name)


@pytest.mark.parametrize("name", SAMPLES)
def test_the_ends_of_lines_do_not_matter(name: str) -> None:
    assert leed.read(SAMPLES[name].replace(b"\n", b"\r\n")) == leed.read(SAMPLES[name])


# --- XML

BEGIN = '<emotionml xmlns="http://www.w3.org/2009/10/emotionml" version="1.0">'
EMOTION = '<emotion><category name="joy" value="0.84"/></emotion>'


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-16-le", "utf-32", "iso-8859-1"])
def test_xml_may_say_its_encoding(encoding: str) -> None:
    text = f'<?xml version="1.0" encoding="{encoding.upper()}"?>{BEGIN}{EMOTION}</emotionml>'
    recording = leed.read(text.encode(encoding))
    assert [str(d) for d in leed.describe_all(recording)] == ["They come across as extremely joyful."]


@pytest.mark.parametrize(
    "declared",
    [
        '<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">',
        '<!ENTITY a SYSTEM "file:///etc/passwd">',
        '<!ENTITY a SYSTEM "http://127.0.0.1:9/">',
        '<!ENTITY % a SYSTEM "file:///etc/passwd"> %a;',
        '<!ENTITY a "' + "x" * 100_000 + '">',
    ],
    ids=["expansion", "file", "network", "parameter", "large"],
)
def test_xml_entities_are_refused(declared: str) -> None:
    text = f'<?xml version="1.0"?><!DOCTYPE emotionml [{declared}]>{BEGIN}&a;{EMOTION}</emotionml>'
    with pytest.raises(DamagedInputError, match="the XML declares entities, which leed does not expand"):
        leed.read(text.encode(), format="emotionml")


def test_deep_xml_is_harmless() -> None:
    harmless((BEGIN + "<a>" * 20_000 + EMOTION + "</a>" * 20_000 + "</emotionml>").encode())


# --- many of something: each of these once took time, or memory, by the square of how many there are

MANY: dict[str, Any] = {
    "labels": {f"l{i}": 0.5 for i in range(5_000)},
    "labels in rows that share none": [{"Joy": 0.5, f"l{i}": 0.5} for i in range(5_000)],
    "labels of a pipeline": [{"label": f"l{i}" if i else "joy", "score": 0.5} for i in range(5_000)],
    "files of one name": [
        formats.PLAIN["hume-batch"][0]["results"]["predictions"][0] | {"models": {"face": {"grouped_predictions": []}}}
    ]
    * 3_000,
    "runs of one name": [formats.V1] * 1_000,
    "channels of one number": {"channels": formats.PHONEXIA["result"]["channels"] * 2_000},
    "bytes that are not UTF-8": b'{"Joy": 0.5, "text": "' + b"\xe9" * 300_000 + b'"}',
    "faces": TEXT["openface"].partition(b"\n")[0]
    + b"".join(b"\n%d, %d, 0.0, 0.98, 1, 0.0, 0, 0, 0, 0.5, 0, 0, 0" % (i, i) for i in range(3_000)),
}


@pytest.mark.parametrize("name", MANY)
def test_many_of_something_are_read(name: str) -> None:
    recording = leed.read(MANY[name])
    assert len(recording) + len(recording.issues) > 0


def test_rows_that_share_no_labels_make_no_matrix_of_holes() -> None:
    recording = leed.read(MANY["labels in rows that share none"])
    assert len(recording) == 5_000
    assert sum(track.matrix.size for track in recording.tracks) < 6_000_000 < 5_000 * 5_001


def test_what_has_the_same_name_gets_a_number() -> None:
    channels = [track.speaker for track in leed.read(MANY["channels of one number"]).tracks]
    assert (len(channels), len(set(channels))) == (2_000, 2_000)
    runs = leed.read(MANY["runs of one name"]).sources
    assert (len(runs), runs[0], runs[999]) == (1_000, "r", "r (1000)")
