"""Labels that no taxonomy lists, but whose words say who somebody is."""

import pytest

import leed
from leed.taxonomy import ORDER, concepts, get
from leed.taxonomy.sensitive import sounds_sensitive


@pytest.mark.parametrize(
    "label",
    [
        *(
            "20-29",
            "more than 70",
            "(25, 32)",
            "60+",
            "26 years old",
            "age_20_29",
            "twenties",
            "teens",
            "child",
            "mid-20s",
        ),
        *("East Asian", "White", "Latino_Hispanic", "EastAsian", "race: White", "british", "us", "england"),
        *("m", "gender: Male", "sexy", "gay", "autistic", "depression", "psychosis", "suicidal", "Sikh", "drunk"),
        *("deception", "weiblich", "Jüdisch", "dépression", "anciana", "пожилой", "男性", "우울증", "über 60"),
    ],
)
def test_a_label_that_says_who_somebody_is_sounds_sensitive(label: str) -> None:
    assert sounds_sensitive(label)


@pytest.mark.parametrize(
    "label",
    ["Wistfulness", "AU12", "musing", "5 stars", "LABEL_0", "cat", "zest", "kind", "patient", ""],
)
def test_any_other_label_does_not(label: str) -> None:
    assert not sounds_sensitive(label)


def test_no_label_of_an_expression_sounds_sensitive() -> None:
    """Were one of them a label of a further model too, it would be left unsaid there."""
    known = concepts()
    sounding = {
        label
        for name in ORDER
        for label, entry in get(name).labels.items()
        if sounds_sensitive(label) and not known[entry.concept].sensitive
    }
    assert sounding == set()


@pytest.mark.parametrize(
    "scores", [{"20-29": 0.8, "30-39": 0.1}, {"White": 0.9, "Black": 0.1}, {"us": 0.8}, {"race: White": 0.9}]
)
def test_it_is_withheld(scores: dict[str, float]) -> None:
    description = leed.describe(scores, modality="face")
    assert str(description) == "What their face shows is left unsaid."
    assert not any(label in description.explain() for label in scores)


def test_it_is_named_where_it_is_allowed() -> None:
    said = str(leed.describe({"White": 0.9, "Joy": 0.5}, modality="face", allow=["white"]))
    assert said == 'They look moderately joyful, and their face shows very strong signs of "white".'


def test_the_scale_that_names_sensitive_labels_does_not_name_it() -> None:
    """That scale has the published bounds for the published labels; nobody asked for these."""
    assert (
        str(leed.describe({"White": 0.9}, modality="face", scale="hume-2023"))
        == "What their face shows is left unsaid."
    )


def test_an_explanation_counts_what_is_withheld() -> None:
    scores = {"Joy": 0.5, "male": 0.9, "young": 0.8, "depression": 0.1}
    why = leed.describe(scores, modality="face").explain()
    assert "- 3 more: withheld (sensitive; allow= names those that it lists)" in why
    assert not any(word in why for word in ("male", "young", "depression", "0.9", "0.8"))
