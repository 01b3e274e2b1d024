"""Kappa is that of an independent reckoning, pairs follow from the rows, and each difference has its reasons."""

from __future__ import annotations

import re
from collections import Counter

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from reading import Page
from statsmodels.stats.inter_rater import cohens_kappa

from ivig_explainer import agreement, grading
from ivig_explainer.agreement import CATEGORIES, STEP_OF_LEVEL, STEPS, cross_table, disagreements, kappa, left_out, pairs, positions
from ivig_explainer.tabs.how_we_grade import how_we_grade

STATUS = {
    "condition": "cidp",
    "jurisdiction": "AU",
    "body": "National Blood Authority",
    "kind": "funding",
    "status": "funded-routinely",
    "status_basis": "source",
    "historical": "false",
    "secondary": "false",
    "checked_on": "2026-01-31",
    "sources": "alpha-2001",
}


def add(package, *rows: dict):
    """Return the small data set with more positions of Australia."""
    lines = package.read("statuses")
    for number, row in enumerate(rows):
        lines.append([(STATUS | {"id": f"au-{number}"} | row).get(column, "") for column in lines[0]])
    package.write("statuses", lines)
    return package.load()


class TestKappa:
    @given(st.lists(st.lists(st.integers(0, 12), min_size=4, max_size=4), min_size=4, max_size=4))
    def test_values_and_intervals_are_those_of_statsmodels(self, counts):
        """Linear and quadratic kappa with their 95% intervals agree with statsmodels wherever kappa is defined."""
        table = np.array(counts)
        for power, weights in ((1, "linear"), (2, "quadratic")):
            found = kappa(table, power)
            if found is None:
                continue
            with np.errstate(all="ignore"):
                other = cohens_kappa(table, wt=weights)
            assert found.value == pytest.approx(other.kappa, abs=1e-9)
            if other.var_kappa > 1e-12:
                assert (found.low, found.high) == pytest.approx((other.kappa_low, other.kappa_upp), abs=1e-5)

    def test_by_hand(self):
        """Two raters who agree on all have kappa 1; who agree as often as chance would, 0."""
        assert kappa(np.diag([3, 2, 4, 1]), 2).value == pytest.approx(1)
        assert kappa(np.ones((4, 4), int), 1).value == pytest.approx(0)

    @pytest.mark.parametrize("table", [np.zeros((4, 4), int), np.diag([5, 0, 0, 0])])
    def test_nothing_to_agree_about(self, table):
        """Without a condition, or with all of them on one step, there is no kappa."""
        assert kappa(table, 2) is None

    def test_the_real_table_against_statsmodels(self, data):
        """The numbers of the page, from pairs that are found anew in the rows, by another hand's formula."""
        levels = grading.grade(data)
        rows = data.statuses[data.statuses["jurisdiction"] == "AU"]
        rows = rows.assign(category=rows["native_term"].str.extract(r"Category (\w+)$")).dropna(subset="category")
        found = {}
        for condition, group in rows.groupby("condition"):
            current = group[~group["historical"].astype(bool)]
            names = set((current if len(current) else group)["category"])
            if len(names) == 1 and levels[condition] != "not-graded":
                found[condition] = names.pop()
        ours = pd.Categorical([STEP_OF_LEVEL[levels[c]] for c in found], categories=range(4))
        theirs = pd.Categorical([CATEGORIES[c].step for c in found.values()], categories=range(4))
        table = pd.crosstab(ours, theirs, dropna=False).to_numpy()
        assert (cross_table(pairs(data)) == table).all()
        other = cohens_kappa(table, wt="quadratic")
        assert kappa(table, 2) == pytest.approx((other.kappa, other.kappa_low, other.kappa_upp), abs=1e-5)


class TestScale:
    def test_every_level_and_every_category_has_a_step(self, data):
        """Nothing that is graded, here or there, is without a place on the common scale."""
        assert set(STEP_OF_LEVEL) == set(grading.LEVELS) - {"not-graded"}
        assert {c.step for c in CATEGORIES.values()} == set(range(len(STEPS))) == set(STEP_OF_LEVEL.values())
        assert set(data.statuses["native_term"].str.extract(r"Category (\w+)$")[0].dropna()) <= set(CATEGORIES)

    def test_every_meaning_has_a_source(self, data):
        """What a category means was read in a source of the table."""
        for category in CATEGORIES.values():
            assert category.sources
            assert set(category.sources) <= set(data.sources["id"])
        assert set(agreement.EXPERTS) <= set(data.sources["id"])

    def test_an_unknown_category_is_refused(self, package):
        """A category without a meaning is named, not guessed."""
        with pytest.raises(ValueError, match=r"au-0.*'9z'"):
            positions(add(package, {"native_term": "Emerging therapeutic role / Category 9z"}))


class TestPairs:
    def test_current_text_goes_before_historical(self, package):
        """Where Australia has a newer position, the older one does not count."""
        data = add(package, {"native_term": "X / Category 4b", "historical": "true"}, {"native_term": "X / Category 1"})
        [pair] = pairs(data)
        assert (pair.condition, pair.level, pair.position.category, pair.ours, pair.theirs) == ("cidp", "moderate", "1", 1, 0)

    def test_two_categories_for_parts_are_left_out(self, package):
        """A condition whose parts have different categories has none of its own, and is counted."""
        data = add(package, {"native_term": "X / Category 1", "scope": "Acute"}, {"native_term": "X / Category 4a", "scope": "Chronic"})
        assert pairs(data) == ()
        assert sum(left_out(data).values()) == len(data.conditions)
        assert left_out(data)["several categories, for parts of the condition"] == 1

    def test_a_role_without_a_category_is_no_pair(self, package):
        """A therapeutic role says who gets it, not how strong the evidence is."""
        data = add(package, {"native_term": "Established therapeutic role"})
        assert pairs(data) == ()
        assert left_out(data)["listed by Australia, but no category seen"] == 1

    def test_all_conditions_are_paired_or_counted(self, data):
        """No condition is lost on the way."""
        assert len(pairs(data)) + sum(left_out(data).values()) == len(data.conditions)
        assert cross_table(pairs(data)).sum() == len(pairs(data))


class TestReasons:
    def test_every_difference_has_reasons_with_known_sources(self, data):
        """Each condition off the diagonal stands once, furthest apart first, and says at least what counts here."""
        found = disagreements(data)
        assert {d.pair.condition for d in found} == {p.condition for p in pairs(data) if p.ours != p.theirs}
        assert [d.distance for d in found] == sorted((d.distance for d in found), reverse=True)
        for difference in found:
            assert any(re.match(r"Here \d+ (non-)?randomised stud", text) for text, _ in difference.reasons)
            assert {source for _, sources in difference.reasons for source in sources} <= set(data.sources["id"])

    def test_studies_that_came_later_are_younger_than_the_text(self, data):
        """A study is only called later where a counted row of it is of a later year than Australia's text."""
        seen = 0
        for difference in disagreements(data):
            for text, sources in difference.reasons:
                if "; later came" in text:
                    seen += 1
                    rows = data.evidence[data.evidence["condition"] == difference.pair.condition]
                    years = rows[rows["sources"].map(lambda found, sources=sources: bool(set(found) & set(sources)))]["year"]
                    assert years.max() > difference.pair.position.year > 0
        assert seen

    @pytest.mark.parametrize(
        ("row", "reason"),
        [
            ({"scope": "Trouble swallowing only"}, "a part of the condition: Trouble swallowing only"),
            ({"note": "The category is about something else."}, "The category is about something else."),
            ({"detail": "Evidence category from the 2nd edition text."}, "Here 1 randomised study counts (117 people): 1 in favour"),
            ({"detail": "Evidence category from the 2nd edition text."}, "One randomised trial in favour makes moderate here"),
        ],
    )
    def test_a_reason_follows_from_the_row(self, package, row, reason):
        """Scope, note and counts of the rows are told in words."""
        [difference] = disagreements(add(package, {"native_term": "X / Category 4a"} | row))
        assert any(reason in text for text, _ in difference.reasons)

    @pytest.mark.parametrize(("year", "later"), [("2008", False), ("2013", True)])
    def test_later_means_later_than_the_edition(self, package, year, later):
        """A trial of 2013 came after the text of 2012; one of 2008 did not."""
        package.put("evidence", 2, "year", year)
        data = add(package, {"native_term": "X / Category 4a", "detail": "Evidence category from the 2nd edition text."})
        [difference] = disagreements(data)
        assert any("the 2nd edition, of 2012; later came First trial, 2013" in text for text, _ in difference.reasons) == later

    def test_a_note_that_is_not_about_the_category_is_no_reason(self, package):
        """Remarks on access stay where they belong."""
        [difference] = disagreements(add(package, {"native_term": "X / Category 4a", "note": "Supply is short."}))
        assert not any("Supply" in text for text, _ in difference.reasons)


class TestPage:
    """The section is generated from the tables: what it says is what is reckoned anew here."""

    def test_it_states_kappa_counts_and_every_difference(self, data):
        """Kappa with interval, the counts of the rule, the cross table, what is left out, each difference with its reasons."""
        html = how_we_grade(data)
        page = Page(html)
        assert page.open == []
        text = " ".join(page.text.split())
        table = cross_table(pairs(data))
        for power in (1, 2):
            other = cohens_kappa(table, wt="linear" if power == 1 else "quadratic")
            assert f"{other.kappa:.2f} (95% interval {other.kappa_low:.2f} to {other.kappa_upp:.2f})" in text
        assert f"{table.trace()} of {table.sum()} conditions" in text
        cells = re.findall(r"<td(?: class=\"ivig-grading-same\")?>(\d+)</td>", html)
        assert [int(cell) for cell in cells] == table.flatten().tolist()
        for level, size in Counter(grading.grade(data)).items():
            assert f'data-value="{level}">{size} ' in html
        for reason, size in left_out(data).items():
            assert f"{reason}: {size}".casefold() in text.casefold()
        for difference in disagreements(data):
            assert html.count(f'data-action="open" data-value="{difference.pair.condition}"') == 1
        assert html.count("<li>") >= sum(len(d.reasons) for d in disagreements(data))

    def test_it_follows_the_tables(self, package):
        """With other rows the section says other numbers; without a pair it says so."""
        assert "No condition in the tables is graded both here and by Australia" in how_we_grade(package.load())

    def test_its_citations_lead_to_its_sources(self, data):
        """Every number stands in the list at the section's end."""
        html = how_we_grade(data)
        assert set(re.findall(r'href="#(source-grading-\d+)"', html)) == set(re.findall(r'<li id="(source-grading-\d+)"', html))
