"""The infusion tab: what is entered becomes a plan or a plain sentence, and every statement has its sources."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from itertools import pairwise

import pandas as pd
import pytest

from ivig_explainer import infusion
from ivig_explainer.app import Session
from ivig_explainer.reactions import short
from ivig_explainer.tabs.infusion import OWN, WEIGHT_KG, _Infusion, build
from ivig_explainer.view import View
from ivig_explainer.widgets import Frame

ATTACK = '"><script>alert(1)</script><img src=x onerror="alert(1)">'


class Reader(HTMLParser):
    """Read the text, the tags, and what the marks of a piece of HTML do."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.texts: list[str] = []
        self.tags: list[tuple[str, dict]] = []
        self.feed(html)
        self.text = re.sub(r"\s+", " ", " ".join(self.texts)).replace("\N{NO-BREAK SPACE}", " ")

    def handle_starttag(self, tag, attributes):
        self.tags.append((tag, dict(attributes)))

    def handle_data(self, text):
        self.texts.append(text)


def tab(data, condition: str = "") -> _Infusion:
    session = Session(data, Frame())
    session.view = View(tab="infusion", condition=condition)
    return _Infusion(session)


def enter(shown: _Infusion, **values: object) -> None:
    """Change fields of the form, as the page does."""
    shown.form.values = shown.form.values | values


def said(shown: _Infusion) -> str:
    return shown.session.frame.announcement


def text(shown: _Infusion) -> str:
    return Reader(shown.result.html).text


@pytest.fixture
def shown(data):
    """The tab with a dose of its own: 0.4 g/kg of Octagam 10% for 70 kg in one day."""
    found = tab(data, "itp-adult")
    enter(found, product="octagam-10", dose_g_per_kg=0.4)
    enter(found, days=1)
    return found


class TestStart:
    def test_it_begins_with_the_open_condition(self, data):
        """The condition whose card is open is chosen, with the first product whose rates are printed for it."""
        found = tab(data, "cidp")
        assert found.form.values["condition"] == "cidp"
        assert found.form.values["table"].startswith("cidp|")
        assert found.plans

    def test_without_one_it_begins_where_all_steps_are_printed(self, data):
        """A condition without a schedule, or none, leads to rates printed step by step."""
        without = next(c for c in data.conditions["id"] if c not in set(data.regimens["condition"]))
        for condition in ("", without):
            found = tab(data, condition)
            assert found._plan().table.complete
            assert found.form.values["weight_kg"] == WEIGHT_KG

    def test_every_condition_with_a_schedule_can_be_chosen_and_no_other(self, data, shown):
        """The list holds each of them once, grouped by category, and every one of them makes a plan."""
        options = next(field for field in shown.form.fields if field["name"] == "condition")["options"]
        assert {option["value"] for option in options} == set(data.regimens["condition"])
        assert len(options) == data.regimens["condition"].nunique()
        categories = data.conditions.set_index("id")["category"]
        assert all(option["group"] == categories[option["value"]] for option in options)
        for option in options:
            enter(shown, condition=option["value"])
            assert shown.form.faults == {}, option["value"]
            assert shown.plans

    def test_products_under_the_skin_are_not_offered(self, data, shown):
        """Only brands for a vein can be chosen, those with a rate table first."""
        options = next(field for field in shown.form.fields if field["name"] == "product")["options"]
        assert {option["value"] for option in options} == set(data.products.loc[data.products["route"] != "SC", "id"])
        groups = [option["group"] for option in options]
        assert groups == sorted(groups, key=["With a rate table", "No rates in the tables"].index)

    def test_a_small_package_builds(self, small):
        """Tables of a few rows, without our prose and without a complete rate table, make a page too."""
        page = build(Session(small, Frame()))
        assert "A worked example" in page.html


class TestPlan:
    def test_by_hand(self, shown):
        """0.4 g/kg for 70 kg: 28 g, 280 mL, 20 + 4 x 2 g, 30 min at each of the first three steps, 113.75 min in all."""
        for part in ("28 g are 280 mL of Octagam 10%", "100 mg/mL", "1 × 20 g + 4 × 2 g", "28 g, just the dose", "1 h 54 min"):
            assert part in text(shown)
        assert shown.steps.title == "28 g of Octagam 10% run in over 1 h 54 min, the rate rising from 42 to 336 mL/h"
        assert len(shown.splits.table["rows"]) == 5
        assert shown.page.hidden == []
        assert infusion.NOTICE in text(shown)

    def test_it_is_announced_in_a_few_words(self, shown):
        """Grams, millilitres and time; with several days those of a day."""
        assert said(shown) == "28 g, 280 mL, about 1 h 54 min"
        enter(shown, days=2)
        assert said(shown).startswith("28 g over 2 days; each day 14 g, 140 mL, about ")

    def test_a_bar_sets_the_days(self, shown):
        """Choosing the bar of three days is choosing three days; other marks do nothing."""
        shown._act("choose", "days:3")
        assert shown.form.values["days"] == 3
        assert "over 3 days" in text(shown)
        for wrong in ("days:9", "days:", "x", "days:<b>"):
            shown._act("choose", wrong)
        assert shown.form.values["days"] == 3

    def test_three_weights_are_shown_once_they_can_be(self, shown):
        """Height and sex give actual, adjusted and ideal weight, with the source of the rule."""
        assert "Three weights" not in text(shown)
        enter(shown, weight_kg=100, height_cm=180)
        assert "needs the sex and a height from 152 cm" in text(shown)
        enter(shown, sex="male", basis="adjusted")
        for part in ("Actual weight 100 kg", "Adjusted weight 85 kg counts", "Ideal weight 75 kg", "34 g"):
            assert part in text(shown)
        assert infusion.WEIGHT_RULE in text(shown)

    def test_a_product_without_rates_says_so(self, shown):
        """There are grams and vials but no duration and no chart."""
        enter(shown, product="yimmugo")
        assert "no infusion rates for Yimmugo" in text(shown)
        assert "One session not known" in text(shown)
        assert shown.page.hidden == ["charts"]
        assert said(shown).endswith("time not known")

    def test_steps_without_minutes_give_a_range_and_say_which(self, shown):
        """Where only a first and a highest rate are printed, the session is a range from all of it at either."""
        enter(shown, product="privigen")
        assert "For steps 1 and 2 no time is stated" in text(shown)
        assert " to " in shown._plan().duration

    def test_borrowed_rates_say_so(self, shown):
        """Rates that are printed for another condition are named as borrowed; those for this one are not."""
        assert "borrowed" not in text(shown)
        enter(shown, condition="kawasaki-disease", product="octagam-10")
        assert "They are borrowed to show the arithmetic" in text(shown)

    def test_variants_of_a_rate_table_can_be_chosen(self, shown):
        """Where a product has several tables a field offers them by condition and group; where it has one there is none."""
        enter(shown, product="panzyga")
        variants = next(field for field in shown.form.fields if field["name"] == "table")["options"]
        assert [v["value"] for v in variants if v["value"].endswith("|experienced")]
        enter(shown, table="primary-immunodeficiency|experienced")
        assert "people used to the product" in text(shown)
        enter(shown, product="bivigam")
        assert all(field["name"] != "table" for field in shown.form.fields)


class TestSchedules:
    def test_a_schedule_brings_its_numbers_and_its_product(self, data, shown):
        """Choosing a label's schedule sets dose, days and product, and says whose it is with its sources."""
        enter(shown, condition="cidp", product="octagam-10")
        enter(shown, regimen="cidp-us-privigen-induction")
        values = shown.form.values
        assert (values["dose_g_per_kg"], values["days"], values["product"]) == (2, 2, "privigen")
        assert "2 g/kg in all over 2–5 days, FDA label (Privigen): adults" in text(shown)
        assert "takes the fewest" in text(shown)

    def test_other_numbers_are_a_dose_of_ones_own(self, shown):
        """Days that the schedule allows keep it; another dose, or other days, make it one's own."""
        enter(shown, condition="cidp")
        enter(shown, regimen="cidp-us-gamunex-c-induction")
        enter(shown, days=4)
        assert shown.form.values["regimen"] == "cidp-us-gamunex-c-induction"
        assert "takes the fewest" not in text(shown)
        enter(shown, days=5)
        assert shown.form.values["regimen"] == OWN
        assert "from no source" in text(shown)

    def test_a_dose_in_grams_follows_the_weight(self, shown):
        """A fixed dose stays 75 g in all for a heavier person."""
        enter(shown, condition="necrotising-fasciitis", weight_kg=70)
        for weight in (70, 100):
            enter(shown, weight_kg=weight)
            assert shown._plan().grams == pytest.approx(75, abs=0.01)

    def test_another_open_condition_is_taken_over(self, shown):
        """When a card is opened elsewhere the example follows; one without a schedule leaves it as it is."""
        shown.session.change(condition="cidp")
        assert shown.form.values["condition"] == "cidp"
        shown.session.change(condition="")
        assert shown.form.values["condition"] == "cidp"


class TestFaults:
    @pytest.mark.parametrize(
        ("field", "value", "sentence"),
        [
            ("weight_kg", 0, "The weight must be a number from 0.5 to 350 kg; 0 is not."),
            ("weight_kg", 900, "The weight must be a number from 0.5 to 350 kg; 900 is not."),
            ("weight_kg", None, "The weight must be a number from 0.5 to 350 kg."),
            ("dose_g_per_kg", 40, "The dose of the whole course must be a number from 0.05 to 5 g/kg; 40 is not."),
            ("height_cm", 5, "The height must be a number from 40 to 250 cm; 5 is not."),
        ],
    )
    def test_the_impossible_gets_a_sentence_and_no_plan(self, shown, field, value, sentence):
        """The sentence stands beside its field; the result says that the plan waits; charts are away; and all comes back."""
        good = shown.form.values[field]
        before = said(shown)
        enter(shown, **{field: value})
        assert shown.form.faults == {field: sentence}
        assert "The plan waits" in text(shown)
        assert shown.page.hidden == ["charts"]
        assert said(shown) == before
        enter(shown, **{field: good})
        assert shown.form.faults == {}
        assert "28 g are 280 mL" in text(shown)

    @pytest.mark.parametrize(
        "field", ["condition", "regimen", "dose_g_per_kg", "days", "weight_kg", "basis", "height_cm", "sex", "product", "table"]
    )
    def test_no_value_breaks_the_page_or_becomes_markup(self, shown, field):
        """Whatever a page sends, there is a plan or a sentence, and no text of it is markup."""
        for bad in (ATTACK, "", None, [], {"a": 1}, 10**9, -1, True, 2.5):
            enter(shown, **{field: bad})
            assert bool(shown.plans) != bool(shown.form.faults)
            assert "<script" not in shown.result.html
            assert all(isinstance(sentence, str) and sentence for sentence in shown.form.faults.values())

    def test_only_what_was_changed_stands_in_the_address(self, data):
        """What the plan begins with is left out; what a field does not allow never gets in by a link."""
        shown = tab(data, "")
        assert shown.session.view.parts == ()
        enter(shown, weight_kg=81)
        assert shown.session.view.part("infusion.form")["weight_kg"] == ("81",)
        wrong = shown.session.view.keep("infusion.form", {"weight_kg": "9000", "condition": "magic", "size": "1"})
        shown.session.show(wrong)
        assert shown.session.view.parts == ()
        assert len(shown.session.frame.notices) == 3


class TestPage:
    def test_reactions_stand_beside_the_stage_where_they_show(self, data, shown):
        """Every reaction is named once for each reading level, with its sources; headings come in order."""
        page = Reader(shown.page.html)
        for row in data.adverse_reactions.itertuples():
            assert row.lay_name in page.text
            assert short(row.name) in page.text
        levels = [int(tag[1]) for tag, _ in page.tags if re.fullmatch(r"h\d", tag)]
        assert levels[0] == 2
        assert all(after - before <= 1 for before, after in pairwise(levels))

    def test_every_number_of_a_source_leads_to_it(self, shown):
        """Each citation of the page and of the example has its entry in the list under it."""
        for html in (shown.page.html, shown.result.html):
            tags = Reader(html).tags
            cited = {a["href"][1:] for tag, a in tags if tag == "a" and a.get("href", "").startswith("#")}
            assert cited
            assert cited == {a["id"] for tag, a in tags if tag == "li" and "id" in a}

    def test_the_lengths_of_sessions_are_compared(self, shown):
        """One chart shows one product at several doses, from the shortest to the longest session, in words too."""
        assert shown.lengths.name == "sessions"
        assert re.search(r"takes \d.* another \d", shown.lengths.title)
        assert len(shown.lengths.table["rows"]) >= len(infusion.SESSIONS)

    def test_the_theme_redraws_the_charts(self, shown):
        """A change of theme changes the colours and nothing that was entered."""
        light, values = [plot.figure for plot in (shown.steps, shown.splits, shown.lengths)], shown.form.values
        shown.session.frame.dark = True
        shown.session.tell(shown.session.view)
        assert all(plot.figure != old for plot, old in zip((shown.steps, shown.splits, shown.lengths), light, strict=True))
        assert shown.form.values == values

    def test_a_link_opens_the_card(self, shown):
        """The condition's card opens in the explorer; the example keeps what was entered."""
        values = shown.form.values
        shown._act("open", values["condition"])
        assert (shown.session.view.tab, shown.session.view.condition) == ("explore", values["condition"])
        assert shown.form.values == values

    @pytest.mark.parametrize(
        ("table", "column"),
        [
            ("conditions", "name"),
            ("regimens", "issuer"),
            ("regimens", "population"),
            ("products", "brand"),
            ("infusion_rates", "note"),
            ("adverse_reactions", "name"),
            ("adverse_reactions", "lay_name"),
            ("sources", "title"),
        ],
    )
    def test_text_of_the_tables_is_never_markup(self, package, table, column):
        """Markup in a cell is shown as text."""
        package.put(table, 2, column, ATTACK)
        found = tab(package.load(), "cidp")
        for html in (found.page.html, found.result.html):
            assert "<script" not in html
            assert not any(name.startswith("on") for _, attributes in Reader(html).tags for name in attributes)

    def test_nothing_is_left_unknown_in_the_text(self, data, shown):
        """No missing value of a table is printed as such, whichever schedule is chosen."""
        for regimen in data.regimens.itertuples():
            enter(shown, condition=regimen.condition)
            enter(shown, regimen=regimen.id)
            assert shown.form.values["regimen"] == regimen.id
            assert not re.search(r"\bnan\b|<NA>|\bNone\b", shown.result.html.replace("None of", "")), regimen.id
        assert not re.search(r"\bnan\b|<NA>", shown.page.html)
        assert pd.notna(shown.form.values["dose_g_per_kg"])
