"""EmotionML: categories with and without values, dimensions, traces, times; entities and other XML."""

import subprocess
import sys
import textwrap

import pytest

import leed
from leed.errors import DamagedInputError, UnknownFormatError
from tests.support.answers import EMOTIONML
from tests.support.parts import shared


def document(inner: str) -> bytes:
    return f'<?xml version="1.0"?><emotionml xmlns="http://www.w3.org/2009/10/emotionml">{inner}</emotionml>'.encode()


def said(inner: str) -> list[str]:
    return [str(d) for d in leed.describe_all(leed.read(document(inner)))]


def test_an_emotion_is_described() -> None:
    recording = leed.read(EMOTIONML)
    assert [str(d) for d in leed.describe_all(recording)] == [
        'They said "I\'m fine" and sound quite sad.',
        'They said "I\'m fine" and sound very subdued.',
    ]
    category, dimension = recording.tracks
    assert (category.source, category.modality, category.quantity) == ("call.wav", "prosody", "intensity")
    assert (dimension.quantity, dimension.taxonomy) == ("bipolar", "dimensions-3")
    assert (category.begin.tolist(), category.end.tolist()) == ([0.5], [1.7])
    assert recording.issues == ()


@pytest.mark.parametrize(
    ("inner", "sentences"),
    [
        ('<emotion><category name="sadness" value="0.5"/></emotion>', ["They come across as moderately sad."]),
        (
            '<emotion><category name="sadness"/><intensity value="0.5"/></emotion>',
            ["They come across as moderately sad."],
        ),
        ('<emotion><category name="sadness" confidence="0.8"/></emotion>', ["They come across as clearly sad."]),
        ('<emotion expressed-through="face"><category name="sadness"/></emotion>', ["They look sad."]),
        (
            '<emotion expressed-through="face voice"><category name="joy" value="0.9"/></emotion>',
            ["They come across as extremely joyful."],
        ),
        (
            '<emotion><dimension name="arousal"><trace freq="10Hz" samples="0.1 0.9"/></dimension></emotion>',
            ["They come across as very subdued.", "They come across as highly energetic."],
        ),
    ],
)
def test_a_number_is_what_the_attribute_says(inner: str, sentences: list[str]) -> None:
    assert said(inner) == sentences


def test_emotions_inside_other_xml_and_under_a_prefix_are_read() -> None:
    data = (
        b'<speak xmlns:e="http://www.w3.org/2009/10/emotionml"><p><e:emotion><e:category name="joy" value="0.9"/>'
        b"</e:emotion></p></speak>"
    )
    assert [str(d) for d in leed.describe_all(leed.read(data))] == ["They come across as extremely joyful."]


def test_times_come_from_fragments_offsets_or_dates() -> None:
    recording = leed.read(
        document(
            '<emotion><category name="joy"/><reference uri="a.avi#t=2.5,4"/>'
            '<reference uri="#Ann" role="expressedBy"/></emotion>'
            '<emotion start="1700000000500" end="1700000001000"><category name="joy"/></emotion>'
            '<emotion start="1700000000000" duration="250"><category name="joy"/></emotion>'
        )
    )
    assert [(t.source, t.speaker) for t in recording.tracks] == [("a.avi", "#Ann"), (None, None)]
    assert [(t.begin.tolist(), t.end.tolist()) for t in recording.tracks] == [([2.5], [4.0]), ([0.5, 0.0], [1.0, 0.25])]
    assert [i.code for i in recording.issues] == ["inferred"]


@pytest.mark.parametrize(
    ("inner", "codes"),
    [
        ('<emotion><category name="sad" value="x"/></emotion>', ["unreadable-score", "no-scores"]),
        ('<emotion><category name="sad" value="0.5"/><appraisal name="novelty" value="0.3"/></emotion>', ["not-read"]),
        ("<emotion/>", ["no-scores"]),
        ('<emotion><category value="0.5"/></emotion>', ["no-scores"]),
        (
            '<emotion><dimension name="arousal" value="0.5"><trace samples="0.1"/></dimension></emotion>',
            ["not-read"],
        ),
    ],
)
def test_what_cannot_be_used_is_reported(inner: str, codes: list[str]) -> None:
    assert [i.code for i in leed.read(document(inner)).issues] == codes


BOMB = b"""<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">
<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;">]>
<emotionml xmlns="http://www.w3.org/2009/10/emotionml"><emotion>&c;<category name="sad"/></emotion></emotionml>"""
OUTSIDE = b"""<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a SYSTEM "file:///etc/passwd">]>
<emotionml xmlns="http://www.w3.org/2009/10/emotionml"><emotion>&a;<category name="sad"/></emotion></emotionml>"""


@pytest.mark.parametrize("data", [BOMB, OUTSIDE])
def test_entities_are_never_expanded(data: bytes) -> None:
    for options in ({}, {"format": "emotionml"}):
        with pytest.raises(DamagedInputError, match="declares entities, which leed does not expand"):
            leed.read(data, **options)


@pytest.mark.parametrize("data", [document("<emotion>")[:-20], document("<emotion><category></emotion>")])
def test_xml_that_is_not_well_formed_is_said_to_be_so(data: bytes) -> None:
    with pytest.raises(DamagedInputError, match="the XML is not well-formed"):
        leed.read(data)


def test_other_xml_is_refused() -> None:
    with pytest.raises(UnknownFormatError, match="is XML, which leed does not read"):
        leed.read(b"<a/>")
    with pytest.raises(UnknownFormatError, match="is XML, but not EmotionML"):
        leed.read(b"<a/>", format="emotionml")


@pytest.mark.needs_data
def test_a_real_file_of_vocabularies_is_a_near_miss() -> None:
    for options in ({}, {"format": "emotionml"}):
        with pytest.raises(
            UnknownFormatError, match="is an EmotionML document without emotions: it defines vocabularies"
        ):
            leed.read(shared("other/vocabularies.emotionml"), **options)


def test_a_missing_package_is_named_with_its_extra() -> None:
    """In a process of its own, where defusedxml cannot be found; other formats need none of it."""
    code = """
        import sys
        sys.modules["defusedxml"] = None
        import leed
        assert len(leed.read(b'{"Joy": 0.84}')) == 1
        try:
            leed.read(DATA)
        except leed.LeedError as error:
            print(error)
    """
    source = textwrap.dedent(code).replace("DATA", repr(EMOTIONML))
    done = subprocess.run([sys.executable, "-c", source], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == (
        "reading EmotionML needs the package 'defusedxml', which is not installed: pip install 'leed[emotionml]'"
    )
