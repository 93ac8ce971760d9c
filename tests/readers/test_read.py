"""leed.read and leed.describe_all on anything: a recording that is described, or a LeedError, and nothing else."""

import bz2
import contextlib
import io
import json
import lzma
import math
import os
import random
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import leed
from leed.errors import DamagedInputError, InputError, OptionError, UnknownFormatError
from leed.readers import readers
from tests.support import hume

MAPPING = (
    b'[{"begin": 0.0, "speaker": "Ben", "text": "I\'m \\u00e9", "Joy": 0.84}, {"begin": 1, "Joy": "0.5", "Awe": null}]'
)
NESTED = b'{"prosody": {"Sadness": 0.34}, "face": [{"name": "Joy", "score": 0.5}], "text": "so", "begin_ms": 1500}'
TABLE = (
    b'clip,speaker,begin,end,Joy,Sadness,Text\na.wav,Ben,0.0,1.5,0.84,0.02,"so, \xc3\xa9\nhm"\nb.wav,Ann,2,3,nan,0.5,\n'
)
TABS = b"Joy\tSadness\tdance\n0,84\t0,1\t0,5\n0,2\t\t1\n"
DOCUMENT = leed.read(NESTED).to_json()
SMALL_BATCH = hume.minified(
    [
        hume.source(
            {"type": "url", "url": "https://example.org/a?b=c"},
            {
                "file": "a.mp4",
                "models": {
                    "face": hume.model(
                        hume.group(
                            "face_0", {"time": 0, "frame": 0, "emotions": hume.scores({"Joy": 0.9}, ["Joy", "Awe"])}
                        )
                    ),
                    "language": hume.model(hume.group("unknown", hume.language("é so") | {"emotions": None})),
                },
            },
            errors=[{"message": "m", "file": "a.mp4"}],
        )
    ]
)
SAMPLES = {
    "leed": DOCUMENT,
    "hume-batch": SMALL_BATCH,
    "mapping": MAPPING,
    "nested mapping": NESTED,
    "table": TABLE,
    "tabs": TABS,
}


def tried(source: Any, **options: Any) -> leed.Recording | None:
    """Read and describe all of it; a LeedError is fine if it is one short line, anything else is not."""
    try:
        recording = leed.read(source, **options)
        descriptions = list(leed.describe_all(recording))
    except leed.LeedError as error:
        message = str(error)
        assert message
        assert len(message) < 2000
        return None
    assert len(descriptions) == len(recording)
    for description in descriptions:
        assert type(str(description)) is str
        assert str(description)
        assert len(str(description).splitlines()) == 1
        json.dumps(description.to_dict(), allow_nan=False)
        assert description.explain()
    for issue in recording.issues:
        assert issue.code
        assert issue.message
    assert leed.read(recording.to_json()) == recording
    return recording


# --- what is told from the content


@pytest.mark.parametrize(
    ("source", "format_"),
    [
        (DOCUMENT, "leed"),
        (hume.minified(hume.conversation()), "hume-batch"),
        (SMALL_BATCH, "hume-batch"),
        (MAPPING, "mapping"),
        (NESTED, "mapping"),
        (b'{"Joy": 0.84}', "mapping"),
        (TABLE, "table"),
        (TABS, "table"),
    ],
)
def test_the_format_is_told_from_the_content(source: bytes, format_: str, tmp_path: Path) -> None:
    """Bytes, a file of any name, an open file, text, and the format said aloud all give the same scores."""
    recording = leed.read(source)
    assert len(recording) > 0
    assert leed.read(source, format=format_) == recording
    assert leed.read(bytearray(source)) == recording
    assert leed.read(memoryview(source)) == recording
    assert leed.read(io.BytesIO(source)) == recording
    assert leed.read(io.StringIO(source.decode())) == recording
    path = tmp_path / "anything.bin"
    path.write_bytes(source)
    sentences = [str(d) for d in leed.describe_all(recording)]
    for given_ in (path, str(path), os.fsencode(path) and path):
        assert [str(d) for d in leed.describe_all(leed.read(given_))] == sentences
    with path.open("rb") as file:
        assert [str(d) for d in leed.describe_all(leed.read(file))] == sentences


def test_a_recording_is_read_as_itself() -> None:
    recording = leed.read(MAPPING)
    assert leed.read(recording) is recording


def test_every_reader_says_what_it_is() -> None:
    names = [reader.name for reader in readers()]
    assert names[0] == "leed"
    assert {"hume-batch", "hume-csv", "mapping", "table"} <= set(names)
    assert names.index("hume-batch") < names.index("mapping")  # what takes anything of its kind comes last
    assert all(reader.title and reader.holds for reader in readers())


def test_an_unknown_format_is_an_error_with_a_suggestion() -> None:
    with pytest.raises(OptionError, match=r"'tabel' is not known: give one of .*\(did you mean 'table'\?\)"):
        leed.read(b"{}", format="tabel")


@pytest.mark.parametrize("format_", ["leed", "hume-batch", "mapping", "table"])
@pytest.mark.parametrize("sample", SAMPLES.values(), ids=SAMPLES)
def test_a_format_that_is_forced_on_anything_gives_a_recording_or_a_leed_error(sample: bytes, format_: str) -> None:
    tried(sample, format=format_)


# --- what is not to be read


def test_a_missing_file(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"nothing\.json: no such file$"):
        leed.read(tmp_path / "nothing.json")


def test_content_given_as_a_path_says_how_content_goes_in() -> None:
    with pytest.raises(InputError, match="no such file; content goes in as bytes"):
        leed.read('{"Joy": 0.84}')


def test_a_long_content_given_as_a_path() -> None:
    with pytest.raises(InputError, match="content goes in as bytes"):
        leed.read(json.dumps(hume.conversation()))


def test_a_directory(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"is a directory without a file in it$"):
        leed.read(tmp_path)


def test_a_path_through_a_file(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(MAPPING)
    with pytest.raises(InputError, match="cannot be read: Not a directory"):
        leed.read(tmp_path / "file" / "inside.json")


def test_a_path_that_cannot_be_one() -> None:
    with pytest.raises(InputError, match="cannot be a path"):
        leed.read("a\0b")
    with pytest.raises(InputError):
        leed.read("")


def test_a_file_without_permission(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The tests may run as root, who may read all: so the refusal is played."""
    path = tmp_path / "a.json"
    path.write_bytes(MAPPING)

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr("builtins.open", refuse)
    with pytest.raises(InputError, match=r"a\.json: cannot be read: Permission denied"):
        leed.read(path)


def test_a_file_that_fails_while_it_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A broken disk or network drive fails after the file is open."""
    path = tmp_path / "a.json"
    path.write_bytes(MAPPING)

    class Broken(io.BytesIO):
        def read(self, *_: object) -> bytes:
            raise OSError(5, "Input/output error")

    monkeypatch.setattr("builtins.open", lambda *_, **__: Broken())
    with pytest.raises(InputError, match=r"a\.json: cannot be read: Input/output error"):
        leed.read(path)


def test_an_open_file_that_fails() -> None:
    class Broken:
        def read(self) -> bytes:
            raise RuntimeError("gone")

    class Odd:
        def read(self) -> int:
            return 3

    with pytest.raises(InputError, match="cannot be read: gone"):
        leed.read(Broken())
    with pytest.raises(InputError, match="gave int, not bytes or text"):
        leed.read(Odd())


@pytest.mark.parametrize("given_", [3, 0.5, None, object(), {1, 2}, lambda: 1])
def test_a_thing_that_is_nothing_leed_reads(given_: Any) -> None:
    with pytest.raises(UnknownFormatError, match="give a path, bytes, an open file, or a mapping or list"):
        leed.read(given_)


@pytest.mark.parametrize("empty", [b"", b" \n\t ", b"\xef\xbb\xbf", b"\xff\xfe"])
def test_an_empty_file(empty: bytes) -> None:
    with pytest.raises(UnknownFormatError, match="is empty"):
        leed.read(empty)


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (b"\x28\xb5\x2f\xfd\x24", "is compressed by zstd, .*: unpack it with 'zstd -d' and give what comes out"),
        (bz2.compress(b"[]"), "is compressed by bzip2, .* 'bunzip2'"),
        (lzma.compress(b"[]"), "is compressed by xz, .* 'unxz'"),
        (b"7z\xbc\xaf\x27\x1c", "is a 7z archive, .* '7z x'"),
        (b"a.json".ljust(257, b"\0") + b"ustar", "is a tar archive, .* 'tar -xf'"),
        (b"PK\x03\x04abc", "is a zip archive"),
        (b"RIFF\x00\x00\x00\x00WAVE", "is a WAV or AVI file"),
        (b"\x89PNG\r\n\x1a\n\x00", "is a PNG picture"),
        (b"\xff\xd8\xff\xe0\x00", "is a JPEG picture"),
        (b"%PDF-1.7\n", "is a PDF document"),
        (b"ID3\x04\x00", "is an MP3 file"),
        (b"SQLite format 3\x00", "is an SQLite database"),
        (bytes(range(256)), "is binary data"),
        (b"\x00" * 50, "is binary data"),
        (b"<emotionml><emotion/></emotionml>", "is XML"),
        (b"dear diary, today I felt Joy", "is text"),
        (b"\xfd\x80\x81\xfe" * 20, "; 'leed formats' lists what leed reads$"),
    ],
)
def test_what_is_nothing_known_says_what_it_looks_like(data: bytes, what: str) -> None:
    with pytest.raises(UnknownFormatError, match=what):
        leed.read(data)


@pytest.mark.parametrize(
    "data",
    [b"[]", b"{}", b"[1, 2, 3]", b'{"a": "b"}', b'[["Joy", 0.5]]', b'{"Joy": "a lot of it"}', b"[null]", b"[[]]"],
)
def test_json_without_scores_says_so(data: bytes) -> None:
    with pytest.raises(UnknownFormatError, match="JSON, but holds no scores"):
        leed.read(data)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"{Joy: 0.5}", "not JSON from byte 1 on"),
        (b"{'Joy': 0.5}", "not JSON from byte 1 on"),
        (b'{"Joy": 0.5,}', "not JSON from byte 1[12] on"),
        (b'{"Joy": 0.5} x', "not JSON from byte 13 on"),
        (b'{"Joy": 0..5}', "not JSON from byte (9|10) on"),
        ('{"é": 0.5, "Joy" 0.5}'.encode(), "not JSON from byte 18 on"),
        (b'{"Joy": 0.5', "cut off at byte 11"),
        (b'{"Joy": 0.', "cut off at byte 10"),
        (b'{"Joy": 1e-', "cut off at byte 11"),
        (b'{"Joy": -', "cut off at byte 9"),
        (b'{"Joy": nul', "cut off at byte 11"),
        (b'{"Joy": tr', "cut off at byte 10"),
        (b'{"Joy": Na', "cut off at byte 10"),
        (b'{"Jo', "cut off at byte 4"),
        (b'{"Jo\\', "cut off at byte 5"),
        (b'{"Jo\\u00', "cut off at byte 8"),
        (b'{"Joy"', "cut off at byte 6"),
        (b"[", "cut off at byte 1"),
        ('{"text": "é'.encode()[:-1], "cut off at byte 11"),
        (b'[{"Joy": 0.5},', "cut off at byte 14"),
        (b'\xef\xbb\xbf{"Joy": 0.5', "cut off at byte 14"),
        ('{"Joy": 0.5'.encode("utf-16"), "cut off at byte 24"),
        (b'{"Joy": 0.5,\n\n', "cut off at byte 1[24]"),
    ],
)
def test_what_is_not_json_says_at_which_byte(data: bytes, message: str) -> None:
    """A byte of the file as it is, its byte order mark and its encoding included."""
    with pytest.raises(DamagedInputError, match=message):
        leed.read(data)


@pytest.mark.parametrize("text", [b"[" * 100_000, b'{"a":' * 100_000, b'[{"a":' * 50_000])
@pytest.mark.parametrize("closed", [False, True])
def test_nesting_of_100_000_brackets_is_an_error(text: bytes, *, closed: bool) -> None:
    closing = {ord("["): b"]", ord("{"): b"}"}
    end = b"0" + b"".join(closing[c] for c in reversed(text) if c in closing) if closed else b""
    with pytest.raises(leed.LeedError):
        leed.read(text + end)
    with pytest.raises(leed.LeedError):
        leed.read(b'{"Joy": 0.5, "x": ' + text + end + b"}")


def test_plain_data_nested_beyond_reason_is_an_error() -> None:
    deep: Any = {"Joy": 0.5}
    for _ in range(100_000):
        deep = [deep]
    with pytest.raises(leed.LeedError):
        leed.read(deep)
    wide: Any = {"Joy": 0.5}
    for _ in range(5000):
        wide = {"face": wide}
    with pytest.raises(leed.LeedError):
        leed.read(wide)
    while isinstance(deep, list):
        deep = deep[0]  # or Python frees it recursively


def test_plain_data_that_holds_itself_is_an_error() -> None:
    loop: dict[str, Any] = {}
    loop["again"] = loop
    with pytest.raises(leed.LeedError):
        leed.read(loop)
    ring: list[Any] = []
    ring.append(ring)
    with pytest.raises(leed.LeedError):
        leed.read(ring)


def test_all_integers_of_any_length_are_read() -> None:
    """Python limits how many digits it turns into a number; that is no reason for a traceback."""
    recording = leed.read(b'{"Joy": 0.84, "Awe": ' + b"9" * 5000 + b"}")
    assert [str(d) for d in leed.describe_all(recording)] == ["They come across as extremely joyful."]
    assert "not-finite" in [i.code for i in recording.issues]


# --- what is odd


@pytest.mark.parametrize(
    "data",
    [
        b'\xef\xbb\xbf{"Joy": 0.84}',
        '{"Joy": 0.84}'.encode("utf-16"),
        '\ufeff{"Joy": 0.84}'.encode("utf-16-le"),
        '\ufeff{"Joy": 0.84}'.encode("utf-16-be"),
        b'\n\n  {"Joy": 0.84}\r\n',
        b'{"Joy":0.84}\n',
        b'{"Joy": 0.84}\n{"Joy": 0.85}\n',
        b'{"Joy": 0.84}\n\n{"Joy": 0.85}',
        b'{"Joy": 8.4E-1}',
    ],
    ids=["utf-8 mark", "utf-16", "little", "big", "blanks", "line", "lines", "lines, last unended", "exponent"],
)
def test_json_is_read_in_any_encoding_and_as_lines(data: bytes) -> None:
    recording = leed.read(data)
    assert {str(d) for d in leed.describe_all(recording)} == {"They come across as extremely joyful."}
    assert recording.issues == ()


def test_bytes_of_another_encoding_are_read_and_reported() -> None:
    """A transcript in Latin-1 is no reason to refuse the scores."""
    recording = leed.read('{"Joy": 0.84, "text": "naïve café"}'.encode("latin-1"))
    assert recording.segments()[0].text == "naïve café"
    assert [i.code for i in recording.issues] == ["encoding"]
    recording = leed.read("Joy,Text\n0.84,naïve\n".encode("latin-1"))
    assert recording.segments()[0].text == "naïve"
    assert [i.code for i in recording.issues] == ["encoding"]


def test_json_lines_of_which_the_last_is_cut_off_are_read_and_reported() -> None:
    recording = leed.read(b'{"Joy": 0.84}\n{"Joy": 0.5}\n{"Joy": 0.')
    assert len(recording) == 2
    assert [i.code for i in recording.issues] == ["cut-off"]


@pytest.mark.parametrize("literal", [b"NaN", b"Infinity", b"-Infinity", b"1e999", b"-1e999", b"9" * 400])
def test_numbers_that_are_no_finite_ones_count_as_not_reported(literal: bytes) -> None:
    recording = leed.read(b'{"Joy": ' + literal + b', "Sadness": 0.5}')
    assert [str(d) for d in leed.describe_all(recording)] == ["They come across as moderately sad."]
    assert [i.code for i in recording.issues] == ["not-finite"]
    assert math.isnan(recording.tracks[0].matrix[0, recording.tracks[0].labels.index("Joy")])


def test_a_key_that_stands_twice_keeps_the_higher_score() -> None:
    recording = leed.read(b'{"Joy": 0.84, "Joy": 0.1}')
    assert [str(d) for d in leed.describe_all(recording)] == ["They come across as extremely joyful."]
    assert [i.code for i in recording.issues] == ["duplicate-label"]


# --- one segment after another


def test_a_sentence_does_not_depend_on_what_was_described_before() -> None:
    """Three labels above the floor of which one repeats another, then the same three with a fourth; and turned."""
    low = dict.fromkeys(hume.LABELS_48, 0.03125)
    three = low | {"Joy": 0.83, "Excitement": 0.64, "Ecstasy": 0.58}
    four = three | {"Awe": 0.5}
    fresh = {
        name: str(leed.Describer(calibration="none")(row, modality="face"))
        for name, row in (("three", three), ("four", four))
    }
    assert fresh == {
        "three": "They look extremely joyful and very excited.",
        "four": "They look extremely joyful, very excited and moderately awed.",
    }
    for order in (["three", "four", "three"], ["four", "three", "four"]):
        describer = leed.Describer(calibration="none")
        rows = {"three": three, "four": four}
        assert [str(describer(rows[name], modality="face")) for name in order] == [fresh[name] for name in order]
        describer = leed.Describer(calibration="none")
        assert [describer.text(rows[name], modality="face") for name in order] == [fresh[name] for name in order]


@settings(max_examples=40)
@given(seed=st.integers(0, 2**32))
def test_rows_in_any_order_give_the_sentences_that_each_gives_alone(seed: int) -> None:
    rng = random.Random(seed)
    few = rng.sample(hume.LABELS_48, 6)
    steps = (0.03, 0.3, 0.4, 0.5, 0.58, 0.66, 0.8)
    rows = [
        dict.fromkeys(hume.LABELS_48, 0.03) | {label: rng.choice(steps) + rng.random() / 100 for label in few}
        for _ in range(30)
    ]
    describer = leed.Describer()
    alone = leed.Describer(top=3)
    for row in rows:
        alone._plans.clear()
        object.__setattr__(alone, "_last", None)
        assert str(describer(row, modality="face")) == str(alone(row, modality="face"))


# --- anything at all


def mangled(data: bytes, seed: int) -> bytes:
    """The bytes with a few places flipped, deleted, inserted, cut or spliced."""
    rng = random.Random(seed)
    out = bytearray(data)
    for _ in range(rng.choice((1, 1, 2, 5, 20))):
        at = rng.randrange(len(out) + 1)
        match rng.randrange(7):
            case 0 if at < len(out):
                out[at] ^= 1 << rng.randrange(8)
            case 1:
                del out[at : at + rng.choice((1, 1, 3, 30))]
            case 2:
                out[at:at] = rng.randbytes(rng.choice((1, 4)))
            case 3:
                del out[at:]
            case 4:
                start = rng.randrange(len(out) + 1)
                out[at:at] = out[start : start + rng.randrange(60)]
            case 5:
                other = rng.choice(list(SAMPLES.values()))
                start = rng.randrange(len(other))
                out[at : at + rng.randrange(40)] = other[start : start + rng.randrange(60)]
            case _:
                tokens = (
                    b"null",
                    b"[]",
                    b"{}",
                    b'""',
                    b"NaN",
                    b"1e999",
                    b"-1",
                    b"true",
                    b'"',
                    b",",
                    b"]",
                    b"\n",
                    b"\x00",
                )
                out[at : at + rng.randrange(8)] = rng.choice(tokens)
    return bytes(out)


@pytest.mark.parametrize("name", SAMPLES)
@settings(max_examples=150)
@given(seed=st.integers(0, 2**63))
def test_mangled_bytes_give_a_recording_or_a_leed_error(name: str, seed: int) -> None:
    tried(mangled(SAMPLES[name], seed))


@pytest.mark.parametrize("format_", ["leed", "hume-batch", "mapping", "table"])
@settings(max_examples=60)
@given(name=st.sampled_from(list(SAMPLES)), seed=st.integers(0, 2**63))
def test_mangled_bytes_of_a_forced_format_give_a_recording_or_a_leed_error(format_: str, name: str, seed: int) -> None:
    tried(mangled(SAMPLES[name], seed), format=format_)


@settings(max_examples=200)
@given(data=st.binary(max_size=200))
def test_any_bytes_give_a_recording_or_a_leed_error(data: bytes) -> None:
    tried(data)


NAMES = (
    "Joy Sadness joy calm Wistfulness text begin end begin_ms speaker source modality face "
    "prosody language burst voice name label score probability emotions predictions "
    "grouped_predictions models results errors error file id time position box metadata facs "
    "leed tracks issues labels scores extras request state status job_id valence arousal 1  "
    "quantity granularity channel confidence "
)
KEYS = st.sampled_from(["", *NAMES.split()])
ATOMS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.integers(-(10**400), 10**400)
    | st.floats()
    | st.text(max_size=8)
    | KEYS
    | st.sampled_from(["recording/1", "0.5", "VERY_LIKELY", "nan", "1e999", "intensity", "FAILED"])
)
JSON = st.recursive(
    ATOMS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS | st.text(max_size=4), inner, max_size=6),
    max_leaves=25,
)


@settings(max_examples=300)
@given(plain=st.lists(JSON, max_size=4) | st.dictionaries(KEYS, JSON, max_size=6))
def test_any_plain_data_gives_a_recording_or_a_leed_error(plain: Any) -> None:
    tried(plain)


@settings(max_examples=150)
@given(plain=st.lists(JSON, max_size=4) | st.dictionaries(KEYS, JSON, max_size=6))
def test_any_json_gives_a_recording_or_a_leed_error(plain: Any) -> None:
    tried(json.dumps(plain).encode())


ITEM = st.dictionaries(
    st.sampled_from(
        [
            *("emotions", "facs", "descriptions", "sentiment", "toxicity"),
            *("time", "frame", "prob", "box", "text", "position", "confidence"),
        ]
    ),
    JSON | st.lists(st.fixed_dictionaries({"name": st.just("Joy") | ATOMS, "score": st.floats() | ATOMS}), max_size=4),
    max_size=6,
)


def _batched(item: dict[str, Any], junk: Any) -> list[Any]:
    return hume.batch(hume.file("a", face=hume.model(hume.group("face_0", hume.face(), item, junk), metadata=junk)))


@settings(max_examples=150)
@given(item=ITEM, junk=JSON)
def test_any_hume_item_gives_a_recording_or_a_leed_error(item: dict[str, Any], junk: Any) -> None:
    """A good item beside it is described all the same; from bytes as from plain data."""
    recording = tried(_batched(item, junk))
    assert recording is not None
    assert len(recording) >= 1
    assert tried(json.dumps(_batched(item, junk)).encode()) is not None


@settings(max_examples=100)
@given(plain=st.dictionaries(KEYS, JSON, max_size=5), where=st.sampled_from(["source", "file", "model", "group"]))
def test_any_hume_envelope_gives_a_recording_or_a_leed_error(plain: dict[str, Any], where: str) -> None:
    whole = json.loads(SMALL_BATCH)
    file = whole[0]["results"]["predictions"][0]
    holder = {
        "source": whole[0],
        "file": file,
        "model": file["models"]["face"],
        "group": file["models"]["face"]["grouped_predictions"][0],
    }[where]
    holder.update(plain)
    tried(whole)
    tried(json.dumps(whole).encode())


@settings(max_examples=100)
@given(
    table=st.lists(
        st.lists(st.text(max_size=6) | KEYS | st.floats().map(str), min_size=1, max_size=5), min_size=1, max_size=5
    ),
    delimiter=st.sampled_from(",;\t|"),
)
def test_any_table_gives_a_recording_or_a_leed_error(table: list[list[str]], delimiter: str) -> None:
    data = "\n".join(delimiter.join(row) for row in [["Joy", *table[0]], *table]).encode("utf-8", "surrogatepass")
    tried(data)
    tried(data, format="table")


LABELS = st.text(max_size=12) | KEYS
VALUES = st.floats() | ATOMS


@settings(max_examples=200)
@given(
    scores=st.dictionaries(LABELS, VALUES, max_size=8),
    modality=st.sampled_from([None, "face", "prosody", "burst", "language", "voice"]),
    text=st.none() | st.text(max_size=30),
)
def test_describe_gives_one_line_or_a_leed_error(
    scores: dict[str, Any], modality: str | None, text: str | None
) -> None:
    try:
        description = leed.describe(scores, modality=modality, text=text)
    except leed.LeedError:
        return
    assert len(str(description).splitlines()) == 1
    assert leed.Describer().text(scores, modality=modality, text=text) == str(description)
    assert description.explain()


@settings(max_examples=60)
@given(given_=JSON)
def test_describe_of_anything_gives_a_description_or_a_leed_error(given_: Any) -> None:
    with contextlib.suppress(leed.LeedError):
        assert str(leed.describe(given_))


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (b"null", "is JSON, but only null"),
        (b" 3\n", "is JSON, but only a number"),
        (b"true", "is JSON, but only a truth value"),
        (b'"Joy"', "is JSON, but only a text"),
        (b"<!DOCTYPE html><html></html>", "is an HTML page"),
        (b"\n<html><body>502</body></html>", "is an HTML page"),
    ],
)
def test_a_lone_value_and_a_web_page_are_called_what_they_are(data: bytes, what: str) -> None:
    with pytest.raises(UnknownFormatError, match=f"^the input: {what}"):
        leed.read(data)
