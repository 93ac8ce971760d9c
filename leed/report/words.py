"""The headings and notes of a report, in the languages that leed has words for; in any other they are English."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

import msgspec

LANGUAGES = ("en", "de")


class Words(msgspec.Struct, frozen=True):
    """The words of one language; those in braces are filled in."""

    source: str
    report: str
    caveat: str
    summary: str
    people: str
    timeline: str
    moments: str
    segments: str
    issues: str
    left_out: str
    provenance: str
    time: str
    begin: str
    end: str
    who: str
    source_title: str
    modality: str
    text: str
    sentence: str
    terms: str
    table_of: str
    phases: str
    measured: str
    plot: str
    plot_untimed: str
    plot_rest: str
    score: str
    nothing: str
    no_issues: str
    rest_segments: str
    rest_plots: str
    rest_labels: str
    rest_points: str
    rest_issues: str
    rest_sources: str
    made_with: str
    scale: str
    calibration: str
    lexicon: str
    taxonomies: str
    fingerprint: str
    somebody: str


@cache
def words_of(lang: str) -> Words:
    """Return the words of a language.

    >>> words_of("de").summary, words_of("mine.json").summary
    ('Zusammenfassung', 'Summary')
    """
    name = lang if lang in LANGUAGES else LANGUAGES[0]
    return msgspec.json.decode((files("leed.report") / "words" / f"{name}.json").read_bytes(), type=Words)
