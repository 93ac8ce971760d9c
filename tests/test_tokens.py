"""How many tokens a text is: exactly if the files are there, else from above, and never by the network."""

import hashlib
import sys
import tempfile
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType

import pytest

import leed
from leed.tokens import count_tokens, encodings, estimate_of, get_counter, one_token_words
from leed.tokens.encodings import ENCODINGS, Encoding
from tests.support.parts import ROOT

EXAMPLE = (
    'Anna sounded calm, then increasingly anxious after "the deadline", peaking at very anxious (4:10). '
    "Ben sounded quite amused until 2:30, then neutral. Caro sounded somewhat bored throughout."
)


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("", 0),
        ("They sound quite sad.", 5),
        (EXAMPLE, 49),
        ("4:10", 3),
        ("at 4:10", 5),
        ("1234567", 3),
        ("Przybylski", 4),
        ("Größe", 3),
        ("你好", 3),
        ("🎉", 4),
        ("a  b\n", 4),
        ("\ud83d", 1),
    ],
)
def test_the_estimate(text: str, tokens: int) -> None:
    assert count_tokens(text, "estimate") == tokens


def test_an_estimate_says_so() -> None:
    counter = get_counter("estimate")
    assert (counter.name, counter.exact) == ("estimate of o200k_base", False)


def test_a_counter_of_ones_own_counts() -> None:
    counter = get_counter(len)
    assert (counter("three"), counter.name, counter.exact) == (5, "len", True)
    assert get_counter(counter) is counter


def test_what_is_no_counter_is_refused() -> None:
    with pytest.raises(leed.LeedError, match=r"counter .gpt-2.*o200k_base"):
        get_counter("gpt-2")
    with pytest.raises(leed.LeedError, match="takes a str, not int"):
        count_tokens(3)  # type: ignore[arg-type]


# --- files


class FakeEncoding:
    """tiktoken's Encoding as far as it is used: a token for every byte pair that is a rank, else for every byte."""

    def __init__(self, name: str, *, pat_str: str, mergeable_ranks: dict[bytes, int], special_tokens: object) -> None:
        assert pat_str == ENCODINGS[name].pattern
        assert special_tokens == {}
        self.ranks = mergeable_ranks

    def encode_ordinary(self, text: str) -> list[int]:
        return [self.ranks[text.encode()[i : i + 2]] for i in range(0, len(text), 2)]


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder for tiktoken's files, with a tiktoken that knows only the pair "ab", and no other folder."""
    fake = ModuleType("tiktoken")
    fake.Encoding = FakeEncoding  # type: ignore[attr-defined]
    fake.__spec__ = ModuleSpec("tiktoken", None)
    monkeypatch.setitem(sys.modules, "tiktoken", fake)
    for setting in ("TIKTOKEN_CACHE_DIR", "DATA_GYM_CACHE_DIR"):
        monkeypatch.delenv(setting, raising=False)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    content = b"YWI= 7\n"
    known = {name: Encoding(hashlib.sha256(content).hexdigest(), e.pattern) for name, e in ENCODINGS.items()}
    monkeypatch.setattr(encodings, "ENCODINGS", known)
    folder = tmp_path / "cache"
    folder.mkdir()
    (folder / "fb374d419588a4632f3f557e76b4b70aebbca790").write_bytes(content)
    return folder


def test_a_file_that_is_there_counts_exactly(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TIKTOKEN_CACHE_DIR", str(cache))
    counter = get_counter()
    assert (counter("ababab"), counter.name, counter.exact) == (3, "o200k_base", True)
    assert not get_counter("cl100k_base").exact, "its file is not there"


def test_a_file_with_other_content_is_left_alone(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TIKTOKEN_CACHE_DIR", str(cache))
    (file,) = cache.iterdir()
    file.write_bytes(b"YWI= 8\n")
    assert get_counter().name == "estimate of o200k_base"
    assert file.read_bytes() == b"YWI= 8\n"


def test_the_files_that_litellm_brings_are_found_without_importing_it(
    tmp_path: Path, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tmp_path / "site" / "litellm"
    (package / "litellm_core_utils").mkdir(parents=True)
    (package / "__init__.py").write_text("raise SystemExit('litellm was imported')")
    cache.rename(package / "litellm_core_utils" / "tokenizers")
    monkeypatch.syspath_prepend(str(package.parent))
    monkeypatch.delitem(sys.modules, "litellm", raising=False)  # as before other tests imported it
    assert get_counter().exact
    assert "litellm" not in sys.modules


def test_without_tiktoken_it_is_an_estimate(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TIKTOKEN_CACHE_DIR", str(cache))
    monkeypatch.setitem(sys.modules, "tiktoken", None)
    assert not get_counter().exact


# --- the real encodings


@pytest.mark.needs_tokens
@pytest.mark.parametrize("name", ENCODINGS)
def test_the_estimate_is_from_above(name: str) -> None:
    counter, estimate = get_counter(name), estimate_of(name)
    for page in (ROOT / "README.md", ROOT / "docs" / "architecture.md", *ROOT.glob("leed/lexicon/data/*.json")):
        for paragraph in page.read_text(encoding="utf-8").split("\n\n"):
            assert estimate(paragraph) >= counter(paragraph)


@pytest.mark.needs_tokens
def test_the_words_that_are_one_token_are() -> None:
    for name in ENCODINGS:
        counter = get_counter(name)
        assert [word for word in one_token_words() if counter(f" {word}") != 1] == []


@pytest.mark.needs_tokens
def test_the_example_is_42_tokens_and_control_tokens_are_text() -> None:
    assert get_counter()(EXAMPLE) == 42
    assert get_counter()("<|endoftext|>") > 1
