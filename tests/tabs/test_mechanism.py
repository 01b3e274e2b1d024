"""The tab "How it works", without a browser."""

from __future__ import annotations

import dataclasses
import re
import time
from html import escape

import pytest
from reading import Page

from ivig_explainer import dosing, kinetics
from ivig_explainer.app import Session
from ivig_explainer.dataset import read_descriptor
from ivig_explainer.tabs import mechanism
from ivig_explainer.tabs.igg import PARTS
from ivig_explainer.tabs.mechanism import CONFIDENCES, DOSE_G_PER_KG, FAMILIES, PRESETS
from ivig_explainer.view import View
from ivig_explainer.widgets import Frame


def act(widget, action: str, value: str) -> None:
    """Do what a click does."""
    widget._handle_custom_msg({"action": action, "value": value}, [])


@pytest.fixture
def session(data):
    return Session(data, Frame())


@pytest.fixture
def page(session):
    return mechanism.build(session)


@pytest.fixture
def levels(page):
    """The widgets of the part on serum IgG."""
    return page.children["levels"].children


def everything(page) -> str:
    """Return all HTML of the tab as it stands."""
    inner = [page.children[name].html for name in ("antibody", "found", "dose-words", "levels")]
    levels = page.children["levels"].children
    return "".join([page.html, *inner, *(levels[name].html for name in ("presets", "switch", "level-words"))])


def names(page) -> list[str]:
    """Return the names of the mechanisms that are shown."""
    return re.findall(r"<h4>(.*?)</h4>", page.children["found"].html)


class TestPage:
    def test_it_is_sound(self, page):
        """Well-formed, with both reading levels, all five passages and no missing value."""
        html = everything(page)
        read = Page(html)
        assert read.open == []
        assert not re.search(r"\bnan\b|<NA>|\bNone\b", read.text)
        assert html.count('<section class="ivig-passage">') == 5
        assert html.count('class="ivig-plain"') == html.count('class="ivig-student"') == 5

    def test_every_citation_has_its_source(self, page):
        """Whatever is chosen, each number leads into the list of the page."""
        act(page.children["antibody"], "family", "")
        act(page.children["levels"].children["switch"], "levels", "all")
        tags = Page(everything(page)).tags
        anchors = {a["id"] for tag, a in tags if tag == "li" and "id" in a}
        cited = {a["href"].removeprefix("#") for tag, a in tags if tag == "a" and a["href"].startswith("#")}
        assert cited <= anchors

    def test_every_enum_value_has_words(self, data):
        """What the tables may hold, the tab can say."""
        fields = next(r for r in read_descriptor(data.folder)["resources"] if r["name"] == "mechanisms")["schema"]["fields"]
        allowed = {f["name"]: f["constraints"]["enum"] for f in fields if "enum" in f.get("constraints", {})}
        assert set(PARTS) == set(allowed["part"])
        assert set(FAMILIES) == set(allowed["family"])
        assert set(CONFIDENCES) == set(allowed["confidence"])
        assert set(mechanism.BASES) == set(allowed["confidence_basis"])

    def test_nobody_is_told_what_to_do(self, page):
        assert "you should" not in everything(page).lower()

    @pytest.mark.parametrize("column", ["name", "explanation", "note"])
    def test_text_of_the_tables_is_never_markup(self, data, column):
        """Markup in a cell is shown as text."""
        evil = '"><img src=x onerror="alert(1)">'
        broken = dataclasses.replace(
            data,
            mechanisms=data.mechanisms.assign(**{column: evil}),
            condition_mechanisms=data.condition_mechanisms.assign(note=evil),
            conditions=data.conditions.assign(name=evil),
        )
        page = mechanism.build(Session(broken, Frame()))
        act(page.children["antibody"], "family", "")
        read = Page(everything(page))
        assert read.open == []
        assert not any(tag == "img" or any(name.startswith("on") for name in attributes) for tag, attributes in read.tags)

    def test_a_change_of_theme_is_drawn(self, session, page):
        """Charts follow the theme."""
        before = page.children["dose-chart"].figure
        session.frame.dark = True
        session.tell(session.view)
        assert page.children["dose-chart"].figure["layout"]["font"]["color"] != before["layout"]["font"]["color"]


class TestAntibody:
    @pytest.mark.parametrize("part", PARTS)
    def test_a_part_shows_what_acts_there(self, data, page, part):
        """Just the mechanisms of that part; the drawing says which part is chosen, and how many act there."""
        act(page.children["antibody"], "part", part)
        wanted = data.mechanisms.loc[data.mechanisms["part"] == part, "name"]
        assert sorted(names(page)) == sorted(map(escape, wanted))
        pressed = re.findall(
            r'aria-pressed="true" aria-label="([^"]+)" data-action="part" data-value="(\w+)"', page.children["antibody"].html
        )
        assert [value for _, value in pressed] == [part]
        assert f"{len(wanted)} mechanism" in pressed[0][0]

    @pytest.mark.parametrize("family", FAMILIES)
    def test_a_family_shows_its_mechanisms(self, data, page, family):
        """Just those of the family."""
        act(page.children["antibody"], "family", family)
        assert sorted(names(page)) == sorted(map(escape, data.mechanisms.loc[data.mechanisms["family"] == family, "name"]))

    def test_all_shows_all_with_certainty_in_words(self, data, page):
        """Each mechanism says how sure the field is by a symbol and a word, the surest first."""
        act(page.children["antibody"], "family", "")
        html = page.children["found"].html
        found = re.findall(r'data-mark="(\w+)">(\w+)</span>', html)
        assert len(found) == len(data.mechanisms)
        assert all(CONFIDENCES[mark] == word for mark, word in found)
        assert [mark for mark, _ in found] == sorted((mark for mark, _ in found), key=list(CONFIDENCES).index)
        for condition in data.condition_mechanisms["condition"]:
            assert f'data-action="open" data-value="{condition}"' in html

    def test_a_condition_shows_its_mechanisms_and_goes_into_the_address(self, data, session, page):
        """Chosen in the list, it becomes the condition of the view."""
        page.children["condition"].values = {"condition": "cidp"}
        wanted = data.condition_mechanisms.loc[data.condition_mechanisms["condition"] == "cidp", "mechanism"]
        assert len(names(page)) == len(wanted)
        assert session.view.condition == "cidp"
        assert "In CIDP:" in page.children["found"].html

    def test_the_open_condition_is_chosen_from_the_start(self, data):
        """Who comes from a card sees that condition."""
        session = Session(data, Frame())
        session.view = View(condition="cidp")
        page = mechanism.build(session)
        assert page.children["condition"].values == {"condition": "cidp"}
        session.change(condition="kawasaki-disease")
        assert page.children["condition"].values == {"condition": "kawasaki-disease"}

    def test_a_part_after_a_condition(self, page):
        """Choosing a part lets go of the condition."""
        page.children["condition"].values = {"condition": "cidp"}
        act(page.children["antibody"], "part", "Fab")
        assert page.children["condition"].values == {"condition": ""}

    def test_a_link_opens_the_card(self, session, page):
        """On Explore, where cards are."""
        act(page.children["found"], "open", "itp-adult")
        assert (session.view.tab, session.view.condition) == ("explore", "itp-adult")

    @pytest.mark.parametrize(("action", "value"), [("part", "magic"), ("family", "magic"), ("open", "magic"), ("", ""), ("part", "<b>")])
    def test_nonsense_changes_nothing(self, session, page, action, value):
        """What no button sends is ignored."""
        before = everything(page)
        act(page.children["antibody"], action, value)
        act(page.children["found"], action, value)
        assert everything(page) == before
        assert session.view == View()

    @pytest.mark.parametrize("value", ["magic", 7, None, ["cidp"], {}])
    def test_no_condition_by_that_name(self, session, page, value):
        """A value that no option has opens no condition."""
        page.children["condition"].values = {"condition": value}
        assert session.view.condition == ""


class TestDose:
    @pytest.mark.parametrize("dose", [0.4, 1, 2])
    def test_words_count_what_the_tables_hold(self, data, page, dose):
        """Each role with its number of schedules, and each condition as a link."""
        page.children["dose"].values = {"dose": dose}
        html = page.children["dose-words"].html
        found = dosing.near(dosing.courses(data), dose)
        assert f"{len(found)} of {len(dosing.courses(data))} schedules" in html
        for role, some in found.groupby("role"):
            assert f'data-mark="{role}"' in html
            assert f": {len(some)} of " in html
        assert set(re.findall(r'data-value="([\w-]+)"', html)) == set(found["condition"])

    @pytest.mark.parametrize("value", [None, "2", -1, 99, float("nan"), True, []])
    def test_an_impossible_dose_stays_on_the_slider(self, page, value):
        """Whatever a browser sends, the line stays within the ends of the slider."""
        page.children["dose"].values = {"dose": value}
        line = page.children["dose-chart"].figure["layout"]["shapes"][1]
        assert DOSE_G_PER_KG[0] <= line["x0"] <= DOSE_G_PER_KG[1]

    def test_a_mark_moves_the_slider(self, page):
        """Clicking a mark asks about its dose; a dose beyond the slider goes to its end."""
        act(page.children["dose-chart"], "choose", "2")
        assert page.children["dose"].values == {"dose": 2.0}
        act(page.children["dose-chart"], "choose", "6")
        assert page.children["dose"].values == {"dose": DOSE_G_PER_KG[1]}
        act(page.children["dose-chart"], "choose", "magic")
        assert page.children["dose"].values == {"dose": DOSE_G_PER_KG[1]}


class TestLevels:
    def test_words_are_the_models_numbers(self, data, levels):
        """Trough, peak and weeks stand beside the chart, for both schedules, with the model's people and source."""
        model = kinetics.models(data)[levels["person"].values["model"]]
        html = levels["level-words"].html
        for values in PRESETS[0]:
            schedule = kinetics.Schedule(values["dose"], values["interval"] * 7, values["route"])
            steady = kinetics.steady_state(model, schedule, 70, levels["person"].values["start"])
            assert f"{steady.trough:.1f} g/L" in html
            assert f"{steady.peak:.1f} g/L" in html
            assert schedule.words() in html
        assert escape(model.population) in html
        assert "ivig-cite" in html

    @pytest.mark.parametrize(
        ("form", "field", "value"),
        [
            ("person", "weight", 900),
            ("person", "weight", None),
            ("person", "weight", "70"),
            ("person", "start", -1),
            ("first", "dose", 9),
            ("first", "dose", float("nan")),
            ("first", "interval", 0),
            ("first", "route", "nose"),
            ("second", "interval", 99),
            ("second", "dose", True),
        ],
    )
    def test_impossible_values_are_told_beside_their_field(self, page, levels, form, field, value):
        """There is a sentence for the field and no curve; mended, the curve is back."""
        before = dict(levels[form].values)
        levels[form].values = {**before, field: value}
        assert levels[form].faults[field].endswith(".")
        assert {"one", "all"} <= set(page.children["levels"].hidden)
        assert "No curve" in levels["level-words"].html
        levels[form].values = before
        assert levels[form].faults == {}
        assert page.children["levels"].hidden == ["all"]

    def test_a_route_that_the_model_does_not_know(self, data, levels):
        """It is refused with the reason, not drawn by another model."""
        by_vein = next(m for m in kinetics.models(data).values() if m.routes == ("IV",))
        levels["person"].values = {**levels["person"].values, "model": by_vein.id}
        levels["second"].values = {"route": "SC", "dose": 0.1, "interval": 1}
        assert by_vein.name in levels["second"].faults["route"]

    def test_a_preset_that_the_model_does_not_know_changes_the_model(self, data, levels):
        """The comparison under the skin comes with a model that can draw it."""
        by_vein = next(m for m in kinetics.models(data).values() if m.routes == ("IV",))
        levels["person"].values = {**levels["person"].values, "model": by_vein.id}
        act(levels["presets"], "preset", "1")
        assert "SC" in kinetics.models(data)[levels["person"].values["model"]].routes
        assert levels["second"].values == PRESETS[1][1]
        assert levels["second"].faults == {}

    def test_a_model_brings_its_own_start_unless_one_was_typed(self, data, levels):
        """The level without treatment follows the model until the visitor says otherwise."""
        models = kinetics.models(data)
        levels["person"].values = {**levels["person"].values, "model": "tortorici-2021-cidp"}
        assert levels["person"].values["start"] == models["tortorici-2021-cidp"].own_igg_g_per_l
        levels["person"].values = {**levels["person"].values, "start": 2}
        levels["person"].values = {**levels["person"].values, "model": "luo-2020"}
        assert levels["person"].values["start"] == 2

    def test_without_comparison(self, page, levels):
        """One schedule, one curve, and the second form is put away with its faults."""
        levels["second"].values = {**levels["second"].values, "dose": 99}
        levels["person"].values = {**levels["person"].values, "compare": "no"}
        assert page.children["levels"].hidden == ["all", "second"]
        assert levels["second"].faults == {}
        assert levels["level-chart"].title.startswith("Trough ")

    def test_twice_the_same_schedule_is_one_curve(self, levels):
        """Two equal schedules are drawn once."""
        levels["second"].values = dict(levels["first"].values)
        assert levels["level-chart"].title.startswith("Trough settles")

    def test_all_models(self, data, page, levels):
        """Every usable model with its people, those left out with their reason."""
        act(levels["switch"], "levels", "all")
        html = levels["level-words"].html
        for model in kinetics.models(data).values():
            assert escape(model.name) in html
            assert escape(model.population) in html
        for reason in kinetics.unusable(data).values():
            assert escape(reason) in page.html
        assert levels["spread-chart"].title.startswith("The same dose settles")
        assert page.children["levels"].hidden == ["one", "second"]

    def test_what_is_not_modelled_is_said(self, page):
        for sentence in kinetics.NOT_MODELLED:
            assert escape(sentence) in page.html

    def test_a_weight_unlike_the_models_people(self, levels):
        """The curve is drawn and called a guess."""
        levels["person"].values = {**levels["person"].values, "weight": 5}
        assert "the curve is a guess" in levels["level-words"].html

    @pytest.mark.parametrize("value", ["magic", "", "9", "<b>"])
    def test_nonsense_changes_nothing(self, page, levels, value):
        before = everything(page)
        act(levels["presets"], "preset", value)
        act(levels["switch"], "levels", value)
        assert everything(page) == before


def test_an_interaction_is_quick(page):
    """The processor time of one step, the best of several, is under 40 ms."""
    levels = page.children["levels"].children

    def dose(step: int) -> None:
        page.children["dose"].values = {"dose": 0.5 + step / 20}

    def level(step: int) -> None:
        levels["first"].values = {**levels["first"].values, "dose": 0.5 + step / 20}

    for change in (dose, level):
        times = []
        for step in range(5):
            start = time.process_time()
            change(step)
            times.append(time.process_time() - start)
        assert min(times) < 0.04
