"""Whatever stands in the address or in the tables, the page opens and shows text as text."""

from __future__ import annotations

from urllib.parse import quote, urlencode

import pytest
from playwright.sync_api import Page, expect

from ivig_explainer import Selection

from .screen import expect_query, expect_selection

ATTACKS = [
    '<img src=x onerror="alert(1)">',
    "<script>alert(1)</script>",
    '"><svg onload=alert(1)>',
    "'-alert(1)-'",
    "</script><script>alert(1)</script>",
    "{{7*7}}${7*7}",
    "javascript:alert(1)",
]


def expect_harmless(page: Page) -> None:
    """No element came out of the text; dialogs fail every test, see `Visits`."""
    assert page.locator('img, [src="x"], svg[onload], [onerror], [onload]').count() == 0
    scripts = page.locator("script").evaluate_all(
        "all => all.filter((s) => s.type !== 'application/json' && /alert\\(/.test(s.text)).length"
    )
    assert scripts == 0


def test_unknown_parts_are_dropped_and_named(visit, data):
    """What makes no sense is left out with a notice each; what makes sense is kept; the notices can be dismissed."""
    bad = {"colour": "red", "evidence": "magic", "condition": "nonsense", "chart": "pie", "theme": "pink"}
    page = visit(f"/?tab=explore&category=Neurological&{urlencode(bad)}")
    notices = page.locator(".ivig-notice")
    expect(notices).to_have_count(len(bad))
    text = "\n".join(notices.all_inner_texts())
    assert all(part in text for part in ("colour", "magic", "nonsense", "pie", "pink"))
    expect_selection(page, Selection(category=("Neurological",)), data)
    expect_query(page, "tab=explore&category=Neurological")
    page.get_by_role("button", name="Dismiss").click()
    expect(notices).to_have_count(0)


def test_an_unknown_tab_leads_to_the_overview(at):
    """A tab that does not exist is named, the overview is shown, and the address is corrected."""
    page = at("tab=magic")
    expect(page.locator(".ivig-tab-overview")).to_be_visible()
    expect(page.locator(".ivig-notice")).to_contain_text("magic")
    expect_query(page, "")


def test_eight_kilobytes_of_search(visit, data):
    """A search of 8 kB is dropped with a notice instead of a page that does not open."""
    page = visit(f"/?tab=explore&q={'immuno+' * 1170}")
    expect(page.locator(".ivig-notice")).to_contain_text("longer than")
    page.locator(".ivig-nav-explore").click()
    expect_selection(page, Selection(), data)


def test_a_long_search_is_dropped_and_the_rest_is_kept(at, data):
    """Search text beyond the limit goes, filters stay."""
    page = at(f"tab=explore&category=Neurological&q={'a' * 300}")
    expect(page.locator(".ivig-notice")).to_contain_text("search text is longer")
    expect_selection(page, Selection(category=("Neurological",)), data)


def test_code_in_the_search_is_text(visit, data):
    """HTML and scripts in `q` stand in the search field and in the message as they were typed."""
    attack = "".join(ATTACKS[:4])
    page = visit(f"/?tab=explore&q={quote(attack)}")
    expect(page.locator(".ivig-search")).to_have_value(attack)
    expect(page.locator(".ivig-empty")).to_contain_text(attack)
    expect_harmless(page)
    for attack in ATTACKS:
        page.locator(".ivig-search").fill(attack)
        expect_selection(page, Selection(q=attack), data)
    expect_harmless(page)


def test_code_in_names_and_values_is_text(at):
    """HTML in the name or the value of any part of the address is shown in the notice, shortened, as text."""
    pairs = [("tab", ATTACKS[0]), ("category", ATTACKS[1]), ("condition", ATTACKS[2]), (ATTACKS[0], "1"), ("theme", ATTACKS[3])]
    page = at(urlencode(pairs))
    expect(page.locator(".ivig-notice")).to_have_count(len(pairs))
    text = "\n".join(page.locator(".ivig-notice").all_inner_texts())
    assert text.count("<img src=x onerror=") == 2
    assert "<script>alert(1)</script>" in text
    assert "<svg onload=alert(1)>" in text
    expect_harmless(page)


CROOKED = ["%", "%FF%FE=%00", "&&&===", "tab", "?", "q=%F0%9F%92%89%20%01", "tab=explore&tab=overview", "q=" + "%20" * 200]


@pytest.mark.parametrize("query", CROOKED)
def test_crooked_addresses_are_read(at, query):
    """Broken escapes, empty parts, doubled parts and control characters harm nothing."""
    page = at(query)
    expect(page.locator(".ivig-tab:visible")).to_have_count(1)


def test_crooked_addresses_open(visit):
    """All of them at once, from the server."""
    page = visit(f"/?{'&'.join(CROOKED)}")
    expect(page.locator("h1")).to_be_visible()
    expect(page.locator(".ivig-tab:visible")).to_have_count(1)
