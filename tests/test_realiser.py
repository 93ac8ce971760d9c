"""Pieces become a sentence by the grammar of the lexicon."""

from typing import Any

import msgspec
import pytest

from leed.lexicon import Adverb, Modality, Person, get_lexicon
from leed.realiser import Piece, Realiser

EN = get_lexicon("en")


def adjective(word: str, adverb: str | None = None, **more: Any) -> Piece:
    return Piece(word, adverb=adverb, **more)


def noun(word: str, adverb: str | None = None) -> Piece:
    return Piece(word, role="noun", adverb=adverb)


LAUGH = Piece("", role="act", verb=("laugh", "laughs", "laughed"))
FAST = Piece("", role="manner", verb=("speak fast", "speaks fast", "spoke fast"))
PROBABLY_SLOW = Piece("", role="manner", adverb="probably", verb=("speak slowly", "speaks slowly", "spoke slowly"))

SENTENCES: list[tuple[str | None, list[Piece], str, str]] = [
    # modality, pieces, plain, around a transcript
    ("face", [adjective("sad", "quite")], "They look quite sad.", 'They said "…" and look quite sad.'),
    ("face", [adjective("sad")], "They look sad.", 'They said "…" and look sad.'),
    (
        "prosody",
        [adjective("a", "very"), adjective("b", "quite")],
        "They sound very a and quite b.",
        'They said "…" and sound very a and quite b.',
    ),
    (
        "prosody",
        [adjective("a", "very"), adjective("b", "very")],
        "They sound very a and b.",
        'They said "…" and sound very a and b.',
    ),
    (
        "prosody",
        [adjective("a", "very"), adjective("b", "very"), adjective("c", "quite")],
        "They sound very a and b, and quite c.",
        'They said "…" and sound very a and b, and quite c.',
    ),
    (
        "prosody",
        [adjective("a", "very"), adjective("b", "quite"), adjective("c", "quite")],
        "They sound very a, and quite b and c.",
        'They said "…" and sound very a, and quite b and c.',
    ),
    (
        "prosody",
        [adjective("a", "very"), adjective("b", "quite"), adjective("c", "somewhat")],
        "They sound very a, quite b and somewhat c.",
        'They said "…" and sound very a, quite b and somewhat c.',
    ),
    (
        "prosody",
        [adjective("a", "very"), adjective("b", "very"), adjective("c", "very")],
        "They sound very a, b and c.",
        'They said "…" and sound very a, b and c.',
    ),
    ("prosody", [adjective("a", "probably")], "They probably sound a.", 'They said "…" and probably sound a.'),
    (
        "prosody",
        [adjective("a", "clearly"), adjective("b", "possibly")],
        "They sound clearly a and possibly b.",
        'They said "…" and sound clearly a and possibly b.',
    ),
    (
        "prosody",
        [adjective("a", tied=True), adjective("b", tied=True)],
        "They sound either a or b.",
        'They said "…" and sound either a or b.',
    ),
    (
        "prosody",
        [adjective("a", tied=True), adjective("b", tied=True), adjective("c", tied=True)],
        "They sound either a, b or c.",
        'They said "…" and sound either a, b or c.',
    ),
    (
        "prosody",
        [adjective("a", tied=True), adjective("b", tied=True), adjective("c", "probably"), PROBABLY_SLOW],
        "They sound either a or b, probably c, and probably speak slowly.",
        'They said "…" and sound either a or b, probably c, and probably speak slowly.',
    ),
    (
        "prosody",
        [adjective("a"), adjective("b"), FAST],
        "They sound a and b, and speak fast.",
        'They said "…" and sound a and b, and speak fast.',
    ),
    ("prosody", [adjective("a"), FAST], "They sound a and speak fast.", 'They said "…" and sound a and speak fast.'),
    ("prosody", [FAST], "They speak fast.", 'They said "…" and speak fast.'),
    (
        "burst",
        [LAUGH, adjective("a", "quite")],
        "They laughed and sound quite a.",
        'They said "…", laughed and sound quite a.',
    ),
    ("burst", [LAUGH], "They laughed.", 'They said "…" and laughed.'),
    ("burst", [adjective("a", "quite")], "Without words, they sound quite a.", 'They said "…" and sound quite a.'),
    ("language", [adjective("a", "quite")], "Their words read as quite a.", 'Their words "…" read as quite a.'),
    (
        "language",
        [noun("x", "quite")],
        "Their words show considerable signs of x.",
        'Their words "…" show considerable signs of x.',
    ),
    (
        "face",
        [noun("x", "quite")],
        "Their face shows considerable signs of x.",
        'They said "…" and their face shows considerable signs of x.',
    ),
    ("face", [noun("x")], "Their face shows signs of x.", 'They said "…" and their face shows signs of x.'),
    (
        "face",
        [adjective("a", "very"), noun("x", "quite")],
        "They look very a, and their face shows considerable signs of x.",
        'They said "…" and look very a, and their face shows considerable signs of x.',
    ),
    (
        "face",
        [noun("x", "very"), noun("y", "very")],
        "Their face shows strong signs of x and y.",
        'They said "…" and their face shows strong signs of x and y.',
    ),
    (
        "face",
        [noun("x", "very"), noun("y", "slightly")],
        "Their face shows strong signs of x and a hint of y.",
        'They said "…" and their face shows strong signs of x and a hint of y.',
    ),
    (None, [adjective("a", "quite")], "They come across as quite a.", 'They said "…" and come across as quite a.'),
    (
        "face",
        [adjective("a", "very", step=5, steps=6)],
        "They look very a (5 of 6).",
        'They said "…" and look very a (5 of 6).',
    ),
    ("face", [adjective("a", "very", shown="highly")], "They look highly a.", 'They said "…" and look highly a.'),
]


@pytest.mark.parametrize(("modality", "pieces", "plain", "around"), SENTENCES, ids=[case[2] for case in SENTENCES])
def test_pieces_make_a_sentence(modality: str | None, pieces: list[Piece], plain: str, around: str) -> None:
    sentence = Realiser(EN)(modality, pieces)
    assert sentence.plain == plain
    assert f'{sentence.before}"…"{sentence.after}' == around


def test_two_that_pull_in_opposite_directions_are_both() -> None:
    realise = Realiser(EN)
    pieces = [adjective("a", "quite"), adjective("b", "quite")]
    assert realise("prosody", pieces, both=True).plain == "They sound both quite a and quite b."


FORMS: list[tuple[str | None, bool, str, str, str]] = [
    (None, False, "They look a.", "They laugh and look a.", "Their face shows signs of x."),
    (None, True, "They looked a.", "They laughed and looked a.", "Their face showed signs of x."),
    ("She", False, "She looks a.", "She laughs and looks a.", "Her face shows signs of x."),
    ("She", True, "She looked a.", "She laughed and looked a.", "Her face showed signs of x."),
    ("The user", False, "The user looks a.", "The user laughs and looks a.", "Their face shows signs of x."),
    ("You", False, "You look a.", "You laugh and look a.", "Your face shows signs of x."),
    ("Anna", True, "Anna looked a.", "Anna laughed and looked a.", "Their face showed signs of x."),
]


@pytest.mark.parametrize(("person", "past", "state", "act", "shows"), FORMS)
def test_a_person_and_a_tense_inflect_every_verb(
    person: str | None,
    past: bool,  # noqa: FBT001
    state: str,
    act: str,
    shows: str,
) -> None:
    realise = Realiser(EN, person=EN.person_named(person), past=past)
    assert realise("face", [adjective("a")]).plain == state
    assert realise("face", [LAUGH, adjective("a")]).plain == act
    assert realise("face", [noun("x")]).plain == shows


FIXED = [
    ("neutral", "face", False, "They look neutral.", 'They said "…" and look neutral.'),
    ("neutral", "language", False, "Their words read as neutral.", 'Their words "…" read as neutral.'),
    ("unclear", "prosody", False, "It is unclear how they sound.", 'They said "…", and it is unclear how they sound.'),
    (
        "unclear",
        "prosody",
        True,
        "It was unclear how they sounded.",
        'They said "…", and it was unclear how they sounded.',
    ),
    ("unclear", "language", False, "It is unclear how their words read.", None),
    (
        "unclear",
        None,
        False,
        "It is unclear how they come across.",
        'They said "…", and it is unclear how they come across.',
    ),
    (
        "unreported",
        "face",
        False,
        "There are no scores for their face.",
        'They said "…", and there are no scores for their face.',
    ),
    (
        "withheld",
        "face",
        False,
        "What their face shows is left unsaid.",
        'They said "…", and what their face shows is left unsaid.',
    ),
    ("withheld", "language", False, "What their words show is left unsaid.", None),
    ("withheld", "face", True, "What their face showed is left unsaid.", None),
    (
        "nothing",
        "face",
        False,
        "Nothing in their face stands out.",
        'They said "…", and nothing in their face stands out.',
    ),
    ("nothing", "language", True, "Nothing in their words stood out.", 'Nothing in their words "…" stood out.'),
]


@pytest.mark.parametrize(("kind", "modality", "past", "plain", "around"), FIXED)
def test_what_names_nothing_has_its_own_sentence(
    kind: str,
    modality: str | None,
    past: bool,  # noqa: FBT001
    plain: str,
    around: str | None,
) -> None:
    realise = Realiser(EN, past=past)
    sentence = realise.neutral(modality) if kind == "neutral" else realise.fixed(kind, modality)
    assert sentence.plain == plain
    if around is not None:
        assert f'{sentence.before}"…"{sentence.after}' == around


def test_phrases_are_the_words_of_each_piece() -> None:
    pieces = [adjective("a", "very"), adjective("b", "very"), noun("x", "quite"), LAUGH, PROBABLY_SLOW]
    assert Realiser(EN)("burst", pieces).phrases == (
        "very a",
        "very b",
        "considerable signs of x",
        "laughed",
        "probably speak slowly",
    )


def test_adverbs_of_ones_own_are_used() -> None:
    realise = Realiser(EN, adverbs={"a bit": Adverb("a bit of {noun}"), "maybe": Adverb("maybe {noun}", place="verb")})
    assert realise("face", [adjective("sad", "a bit")]).plain == "They look a bit sad."
    assert realise("face", [noun("x", "a bit")]).plain == "Their face shows a bit of x."
    assert realise("face", [adjective("sad", "maybe")]).plain == "They maybe look sad."


@pytest.mark.parametrize("word", ["{x}", "{noun}", "{name}", "{sentence}", "{", "}", "%s", "{0}"])
def test_braces_in_foreign_words_are_just_characters(word: str) -> None:
    for modality in EN.modalities:
        assert word in Realiser(EN)(modality, [noun(word, "quite")]).plain
        assert word in Realiser(EN)(modality, [adjective("sad"), noun(word)]).plain
        assert word in Realiser(EN, person=EN.person_named(word))("burst", [adjective("sad")]).plain


# --- a grammar unlike English: verbs of one form, an adverb behind the verb, words by person and case

TONGUE = msgspec.structs.replace(
    EN,
    conjugation={"singular": (0, 0), "plural": (0, 0)},
    persons={
        **EN.persons,
        "They": Person(
            "Ta", "ta", "singular", {"their": "tan", "be": "es"}, Person("Li", "li", "plural", {"their": "lin"})
        ),
    },
    modalities={
        "face": Modality("mu", ("be {x} seen",), ("seem",), "{their} mu", "mu", cases={"inside": "in-{their} mu"}),
        "burst": Modality("vo", ("sound {x}",), ("vo",), "{their} vo", "vo", wordless="Mute {head} {mid} {rest}"),
    },
    grammar=msgspec.structs.replace(
        EN.grammar,
        adverb_at_verb="{head} {adverb} {rest}",
        show=("reveal {x}",),
        nothing=("none {inside}", "none {inside}"),
        said="{subject} say ",
        and_clauses="; ",
    ),
)
OTHER_WAYS: list[tuple[str, list[Piece], str]] = [
    ("face", [adjective("a", "quite")], "Ta be quite a seen."),
    ("face", [adjective("a", "probably")], "Ta be probably a seen."),
    ("burst", [adjective("a", "probably")], "Mute sound ta probably a."),
    ("face", [adjective("a"), noun("x")], "Ta be a seen; lin mu reveal signs of x."),
    ("face", [Piece("", role="act", verb=("run {their} way",), adverb="probably")], "Ta run probably tan way."),
    ("face", [Piece("", role="act", verb=("{be} {adverb} run",), adverb="probably")], "Ta es probably run."),
    ("face", [Piece("", role="act", verb=("{be} {adverb} run",))], "Ta es run."),
]


@pytest.mark.parametrize(("modality", "pieces", "plain"), OTHER_WAYS, ids=[case[2] for case in OTHER_WAYS])
@pytest.mark.parametrize("past", [False, True])
def test_order_forms_and_cases_are_the_lexicons(modality: str, pieces: list[Piece], plain: str, *, past: bool) -> None:
    assert Realiser(TONGUE, past=past)(modality, pieces).plain == plain


def test_a_clause_takes_the_case_of_the_noun_and_the_person_of_a_second_mention() -> None:
    sentence = Realiser(TONGUE).fixed("nothing", "face")
    assert sentence.plain == "None in-tan mu."
    assert sentence.before + "…" + sentence.after == "Ta say …; none in-lin mu."
