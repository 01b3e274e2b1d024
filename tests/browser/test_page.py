"""What a visitor meets first, on every tab."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from ivig_explainer.app import DISCLAIMER, TITLE
from ivig_explainer.view import TABS

from .server import kernel_of


def test_the_answer_stands_in_the_html_before_any_script(server):
    """Title, language, heading, first paragraph and notice are read without JavaScript, by search engines too."""
    status, html = server.get()
    server.leave(kernel_of(html))
    before = html[: html.index('id="ivig-page"')]
    assert status == 200
    assert f"<title>{TITLE}</title>" in before
    assert '<html lang="en' in before
    assert f"<h1>{TITLE}</h1>" in before
    assert re.search(r'class="ivig-answer"><p>[^<]{80,}</p>', before)
    assert DISCLAIMER in before
    assert "<noscript>" in before


def test_without_scripts_the_page_still_says_what_it_is(visit, server):
    """A browser without JavaScript shows the heading, the answer and the notice."""
    visit.forgive(r"plotly\.js.* csp$")  # Chromium refuses the script it was told to preload
    page = visit(ready=False, java_script_enabled=False)
    expect(page.locator("h1")).to_have_text(TITLE)
    expect(page.locator(".ivig-answer")).to_contain_text("antibodies")
    expect(page.locator(".ivig-disclaimer")).to_be_visible()
    server.leave(kernel_of(page.content()))


@pytest.mark.parametrize("tab", TABS)
def test_every_tab_carries_notice_title_and_one_heading(at, tab):
    """The education-only notice, a title that names the tab, and the data's version stand on every tab."""
    page = at(f"tab={tab}")
    expect(page.locator(f".ivig-tab-{tab}")).to_be_visible()
    expect(page.locator(".ivig-disclaimer")).to_be_visible()
    expect(page.locator(".ivig-disclaimer")).to_have_text(DISCLAIMER)
    expect(page.locator(f".ivig-nav-{tab}")).to_have_attribute("aria-current", "page")
    expect(page).to_have_title(f"{TABS[tab]} · {TITLE}")
    expect(page.locator("footer")).to_contain_text("Data version")
    assert page.locator("h1").count() == 1


def test_the_icon_is_served(at):
    """The page names an icon of its own, and the server has it."""
    page = at()
    answer = page.request.get(page.locator("link[rel=icon]").evaluate("link => link.href"))
    assert answer.ok
    assert answer.headers["content-type"].startswith("image/svg")


def test_the_skip_link_leads_to_the_content(visit):
    """The first stop of the Tab key is a visible link that moves the focus past header and navigation."""
    page = visit("/?tab=explore")
    page.keyboard.press("Tab")
    link = page.locator(".ivig-skip")
    expect(link).to_be_focused()
    expect(link).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()
    page.keyboard.press("Tab")
    assert page.evaluate("document.querySelector('main').contains(document.activeElement)")


def test_no_button_of_a_library_is_on_the_page(at):
    """Guards against plotly 7, whose mode bar offers to upload the chart to its maker's cloud."""
    page = at("tab=explore")
    page.locator(".ivig-tab-explore .ivig-plot").hover()
    assert page.locator(".modebar, .modebar-btn, .plotlyjsicon").count() == 0
    words = re.compile(r"\b(share|cloud|plotly|produced with)\b", re.I)
    assert page.locator(".ivig-tab-explore .ivig-chart").get_by_text(words).count() == 0
    assert page.locator("main").get_by_role("button", name=words).count() == 0


def test_overview_leads_to_a_card(at):
    """A condition of the article's table opens its card, and the button leads to all conditions."""
    page = at()
    first = page.locator(".ivig-overview-table a").first
    name = first.inner_text()
    first.click()
    expect(page.locator(".ivig-card h2")).to_have_text(name)
    page.locator(".ivig-nav-overview").click()
    page.get_by_role("button", name=re.compile("Explore all")).click()
    expect(page.locator(".ivig-tab-explore")).to_be_visible()
    expect(page.locator(".ivig-card")).to_have_count(0)


def test_plotly_comes_from_the_server_and_not_through_the_kernel(visit):
    """Guards against charts that ask every visitor's kernel for plotly.js, 1.4 MB, because its address was not understood."""
    script = """
      window.sent = [];
      const send = WebSocket.prototype.send;
      WebSocket.prototype.send = function (message) {
        sent.push(new TextDecoder().decode(message));
        return send.call(this, message);
      };
    """
    page = visit("/?tab=explore", script=script)
    expect(page.locator(".ivig-tab-explore .bars").first).to_be_visible()
    sent = page.evaluate("sent")
    assert any('"action":"ask"' in message for message in sent)
    assert not any('"action":"plotly"' in message for message in sent)
