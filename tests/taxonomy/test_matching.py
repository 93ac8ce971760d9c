"""Which taxonomy labels belong to, and what their numbers are."""

import pytest

from leed import taxonomy
from leed.taxonomy.matching import is_intensity_set, main_taxonomy, match, quantity_of, sums_to_one
from tests.support.labels import GOEMOTIONS_28, HUME_48

# The digits of hume-sentiment-9 and the everyday words of hume-v1-* are never guessed; google-vision-4 is told by its
# values.
FULL = [
    (name, tuple(taxonomy.get(name).labels))
    for name in taxonomy.ORDER
    if name not in ("hume-sentiment-9", "google-vision-4", "hume-v1-audio", "hume-v1-voice")
]


@pytest.mark.parametrize(("name", "labels"), FULL, ids=[name for name, _ in FULL])
def test_a_full_set_is_known_as_its_taxonomy(name: str, labels: tuple[str, ...]) -> None:
    assert main_taxonomy(match(labels)) == name
    assert main_taxonomy(match(tuple(reversed(labels)))) == name
    assert [m.label for m in match(labels)] == list(labels)
    assert [m.concept for m in match(labels)] == [entry.concept for entry in taxonomy.get(name).labels.values()]


@pytest.mark.parametrize(("name", "labels"), FULL, ids=[name for name, _ in FULL])
def test_a_full_set_has_the_quantity_of_its_taxonomy(name: str, labels: tuple[str, ...]) -> None:
    quantity, exclusive, by_sum = quantity_of(match(labels))
    assert (quantity, exclusive, by_sum) == (taxonomy.get(name).quantity, taxonomy.get(name).exclusive, False)


PARTS = [
    (("Joy",), "intensity", False, False),
    (("Joy", "Sadness"), "intensity", False, False),
    (("joy", "sadness", "fear"), "intensity", False, False),
    (("Sad",), "intensity", False, False),
    (("HAPPY", "NEUTRAL"), "probability", True, False),
    (("SAD", "NEUTRAL"), "probability", True, False),
    (HUME_48, "intensity", False, False),
    (tuple(GOEMOTIONS_28), "probability", False, False),
    (("arousal",), "bipolar", False, False),
    (("arousal", "valence"), "bipolar", False, False),
    (("Wistfulness",), "intensity", False, False),
    (("a", "b"), "intensity", False, False),
    (("a", "b", "c"), "intensity", False, True),
    (("glad", "gloomy", "grim"), "intensity", False, True),
]


@pytest.mark.parametrize(("labels", "quantity", "exclusive", "by_sum"), PARTS, ids=lambda v: str(v)[:30])
def test_the_labels_tell_what_the_numbers_are(
    labels: tuple[str, ...],
    quantity: str,
    exclusive: bool,  # noqa: FBT001
    by_sum: bool,  # noqa: FBT001
) -> None:
    assert quantity_of(match(labels)) == (quantity, exclusive, by_sum)


def test_a_taxonomy_given_tells_it_for_any_labels() -> None:
    assert quantity_of(match(("ANGRY",), None, "phonexia-4"), taxonomy="phonexia-4") == ("probability", True, False)
    assert quantity_of(match(("joy",), None, "goemotions-28"), taxonomy="goemotions-28") == (
        "probability",
        False,
        False,
    )


SUMS = [
    ([0.5, 0.3, 0.2], True),
    ([0.476, 0.386, 0.133, 0.005], True),
    ([1.0], True),
    ([0.33, 0.33, 0.335], True),
    ([0.9, 0.41, 0.12], False),
    ([0.5, 0.3], False),
    ([1.2, -0.2], False),
    ([0.0, 0.0], False),
    ([], False),
    ([float("inf"), 0.5, 0.5], True),  # what is not reported adds nothing
    ([float("nan"), 0.5, 0.5], True),
]


@pytest.mark.parametrize(("values", "one"), SUMS, ids=str)
def test_probabilities_of_exclusive_classes_sum_to_1(values: list[float], one: bool) -> None:  # noqa: FBT001
    assert sums_to_one(values) is one


def test_an_intensity_model_is_known_by_its_spelling() -> None:
    assert is_intensity_set(("Joy", "Aesthetic Appreciation"))
    assert is_intensity_set(("joy", "aesthetic_appreciation"))
    assert is_intensity_set(HUME_48)
    assert not is_intensity_set(("Joy", "happy"))
    assert not is_intensity_set(("HAPPY",))


def test_a_label_keeps_what_was_given_and_an_unknown_one_is_kept_as_it_is() -> None:
    known, unknown = match(("aesthetic_appreciation", "Wistfulness"))
    assert (known.given, known.label, known.concept) == (
        "aesthetic_appreciation",
        "Aesthetic Appreciation",
        "aesthetic-appreciation",
    )
    assert (unknown.given, unknown.label, unknown.taxonomy, unknown.concept) == (
        "Wistfulness",
        "Wistfulness",
        None,
        None,
    )


PLEASURE = [
    (("pleasure",), None, "voice-pleasure"),
    (("pleasure", "joy"), None, "voice-pleasure"),
    (("Pleasure", "Sadness", "Anger"), None, "voice-pleasure"),
    (("pleasure", "arousal"), None, "valence"),
    (("Pleasure", "Arousal", "Dominance", "Joy"), None, "valence"),
    (("pleasure",), "dimensions-3", "valence"),
    (("pleasure", "arousal"), "hume-v1-audio", "voice-pleasure"),
]


@pytest.mark.parametrize(("labels", "given", "concept"), PLEASURE)
def test_pleasure_is_a_dimension_beside_dimensions_and_else_an_expression(
    labels: tuple[str, ...], given: str | None, concept: str
) -> None:
    assert match(labels, taxonomy=given)[0].concept == concept


@pytest.mark.parametrize("label", ["HAPPY", "SAD", "ANGRY", "NEUTRAL", "Joy", "happy", "disgusted", "DISGUSTED"])
@pytest.mark.parametrize("modality", ["face", "prosody", "language", None])
def test_a_label_spelled_as_a_model_spells_it_keeps_its_spelling_and_its_meaning(
    label: str, modality: str | None
) -> None:
    """ "HAPPY" is happiness, whatever other model has a label that is near it."""
    (found,) = match((label,), modality)
    assert found.concept == taxonomy.concept_of(label)


@pytest.mark.parametrize("label", ["normal", "strong", "weak", "slow", "very fast"])
def test_an_everyday_word_is_an_attribute_only_beside_others_of_its_taxonomy(label: str) -> None:
    assert match((label, "high"))[0].taxonomy is None
    assert match((label, "happy"))[0].taxonomy == "behavioral-signals"


def test_labels_beyond_those_known_of_a_vendor_keep_their_spelling() -> None:
    names = match(("sadness", "JOY", "wistful"), None, "hume-v1-audio")
    assert [(m.label, m.concept) for m in names] == [("sadness", "sadness"), ("joy", "joy"), ("wistful", None)]
