"""What is trained on: tables of ratings, clips in a folder, who is held out; and what is odd in them."""

import io
import math
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

from leed.errors import InputError, OptionError
from leed_adapters.transformers.training import Settings, train
from leed_adapters.transformers.training.kept import Kept
from leed_adapters.transformers.training.material import Material, gathered
from leed_adapters.transformers.training.ratings import Clip, Ratings, read_ratings
from leed_adapters.transformers.training.sound import Listener
from leed_adapters.transformers.training.splitting import held_out
from tests.adapters.transformers.conftest import Voices
from tests.support.voices import RATE


def ratings(tmp_path: Path, text: str, name: str = "ratings.csv", **options: Any) -> Ratings:
    path = tmp_path / name
    path.write_text(text)
    return read_ratings(str(path), **options)


def material(tmp_path: Path, text: str, folder: Path, **options: Any) -> Material:
    path = tmp_path / "ratings.csv"
    path.write_text(text)
    given: dict[str, Any] = {"taxonomy": None, "validation": None, "named": (), "modality": "prosody", "columns": {}}
    settings = options.pop("settings", Settings())
    given |= {"format": None, **options}
    return gathered(str(path), str(folder), settings, **given)


def clips(folder: Path, *names: str, seconds: float = 0.2) -> Path:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        soundfile.write(path, np.full(round(seconds * RATE), 0.1, np.float32), RATE)
    return folder


def rows(read: Ratings) -> dict[str, list[float | None]]:
    return {
        clip.name: [None if math.isnan(number) else round(float(number), 4) for number in row]
        for clip, row in zip(read.clips, read.matrix, strict=True)
    }


# --- ratings


def test_a_row_names_its_clip_and_speaker_and_empty_cells_are_nothing(tmp_path: Path) -> None:
    read = ratings(tmp_path, "file,speaker,Joy,Fear\nb.wav,ann,0.5,\na.wav,bob,,0.25\nc.wav,bob,,\n")
    assert rows(read) == {"a.wav": [0.25, None], "b.wav": [None, 0.5]}
    assert read.speakers == ("bob", "ann")
    assert (read.labels, read.taxonomy, read.quantity) == (("Fear", "Joy"), "hume-48", "intensity")
    assert [issue.message for issue in read.issues] == ["1 of 3 rows report no score"]


def test_the_labels_of_a_taxonomy_are_found_by_name_in_its_order(tmp_path: Path) -> None:
    read = ratings(tmp_path, "file,speaker,sad,joy,loudness\na.wav,ann,0.1,0.2,0.3\n", taxonomy="hume-48")
    assert (read.labels, rows(read)) == (("Joy", "Sadness"), {"a.wav": [0.2, 0.1]})
    assert [issue.code for issue in read.issues] == ["not-a-label", "not-rated"]
    assert read.issues[0].message == "loudness: no label of hume-48, and left out"
    assert read.issues[1].message.startswith("46 labels of hume-48 have no number in the table, and the model will not")


def test_all_48_labels_of_the_paper_are_learned_where_all_are_rated(tmp_path: Path) -> None:
    from leed import taxonomy  # noqa: PLC0415 - only here

    labels = list(taxonomy.get("hume-48").labels)
    text = f"file,speaker,{','.join(reversed(labels))}\na.wav,ann{',0.5' * 48}\n"
    assert ratings(tmp_path, text, taxonomy="hume-48").labels == tuple(labels)


def test_labels_of_ones_own_are_learned_without_a_taxonomy(tmp_path: Path) -> None:
    read = ratings(tmp_path, "filename,speaker_id,wobble,glint\na.wav,1,0.5,0.2\n")
    assert (read.labels, read.taxonomy, read.quantity) == (("wobble", "glint"), None, "intensity")


def test_a_table_without_a_label_of_the_taxonomy_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError) as refused:
        ratings(tmp_path, "file,speaker,wobble,glint\na.wav,ann,0.5,0.2\n", taxonomy="hume-48")
    assert str(refused.value) == (
        f"{tmp_path}/ratings.csv: no column is a label of hume-48; it has wobble, glint: leave out --taxonomy to train "
        "on these"
    )


def test_a_taxonomy_that_is_not_known_is_refused(tmp_path: Path) -> None:
    with pytest.raises(OptionError, match="taxonomy 'hume-49' is not known"):
        ratings(tmp_path, "file,speaker,Joy\na.wav,ann,0.5\n", taxonomy="hume-49")


def test_rows_of_several_raters_are_averaged_and_that_is_noted(tmp_path: Path) -> None:
    read = ratings(tmp_path, "file,speaker,Joy,Fear\na.wav,ann,0.2,\na.wav,ann,0.4,0.6\nb.wav,bob,0.1,0.2\n")
    assert rows(read) == {"a.wav": [0.6, 0.3], "b.wav": [0.2, 0.1]}
    assert [issue.message for issue in read.issues] == ["1 clips have several rows, of which the mean is taken"]


def test_a_clip_of_two_speakers_is_left_out(tmp_path: Path) -> None:
    read = ratings(tmp_path, "file,speaker,Joy,Fear\na.wav,ann,0.2,0.3\na.wav,bob,0.4,0.6\nb.wav,bob,0.1,0.2\n")
    assert list(rows(read)) == ["b.wav"]
    assert str(read.issues[0]) == "a.wav: is said to be of ann, bob, and left out"


def test_stretches_of_a_file_are_clips_of_their_own(tmp_path: Path) -> None:
    text = "file,speaker,begin,end,Joy,Fear\na.wav,ann,0,1,0.2,0.1\na.wav,bob,1,2.5,0.4,0.1\n"
    assert ratings(tmp_path, text).clips == (Clip("a.wav", 0.0, 1.0), Clip("a.wav", 1.0, 2.5))


def test_rows_of_another_modality_are_left_out_and_counted(tmp_path: Path) -> None:
    text = "file,speaker,modality,Joy,Fear\na.wav,ann,prosody,0.2,0.1\na.wav,ann,face,0.4,0.3\n"
    read = ratings(tmp_path, text)
    assert rows(read) == {"a.wav": [0.1, 0.2]}
    assert str(read.issues[0]) == "1 rows are of face, and this trains on prosody: they are left out"


def test_columns_may_be_called_otherwise(tmp_path: Path) -> None:
    read = ratings(
        tmp_path, "clip,actor,speaker,joy,fear\nx1,a7,agent,0.5,0.1\n", columns={"clip": "clip", "speaker": "actor"}
    )
    assert (read.clips, read.speakers, read.labels) == ((Clip("x1"),), ("a7",), ("Fear", "Joy"))


def test_a_column_that_is_not_there_is_named_beside_those_that_are(tmp_path: Path) -> None:
    with pytest.raises(OptionError) as refused:
        ratings(tmp_path, "clip,actor,joy\nx1,a7,0.5\n", columns={"speaker": "player"})
    assert (
        str(refused.value)
        == f"{tmp_path}/ratings.csv: there is no column 'player' for --speaker; it has clip, actor, joy"
    )


def test_json_lines_are_read_too(tmp_path: Path) -> None:
    text = (
        '{"file": "a.wav", "speaker": "ann", "prosody": {"Joy": 0.5}}\n'
        '{"file": "b.wav", "speaker": "bob", "prosody": {"Joy": 0.25}}\n'
    )
    assert rows(ratings(tmp_path, text, "ratings.jsonl")) == {"a.wav": [0.5], "b.wav": [0.25]}


def test_standard_input_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(TWO.encode())))
    assert rows(read_ratings("-")) == {"a.wav": [0.1, 0.5], "b.wav": [0.3, 0.2]}


def test_a_table_that_names_no_clips_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no column says which clip a row is of: call it file or source, or name it"):
        ratings(tmp_path, "speaker,Joy,Fear\nann,0.5,0.1\nbob,0.2,0.1\n")


def test_dimensions_from_minus_one_to_one_are_learned_as_leed_has_them(tmp_path: Path) -> None:
    read = ratings(tmp_path, "file,speaker,arousal,valence\na.wav,ann,0.5,-0.8\nb.wav,bob,-0.5,0.8\n")
    assert (rows(read), read.quantity) == ({"a.wav": [0.75, 0.1], "b.wav": [0.25, 0.9]}, "bipolar")


# --- clips


TWO = "file,speaker,Joy,Fear\na.wav,ann,0.5,0.1\nb.wav,bob,0.2,0.3\n"


def test_clips_are_found_below_folders_and_under_other_endings(tmp_path: Path) -> None:
    folder = clips(tmp_path / "clips", "takes/A.flac", "b.wav")
    found = material(tmp_path, TWO, folder)
    assert found.paths == (str(folder / "takes" / "A.flac"), str(folder / "b.wav"))


def test_a_missing_clip_is_noted_and_the_others_are_learned_from(tmp_path: Path) -> None:
    text = TWO + "c.wav,cy,0.1,0.1\n"
    found = material(tmp_path, text, clips(tmp_path / "clips", "a.wav", "b.wav"))
    assert found.ratings.speakers == ("ann", "bob")
    assert [str(issue) for issue in found.ratings.issues] == [f"c.wav: is not in {tmp_path}/clips, and left out"]


def test_a_name_that_means_two_files_is_not_guessed(tmp_path: Path) -> None:
    text = TWO + "c,cy,0.1,0.1\n"
    found = material(tmp_path, text, clips(tmp_path / "clips", "a.wav", "b.wav", "x/c.wav", "y/c.wav"))
    assert [issue.code for issue in found.ratings.issues] == ["missing-file"]


def test_no_clip_at_all_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(InputError) as refused:
        material(tmp_path, TWO, clips(tmp_path / "clips", "x.wav"))
    assert str(refused.value) == f"{tmp_path}/clips: none of the 2 clips of the table is there, such as 'a.wav'"


def test_a_folder_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(
        OptionError, match="nowhere: there is no such folder; give the folder of the clips with --audio"
    ):
        material(tmp_path, TWO, tmp_path / "nowhere")


def test_what_cannot_be_heard_is_noted_and_each_file_is_decoded_once(tmp_path: Path) -> None:
    folder = clips(tmp_path, "a.wav", "c.wav", seconds=2.0)
    (tmp_path / "b.wav").write_text("no sound at all")
    wanted = [
        Clip("a.wav", 0.5, 1.0),
        Clip("a.wav", 3.0, 4.0),
        Clip("b.wav", 0.0, 1.0),
        Clip("b.wav", 1.0, 2.0),
        Clip("c.wav"),
    ]
    listener = Listener(1.0)
    heard = list(listener.heard(wanted, [str(folder / clip.name) for clip in wanted]))
    assert [(place, len(samples)) for place, samples in heard] == [(0, 8000), (4, 16000)]
    assert [(issue.source, issue.code) for issue in listener.issues] == [
        ("a.wav", "no-sound"),
        ("b.wav", "unreadable-audio"),
        ("c.wav", "cut-off"),
    ]
    assert listener.issues[0].message == "has no sound from 3 s to 4 s"
    assert listener.issues[2].message == "is longer than 1 s, of which only these are heard"


def test_features_on_disk_are_what_they_were(tmp_path: Path) -> None:
    chance = np.random.default_rng(0)
    given = [chance.normal(size=(3, 5)).astype(np.float32) for _ in range(4)]
    given[1][:, 2:] = given[1][:, -1:]  # silence at the end
    given[2][:] = 0.5
    kept = Kept(str(tmp_path / "kept"))
    for array in given:
        kept.add(array)
    assert np.array_equal(kept.ready().batch([2, 0, 1, 3, 1]), np.stack([given[i] for i in (2, 0, 1, 3, 1)]))
    kept.close()
    assert (tmp_path / "kept").stat().st_size == 4 * 3 * (5 + 3 + 1 + 5)


# --- speakers


def test_whole_speakers_are_held_out_whatever_the_order_of_the_rows() -> None:
    speakers = [f"s{number}" for number in range(10)] * 3
    chosen = held_out(speakers, share=0.2, seed=1)
    assert len(chosen) == 2
    assert held_out(list(reversed(speakers)), share=0.2, seed=1) == chosen
    assert held_out(speakers, share=0.2, seed=2) != chosen


@pytest.mark.parametrize(("count", "share", "held"), [(2, 0.01, 1), (2, 0.99, 1), (5, 0.5, 2), (5, 0.99, 4)])
def test_some_are_held_out_and_some_are_not(count: int, share: float, held: int) -> None:
    assert len(held_out([str(number) for number in range(count)], share=share, seed=0)) == held


def test_speakers_are_held_out_by_name(tmp_path: Path) -> None:
    found = material(tmp_path, TWO, clips(tmp_path / "clips", "a.wav", "b.wav"), named=["ann"])
    assert (found.speakers(held=True), found.speakers(held=False)) == (("ann",), ("bob",))


def test_somebody_who_is_not_there_cannot_be_held_out(tmp_path: Path) -> None:
    with pytest.raises(OptionError, match="there is no speaker 'eve' to hold out; there are ann, bob"):
        material(tmp_path, TWO, clips(tmp_path / "clips", "a.wav", "b.wav"), named=["eve"])


def test_not_everybody_can_be_held_out(tmp_path: Path) -> None:
    with pytest.raises(OptionError, match="all 2 speakers would be held out: name fewer"):
        material(tmp_path, TWO, clips(tmp_path / "clips", "a.wav", "b.wav"), named=["ann", "bob"])


def test_one_speaker_alone_is_refused(tmp_path: Path) -> None:
    text = "file,speaker,Joy,Fear\na.wav,ann,0.5,0.1\nb.wav,ann,0.2,0.3\n"
    with pytest.raises(InputError) as refused:
        material(tmp_path, text, clips(tmp_path / "clips", "a.wav", "b.wav"))
    assert str(refused.value) == (
        "there is only one speaker ('ann'), and voices that the model has not met are needed to try it on: add clips "
        "of others, or give a table of others with --validation"
    )


def test_a_table_without_speakers_is_refused(tmp_path: Path) -> None:
    text = "file,Joy,Fear\na.wav,0.5,0.1\nb.wav,0.2,0.3\n"
    with pytest.raises(
        InputError, match=r"no column says who speaks, .* call the column speaker, or name it with --sp"
    ):
        material(tmp_path, text, clips(tmp_path / "clips", "a.wav", "b.wav"))


def test_clips_without_a_speaker_are_taken_for_one_persons(tmp_path: Path) -> None:
    found = material(tmp_path, TWO + "c.wav,,0.1,0.1\n", clips(tmp_path / "clips", "a.wav", "b.wav", "c.wav"))
    assert [issue.message for issue in found.ratings.issues] == ["1 clips have no speaker; they are taken for one"]


def test_a_table_of_others_is_held_out(tmp_path: Path) -> None:
    folder = clips(tmp_path / "clips", "a.wav", "b.wav", "c.wav")
    other = tmp_path / "others.csv"
    other.write_text("file,speaker,Joy,Love\nc.wav,cy,0.1,0.9\n")
    found = material(tmp_path, TWO, folder, validation=str(other))
    assert (found.speakers(held=True), found.speakers(held=False)) == (("cy",), ("ann", "bob"))
    assert rows(found.ratings)["c.wav"] == [None, 0.1]


def test_a_table_of_others_and_names_are_not_given_together(tmp_path: Path) -> None:
    folder = clips(tmp_path / "clips", "a.wav", "b.wav")
    with pytest.raises(OptionError, match="both a table of others and speakers to hold out are given: give one"):
        material(tmp_path, TWO, folder, validation="others.csv", named=["ann"])


def test_a_speaker_on_both_sides_is_refused(tmp_path: Path) -> None:
    folder = clips(tmp_path / "clips", "a.wav", "b.wav", "c.wav")
    other = tmp_path / "others.csv"
    other.write_text("file,speaker,Joy,Fear\nc.wav,bob,0.1,0.9\n")
    with pytest.raises(InputError, match="1 speakers are on both sides: 'bob': each may be learned from or held out"):
        material(tmp_path, TWO, folder, validation=str(other))


def test_a_label_that_only_those_held_out_have_is_not_learned(tmp_path: Path) -> None:
    text = "file,speaker,Joy,Fear\na.wav,ann,0.5,\nb.wav,bob,0.2,0.3\n"
    found = material(tmp_path, text, clips(tmp_path / "clips", "a.wav", "b.wav"), named=["bob"])
    assert found.ratings.labels == ("Joy",)
    assert found.ratings.issues[0].message == "only speakers who are held out have numbers for Fear: not learned"


def test_numbers_beyond_one_are_noted_and_no_classes(tmp_path: Path) -> None:
    text = "file,speaker,Joy,Fear\na.wav,ann,5,0.1\nb.wav,bob,2,0.3\n"
    folder = clips(tmp_path / "clips", "a.wav", "b.wav")
    found = material(tmp_path, text, folder)
    assert [issue.code for issue in found.ratings.issues if "model's scores" in issue.message] == ["out-of-range"]
    with pytest.raises(
        InputError, match=r"loss bce takes numbers from 0 to 1, and a.wav has 5 for Joy: bring them there"
    ):
        material(tmp_path, text, folder, settings=Settings(loss="bce"))


# --- and trained on


def test_training_goes_on_without_clips_that_are_missing_broken_or_unrated(few: Voices, tmp_path: Path) -> None:
    folder = tmp_path / "clips"
    folder.mkdir()
    for take in few.takes:
        (folder / take.file).write_bytes((few.clips / take.file).read_bytes())
    (folder / "ann-0.wav").unlink()
    (folder / "bob-0.wav").write_text("this is no sound")
    other = {"cy-0.wav": "cy-0.wav,cy,,", "cy-1.wav": "cy-1.wav,cy,,0.5"}
    lines = [other.get(line.partition(",")[0], line) for line in few.ratings.read_text().splitlines()]
    table = tmp_path / "ratings.csv"
    table.write_text("\n".join(lines))
    done = train(table, folder, tmp_path / "out", settings=few.settings(epochs=1), held_out=["dee"])
    assert done.clips == (15 - 3, 5)
    told = [(issue.source, issue.code) for issue in done.issues]
    assert told == [(None, "no-scores"), ("ann-0.wav", "missing-file"), ("bob-0.wav", "unreadable-audio")]


def test_nobody_left_to_hear_is_an_error(few: Voices, tmp_path: Path) -> None:
    folder = tmp_path / "clips"
    folder.mkdir()
    for take in few.takes:
        (folder / take.file).write_text("this is no sound")
    with pytest.raises(InputError, match=r"no clip to learn from can be heard: ann-0.wav: "):
        train(few.ratings, folder, tmp_path / "out", settings=few.settings(), held_out=["dee"])
    assert not (tmp_path / "out").exists()


def test_hearing_only_those_who_are_not_held_out_is_an_error(few: Voices, tmp_path: Path) -> None:
    folder = tmp_path / "clips"
    folder.mkdir()
    for take in few.takes:
        sound = (few.clips / take.file).read_bytes()
        (folder / take.file).write_bytes(sound if take.speaker != "dee" else b"this is no sound")
    with pytest.raises(InputError, match=r"no clip of the speakers who are held out can be heard: dee-0.wav: "):
        train(few.ratings, folder, tmp_path / "out", settings=few.settings(), held_out=["dee"])
