"""leed describe: files of scores in, sentences out."""

import csv
import io
import json
import os
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest

import leed
from leed.cli.writers import clock
from tests.support import hume
from tests.support.parts import shared_files

Answer = tuple[int, str, str]
Leed = Callable[..., Answer]
KEYS = {
    *("source", "modality", "aspect", "granularity", "speaker", "begin", "end", "text"),
    *("description", "terms", "fingerprint"),
}
REAL = shared_files(
    "hume/calhacks23/*.json",
    "hume/interreviewer/predictions.json",
    "hume/wilfordwoodruff/words.json",
    "hume/twilio-vintel/predictions-language.json",
)


@pytest.fixture
def describe(leed_command: Leed) -> Leed:
    """A function that runs `leed describe` in this process and gives its status, stdout and stderr."""
    return partial(leed_command, "describe")


@pytest.fixture
def talk(tmp_path: Path) -> Path:
    return hume.saved(hume.conversation(), tmp_path, "talk.json")


def written(folder: Path, name: str, data: bytes | str) -> Path:
    path = folder / name
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    return path


def test_one_segment_is_one_line(describe: Leed, tmp_path: Path) -> None:
    path = written(tmp_path, "a.json", '{"face": {"Joy": 0.84}}')
    assert describe(path) == (0, "They look extremely joyful.\n", "")


def test_standard_input_is_a_dash(describe: Leed) -> None:
    assert describe("-", "--modality", "face", stdin=b'{"Joy": 0.84}') == (0, "They look extremely joyful.\n", "")
    assert describe("-", stdin=hume.minified(hume.conversation()))[0] == 0
    status, out, err = describe("-", stdin=b'{"Joy":')
    assert (status, out) == (1, "")
    assert err.startswith("leed: error: ")
    assert "cut off at byte 7" in err


def test_a_conversation_is_listed_by_source_and_time(describe: Leed, talk: Path) -> None:
    status, out, err = describe(talk)
    assert (status, err) == (0, "")
    assert [" ".join(line.split()) for line in out.splitlines()] == [
        "talk.mp4",
        "0:00.00 face_0 face They look extremely joyful.",
        "0:00.00 face_1 face They look moderately sad.",
        "face_1 face They look very tired.",
        "0:00.33 face_0 face Nothing in their face stands out.",
        '0:00.50 spk_0 prosody They said "I\'m fine." and sound quite sad.',
        '0:00.50 language Their words "I\'m fine. Really." read as moderately sarcastic.',
        'language Their words "Then go." read as extremely annoyed.',
        "0:01.00 face_0 face They look extremely calm.",
        "0:02.00 spk_1 prosody They said \"He said 'go', then left – naïve 😀\" and sound very angry.",
        "laugh.wav",
        "0:00.25 burst Without words, they sound quite amused.",
        "0:00.25 burst They laughed.",
    ]


def test_every_row_of_jsonl_has_the_keys_of_a_description(describe: Leed, talk: Path) -> None:
    status, out, err = describe("--output", "jsonl", talk)
    assert (status, err) == (0, "")
    rows = [json.loads(line) for line in out.splitlines()]
    assert rows == [d.to_dict() for d in leed.describe_all(leed.read(talk))]
    assert all(row.keys() >= KEYS for row in rows)
    assert rows[0]["terms"] == [{"label": "Joy", "score": 0.84, "adverb": "extremely", "adjective": "joyful"}]
    assert rows[4] | {"fingerprint": "", "terms": []} == {
        "source": "talk.mp4",
        "modality": "prosody",
        "aspect": "expression",
        "granularity": "utterance",
        "speaker": "spk_0",
        "begin": 0.5,
        "end": 1.75,
        "text": "I'm fine.",
        "description": 'They said "I\'m fine." and sound quite sad.',
        "notable": True,
        "terms": [],
        "fingerprint": "",
    }
    assert rows[2]["begin"] is None


def test_csv_has_a_header_and_a_row_a_segment(describe: Leed, talk: Path) -> None:
    status, out, err = describe("--output", "csv", talk)
    assert (status, err) == (0, "")
    rows = list(csv.DictReader(io.StringIO(out)))
    assert [row["description"] for row in rows] == [str(d) for d in leed.describe_all(leed.read(talk))]
    assert rows[0].keys() >= KEYS
    assert (rows[0]["terms"], rows[0]["begin"], rows[2]["begin"]) == ("Joy 0.84", "0.0", "")
    assert rows[8]["text"] == 'He said "go",\nthen left – naïve 😀'


@pytest.mark.parametrize(
    ("name", "start"),
    [
        ("out.jsonl", '{"source":'),
        ("out.CSV", "source,"),
        ("out.txt", "talk.mp4\n"),
        ("out", "talk.mp4\n"),
    ],
)
def test_a_file_is_written_as_its_name_says(describe: Leed, talk: Path, tmp_path: Path, name: str, start: str) -> None:
    assert describe(talk, "-o", tmp_path / name) == (0, "", "")
    text = (tmp_path / name).read_text(encoding="utf-8")
    assert text.startswith(start)
    assert "naïve 😀" in text


def test_output_wins_over_the_files_name(describe: Leed, talk: Path, tmp_path: Path) -> None:
    describe(talk, "-o", tmp_path / "out.csv", "--output", "jsonl")
    assert json.loads((tmp_path / "out.csv").read_text(encoding="utf-8").splitlines()[0])["source"] == "talk.mp4"


def test_what_is_odd_is_listed_on_stderr_with_status_0(describe: Leed, tmp_path: Path) -> None:
    plain = hume.batch(
        hume.file("a.mp4", face=hume.model(hume.group("face_0", hume.face(0, Joy=1.303)))),
        hume.file("b.mp4", face=hume.model()),
        hume.file("c.mp4", face=hume.model()),
    )
    status, out, err = describe(hume.saved(plain, tmp_path))
    assert (status, out) == (0, "0:00.00  They look extremely joyful.\n")
    lines = err.splitlines()
    assert len(lines) == 2
    assert any("b.mp4, c.mp4: face: nothing was detected" in line for line in lines)
    assert any("a.mp4" in line and "outside 0 to 1" in line for line in lines)
    assert all(line.startswith("leed: ") and "error" not in line for line in lines)


@pytest.mark.parametrize("path", shared_files("hume/ongaku/predictions.json"))
def test_a_file_in_which_nothing_was_detected_says_so_with_status_0(describe: Leed, path: Path) -> None:
    status, out, err = describe(path)
    assert (status, out) == (0, "")
    assert err.splitlines()[-1] == "leed: nothing was detected"
    assert "and 121 more" in err
    assert len(err.splitlines()) == 2


@pytest.mark.parametrize("path", REAL)
@pytest.mark.parametrize("output", ["text", "jsonl", "csv"])
def test_a_real_file_gives_a_line_for_every_segment(describe: Leed, path: Path, output: str) -> None:
    status, out, err = describe(path, "--output", output)
    assert status == 0
    recording = leed.read(path)
    if output == "jsonl":
        assert len(out.splitlines()) == len(recording)
        assert all(json.loads(line)["description"] for line in out.splitlines())
    elif output == "csv":
        assert len(list(csv.DictReader(io.StringIO(out)))) == len(recording)
    else:
        assert len([line for line in out.splitlines() if line.startswith("  ")]) in (len(recording), 0)
    assert "error" not in err


def test_several_files_of_which_one_is_bad_are_described_but_that_one(describe: Leed, tmp_path: Path) -> None:
    """Status 1 and one line for the bad one; the others come all the same, in their order."""
    good = written(tmp_path, "a.json", '{"face": {"Joy": 0.84}}')
    bad = written(tmp_path, "b.json", '{"face": {"Joy"')
    table = written(tmp_path, "c.csv", "Sadness\n0.5\n")
    status, out, err = describe(good, bad, tmp_path / "nothing", table)
    assert (status, out) == (1, "They look extremely joyful.\nThey come across as moderately sad.\n")
    assert err.splitlines() == [
        f"leed: error: {bad}: the JSON is cut off at byte 15: it ends in the middle; download or copy the file again",
        f"leed: error: {tmp_path / 'nothing'}: no such file",
    ]


def test_several_files_share_one_header_and_one_stream(describe: Leed, talk: Path, tmp_path: Path) -> None:
    table = written(tmp_path, "c.csv", "Sadness\n0.5\n")
    status, out, _ = describe(talk, table, "--output", "csv")
    assert status == 0
    rows = list(csv.reader(io.StringIO(out)))
    assert [row[0] for row in rows].count("source") == 1
    assert rows[-1][0] == "c.csv"


JOB = '{"job_id": "1", "request": {}, "state": {"status": "FAILED", "message": "no\\ncredit"}}'
BAD: dict[str, tuple[bytes | str, str]] = {
    "not JSON": ("{oops}", "not JSON from byte 1 on"),
    "cut": ('{"Joy": 0.84', "cut off at byte 12"),
    "cut in a number": ('{"Joy": 0.', "cut off at byte 10"),
    "job": (JOB, "is a Hume job object (status FAILED: no credit), not the job's predictions"),
    "empty": (b"", "is empty"),
    "binary": (b"\x00\x01\x02", "is binary data"),
    "zip": (b"PK\x03\x04", "is a zip archive"),
    "prose": ("dear diary", "is text, but no table"),
    "deep": (b"[" * 100_000, "leed"),
    "other JSON": ('{"a": "b"}', "holds no scores in a shape that leed knows"),
    "control": (b"\x1b[31mred\x1b[0m,\x07\n1,2\n", "leed"),
}


@pytest.mark.parametrize(("data", "message"), BAD.values(), ids=BAD)
def test_what_cannot_be_described_is_one_line_and_status_1(
    describe: Leed, tmp_path: Path, data: bytes | str, message: str
) -> None:
    path = written(tmp_path, "bad", data)
    status, out, err = describe(path)
    assert (status, out) == (1, "")
    assert err.startswith(f"leed: error: {path}: ")
    assert message in err
    assert err.count("\n") == 1
    assert "\x1b" not in err
    assert "Traceback" not in err


def test_a_directory_and_a_path_through_a_file(describe: Leed, tmp_path: Path) -> None:
    path = written(tmp_path, "a", "{}")
    what = "is a directory, and no file in it can be read: a: is JSON, but holds no scores in a shape that leed knows"
    assert describe(tmp_path) == (1, "", f"leed: error: {tmp_path}: {what}\n")
    assert describe(path / "b") == (1, "", f"leed: error: {path / 'b'}: cannot be read: Not a directory\n")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--scale", "nonsense"), "scale"),
        (("--scale", "/no/such/scale.toml"), "scale.toml"),
        (("--format", "nonsense"), "'nonsense' is not known"),
        (("--top", "0"), "top is 0; give a number from 1, or 'all'"),
        (("--top", "x"), "top is 'x'; give a number from 1, or 'all'"),
        (("--lang", "xx"), "'xx'"),
        (("--tense", "future"), "tense 'future' is not known: give one of present, past"),
        (("--modality", "smell"), "modality 'smell' is not known"),
        (("--quantity", "much"), "quantity 'much' is not known"),
    ],
)
def test_an_option_that_leed_does_not_know_is_one_line_and_status_1(
    describe: Leed, talk: Path, arguments: tuple[str, ...], message: str
) -> None:
    status, out, err = describe(talk, *arguments)
    assert (status, out) == (1, "")
    assert err.startswith("leed: error: ")
    assert message in err
    assert err.count("\n") == 1


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("--top", "1"), "They look extremely joyful."),
        (("--top", "all", "--scale", "hume-2023"), "They look extremely joyful and quite interested."),
        (("--person", "Anna"), "Anna looks extremely joyful and quite interested."),
        (("--tense", "past"), "They looked extremely joyful and quite interested."),
        (("--ignore", "Joy"), "They look quite interested."),
        (("--scale", "words-and-number"), None),
        (("--modality", "prosody", "--ignore", "fear"), None),
        (("--quantity", "probability"), None),
    ],
)
def test_options_are_those_of_the_describer(
    describe: Leed, tmp_path: Path, arguments: tuple[str, ...], sentence: str | None
) -> None:
    path = written(tmp_path, "a.json", '{"Joy": 0.84, "Interest": 0.55, "Fear": 0.2}')
    status, out, err = describe(path, "--modality", "face", *arguments)
    assert (status, err) == (0, "")
    assert out.endswith(".\n")
    if sentence is not None:
        assert out == f"{sentence}\n"


def test_a_scale_of_ones_own_is_a_file(describe: Leed, tmp_path: Path) -> None:
    path = written(tmp_path, "a.json", '{"Joy": 0.84}')
    scale = written(
        tmp_path, "mine.toml", 'name = "mine"\n[intensity.default]\nbounds = [0.5]\nadverbs = ["slightly"]\n'
    )
    assert describe(path, "--scale", scale) == (0, "They come across as slightly joyful.\n", "")


def test_explain_says_why_below_each_sentence(describe: Leed, tmp_path: Path) -> None:
    path = written(tmp_path, "a.json", '{"face": {"Joy": 0.84}}')
    _, out, _ = describe(path, "--explain")
    assert "Joy 0.84: extremely (from 0.71, intensity)" in out
    _, out, _ = describe(path, "--explain", "--output", "jsonl")
    assert "decided by" in json.loads(out)["explanation"]


def test_words_need_not_be_quoted(describe: Leed, tmp_path: Path) -> None:
    path = written(tmp_path, "a.json", '{"prosody": {"Sadness": 0.34}, "text": "secret"}')
    assert describe(path, "--no-quote") == (0, "They sound quite sad.\n", "")


def test_a_target_that_cannot_be_written_is_one_line(describe: Leed, talk: Path, tmp_path: Path) -> None:
    for target in (tmp_path, tmp_path / "no" / "such" / "folder.csv"):
        status, out, err = describe(talk, "-o", target)
        assert (status, out) == (1, "")
        assert err.startswith(f"leed: error: {target}: ")
        assert err.count("\n") == 1


def test_an_input_is_not_destroyed_by_writing_onto_it(describe: Leed, tmp_path: Path) -> None:
    """`leed describe a.csv -o a.csv` must not empty the file before it is read."""
    path = written(tmp_path, "a.csv", "Joy\n0.84\n")
    status, _, err = describe(path, "-o", path)
    if status:
        assert path.read_text(encoding="utf-8") == "Joy\n0.84\n", err
    else:
        assert "They come across as extremely joyful." in path.read_text(encoding="utf-8")


def test_a_failed_run_does_not_empty_what_was_written_before(describe: Leed, tmp_path: Path) -> None:
    target = written(tmp_path, "out.txt", "precious\n")
    assert describe(tmp_path / "nothing.json", "-o", target)[0] == 1
    assert target.read_text(encoding="utf-8") == "precious\n"


@pytest.mark.parametrize("text", ["a\nb", "a\x1b[31mb\x00", "\u202eevil", 'say "x"', "x " * 500_000])
def test_a_transcript_stays_on_its_line(describe: Leed, tmp_path: Path, text: str) -> None:
    plain = hume.batch(
        hume.file("a.wav", prosody=hume.model(hume.group("spk_0", hume.prosody(0, 1, text, Sadness=0.34))))
    )
    status, out, err = describe(hume.saved(plain, tmp_path))
    assert (status, err) == (0, "")
    assert len(out.splitlines()) == 1
    assert "\x1b" not in out
    assert "\u202e" not in out
    assert out.endswith("sound quite sad.\n")


@pytest.mark.parametrize("name", ["a\nb.wav", "\x1b[31mred.wav", "\u202egpj.wav"])
def test_names_from_a_file_cannot_forge_lines_or_colours(describe: Leed, tmp_path: Path, name: str) -> None:
    """Names of sources and speakers are data too: one line each, no control characters; on stderr as well."""
    items = [hume.prosody(i, i + 1, "so", Sadness=0.34) for i in range(2)]
    found = hume.model(hume.group(name, *items), hume.group("spk_1", *items))
    plain = hume.batch(hume.file(name, prosody=found, face=hume.model()), name=name)
    status, out, err = describe(hume.saved(plain, tmp_path))
    assert status == 0
    assert len(out.splitlines()) == 5
    assert len(err.splitlines()) == 1
    assert not any(c in out + err for c in "\x1b\u202e")


def test_progress_is_for_terminals_only(describe: Leed, tmp_path: Path) -> None:
    path = written(tmp_path, "many.csv", "begin,Joy\n" + "".join(f"{i},0.84\n" for i in range(6000)))
    status, out, err = describe(path)
    assert (status, len(out.splitlines()), err) == (0, 6001, "")


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [(None, ""), (0, "0:00.00"), (59.994, "0:59.99"), (59.996, "1:00.00"), (3600, "60:00.00"), (0.125, "0:00.12")],
)
def test_a_clock_shows_minutes_and_seconds(seconds: Any, shown: str) -> None:
    assert clock(seconds) == shown


@pytest.mark.parametrize("seconds", ["-1.5", "1e300", "-1e-9"])
def test_an_odd_time_is_shown_somehow(describe: Leed, tmp_path: Path, seconds: str) -> None:
    path = written(tmp_path, "a.csv", f"begin,Joy\n{seconds},0.84\n0,0.1\n")
    status, out, err = describe(path)
    assert status == 0
    assert ("column 'begin': 1 cell" in err) == (seconds == "1e300")  # more than any recording lasts
    assert len(out.splitlines()) == 3


def test_a_file_named_in_another_encoding_is_read(describe: Leed, tmp_path: Path) -> None:
    raw = os.fsencode(tmp_path) + b"/\xe9.json"
    with open(raw, "wb") as file:
        file.write(b'{"face": {"Joy": 0.84}}')
    assert describe(os.fsdecode(raw))[:2] == (0, "They look extremely joyful.\n")
    status, _, err = describe(os.fsdecode(raw) + "x")
    assert status == 1
    assert err.count("\n") == 1


@pytest.mark.parametrize("output", ["text", "jsonl", "csv"])
def test_half_a_letter_in_a_transcript_is_no_crash(describe: Leed, tmp_path: Path, output: str) -> None:
    """A lone surrogate is valid JSON and cannot be written as UTF-8."""
    path = written(tmp_path, "a.json", '{"prosody": {"Sadness": 0.34}, "text": "so \\ud83d"}')
    status, out, err = describe(path, "--output", output)
    assert (status, err) == (0, "")
    assert "sound quite sad." in out


def test_an_allowed_name_that_is_no_label_is_reported(describe: Leed, tmp_path: Path) -> None:
    path = written(tmp_path, "in.json", '{"Joy": 0.84, "flutey": 0.1}')
    status, _, err = describe("--allow", "desier", "--allow", "flutey", "--allow", "pain", str(path))
    assert (status, err) == (
        0,
        "leed: --allow: 'desier' is no label that leed knows or the input has (did you mean 'desire'?)\n",
    )


@pytest.mark.parametrize("name", ["o.xyz", "o.json", "talk.2026"])
def test_an_ending_that_says_no_form_is_refused_and_nothing_is_written(
    describe: Leed, talk: Path, tmp_path: Path, name: str
) -> None:
    target = tmp_path / name
    ending = target.suffix
    assert describe(talk, "-o", target) == (
        1,
        "",
        (
            f"leed: error: {target}: the ending {ending!r} says nothing of how to write; "
            "give one of .csv, .jsonl, .parquet, .srt, .txt, .vtt, or --output\n"
        ),
    )
    assert not target.exists()
    assert describe(talk, "-o", target, "--output", "text")[0] == 0
    assert target.exists()


@pytest.mark.parametrize("name", ["o.txt", "o", "o.TXT"])
def test_a_name_of_text_or_without_an_ending_is_written_as_text(
    describe: Leed, talk: Path, tmp_path: Path, name: str
) -> None:
    assert describe(talk, "-o", tmp_path / name) == (0, "", "")
    assert (tmp_path / name).read_text(encoding="utf-8") == describe(talk)[1]


def test_what_a_file_says_of_its_modality_goes_before_the_option(describe: Leed, tmp_path: Path) -> None:
    path = written(tmp_path, "a.json", '[{"modality": "face", "Joy": 0.84}, {"Joy": 0.84}]')
    assert describe(path, "--modality", "voice") == (
        0,
        "a.json\n  face      They look extremely joyful.\n  prosody   They sound extremely joyful.\n",
        "",
    )
