"""Write the pictures of docs/: ``python -m tests.screenshots`` (needs Chromium).

They show the playground with samples of its own, and the report of one of them.
"""

import sys
import tempfile
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser

import leed
from leed.report import make_report, to_html
from leed_adapters.gateway.api import routes as api_routes
from leed_adapters.gateway.playground import routes as page_routes
from tests.support.browser import chromium
from tests.support.parts import ROOT
from tests.support.serving import served

DOCS = ROOT / "docs"
MEETING = ROOT / "adapters/leed_adapters/gateway/playground/samples/meeting.json"
LARGEST = 200_000  # bytes of a picture

PICTURES = {
    "playground-light": ("sample=call.json&at=0.1", "light", 1200, 940),
    "playground-dark": ("sample=against.json&at=1.0", "dark", 1200, 1150),
    "playground-phone": ("scores=Sadness:0.34,Distress:0.21&modality=prosody&text=I%27m+fine", "light", 390, 1250),
}
"""By name: what the address says, the colours, and the size."""


def shoot(browser: Browser, address: str, path: Path, *, scheme: str, width: int, height: int) -> None:
    """Write one picture."""
    options: dict[str, Any] = {"viewport": {"width": width, "height": height}, "color_scheme": scheme}
    context = browser.new_context(**options)
    page = context.new_page()
    page.goto(address)
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(500)
    page.screenshot(path=str(path))
    context.close()
    if path.stat().st_size > LARGEST:
        sys.exit(f"{path.name} has {path.stat().st_size} bytes; {LARGEST} are enough")


def main() -> None:
    """Write all pictures."""
    with (
        chromium() as browser,
        served([*api_routes(), *page_routes()]) as site,
        tempfile.TemporaryDirectory() as folder,
    ):
        for name, (fragment, scheme, width, height) in PICTURES.items():
            path = DOCS / f"{name}.png"
            shoot(browser, f"{site.url}/#{fragment}", path, scheme=scheme, width=width, height=height)
        page = Path(folder) / "report.html"
        report = make_report(leed.read(MEETING), title="Three in a meeting", tense="past")
        page.write_text(to_html(report), encoding="utf-8")
        shoot(browser, page.as_uri(), DOCS / "report.png", scheme="light", width=1000, height=1250)


if __name__ == "__main__":
    main()
