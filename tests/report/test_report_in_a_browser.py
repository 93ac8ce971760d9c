"""The page of a report in a browser: it stands alone, runs nothing foreign, and axe-core finds nothing serious."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Browser

import leed
from leed.report import make_report, to_html
from tests.support.browser import SIZES, axe, browser, serious, watched
from tests.support.talks import six_minutes

__all__ = ["axe", "browser"]

pytestmark = pytest.mark.needs_chromium

HOSTILE = "</style></title><script>window.__ran.push('y')</script><img src=x onerror=\"window.__ran.push('x')\">"

Written = Callable[[leed.Recording], str]


@pytest.fixture
def written(tmp_path: Path) -> Written:
    def write(recording: leed.Recording) -> str:
        page = tmp_path / "report.html"
        page.write_text(to_html(make_report(recording)), encoding="utf-8")
        return page.as_uri()

    return write


def test_a_hostile_recording_runs_nothing(browser: Browser, written: Written) -> None:
    said = {"source": HOSTILE, "speaker": HOSTILE, "text": HOSTILE, "prosody": {HOSTILE: 0.5, "Joy": 0.4}}
    rows = [{"begin": i, "end": i + 1, **said} for i in range(3)]
    with watched(browser, "file:") as page:
        page.goto(written(leed.read(rows)))
        page.wait_for_timeout(200)
        assert page.evaluate("window.__ran") == []
        assert page.locator("script, img, iframe, link, [onerror]").count() == 0
        assert "<script>" in page.locator("main").inner_text()


def test_it_is_read_without_script(browser: Browser, written: Written) -> None:
    address = written(six_minutes())
    with watched(browser, "file:") as page:
        page.goto(address)
        told = page.locator("main").inner_text()
    context = browser.new_context(java_script_enabled=False)
    plain = context.new_page()
    plain.goto(address)
    assert plain.locator("main").inner_text() == told
    assert plain.locator("figure svg[role=img]").count() == 3
    context.close()


def test_a_phone_has_nothing_beyond_its_edge(browser: Browser, written: Written) -> None:
    with watched(browser, "file:", viewport=SIZES["phone"], is_mobile=True) as page:
        page.goto(written(six_minutes()))
        assert page.evaluate("document.documentElement.scrollWidth") == 320


@pytest.mark.needs_node
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", list(SIZES))
def test_axe_finds_nothing_serious(browser: Browser, written: Written, axe: str, size: str, scheme: str) -> None:
    with watched(browser, "file:", viewport=SIZES[size], color_scheme=scheme) as page:
        page.goto(written(six_minutes()))
        for summary in page.locator("summary").all():
            summary.click()
        assert serious(page, axe) == []


def test_it_prints(browser: Browser, written: Written) -> None:
    with watched(browser, "file:") as page:
        page.goto(written(six_minutes()))
        assert page.pdf().startswith(b"%PDF")
