"""The playground in a browser: what goes in, what is seen, what can be shared; and that nothing foreign runs."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from leed_adapters.gateway.api import routes as api_routes
from leed_adapters.gateway.playground import POLICY, SAMPLES, STATIC
from leed_adapters.gateway.playground import routes as page_routes
from tests.support.browser import SIZES, axe, browser, serious, watched
from tests.support.parts import ROOT, shared
from tests.support.serving import Served, served

__all__ = ["axe", "browser"]

pytestmark = pytest.mark.needs_chromium

FINE = "scores=Sadness:0.34&modality=prosody&text=I%27m+fine"
HOSTILE = "<img src=x onerror=\"window.__ran.push('x')\"><script>window.__ran.push('y')</script>"


@pytest.fixture(scope="module")
def site() -> Iterator[Served]:
    with served([*api_routes(), *page_routes()]) as server:
        yield server


def go(page: Page, site: Served, fragment: str = "") -> None:
    page.goto(f"{site.url}/{'#' if fragment else ''}{fragment}")
    page.wait_for_selector("html[data-ready]")


def says(page: Page, sentence: str) -> None:
    expect(page.locator("#sentence")).to_have_text(sentence, timeout=15_000)


@pytest.fixture
def page(site: Served, browser: Browser) -> Iterator[Page]:
    with watched(browser, site.url) as opened:
        yield opened


# --- the files


def test_the_page_is_served_whole_with_a_strict_policy(site: Served) -> None:
    for path in [
        "/",
        *(f"/playground/{name}" for name in STATIC),
        *(f"/playground/samples/{name}" for name in SAMPLES),
    ]:
        answer = site.ask("GET", path)
        assert answer.status == 200, path
        assert answer.headers["content-security-policy"] == POLICY
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert site.ask("GET", path, headers={"if-none-match": answer.headers["etag"]}).status == 304
    assert "unsafe" not in POLICY


def test_every_file_of_the_page_is_served() -> None:
    folder = ROOT / "adapters" / "leed_adapters" / "gateway" / "playground"
    assert {path.name for path in (folder / "static").iterdir()} == {*STATIC, "index.html"}
    assert {path.name for path in (folder / "samples").iterdir()} == {*SAMPLES} - {"call.json"}


def test_the_markup_has_no_inline_script_or_style() -> None:
    text = (ROOT / "adapters/leed_adapters/gateway/playground/static/index.html").read_text(encoding="utf-8")
    assert " style=" not in text
    assert "<style" not in text
    assert " on" not in "".join(part.partition(">")[0] for part in text.split("<")[1:] if "=" in part and " on" in part)
    assert text.count("<script") == text.count('<script type="module" src="') == 1


# --- what is seen


def test_the_first_sample_is_shown_with_its_timeline(page: Page, site: Served) -> None:
    go(page, site)
    says(
        page,
        'They said "My mother\'s order never came, and her birthday is tomorrow." and sound quite sad, moderately '
        "distressed and somewhat anxious.",
    )
    assert page.locator("#sentence mark").all_inner_texts() == [
        "quite sad", "moderately distressed", "somewhat anxious",
    ]  # fmt: skip
    assert page.locator("#segments button").count() == 9
    assert page.locator("#segments [aria-pressed=true]").count() == 1
    assert page.locator("#plot .curve").count() == 4
    expect(page.locator("#loaded")).to_have_text("call.json, read as hume-batch: 9 segments in 2 tracks")
    expect(page.locator("#why li").first).to_have_text(
        "Sadness 0.344 quite (from 0.28, intensity); usually 0.0774, stands out from 0.1082"
    )


def test_a_setting_in_the_address_is_shown(page: Page, site: Served) -> None:
    go(page, site, FINE)
    says(page, 'They said "I\'m fine" and sound quite sad.')
    expect(page.locator("#prompt ins").last).to_have_text("added by leed: [The user sounds quite sad.]")
    expect(page.locator("#tokens")).to_contain_text("of them leed's")


def test_a_slider_that_is_moved_changes_the_sentence_and_the_address(page: Page, site: Served) -> None:
    go(page, site, FINE)
    slider = page.get_by_label("Sadness", exact=True)
    slider.focus()
    for _ in range(7):
        page.keyboard.press("ArrowRight")
    says(page, 'They said "I\'m fine" and sound very sad.')
    assert slider.get_attribute("aria-valuetext") == "0.41, very"
    expect(page).to_have_url(re.compile(r"Sadness%3A0\.41"))
    page.get_by_label("Calmness", exact=True).fill("0.2")
    says(page, 'They said "I\'m fine" and sound both very sad and moderately calm.')


def test_a_slider_keeps_the_focus_when_the_first_answer_comes(page: Page, site: Served) -> None:
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route("**/leed/v1/describe", hold)
    with page.expect_request("**/leed/v1/describe"):
        go(page, site, FINE)
    slider = page.get_by_label("Sadness", exact=True)
    slider.focus()
    held[0].continue_()
    says(page, 'They said "I\'m fine" and sound quite sad.')
    expect(slider).to_be_focused()


def test_an_address_that_is_shared_gives_the_same_again(page: Page, site: Served, browser: Browser) -> None:
    go(page, site, FINE)
    page.locator("#lang").select_option("de")
    page.get_by_label("Anger", exact=True).fill("0.5")
    says(page, "Die Person sagte „I'm fine“ und klingt sehr wütend und ziemlich traurig.")
    expect(page).to_have_url(re.compile("Anger"))
    with watched(browser, site.url) as other:
        other.goto(page.url)
        says(other, "Die Person sagte „I'm fine“ und klingt sehr wütend und ziemlich traurig.")


def test_language_and_scale_are_changed_at_once(page: Page, site: Served) -> None:
    go(page, site, FINE)
    page.locator("#lang").select_option("de")
    says(page, "Die Person sagte „I'm fine“ und klingt ziemlich traurig.")
    assert page.locator("#sentence").get_attribute("lang") == "de"
    page.locator("#scale").select_option("words-and-number")
    says(page, "Die Person sagte „I'm fine“ und klingt ziemlich traurig (4 von 6).")
    expect(page.locator("#prompt ins").last).to_contain_text("Der Nutzer klingt ziemlich traurig (4 von 6).")


def test_the_words_of_the_timeline_change_with_the_language(page: Page, site: Served) -> None:
    go(page, site, "sample=meeting.json")
    page.locator("#lang").select_option("de")
    expect(page.locator("#told")).to_contain_text(
        "Anna klingt bis 0:58 recht ruhig, dann nach „And the deadline?“ zunehmend"
    )
    expect(page.locator("#segments button").first).to_contain_text("Die Person sagte „Hello.“ und klingt recht ruhig.")


def test_fewer_terms_another_calibration_person_and_tense(page: Page, site: Served) -> None:
    go(page, site)
    page.get_by_label("Terms at most").select_option("1")
    page.get_by_label("Person").fill("Anna")
    page.get_by_label("Tense").select_option("past")
    says(page, 'Anna said "My mother\'s order never came, and her birthday is tomorrow." and sounded quite sad.')
    page.get_by_label("Calibration").select_option("none")
    expect(page.locator("#why li").first).to_have_text("Sadness 0.344 quite (from 0.28, intensity)")
    assert page.locator("#bars .median").count() == 0


def test_policy_and_handover_change_the_prompt(page: Page, site: Served) -> None:
    go(page, site, FINE)
    page.get_by_label("Policy").select_option("none")
    page.get_by_label("Handover").select_option("tag")
    expect(page.locator("#prompt li")).to_have_count(1)
    expect(page.locator("#prompt .words")).to_have_text(
        "I'm fine\n\nadded by leed: <expression>The user sounds quite sad.</expression>"
    )


def test_the_other_labels_may_be_at_their_usual(page: Page, site: Served) -> None:
    """A face that is as interested as faces usually are has nothing that stands out."""
    go(page, site, "scores=Interest:0.55&modality=face")
    says(page, "They look quite interested.")
    page.get_by_label("Fill the other labels with what is usual").check()
    says(page, "Nothing in their face stands out.")
    expect(page.locator("#bars li", has_text="Interest").locator(".says")).to_have_text("as usual")


def test_another_label_set_has_other_sliders(page: Page, site: Served) -> None:
    go(page, site, FINE)
    page.get_by_label("Label set").select_option("phonexia-4")
    assert page.locator("#bars li").count() == 4
    page.get_by_label("HAPPY", exact=True).fill("0.62")
    says(page, 'They said "I\'m fine" and probably sound happy.')


def test_a_label_is_found_by_its_name(page: Page, site: Served) -> None:
    go(page, site, FINE)
    assert page.locator("#bars li:visible").count() == 14
    page.get_by_label("Find a label").fill("surprise")
    assert page.locator("#bars li:visible label").all_inner_texts() == ["Surprise (negative)", "Surprise (positive)"]
    page.get_by_label("Find a label").fill("")
    page.get_by_role("button", name="Show all 48 labels").click()
    assert page.locator("#bars li:visible").count() == 48


def test_what_two_modalities_say_is_shown_together(page: Page, site: Served) -> None:
    go(page, site, "sample=against.json")
    says(
        page,
        'They said "No, it\'s fine." The words read as quite calm, but the voice sounds quite distressed and '
        "moderately sad.",
    )
    assert page.locator("#bars li").count() == 3


# --- recordings


def drop(page: Page, name: str, content: bytes) -> None:
    """Drop a file on the page, as a hand would."""
    page.evaluate(
        """([name, bytes]) => {
            const data = new DataTransfer();
            data.items.add(new File([new Uint8Array(bytes)], name));
            for (const kind of ['dragenter', 'dragover', 'drop']) {
                document.body.dispatchEvent(new DragEvent(kind, {dataTransfer: data, bubbles: true, cancelable: true}));
            }
        }""",
        [name, list(content)],
    )


@pytest.mark.needs_data
def test_a_real_file_is_dropped(page: Page, site: Served) -> None:
    go(page, site)
    drop(page, "predictions.json", shared("hume/calhacks23/predictions.json").read_bytes())
    expect(page.locator("#loaded")).to_have_text("predictions.json, read as hume-batch: 122 segments")
    expect(page.locator("#told")).to_contain_text("They look very bored")
    assert page.locator("#dropping").is_hidden()
    assert page.locator("#segments button").count() == 100
    page.get_by_role("button", name="Show more (22 left)").click()
    expect(page.locator("#segments button")).to_have_count(122)
    page.locator("#segments button").nth(3).click()
    expect(page.locator("#segments button").nth(3)).to_have_attribute("aria-pressed", "true")
    expect(page.locator("#sentence")).to_have_text(page.locator("#segments button .words").nth(3).inner_text())


@pytest.mark.needs_data
def test_a_segment_beyond_the_list_is_found_through_the_plot(page: Page, site: Served) -> None:
    go(page, site)
    drop(page, "predictions.json", shared("hume/calhacks23/predictions.json").read_bytes())
    expect(page.locator("#loaded")).to_contain_text("122 segments")
    expect(page.locator("#sentence")).to_contain_text("They look")
    before = page.locator("#sentence").inner_text()
    page.locator("#plot .place").last.click()
    expect(page.locator("#sentence")).not_to_have_text(before)
    assert page.locator("#segments [aria-pressed=true]").count() == 0
    assert page.locator("#plot .here").count() == 1


def test_a_file_is_opened_and_text_is_pasted(page: Page, site: Served, tmp_path: Path) -> None:
    go(page, site)
    own = tmp_path / "mine.csv"
    own.write_text("time,Joy,Fear\n0,0.84,0.1\n1,0.2,0.5\n", encoding="utf-8")
    page.set_input_files("#file", str(own))
    expect(page.locator("#loaded")).to_have_text("mine.csv, read as table: 2 segments")
    says(page, "They come across as extremely joyful.")
    page.get_by_role("button", name="Paste").click()
    page.get_by_label("JSON, CSV or whatever else leed reads").fill('[{"text": "Oh", "prosody": {"Sadness": 0.34}}]')
    page.get_by_role("button", name="Read it").click()
    says(page, 'They said "Oh" and sound quite sad.')


def test_what_cannot_be_read_is_said_and_nothing_is_lost(site: Served, browser: Browser) -> None:
    with watched(browser, site.url, allowed=("422",)) as page:
        go(page, site)
        expect(page.locator("#sentence mark").first).to_be_visible()
        before = page.locator("#sentence").inner_text()
        drop(page, "photo.pdf", b"%PDF-1.4 nothing")
        expect(page.locator("#input-error")).to_have_text(
            "the input: is a PDF document, which leed does not read; 'leed formats' lists what leed reads"
        )
        assert page.locator("#sentence").inner_text() == before
        assert page.locator("#segments button").count() == 9


def test_a_server_that_is_gone_is_said_where_it_is_missed(site: Served, browser: Browser) -> None:
    with watched(browser, site.url, allowed=("ERR_FAILED",)) as page:
        go(page, site, FINE)
        says(page, 'They said "I\'m fine" and sound quite sad.')
        page.route("**/leed/v1/**", lambda route: route.abort())
        page.locator("#lang").select_option("de")
        expect(page.locator("#sentence-error")).to_have_text("The server cannot be reached.")
        expect(page.locator("#prompt-error")).to_have_text("The server cannot be reached.")
        says(page, 'They said "I\'m fine" and sound quite sad.')
        page.unroute("**/leed/v1/**")
        page.get_by_label("Tense").select_option("past")
        says(page, "Die Person sagte „I'm fine“ und klang ziemlich traurig.")
        expect(page.locator("#sentence-error")).to_have_text("")


def test_an_answer_that_comes_too_late_is_dropped(page: Page, site: Served) -> None:
    """The first answer is held back until the second has been shown."""
    go(page, site, FINE)
    says(page, 'They said "I\'m fine" and sound quite sad.')
    held: list[Route] = []

    def hold(route: Route) -> None:
        if not held:
            held.append(route)
        else:
            route.continue_()

    page.route("**/leed/v1/describe", hold)
    with page.expect_request("**/leed/v1/describe"):
        page.locator("#lang").select_option("de")
    page.locator("#lang").select_option("en")
    page.get_by_label("Tense").select_option("past")
    says(page, 'They said "I\'m fine" and sounded quite sad.')
    page.unroute("**/leed/v1/describe")
    page.wait_for_timeout(300)
    says(page, 'They said "I\'m fine" and sounded quite sad.')


def test_a_key_is_asked_for_where_the_server_wants_one(site: Served, browser: Browser) -> None:
    with watched(browser, site.url, allowed=("401",)) as page:
        seen: list[str | None] = []

        def guard(route: Route) -> None:
            given = route.request.headers.get("authorization")
            seen.append(given)
            if given == "Bearer secret":
                route.continue_()
            else:
                body = json.dumps(
                    {"error": {"message": "a key is needed", "type": "auth", "param": None, "code": None}}
                )
                route.fulfill(status=401, body=body, content_type="application/json")

        page.route("**/leed/v1/**", guard)
        page.goto(f"{site.url}/#{FINE}")
        page.get_by_label("This server asks for a key").fill("secret")
        page.get_by_role("button", name="Use it").click()
        says(page, 'They said "I\'m fine" and sound quite sad.')
        assert seen[0] is None
        assert page.evaluate("Object.values(localStorage).includes('secret')") is False


# --- code


def run_python(code: str, folder: Path) -> str:
    places = (ROOT, ROOT / "adapters", ROOT / "prompts", ROOT / "evals")
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(map(str, places)), "PYTHONIOENCODING": "utf-8"}
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_python_that_is_shown_does_the_same(page: Page, site: Served, tmp_path: Path) -> None:
    go(page, site, FINE + "&lang=de&top=1&policy=companion&handover=tag&person=%22Ann%22")
    expect(page.locator("#sentence mark")).to_have_text("ziemlich traurig")
    code = page.locator("#code").inner_text() + "\nprint(messages[-1]['content'])"
    sentence, _, content = run_python(code, tmp_path).partition("\n")
    assert sentence == page.locator("#sentence").inner_text()
    shown = page.locator("#prompt .words").last.text_content()
    assert shown is not None
    assert content.removesuffix("\n") == shown.replace("added by leed: ", "")


def test_the_python_for_a_segment_of_a_file_does_the_same(page: Page, site: Served, tmp_path: Path) -> None:
    go(page, site)
    page.locator("#segments button").nth(4).click()
    says(
        page,
        'They said "Really? Before ten?" and sound very pleasantly surprised, moderately joyful and somewhat relieved.',
    )
    (tmp_path / "call.json").write_bytes((ROOT / "leed/cli/sample-conversation.json").read_bytes())
    printed = run_python(page.locator("#code").inner_text(), tmp_path)
    assert page.locator("#sentence").inner_text() in printed
    assert printed.startswith("The user sounds moderately angry, and somewhat tired and disappointed until 0:03")


@pytest.mark.parametrize(
    "fragment", [FINE, "scores=it%27s+%22odd%22:0.5&text=%24HOME+%60id%60+%27"], ids=["fine", "odd"]
)
def test_the_curl_that_is_shown_does_the_same(page: Page, site: Served, fragment: str) -> None:
    go(page, site, fragment)
    expect(page.locator("#sentence")).to_contain_text(re.compile(r"\w"))
    page.get_by_role("button", name="curl").click()
    done = subprocess.run(
        ["bash", "-c", page.locator("#code").inner_text()], capture_output=True, text=True, check=True
    )
    assert json.loads(done.stdout)["description"] == page.locator("#sentence").inner_text()


def test_the_code_is_copied(site: Served, browser: Browser) -> None:
    with watched(browser, site.url, permissions=["clipboard-read", "clipboard-write"]) as page:
        go(page, site, FINE)
        says(page, 'They said "I\'m fine" and sound quite sad.')
        page.get_by_role("button", name="Copy", exact=True).click()
        expect(page.locator("#copied")).to_have_text("Copied.")
        copied = page.evaluate("navigator.clipboard.readText()")
    assert 'leed.describe({"Sadness": 0.34}, modality="prosody", text="I\'m fine")' in copied


# --- keyboard, phone, themes


def test_everything_is_reached_by_keyboard(page: Page, site: Served) -> None:
    """The sample, the segment and the slider are chosen without a mouse; what has the focus is seen."""
    go(page, site, FINE)
    visited = []
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    for _ in range(60):
        page.keyboard.press("Tab")
        name = page.evaluate(
            "(e => e.id || e.dataset.sample || e.name || e.textContent.slice(0, 20))(document.activeElement)"
        )
        outlined = page.evaluate(
            """(e => { const s = getComputedStyle(e.matches('.theme input') ? e.nextElementSibling : e);
                return s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) > 1; })(document.activeElement)"""
        )
        if name == "BODY" or page.evaluate("document.activeElement === document.body"):
            break
        assert outlined, name
        visited.append(name)
    wanted = [
        "call.json",
        "open",
        "paste",
        "blank",
        "lang",
        "scale",
        "text",
        "usual",
        "find",
        "bar-0",
        "policy",
        "copy",
    ]
    assert [name for name in visited if name in wanted] == wanted


def test_a_sample_and_a_segment_are_chosen_by_keyboard(page: Page, site: Served) -> None:
    go(page, site, FINE)
    page.get_by_role("button", name="A classifier").focus()
    page.keyboard.press("Enter")
    says(page, 'They said "It is noon now." and sound clearly angry.')
    page.locator("#segments button").first.focus()
    page.keyboard.press("Space")
    says(page, 'They said "Hello?" and sound neutral.')
    assert page.evaluate("document.activeElement.textContent").startswith("0:00")


@pytest.mark.parametrize("fragment", ["", FINE, "sample=dimensions.csv"], ids=["call", "sliders", "table"])
def test_a_phone_has_nothing_beyond_its_edge(site: Served, browser: Browser, fragment: str) -> None:
    with watched(browser, site.url, viewport=SIZES["phone"], has_touch=True, is_mobile=True) as page:
        go(page, site, fragment)
        expect(page.locator("#sentence")).to_contain_text(re.compile(r"\w"))
        page.wait_for_timeout(300)
        assert page.evaluate("document.documentElement.scrollWidth") == 320


def test_the_theme_follows_the_system_and_the_switch(site: Served, browser: Browser) -> None:
    ground = "getComputedStyle(document.documentElement).backgroundColor"
    with watched(browser, site.url, color_scheme="dark") as page:
        go(page, site, FINE)
        dark = page.evaluate(ground)
        page.locator("#theme input[value=light]").check()
        light = page.evaluate(ground)
        assert dark != light
        page.reload()
        page.wait_for_selector("html[data-ready]")
        assert page.evaluate(ground) == light
        page.locator("#theme input[value=auto]").check()
        assert page.evaluate(ground) == dark


@pytest.mark.needs_node
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", list(SIZES))
@pytest.mark.parametrize("fragment", ["", FINE], ids=["recording", "sliders"])
def test_axe_finds_nothing_serious(
    site: Served, browser: Browser, axe: str, size: str, scheme: str, fragment: str
) -> None:
    with watched(browser, site.url, viewport=SIZES[size], color_scheme=scheme) as page:
        go(page, site, fragment)
        expect(page.locator("#prompt li").first).to_be_visible()
        page.get_by_role("button", name="Paste").click()
        assert serious(page, axe) == []


def test_the_sentence_is_read_out_when_it_changes(page: Page, site: Served) -> None:
    go(page, site, FINE)
    sentence = page.locator("#sentence")
    assert (sentence.get_attribute("aria-live"), sentence.get_attribute("aria-atomic")) == ("polite", "true")
    landmarks = page.evaluate(
        "['header', 'main', 'footer'].map((n) => document.querySelectorAll('body > ' + n).length)"
    )
    assert landmarks == [1, 1, 1]
    assert page.locator("h1").count() == 1


# --- nothing foreign runs


def test_a_hostile_file_runs_nothing(page: Page, site: Served) -> None:
    """Markup in its name, its transcript, its labels and its speakers is shown as text."""
    go(page, site)
    rows = [
        {
            "begin": i,
            "end": i + 1,
            "speaker": HOSTILE + str(i % 2),
            "text": HOSTILE,
            "prosody": {HOSTILE: 0.5, "Joy": 0.6},
        }
        for i in range(4)
    ]
    drop(page, f"{HOSTILE}.json", json.dumps(rows).encode())
    expect(page.locator("#loaded")).to_contain_text("read as mapping: 4 segments")
    expect(page.locator("#sentence")).to_contain_text("<img src=x onerror=")
    expect(page.locator("#prompt .words").last).to_contain_text("<script>")
    page.locator("#segments button").nth(1).click()
    page.wait_for_timeout(300)
    assert page.evaluate("window.__ran") == []
    assert page.locator("main img, main script, main iframe").count() == 0
    assert page.evaluate("document.querySelectorAll('[onerror], [onload]').length") == 0


@pytest.mark.parametrize(
    "fragment",
    [
        "scores=%3Cimg%20src%3Dx%20onerror%3Dwindow.__ran.push(1)%3E:0.9&text=%3Cscript%3E1%3C%2Fscript%3E",
        "lang=%3Cscript%3E&scale=../../etc/passwd&policy=mine.j2&sample=../../secret&at=9.9",
        "scores=Joy:NaN,Fear:1e999,:0.5,Sadness&modality=%3Cb%3E&taxonomy=%3Cb%3E&top=-1",
    ],
    ids=["markup", "paths", "nonsense"],
)  # fmt: skip
def test_a_hostile_address_runs_nothing(page: Page, site: Served, fragment: str) -> None:
    go(page, site, fragment)
    expect(page.locator("#sentence")).to_contain_text(re.compile(r"\w"))
    page.wait_for_timeout(200)
    assert page.evaluate("window.__ran") == []
    assert page.locator("main img, main script").count() == 0
    assert page.locator(".error:not(:empty)").count() == 0
