"""leed lexicon: what a lexicon lacks, and the words to start from."""

import io
import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from leed.cli import main
from leed.lexicon import LANGUAGES, source_of

Answer = tuple[int, str, str]
Leed = Callable[..., Answer]


@pytest.fixture
def run(capfdbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch) -> Leed:
    """A function that runs `leed` in this process and gives its status, stdout and stderr."""

    def call(*arguments: str, stdin: bytes = b"") -> Answer:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin)))
        with pytest.raises(SystemExit) as ended:
            main(arguments)
        out, err = capfdbinary.readouterr()
        assert isinstance(ended.value.code, int)
        return ended.value.code, out.decode(), err.decode()

    return call


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_language_that_leed_speaks_is_complete(lang: str, run: Leed) -> None:
    assert run("lexicon", "check", lang) == (0, f"lexicon {lang}: complete\n", "")


def test_it_is_shown_as_it_is_written_and_checked_from_standard_input(run: Leed) -> None:
    status, out, err = run("lexicon", "show", "de")
    assert (status, out.encode(), err) == (0, source_of("de"), "")
    assert run("lexicon", "check", "-", stdin=out.encode())[0] == 0


def test_faults_are_lines_and_status_1(run: Leed, tmp_path: Path) -> None:
    plain = json.loads(source_of("de"))
    del plain["words"]["awe"], plain["grammar"]["but"]
    plain["grammar"]["aber"] = ", aber "
    path = tmp_path / "mine.json"
    path.write_text(json.dumps(plain), encoding="utf-8")
    assert run("lexicon", "check", str(path)) == (
        1,
        'grammar.but: missing (English: ", but ")\nwords.awe: missing (English: "awed")\ngrammar.aber: unknown\n',
        f"leed: error: lexicon {path}: faults: 3, of which 2 must be mended before leed can speak it\n",
    )
    first = f'leed: error: lexicon {path}: grammar.but: missing (English: ", but "), and 1 more; '
    described = run("describe", "--lang", str(path), "-", stdin=b'{"Joy": 0.84}')
    assert described == (1, "", f"{first}`leed lexicon check {path}` lists all\n")


def test_a_language_that_nobody_wrote_is_one_line(run: Leed) -> None:
    assert run("lexicon", "check", "fr") == (
        1,
        "",
        "leed: error: lang 'fr' is not known: give one of en, de, a JSON file\n",
    )


def test_help_says_what_it_does(run: Leed) -> None:
    status, out, _ = run("lexicon", "--help")
    assert status == 0
    assert "leed lexicon show en > mine.json" in out
    assert "leed lexicon check mine.json" in out
