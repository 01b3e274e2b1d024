"""The card of every condition shows what the tables hold, in words, escaped, each statement with its sources."""

from __future__ import annotations

import re
from types import SimpleNamespace

import pandas as pd
import pytest
from reading import Page

import ivig_explainer as ivig
from ivig_explainer import grading
from ivig_explainer.dataset import read_descriptor
from ivig_explainer.effects import REASONS, compare
from ivig_explainer.tabs.card import card, forest
from ivig_explainer.wording import dose, number, span

IDS = ivig.load().conditions["id"].tolist()


def enums(data) -> set[str]:
    """Return every value with a hyphen that a column of the data set chooses from, such as funded-with-conditions."""
    fields = [field for resource in read_descriptor(data.folder)["resources"] for field in resource["schema"]["fields"]]
    values = {value for field in fields for value in field.get("constraints", {}).get("enum", ())}
    return {value for value in values | set(grading.LEVELS) if "-" in value}


def free_text(data) -> str:
    """Return all free text of the tables, in which words such as "first-line" are words."""
    kinds = {
        resource["name"]: [
            f["name"] for f in resource["schema"]["fields"] if f["type"] == "string" and "enum" not in f.get("constraints", {})
        ]
        for resource in read_descriptor(data.folder)["resources"]
    }
    cells = [cell for name, table in data.tables().items() for column in kinds[name] for cell in table[column]]
    return "\n".join(" ".join(cell) if isinstance(cell, tuple) else cell for cell in cells if isinstance(cell, (str, tuple)))


@pytest.fixture(scope="module")
def raw(data) -> re.Pattern[str]:
    """A pattern of what must never be visible: missing values, and enum values that no text of the tables contains."""
    texts = free_text(data)
    ids = sorted(value for value in enums(data) if value not in texts)
    assert "funded-with-conditions" in ids
    return re.compile(r"<NA>|\bnan\b|\bNaN\b|\bNone\b(?! of)|\bTrue\b|\bFalse\b|(?<![\w-])(?:" + "|".join(ids) + r")(?![\w-])")


class TestRealCards:
    @pytest.mark.parametrize("condition", IDS)
    def test_every_condition_has_a_sound_card(self, data, raw, condition):
        """The card is well-formed, names its condition, and shows no missing value and no raw enum value."""
        page = Page(card(data, condition))
        row = data.conditions.set_index("id").loc[condition]
        assert page.open == []
        assert row["name"] in page.text
        assert raw.search(page.text) is None, raw.search(page.text)

    @pytest.mark.parametrize("condition", IDS)
    def test_every_citation_has_its_reference(self, data, condition):
        """Each number leads to an entry of the card's list, each entry is cited, and numbers run from 1."""
        page = Page(card(data, condition))
        anchors = [a["id"] for tag, a in page.tags if tag == "li" and "id" in a]
        cited = {a["href"].removeprefix("#") for tag, a in page.tags if tag == "a" and a["href"].startswith("#")}
        assert anchors == [f"source-{condition}-{n}" for n in range(1, len(anchors) + 1)]
        assert cited == set(anchors)
        assert anchors

    @pytest.mark.parametrize("condition", IDS)
    def test_every_source_of_its_rows_is_in_the_list(self, data, condition):
        """The sources of the condition and of its regimens, statuses and evidence are all cited."""
        named = set(data.conditions.set_index("id").loc[condition, "sources"])
        for table in (data.regimens, data.statuses, data.evidence):
            named |= {source for sources in table.loc[table["condition"] == condition, "sources"] for source in sources}
        shown = [a for tag, a in Page(card(data, condition)).tags if tag == "li" and "id" in a]
        assert len(shown) >= len(named)

    def test_headings_keep_one_order(self, data):
        """Every card has its headings in the same order, whichever of them it has."""
        order: list[str] = []
        found = [re.findall(r"<h3>(.*?)</h3>", card(data, condition)) for condition in IDS]
        order = max(found, key=len)
        for headings in found:
            assert headings == [heading for heading in order if heading in headings]
            assert headings[-1] == "Sources"

    def test_the_level_is_shown_with_its_rule(self, data):
        """A card says how strong the evidence is, and by which rule."""
        levels = grading.grade(data)
        for condition in IDS:
            text = Page(card(data, condition)).text
            assert f"Evidence: {grading.LEVELS[levels[condition]]}" in text
            assert grading.RULE[levels[condition]] in text

    def test_an_unknown_condition_has_no_card(self, data):
        """What is no condition raises KeyError."""
        with pytest.raises(KeyError):
            card(data, "magic")


class TestForest:
    @pytest.mark.parametrize("condition", IDS)
    def test_a_chart_or_a_sentence(self, data, condition):
        """A card with comparable outcomes has a place and a chart for them; one with studies only has a sentence instead."""
        rows = data.evidence[data.evidence["condition"] == condition]
        effects, _ = compare(rows)
        html = card(data, condition)
        chart = forest(data, condition, "light")
        assert ('data-slot="forest"' in html) == (chart is not None) == bool(effects)
        assert ("can stand on an axis" in html) == (not effects and len(rows) > 0)
        if chart:
            assert len(chart.table) == len(effects)

    @pytest.mark.parametrize("condition", IDS)
    def test_what_is_not_drawn_says_why(self, data, condition):
        """Each result that stands apart is named under its reason, with its sources."""
        _, apart = compare(data.evidence[data.evidence["condition"] == condition])
        html = card(data, condition)
        fold = html.partition('<details class="ivig-apart">')[2].partition("</details>")[0]
        text = Page(fold).text
        assert bool(fold) == bool(apart)
        for one in apart:
            assert REASONS[one.reason] in text
            assert one.outcome in text
        assert fold.count('class="ivig-cite"') == len(apart)

    def test_colours_follow_the_theme(self, data):
        """Light and dark differ in nothing but colours."""
        light, dark = (forest(data, "cidp", theme) for theme in ("light", "dark"))
        assert light.table.equals(dark.table)
        assert light.figure != dark.figure


class TestEscaping:
    @pytest.mark.parametrize(
        ("table", "line", "column"),
        [
            ("conditions", 2, "name"),
            ("conditions", 2, "synonyms"),
            ("conditions", 2, "abbreviations"),
            ("conditions", 2, "plain_summary"),
            ("conditions", 2, "pathophysiology"),
            ("conditions", 2, "why_ivig"),
            ("conditions", 2, "alternatives"),
            ("conditions", 2, "note"),
            ("regimens", 2, "issuer"),
            ("regimens", 2, "population"),
            ("regimens", 2, "note"),
            ("statuses", 2, "body"),
            ("statuses", 2, "native_term"),
            ("statuses", 2, "scope"),
            ("statuses", 2, "detail"),
            ("statuses", 2, "note"),
            ("evidence", 2, "study"),
            ("evidence", 2, "outcome"),
            ("evidence", 2, "plain_words"),
            ("evidence", 2, "caveat"),
            ("evidence", 2, "unit"),
            ("evidence", 2, "p_value"),
            ("sources", 2, "title"),
            ("sources", 2, "publisher"),
        ],
    )
    def test_text_of_the_tables_is_never_markup(self, package, table, line, column):
        """Markup in a cell is shown as text, or not at all; it makes no tag and leaves no attribute."""
        package.put(table, line, column, '"><script>alert(1)</script><img src=x onerror="alert(1)">')
        html = card(package.load(), "cidp")
        page = Page(html)
        assert "<script" not in html
        assert {tag for tag, _ in page.tags}.isdisjoint({"script", "img"})
        assert not any(name.startswith("on") for _, attributes in page.tags for name in attributes)
        assert page.open == []


class TestSmallCard:
    def test_by_hand(self, small):
        """The card of the hand-written condition says what its rows say, in words."""
        text = re.sub(r"\s+", " ", Page(card(small, "cidp")).text)
        for part in (
            "Nerves lose their lining.",
            "Myelin is attacked.",
            "It calms the attack.",
            "1–2 g/kg in all over 2–5 days, every 3–4 weeks",
            "Induction",
            "Licensed",
            "FDA",
            "favours IVIG",
            "First trial, 2008.",
            "117 people",
            "risk ratio 2.4 (95% interval 1.5 to 3.8)",
            "certainty high",
            "Children and adults",
        ):
            assert part in text

    def test_what_does_not_count_says_so(self, small):
        """A study that does not decide the level is marked as such."""
        assert "does not count towards the grade" in Page(card(small, "itp")).text
        assert "does not count" not in Page(card(small, "cidp")).text

    def test_a_historical_status_says_so(self, small):
        """A status of a scheme that was replaced is shown as history."""
        assert Page(card(small, "itp")).text.count("Historical") == 1

    def test_a_listed_condition_says_that_it_is_only_listed(self, small):
        """Without a summary the card says why it is short."""
        assert "only named by a national list" in Page(card(small, "tetanus")).text

    def test_the_unknown_is_left_out(self, small):
        """A condition without course, ages, codes or studies still has a card without holes."""
        text = Page(card(small, "tetanus")).text
        assert "No study in the tables." in text
        assert not re.search(r"nan|<NA>|None\b", text)


class TestWords:
    @pytest.mark.parametrize(
        ("value", "text"),
        [(2.0, "2"), (0.4, "0.4"), (1234.5, "1234.5"), (0.1 + 0.2, "0.3"), (1e-3, "0.001"), (-1.5, "-1.5"), (15000, "15000"), (0, "0")],
    )
    def test_a_number_has_no_needless_digits(self, value, text):
        """Whole numbers have no point; the noise of binary fractions goes."""
        assert number(value) == text

    @pytest.mark.parametrize(
        ("low", "high", "text"),
        [(1, 2, "1–2"), (2, 2, "2"), (pd.NA, 2, "2"), (1, pd.NA, "1"), (pd.NA, float("nan"), ""), (0.4, 0.6, "0.4–0.6")],
    )
    def test_a_range_is_two_numbers_or_one_or_none(self, low, high, text):
        """Equal ends are one number, an unknown end is left out."""
        assert span(low, high) == text

    @pytest.mark.parametrize(
        ("parts", "text"),
        [
            ({"per": "total-course", "g": (2, 2), "days": (2, 5)}, "2 g/kg in all over 2–5 days"),
            ({"per": "total-course", "g": (2, 2), "days": (1, 1)}, "2 g/kg in all over 1 day"),
            ({"per": "total-course", "g": (1, 2)}, "1–2 g/kg in all"),
            ({"per": "day", "g": (0.4, 0.4), "days": (5, 5)}, "0.4 g/kg a day for 5 days"),
            ({"per": "day", "g": (1, 1), "days": (1, 2), "weeks": (4, 4)}, "1 g/kg a day for 1–2 days, every 4 weeks"),
            ({"per": "infusion", "g": (0.4, 0.6), "weeks": (3, 4)}, "0.4–0.6 g/kg an infusion, every 3–4 weeks"),
            ({"per": "infusion", "g": (0.1, 0.1), "weeks": (1, 1)}, "0.1 g/kg an infusion, every 1 week"),
            ({"per": "infusion", "grams": (25, 25)}, "25 g an infusion"),
        ],
    )
    def test_a_dose_reads_as_a_sentence_would(self, parts, text):
        """Amount, what it is counted per, days and interval; a fixed dose is in grams."""
        ends = {
            "dose_g_per_kg": parts.get("g"),
            "dose_g": parts.get("grams"),
            "days": parts.get("days"),
            "interval_weeks": parts.get("weeks"),
        }
        values = {f"{name}_{end}": (pair[i] if pair else pd.NA) for name, pair in ends.items() for i, end in enumerate(("low", "high"))}
        assert dose(SimpleNamespace(per=parts["per"], **values)) == text

    def test_every_real_dose_has_an_amount(self, data):
        """No regimen of the tables reads " g/kg" without a number, nor a week or a day without one."""
        for regimen in data.regimens.itertuples():
            assert re.match(r"\d", dose(regimen)), (regimen.id, dose(regimen))
