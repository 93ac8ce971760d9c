"""Measures the estimate of tokens, or writes the words it knows: ``python -m leed_evals.token_estimate [DJANGO]``.

It needs tiktoken and the files of its encodings on disk (`leed.tokens`). With the folder of an unpacked Django, whose
translations are real sentences in many languages, it prints by language how far the estimate is above the true count.
With ``--write FILE`` it writes the words of leed's own sentences and pages that are one token in all encodings.
"""

from __future__ import annotations

import argparse
import json
import re
import statistics
import sys
from collections.abc import Callable, Iterable
from pathlib import Path

from leed.lexicon import LANGUAGES
from leed.tokens import TokenCounter, estimate_of, get_counter
from leed.tokens.encodings import ENCODINGS

LANGS = "de fr es it nl sv da nb pl cs sk hu fi et lv lt ro hr sl pt ga cy el bg uk ru tr ca is"
"""Of Europe, beside English."""
_MESSAGE = re.compile(r'^(msgid|msgstr) ((?:".*"\n?)+)', re.MULTILINE)
_NO_WORDS = re.compile(r"%\(\w+\)s|%[sd]|\{\w*\}|<[^>]+>")
_LEAST = 40  # characters that make a sentence


def sentences(folder: Path, lang: str) -> list[str]:
    """Return the translated sentences of a language in an unpacked Django; for "en" those that were translated."""
    wanted = "msgid" if lang == "en" else "msgstr"
    found = set()
    for path in sorted(folder.glob(f"**/locale/{'de' if lang == 'en' else lang}/**/*.po")):
        for kind, quoted in _MESSAGE.findall(path.read_text(encoding="utf-8")):
            if kind == wanted:
                text = "".join(json.loads(line) for line in quoted.splitlines())
                found.add(" ".join(_NO_WORDS.sub("", text).split()))
    return sorted(text for text in found if len(text) >= _LEAST and "://" not in text and ": " not in text[:30])


def own_words(root: Path) -> list[str]:
    """Return the words of leed's lexicons and pages."""
    pages = [*root.glob("leed/lexicon/data/*.json"), *root.glob("docs/*.md"), *root.glob("*.md")]
    text = "\n".join(page.read_text(encoding="utf-8") for page in pages)
    return sorted(set(re.findall(r"[^\W\d_]{3,}", text)))


def one_token(words: Iterable[str], counters: Iterable[Callable[[str], int]]) -> list[str]:
    """Return the words that each counter takes for one token where a space stands before them."""
    listed = list(counters)
    return [word for word in words if all(count(f" {word}") == 1 for count in listed)]


def _exact() -> dict[str, TokenCounter]:
    counters = {name: get_counter(name) for name in ENCODINGS}
    missing = [name for name, counter in counters.items() if not counter.exact]
    if missing:
        sys.exit(f"token_estimate: no file of {', '.join(missing)} on disk: install tiktoken and litellm")
    return counters


def _table(folder: Path) -> None:
    for name, counter in _exact().items():
        estimate = estimate_of(name)
        print(f"{name}\nlang sentences mean  least below")
        for lang in ("en", *LANGS.split()):
            ratios = [estimate(text) / counter(text) for text in sentences(folder, lang)]
            if ratios:
                below = sum(ratio < 1 for ratio in ratios)
                print(f"{lang:4} {len(ratios):9} {statistics.mean(ratios):4.2f} {min(ratios):6.2f} {below:5}")


def main() -> None:
    """Print the table, or write the words."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("django", nargs="?", type=Path, help="the folder of an unpacked Django")
    parser.add_argument("--write", type=Path, metavar="FILE", help="write the words that are one token")
    given = parser.parse_args()
    if given.write is not None:
        root = Path(__file__).resolve().parents[2]
        words = one_token(own_words(root), _exact().values())
        source = f"words of leed's lexicons ({', '.join(LANGUAGES)}) and pages that are one token behind a space in "
        plain = {"version": "2026-11-20", "source": source + " and ".join(ENCODINGS), "words": words}
        given.write.write_text(json.dumps(plain, ensure_ascii=False) + "\n", encoding="utf-8")
    if given.django is not None:
        _table(given.django)


if __name__ == "__main__":
    main()
