"""A corpus described: a data set, a manifest, and what failed."""

import json
import random
from pathlib import Path
from typing import Any

import pytest

import leed
from leed.batch.corpus import Report, describe_corpus
from leed.batch.store import Store
from leed.errors import InputError, OptionError, OutputError
from tests.support.data_sets import contents, files, rows, talk
from tests.support.parts import shared


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    for number in range(4):
        talk(tmp_path / "talks" / f"talk{number}.json", rows=number + 1)
    return tmp_path / "talks"


def described(corpus: Path, out: Path, **options: Any) -> Report:
    options.setdefault("workers", 1)
    return describe_corpus([str(corpus)], str(out), **options)


def test_each_segment_is_a_row_that_says_what_describe_says(corpus: Path, tmp_path: Path) -> None:
    report = described(corpus, tmp_path / "out")
    assert (report.rows, report.files, report.failed, report.left_out) == (14, 4, {}, {})
    found = sorted((row["file"], row["description"]) for row in rows(tmp_path / "out"))
    expected = [
        (str(path), str(description)) for path in corpus.iterdir() for description in leed.describe_all(leed.read(path))
    ]
    assert found == sorted(expected)
    assert 'They said "Oh." and sound quite sad.' in {description for _, description in found}


@pytest.mark.parametrize("workers", [2, 3])
def test_several_workers_write_the_same(corpus: Path, tmp_path: Path, workers: int) -> None:
    described(corpus, tmp_path / "one")
    described(corpus, tmp_path / "several", workers=workers)
    assert contents(tmp_path / "one") == contents(tmp_path / "several")


def test_a_bad_file_stops_no_other_and_is_told_with_the_reason(corpus: Path, tmp_path: Path) -> None:
    (corpus / "bad.json").write_text('[{"Joy": 0.', encoding="utf-8")
    report = described(corpus, tmp_path / "out")
    assert report.rows == 14
    assert list(report.failed) == [str(corpus / "bad.json")]
    assert "the JSON is cut off at byte 11" in report.failed[str(corpus / "bad.json")]
    manifest = json.loads(Path(report.manifest).read_text(encoding="utf-8"))
    assert manifest["failed"] == [{"file": file, "reason": why} for file, why in report.failed.items()]


def test_a_file_in_a_folder_that_is_no_recording_is_left_out_but_one_that_is_named_failed(
    corpus: Path, tmp_path: Path
) -> None:
    notes = corpus / "notes.txt"
    notes.write_text("They met on Monday.", encoding="utf-8")
    assert list(described(corpus, tmp_path / "out").left_out) == [str(notes)]
    named = describe_corpus([str(corpus), str(notes)], str(tmp_path / "named"), workers=1)
    assert (list(named.failed), named.left_out) == ([str(notes)], {})


def test_a_file_that_is_not_there_stops_no_other(corpus: Path, tmp_path: Path) -> None:
    report = describe_corpus([str(corpus), "nope.json"], str(tmp_path / "out"), workers=1)
    assert (report.rows, report.failed) == (14, {"nope.json": "nope.json: cannot be opened: No such file or directory"})
    with pytest.raises(InputError, match=r"nope\.json: cannot be opened"):
        describe_corpus(["nope.json"], str(tmp_path / "none"), workers=1)


def test_a_folder_that_is_not_empty_is_not_written_over(corpus: Path, tmp_path: Path) -> None:
    described(corpus, tmp_path / "out")
    before = files(tmp_path / "out")
    with pytest.raises(OptionError, match="is not empty: go on with what is there by --resume"):
        described(corpus, tmp_path / "out")
    assert files(tmp_path / "out") == before
    with pytest.raises(OptionError, match="holds no data set of leed"):
        described(corpus, corpus, resume=True)


def test_what_is_done_is_not_done_again(corpus: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    described(corpus, out)
    times = {path: path.stat().st_mtime_ns for path in out.rglob("part-*")}
    report = described(corpus, out, resume=True)
    assert (report.rows, report.files, report.before) == (14, 4, 4)
    assert {path: path.stat().st_mtime_ns for path in out.rglob("part-*")} == times


def test_a_file_that_changed_is_done_again_and_leaves_no_row_of_before(corpus: Path, tmp_path: Path) -> None:
    described(corpus, tmp_path / "out")
    talk(corpus / "talk2.json", rows=5, Anger=0.7, Calmness=0.2)
    report = described(corpus, tmp_path / "out", resume=True)
    assert (report.rows, report.before) == (16, 3)
    described(corpus, tmp_path / "anew")
    assert contents(tmp_path / "out") == contents(tmp_path / "anew")


def test_a_file_that_went_bad_leaves_no_row_of_before(corpus: Path, tmp_path: Path) -> None:
    described(corpus, tmp_path / "out")
    (corpus / "talk2.json").write_text("[", encoding="utf-8")
    report = described(corpus, tmp_path / "out", resume=True)
    assert (report.rows, len(report.failed)) == (10, 1)
    described(corpus, tmp_path / "anew")
    assert contents(tmp_path / "out") == contents(tmp_path / "anew")


def test_other_words_do_all_files_again(corpus: Path, tmp_path: Path) -> None:
    described(corpus, tmp_path / "out")
    report = described(corpus, tmp_path / "out", resume=True, describer=leed.Describer(tense="past"))
    assert report.before == 0
    assert all("looked" in row["description"] or "sounded" in row["description"] for row in rows(tmp_path / "out"))


def test_files_of_earlier_runs_stay_and_are_counted(corpus: Path, tmp_path: Path) -> None:
    described(corpus, tmp_path / "out")
    extra = talk(tmp_path / "more" / "talk.json", rows=7)
    report = describe_corpus([str(extra)], str(tmp_path / "out"), resume=True, workers=1)
    assert (report.rows, report.files, report.before, report.others) == (22, 5, 0, 4)


def test_what_a_stopped_run_left_is_swept_away(corpus: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    described(corpus, out)
    whole = contents(out)
    part = next(out.rglob("part-*"))
    record = out / "_leed" / "files" / f"{part.stem.removeprefix('part-')}.json"
    record.unlink()
    (part.parent / f".{part.name}.0badcafe").write_bytes(b"PAR1 half")
    (part.parent / "part-of-nobody.parquet").write_bytes(b"PAR1 half")
    described(corpus, out, resume=True)
    assert contents(out) == whole
    assert not [name for name in files(out) if Path(name).name.startswith(".")]


def test_a_part_that_somebody_took_away_is_written_again(corpus: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    described(corpus, out)
    whole = contents(out)
    next(out.rglob("part-*")).unlink()
    assert described(corpus, out, resume=True).before == 3
    assert contents(out) == whole


def test_two_runs_do_not_write_one_data_set(corpus: Path, tmp_path: Path) -> None:
    with (
        Store(str(tmp_path / "out")).locked(),
        pytest.raises(OutputError, match="another run writes this data set; wait for it, or stop it"),
    ):
        described(corpus, tmp_path / "out")


def test_the_data_set_is_not_read_where_it_lies_in_what_is_read(corpus: Path) -> None:
    described(corpus, corpus / "out")
    report = described(corpus, corpus / "out", resume=True)
    assert (report.rows, report.failed, report.left_out) == (14, {}, {})


@pytest.mark.needs_data
def test_the_same_measurements_in_two_files_are_told(tmp_path: Path) -> None:
    job = shared("hume/interreviewer/predictions.json")
    given = [str(job), str(job.with_name("face.csv"))]
    report = describe_corpus(given, str(tmp_path / "out"), workers=1)
    assert report.twice == {str(job): str(job.with_name("face.csv"))}


@pytest.mark.needs_data
def test_different_measurements_of_one_size_are_not_taken_for_the_same(tmp_path: Path) -> None:
    report = describe_corpus([str(shared("ravdess/face.csv").parent)], str(tmp_path / "out"), workers=1)
    assert (report.files, report.twice) == (2, {})


def test_many_short_files_of_few_numbers_are_not_taken_for_the_same(tmp_path: Path) -> None:
    """Clips of a dozen frames, each of one class alone: what they add up to is often the same."""
    chance, labels = random.Random(4), ("anger", "joy", "sadness", "fear")
    (tmp_path / "in").mkdir()
    clips = [
        [{"begin": i / 3} | dict.fromkeys(labels, 0.0) | {chance.choice(labels): 1.0} for i in range(12)]
        for _ in range(200)
    ]
    for number, clip in enumerate([*clips, clips[7][::-1]]):
        (tmp_path / "in" / f"{number:03}.json").write_text(json.dumps(clip), encoding="utf-8")
    report = describe_corpus([str(tmp_path / "in")], str(tmp_path / "out"), workers=1, modality="face")
    assert (report.files, report.failed) == (201, {})
    assert report.twice == {str(tmp_path / "in" / "200.json"): str(tmp_path / "in" / "007.json")}


def test_who_follows_is_told_of_each_file(corpus: Path, tmp_path: Path) -> None:
    told: list[tuple[int, int, int]] = []
    described(corpus, tmp_path / "out", follow=lambda *now: told.append(now))
    assert told == [(0, 4, 0), (1, 4, 2), (2, 4, 5), (3, 4, 9), (4, 4, 14)]


def test_a_folder_is_where_the_caller_is_whatever_workers_were_started_before(
    corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        monkeypatch.chdir(tmp_path / name)
        describe_corpus([str(corpus)], "out", workers=2)
        assert (tmp_path / name / "out" / "_leed" / "manifest.json").exists()
    assert contents(tmp_path / "a" / "out") == contents(tmp_path / "b" / "out")
