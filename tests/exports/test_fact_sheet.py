"""A fact sheet says the essentials of one condition, or of IVIG itself, and counts what it leaves out."""

from __future__ import annotations

import re

import pytest

from ivig_explainer.app import perform_alone
from ivig_explainer.exports.about import NOTICE
from ivig_explainer.exports.fact_sheet import condition_sheet, ivig_sheet
from ivig_explainer.scenes import Lecture, Scene


def sheet(data, condition: str) -> str:
    deck = perform_alone(data, Lecture(scenes=(Scene(f"tab=explore&condition={condition}", "card"),)))
    return condition_sheet(data, deck.slides[0]).content.decode()


class TestConditions:
    def test_it_says_what_a_card_says_first(self, data):
        """What goes wrong, why, doses, access, evidence, safety and sources stand on it."""
        text = sheet(data, "cidp")
        headings = re.findall("<h2>(.*?)</h2>", text)
        wanted = ["What goes wrong", "Why IVIG", "Doses that sources give", "Access by country", "What studies found", "Sources"]
        assert [heading for heading in headings if heading in wanted] == wanted
        assert any(heading.startswith("Safety") for heading in headings)

    def test_every_country_stands_on_it(self, data):
        """Access is not cut off after the first countries."""
        for country in ("United States:", "European Union:", "United Kingdom:", "Australia:", "Canada:"):
            assert country in sheet(data, "cidp")

    @pytest.mark.parametrize("condition", ["cidp", "cvid", "kawasaki-disease"])
    def test_both_pages_carry_notice_and_version(self, data, condition):
        """There are two pages, and each says what it is."""
        text = sheet(data, condition)
        assert text.count('class="sheet"') == 2
        assert text.count(NOTICE) == 2
        assert text.count(f"Data version {data.version}") == 2

    def test_what_is_cited_is_listed(self, data):
        """Every number in the text has its line among the sources."""
        text = sheet(data, "gbs")
        cited = {int(number) for marks in re.findall("<sup>([0-9,]+)</sup>", text) for number in marks.split(",")}
        assert cited == {int(number) for number in re.findall("<li>([0-9]+) <a", text)}

    def test_a_name_is_no_markup(self, broken):
        """Names from the tables are escaped, also in the title and in the name of the file."""
        condition = broken.conditions.loc[broken.conditions["name"].str.startswith("<script>"), "id"].iloc[0]
        deck = perform_alone(broken, Lecture(scenes=(Scene(f"tab=explore&condition={condition}", "card"),)))
        file = condition_sheet(broken, deck.slides[0])
        assert "<script" not in file.content.decode()
        assert re.fullmatch(r"[a-z0-9.-]+", file.name)


class TestItself:
    def test_it_answers_what_people_ask_first(self, data):
        """What it is, uses, how it is given, side effects, questions and sources stand on it."""
        headings = re.findall("<h2>(.*?)</h2>", ivig_sheet(data).content.decode())
        assert headings == [
            "What it is",
            "What it is used for, and how sure we are",
            "How it is made and given",
            "Side effects",
            "Questions that people ask",
            "Sources",
        ]

    def test_its_counts_are_those_of_the_tables(self, data):
        """The number of conditions of each category is computed."""
        text = ivig_sheet(data).content.decode()
        sizes = data.conditions["category"].value_counts()
        for category, size in sizes.items():
            assert f"<b>{category.replace('&', '&amp;')}:</b> {size} condition" in text
