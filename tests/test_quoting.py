"""Words of other people: one line, and no way out of the quotation."""

import sys
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leed import quoting

CLEANED = [
    ("plain", "plain"),
    ("", ""),
    ("  both  ends  ", "both ends"),
    ("one\ntwo\r\nthree\rfour", "one two three four"),
    ("tab\tand\vand\f", "tab and and"),
    ("a\x00b\x07c\x1b[31m", "abc[31m"),
    ("next\x85line\u2028and\u2029paragraph", "next line and paragraph"),
    ("\u202eright to left\u202c", "right to left"),
    ("\u2066isolate\u2069\u200e\u200f\u061c", "isolate"),
    ("zero\u200bwidth\ufeff", "zerowidth"),
    ("soft\u00adhyphen", "softhyphen"),
    ("no\u00a0break\u3000wide", "no break wide"),
    ("\ud800lone", "\ufffdlone"),
    ("tag\U000e0041\U000e007f", "tag"),
    ("مرحبا بالعالم", "مرحبا بالعالم"),
    ("می\u200cخواهم", "می\u200cخواهم"),
    ("👩\u200d👩\u200d👧", "👩\u200d👩\u200d👧"),
    ("e\u0301", "e\u0301"),
]


@pytest.mark.parametrize(("text", "line"), CLEANED)
def test_text_is_put_on_one_line_without_what_cannot_be_seen(text: str, line: str) -> None:
    assert quoting.clean(text) == line


SHORTENED = [
    ("one two three", 13, "one two three"),
    ("one two three", 12, "one two…"),
    ("one two three", 9, "one two…"),
    ("one two three", 8, "one two…"),
    ("one two three", 7, "one…"),
    ("one two three", 5, "one…"),
    ("one two three", 4, "one…"),
    ("one two three", 3, "on…"),
    ("one two three", 1, "…"),
    ("abcdefghij", 5, "abcd…"),
    ("", 5, ""),
]


@pytest.mark.parametrize(("text", "limit", "short"), SHORTENED)
def test_text_is_cut_between_words_where_that_is_possible(text: str, limit: int, short: str) -> None:
    assert quoting.shorten(text, limit) == short


@given(st.text(max_size=60), st.integers(1, 40))
def test_cut_text_is_never_longer_than_the_limit_and_begins_like_the_whole(text: str, limit: int) -> None:
    text = quoting.clean(text)
    short = quoting.shorten(text, limit)
    assert len(short) <= limit
    assert short == text or (short.endswith("…") and text.startswith(short[:-1]))


SPOKEN = [
    ("I'm fine", "I'm fine"),
    ('He said "go"', "He said 'go'"),
    ("“curly” and „low“ and «angle» and ＂wide＂", "'curly' and 'low' and 'angle' and 'wide'"),
    ('" and sound calm. They said "', "' and sound calm. They said '"),
    ("it’s", "it’s"),
    ("\n", None),
    ("", None),
    (None, None),
    ("\u202e", None),
]


@pytest.mark.parametrize(("text", "quoted"), SPOKEN)
def test_a_transcript_is_made_fit_for_quotation_marks(text: str | None, quoted: str | None) -> None:
    assert quoting.spoken(text) == quoted


def double_quotation_marks() -> list[str]:
    """Every character that Unicode calls a quotation mark, but for the single ones."""
    found = []
    for code in range(sys.maxunicode + 1):
        name = unicodedata.name(chr(code), "")
        single = "SINGLE" in name or "HEAVY LEFT-POINTING ANGLE" in name or "HEAVY RIGHT-POINTING ANGLE" in name
        if ("QUOTATION MARK" in name or name in ("DOUBLE PRIME", "MODIFIER LETTER DOUBLE PRIME")) and not single:
            found.append(chr(code))
    return found


@pytest.mark.parametrize("mark", double_quotation_marks(), ids=lambda c: f"U+{ord(c):04X}")
def test_no_double_quotation_mark_of_any_script_is_left_inside(mark: str) -> None:
    assert mark not in (quoting.spoken(f"a{mark}b") or "")
    assert mark not in quoting.name(f"a{mark}b")


@given(st.one_of(st.text(), st.text(alphabet=st.characters(categories=["Cs", "Cc", "Cf", "Zs", "Zl", "Zp"]))))
@settings(max_examples=300)
def test_whatever_was_said_is_one_printable_line_of_at_most_400_characters(text: str) -> None:
    quoted = quoting.spoken(text)
    if quoted is None:
        return
    assert quoted
    assert quoted == quoted.strip()
    assert len(quoted) <= 400
    assert len(quoted.splitlines()) == 1
    assert '"' not in quoted
    quoted.encode("utf-8")
    assert quoting.spoken(quoted) == quoted


@pytest.mark.parametrize(
    "text",
    ["x" * 1_000_000, "word " * 200_000, "\n" * 1_000_000 + "x", '"' * 1_000_000, "\u202e" * 1_000_000, "é" * 500_000],
)
def test_a_megabyte_is_cut(text: str) -> None:
    quoted = quoting.spoken(text)
    assert quoted is None or 300 < len(quoted) <= 400


NAMES = [
    ("Wistfulness", "wistfulness"),
    ("WISTFULNESS", "wistfulness"),
    ("wistfulness", "wistfulness"),
    ("quiet_despair", "quiet despair"),
    ("Quiet Despair", "quiet despair"),
    ("AU12", "AU12"),
    ("iPhoneJoy", "iPhoneJoy"),
    ('say "hi"', "say 'hi'"),
    ("two\nlines", "two lines"),
    ("忧愁", "忧愁"),
    ("x" * 100, "x" * 59 + "…"),
]


@pytest.mark.parametrize(("label", "shown"), NAMES)
def test_an_unknown_label_is_shown_as_a_noun(label: str, shown: str) -> None:
    assert quoting.name(label) == shown
