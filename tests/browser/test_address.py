"""The address holds the state of the page: filters, search, card, chart and theme."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from ivig_explainer import Selection

from .screen import choose, expect_query, expect_selection, explore, search

FULL = "tab=explore&category=Neurological&evidence=strong&q=neuropathy&chart=tree&condition=cidp&theme=dark"


def background(page: Page) -> str:
    return page.locator(".ivig-app").evaluate("app => getComputedStyle(app).backgroundColor")


def first_fills(page: Page, tab: str) -> list[str]:
    """Return the colours of the chart's bars, as they are drawn."""
    return page.locator(f".ivig-tab-{tab} .barlayer .point path").evaluate_all("all => all.slice(0, 5).map((bar) => bar.style.fill)")


def expect_theme(page: Page, theme: str) -> None:
    """Page, document and select agree on the theme that is seen."""
    expect(page.locator("html")).to_have_attribute("data-theme", theme)
    expect(page.locator(".ivig-app")).to_have_attribute("data-theme", theme)
    red = int(background(page).split("(")[1].split(",")[0])
    assert (red < 100) == (theme == "dark")


def test_opening_an_address_restores_the_view(visit, data):
    """Checked boxes, count, search text, open card, chart and theme come back, and the address stays as it was."""
    page = visit(f"/?{FULL}")
    expect_selection(page, Selection(category=("Neurological",), evidence=("strong",), q="neuropathy"), data)
    expect(page.locator(".ivig-search")).to_have_value("neuropathy")
    expect(page.locator(".ivig-card h2")).to_have_text(data.conditions.set_index("id").loc["cidp", "name"])
    expect(explore(page).locator(".treemaplayer .slice").first).to_be_visible()
    expect(page.get_by_role("button", name="Tree")).to_have_attribute("aria-pressed", "true")
    expect(page.get_by_role("button", name="Categories")).to_have_attribute("aria-pressed", "false")
    expect(page.locator(".ivig-theme")).to_have_value("dark")
    expect_theme(page, "dark")
    expect_query(page, FULL)
    expect(page.locator(".ivig-notice")).to_have_count(0)


def test_what_was_clicked_together_can_be_sent_to_somebody(visit, data):
    """The address after some clicks shows the same conditions to another visitor, and after a reload."""
    page = visit()
    page.locator(".ivig-nav-explore").click()
    choose(page, "role", "immunomodulation")
    choose(page, "region", "AU")
    search(page, "anaemia")
    selection = Selection(role=("immunomodulation",), region=("AU",), q="anaemia")
    expect_selection(page, selection, data)
    expect_query(page, f"tab=explore&{selection.to_query()}")
    expect_selection(visit(page.url.removeprefix(visit.server.origin)), selection, data)
    page.reload(wait_until="commit")
    page.wait_for_selector(".ivig-app.ivig-ready")
    expect_selection(page, selection, data)


def test_back_and_forward_move_between_cards_and_tabs(visit):
    """Cards and tabs are steps that Back undoes and Forward repeats; the page keeps its session."""
    page = visit("/?tab=explore&category=Neurological")
    kernel = page.locator("#ivig-page").text_content()
    card = page.locator(".ivig-card")
    page.locator('.ivig-table tr[data-id="cidp"] a').click()
    expect(card).to_have_attribute("aria-label", "Chronic inflammatory demyelinating polyneuropathy")
    expect_query(page, "tab=explore&category=Neurological&condition=cidp")
    page.locator(".ivig-nav-overview").click()
    expect(page.locator(".ivig-tab-overview")).to_be_visible()
    expect_query(page, "category=Neurological&condition=cidp")
    page.evaluate("history.back()")
    expect(page.locator(".ivig-tab-explore")).to_be_visible()
    expect(card).to_be_visible()
    page.evaluate("history.back()")
    expect(card).to_have_count(0)
    expect_query(page, "tab=explore&category=Neurological")
    page.evaluate("history.forward()")
    expect(card).to_be_visible()
    page.evaluate("history.forward()")
    expect(page.locator(".ivig-tab-overview")).to_be_visible()
    assert page.locator("#ivig-page").text_content() == kernel


def test_back_leads_to_the_address_that_was_come_with(visit):
    """Guards against a Back that did nothing because the page had been asked for that address before."""
    page = visit("/?tab=explore")
    page.locator(".ivig-nav-overview").click()
    expect(page.locator(".ivig-tab-overview")).to_be_visible()
    expect_query(page, "")
    page.evaluate("history.back()")
    expect(page.locator(".ivig-tab-explore")).to_be_visible()
    expect_query(page, "tab=explore")


def test_filters_are_no_steps(at):
    """Ten filters do not put ten steps between the visitor and the page that they came from."""
    page = at("tab=explore")
    steps = page.evaluate("history.length")
    choose(page, "category", "Neurological")
    choose(page, "age", "adults")
    search(page, "neuropathy")
    expect_query(page, "tab=explore&category=Neurological&age=adults&q=neuropathy")
    assert page.evaluate("history.length") == steps


@pytest.mark.parametrize("tab", ["overview", "explore"])
def test_choosing_dark_changes_page_and_chart(at, tab):
    """The theme changes the background, the colours of the chart, and the address; light brings them back."""
    page = at(f"tab={tab}")
    expect_theme(page, "light")
    fills = first_fills(page, tab)
    assert fills
    page.locator(".ivig-theme").select_option("dark")
    expect_theme(page, "dark")
    page.wait_for_function(
        "([tab, fill]) => document.querySelector(`.ivig-tab-${tab} .barlayer .point path`)?.style.fill !== fill", arg=[tab, fills[0]]
    )
    expect_query(page, f"tab={tab}&theme=dark" if tab != "overview" else "theme=dark")
    page.locator(".ivig-theme").select_option("light")
    expect_theme(page, "light")
    page.wait_for_function(
        "([tab, fill]) => document.querySelector(`.ivig-tab-${tab} .barlayer .point path`)?.style.fill === fill", arg=[tab, fills[0]]
    )


def test_a_theme_chosen_on_one_tab_holds_for_the_charts_of_another(at):
    """Guards against a chart that was drawn for the theme before, while its tab was hidden."""
    page = at("tab=explore")
    light = first_fills(page, "explore")
    page.locator(".ivig-nav-overview").click()
    page.locator(".ivig-theme").select_option("dark")
    expect_theme(page, "dark")
    page.locator(".ivig-nav-explore").click()
    expect(page.locator(".ivig-tab-explore")).to_be_visible()
    page.wait_for_function("fill => document.querySelector('.ivig-tab-explore .barlayer .point path')?.style.fill !== fill", arg=light[0])


def test_the_theme_follows_the_system_until_one_is_chosen(visit):
    """Dark systems get a dark page, also when the system changes meanwhile; a choice is kept."""
    page = visit("/", scheme="dark")
    expect_theme(page, "dark")
    expect(page.locator(".ivig-theme")).to_have_value("auto")
    page.emulate_media(color_scheme="light")
    expect_theme(page, "light")
    page.locator(".ivig-theme").select_option("light")
    page.emulate_media(color_scheme="dark")
    expect_query(page, "theme=light")
    expect_theme(page, "light")
