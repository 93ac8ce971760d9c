"""From one label set to another: the data holds together, numbers combine as it says, and losses are told."""

import json
import re
from importlib.resources import files
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst

import leed
from leed import taxonomy
from leed.errors import OptionError
from leed.schema import Issue, Recording, Track
from leed.taxonomy.crosswalk import Crosswalk, available, load, to_taxonomy
from tests.support.labels import GOEMOTIONS_28, HUME_48
from tests.support.parts import shared
from tests.support.told import codes

NAN = float("nan")


def track(scores: dict[str, float] | list[dict[str, float]], **changes: Any) -> Track:
    rows = scores if isinstance(scores, list) else [scores]
    labels = tuple(dict.fromkeys(label for row in rows for label in row))
    matrix = np.array([[row.get(label, NAN) for label in labels] for row in rows], np.float32)
    given_: dict[str, Any] = {"labels": labels, "matrix": matrix.reshape(len(rows), len(labels))}
    return Track(**(given_ | changes))


def converted(one: Track, name: str) -> Track:
    return to_taxonomy(Recording((one,)), name).tracks[0]


# --- the data


@pytest.fixture(params=available(), ids="--".join)
def walk(request: pytest.FixtureRequest) -> Crosswalk:
    return load(*request.param)


def test_there_are_crosswalks_for_the_label_sets_that_people_compare() -> None:
    assert {
        ("hume-48", "ekman-7"),
        ("hume-53", "ekman-7"),
        ("hume-48", "ravdess-8"),
        ("goemotions-28", "ekman-7"),
        ("hume-48", "dimensions-3"),
        ("hume-53", "dimensions-3"),
        ("hume-53", "hume-48"),
        ("emotion2vec-9", "phonexia-4"),
        ("ravdess-8", "phonexia-4"),
        ("ekman-7", "fer-7"),
        ("fer-7", "ekman-7"),
    } <= set(available())


def test_a_crosswalk_says_where_it_comes_from_and_what_is_lost(walk: Crosswalk) -> None:
    assert walk.name == f"{walk.origin}--{walk.target}"
    assert re.fullmatch(r"20\d\d-\d\d-\d\d", walk.version)
    assert walk.source
    assert walk.lost
    assert {"intensity", "probability", "exclusive"} <= set(walk.combine)


def test_a_crosswalk_goes_from_labels_that_there_are_to_labels_that_there_are(walk: Crosswalk) -> None:
    order = list(taxonomy.get(walk.target).labels)
    assert list(walk.labels) == [label for label in order if label in walk.labels]
    sources = [source for group in walk.labels.values() for source in group]
    assert set(sources) <= set(taxonomy.get(walk.origin).labels)
    assert len(sources) == len(set(sources)), "a label goes to one class"


def test_every_label_that_means_the_same_goes_along(walk: Crosswalk) -> None:
    """A label whose concept the target has is never dropped, and stands in that class."""
    same = {"joy": "happiness"}
    target = {same.get(e.concept, e.concept): name for name, e in taxonomy.get(walk.target).labels.items()}
    for source, entry in taxonomy.get(walk.origin).labels.items():
        concept = same.get(entry.concept, entry.concept)
        if concept in target:
            assert source in walk.labels[target[concept]]


def test_the_weights_of_a_valence_are_those_of_the_concepts(walk: Crosswalk) -> None:
    published = {"goemotions-28", "behavioral-signals"}
    for weights in walk.labels.values():
        assert isinstance(weights, dict) == (walk.target == "dimensions-3")
        if isinstance(weights, dict):
            assert set(weights.values()) == {1, -1}
            for label, weight in weights.items():
                concept = taxonomy.concepts()[taxonomy.get(walk.origin).labels[label].concept]
                assert concept.valence == weight or walk.origin in published
                assert not concept.sensitive or walk.origin in published


def test_goemotions_go_to_ekmans_classes_as_the_paper_groups_them() -> None:
    groups = load("goemotions-28", "ekman-7").labels
    assert groups["surprise"] == ("confusion", "curiosity", "realization", "surprise")
    assert groups["sadness"] == ("disappointment", "embarrassment", "grief", "remorse", "sadness")
    assert len(groups["joy"]) == 12
    assert sorted(label for group in groups.values() for label in group) == sorted(GOEMOTIONS_28)


def test_the_files_are_those_that_are_listed_and_hold_no_label_twice() -> None:
    folder = files("leed.taxonomy") / "data" / "crosswalks"

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        assert len(dict(pairs)) == len(pairs)
        return dict(pairs)

    for path in folder.iterdir():
        held = json.loads(path.read_text(encoding="utf-8"), object_pairs_hook=once)
        assert path.name == f"{held['name']}.json"
        assert (held["from"], held["to"]) in available()


# --- how numbers combine


def test_of_intensities_the_strongest_counts() -> None:
    face = track({"Joy": 0.4, "Amusement": 0.75, "Excitement": 0.5, "Anger": 0.25}, taxonomy="hume-48", modality="face")
    found = converted(face, "ekman-7")
    assert found.row(0) == {"anger": 0.25, "joy": 0.75}
    assert (found.taxonomy, found.quantity, found.exclusive, found.modality) == ("ekman-7", "intensity", False, "face")


def test_exclusive_probabilities_are_summed() -> None:
    classes = {"calm": 0.25, "neutral": 0.5, "happy": 0.125, "sad": 0.0, "angry": 0.125}
    found = converted(track(classes, taxonomy="ravdess-8", quantity="probability", exclusive=True), "phonexia-4")
    assert found.row(0) == {"HAPPY": 0.125, "NEUTRAL": 0.75, "SAD": 0.0, "ANGRY": 0.125}
    assert (found.quantity, found.exclusive) == ("probability", True)


def test_probabilities_that_may_hold_together_are_not_summed() -> None:
    found = converted(
        track({"joy": 0.75, "love": 0.5, "fear": 0.25}, taxonomy="goemotions-28", quantity="probability"), "ekman-7"
    )
    assert found.row(0) == {"fear": 0.25, "joy": 0.75}
    assert not found.exclusive


def test_what_was_not_reported_stays_so() -> None:
    rows = [{"Joy": NAN, "Amusement": 0.5, "Anger": NAN}, {"Joy": NAN, "Amusement": NAN, "Anger": 0.0}]
    found = converted(track(rows, taxonomy="hume-48"), "ekman-7")
    assert found.labels == ("anger", "joy")
    assert [found.row(0), found.row(1)] == [{"joy": 0.5}, {"anger": 0.0}]
    summed = [{"calm": 0.5, "neutral": NAN}, {"calm": NAN, "neutral": NAN}]
    classes = converted(track(summed, taxonomy="ravdess-8", quantity="probability", exclusive=True), "ekman-7")
    assert [classes.row(0), classes.row(1)] == [{"neutral": 0.5}, {}]


VALENCES: list[tuple[dict[str, float], float | None]] = [
    ({"Joy": 1.0, "Sadness": 0.0}, 1.0),
    ({"Joy": 0.0, "Sadness": 1.0}, 0.0),
    ({"Joy": 0.0, "Sadness": 0.0}, 0.5),
    ({"Joy": 0.5, "Relief": 0.25, "Sadness": 0.25, "Anger": 0.125}, 0.625),
    ({"Joy": 0.5, "Sadness": NAN}, None),
    ({"Joy": NAN, "Sadness": NAN}, None),
]


@pytest.mark.parametrize(("scores", "valence"), VALENCES, ids=repr)
def test_valence_is_the_pleasant_less_the_unpleasant_around_a_half(
    scores: dict[str, float], valence: float | None
) -> None:
    found = converted(track(scores, taxonomy="hume-48", modality="prosody"), "dimensions-3")
    assert found.row(0) == ({} if valence is None else {"valence": valence})
    assert (found.labels, found.quantity, found.exclusive) == (("valence",), "bipolar", False)


def test_the_valence_of_exclusive_classes_weighs_their_probabilities() -> None:
    classes = {"anger": 0.125, "disgust": 0.125, "fear": 0.0, "joy": 0.5, "neutral": 0.25, "sadness": 0.0}
    one = track(classes, taxonomy="ekman-7", quantity="probability", exclusive=True)
    assert converted(one, "dimensions-3").row(0) == {"valence": 0.625}


def test_a_valence_that_only_one_side_was_reported_for_is_told_and_not_made_up() -> None:
    rows = [{"Joy": 0.5, "Sadness": NAN}, {"Joy": 0.5, "Sadness": 0.1}]
    found = to_taxonomy(Recording((track(rows, taxonomy="hume-48"),)), "dimensions-3")
    assert found.issues == (
        Issue("one-sided", "1 segment with only pleasant or only unpleasant labels: no valence is reported"),
    )


def test_presence_and_likelihood_stay_what_they_are() -> None:
    tag = converted(track({"HAPPY": 1.0}, taxonomy="sensevoice-8", quantity="presence", exclusive=True), "ekman-7")
    assert (tag.row(0), tag.quantity, tag.exclusive) == ({"joy": 1.0}, "presence", True)
    word = converted(track({"joy": 5, "sorrow": 1}, taxonomy="google-vision-4", quantity="likelihood"), "ekman-7")
    assert (word.row(0), word.quantity) == ({"joy": 5.0, "sadness": 1.0}, "likelihood")


def test_numbers_that_a_crosswalk_has_no_rule_for_stay() -> None:
    tag = track({"HAPPY": 1.0}, taxonomy="phonexia-4", quantity="presence")
    found = to_taxonomy(Recording((tag,)), "dimensions-3")
    assert found.tracks == (tag,)
    assert (
        str(found.issues[0]) == "1 track stays: the crosswalk from phonexia-4 to dimensions-3 has no rule for presence"
    )


@given(
    npst.arrays(
        np.float32, st.tuples(st.integers(0, 4), st.just(48)), elements=st.floats(0, 1, width=32) | st.just(NAN)
    ),
    st.sampled_from([target for origin, target in available() if origin == "hume-48"]),
    st.permutations(range(48)),
)
def test_numbers_stay_within_0_and_1_whatever_the_order_of_the_labels(
    matrix: Any, target: str, order: list[int]
) -> None:
    one = Track(labels=HUME_48, matrix=matrix, taxonomy="hume-48")
    found = converted(one, target)
    assert len(found) == len(one)
    values = found.matrix[~np.isnan(found.matrix)]
    assert ((values >= 0) & (values <= 1)).all()
    if target != "dimensions-3":
        groups = load("hume-48", target).labels
        for i, label in enumerate(found.labels):
            part = matrix[:, [HUME_48.index(source) for source in groups[label]]]
            assert np.array_equal(np.isnan(found.matrix[:, i]), np.isnan(part).all(axis=1))
    shuffled = Track(labels=tuple(HUME_48[i] for i in order), matrix=matrix[:, order], taxonomy="hume-48")
    assert converted(shuffled, target) == found


# --- what stays and what is told


def test_everything_but_the_labels_stays() -> None:
    one = track(
        [{"Joy": 0.5}, {"Joy": 0.25}],
        taxonomy="hume-48",
        source="a.mp4",
        channel="left",
        modality="face",
        granularity="frame",
        speaker="face_0",
        begin=np.array([0.0, NAN]),
        end=np.array([0.5, NAN]),
        text=("Hi", None),
        extras={"box": np.ones((2, 4))},
    )
    found = converted(one, "ekman-7")
    assert found.key == one.key
    assert found.text == one.text
    assert np.array_equal(found.begin, one.begin, equal_nan=True)
    assert found.extras.keys() == one.extras.keys()


def test_dropped_labels_are_counted_and_named() -> None:
    scores = {"Joy": 0.5, "Craving": 0.1, "Wistfulness": 0.2}
    one = track(scores, taxonomy="hume-48", source="a.mp4")
    found = to_taxonomy(Recording((one,), (Issue("inferred", "before"),)), "ekman-7")
    assert codes(found) == ["inferred", "labels-dropped"]
    assert str(found.issues[1]) == (
        "a.mp4: hume-48 to ekman-7 (crosswalk of 2026-11-20): 2 of 3 labels have no counterpart and are left out: "
        "Craving, Wistfulness"
    )


def test_the_share_that_dropped_classes_held_is_told() -> None:
    rows = [{"happy": 0.5, "other": 0.5}, {"happy": 0.75, "other": 0.25}, {"happy": NAN, "other": NAN}]
    one = track(rows, taxonomy="emotion2vec-9", quantity="probability", exclusive=True)
    found = to_taxonomy(Recording((one,)), "phonexia-4")
    assert found.issues[0].message == (
        "emotion2vec-9 to phonexia-4 (crosswalk of 2026-11-20): 1 of 2 labels has no counterpart and is left out: "
        "other; it held 38% of the probability"
    )


def test_like_losses_are_told_once() -> None:
    tracks = [track({"Joy": 0.5, "Awe": 0.1}, taxonomy="hume-48", source=f"{i}.mp4") for i in range(3)]
    found = to_taxonomy(Recording(tuple(tracks)), "ekman-7")
    assert [(issue.code, issue.source) for issue in found.issues] == [("labels-dropped", None)]


def test_classes_that_are_the_same_lose_nothing_there_and_back() -> None:
    classes = {"angry": 0.25, "disgust": 0.25, "fear": 0, "happy": 0.5, "sad": 0, "surprise": 0, "neutral": 0}
    one = track(classes, taxonomy="fer-7", quantity="probability", exclusive=True)
    there = to_taxonomy(Recording((one,)), "ekman-7")
    back = to_taxonomy(there, "fer-7")
    assert there.tracks[0].labels == tuple(taxonomy.get("ekman-7").labels)
    assert back.issues == ()
    assert back.tracks == (one,)


def test_tracks_of_other_aspects_stay_and_that_is_told() -> None:
    units = track({"AU12 Lip Corner Puller": 0.5}, aspect="action_unit", taxonomy="action-units")
    face = track({"Joy": 0.5}, taxonomy="hume-48")
    found = to_taxonomy(Recording((units, face, units)), "ekman-7")
    assert [t.taxonomy for t in found.tracks] == ["action-units", "ekman-7", "action-units"]
    assert [str(issue) for issue in found.issues] == ["2 tracks stay: there are no crosswalks for action unit scores"]


def test_tracks_that_no_crosswalk_leads_from_stay_beside_others() -> None:
    voice = track({"Fatigue_Exhaustion": 2.0}, taxonomy="laion-voice-40")
    odd = track({"Wistfulness": 0.5})
    face = track({"Joy": 0.5}, taxonomy="hume-48")
    done = track({"joy": 0.5}, taxonomy="ekman-7")
    found = to_taxonomy(Recording((voice, odd, face, done)), "ekman-7")
    assert found.tracks[:2] == (voice, odd)
    assert found.tracks[3] == done
    assert [str(issue) for issue in found.issues] == [
        "1 track stays: there is no crosswalk from laion-voice-40 to ekman-7",
        "1 track stays: there is no crosswalk from labels of no taxonomy that leed knows to ekman-7",
    ]


def test_a_track_without_a_taxonomy_is_known_by_its_labels() -> None:
    assert converted(track({"Joy": 0.5, "Aesthetic Appreciation": 0.1}), "ekman-7").row(0) == {"joy": 0.5}


def test_other_spellings_of_a_label_go_along() -> None:
    assert converted(track({"开心/happy": 0.5}, taxonomy="emotion2vec-9"), "ekman-7").row(0) == {"joy": 0.5}


def test_a_track_of_which_nothing_is_left_reports_nothing() -> None:
    found = to_taxonomy(Recording((track({"Craving": 0.5}, taxonomy="hume-48", modality="face"),)), "ekman-7")
    assert len(found) == 1
    assert [str(d) for d in leed.describe_all(found)] == ["There are no scores for their face."]
    assert leed.read(found.to_json()) == found


@pytest.mark.parametrize("tracks", [(), (track([], taxonomy="hume-48"),)], ids=["no tracks", "no rows"])
def test_an_empty_recording_stays_empty(tracks: tuple[Track, ...]) -> None:
    assert len(to_taxonomy(Recording(tracks), "ekman-7")) == 0


def test_an_unknown_taxonomy_is_answered_with_the_nearest() -> None:
    with pytest.raises(OptionError, match=r"taxonomy 'ekman7' is not known: .*did you mean 'ekman-7'"):
        to_taxonomy(Recording(), "ekman7")
    with pytest.raises(OptionError, match="taxonomy 'hume' is not known"):
        load("hume", "ekman-7")


def test_a_target_that_no_crosswalk_leads_to_is_answered_with_those_there_are() -> None:
    face = Recording((track({"Joy": 0.5}, taxonomy="hume-48"),))
    with pytest.raises(OptionError) as caught:
        face.to_taxonomy("phonexia-4")
    assert str(caught.value) == (
        "there is no crosswalk from hume-48 to phonexia-4: crosswalks to phonexia-4 lead from behavioral-signals, "
        "cremad-6, ekman-7, emotion2vec-9, fer-7, iemocap-4, ravdess-8, sensevoice-8; from hume-48 they lead to "
        "dimensions-3, ekman-7, ravdess-8"
    )
    with pytest.raises(OptionError, match="no crosswalk leads to action-units; none leads from laion-voice-40"):
        Recording((track({"Awe": 1.0}, taxonomy="laion-voice-40"),)).to_taxonomy("action-units")
    with pytest.raises(OptionError, match="from labels of no taxonomy that leed knows to ekman-7"):
        Recording((track({"Wistfulness": 1.0}),)).to_taxonomy("ekman-7")


# --- real files


@pytest.mark.needs_data
def test_the_interview_becomes_ekmans_classes() -> None:
    recording = leed.read(shared("hume/interreviewer/predictions.json"))
    found = recording.to_taxonomy("ekman-7")
    assert [t.taxonomy for t in found.tracks] == ["ekman-7"] * 5 + ["hume-sentiment-9"]
    assert codes(found)[-3:] == ["labels-dropped", "labels-dropped", "not-converted"]
    assert str(leed.describe_all(found)[0]) == "They look moderately joyful."
    assert leed.read(found.to_json()) == found
