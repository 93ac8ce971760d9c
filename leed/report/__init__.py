"""A recording as a report: data first, then one self-contained page.

>>> import leed
>>> from leed.report import make_report, to_html
>>> recording = leed.read([{"begin": 0, "end": 2, "speaker": "Anna", "text": "Oh.", "prosody": {"Anxiety": 0.3}}])
>>> report = make_report(recording, title="A call")
>>> report.summary
'Anna said "Oh." and sounds quite anxious.'
>>> to_html(report).splitlines()[0]
'<!doctype html>'
"""

from __future__ import annotations

from leed.report.data import Report
from leed.report.making import Limits, make_report
from leed.report.page import to_html

__all__ = ["Limits", "Report", "make_report", "to_html"]
