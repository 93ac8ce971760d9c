"""The check of a lexicon names all that is missing and all that nobody would read; a lexicon of one's own is spoken."""

import json
import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

import leed
from leed.lexicon import LANGUAGES, Lexicon, get_lexicon, source_of
from leed.lexicon.check import faults
from leed.realiser import Realiser

Changed = Callable[[dict[str, Any]], object]


def german() -> dict[str, Any]:
    plain: dict[str, Any] = json.loads(source_of("de"))
    return plain


def lines(plain: object) -> list[str]:
    return [str(fault) for fault in faults(json.dumps(plain).encode())]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_language_that_leed_speaks_lacks_nothing(lang: str) -> None:
    assert faults(source_of(lang)) == []


CHANGES: list[tuple[Changed, list[str]]] = [
    (lambda de: de["words"].pop("awe"), ['words.awe: missing (English: "awed")']),
    (lambda de: de["words"]["awe"].pop("adjective"), ['words.awe.adjective: missing (English: "awed")']),
    (lambda de: de["words"]["awe"].pop("noun"), ['words.awe.noun: missing (English: "awe")']),
    (lambda de: de["words"]["laugh"].pop("verb"), ['words.laugh.verb: missing (English: "laugh")']),
    (lambda de: de["words"]["laugh"].update(verb=["lache"]), ["words.laugh.verb: has 1 forms, needs 5 to 7"]),
    (lambda de: de["words"]["laugh"].update(verb=["x"] * 8), ["words.laugh.verb: has 8 forms, needs 5 to 7"]),
    (
        lambda de: de["words"]["laugh"].update(verb=[]),
        ["words.laugh.verb: an empty list; expected a list with entries"],
    ),
    (lambda de: de["adverbs"].pop("quite"), ['adverbs.quite: missing (English: "considerable signs of {noun}")']),
    (lambda de: de["adverbs"]["quite"].pop("word"), ['adverbs.quite.word: missing (English: "quite")']),
    (lambda de: de["grammar"].pop("hint"), ['grammar.hint: missing (English: "there is a hint of {x} in {noun}")']),
    (lambda de: de["modalities"].pop("face"), ['modalities.face: missing (English: "look {x}")']),
    (
        lambda de: de["modalities"]["burst"].pop("wordless"),
        ['modalities.burst.wordless: missing (English: "Without words, {mid} {predicate}")'],
    ),
    (lambda de: de["persons"].pop("You"), ['persons.You: missing (English: "You")']),
    (lambda de: de["persons"]["You"]["words"].pop("hat"), ["persons.You.words.hat: missing; other persons have it"]),
    (
        lambda de: de["modalities"]["face"]["cases"].pop("place"),
        ["modalities.face.cases.place: missing; other modalities have it"],
    ),
    (lambda de: de.pop("timeline"), ["timeline: missing"]),
    (lambda de: de.pop("version"), ['version: missing (English: "2026-11-20")']),
    # places
    (lambda de: de["grammar"].update(said="sagte "), ["grammar.said: lacks the place {subject}"]),
    (lambda de: de["grammar"].update(numbered="{x} ({step})"), ["grammar.numbered: lacks the place {steps}"]),
    (lambda de: de["adverbs"]["quite"].update(noun="Anzeichen"), ["adverbs.quite.noun: lacks the place {noun}"]),
    (
        lambda de: de["grammar"].update(nothing=["nichts", "{place} fiel nichts auf"]),
        ["grammar.nothing.0: lacks the place {noun}"],
    ),
    (
        lambda de: de["modalities"]["face"]["verb"].__setitem__(2, "sieht aus"),
        ["modalities.face.verb.2: lacks the place {x}"],
    ),
    (
        lambda de: de["timeline"].update(until="bis {tim} {x}"),
        ["timeline.until: lacks the place {time}", "timeline.until: unknown place {tim}"],
    ),
    (
        lambda de: de["words"]["wince"]["verb"].__setitem__(4, "{wird} zucken"),
        ["words.wince.verb.4: unknown place {wird}"],
    ),
    (lambda de: de["persons"]["*"].update(subject="Jemand"), ["persons.*.subject: lacks the place {name}"]),
    (
        lambda de: de["grammar"].update(either="entweder {x} {"),
        ["grammar.either: has a brace that belongs to no place such as {x}"],
    ),
    (
        lambda de: de["grammar"].update(either="{x.__class__}"),
        ["grammar.either: has a brace that belongs to no place such as {x}"],
    ),
    (
        lambda de: de["grammar"].update(either="{x:>999999999}"),
        ["grammar.either: has a brace that belongs to no place such as {x}"],
    ),
    (
        lambda de: de["grammar"].update(either="{x!r}"),
        ["grammar.either: has a brace that belongs to no place such as {x}"],
    ),
    (lambda de: de["words"]["joy"].update(adjective="{x}"), ["words.joy.adjective: unknown place {x}"]),
    # unknown
    (lambda de: de["words"].update(joi={"noun": "Freude"}), ["words.joi: unknown (did you mean joy?)"]),
    (lambda de: de["words"]["joy"].update(adjektiv="froh"), ["words.joy.adjektiv: unknown (did you mean adjective?)"]),
    (lambda de: de["words"]["joy"].update(adverbs={"sehr": "hoch"}), ["words.joy.adverbs.sehr: unknown"]),
    (lambda de: de["words"]["joy"].update(by_modality={"voice": "froh"}), ["words.joy.by_modality.voice: unknown"]),
    (lambda de: de.update(extra={"x": "{y}"}), ["extra: unknown"]),
    # types and agreement
    (lambda de: de["words"]["joy"].update(noun=3), ["words.joy.noun: a number; expected text"]),
    (lambda de: de["words"].update(joy="froh"), ["words.joy: text; expected an object"]),
    (
        lambda de: de["words"]["joy"].update(noun="Freude\n# System"),
        ["words.joy.noun: has line breaks, control characters or several spaces in a row"],
    ),
    (lambda de: de["grammar"].update(quote=["„"]), ['grammar.quote: has 1 entries, needs 2 (English: "\\"")']),
    (lambda de: de["modalities"]["burst"].update(past=1), ["modalities.burst.past: a number; expected true or false"]),
    (lambda de: de["persons"]["You"].update(agrees="ihr"), ["persons.You.agrees: 'ihr' is no line of the conjugation"]),
    (
        lambda de: de["conjugation"].pop("plural"),
        [
            "conjugation.plural: missing; nouns agree with it",
            "persons.We.agrees: 'plural' is no line of the conjugation",
            "modalities.language.agrees: 'plural' is no line of the conjugation",
        ],
    ),
    (
        lambda de: de["conjugation"].update(du=[1, -5]),
        ["conjugation: counts no forms; give each line two numbers from 0"],
    ),
    (lambda de: de.update(person="Sie"), ["person: is no key of persons"]),
]


@pytest.mark.parametrize(("change", "expected"), CHANGES, ids=[case[1][0] for case in CHANGES])
def test_a_fault_is_named_in_a_line(change: Changed, expected: list[str]) -> None:
    plain = german()
    change(plain)
    assert lines(plain) == expected


NO_LEXICON = [
    (b"", "the file: not JSON: Expecting value: line 1 column 1 (char 0)"),
    (b"[]", "the file: a list; expected an object"),
    (b'"de"', "the file: text; expected an object"),
    (b"null", "the file: null; expected an object"),
    (b"{}", 'lang: missing (English: "en")'),
    (b"[" * 100_000, "the file: not JSON: maximum recursion depth exceeded"),
    (b"\xff\xfe", "the file: not JSON: "),
    (b'{"lang": "de", "lang": "fr"}', "the file: the key 'lang' stands twice in one object"),
]


@pytest.mark.parametrize(("data", "first"), NO_LEXICON)
def test_what_is_no_lexicon_is_a_line_too(data: bytes, first: str) -> None:
    assert str(faults(data)[0]).startswith(first)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@given(key=st.sampled_from(sorted(german())), inner=st.none() | st.integers(0, 300), value=JSON)
def test_no_file_crashes_the_check_and_what_passes_it_can_be_spoken(key: str, inner: int | None, value: object) -> None:
    plain = german()
    below = plain[key]
    if inner is not None and isinstance(below, dict):
        below[list(below)[inner % len(below)]] = value
    else:
        plain[key] = value
    data = json.dumps(plain).encode()
    found = faults(data)
    assert all("\n" not in str(fault) for fault in found)
    if not any(fault.breaks for fault in found):
        lexicon = msgspec.json.decode(data, type=Lexicon)
        for modality in lexicon.modalities:
            assert Realiser(lexicon).neutral(modality).plain
            assert Realiser(lexicon, person=lexicon.person_named("You")).fixed("nothing", modality).plain


# --- a lexicon of one's own


def saved(folder: Path, change: Changed, name: str = "mine.json") -> Path:
    plain = json.loads(source_of("en"))
    change(plain)
    path = folder / name
    path.write_text(json.dumps(plain), encoding="utf-8")
    return path


def cheerful(plain: dict[str, Any]) -> None:
    plain["lang"] = "en-x-cheer"
    plain["words"]["joy"]["adjective"] = "chuffed"
    for adverb in plain["adverbs"]:
        plain["adverbs"][adverb]["word"] = adverb


def test_a_lexicon_of_ones_own_is_spoken(tmp_path: Path) -> None:
    path = saved(tmp_path, cheerful)
    assert str(leed.describe({"Joy": 0.84}, modality="face", lang=str(path))) == "They look extremely chuffed."
    assert str(leed.Describer(lang=path)({"Joy": 0.84}, modality="face")) == "They look extremely chuffed."
    assert leed.describe_matrix([[0.84]], ["Joy"], modality="face", lang=str(path)).to_list() == [
        "They look extremely chuffed."
    ]


def test_its_words_are_part_of_the_fingerprint_and_survive_pickling(tmp_path: Path) -> None:
    describer = leed.Describer(lang=saved(tmp_path, cheerful))
    assert describer.fingerprint != leed.Describer().fingerprint
    assert pickle.loads(pickle.dumps(describer)) == describer  # noqa: S301 - our own
    assert describer.lexicon.lang == "en-x-cheer"


def test_a_label_without_words_is_quoted_like_an_unknown_one(tmp_path: Path) -> None:
    path = saved(tmp_path, lambda plain: plain["words"].pop("awe"))
    assert str(leed.describe({"Awe": 0.84}, modality="face", lang=str(path))) == (
        'Their face shows very strong signs of "awe".'
    )


REFUSED: list[tuple[Changed, str]] = [
    (lambda plain: plain["grammar"].pop("said"), 'grammar.said: missing (English: "{subject} said "); `leed lexicon'),
    (lambda plain: plain["words"].pop("neutral"), 'words.neutral: missing (English: "neutral"); `leed lexicon'),
    (lambda plain: plain["words"].pop("arousal-low"), 'words.arousal-low: missing (English: "subdued"); `leed lexicon'),
    (
        lambda plain: (plain["grammar"].pop("said"), plain["grammar"].pop("but")),
        'grammar.said: missing (English: "{subject} said "), and 1 more; `leed lexicon check',
    ),
    (lambda plain: plain["grammar"].update(either="{x:>99999999}"), "grammar.either: has a brace that belongs to no"),
]


@pytest.mark.parametrize(("change", "message"), REFUSED, ids=[case[1] for case in REFUSED])
def test_a_lexicon_that_leed_cannot_speak_is_refused_in_one_line(change: Changed, message: str, tmp_path: Path) -> None:
    path = saved(tmp_path, change)
    with pytest.raises(leed.LeedError) as caught:
        leed.describe({"Joy": 0.84}, lang=str(path))
    assert str(caught.value).startswith(f"lexicon {path}: {message}")


def test_a_file_that_is_not_there_is_an_error_that_names_it(tmp_path: Path) -> None:
    with pytest.raises(leed.LeedError, match=r"lexicon .*none\.json: No such file or directory"):
        leed.Describer(lang=str(tmp_path / "none.json"))
    with pytest.raises(leed.LeedError, match="give one of en, de, a JSON file"):
        get_lexicon("fr")
    with pytest.raises(leed.LeedError, match="give one of en, de, a JSON file"):
        source_of("mine.toml")
