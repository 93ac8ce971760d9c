"""A report as one self-contained page: no network, no script; plots are SVG, with their numbers as tables."""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from leed import quoting
from leed.lexicon import LANGUAGES, get_lexicon
from leed.report.data import Report
from leed.report.drawing import HEIGHT, WIDTH, drawing_of
from leed.report.words import words_of
from leed.timeline.wording import clock

if TYPE_CHECKING:
    from jinja2 import Template


def to_html(report: Report) -> str:
    """Return the page of a report.

    Whatever a transcript, a label or a name holds is shown as text. The page carries a policy of its own, by which a
    browser would run nothing in it either way.
    """
    style = (files("leed.report") / "templates" / "report.css").read_text(encoding="utf-8")
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    page: str = _template().render(
        report=report,
        words=words_of(report.lang),
        titles=get_lexicon(report.lang if report.lang in LANGUAGES else "en").titles,
        drawings=[drawing_of(plot) for plot in report.plots],
        width=WIDTH,
        height=HEIGHT,
        style=style,
        policy=f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'",
    )
    return page


@cache
def _template() -> Template:
    from jinja2 import Environment, FunctionLoader, StrictUndefined  # noqa: PLC0415 - loaded at the first page

    source = (files("leed.report") / "templates" / "report.html.j2").read_text(encoding="utf-8")
    environment = Environment(
        loader=FunctionLoader({"report": source}.get),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    own: dict[str, Any] = {"line": _line, "clock": _clock, "score": _score, "title_of": _title}
    environment.filters.update(own)
    return environment.get_template("report")


def _line(text: str | None) -> str:
    """Text of somebody else on one line, without what would steer it."""
    return "" if text is None else quoting.shorten(quoting.clean(text[:4000]), 500)


def _clock(seconds: float | None) -> str:
    """A time as minutes and seconds; empty for none, and for what is a date."""
    if seconds is None or not abs(seconds) < 360_000:  # noqa: PLR2004 - 100 hours, as the timeline has it
        return ""
    return f"-{clock(-seconds)}" if seconds < 0 else clock(seconds)


def _score(value: float | None) -> str:
    return "–" if value is None else f"{value:.2f}"


def _title(modality: str | None, titles: dict[str, str]) -> str:
    """What a modality is called; empty for none."""
    return "" if modality is None else titles.get(modality, modality)
