"""The table is measured on speakers that no classifier met, and says what does not hold."""

import csv
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import leed
from leed.embed import get_embedder
from leed.errors import InputError
from leed_evals.__main__ import main
from leed_evals.faithful.information import Estimate, left_out
from leed_evals.table1 import learning
from leed_evals.table1.contenders import (
    EARLY,
    LATE,
    LEED,
    NUMBERS,
    PER_FRAME,
    RAW,
    SHUFFLED,
    SPOKEN,
    WITH_RAW,
    Contenders,
)
from leed_evals.table1.corpora import Corpus, shared_corpora, table_corpus
from leed_evals.table1.learning import Features, of_scores, of_vectors, optimistic, predictions, together
from leed_evals.table1.measuring import Measured, measure
from leed_evals.table1.reading import part_of, requirements_of
from leed_evals.table1.scoring import hits
from leed_evals.table1.wording import as_features, as_prompts, shuffled_adverbs, without_adverbs
from tests.support.corpora import write_cremad
from tests.support.parts import shared

CLASSES = ("angry", "happy", "sad")


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(learning, "OUTER", 3)
    monkeypatch.setattr(learning, "INNER", 2)
    monkeypatch.setattr(learning, "RAW_C", (1e-2, 1.0))
    monkeypatch.setattr(learning, "SPREAD_C", (1e-3,))
    monkeypatch.setattr(learning, "SCALED_C", (1e-2,))


def corpus(n: int = 90, speakers: int = 6, *, texts: bool = False, seed: int = 2) -> Corpus:
    """Faces and voices that mostly show what was expressed, each in its own way."""
    rng = np.random.default_rng(seed)
    label = np.arange(n) // speakers % 3
    tracks = {}
    for modality, sure in (("face", 0.5), ("prosody", 0.35)):
        scores = rng.uniform(0, 0.5, (n, 3))
        scores[np.arange(n), label] += sure
        tracks[modality] = leed.Track(
            labels=("Anger", "Joy", "Sadness"), matrix=scores.astype(np.float32).round(2), modality=modality
        )
    return Corpus(
        "Made up",
        "Made up.",
        tracks,
        np.array(CLASSES)[label],
        np.array([f"s{i % speakers}" for i in range(n)]),
        tuple("Hello." if texts else "" for _ in range(n)),
    ).ordered()


LEXICAL = get_embedder("lexical", dimensions=128)


# --- the command


def write_table(path: Path, made: Corpus, order: np.ndarray[tuple[int], np.dtype[np.intp]] | None = None) -> Path:
    names = [f"{modality}.{label}" for modality, track in made.tracks.items() for label in track.labels]
    matrix = np.hstack([track.matrix for track in made.tracks.values()])
    with path.open("w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file)
        rows.writerow(["item", "group", "label", *names])
        for i in range(len(made)) if order is None else order.tolist():
            rows.writerow([i, made.groups[i], made.labels[i], *(f"{score:.2f}" for score in matrix[i].tolist())])
    return path


def test_a_table_of_your_own_is_measured_and_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    table = write_table(tmp_path / "mine.csv", corpus())
    out = tmp_path / "out"
    arguments = ["table1", "--table", str(table), "--embedder", "lexical", "-o", str(out), "--page", str(out / "p.md")]
    status = main(arguments)
    printed = capsys.readouterr()
    page = (out / "table1.md").read_text(encoding="utf-8")
    assert page == printed.out[:-1]
    picture = "\n![UAR of each row, with its interval](p.png)\n"
    assert (out / "p.md").read_text(encoding="utf-8") == page + picture
    assert (out / "p.png").read_bytes().startswith(b"\x89PNG")
    assert "## mine.csv, lexical" in page
    assert "90 items of 6 speakers, 3 classes. Scores of your own." in page
    assert "What this is not" not in page, "that is about the corpora"
    report = json.loads((out / "table1.json").read_text(encoding="utf-8"))
    assert status == (0 if report["holds"] else 1)
    assert report["parts"][1]["tables"][0]["columns"][:3] == ["what is seen", "face: UAR", "face: over raw"]
    assert [row[0] for row in report["parts"][1]["tables"][0]["rows"]] == [
        "raw scores",
        "LEED",
        "LEED per frame",
        "LEED, early (concat_embeddings)",
        "LEED, late (concat_text)",
        "raw + LEED",
        "LEED, worded as in prompts",
        "numbers as text",
        "labels without adverbs",
        "shuffled adverbs",
    ]
    assert (out / "table1.png").read_bytes().startswith(b"\x89PNG")
    assert "mine.csv, lexical" in (out / "table1.svg").read_text(encoding="utf-8")


def test_the_order_of_rows_changes_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    made = corpus()
    pages = []
    for i, order in enumerate((np.arange(90), np.random.default_rng(1).permutation(90))):
        folder = tmp_path / str(i)
        folder.mkdir()
        table = write_table(folder / "mine.csv", made, order)
        main(["table1", "--table", str(table), "--embedder", "lexical", "-o", str(folder / "out")])
        pages.append(capsys.readouterr().out.replace(str(folder), ""))
    assert pages[0] == pages[1]


def test_the_papers_protocol_is_labelled_optimistic_and_requires_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    table = write_table(tmp_path / "mine.csv", corpus(speakers=8, n=96))
    arguments = ["table1", "--table", str(table), "--embedder", "lexical", "-o", str(tmp_path / "out")]
    assert main([*arguments, "--protocol", "paper"]) == 0
    page = capsys.readouterr().out
    assert page.startswith("# What classifiers tell from scores and from words, optimistic\n")
    assert "**Optimistic**: the paper's protocol." in page
    assert "48 items of 4 speakers" in page
    assert "What must hold" not in page


def test_what_is_missing_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["table1", "--data", str(tmp_path), "-o", str(tmp_path / "out")]) == 1
    assert capsys.readouterr().err == (
        f"leed_evals: error: {tmp_path} has nothing to measure: CREMA-D: no cremad/tabulatedVotes.csv in {tmp_path}; "
        f"RAVDESS: no ravdess/prosody.csv or ravdess/face.csv in {tmp_path}; or give --table\n"
    )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("item,label,face.Joy\n1,a,0.1\n", ": no column of groups: name with --group who each item is of, so that"),
        ("item,group,face.Joy\n1,s,0.1\n", ": no column of labels: it has item, group, face.Joy; name it with --label"),
        ("item,group,label,face.Joy\n1,s,,0.1\n", ": no item has both a label and a group"),
    ],
)
def test_a_table_that_lacks_something_is_told(text: str, message: str, tmp_path: Path) -> None:
    path = tmp_path / "mine.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as caught:
        table_corpus(str(path))
    assert str(caught.value).startswith(f"{path}{message}")


def test_a_table_may_name_its_columns_otherwise_and_leave_scores_out(tmp_path: Path) -> None:
    path = tmp_path / "mine.csv"
    rows = "who,what,voice.Joy,voice.Fear,text\nb,x,,0.5,Hi\na,y,0.5,0.25,\nc,,0.1,0.2,\nd,y,,,\n"
    path.write_text(rows, encoding="utf-8")
    made, odd = table_corpus(str(path), group="who", label="what")
    assert (made.groups.tolist(), made.labels.tolist(), made.texts) == (["a", "b"], ["y", "x"], ("", "Hi"))
    assert made.tracks["prosody"].row(0) == {"Joy": 0.5, "Fear": 0.25}
    assert made.views == {"voice": ("prosody",)}
    assert odd == ["3: has no scores, and is left out", "1 items without a label or a group: left out"]


def test_recordings_with_steps_have_a_row_per_frame(tmp_path: Path) -> None:
    rng = np.random.default_rng(5)
    lines = ["item,speaker,emotion,path"]
    for i in range(36):
        joy = 0.7 if i % 2 else 0.3
        frames = [{"begin": t, "face": {"Joy": joy + rng.uniform(-0.1, 0.1), "Fear": 0.4}} for t in range(3)]
        (tmp_path / f"{i}.json").write_text(json.dumps(frames), encoding="utf-8")
        lines.append(f"{i},s{i // 2 % 6},{'happy' if i % 2 else 'calm'},{i}.json")
    (tmp_path / "mine.csv").write_text("\n".join(lines), encoding="utf-8")
    made, _ = table_corpus(str(tmp_path / "mine.csv"))
    assert made.stepped
    found = measure(made, LEXICAL)
    assert found.rows[:3] == ["raw scores", "LEED", "LEED per frame"]
    assert found.uar(PER_FRAME, "face").value > 0.9
    assert [row[0] for row in part_of(found).tables[0].rows].count("LEED per frame") == 1


# --- corpora


def test_crema_d_has_what_was_said_and_who_said_it(tmp_path: Path) -> None:
    write_cremad(tmp_path, [(f"{kind}00007", "1001_DFA_ANG_XX", {"A": (3, 80.0)}) for kind in "12"])
    (tmp_path / "cremad/VideoDemographics.csv").write_text(
        "ActorID,Age,Sex,Race,Ethnicity\n1001,51,Male,Caucasian,Not Hispanic\n", encoding="utf-8"
    )
    (made,), absent = shared_corpora(tmp_path)
    assert made.texts == ("Don't forget a jacket.",)
    assert made.people == {"sex": {"1001": "Male"}, "race": {"1001": "Caucasian"}}
    assert made.views == {"voice": ("prosody",), "face": ("face",), "both": ("prosody", "face")}
    assert absent == [f"RAVDESS: no ravdess/prosody.csv or ravdess/face.csv in {tmp_path}"]


def test_modalities_with_different_clips_are_refused(tmp_path: Path) -> None:
    write_cremad(
        tmp_path, [("100007", "1001_DFA_ANG_XX", {"A": (3, 80.0)}), ("200007", "1001_IEO_SAD_XX", {"S": (2, 50.0)})]
    )
    with pytest.raises(InputError, match="CREMA-D: the files of its modalities have different clips"):
        shared_corpora(tmp_path)


# --- words


def test_features_name_every_label_and_prompts_the_likeliest_class() -> None:
    track = leed.Track(
        labels=("HAP", "NEU", "SAD"),
        matrix=np.array([[0.6, 0.1, 0.3]], np.float32),
        modality="prosody",
        quantity="probability",
        exclusive=True,
        taxonomy="cremad-6",
    )
    assert as_features()(track) == ["They sound both extremely happy and quite sad."]
    assert as_prompts()(track) == ["They probably sound happy."]


def test_shuffled_adverbs_are_as_many_of_each_and_tell_nothing() -> None:
    sentences = as_features()(corpus().tracks["face"])
    shuffled = shuffled_adverbs(as_features(), 0)(sentences)
    assert shuffled != sentences
    words = as_features().adverbs
    assert sorted(words.findall(" ".join(shuffled))) == sorted(words.findall(" ".join(sentences)))
    assert without_adverbs(as_features())(shuffled) == without_adverbs(as_features())(sentences)
    assert shuffled_adverbs(as_features(), 0)(sentences) == shuffled


def test_a_transcript_is_quoted_in_the_voices_sentence() -> None:
    made = corpus(texts=True)
    rows = {(c.row, c.view) for c in Contenders(made, LEXICAL)}
    assert {view for row, view in rows if row == SPOKEN} == {"voice", "both"}
    assert Contenders(made, LEXICAL).quoted["prosody"][0].startswith('They said "Hello." and sound ')
    assert not [c for c in Contenders(corpus(), LEXICAL) if c.row == SPOKEN]


# --- learning


def test_nobody_is_predicted_by_a_classifier_that_met_them(monkeypatch: pytest.MonkeyPatch) -> None:
    made = corpus()
    met: list[bool] = []
    real = learning._predicted

    def seen(features: Features, labels: Any, training: Any, test: Any, choices: Any) -> Any:
        met.append(bool(set(made.groups[training].tolist()) & set(made.groups[test].tolist())))
        return real(features, labels, training, test, choices)

    monkeypatch.setattr(learning, "_predicted", seen)
    predictions(of_scores(made.tracks["face"].matrix), made.labels, made.groups)
    assert len(met) == 3 * (2 + 1)
    assert not any(met)


def test_what_is_chosen_never_depends_on_the_test_speakers() -> None:
    made = corpus()
    features = Contenders(made, LEXICAL).early(LEED, ("face",))
    before = predictions(features, made.labels, made.groups)
    training, test = next(left_out(made.groups, 3))
    other = made.labels.copy()
    other[test] = np.roll(other[test], 1)
    after = predictions(features, other, made.groups)
    assert (before[test] == after[test]).all()
    assert len(training) > len(test)


def test_rows_that_read_the_same_count_as_often_as_they_occur() -> None:
    rng = np.random.default_rng(0)
    vectors = rng.normal(size=(8, 5)).astype(np.float32)[rng.integers(8, size=60)]
    labels = np.where(vectors[:, 0] > 0, "a", "b").astype(np.str_)
    groups = np.array([f"s{i % 6}" for i in range(60)])
    alike = np.unique(vectors, axis=0, return_inverse=True)[1].reshape(-1)
    folded = predictions(of_vectors(vectors, alike), labels, groups)
    whole = predictions(of_vectors(vectors, np.arange(60)), labels, groups)
    assert (folded == whole).all()


def test_scores_and_vectors_stand_side_by_side() -> None:
    made = corpus()
    both = together(of_scores(made.tracks["face"].matrix), Contenders(made, LEXICAL).early(LEED, ("face",)))
    assert both.scores is not None
    assert both.vectors is not None
    assert both.dims == 3 + both.vectors.shape[1]
    assert len(predictions(both, made.labels, made.groups)) == 90


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"groups": np.array(["s"] * 90)}, "1 speakers are too few: give three at least"),
        ({"labels": np.array(["a"] * 90)}, "every item has the label 'a': give two classes at least"),
        ({"labels": np.array(["a"] * 89 + ["b"])}, "fewer than three speakers have the label 'b': leave it out"),
    ],
)
def test_too_little_to_learn_from_is_told(change: dict[str, Any], message: str) -> None:
    made = replace(corpus(), **change)
    with pytest.raises(InputError, match=message):
        predictions(of_scores(made.tracks["face"].matrix), made.labels, made.groups)


def test_the_papers_protocol_tests_on_four_speakers() -> None:
    made = corpus(n=96, speakers=8)
    predicted, test = optimistic(of_scores(made.tracks["face"].matrix), made.labels, made.groups, 0)
    assert (len(set(made.groups[test].tolist())), len(predicted)) == (4, 48)
    with pytest.raises(InputError, match="5 speakers are too few for the paper's protocol: give six at least"):
        optimistic(of_scores(np.zeros((5, 1), np.float32)), made.labels[:5], np.array(list("abcde")), 0)


# --- scores


def test_uar_counts_each_class_the_same() -> None:
    labels = np.array(["a"] * 9 + ["b"])
    told = hits(np.array(["a"] * 10), labels, np.array(["s"] * 10))
    assert told.uar == Estimate(0.5, 0.5, 0.5)


def test_the_same_predictions_do_not_differ() -> None:
    made = corpus()
    right = hits(made.labels, made.labels, made.groups)
    wrong = hits(np.roll(made.labels, 1), made.labels, made.groups)
    assert right.over(right) == Estimate(0.0, 0.0, 0.0)
    assert right.over(wrong).low > 0
    assert right.uar == Estimate(1.0, 1.0, 1.0)


def test_words_tell_more_than_the_same_labels_with_shuffled_adverbs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(learning, "SPREAD_C", (1e-4, 1e-2))
    found = measure(corpus(n=360, speakers=12), LEXICAL)
    assert found.uar(RAW, "face").value > 0.75
    assert found.over(LEED, "face", SHUFFLED, "face").value > 0  # little here, where the order of labels tells most
    assert found.over(EARLY, "both", LEED, "voice").value > 0
    assert found.dims[RAW, "both"] == 6
    assert {row for row, view in found.predicted if view == "both"} >= {EARLY, LATE, WITH_RAW, NUMBERS}


def predicted(accuracy: dict[tuple[str, str], float], name: str) -> Measured:
    """Predictions that are right as often as this, on the same items first."""
    made = replace(corpus(n=300, speakers=10), name=name)
    place = np.random.default_rng(0).permutation(300) / 300
    told = {key: np.where(place < share, made.labels, "none").astype(np.str_) for key, share in accuracy.items()}
    return Measured(made, "lexical", told, np.arange(300), dict.fromkeys(told, 1))


def test_requirements_hold_where_words_lose_little_and_are_missed_where_they_lose_much() -> None:
    rows = {(RAW, view): 0.7 for view in ("face", "voice")} | {(RAW, "both"): 0.8}
    rows |= {(LEED, "face"): 0.7, (LEED, "voice"): 0.6, (EARLY, "both"): 0.8}
    rows |= {(WITH_RAW, view): share for view, share in (("face", 0.71), ("voice", 0.5), ("both", 0.8))}
    verdicts = {(r.name, r.note): r.holds for r in requirements_of(predicted(rows, "CREMA-D"))}
    assert verdicts == {
        ("LEED over raw, lower end", "CREMA-D, lexical, face"): True,
        ("LEED over raw, lower end", "CREMA-D, lexical, voice"): False,
        ("LEED of both over face alone, lower end", "CREMA-D, lexical"): True,
        ("LEED of both over voice alone, lower end", "CREMA-D, lexical"): True,
        ("raw + LEED over raw, upper end", "CREMA-D, lexical, face"): True,
        ("raw + LEED over raw, upper end", "CREMA-D, lexical, voice"): False,
        ("raw + LEED over raw, upper end", "CREMA-D, lexical, both"): True,
    }
    assert len(requirements_of(predicted(rows, "RAVDESS"))) == 5


def test_people_are_told_apart_by_what_is_known_of_them() -> None:
    rows = dict.fromkeys([(RAW, v) for v in ("face", "voice", "both")], 0.7)
    rows |= {(LEED, "face"): 0.7, (LEED, "voice"): 0.7, (EARLY, "both"): 0.7}
    rows |= {(WITH_RAW, v): 0.7 for v in ("face", "voice", "both")}
    found = predicted(rows, "Made up")
    half = {group: "F" if group < "s5" else "M" for group in set(found.corpus.groups.tolist())}
    found = replace(found, corpus=replace(found.corpus, people={"sex": half}))
    table = part_of(found).tables[1]
    assert table.title == "Made up, lexical, by sex"
    assert [row[:2] for row in table.rows] == [("F", 5), ("M", 5)]
    assert table.columns == (
        "sex",
        "speakers",
        *(f"{view}: {what}" for view in ("face", "voice", "both") for what in ("raw", "LEED")),
    )


@pytest.mark.needs_data
def test_real_corpora_have_their_clips_speakers_and_words() -> None:
    cremad, ravdess = shared_corpora(shared())[0]
    assert (len(cremad), len(set(cremad.groups.tolist())), len(set(cremad.texts))) == (4901, 60, 12)
    assert (len(ravdess), len(set(ravdess.groups.tolist())), len(set(ravdess.texts))) == (1200, 20, 2)
    assert "" not in cremad.texts + ravdess.texts
    assert {kind: len(set(of.values())) for kind, of in cremad.people.items()} == {"sex": 2, "race": 4}


@pytest.mark.needs_data
def test_words_of_real_faces_lose_next_to_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(learning, "SPREAD_C", (1e-5, 1e-4))
    made = shared_corpora(shared())[0][1]
    found = Contenders(made, LEXICAL)
    raw, words = (
        hits(predictions(f, made.labels, made.groups), made.labels, made.groups)
        for f in (found.raw(("face",)), found.early(LEED, ("face",)))
    )
    assert raw.uar.value > 0.55
    assert words.over(raw).value > -0.05
