"""The tab "How it works" in a browser: by keyboard, for everybody, and drawn."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from .test_accessibility import CUT, RULES, SMALL, THEMES, WIDTHS, overflow, set_theme, set_width

TAB = ".ivig-tab-mechanism"


def opened(visit, query: str = "", **size: int) -> Page:
    """Open the tab and wait for its charts."""
    page = visit(f"/?tab=mechanism{query}", **size)
    for name in ("doses", "kinetics"):
        page.wait_for_selector(f"{TAB} .ivig-chart-{name} .main-svg", state="attached")
    return page


def test_the_tab_opens_by_keyboard(visit):
    """Enter on its link in the navigation shows it."""
    page = visit("/")
    page.locator(".ivig-nav-mechanism").focus()
    page.keyboard.press("Enter")
    expect(page.locator(f"{TAB} .ivig-igg")).to_be_visible()


def test_axe_finds_no_violation_and_nothing_is_cut(visit):
    """With everything unfolded, one model and all, wide and narrow, light and dark."""
    page = opened(visit)
    page.locator(f'{TAB} [data-action="family"][data-value=""]').click()
    expect(page.locator(f"{TAB} .ivig-mechanism-found h3")).to_contain_text("Everything")
    page.evaluate("tab => document.querySelectorAll(`${tab} details`).forEach((fold) => (fold.open = true))", TAB)
    problems = []
    for view in ("one", "all"):
        page.locator(f'{TAB} [data-action="levels"][data-value="{view}"]').click()
        expect(page.locator(f'{TAB} [data-action="levels"][data-value="{view}"]')).to_have_attribute("aria-pressed", "true")
        for width in WIDTHS:
            set_width(page, width)
            for theme in THEMES:
                set_theme(page, theme)
                results = Axe().run(page, options=RULES)
                if results.violations_count:
                    problems.append(f"{view}, {width} px, {theme}:\n{results.generate_report()}")
            if overflow(page):
                problems.append(f"{view}, {width} px: {overflow(page)} px too wide")
            problems += [f"{view}, {width} px: cut off: {cut}" for cut in page.evaluate(CUT)]
            problems += [f"{view}, {width} px: too small: {small}" for small in page.evaluate(SMALL)]
    assert not problems, "\n".join(problems)


@pytest.mark.parametrize("key", ["Enter", "Space"])
def test_the_drawing_obeys_the_keyboard(visit, key):
    """Enter and Space choose a part; the focus stays on it; screen readers hear how many mechanisms there are."""
    page = opened(visit)
    arms = page.locator(f'{TAB} .ivig-igg [data-value="Fab"]')
    arms.focus()
    page.keyboard.press(key)
    expect(arms).to_have_attribute("aria-pressed", "true")
    expect(arms).to_be_focused()
    expect(page.locator(f"{TAB} .ivig-mechanism-found h3")).to_contain_text("Fab arms")
    expect(page.locator(".ivig-status")).to_contain_text("mechanism")


def test_a_click_on_the_drawing(visit):
    """A mouse chooses as well."""
    page = opened(visit)
    page.locator(f'{TAB} .ivig-igg [data-value="both"] rect').click()
    expect(page.locator(f"{TAB} .ivig-mechanism-found h3")).to_contain_text("Whole antibody")


def test_the_condition_of_the_address_is_chosen(visit):
    """A link to this tab with a condition shows its mechanisms; a link in them opens its card."""
    page = opened(visit, "&condition=cidp")
    expect(page.locator(f"{TAB} .ivig-field-condition select")).to_have_value("cidp")
    expect(page.locator(f"{TAB} .ivig-mechanism-found h3")).to_contain_text("CIDP")
    page.locator(f"{TAB} .ivig-mechanism-found > p a").click()
    expect(page.locator(".ivig-card h2")).to_be_visible()


def test_the_slider_of_doses(visit):
    """An arrow key moves the dose, the words and the line with it; an unfolded list stays open."""
    page = opened(visit)
    words = page.locator(f"{TAB} .ivig-mechanism-dose")
    words.locator("summary").first.click()
    slider = page.locator(f'{TAB} .ivig-field-dose input[type="range"]')
    slider.focus()
    page.keyboard.press("ArrowRight")
    expect(words.locator("h3")).to_contain_text("1.05 g/kg")
    page.wait_for_function(f"document.querySelector('{TAB} .ivig-chart-doses .ivig-plot').layout.shapes[1].x0 === 1.05")
    expect(words.locator("details").first).to_have_attribute("open", "")


def test_an_impossible_weight(visit):
    """The message stands beside the field, and no curve is seen until it is mended."""
    page = opened(visit)
    field = page.locator(f"{TAB} .ivig-field-weight")
    field.locator("input").fill("900")
    expect(field.locator(".ivig-fault")).to_contain_text("250")
    expect(page.locator(f"{TAB} .ivig-chart-kinetics")).to_be_hidden()
    field.locator("input").fill("60")
    expect(page.locator(f"{TAB} .ivig-chart-kinetics")).to_be_visible()
    expect(page.locator(f"{TAB} .ivig-mechanism-result caption")).to_contain_text("60 kg")


def test_charts_have_a_name_a_legend_and_their_numbers(visit):
    """The chart's name tells its finding, lines are told apart beside it, and "Show as table" holds no hole in words."""
    page = opened(visit)
    page.locator(f'{TAB} [data-action="preset"][data-value="1"]').click()
    chart = page.locator(f"{TAB} .ivig-chart-kinetics")
    expect(chart.locator(".ivig-legend li")).to_have_count(2)
    expect(chart.locator(".ivig-legend li").last).to_contain_text("under the skin")
    for name in ("doses", "kinetics"):
        one = page.locator(f"{TAB} .ivig-chart-{name}")
        title = one.locator("h3").inner_text()
        expect(one.get_by_role("img", name=f"Chart: {title}").first).to_be_visible()
        one.locator("summary").focus()
        page.keyboard.press("Enter")
        expect(one.locator("table caption")).to_have_text(title)
        assert not {"nan", "None"} & set(one.locator("td").all_inner_texts())


def test_a_citation_unfolds_the_sources(visit):
    """The list of sources is folded; following a number opens it there."""
    page = opened(visit)
    page.locator(f"{TAB} .ivig-mechanism-found .ivig-cite a").first.click()
    expect(page.locator(f"{TAB} .ivig-references li").first).to_be_visible()
