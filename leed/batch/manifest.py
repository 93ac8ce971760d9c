"""The manifest of a data set: what it is made of, by what, and what is missing."""

from __future__ import annotations

import json
import platform
from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime
from importlib.metadata import version
from typing import TYPE_CHECKING, Any, Final

from leed.batch.rows import VERSION as FORM

if TYPE_CHECKING:
    from leed.batch.corpus import Report
    from leed.batch.work import Share
    from leed.describer import Describer

VERSION: Final = "manifest/1"
_PACKAGES: Final = ("leed", "numpy", "pyarrow", "msgspec", "fsspec")


def begun(describer: Describer, files: int) -> bytes:
    """Return the manifest of a data set that is being written."""
    return _packed({**_about(describer), "complete": False, "files": {"given": files}})


def ended(describer: Describer, report: Report, shares: Iterable[Share]) -> bytes:
    """Return the manifest of a data set that is written: counts, by part of the data set, and what failed."""
    rows: Counter[str] = Counter()
    for share in shares:
        for place, count in share.parts.items():
            rows[place.rpartition("/")[0]] += count
    return _packed(
        {
            **_about(describer),
            "complete": True,
            "rows": report.rows,
            "rows_by_folder": dict(sorted(rows.items())),
            "files": {
                "described": report.files,
                "of_earlier_runs": report.before,
                "not_asked_for_this_time": report.others,
                "failed": len(report.failed),
                "left_out": len(report.left_out),
            },
            "failed": [{"file": file, "reason": reason} for file, reason in report.failed.items()],
            "left_out": [{"file": file, "reason": reason} for file, reason in report.left_out.items()],
            "twice": [{"file": file, "like": other} for file, other in report.twice.items()],
            "issues": [{"code": code, "count": n, "first": first} for code, (n, first) in report.issues.items()],
        }
    )


def _about(describer: Describer) -> dict[str, Any]:
    return {
        "version": VERSION,
        "rows_version": FORM,
        "written": datetime.now(UTC).isoformat(timespec="seconds"),
        "fingerprint": describer.fingerprint,
        "describer": {
            "scale": describer.scale.name,
            "calibration": describer.calibration.name,
            "top": describer.top or "all",
            "lang": describer.lang,
            "person": describer.person,
            "tense": describer.tense,
            "ignore": sorted(describer.ignore),
            "allow": sorted(describer.allow),
            "quote": describer.quote,
        },
        "packages": {"python": platform.python_version(), **{name: version(name) for name in _PACKAGES}},
    }


def _packed(document: dict[str, Any]) -> bytes:
    return json.dumps(document, ensure_ascii=False, indent=1).encode("utf-8", "replace")
