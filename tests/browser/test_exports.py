"""What is saved in the browser and opened again, with the network off, holds what was shown."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path
from xml.etree import ElementTree

import pytest
from playwright.sync_api import Page, expect
from pptx import Presentation

from ivig_explainer.app import perform_alone
from ivig_explainer.exports.about import NOTICE
from ivig_explainer.exports.fact_sheet import condition_sheet, ivig_sheet
from ivig_explainer.exports.handout import handout
from ivig_explainer.scenes import Lecture, Scene

from .screen import explore

SVG = "{http://www.w3.org/2000/svg}"
LONGEST = 6  # cards whose fact sheets are printed
SCENES = (
    Scene("tab=explore", "chart:categories", title="The evidence", notes="Begin here. </script>"),
    Scene("tab=explore&chart=tree", "chart:tree"),
    Scene("tab=explore&condition=cidp", "card"),
    Scene("tab=mechanism"),
    Scene("tab=infusion"),
)


def saved(page: Page, press, folder: Path) -> Path:
    """Press what saves a file; return where it is."""
    with page.expect_download() as waiting:
        press()
    path = folder / waiting.value.suggested_filename
    waiting.value.save_as(path)
    return path


def test_a_chart_is_saved_as_a_picture_that_explains_itself(at, tmp_path):
    """SVG and PNG carry the finding; the SVG holds notice, data version, the first sources, and all of them in its description."""
    page = at("tab=explore&category=Neurological")
    tools = explore(page).locator(".ivig-chart-tools")
    title = explore(page).locator(".ivig-chart h3").inner_text()
    picture = saved(page, tools.get_by_role("button", name=re.compile("as SVG")).click, tmp_path)
    root = ElementTree.parse(picture).getroot()
    said = " ".join(element.text or "" for element in root.iter(f"{SVG}text"))
    for words in title.split():
        assert words in said
    assert NOTICE in said
    assert "more: see the table of sources in the Excel file of this view" in said
    assert (root.find(f"{SVG}desc").text or "").count("http") > 3
    assert len(list(root.iter(f"{SVG}svg"))) >= 2
    drawn = saved(page, tools.get_by_role("button", name=re.compile("as PNG")).click, tmp_path).read_bytes()
    assert drawn.startswith(b"\x89PNG")
    assert int.from_bytes(drawn[16:20]) == 2 * int(root.get("width"))


def test_a_charts_numbers_are_saved_by_keyboard(at, tmp_path):
    """The row of buttons is reached with the Tab key; the CSV holds the chart's own table."""
    page = at("tab=explore")
    button = explore(page).locator('.ivig-chart-tools [data-form="csv"]')
    button.focus()
    rows = list(csv.DictReader(io.StringIO(saved(page, lambda: page.keyboard.press("Enter"), tmp_path).read_text(encoding="utf-8-sig"))))
    assert {row["Category"] for row in rows} >= {"Neurological", "Immunodeficiency"}
    expect(button).to_be_focused()


@pytest.mark.parametrize("kind", ["pptx", "html"])
def test_a_view_is_saved_from_the_menu(at, tmp_path, kind):
    """Slides and handout of what is shown come out of the kernel without changing the page."""
    page = at("tab=explore&category=Transplantation")
    before = page.url
    explore(page).locator(".ivig-downloads summary").click()
    path = saved(page, explore(page).locator(f'[data-action="download"][data-value="{kind}"]').click, tmp_path)
    title = explore(page).locator(".ivig-chart h3").inner_text()
    if kind == "pptx":
        assert title in [slide.shapes.title.text_frame.text for slide in Presentation(path).slides]
    else:
        assert title in path.read_text(encoding="utf-8")
    assert page.url == before


def test_a_fact_sheet_is_saved_from_the_card(at, tmp_path):
    """The open card offers its own sheet."""
    page = at("tab=explore&condition=gbs")
    path = saved(page, explore(page).locator('.ivig-card [data-action="sheet"]').click, tmp_path)
    assert "Guillain" in path.read_text(encoding="utf-8")


def test_a_handout_opens_from_a_stick_without_a_network(browser, data, tmp_path):
    """Charts are drawn and alive, nothing is asked of any network, and nothing is said on the console."""
    path = tmp_path / "handout.html"
    path.write_bytes(handout(data, perform_alone(data, Lecture("test", "A test", SCENES))).content)
    context = browser.new_context(offline=True, color_scheme="dark", viewport={"width": 390, "height": 844})
    page, faults = context.new_page(), []
    page.on("console", lambda message: faults.append(message.text))
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("request", lambda request: request.url.startswith(("file:", "data:", "blob:")) or faults.append(request.url))
    page.goto(path.as_uri())
    page.wait_for_selector(".ivig-ready", timeout=60_000)
    charts = page.locator(".ivig-plot .main-svg")
    assert charts.count() >= len(SCENES) - 1
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    expect(page.locator(".ivig-handout-notes")).to_contain_text("Begin here. </script>")
    chart = page.locator('[data-chart="chart-1-0"]')
    chart.locator("summary").click()
    expect(chart.locator("tbody tr")).to_have_count(data.conditions["category"].nunique())
    chart.locator(".ivig-plot").scroll_into_view_if_needed()
    chart.locator(".barlayer .point path").first.hover(force=True)
    expect(chart.locator(".hoverlayer .hovertext").first).to_be_visible()
    seen = set()
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        expect(page.locator(".ivig-app")).to_have_attribute("data-theme", scheme)
        seen.add(page.evaluate("getComputedStyle(document.querySelector('.ivig-app')).color"))
    assert len(seen) == 2
    assert faults == []
    context.close()


def test_fact_sheets_print_on_two_pages(browser, data):
    """IVIG's own sheet and those of the longest cards are exactly two A4 pages on paper, and no page runs over."""
    full = data.conditions.loc[data.conditions["detail_level"] == "full", "id"]
    sizes = sum(table.groupby("condition").size().reindex(full, fill_value=0) for table in (data.regimens, data.statuses, data.evidence))
    longest = list(sizes.sort_values().index[-LONGEST:])
    deck = perform_alone(data, Lecture(scenes=tuple(Scene(f"tab=explore&condition={c}", "card") for c in longest)))
    page = browser.new_page()
    for file in [ivig_sheet(data), *(condition_sheet(data, slide) for slide in deck.slides)]:
        page.set_content(file.content.decode())
        printed = page.pdf(prefer_css_page_size=True)
        assert len(re.findall(rb"/Type\s*/Page\b", printed)) == 2, file.name
        over = page.evaluate("[...document.querySelectorAll('.body')].map((body) => body.scrollHeight - body.clientHeight)")
        assert max(over) <= 0, file.name
    page.close()
