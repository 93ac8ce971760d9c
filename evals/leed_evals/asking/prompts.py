"""Prompts of the evaluations: templates of `leed_prompts`, with a version in their names."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Any

from jinja2 import Environment, StrictUndefined, Template

VERSION = 1


def prompt(name: str, **words: Any) -> str:  # noqa: ANN401 - what the template takes
    """Return a template filled in.

    >>> prompt("rating", sentence="They sound quite sad.", certainty=False, meaning="sadness").splitlines()[-1]
    'Answer with one whole number from 0 to 100 and nothing else.'
    """
    return _template(name).render(**words).strip()


@cache
def _template(name: str) -> Template:
    source = (files("leed_prompts") / f"{name}.v{VERSION}.j2").read_text(encoding="utf-8")
    return Environment(undefined=StrictUndefined, autoescape=False).from_string(source)  # noqa: S701 - no HTML
