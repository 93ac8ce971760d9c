"""German: the examples of SENTENCES.md, every person and tense, and words that fit their places."""

import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import leed
from leed import taxonomy
from leed.cli import main
from leed.lexicon import get_lexicon
from leed.realiser import Piece, Realiser
from leed.scale import NAMES
from tests.support.labels import GOEMOTIONS_28, HUME_48, full

DE = get_lexicon("de")
DANKE = "Vielen Dank, das hat meine Woche gerettet"
NICHT_MEHR = "Ich kann nicht mehr"

EXAMPLES: list[tuple[str, dict[str, Any], dict[str, Any], str]] = [
    ("1", {"Joy": 0.84}, {"modality": "face"}, "Die Person sieht äußerst fröhlich aus."),
    (
        "2",
        {"Sad": 0.34},
        {"modality": "prosody", "text": "Mir geht’s gut"},
        "Die Person sagte „Mir geht’s gut“ und klingt ziemlich traurig.",
    ),
    (
        "3",
        full({"Interest": 0.476, "Excitement": 0.350, "Determination": 0.177}),
        {"modality": "prosody", "text": "Hey. Was ist los?"},
        "Die Person sagte „Hey. Was ist los?“ und klingt sehr interessiert, ziemlich aufgeregt und etwas entschlossen.",
    ),
    (
        "4",
        {"Amusement": 0.61, "Joy": 0.58},
        {"modality": "face"},
        "Die Person sieht ziemlich amüsiert und fröhlich aus.",
    ),
    (
        "5",
        {"Joy": 0.83, "Excitement": 0.64, "Ecstasy": 0.58},
        {"modality": "face"},
        "Die Person sieht äußerst fröhlich und sehr aufgeregt aus.",
    ),
    (
        "6",
        {"Relief": 0.31, "Sadness": 0.29},
        {"modality": "prosody"},
        "Die Person klingt sowohl ziemlich erleichtert als auch ziemlich traurig.",
    ),
    (
        "7",
        full({"Calmness": 0.07}),
        {"modality": "prosody", "text": "Okay, mach weiter."},
        "Die Person sagte „Okay, mach weiter.“ und klingt neutral.",
    ),
    (
        "8",
        full({"Interest": 0.55, "Calmness": 0.43}),
        {"modality": "face"},
        "Im Gesicht der Person fällt nichts auf.",
    ),
    (
        "9",
        full({"Interest": 0.55, "Calmness": 0.43, "Confusion": 0.43}),
        {"modality": "face"},
        "Die Person sieht etwas verwirrt aus.",
    ),
    ("10", {"Interest": 0.55}, {"modality": "face"}, "Die Person sieht ziemlich interessiert aus."),
    ("11", full({"Fear": 0.15}), {"modality": "face"}, "Im Gesicht der Person liegt ein Hauch von Angst."),
    (
        "12a",
        {"HAPPY": 0.85, "NEUTRAL": 0.10, "SAD": 0.05, "ANGRY": 0},
        {"modality": "prosody"},
        "Die Person klingt eindeutig glücklich.",
    ),
    (
        "12b",
        {"ANGRY": 0.997},
        {"modality": "prosody", "taxonomy": "phonexia-4"},
        "Die Person klingt ganz eindeutig wütend.",
    ),
    ("12c", {"SAD": 0.62, "NEUTRAL": 0.24}, {"modality": "prosody"}, "Die Person klingt wahrscheinlich traurig."),
    (
        "13",
        {"NEUTRAL": 0.476, "SAD": 0.386, "HAPPY": 0.133, "ANGRY": 0.005},
        {"modality": "prosody"},
        "Die Person klingt entweder neutral oder traurig.",
    ),
    (
        "14",
        {"HAPPY": 0.28, "NEUTRAL": 0.27, "SAD": 0.25, "ANGRY": 0.20},
        {"modality": "prosody"},
        "Es ist unklar, wie die Person klingt.",
    ),
    (
        "15",
        {**dict.fromkeys(GOEMOTIONS_28, 0.004), "gratitude": 0.93, "joy": 0.41, "relief": 0.12},
        {"modality": "language", "text": DANKE},
        f"Die Worte der Person „{DANKE}“ wirken ganz eindeutig dankbar und möglicherweise fröhlich.",
    ),
    (
        "16a",
        {"arousal": 0.90, "valence": 0.20, "dominance": 0.52},
        {"modality": "prosody"},
        "Die Person klingt sehr energiegeladen und ziemlich negativ im Ton.",
    ),
    ("16b", {"arousal": 0.12, "valence": 0.48}, {"modality": "voice"}, "Die Person klingt sehr verhalten."),
    (
        "17",
        {"Laugh": 0.81, "Amusement": 0.58},
        {"modality": "burst"},
        "Die Person hat gelacht und klingt ziemlich amüsiert.",
    ),
    ("18", {"Relief": 0.47}, {"modality": "burst"}, "Ohne Worte klingt die Person recht erleichtert."),
    (
        "19",
        {"Distress": 0.68, "Sadness": 0.46},
        {"modality": "language", "text": NICHT_MEHR},
        f"Die Worte der Person „{NICHT_MEHR}“ wirken sehr aufgewühlt und recht traurig.",
    ),
    (
        "21a",
        {"neutral": 0.93, "hesitation yes": 0.83, "rate fast": 0.79, "male": 0.82, "age 46-65": 0.73},
        {"modality": "prosody", "taxonomy": "behavioral-signals"},
        "Die Person klingt neutral und zögerlich und spricht schnell.",
    ),
    (
        "21b",
        {"sad": 0.51, "neutral": 0.45, "hesitation yes": 0.62, "rate slow": 0.66, "weak": 0.51},
        {"modality": "prosody", "taxonomy": "behavioral-signals"},
        (
            "Die Person klingt entweder traurig oder neutral sowie wahrscheinlich zögerlich und spricht "
            "wahrscheinlich langsam."
        ),
    ),
    (
        "22",
        {"joy": "VERY_LIKELY", "surprise": "POSSIBLE", "anger": "VERY_UNLIKELY"},
        {"modality": "face"},
        "Die Person sieht eindeutig fröhlich und möglicherweise überrascht aus.",
    ),
    (
        "23",
        {"Wistfulness": 0.45},
        {"modality": "prosody"},
        "Die Stimme der Person zeigt starke Anzeichen von „Wistfulness“.",
    ),
    ("26", {"Joy": 0.84}, {}, "Die Person wirkt äußerst fröhlich."),
]

PARAMETERS = pytest.mark.parametrize(
    ("scores", "about", "sentence"), [case[1:] for case in EXAMPLES], ids=[case[0] for case in EXAMPLES]
)


@PARAMETERS
def test_an_example_has_its_german_sentence(scores: dict[str, Any], about: dict[str, Any], sentence: str) -> None:
    assert str(leed.describe(scores, lang="de", **about)) == sentence
    assert leed.Describer(lang="de").text(scores, **about) == sentence


@PARAMETERS
def test_an_example_has_its_german_sentence_in_a_matrix(
    scores: dict[str, Any], about: dict[str, Any], sentence: str
) -> None:
    text = about.get("text")
    about = {name: value for name, value in about.items() if name != "text"}
    if "VERY_LIKELY" in scores.values():
        about["quantity"] = "likelihood"
        scores = {"joy": 5, "surprise": 3, "anger": 1}
    row = np.array([list(scores.values())], np.float32)
    found = leed.describe_matrix(row, list(scores), lang="de", **about).to_list()
    assert found == [str(leed.describe(scores, lang="de", **about))]
    if text is None:
        assert found == [sentence]


FROM_A_FILE = [case for case in EXAMPLES if case[2] and "taxonomy" not in case[2]]  # a file names its modality only


@pytest.mark.parametrize(
    ("scores", "about", "sentence"), [case[1:] for case in FROM_A_FILE], ids=[case[0] for case in FROM_A_FILE]
)
def test_an_example_has_its_german_sentence_from_a_file(
    scores: dict[str, Any],
    about: dict[str, Any],
    sentence: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    row = {"text": about.get("text"), about["modality"]: scores}
    path = tmp_path / "scores.json"
    path.write_text(json.dumps([row]), encoding="utf-8")
    with pytest.raises(SystemExit):
        main(["describe", "--lang", "de", str(path)])
    assert capsys.readouterr().out == sentence + "\n"


INJECTED = [
    ("1", "Der Nutzer sieht äußerst fröhlich aus."),
    ("3", "Der Nutzer klingt sehr interessiert, ziemlich aufgeregt und etwas entschlossen."),
    ("12c", "Der Nutzer klingt wahrscheinlich traurig."),
    ("14", "Es ist unklar, wie der Nutzer klingt."),
    ("15", "Die Worte des Nutzers wirken ganz eindeutig dankbar und möglicherweise fröhlich."),
    ("18", "Ohne Worte klingt der Nutzer recht erleichtert."),
    ("23", "Die Stimme des Nutzers zeigt starke Anzeichen von „Wistfulness“."),
]


@pytest.mark.parametrize(("number", "sentence"), INJECTED)
def test_in_a_chat_the_person_is_the_user(number: str, sentence: str) -> None:
    _, scores, about, _ = next(case for case in EXAMPLES if case[0] == number)
    assert str(leed.Describer(lang="de", person="The user", quote=False)(scores, **about)) == sentence


def test_terms_hold_the_german_words_beside_the_label() -> None:
    terms = leed.describe({"Joy": 0.84, "Wistfulness": 0.3}, modality="face", lang="de").terms
    assert [(term.label, term.adverb, term.adjective) for term in terms] == [
        ("Joy", "äußerst", "fröhlich"),
        ("Wistfulness", "leicht", None),
    ]
    hint = leed.describe(full({"Fear": 0.15}), modality="face", lang="de").terms
    assert [(term.label, term.adverb) for term in hint] == [("Fear", "ein Hauch von")]


ADVERBS = ["leicht", "etwas", "recht", "ziemlich", "sehr", "äußerst"]
NOUNS = [
    "einen Hauch von „Wistfulness“",
    "einige Anzeichen von „Wistfulness“",
    "merkliche Anzeichen von „Wistfulness“",
    "deutliche Anzeichen von „Wistfulness“",
    "starke Anzeichen von „Wistfulness“",
    "sehr starke Anzeichen von „Wistfulness“",
]


@pytest.mark.parametrize(
    ("score", "adverb", "noun"), list(zip((0.27, 0.36, 0.45, 0.54, 0.63, 0.72), ADVERBS, NOUNS, strict=True))
)
def test_each_step_has_its_adverb_and_its_form_before_a_noun(score: float, adverb: str, noun: str) -> None:
    assert str(leed.describe({"Joy": score}, modality="face", lang="de")) == f"Die Person sieht {adverb} fröhlich aus."
    unknown = leed.describe({"Wistfulness": score}, modality="face", lang="de")
    assert str(unknown) == f"Das Gesicht der Person zeigt {noun}."


CLASSES = [
    ({"HAPPY": 0.30, "SAD": 0.10, "NEUTRAL": 0.14}, "Die Person klingt möglicherweise glücklich."),
    ({"HAPPY": 0.35, "SAD": 0.33, "NEUTRAL": 0.32}, "Die Person klingt entweder glücklich, traurig oder neutral."),
]


@pytest.mark.parametrize(("scores", "sentence"), CLASSES)
def test_exclusive_classes(scores: dict[str, float], sentence: str) -> None:
    assert str(leed.describe(scores, modality="prosody", taxonomy="phonexia-4", lang="de")) == sentence


# --- persons and tenses

PERSONS: list[tuple[str | None, str, str, str, str]] = [
    # person, a state and a sign; what was not done and a reflexive; unclear after a transcript; words
    (
        None,
        "Die Person sah recht fröhlich aus, und ihr Gesicht zeigte einige Anzeichen von „Zorn“.",
        "Die Person beißt sich wahrscheinlich auf die Lippe.",
        "Die Person sagte „Na“, und es ist unklar, wie sie klingt.",
        "Die Worte der Person „Na“ wirken ziemlich traurig.",
    ),
    (
        "The user",
        "Der Nutzer sah recht fröhlich aus, und sein Gesicht zeigte einige Anzeichen von „Zorn“.",
        "Der Nutzer beißt sich wahrscheinlich auf die Lippe.",
        "Der Nutzer sagte „Na“, und es ist unklar, wie er klingt.",
        "Die Worte des Nutzers „Na“ wirken ziemlich traurig.",
    ),
    (
        "Die Nutzerin",
        "Die Nutzerin sah recht fröhlich aus, und ihr Gesicht zeigte einige Anzeichen von „Zorn“.",
        "Die Nutzerin beißt sich wahrscheinlich auf die Lippe.",
        "Die Nutzerin sagte „Na“, und es ist unklar, wie sie klingt.",
        "Die Worte der Nutzerin „Na“ wirken ziemlich traurig.",
    ),
    (
        "The assistant",
        "Der Assistent sah recht fröhlich aus, und sein Gesicht zeigte einige Anzeichen von „Zorn“.",
        "Der Assistent beißt sich wahrscheinlich auf die Lippe.",
        "Der Assistent sagte „Na“, und es ist unklar, wie er klingt.",
        "Die Worte des Assistenten „Na“ wirken ziemlich traurig.",
    ),
    (
        "You",
        "Du sahst recht fröhlich aus, und dein Gesicht zeigte einige Anzeichen von „Zorn“.",
        "Du beißt dir wahrscheinlich auf die Lippe.",
        "Du sagtest „Na“, und es ist unklar, wie du klingst.",
        "Deine Worte „Na“ wirken ziemlich traurig.",
    ),
    (
        "I",
        "Ich sah recht fröhlich aus, und mein Gesicht zeigte einige Anzeichen von „Zorn“.",
        "Ich beiße mir wahrscheinlich auf die Lippe.",
        "Ich sagte „Na“, und es ist unklar, wie ich klinge.",
        "Meine Worte „Na“ wirken ziemlich traurig.",
    ),
    (
        "We",
        "Wir sahen recht fröhlich aus, und unser Gesicht zeigte einige Anzeichen von „Zorn“.",
        "Wir beißen uns wahrscheinlich auf die Lippe.",
        "Wir sagten „Na“, und es ist unklar, wie wir klingen.",
        "Unsere Worte „Na“ wirken ziemlich traurig.",
    ),
    (
        "He",
        "Er sah recht fröhlich aus, und sein Gesicht zeigte einige Anzeichen von „Zorn“.",
        "Er beißt sich wahrscheinlich auf die Lippe.",
        "Er sagte „Na“, und es ist unklar, wie er klingt.",
        "Seine Worte „Na“ wirken ziemlich traurig.",
    ),
    (
        "She",
        "Sie sah recht fröhlich aus, und ihr Gesicht zeigte einige Anzeichen von „Zorn“.",
        "Sie beißt sich wahrscheinlich auf die Lippe.",
        "Sie sagte „Na“, und es ist unklar, wie sie klingt.",
        "Ihre Worte „Na“ wirken ziemlich traurig.",
    ),
    (
        "Anna",
        "Anna sah recht fröhlich aus, und das Gesicht zeigte einige Anzeichen von „Zorn“.",
        "Anna beißt sich wahrscheinlich auf die Lippe.",
        "Anna sagte „Na“, und es ist unklar, wie Anna klingt.",
        "Die Worte von Anna „Na“ wirken ziemlich traurig.",
    ),
]


@pytest.mark.parametrize(
    ("person", "state", "act", "unclear", "words"), PERSONS, ids=[str(case[0]) for case in PERSONS]
)
def test_a_person_inflects_verbs_possessives_and_reflexives(
    person: str | None, state: str, act: str, unclear: str, words: str
) -> None:
    now, then = (leed.Describer(lang="de", person=person, tense=tense) for tense in ("present", "past"))
    classes = {"HAPPY": 0.28, "NEUTRAL": 0.27, "SAD": 0.25, "ANGRY": 0.20}
    bite = {"modality": "face", "taxonomy": "hume-face-descriptions-27", "quantity": "probability"}
    assert str(then({"Joy": 0.5, "Zorn": 0.4}, modality="face")) == state
    assert str(now({"Lip biting": 0.6}, **bite)) == act
    assert str(now(classes, modality="prosody", text="Na")) == unclear
    assert str(now({"Sadness": 0.6}, modality="language", text="Na")) == words


@pytest.mark.parametrize(
    ("german", "english"),
    [("Die Person", "They"), ("der nutzer", "The user"), ("Du", "You"), ("ich", "I"), ("Wir", "We"), ("Er", "He")],
)
def test_a_person_is_known_by_its_german_name_too(german: str, english: str) -> None:
    assert DE.person_named(german) == DE.person_named(english)


PAST = [
    ({"Relief": 0.47}, "burst", "Ohne Worte klang die Person recht erleichtert."),
    ({"Laugh": 0.81, "Amusement": 0.58}, "burst", "Die Person hat gelacht und klang ziemlich amüsiert."),
    ({"Smile": 0.9}, "face", "Die Person hat gelächelt."),
    ({"Wince": 0.9}, "face", "Die Person ist zusammengezuckt."),
    ({"Eyes closed": 0.9}, "face", "Die Person hatte die Augen geschlossen."),
    ({"Joy": 0.6}, None, "Die Person wirkte ziemlich fröhlich."),
    ({"Joy": 0.6}, "language", "Die Worte der Person wirkten ziemlich fröhlich."),
]


@pytest.mark.parametrize(("scores", "modality", "sentence"), PAST)
def test_states_are_told_in_the_past_and_acts_in_the_perfect(
    scores: dict[str, float], modality: str | None, sentence: str
) -> None:
    assert str(leed.describe(scores, modality=modality, lang="de", tense="past")) == sentence


# --- grammar


def adjective(word: str, adverb: str | None = None, **more: Any) -> Piece:
    return Piece(word, adverb=adverb, **more)


def noun(word: str, adverb: str | None = None, **more: Any) -> Piece:
    return Piece(word, role="noun", adverb=adverb, **more)


LAUGH = Piece("", role="act", verb=DE.words["laugh"].verb)
FAST = Piece("", role="manner", verb=DE.words["speaking-rate-fast"].verb)
POUT = Piece("", role="act", adverb="probably", verb=DE.words["tongue-out"].verb)

SENTENCES: list[tuple[str | None, list[Piece], str, str]] = [
    # modality, pieces, plain, around a transcript
    (
        "face",
        [adjective("a", "quite")],
        "Die Person sieht ziemlich a aus.",
        "Die Person sagte … und sieht ziemlich a aus.",
    ),
    (
        "prosody",
        [adjective("a", "very"), adjective("b", "very"), adjective("c", "quite")],
        "Die Person klingt sehr a und b sowie ziemlich c.",
        "Die Person sagte … und klingt sehr a und b sowie ziemlich c.",
    ),
    (
        "face",
        [adjective("a", "probably"), adjective("b")],
        "Die Person sieht b sowie wahrscheinlich a aus.",
        "Die Person sagte … und sieht b sowie wahrscheinlich a aus.",
    ),
    (
        "face",
        [adjective("a", "probably"), FAST],
        "Die Person sieht wahrscheinlich a aus und spricht schnell.",
        "Die Person sagte … und sieht wahrscheinlich a aus und spricht schnell.",
    ),
    (
        "face",
        [POUT, adjective("a", "quite")],
        "Die Person streckt wahrscheinlich die Zunge heraus und sieht ziemlich a aus.",
        "Die Person sagte …, streckt wahrscheinlich die Zunge heraus und sieht ziemlich a aus.",
    ),
    (
        "burst",
        [LAUGH, adjective("a", "quite")],
        "Die Person hat gelacht und klingt ziemlich a.",
        "Die Person sagte …, hat gelacht und klingt ziemlich a.",
    ),
    (
        "face",
        [noun("x", "quite"), noun("y", "possibly")],
        "Das Gesicht der Person zeigt deutliche Anzeichen von x und möglicherweise Anzeichen von y.",
        "Die Person sagte …, und ihr Gesicht zeigt deutliche Anzeichen von x und möglicherweise Anzeichen von y.",
    ),
    (
        "face",
        [noun("x", tied=True), noun("y", tied=True)],
        "Das Gesicht der Person zeigt Anzeichen entweder von x oder y.",
        "Die Person sagte …, und ihr Gesicht zeigt Anzeichen entweder von x oder y.",
    ),
    (
        "language",
        [adjective("a", "quite"), noun("x", "slightly")],
        "Die Worte der Person wirken ziemlich a, und sie zeigen einen Hauch von x.",
        "Die Worte der Person … wirken ziemlich a, und sie zeigen einen Hauch von x.",
    ),
    (
        "face",
        [adjective("a", "very", step=5, steps=6)],
        "Die Person sieht sehr a (5 von 6) aus.",
        "Die Person sagte … und sieht sehr a (5 von 6) aus.",
    ),
]


@pytest.mark.parametrize(("modality", "pieces", "plain", "around"), SENTENCES, ids=[case[2] for case in SENTENCES])
def test_pieces_make_a_german_sentence(modality: str | None, pieces: list[Piece], plain: str, around: str) -> None:
    sentence = Realiser(DE)(modality, pieces)
    assert sentence.plain == plain
    assert f"{sentence.before}…{sentence.after}" == around


FIXED = [
    ("unreported", "face", "Es gibt keine Werte für das Gesicht der Person."),
    ("unreported", "language", "Es gibt keine Werte für die Worte der Person."),
    ("unreported", None, "Es gibt keine Werte für den Ausdruck der Person."),
    ("withheld", "prosody", "Was die Stimme der Person zeigt, bleibt ungesagt."),
    ("withheld", "language", "Was die Worte der Person zeigen, bleibt ungesagt."),
    ("nothing", "prosody", "In der Stimme der Person fällt nichts auf."),
    ("nothing", "language", "In den Worten der Person fällt nichts auf."),
    ("nothing", None, "Im Ausdruck der Person fällt nichts auf."),
    ("unclear", "language", "Es ist unklar, wie die Worte der Person wirken."),
]


@pytest.mark.parametrize(("kind", "modality", "plain"), FIXED)
def test_what_names_nothing_stands_in_its_case(kind: str, modality: str | None, plain: str) -> None:
    assert Realiser(DE).fixed(kind, modality).plain == plain


def test_a_transcript_stands_behind_the_words_it_belongs_to() -> None:
    sentence = Realiser(DE).fixed("nothing", "language")
    assert f"{sentence.before}„Na“{sentence.after}" == "In den Worten der Person „Na“ fällt nichts auf."
    sentence = Realiser(DE).fixed("nothing", "face")
    assert f"{sentence.before}„Na“{sentence.after}" == "Die Person sagte „Na“, und in ihrem Gesicht fällt nichts auf."
    sentence = Realiser(DE, past=True).hint("Angst", "language")
    assert f"{sentence.before}„Na“{sentence.after}" == "In den Worten der Person „Na“ lag ein Hauch von Angst."


def test_what_an_incongruent_sentence_needs_is_there() -> None:
    """Example 20: the words of its two clauses; they are joined elsewhere."""
    words, voice = DE.modalities["language"], DE.modalities["prosody"]
    assert (words.alone, DE.grammar.but, voice.alone) == ("die Worte", ", aber ", "die Stimme")
    plural, singular = (DE.conjugation[modality.agrees][0] for modality in (words, voice))
    assert words.verb[plural].format(x="ziemlich ruhig") == "wirken ziemlich ruhig"
    assert voice.verb[singular].format(x="ziemlich aufgewühlt") == "klingt ziemlich aufgewühlt"
    assert (DE.words["calmness"].adjective, DE.words["distress"].adjective) == ("ruhig", "aufgewühlt")


def test_more_than_usual_needs_no_person() -> None:
    assert DE.grammar.usual[0].format(x="Die Person klingt leicht aufgewühlt") == (
        "Die Person klingt leicht aufgewühlt, mehr als sonst"
    )


# --- words

SAID = [
    (name, label)
    for name in taxonomy.ORDER
    for label, entry in taxonomy.get(name).labels.items()
    if taxonomy.concepts()[entry.concept].kind not in ("silent", "unknown") and not taxonomy.get(name).distribution
]
HEADS = (
    r"Die Person [a-zäöüß]+ |Die Worte der Person wirken|(Das Gesicht|Die Stimme) der Person zeigt|Ohne Worte klingt "
)
ENGLISH = {"the", "of", "and", "or", "their", "they", "sounds", "looks", "signs", "quite", "very", "with"}


@pytest.mark.parametrize(("name", "label"), SAID)
def test_every_label_makes_a_german_sentence(name: str, label: str) -> None:
    chosen = taxonomy.get(name)
    score = 5 if chosen.quantity == "likelihood" else 0.95
    for modality in chosen.modalities or ("face", "prosody", "burst", "language"):
        sentence = str(leed.describe({label: score}, modality=modality, taxonomy=name, allow=[label], lang="de"))
        assert re.match(HEADS, sentence.replace(".", " ")), sentence
        assert sentence.endswith(".")
        assert not re.search(r"\b(fühlt|fühlen|ist [a-zäöü]+ig|{|})\b|  | ,|\b(\w+) \1\b|Sie klingen", sentence), (
            sentence
        )
        unquoted = re.sub("„.*?“", "", sentence)
        assert not ENGLISH & set(re.findall(r"\w+", unquoted.lower())), sentence


@pytest.mark.parametrize(("name", "word"), DE.words.items())
def test_an_adjective_stands_uninflected_and_a_noun_in_the_dative(name: str, word: Any) -> None:
    if word.adjective is not None and word.adjective[0].islower():
        first = word.adjective.split()[0]
        assert first not in {"der", "die", "das", "ein", "eine", "mit", "wie", "als", *ADVERBS}
        assert not re.search(r"(ischer|iger|licher|igen|lichen)$", first), name
    before, _, rest = word.noun.partition(" ")
    assert before not in {"der", "die", "das", "ein", "eine", "den"}, name
    if before[0].islower() and before not in {"einem", "einer"} and rest:
        modifiers = re.findall(r"\b[a-zäöüß]+\b", word.noun.split(" an ")[0].split(" auf ")[0].split(" neben ")[0])
        assert any(m.endswith(("em", "en", "er")) for m in modifiers), name


def test_no_adverb_is_massig_and_all_are_german() -> None:
    assert {
        DE.adverbs[name].word for name in ("slightly", "somewhat", "moderately", "quite", "very", "extremely")
    } == set(ADVERBS)
    assert "mäßig" not in json.dumps([adverb.noun + (adverb.word or "") for adverb in DE.adverbs.values()])


@pytest.mark.parametrize("scale", NAMES)
def test_every_scale_speaks_german(scale: str) -> None:
    sentence = str(leed.describe({"Joy": 0.9}, modality="face", scale=scale, lang="de"))
    assert sentence.startswith("Die Person sieht äußerst fröhlich")


@given(
    rows=st.lists(st.lists(st.floats(0, 1, width=32), min_size=6, max_size=6), min_size=1, max_size=5),
    modality=st.sampled_from(["face", "prosody", "burst", "language", None]),
    columns=st.permutations([*HUME_48[:40], "Zorn", "Wehmut"]).map(lambda labels: labels[:6]),
)
def test_a_matrix_has_the_sentences_of_its_rows(
    rows: list[list[float]], modality: str | None, columns: list[str]
) -> None:
    describer = leed.Describer(lang="de")
    matrix = leed.describe_matrix(np.array(rows, np.float32), columns, modality=modality, describer=describer)
    assert matrix.to_list() == [describer.text(dict(zip(columns, row, strict=True)), modality=modality) for row in rows]


def test_text_for_people_names_modalities_in_german(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "scores.json"
    path.write_text('[{"begin": 1, "voice": {"Distress": 0.31}, "face": {"Joy": 0.5}}]', encoding="utf-8")
    with pytest.raises(SystemExit):
        main(["describe", "--lang", "de", str(path)])
    assert capsys.readouterr().out.splitlines()[1:] == [
        "  0:01.00  Stimme    Die Person klingt ziemlich aufgewühlt.",
        "  0:01.00  Gesicht   Die Person sieht recht fröhlich aus.",
    ]
