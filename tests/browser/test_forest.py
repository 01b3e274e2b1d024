"""The forest plot on the card: it follows condition and theme, and every mark leads to its source."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from ivig_explainer.effects import compare
from ivig_explainer.references import addresses

MARKS = """() => document.querySelector(".ivig-chart-forest .ivig-plot").data
  .filter((trace) => trace.mode !== "lines").flatMap((trace) => trace.customdata)"""
NOTE_OPENED = "() => { window.opened = []; window.open = (...call) => { window.opened.push(call); }; }"


def forest(page: Page):
    return page.locator(".ivig-card .ivig-chart-forest")


def test_every_mark_leads_to_its_source(visit, data):
    """A click on a mark opens the address of its source in a new tab; so does, for the keyboard, the row of the table."""
    page = visit("/?tab=explore")  # the first card that a visitor opens
    page.locator('.ivig-table tr[data-id="kawasaki-disease"]').click()
    effects, _ = compare(data.evidence[data.evidence["condition"] == "kawasaki-disease"])
    known = addresses(data)
    wanted = {known[effect.sources[0]] for effect in effects}
    expect(forest(page).locator(".main-svg").first).to_be_visible()
    assert set(page.evaluate(MARKS)) == wanted

    page.evaluate(NOTE_OPENED)
    forest(page).locator(".ivig-plot").scroll_into_view_if_needed()
    forest(page).locator(".scatterlayer .point").first.click(force=True)
    [[address, target, features]] = page.evaluate("window.opened")
    assert address in wanted
    assert (target, features) == ("_blank", "noopener")

    forest(page).locator("summary").focus()
    page.keyboard.press("Enter")
    links = forest(page).locator("tbody th a")
    expect(links).to_have_count(len(effects))
    assert {link.get_attribute("href") for link in links.all()} == wanted
    links.first.focus()
    expect(links.first).to_be_focused()


def test_it_follows_the_condition_and_the_theme(at):
    """Another card brings another plot, a card without comparable outcomes a sentence; dark draws it anew."""
    page = at("tab=explore&condition=vitt")
    title = forest(page).locator("h3")
    first = title.inner_text()
    at("tab=explore&condition=cidp")
    expect(title).not_to_have_text(first)
    light = page.evaluate("document.querySelector('.ivig-chart-forest .ivig-plot').layout.font.color")
    at("tab=explore&condition=cidp&theme=dark")
    page.wait_for_function("light => document.querySelector('.ivig-chart-forest .ivig-plot').layout.font.color !== light", arg=light)
    at("tab=explore&condition=primary-immunodeficiency")
    expect(forest(page)).to_have_count(0)
    expect(page.locator(".ivig-card")).to_contain_text("can stand on an axis beside another")


def test_its_labels_fit_a_phone(at):
    """At 390 px no label of the plot runs past its edge."""
    page = at("tab=explore&condition=cidp", width=390, height=844)
    expect(forest(page).locator(".main-svg").first).to_be_attached()
    page.wait_for_function("document.querySelector('.ivig-chart-forest .ivig-plot').offsetWidth < 390")
    page.wait_for_function(
        """() => {
          const plot = document.querySelector(".ivig-chart-forest .ivig-plot"), edge = plot.getBoundingClientRect().right;
          return [...plot.querySelectorAll("text")].every((text) => text.getBoundingClientRect().right <= edge + 1);
        }"""
    )
