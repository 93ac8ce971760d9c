"""From words to sentences, utterances and turns."""

import math

import pytest

from leed.errors import OptionError
from leed_adapters.media import Boundaries, Stretch

WORDS = Boundaries(
    "word",
    (
        Stretch(0.0, 0.3, "Are", "A"),
        Stretch(0.3, 0.6, "you?", "A"),
        Stretch(0.7, 1.0, "Well,", "A"),
        Stretch(1.9, 2.2, "tell.", "A"),
        Stretch(2.3, 2.6, "No.", "B"),
        Stretch(2.7, 3.0, "Oh.", "A"),
    ),
)


def told(found: Boundaries) -> list[tuple[float, float, str | None, str | None]]:
    return [(s.begin, s.end, s.text, s.speaker) for s in found.stretches]


def test_sentences_end_with_a_full_stop_or_a_long_pause() -> None:
    assert told(WORDS.at("sentence")) == [
        (0.0, 0.6, "Are you?", "A"),
        (0.7, 2.2, "Well, tell.", "A"),
        (2.3, 2.6, "No.", "B"),
        (2.7, 3.0, "Oh.", "A"),
    ]


def test_utterances_end_with_a_pause() -> None:
    assert told(WORDS.at("utterance")) == [
        (0.0, 1.0, "Are you? Well,", "A"),
        (1.9, 3.0, "tell. Oh.", "A"),
        (2.3, 2.6, "No.", "B"),
    ]
    assert told(WORDS.at("utterance", pause=0.05))[1] == (0.7, 1.0, "Well,", "A")


def test_turns_end_with_another_speaker() -> None:
    assert told(WORDS.at("turn")) == [
        (0.0, 2.2, "Are you? Well, tell.", "A"),
        (2.3, 2.6, "No.", "B"),
        (2.7, 3.0, "Oh.", "A"),
    ]


def test_a_speaker_without_a_name_is_somebody_else() -> None:
    words = Boundaries(
        "word", (Stretch(0, 1, "a", "A"), Stretch(1, 2, "b"), Stretch(2, 3, "c", "A"), Stretch(3, 4, "d"))
    )
    assert told(words.at("turn")) == [(0, 1, "a", "A"), (1, 2, "b", None), (2, 3, "c", "A"), (3, 4, "d", None)]


def test_one_voice_without_a_name_is_one_turn() -> None:
    words = Boundaries("word", (Stretch(0, 1, "a"), Stretch(1, 2, "b")))
    assert told(words.at("turn")) == [(0, 2, "a b", None)]


def test_channels_are_kept_and_are_speakers() -> None:
    words = Boundaries(
        "word", (Stretch(0, 1, "a", channel=0), Stretch(1, 2, "b", channel=1), Stretch(2, 3, "c", channel=0))
    )
    assert [(s.text, s.channel) for s in words.at("turn").stretches] == [("a", 0), ("b", 1), ("c", 0)]


def test_words_without_times_stay_where_they_are() -> None:
    words = Boundaries("word", (Stretch(0, 1, "In"), Stretch(text="2026"), Stretch(1.5, 2, "then.")))
    assert told(words.at("sentence")) == [(0, 2, "In 2026 then.", None)]


def test_the_same_granularity_and_nothing_at_all_stay_the_same() -> None:
    assert WORDS.at("word") == WORDS
    assert Boundaries("word", ()).at("turn") == Boundaries("turn", ())
    assert len(WORDS) == 6


def test_down_is_refused_with_what_to_do() -> None:
    with pytest.raises(OptionError) as error:
        WORDS.at("turn").at("word")
    assert str(error.value) == (
        "granularity 'word' is below what these boundaries have, which are turns: give one of turn, or a transcript "
        "with times for each word"
    )


@pytest.mark.parametrize("granularity", ["frame", "Word"])
def test_an_unknown_granularity_is_refused(granularity: str) -> None:
    with pytest.raises(OptionError, match="is not known: give one of word, sentence, utterance, turn"):
        WORDS.at(granularity)
    with pytest.raises(OptionError, match="is not known: give one of word, sentence, utterance, turn"):
        Boundaries(granularity, ())


def test_times_are_known_or_not() -> None:
    assert [s.is_timed for s in (Stretch(), Stretch(1.0), Stretch(1.0, math.inf), Stretch(1.0, 2.0))] == [
        False,
        False,
        False,
        True,
    ]
