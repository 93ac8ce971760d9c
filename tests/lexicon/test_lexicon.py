"""The English words: each fits its place, and none claims what somebody feels."""

import re
from itertools import combinations
from string import Formatter

import pytest

import leed
from leed import taxonomy
from leed.lexicon import LANGUAGES, get_lexicon
from leed.scale import NAMES, get_scale
from tests.support.labels import ADVERBS

EN = get_lexicon("en")
ADJECTIVES = [(name, word.adjective) for name, word in EN.words.items() if word.adjective]
NOUNS = [(name, word.noun) for name, word in EN.words.items()]
VERBS = [(name, word.verb) for name, word in EN.words.items() if word.verb]

CARE = {
    "craving": "craving something",
    "realization": "struck by a realization",
    "love": "loving",
    "empathic-pain": "pained on someone's behalf",
    "awkwardness": "ill at ease",
    "surprise-positive": "pleasantly surprised",
    "surprise-negative": "unpleasantly surprised",
    "arousal-low": "subdued",
    "neutral": "neutral",
    "joy": "joyful",
    "sadness": "sad",
}


@pytest.mark.parametrize(("name", "adjective"), CARE.items())
def test_labels_that_want_care_have_the_words_of_the_page(name: str, adjective: str) -> None:
    assert EN.words[name].adjective == adjective


@pytest.mark.parametrize(("name", "adjective"), ADJECTIVES)
def test_an_adjective_fits_they_sound_quite(name: str, adjective: str) -> None:
    assert adjective == adjective.strip().lower()
    assert re.fullmatch(r"[a-z0-9' -]+", adjective), name
    assert adjective.split(maxsplit=1)[0] not in {
        "a",
        "an",
        "the",
        "is",
        "are",
        "be",
        "been",
        "in",
        "with",
        "like",
        "as",
        "of",
        "to",
    }
    assert adjective.split(maxsplit=1)[0] not in {*EN.adverbs, "very", "so", "really", "too", "most", "more", "not"}
    assert "and" not in adjective.split() or name.startswith("age-")
    assert not {"or", "feel", "feels", "feeling", "felt", "seem", "look", "sound"} & set(adjective.split())


@pytest.mark.parametrize(("name", "noun"), NOUNS)
def test_a_noun_fits_signs_of(name: str, noun: str) -> None:
    assert noun == noun.strip()
    assert noun
    assert noun.split(maxsplit=1)[0] not in {"of", "signs", "sign"}
    assert noun.split(maxsplit=1)[0] not in {"the", "very"} or EN.words[name].verb  # one speaks very slowly
    assert noun[0].islower(), name
    assert not {"feel", "feels", "feeling", "feelings", "is"} & set(noun.split())


@pytest.mark.parametrize(("name", "forms"), VERBS)
def test_a_verb_has_three_forms(name: str, forms: tuple[str, str, str]) -> None:
    base, third, past = forms
    assert third != base, name
    assert third.split()[0].endswith("s")
    assert not base.split()[0].endswith("s") or base.split()[0] == "hiss"
    assert past.split()[1:] == base.split()[1:] == third.split()[1:]
    if base != "let out a wheep":
        assert past != base


def test_nothing_says_feel_or_is() -> None:
    """A score is how an expression would be perceived, not what somebody feels."""
    said = [w for word in EN.words.values() for w in (word.adjective, word.noun, *(word.verb or ())) if w]
    said += [form for m in EN.modalities.values() for form in (*m.verb, *m.how, m.noun)]
    said += [form for adverb in EN.adverbs.values() for form in (adverb.noun, adverb.word or "")]
    for text in said:
        assert not {"feel", "feels", "felt", "feeling", "feelings", "is", "are", "was", "were"} & set(text.split())


def test_two_concepts_of_one_adjective_repeat_each_other() -> None:
    """Else a sentence could say "hesitant and hesitant"."""
    known = taxonomy.concepts()
    for (one, first), (other, second) in combinations(ADJECTIVES, 2):
        if first == second:
            assert other in known[one].near, (one, other, first)


def test_every_word_is_of_a_concept_and_every_concept_that_is_said_has_words() -> None:
    known = taxonomy.concepts()
    assert set(EN.words) <= set(known)
    for name, concept in known.items():
        if concept.kind in ("silent", "unknown", "dimension"):
            assert name not in EN.words
        else:
            word = EN.words[name]
            assert word.noun
            if concept.kind in ("state", "neutral", "pole"):
                assert word.adjective, name
            if concept.kind == "act":
                assert word.verb, name


@pytest.mark.parametrize("scale", NAMES)
def test_every_adverb_of_a_scale_is_known(scale: str) -> None:
    for quantity in ("intensity", "probability", "likelihood", "bipolar"):
        for steps in getattr(get_scale(scale), quantity).values():
            assert set(steps.adverbs) <= set(EN.adverbs)


BEFORE_NOUNS = {
    "slightly": "a hint of {noun}",
    "somewhat": "some signs of {noun}",
    "moderately": "moderate signs of {noun}",
    "quite": "considerable signs of {noun}",
    "very": "strong signs of {noun}",
    "extremely": "very strong signs of {noun}",
}


def test_an_adverb_knows_its_form_before_a_noun_and_its_place() -> None:
    assert {name: EN.adverbs[name].noun for name in ADVERBS} == BEFORE_NOUNS
    assert {name for name, adverb in EN.adverbs.items() if adverb.place == "verb"} == {"possibly", "probably"}
    assert len({adverb.noun for name, adverb in EN.adverbs.items() if name != "rather"}) == len(EN.adverbs) - 1
    for adverb in EN.adverbs.values():
        assert adverb.noun.count("{noun}") == 1


def test_another_adverb_of_an_adjective_stands_in_for_a_known_one() -> None:
    for name, word in EN.words.items():
        assert set(word.adverbs) <= set(EN.adverbs), name
        assert set(word.by_modality) <= set(EN.modalities), name


def test_frames_have_the_places_they_need() -> None:
    def places(pattern: str) -> set[str]:
        return {field for _, field, _, _ in Formatter().parse(pattern) if field is not None}

    for modality in EN.modalities.values():
        assert all(places(form) == {"x"} for form in modality.verb)
        assert modality.wordless is None or places(modality.wordless) == {"mid", "predicate"}
    assert all(places(form) == {"x"} for form in EN.grammar.show)
    assert all(places(form) == {"mid", "how"} for form in EN.grammar.unclear)
    assert places(EN.grammar.either) == {"x"}
    assert places(EN.grammar.both) == {"x", "y"}
    assert places(EN.grammar.numbered) == {"x", "step", "steps"}
    assert places(EN.persons["*"].subject) == {"name"}


def test_a_person_of_any_name_is_third_person_singular() -> None:
    anna = EN.person_named("Anna")
    assert (anna.subject, anna.mid, anna.words, anna.agrees) == ("Anna", "Anna", {"their": "their"}, "singular")
    assert EN.person_named(None) == EN.persons["They"]
    assert len(EN.person_named("x" * 1000).subject) == 80


def test_a_language_that_leed_does_not_speak_is_an_option_error() -> None:
    assert "en" in LANGUAGES
    with pytest.raises(leed.LeedError, match="lang 'xx' is not known: give one of en"):
        get_lexicon("xx")


# --- every label of every taxonomy, said

SAID = [
    (name, label)
    for name in taxonomy.ORDER
    for label, entry in taxonomy.get(name).labels.items()
    if taxonomy.concepts()[entry.concept].kind not in ("silent", "unknown") and not taxonomy.get(name).distribution
]


@pytest.mark.parametrize(("name", "label"), SAID)
def test_every_label_makes_a_sentence_that_claims_no_more_than_how_it_comes_across(name: str, label: str) -> None:
    chosen = taxonomy.get(name)
    score = 5 if chosen.quantity == "likelihood" else 0.95
    for modality in chosen.modalities or ("face", "prosody", "burst", "language"):
        sentence = str(leed.describe({label: score}, modality=modality, taxonomy=name, allow=[label]))
        first = sentence.split(maxsplit=1)[0]
        assert first in {"They", "Their", "Without"}, sentence
        assert sentence.endswith(".")
        assert not re.search(r"\b(feel|feels|felt|feeling|they are|is|{|})\b", sentence), sentence
        assert not re.search(r"  | ,|\ba [aeiou]|\ban [^aeiouhm\"]|\bvery very\b|\b(\w+) \1\b", sentence), sentence
        assert "\n" not in sentence
