"""Calibration: what is usual decides what of a full set of scores is named; fits, merges and files."""

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

import leed
from leed import taxonomy
from leed.calibration import Calibration, Usual, get_calibration
from leed.calibration.fit import POINTS, Fit
from leed.calibration.sketch import RATIO, counted, quantiles

HUME_48 = tuple(taxonomy.get("hume-48").labels)


def usual_face(**changed: float) -> dict[str, float]:
    """A face whose labels are all at their usual value, except for some."""
    table = get_calibration().table("hume-48", "face")
    assert table is not None
    return {label: table.at(label, 0.5) for label in HUME_48} | changed


# --- examples 7 to 11 of SENTENCES.md


@pytest.mark.parametrize(
    ("scores", "sentence", "notable"),
    [
        (usual_face(Interest=0.55, Calmness=0.43), "Nothing in their face stands out.", False),
        (usual_face(Interest=0.55, Calmness=0.43, Confusion=0.43), "They look somewhat confused.", True),
        ({"Interest": 0.55}, "They look quite interested.", True),
        (usual_face(Fear=0.15), "There is a hint of fear in their face.", True),
    ],
    ids=["8", "9", "10", "11"],
)
def test_a_full_set_names_what_stands_out(scores: dict[str, float], sentence: str, notable: bool) -> None:  # noqa: FBT001
    description = leed.describe(scores, modality="face")
    assert (str(description), description.notable) == (sentence, notable)
    assert leed.Describer().text(scores, modality="face") == sentence
    assert leed.describe_matrix([list(scores.values())], list(scores), modality="face").to_list() == [sentence]


def test_a_hint_has_a_term() -> None:
    (term,) = leed.describe(usual_face(Fear=0.15), modality="face").terms
    assert (term.label, term.score, term.adverb, term.adjective, term.phrase) == (
        "Fear",
        0.15,
        "a hint of",
        None,
        "fear",
    )


def test_a_hint_stands_alone() -> None:
    both = usual_face(Fear=0.15, Confusion=0.43)
    assert str(leed.describe(both, modality="face")) == "They look somewhat confused."


def test_a_hint_quotes_what_was_said() -> None:
    description = leed.describe(usual_face(Fear=0.15), modality="face", text="Who is there?")
    assert str(description) == 'They said "Who is there?", and there is a hint of fear in their face.'


def test_labels_are_ordered_by_how_far_above_usual_they_are() -> None:
    description = leed.describe(usual_face(Joy=0.90, Confusion=0.80), modality="face")
    assert [term.label for term in description.terms] == ["Confusion", "Joy"]
    assert str(description) == "They look extremely confused and joyful."


def test_without_a_calibration_the_strongest_is_named() -> None:
    description = leed.describe(usual_face(Interest=0.55), modality="face", calibration="none", top=1)
    assert str(description) == "They look quite interested."


def test_a_preset_that_names_everything_is_gated_only_when_asked() -> None:
    scores = usual_face(Interest=0.55, Calmness=0.43)
    assert len(leed.describe(scores, modality="face", scale="hume-2023").terms) > 5
    gated = leed.describe(scores, modality="face", scale="hume-2023", calibration="hume-2026-11")
    assert str(gated) == "Nothing in their face stands out."


def test_half_of_the_labels_are_a_full_set_and_fewer_are_not() -> None:
    scores = usual_face(Interest=0.55)
    half = dict(list(scores.items())[:23]) | {"Interest": 0.55}
    assert str(leed.describe(half, modality="face", top=1)) == "Nothing in their face stands out."
    few = dict(list(half.items())[1:])
    assert str(leed.describe(few, modality="face", top=1)) == "They look quite interested."
    missing = dict.fromkeys(HUME_48, math.nan) | few
    assert str(leed.describe(missing, modality="face", top=1)) == "They look quite interested."


def test_rows_of_full_and_of_few_scores_stand_in_one_matrix() -> None:
    full = [usual_face(Interest=0.55)[label] for label in HUME_48]
    few = [0.55 if label == "Interest" else math.nan for label in HUME_48]
    none = [math.nan] * 48
    sentences = leed.describe_matrix([full, few, none, few, full], HUME_48, modality="face")
    assert sentences.to_list() == [
        "Nothing in their face stands out.",
        "They look quite interested.",
        "There are no scores for their face.",
        "They look quite interested.",
        "Nothing in their face stands out.",
    ]
    assert len(set(sentences.unique)) == len(sentences.unique) == 3


def test_explain_says_what_is_usual_and_what_decided() -> None:
    told = leed.describe(usual_face(Confusion=0.43, Interest=0.55), modality="face").explain()
    assert "- Confusion 0.43: somewhat (from 0.35, intensity); usually 0.1848, stands out from 0.3736" in told
    assert "- Interest 0.55: not said, as usual (usually 0.4618, stands out from 0.5517)" in told
    assert "calibration hume-2026-11" in told
    hint = leed.describe(usual_face(Fear=0.15), modality="face").explain()
    assert "- Fear 0.15: a hint: below the floor (0.26), but above its 99th percentile (0.1378); usually 0.0454" in hint


# --- properties

number = st.one_of(
    st.floats(0, 1, width=32),
    st.sampled_from([0.0, 0.15, 0.25, 0.26, 0.3, 0.43, 0.55, 0.5517, 0.6, 0.8, 0.9, 1.2]),
    st.sampled_from([get_calibration().tables[0].at(label, p) for label in HUME_48[:12] for p in (0.5, 0.9, 0.99)]),
)
gaps = st.one_of(number, number, number, st.sampled_from([math.nan, math.inf, -1.0]))


@st.composite
def faces(draw: st.DrawFn, scores: st.SearchStrategy[float] = number) -> dict[str, float]:
    """A face of usual values in which a few labels have others."""
    changed = draw(st.dictionaries(st.sampled_from(HUME_48), scores, max_size=12))
    return usual_face(**changed) if draw(st.booleans()) else dict.fromkeys(HUME_48, math.nan) | changed


@given(st.lists(faces(gaps), min_size=1, max_size=6), st.sampled_from([1, 3, 7, "all"]))
@settings(max_examples=200)
@example([usual_face(Joy=0.9, Confusion=0.43711), usual_face(Joy=0.9, Confusion=0.43711000001)], 3)
def test_dict_text_matrix_and_track_say_the_same(rows: list[dict[str, float]], top: Any) -> None:
    describer = leed.Describer(top=top)
    said = [str(leed.Describer(top=top).describe(row, modality="face")) for row in rows]
    assert [describer.text(row, modality="face") for row in rows] == said
    assert [describer.text(row, modality="face") for row in rows] == said  # from what it remembers
    matrix = np.array([list(row.values()) for row in rows])
    assert leed.describe_matrix(matrix, HUME_48, modality="face", describer=describer).to_list() == said
    singles = matrix.astype(np.float32)
    assert leed.describe_matrix(singles, HUME_48, modality="face", describer=describer).to_list() == said
    clean = np.where(np.isfinite(singles), singles, np.float32(np.nan))
    recording = leed.Recording((leed.Track(labels=HUME_48, matrix=clean, modality="face"),))
    assert [str(d) for d in leed.describe_all(recording, describer=describer)] == said


ORDER = ("a hint of", "slightly", "somewhat", "moderately", "quite", "very", "extremely")


@given(faces(), st.sampled_from(HUME_48), number, number, st.sampled_from([1, 2, 3, "all"]))
@settings(max_examples=400)
def test_a_higher_score_never_gives_a_weaker_adverb_and_never_unnames(
    scores: dict[str, float], label: str, one: float, other: float, top: Any
) -> None:
    describer = leed.Describer(top=top)
    strengths = []
    for score in sorted((one, other)):
        terms = describer(scores | {label: score}, modality="face").terms
        strengths.append(next((ORDER.index(str(t.adverb)) for t in terms if t.label == label), -1))
    assert strengths[0] <= strengths[1]


# --- fits


def recording(matrix: NDArray[np.float32], *, modality: str = "face") -> leed.Recording:
    return leed.Recording((leed.Track(labels=HUME_48, matrix=matrix, modality=modality, taxonomy="hume-48"),))


def random_faces(rows: int, seed: int = 1) -> NDArray[np.float32]:
    rng = np.random.default_rng(seed)
    return (rng.lognormal(-2, 0.4, 48) * rng.lognormal(0, 0.3, (rows, 48))).astype(np.float32)


@given(st.lists(st.floats(2**-13, 10, width=32), min_size=1, max_size=200), st.sampled_from([0.05, 0.5, 0.9, 1.0]))
def test_quantiles_are_right_to_within_the_ratio_of_the_bins(scores: list[float], share: float) -> None:
    column = np.array(scores, np.float32)[:, None]
    (found,) = quantiles(counted(column), [share])[0]
    exact = np.quantile(column, share, method="inverted_cdf")
    assert exact / RATIO - 1e-6 <= found <= exact * RATIO + 1e-6


def test_a_fit_of_many_segments_has_their_percentiles() -> None:
    matrix = random_faces(20_000)
    fit = Fit()
    fit.add(recording(matrix))
    table = fit.calibration("mine").table("hume-48", "face")
    assert table is not None
    for i, label in enumerate(HUME_48):
        assert table.at(label, 0.9) == pytest.approx(np.quantile(matrix[:, i], 0.9), rel=0.02)


def test_a_fit_of_few_segments_leans_on_all_labels() -> None:
    matrix = random_faces(5)
    matrix[:, 0] = 0.1  # a label that did not move
    fit = Fit()
    fit.add(recording(matrix))
    table = fit.calibration("mine").table("hume-48", "face")
    assert table is not None
    assert table.segments == 5
    assert table.at(HUME_48[0], 0.9) > 1.2 * table.at(HUME_48[0], 0.5)


def test_fits_add_up() -> None:
    matrix = random_faces(600)
    whole, first, second = Fit(), Fit(), Fit()
    whole.add(recording(matrix[:200]))
    whole.add(recording(matrix[200:]))
    first.add(recording(matrix[:200]))
    second.add(recording(matrix[200:]))
    first.merge(second)
    assert first.calibration("mine") == whole.calibration("mine")


def test_a_calibration_file_is_merged_without_a_loss(tmp_path: Path) -> None:
    matrix = random_faces(600)
    whole, first, second = Fit(), Fit(), Fit()
    whole.add(recording(matrix[:200]))
    whole.add(recording(matrix[200:]))
    first.add(recording(matrix[:200]))
    path = tmp_path / "first.json"
    path.write_bytes(first.calibration("first").to_json())
    second.add(recording(matrix[200:]))
    second.merge(get_calibration(path))
    assert second.calibration("mine").tables == whole.calibration("mine").tables


def test_percentiles_alone_cannot_be_merged() -> None:
    with pytest.raises(leed.LeedError, match="holds percentiles without the counts"):
        Fit().merge(get_calibration())


def test_what_tells_nothing_of_a_person_is_not_counted() -> None:
    fit = Fit()
    fit.add(leed.read([{"modality": "prosody", "HAPPY": 0.8, "NEUTRAL": 0.1, "SAD": 0.05, "ANGRY": 0.05}]))
    assert fit.left_out == 1
    with pytest.raises(leed.LeedError, match="nothing to calibrate"):
        fit.calibration("mine")


# --- files


def document(**changed: Any) -> dict[str, Any]:
    table = {
        "taxonomy": "hume-48",
        "modality": "face",
        "segments": 10,
        "points": [0.5, 0.9, 0.99],
        "labels": {"Joy": [0.1, 0.2, 0.3]},
    }
    return {"leed": "calibration/1", "name": "mine", "tables": [table | changed]}


def test_a_calibration_survives_its_file(tmp_path: Path) -> None:
    fit = Fit()
    fit.add(recording(random_faces(50)))
    calibration = fit.calibration("mine", source="made up")
    path = tmp_path / "mine.json"
    path.write_bytes(calibration.to_json())
    assert get_calibration(path) == calibration
    assert get_calibration(json.loads(path.read_bytes())) == calibration
    assert leed.Describer(calibration=str(path)).fingerprint != leed.Describer().fingerprint


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"points": [0.5, 0.4, 0.99]}, "points must increase"),
        ({"points": [0.6, 0.9, 0.99]}, "start at 0.5 or below"),
        ({"points": [0.5, 0.9, 0.95]}, "reach 0.99"),
        ({"points": [0.5, 0.9, 99]}, "points are shares of 1"),
        ({"labels": {}}, "there are no labels"),
        ({"labels": {"Joy": [0.1, 0.2]}}, "Joy has 2 scores for 3 points"),
        ({"labels": {"Joy": [0.3, 0.2, 0.4]}}, "must not decrease"),
        ({"labels": 3}, "Expected `object`"),
    ],
)
def test_a_damaged_calibration_says_where(changed: dict[str, Any], message: str) -> None:
    with pytest.raises(leed.LeedError, match=message):
        get_calibration(document(**changed))


def test_an_unknown_calibration_names_those_there_are(tmp_path: Path) -> None:
    with pytest.raises(leed.LeedError, match="hume-2026-11"):
        leed.describe({"Joy": 0.5}, calibration="hume-2025")
    path = tmp_path / "scores.json"
    path.write_text('{"Joy": 0.5}')
    with pytest.raises(leed.LeedError, match="is no calibration"):
        leed.describe({"Joy": 0.5}, calibration=path)


def test_the_shipped_one_states_what_it_rests_on() -> None:
    for table in get_calibration().tables:
        assert table.segments > 0
        assert table.source
        assert table.counts is None


def test_points_are_those_that_the_gate_asks_for() -> None:
    assert {0.5, 0.9, 0.99} <= set(POINTS)
    table = Usual("t", "face", 1, (0.5, 0.9, 0.99), {"a": (0.1, 0.2, 0.3), "b": (0.3, 0.4, 0.5)})
    assert Calibration("x", (table,)).table("t", "face") is table
    assert [table.at("a", p) for p in (0.1, 0.7, 1.0)] == pytest.approx([0.1, 0.15, 0.3])
    assert table.at("unheard of", 0.9) == pytest.approx(0.3)
