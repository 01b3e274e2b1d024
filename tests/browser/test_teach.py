"""Lectures in a browser: put together, kept, presented by keyboard; and links that a hall can scan.

A lecture stays with its visitor, so these tests do not use the page that others share.
"""

from __future__ import annotations

import io
import json

import numpy as np
import pytest
import zxingcpp
from axe_playwright_python.sync_playwright import Axe
from PIL import Image
from playwright.sync_api import Locator, Page, expect

from ivig_explainer import Dataset
from ivig_explainer.lectures import FIRST, ready
from ivig_explainer.lecturing import stage
from ivig_explainer.scenes import LARGEST_FILE, Lecture, Scene

from .server import free_port, start, stop
from .test_accessibility import CUT, RULES, SMALL, STOPS, overflow, press_through

HALL = {"width": 1920, "height": 1080}
FORWARDS = ("ArrowRight", "PageDown", " ")
# What of the page's own content is seen on the stage, and whether all that is about is hidden.
ON_STAGE = """() => {
  const seen = (e) => e && e.checkVisibility({ visibilityProperty: true });
  const charts = [...document.querySelectorAll(".ivig-tab:not([hidden]) .ivig-chart")].filter(seen);
  const wide = (c) => c.getBoundingClientRect().width > innerWidth / 2;
  return {
    charts: charts.map((c) => [...c.classList].at(-1)),
    drawn: charts.map((c) => c.querySelector(".main-svg, .ivig-grid")?.checkVisibility() && wide(c)),
    card: seen(document.querySelector(".ivig-tab:not([hidden]) .ivig-card")) ?? false,
    about: [".ivig-header", ".ivig-nav", ".ivig-footer", ".ivig-filters", ".ivig-table"].filter((s) => seen(document.querySelector(s))),
    wide: document.documentElement.scrollWidth > innerWidth,
  };
}"""
SMALLEST_TYPE_PX = 20  # of a scene's own text in a hall of 1920 by 1080 points


def position(page: Page) -> Locator:
    return page.locator(".ivig-stage-position")


def expect_scene(page: Page, lecture: Lecture, number: int) -> None:
    """The stage shows this scene of the lecture, and of the page only what it is about."""
    scene = lecture.scenes[number - 1]
    expect(position(page)).to_have_text(f"{number} / {len(lecture.scenes)}")
    expect(page.locator(".ivig-stage-title")).to_have_text(scene.title)
    expect(page.locator(".ivig-stage-notice")).to_contain_text("For education only")
    name = scene.focus.removeprefix("chart:")
    if scene.focus.startswith("chart:"):
        page.wait_for_function(f"({ON_STAGE})().drawn.join() === 'true'")
    elif scene.focus == "card":
        expect(page.locator(".ivig-card")).to_be_visible()
    shown = page.evaluate(ON_STAGE)
    if scene.focus.startswith("chart:"):
        assert shown["charts"] == [f"ivig-chart-{name}"]
    assert shown["card"] == (scene.focus == "card")
    assert shown["about"] == []
    assert not shown["wide"]


def read_code(picture: bytes) -> str:
    """Return what a QR code on a screenshot says, by a reader that is not ours."""
    [code] = zxingcpp.read_barcodes(np.asarray(Image.open(io.BytesIO(picture)).convert("L")))
    return code.text


def add(page: Page, button: Locator, number: int) -> None:
    button.click()
    expect(page.locator(".ivig-offer")).to_contain_text(f"scene {number}")


def board_titles(page: Page) -> list[str]:
    return page.locator(".ivig-board-text > input").evaluate_all("all => all.map((field) => field.value)")


def test_a_lecture_of_ten_scenes_runs_by_keyboard(visit, data: Dataset):
    """From the first scene to the last by the keys of a lecturer and of a clicker, to the ends and back; Escape returns to Teach."""
    lecture = ready(data)[FIRST]
    assert len(lecture.scenes) == 10
    page = visit("/?tab=teach", **HALL)
    page.locator(f'.ivig-teach-present[data-value="{FIRST}"]').focus()
    page.keyboard.press("Enter")
    for number in range(1, 11):
        expect_scene(page, lecture, number)
        page.keyboard.press(FORWARDS[number % len(FORWARDS)])
    expect_scene(page, lecture, 10)  # there is nothing after the last
    for key, number in (("Home", 1), ("End", 10), ("PageUp", 9), ("ArrowLeft", 8), ("Shift+ ", 7)):
        page.keyboard.press(key)
        expect(position(page)).to_have_text(f"{number} / 10")
    size = page.locator(".ivig-stage-title").evaluate("title => parseFloat(getComputedStyle(title).fontSize)")
    assert size > 2 * SMALLEST_TYPE_PX
    page.keyboard.press("Escape")
    expect(page.locator(".ivig-tab-teach")).to_be_visible()
    expect(page.locator(".ivig-presenting")).to_have_count(0)
    expect(page.locator('.ivig-board-from[data-number="7"]')).to_be_focused()
    assert page.evaluate("document.fullscreenElement") is None


def test_a_scene_stays_alive_and_can_be_linked(visit, data: Dataset):
    """On the stage a chart answers the pointer and its filters; the scene has an address that brings all of it back."""
    lecture = Lecture("own", "Mine", (Scene("tab=explore", "chart:categories", "How sure?", "First.\n\nThen 23 [@nap-1000]."),))
    page = visit(f"/?{stage(data, lecture)}", **HALL)
    expect_scene(page, lecture, 1)
    bar = page.locator(".ivig-tab-explore .barlayer .point").first.bounding_box()
    page.mouse.move(bar["x"] + bar["width"] / 2, bar["y"] + bar["height"] / 2, steps=4)
    expect(page.locator(".hoverlayer .hovertext").first).to_be_visible()
    page.mouse.move(5, 5)
    page.keyboard.press("n")
    expect(page.locator(".ivig-stage-notes")).to_contain_text("Then 23")
    page.keyboard.press("f")
    expect(page.locator(".ivig-filters")).to_be_visible()
    expect(page.locator(".ivig-table")).to_be_hidden()
    finding = page.locator(".ivig-stage-finding")
    before = finding.inner_text()
    page.locator('.ivig-filter-category input[value="Neurological"]').press("Space")
    expect(finding).not_to_have_text(before)
    expect(position(page)).to_have_text("1 / 1")
    page.keyboard.press("b")
    expect(page.locator(".ivig-stage-black")).to_be_visible()
    page.keyboard.press("b")
    expect(page.locator(".ivig-stage-black")).to_be_hidden()
    page.keyboard.press("t")
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    after = finding.inner_text()
    page.wait_for_url("**category=Neurological*")
    page.reload(wait_until="commit")
    page.wait_for_selector(".ivig-app.ivig-ready")
    expect(finding).to_have_text(after)
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")


def test_a_visitor_puts_a_lecture_together(visit, data: Dataset):
    """One click adds what is shown; scenes are moved and renamed by keyboard; the address keeps them for a reload and for others."""
    page = visit("/?tab=explore&category=Neurological")
    add(page, page.locator('.ivig-tab-explore [data-scene="chart:categories"]'), 1)
    page.locator('.ivig-table tr[data-id="cidp"] a').click()
    add(page, page.locator('.ivig-card [data-scene="card"]'), 2)
    page.locator(".ivig-nav-mechanism").click()
    add(page, page.locator('[data-scene="chart:kinetics"]'), 3)
    expect(page.locator(".ivig-nav-teach")).to_have_text("Teach (3 scenes)")
    add(page, page.locator('[data-scene="chart:doses"]'), 4)
    page.locator(".ivig-offer").get_by_role("button", name="Undo").click()
    expect(page.locator(".ivig-nav-teach")).to_have_text("Teach (3 scenes)")
    page.locator(".ivig-nav-teach").click()
    expect(page.locator(".ivig-board-scene")).to_have_count(3)
    [_, card, kinetics] = board_titles(page)
    page.get_by_role("button", name="Move scene 3 up").press("Enter")
    expect(page.get_by_role("button", name="Move scene 2 up")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Move scene 1 down")).to_be_focused()
    assert board_titles(page)[::2] == [kinetics, card]
    title = page.get_by_label("Title of scene 2", exact=True)
    title.fill("<b>حياة</b> & more")
    title.press("Tab")
    page.get_by_role("button", name="Delete scene 1").click()
    expect(page.locator(".ivig-board-scene")).to_have_count(2)
    page.locator(".ivig-offer").get_by_role("button", name="Undo").click()
    expect(page.locator(".ivig-board-scene")).to_have_count(3)
    other = visit(page.url.removeprefix(visit.server.origin))
    expect(other.locator(".ivig-board-scene")).to_have_count(3)
    assert board_titles(other) == [kinetics, "<b>حياة</b> & more", card]
    other.get_by_role("button", name="Present from scene 2").click()
    expect(other.locator(".ivig-stage-title")).to_have_text("<b>حياة</b> & more")
    assert other.locator(".ivig-stage-title b").count() == 0
    other.get_by_role("button", name="Next").click()
    expect(other.locator(".ivig-card")).to_be_visible()
    other.get_by_role("button", name="Leave").click()
    expect(other.locator(".ivig-tab-teach")).to_be_visible()


def test_a_file_keeps_a_lecture_and_a_bad_one_destroys_nothing(visit, data: Dataset, tmp_path):
    """What was saved is loaded again; what is no lecture, or too large, is answered by a sentence."""
    lecture = ready(data)["neurology"]
    page = visit("/?tab=teach&teach.lecture.id=neurology")
    with page.expect_download() as waiting:
        page.get_by_role("button", name="Save as a file").click()
    saved = tmp_path / "saved.json"
    waiting.value.save_as(saved)
    assert Lecture.from_json(saved.read_bytes()) == lecture
    files = page.locator('.ivig-board input[type="file"]')
    large, many, binary = tmp_path / "large.json", tmp_path / "many.json", tmp_path / "picture.json"
    large.write_text(" " * (LARGEST_FILE + 1))
    many.write_text(json.dumps({"title": "Many", "scenes": [{"query": "tab=explore"}] * 10_000}))
    binary.write_bytes(bytes(range(256)))
    files.set_input_files(large)
    expect(page.locator(".ivig-board .ivig-fault")).to_contain_text("at most")
    for file, sentence in ((many, "scenes are too many"), (binary, "not JSON")):
        files.set_input_files(file)
        expect(page.locator(".ivig-notice").filter(has_text=sentence)).to_have_count(1)
    expect(page.locator(".ivig-board-scene")).to_have_count(len(lecture.scenes))
    page.get_by_role("button", name="Start a new one").click()
    expect(page.locator(".ivig-board-scene")).to_have_count(0)
    files.set_input_files(saved)
    expect(page.locator(".ivig-board-scene")).to_have_count(len(lecture.scenes))


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_hall_can_scan_the_address_of_a_view(at, theme):
    """By keyboard: Share unfolds the address and its QR code, large on demand; another program reads it; Escape folds it again."""
    page = at(f"tab=explore&category=Neurological&q=neuropathy&condition=cidp&theme={theme}")
    share = page.locator(".ivig-share-open")
    share.press("Enter")
    expect(share).to_have_attribute("aria-expanded", "true")
    code = page.locator(".ivig-share-code [role=img]")
    expect(code).to_have_attribute("aria-label", f"QR code of {page.url}")
    assert read_code(page.locator(".ivig-share-code").screenshot()) == page.url
    page.get_by_role("button", name="Show large").press("Enter")
    hall = page.locator(".ivig-share-hall")
    expect(hall.locator("svg")).to_be_visible()
    box = hall.locator("svg").bounding_box()
    assert min(box["width"], box["height"]) > 500
    assert read_code(page.screenshot()) == page.url
    page.keyboard.press("Escape")
    expect(hall).to_be_hidden()
    with page.expect_download() as waiting:
        page.get_by_role("button", name="Save code as SVG").click()
    assert waiting.value.suggested_filename.endswith(".svg")
    page.locator(".ivig-share-panel").get_by_role("button", name="Copy link").click()
    expect(page.locator(".ivig-share-said")).to_have_text("Copied.")
    assert page.evaluate("navigator.clipboard.readText()") == page.url
    page.keyboard.press("Escape")
    expect(share).to_be_focused()
    expect(page.locator(".ivig-share-panel")).to_be_hidden()


def test_a_view_is_shared_without_the_lecture_and_the_lecture_with_itself(visit, data: Dataset):
    """A link to a chart is short, whatever lecture its sender works on; from Teach and from the stage the lecture goes along."""
    own = Lecture("own", "Mine", tuple(Scene("tab=explore", "chart:categories", f"Scene {n}", f"{n * 7919} notes") for n in range(60)))
    page = visit(f"/?{stage(data, own)}".replace("teach.present.scene=1", ""))
    expect(page.locator(".ivig-board-scene")).to_have_count(60)
    page.locator(".ivig-share-open").click()
    assert "teach.lecture.text" in page.locator(".ivig-share-address").input_value()
    page.keyboard.press("Escape")
    page.locator(".ivig-nav-explore").click()
    expect(page.locator(".ivig-tab-explore")).to_be_visible()
    page.locator(".ivig-share-open").click()
    expect(page.locator(".ivig-share-address")).to_have_value(f"{visit.server.url.rstrip('/')}/?tab=explore")


def test_an_address_too_long_for_a_code_says_so(visit, data: Dataset):
    """The link can still be copied."""
    notes = ["".join(chr(0x4E00 + (n * 7919 * k) % 20000) for n in range(400)) for k in range(1, 4)]
    own = Lecture("own", "Long", tuple(Scene("tab=explore", "tab", "x", text) for text in notes))
    page = visit(f"/?{stage(data, own)}".replace("teach.present.scene=1", ""))
    page.locator(".ivig-share-open").click()
    expect(page.locator(".ivig-share-said")).to_contain_text("a QR code holds 2,953")
    expect(page.locator(".ivig-share-code svg")).to_have_count(0)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("query", ["teach.lecture.id=neurology", "teach.lecture.id=neurology&teach.present.scene=1"], ids=["list", "stage"])
def test_axe_finds_nothing_and_every_control_is_reached(visit, query, scheme):
    """By the rules of WCAG 2.2 AA that a machine can check, wide and narrow; each control is a stop of the Tab key that is seen."""
    page = visit(f"/?tab=teach&{query}", width=1280, height=800, scheme=scheme)
    page.locator(".ivig-board-scene, .ivig-presenting .ivig-tab:not([hidden]) .ivig-plot > div > div > .main-svg").first.wait_for()
    if "present" in query:
        page.keyboard.press("n")
    page.locator(".ivig-share-open").evaluate("open => open.checkVisibility() && open.click()")
    for width in (1280, 390):
        page.set_viewport_size({"width": width, "height": 844})
        assert overflow(page) == 0
        assert page.evaluate(CUT) == []
        assert page.evaluate(SMALL) == []
        results = Axe().run(page, options=RULES)
        assert results.violations_count == 0, results.generate_report()
    page.set_viewport_size({"width": 1280, "height": 800})
    stops = press_through(page)
    assert len(stops) == page.evaluate(STOPS)
    assert all(stop["seen"] and stop["marked"] for stop in stops), [s for s in stops if not (s["seen"] and s["marked"])]


def test_the_command_starts_with_a_lecture(browser, tmp_path, data: Dataset):
    """`serve --lecture` serves notebooks/lecture.ipynb: who comes to the bare address sees the first scene."""
    from .conftest import Visits

    port = free_port()
    command = ["-m", "ivig_explainer.cli", "serve", "--no-browser", "--port", str(port), "--pool", "0", "--lecture"]
    server = start(command, port, tmp_path / "log.txt")
    try:
        visits = Visits(browser, server)
        page = visits("/", **HALL)
        expect_scene(page, ready(data)[FIRST], 1)
        page.keyboard.press("ArrowRight")
        expect_scene(page, ready(data)[FIRST], 2)
        visits.leave()
        visits.judge()
    finally:
        stop(server)
