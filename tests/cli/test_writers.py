"""How descriptions are written: Parquet and subtitles. Text, JSON lines and CSV are tested with the command."""

import io
import json
import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyarrow import parquet

import leed
from leed.cli import main
from leed.cli.writers import Output, writer_for
from leed.schema import Description
from tests.support import hume
from tests.support.parts import shared_files

Leed = Callable[..., tuple[int, str, str]]


@pytest.fixture
def describe(capfdbinary: pytest.CaptureFixture[bytes]) -> Leed:
    """A function that runs `leed describe` in this process and gives its status, stdout and stderr."""

    def run(*arguments: object) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as ended:
            main(["describe", *map(str, arguments)])
        sys.stdout.flush()
        out, err = capfdbinary.readouterr()
        assert isinstance(ended.value.code, int)
        return ended.value.code, out.decode("latin-1"), err.decode()

    return run


@pytest.fixture
def talk(tmp_path: Path) -> Path:
    return hume.saved(hume.conversation(), tmp_path, "talk.json")


def table(tmp_path: Path, text: str, name: str = "a.csv") -> Path:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return path


# --- Parquet


def test_parquet_has_the_rows_of_json_lines(describe: Leed, talk: Path, tmp_path: Path) -> None:
    target = tmp_path / "out.parquet"
    assert describe(talk, "-o", target) == (0, "", "")
    rows = parquet.read_table(target).to_pylist()
    described = [d.to_dict() for d in leed.describe_all(leed.read(talk))]
    assert [{name: row[name] for name in described[0]} for row in rows] == described
    assert describe(talk, talk, "-o", target, "--explain")[0] == 0
    rows = parquet.read_table(target).to_pylist()
    assert len(rows) == 2 * len(leed.read(talk))
    assert "decided by" in rows[0]["explanation"]


def test_parquet_has_the_scores_too(describe: Leed, talk: Path, tmp_path: Path) -> None:
    target = tmp_path / "out.parquet"
    assert describe(talk, "-o", target) == (0, "", "")
    assert leed.read(target) == leed.read(talk)
    assert describe(target)[:2] == describe(talk)[:2]


def test_parquet_of_several_files_keeps_each_description_with_its_scores(describe: Leed, tmp_path: Path) -> None:
    """Both name the same source, so their segments stand among each other in the order of time."""
    one = table(tmp_path, "source,begin,Joy,notable\nx,1,0.84,0.1\nx,3,0.3,0.1\n")
    other = table(tmp_path, "source,begin,Sadness\nx,2,0.5\n", "b.csv")
    target = tmp_path / "out.parquet"
    assert describe(one, other, "-o", target)[0] == 0
    rows = parquet.read_table(target).select(["begin", "description", "Joy", "Sadness", "notable"]).to_pylist()
    assert [tuple(row.values()) for row in rows] == [
        (1.0, "They come across as extremely joyful.", pytest.approx(0.84), None, True),
        (2.0, "They come across as moderately sad.", None, 0.5, True),
        (3.0, "They come across as slightly joyful.", pytest.approx(0.3), None, True),
    ]


def test_parquet_goes_through_a_pipe(describe: Leed, talk: Path, tmp_path: Path) -> None:
    """Standard output is no terminal here."""
    status, out, err = describe(talk, "--output", "parquet")
    assert (status, err) == (0, "")
    assert len(parquet.read_table(io.BytesIO(out.encode("latin-1")))) == len(leed.read(talk))
    assert describe(tmp_path / "nothing.json", "--output", "parquet")[:2] == (1, "")


def test_parquet_of_nothing_has_its_columns(describe: Leed, tmp_path: Path) -> None:
    empty = tmp_path / "empty.json"
    empty.write_bytes(leed.Recording().to_json())
    target = tmp_path / "out.parquet"
    assert describe(empty, "-o", target) == (0, "", "leed: there is nothing to describe\n")
    assert {"description", "terms", "begin"} <= set(parquet.read_table(target).column_names)
    assert len(parquet.read_table(target)) == 0


def test_parquet_takes_half_a_character(describe: Leed, tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_text(json.dumps([{"Joy": 0.84, "odd \ud83d": 0.5, "text": "cut \ud83d"}]), encoding="utf-8")
    target = tmp_path / "out.parquet"
    assert describe(path, "-o", target)[0] == 0
    assert parquet.read_table(target)["text"].to_pylist() == ["cut \ufffd"]


def test_parquet_is_nothing_for_a_terminal(describe: Leed, talk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    assert describe(talk, "--output", "parquet") == (
        1,
        "",
        "leed: error: Parquet is no text for a terminal; name a file with -o PATH\n",
    )


def test_parquet_needs_pyarrow(describe: Leed, talk: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    assert describe(talk, "-o", tmp_path / "out.parquet") == (
        1,
        "",
        "leed: error: writing Parquet needs the package 'pyarrow', which is not installed: pip install 'leed[data]'\n",
    )
    assert not list(tmp_path.glob("out*"))


# --- subtitles

ROWS = """speaker,begin,end,Joy,Sadness
Ben,3,4.5,0.84,
Ann,0.5,2,,0.5
Ben,,,0.9,
"""


def test_webvtt_has_a_cue_for_each_segment_with_a_time(describe: Leed, tmp_path: Path) -> None:
    status, out, err = describe(table(tmp_path, ROWS), "--output", "vtt")
    assert (status, err) == (0, "leed: segments without a time, of which there are no subtitles: 1\n")
    assert out == (
        "WEBVTT\n"
        "\n"
        "00:00:00.500 --> 00:00:02.000\n"
        "<v Ann>They come across as moderately sad.\n"
        "\n"
        "00:00:03.000 --> 00:00:04.500\n"
        "<v Ben>They come across as extremely joyful.\n"
    )


def test_srt_numbers_its_cues(describe: Leed, tmp_path: Path) -> None:
    target = tmp_path / "out.SRT"
    assert describe(table(tmp_path, ROWS), "-o", target)[:2] == (0, "")
    assert target.read_text(encoding="utf-8") == (
        "1\n"
        "00:00:00,500 --> 00:00:02,000\n"
        "They come across as moderately sad.\n"
        "\n"
        "2\n"
        "00:00:03,000 --> 00:00:04,500\n"
        "They come across as extremely joyful.\n"
    )


def test_an_instant_lasts_until_the_next_of_that_speaker_1_second_at_most(describe: Leed, tmp_path: Path) -> None:
    rows = "speaker,begin,Joy\na,0,0.8\na,0.25,0.8\nb,0.5,0.8\na,5,0.8\na,5,0.8\nb,5.1,0.8\n"
    _, out, _ = describe(table(tmp_path, rows), "--output", "vtt")
    assert re.findall(r"(\S+) --> (\S+)\n<v (.)>", out) == [
        ("00:00:00.000", "00:00:00.250", "a"),
        ("00:00:00.250", "00:00:01.250", "a"),
        ("00:00:00.500", "00:00:01.500", "b"),
        ("00:00:05.000", "00:00:06.000", "a"),
        ("00:00:05.000", "00:00:06.000", "a"),
        ("00:00:05.100", "00:00:06.100", "b"),
    ]


def test_a_cue_never_ends_before_it_begins(describe: Leed, tmp_path: Path) -> None:
    """Whatever times a file has: before the start, backwards, shorter than a millisecond, hours."""
    rows = "begin,end,Joy\n-1,2,0.8\n-3,-2,0.8\n9,8,0.8\n10,10.0001,0.8\n360000,360001,0.8\n1e30,,0.8\n"
    _, out, err = describe(table(tmp_path, rows), "--output", "srt")
    assert re.findall(r"\S+ --> \S+", out) == [
        "00:00:00,000 --> 00:00:02,000",
        "00:00:09,000 --> 00:00:10,000",
        "00:00:10,000 --> 00:00:10,001",
        "100:00:00,000 --> 100:00:01,000",
    ]
    assert err.splitlines() == [
        "leed: segments without a time, of which there are no subtitles: 1",
        "leed: 1 segment ends before the start, and cannot be shown as a subtitle",
    ]


def test_one_speaker_is_not_named(describe: Leed, tmp_path: Path) -> None:
    _, out, _ = describe(table(tmp_path, "speaker,begin,Joy\nBen,0,0.84\n"), "--output", "vtt")
    assert "<v" not in out


def test_words_cannot_forge_a_cue(describe: Leed, tmp_path: Path) -> None:
    text = "a & b\n\n00:00:09.000 --> 00:00:10.000\n<b>{\\an8}They look happy."
    path = tmp_path / "a.json"
    rows = [{"begin": i, "Joy": 0.84, "text": text, "speaker": f"<x>\n{i} --> &"} for i in range(2)]
    path.write_text(json.dumps(rows), encoding="utf-8")
    _, vtt, _ = describe(path, "--output", "vtt")
    assert vtt.count("-->") == 2
    assert "&lt;b&gt;" in vtt
    assert "a &amp; b" in vtt
    assert "<v &lt;x&gt; 0 --&gt; &amp;>They said" in vtt
    _, srt, _ = describe(path, "--output", "srt")
    assert srt.count("-->") == 2
    assert not re.search(r"[<{}]", srt)


def test_subtitles_of_several_sources_say_so(describe: Leed, tmp_path: Path) -> None:
    one, two = (table(tmp_path, f"begin,Joy\n{i},0.84\n", f"{i}.csv") for i in range(2))
    status, out, err = describe(two, one, "--output", "vtt")
    assert (status, err) == (0, "leed: these are the subtitles of 2 sources in one file\n")
    assert re.findall(r"(\S+) -->", out) == ["00:00:00.000", "00:00:01.000"]


def test_subtitles_hold_no_explanations(describe: Leed, talk: Path) -> None:
    status, out, err = describe(talk, "--output", "srt", "--explain")
    assert (status, out) == (1, "")
    assert err == (
        "leed: error: subtitles hold no explanations; leave out --explain, or write text, jsonl, csv or parquet\n"
    )


def test_subtitles_of_nothing_are_valid(describe: Leed, tmp_path: Path) -> None:
    path = table(tmp_path, "Joy\n0.84\n")
    assert describe(path, "--output", "vtt")[1] == "WEBVTT\n"
    assert describe(path, "--output", "srt")[1] == ""


CUE = re.compile(r"(\d{2,}):([0-5]\d):([0-5]\d)[.,](\d{3}) --> (\d{2,}):([0-5]\d):([0-5]\d)[.,](\d{3})")


def times(document: str) -> list[tuple[int, int]]:
    """The cues' beginnings and ends in milliseconds; each block is checked on the way."""
    found = []
    for block in document.removeprefix("WEBVTT\n\n").rstrip("\n").split("\n\n") if "-->" in document else []:
        lines = block.split("\n")
        lines = lines[1:] if lines[0].isdigit() else lines
        match = CUE.fullmatch(lines[0])
        assert match, block
        assert len(lines) == 2
        assert lines[1].strip()
        numbers = [int(part) for part in match.groups()]
        begin, end = (((h * 60 + m) * 60 + s) * 1000 + ms for h, m, s, ms in (numbers[:4], numbers[4:]))
        found.append((begin, end))
    return found


@pytest.mark.parametrize("output", ["vtt", "srt"])
@pytest.mark.parametrize(
    "path", shared_files("hume/interreviewer/predictions.json", "hume/calhacks23/predictions.json")
)
def test_subtitles_of_real_files_are_sorted_and_whole(describe: Leed, path: Path, output: str, tmp_path: Path) -> None:
    target = tmp_path / f"out.{output}"
    assert describe(path, "-o", target)[0] == 0
    found = times(target.read_text(encoding="utf-8"))
    timed = [s for s in leed.read(path).segments() if s.begin is not None]
    assert len(found) == len(timed) > 0
    assert found == sorted(found)


seconds = st.one_of(st.none(), st.floats(), st.floats(-5, 5))
described = st.builds(
    lambda sentence, **fields: Description(sentence=sentence, terms=(), notable=True, fingerprint="", **fields),
    st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1),
    begin=seconds,
    end=seconds,
    speaker=st.one_of(st.none(), st.text()),
    source=st.sampled_from([None, "a"]),
)


@given(st.lists(described, max_size=6), st.sampled_from([Output.vtt, Output.srt]))
def test_any_descriptions_make_valid_subtitles(descriptions: list[Any], output: Output) -> None:
    target = io.StringIO()
    writer = writer_for(output, target, explain=False)
    writer.write(leed.Recording(), descriptions)
    writer.close()
    found = times(target.getvalue())
    assert all(begin < end for begin, end in found)
    assert found == sorted(found)
