"""Headless Chromium, watched: a page that complains, reaches elsewhere or breaks its policy fails its test; and axe."""

import base64
import gc
import hashlib
import os
import subprocess
import tarfile
import warnings
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Dialog, Page, Request, sync_playwright

from tests.support.parts import program

DESKTOP = {"width": 1280, "height": 900}
PHONE = {"width": 320, "height": 640}
SIZES = {"desktop": DESKTOP, "phone": PHONE}

AXE = "4.14.1"
AXE_DIGEST = "FHfa+lmNjQZfJz1q8wKqIDwC6DExcHt/pkjNQb09a3NPjCKg2rhu5qb2S4r76ASyFNNtuFooJpZe37OgudVGtQ=="
"""Of its archive, as npm has it: SHA-512 in base 64."""

_VIOLATIONS = """
window.__violations = [];
document.addEventListener('securitypolicyviolation', (e) => {
  window.__violations.push(`${e.violatedDirective} ${e.blockedURI}`);
});
window.__ran = [];
"""


@dataclass
class Watch:
    """What a page did that it should not have."""

    faults: list[str] = field(default_factory=list)

    def look_at(self, page: Page, origin: str) -> None:
        """Collect errors and warnings of the console, uncaught errors, and requests to anywhere but the origin."""

        def said(message: ConsoleMessage) -> None:
            if message.type in ("error", "warning"):
                self.faults.append(message.text)

        def asked(dialog: Dialog) -> None:
            self.faults.append(f"dialog: {dialog.message}")
            dialog.dismiss()

        def reached(request: Request) -> None:
            if not request.url.startswith(origin):
                self.faults.append(f"reached {request.url}")

        page.on("pageerror", lambda error: self.faults.append(f"uncaught: {error}"))
        page.on("console", said)
        page.on("dialog", asked)
        page.on("request", reached)


@contextmanager
def chromium() -> Generator[Browser]:
    """Debian's browser; root needs it without a sandbox."""
    options = ["--no-sandbox"] if os.geteuid() == 0 else []
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=str(program("chromium")), args=options)
            try:
                yield browser
            finally:
                browser.close()
    finally:
        with warnings.catch_warnings():  # playwright leaves a socket to its driver open
            warnings.simplefilter("ignore", ResourceWarning)
            gc.collect()


@contextmanager
def watched(browser: Browser, origin: str, *, allowed: tuple[str, ...] = (), **options: Any) -> Generator[Page]:
    """A new page; at the end it has made no fault but those whose text holds one of ``allowed``."""
    settings: dict[str, Any] = {"viewport": DESKTOP, **options}
    context = browser.new_context(**settings)
    context.add_init_script(_VIOLATIONS)
    page = context.new_page()
    watch = Watch()
    watch.look_at(page, origin)
    try:
        yield page
        violations = page.evaluate("window.__violations")
    finally:
        context.close()
    assert violations == []
    assert [fault for fault in watch.faults if not any(text in fault for text in allowed)] == []


def fetched_axe(folder: Path) -> Path:
    """The file of axe-core, fetched by npm into a folder if it is not there yet, and checked.

    Raises:
        OSError, subprocess.SubprocessError: npm cannot fetch it.
    """
    script = folder / "package" / "axe.min.js"
    if script.is_file():
        return script
    command = ["npm", "pack", f"axe-core@{AXE}", "--pack-destination", str(folder), "--silent"]
    subprocess.run(command, check=True, capture_output=True, timeout=120, cwd=folder)
    archive = folder / f"axe-core-{AXE}.tgz"
    digest = base64.b64encode(hashlib.sha512(archive.read_bytes()).digest()).decode()
    assert digest == AXE_DIGEST, f"axe-core {AXE} is not what it was"
    with tarfile.open(archive) as packed:
        packed.extract("package/axe.min.js", folder, filter="data")
    return script


def serious(page: Page, axe: str) -> list[str]:
    """What axe-core finds in a page that is serious or critical: the rule, and where."""
    page.evaluate(axe)
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    assert found["passes"], "axe has looked at nothing"
    return [
        f"{rule['id']}: {node['target']} {node.get('failureSummary', '')}"
        for rule in found["violations"]
        if rule["impact"] in ("serious", "critical")
        for node in rule["nodes"]
    ]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as found:
        yield found


@pytest.fixture(scope="session")
def axe(request: pytest.FixtureRequest) -> str:
    """The source of axe-core; without npm's registry its tests are skipped, or fail where LEED_REQUIRE names node."""
    folder = Path(request.config.cache.mkdir(f"axe-core-{AXE}"))
    try:
        return fetched_axe(folder).read_text(encoding="utf-8")
    except (OSError, subprocess.SubprocessError) as error:
        why = f"axe-core {AXE} cannot be fetched by npm: {type(error).__name__}"
        if "node" in os.environ.get("LEED_REQUIRE", ""):
            pytest.fail(why)
        pytest.skip(why)
