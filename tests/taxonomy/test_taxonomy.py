"""The data of labels and concepts holds together."""

import json
import re
from itertools import combinations

import pytest

import leed
from leed import taxonomy
from leed.lexicon import get_lexicon
from tests.support.labels import GOEMOTIONS_28, HUME_48
from tests.support.parts import shared

COUNTS = {
    "hume-48": 48,
    "hume-53": 53,
    "phonexia-4": 4,
    "ekman-7": 7,
    "fer-7": 7,
    "ravdess-8": 8,
    "cremad-6": 6,
    "affectnet-8": 8,
    "iemocap-4": 4,
    "rekognition-9": 9,
    "emotion2vec-9": 9,
    "sensevoice-8": 8,
    "goemotions-28": 28,
    "google-vision-4": 4,
    "dimensions-3": 3,
    "behavioral-signals": 29,
    "laion-voice-40": 40,
    "laion-attributes-15": 15,
    "hume-bursts-67": 67,
    "hume-face-descriptions-27": 27,
    "sensevoice-events-4": 4,
    "action-units": 37,
    "hume-toxicity-6": 6,
    "hume-sentiment-9": 9,
    "hume-v1-audio": 15,
    "hume-v1-voice": 34,
}
LABELS = [(name, label) for name in COUNTS for label in taxonomy.get(name).labels]


def test_these_are_the_taxonomies_and_their_sizes() -> None:
    assert {name: len(taxonomy.get(name).labels) for name in taxonomy.ORDER} == COUNTS


def test_the_labels_are_those_that_the_models_write() -> None:
    assert tuple(taxonomy.get("hume-48").labels) == HUME_48
    assert list(taxonomy.get("goemotions-28").labels) == list(GOEMOTIONS_28)
    assert list(taxonomy.get("phonexia-4").labels) == ["HAPPY", "NEUTRAL", "SAD", "ANGRY"]
    assert set(taxonomy.get("hume-53").labels) - set(HUME_48) == {
        "Annoyance",
        "Disapproval",
        "Enthusiasm",
        "Gratitude",
        "Sarcasm",
    }


@pytest.mark.needs_data
def test_the_labels_are_those_of_the_shared_lists() -> None:
    lists = json.loads(shared("labels.json").read_text(encoding="utf-8"))
    hume = lists["hume"]
    assert list(taxonomy.get("hume-48").labels) == hume["expressions48_json_order"]
    assert set(taxonomy.get("hume-53").labels) == set(hume["language53_csv_order"])
    assert set(taxonomy.get("hume-bursts-67").labels) == set(hume["burst_descriptions67"])
    assert set(taxonomy.get("hume-face-descriptions-27").labels) == set(hume["face_descriptions27"])
    assert {str(n) for n in hume["sentiment9"]} == set(taxonomy.get("hume-sentiment-9").labels)
    assert set(hume["toxicity6"]) == set(taxonomy.get("hume-toxicity-6").labels)
    assert set(hume["face_facs36"]) <= set(taxonomy.get("action-units").labels)
    assert lists["phonexia"]["emotions"] == list(taxonomy.get("phonexia-4").labels)


@pytest.mark.parametrize("name", COUNTS)
def test_a_taxonomy_says_what_it_is_and_where_it_comes_from(name: str) -> None:
    found = taxonomy.get(name)
    assert found.name == name
    assert found.title
    assert found.source
    assert re.fullmatch(r"20\d\d-\d\d-\d\d", found.version)
    assert found.quantity in ("intensity", "probability", "likelihood", "bipolar", "presence")
    assert found.aspect in ("expression", "description", "action_unit", "sentiment", "toxicity", "attribute")
    assert set(found.modalities) <= {"face", "prosody", "burst", "language"}
    if name[-1].isdigit() and name != "hume-48":
        assert COUNTS[name] == int(name.rpartition("-")[2])


@pytest.mark.parametrize(("name", "label"), LABELS)
def test_every_label_means_a_concept_that_there_is(name: str, label: str) -> None:
    assert taxonomy.get(name).labels[label].concept in taxonomy.concepts()


@pytest.mark.parametrize(("name", "label"), LABELS)
def test_every_label_is_found_by_its_own_name_however_it_is_spelled(name: str, label: str) -> None:
    found = taxonomy.get(name)
    for spelled in (
        label,
        label.lower(),
        label.upper(),
        label.replace(" ", "_"),
        label.replace(" ", "-"),
        f" {label} ",
    ):
        assert found.find(spelled) == label
        assert found.canonical(spelled) == label


@pytest.mark.parametrize(("name", "label"), LABELS)
def test_every_label_has_words_unless_it_is_never_said(name: str, label: str) -> None:
    concept_id = taxonomy.get(name).labels[label].concept
    concept = taxonomy.concepts()[concept_id]
    words = get_lexicon("en").words
    if concept.kind in ("silent", "unknown"):
        assert concept_id not in words
    elif concept.kind == "dimension":
        assert concept.poles is not None
        assert all(words[pole].adjective for pole in concept.poles)
    else:
        assert words[concept_id].noun


def test_no_two_labels_of_a_taxonomy_are_spelled_alike() -> None:
    for name in COUNTS:
        labels = list(taxonomy.get(name).labels)
        assert len({taxonomy.fold(label) for label in labels}) == len(labels), name


def test_no_alias_of_a_label_is_the_name_or_alias_of_another() -> None:
    for name in COUNTS:
        found = taxonomy.get(name)
        owners: dict[str, str] = {}
        for label, entry in found.labels.items():
            for spelled in (label, *entry.aliases):
                assert owners.setdefault(taxonomy.fold(spelled), label) == label, (name, spelled)


def test_no_two_concepts_share_a_spelling() -> None:
    owners: dict[str, str] = {}
    for name, concept in taxonomy.concepts().items():
        for spelled in (name, *concept.aliases):
            assert owners.setdefault(taxonomy.fold(spelled), name) == name, spelled
    assert "" not in owners


def test_near_and_opposite_hold_both_ways_and_name_concepts() -> None:
    known = taxonomy.concepts()
    for name, concept in known.items():
        for relation in ("near", "opposite"):
            for other in getattr(concept, relation):
                assert other != name
                assert other in known, (name, other)
                assert name in getattr(known[other], relation), (relation, name, other)
        assert not set(concept.near) & set(concept.opposite), name
        assert concept.valence in (-1, 0, 1)
        assert concept.kind in {"state", "neutral", "act", "sign", "pole", "dimension", "unknown", "silent"}
        assert (concept.poles is not None) == (concept.kind == "dimension"), name
        for pole in concept.poles or ():
            assert known[pole].kind == "pole"
            assert known[pole].sensitive == concept.sensitive


def test_near_concepts_do_not_pull_in_opposite_directions() -> None:
    known = taxonomy.concepts()
    for name, concept in known.items():
        for other in concept.near:
            assert concept.valence * known[other].valence >= 0, (name, other)


SENSITIVE = {
    "desire",
    "pain",
    "romance",
    "infatuation",
    "intoxication",
    "malevolence",
    "sexual-lust",
    "identity-hate",
    "sexual-content",
    "age",
    "gender",
    "accent",
    "ethnicity",
    "nationality",
    "identity",
    "gender-male",
    "gender-female",
    "age-18-22",
    "age-23-30",
    "age-31-45",
    "age-46-65",
    "age-low",
    "age-high",
    "gender-masculine",
    "gender-feminine",
}


def test_what_is_sensitive_is_marked() -> None:
    known = taxonomy.concepts()
    for name in SENSITIVE:
        assert known[name].sensitive, name
    for name in ("joy", "sadness", "anger", "love", "distress", "empathic-pain", "craving"):
        assert not known[name].sensitive, name


def test_an_unknown_taxonomy_is_answered_with_the_nearest() -> None:
    with pytest.raises(leed.LeedError, match=r"taxonomy 'hume48' is not known: .*\(did you mean 'hume-48'\?\)"):
        taxonomy.get("hume48")


CONCEPTS = [
    *[(alias, "happiness") for alias in ("hap", "HAP", "happy", "HAPPY", "Happiness", "开心", "开心/happy")],
    *[(alias, "joy") for alias in ("joy", "Joy", "joyful", "JOYFUL")],
    *[(alias, "fear") for alias in ("fear", "fearful", "FEA", "afraid", "scared", "恐惧", "恐惧/fearful")],
    *[(alias, "anger") for alias in ("anger", "angry", "ANG", "ANGRY", "生气", "生气/angry", "angry/生气")],
    *[(alias, "sadness") for alias in ("sad", "SAD", "sadness", "sorrow", "难过", "难过/sad")],
    *[(alias, "disgust") for alias in ("disgust", "disgusted", "DIS", "厌恶/disgusted")],
    *[(alias, "surprise") for alias in ("surprise", "surprised", "吃惊/surprised")],
    *[(alias, "neutral") for alias in ("neutral", "NEU", "neu", "中立/neutral")],
    *[(alias, "unknown") for alias in ("unknown", "<unk>", "UNK")],
    *[(alias, "surprise-positive") for alias in ("Surprise (positive)", "surprise_positive")],
    *[(alias, None) for alias in ("Wistfulness", "", "/", "😀", "\ud800", "sadder", "un happy birthday")],
]


@pytest.mark.parametrize(("label", "concept"), CONCEPTS, ids=repr)
def test_a_label_of_any_model_means_a_concept(label: str, concept: str | None) -> None:
    assert taxonomy.concept_of(label) == concept


def test_the_digest_is_short_and_stays() -> None:
    assert re.fullmatch(r"[0-9a-f]{12}", taxonomy.digest())
    assert taxonomy.digest() == taxonomy.digest()


def test_the_order_puts_no_taxonomy_twice() -> None:
    assert len(set(taxonomy.ORDER)) == len(taxonomy.ORDER)
    for one, other in combinations(taxonomy.ORDER, 2):
        assert tuple(taxonomy.get(one).labels) != tuple(taxonomy.get(other).labels)
