"""Teach: scenes are added, put in order, kept and presented, and nothing that was made is lost."""

from __future__ import annotations

import json

import pytest
from test_app import ask, press, wire

from ivig_explainer.app import Dashboard
from ivig_explainer.lecturing import EMPTY, stage
from ivig_explainer.scenes import LARGEST_FILE, MOST_SCENES, Lecture, Scene
from ivig_explainer.view import View

CARD = Scene("tab=explore&condition=cidp", "card", "Nerves")
CHART = Scene("tab=explore&category=Neurological", "chart:categories", "Bars")
LECTURE = Lecture("own", "Two scenes", (CARD, CHART))


@pytest.fixture
def page(small) -> Dashboard:
    """The page of the small data set, its address applied."""
    dashboard = Dashboard(small)
    ask(dashboard, "?")
    return dashboard


def teach(page: Dashboard):
    """Open the tab and return its parts by name."""
    page.frame.tab = "teach"
    return page.frame.children["teach"].children


def scenes(page: Dashboard) -> tuple[Scene, ...]:
    return page.session.lecturing.lecture.scenes


def with_lecture(page: Dashboard, lecture: Lecture = LECTURE):
    """Open the tab with a lecture in it and return its list of scenes."""
    board = teach(page)["board"]
    press(board, "load", lecture.to_json())
    return board


class TestAdding:
    def test_what_is_shown_becomes_a_scene(self, page):
        """A chart with its filters is added under its finding, without the visitor's theme and reading level."""
        ask(page, "?tab=explore&category=Neurological&theme=dark&text=plain")
        press(page.frame, "scene", "chart:categories")
        title = page.frame.children["explore"].children["stage"].children["chart"].title
        assert scenes(page) == (Scene("tab=explore&category=Neurological", "chart:categories", title),)

    def test_a_card_is_added_under_its_condition(self, page):
        """The scene's title is the name of the condition."""
        ask(page, "?tab=explore&condition=cidp")
        press(page.frame, "scene", "card")
        [scene] = scenes(page)
        assert (scene.focus, scene.title) == ("card", "Chronic inflammatory demyelinating polyneuropathy")

    def test_it_is_said_and_counted_and_can_be_taken_back(self, page):
        """The number of scenes stands beside the tab's name, and Undo is offered."""
        ask(page, "?tab=explore")
        press(page.frame, "scene", "tab")
        assert page.frame.badges == {"teach": "1 scene"}
        assert page.frame.announcement == page.frame.offer == "Added to the lecture as scene 1"
        press(page.frame, "undo")
        assert scenes(page) == ()
        assert page.frame.badges == {}
        assert page.frame.offer == ""

    @pytest.mark.parametrize("focus", ["card", "compare", "chart:magic", "chart:", "magic", "", "chart:<script>", "x" * 9000])
    def test_what_the_page_does_not_show_is_not_added(self, page, focus):
        """What only a program can send changes nothing."""
        ask(page, "?tab=explore")
        press(page.frame, "scene", focus)
        assert scenes(page) == ()

    def test_a_lecture_does_not_show_its_own_list(self, page):
        """The tab Teach is no scene."""
        teach(page)
        press(page.frame, "scene", "tab")
        assert scenes(page) == ()

    def test_a_full_lecture_says_so(self, page):
        """One scene more than may be is refused with a sentence, and what was there stays."""
        with_lecture(page, Lecture("own", "Full", (CARD,) * MOST_SCENES))
        ask(page, "?tab=explore")
        press(page.frame, "scene", "tab")
        assert len(scenes(page)) == MOST_SCENES
        [notice] = page.frame.notices
        assert str(MOST_SCENES) in notice


class TestList:
    def test_the_list_shows_the_lecture(self, page):
        """Each scene stands there with what it shows and the address that shows it."""
        board = with_lecture(page)
        assert board.title == "Two scenes"
        assert [scene["title"] for scene in board.scenes] == ["Nerves", "Bars"]
        assert "Chronic inflammatory" in board.scenes[0]["what"]
        assert board.scenes[1]["address"] == "?tab=explore&category=Neurological"

    def test_scenes_are_moved(self, page):
        """Moving puts a scene in another place and leaves the rest in order."""
        board = with_lecture(page)
        press(board, "move", "2 1")
        assert scenes(page) == (CHART, CARD)
        assert page.frame.announcement == "Scene 2 is now scene 1 of 2"

    def test_titles_and_notes_are_kept_as_written(self, page):
        """Also with marks of HTML, of Markdown, and from right to left."""
        board = with_lecture(page)
        press(board, "scene-title", "1 <b>حياة</b> & [x](y)")
        press(board, "scene-notes", "2 one\n\ntwo [@alpha-2001]")
        press(board, "title", "  A & B ")
        assert scenes(page)[0].title == "<b>حياة</b> & [x](y)"
        assert scenes(page)[1].notes == "one\n\ntwo [@alpha-2001]"
        assert page.session.lecturing.lecture.title == "A & B"

    def test_a_deleted_scene_can_be_had_back(self, page):
        """Undo brings it back where it was."""
        board = with_lecture(page)
        press(board, "delete", "1")
        assert scenes(page) == (CHART,)
        press(page.frame, "undo")
        assert scenes(page) == (CARD, CHART)

    def test_every_change_can_be_taken_back(self, page):
        """Also a new lecture, a file and a ready lecture in place of one's own."""
        board = with_lecture(page)
        press(board, "new")
        assert page.session.lecturing.lecture == EMPTY
        press(page.frame, "undo")
        assert scenes(page) == (CARD, CHART)

    @pytest.mark.parametrize(
        ("action", "value"),
        [
            ("move", ""), ("move", "1"), ("move", "1 9"), ("move", "0 1"), ("move", "x y"), ("delete", "3"), ("delete", "²"),
            ("scene-title", ""), ("scene-title", "9 x"), ("scene-notes", "-1 x"), ("present", "0"), ("present", "99"), ("magic", "1"),
        ],
    )  # fmt: skip
    def test_an_action_that_makes_no_sense_changes_nothing(self, page, action, value):
        """What only a program can send leaves lecture and view as they are."""
        board = with_lecture(page)
        before = page.session.view
        press(board, action, value)
        assert (page.session.lecturing.lecture, page.session.view) == (LECTURE, before)

    def test_too_long_a_title_is_refused(self, page):
        """A sentence says what is allowed, and the old title stays."""
        board = with_lecture(page)
        press(board, "scene-title", "1 " + "x" * 5000)
        assert scenes(page) == (CARD, CHART)
        [notice] = page.frame.notices
        assert notice.startswith("Nothing was changed")


class TestFile:
    def test_a_saved_file_is_the_lecture(self, page):
        """What is saved can be loaded."""
        board, sent = with_lecture(page), wire(page.frame)
        press(board, "save")
        [message] = sent.sent
        assert (message["type"], message["name"]) == ("save", "own.json")
        assert Lecture.from_json(sent.buffers[0]) == LECTURE

    @pytest.mark.parametrize(
        "text",
        [
            "",
            "no JSON",
            "[]",
            "null",
            '{"scenes": 3}',
            '{"title": "x", "scenes": [{"query": "tab=magic"}]}',
            '{"title": "x", "scenes": [{"focus": "<script>"}]}',
            '{"title": "x", "extra": 1}',
            json.dumps({"title": "x", "scenes": [{"query": "tab=explore"}] * 10_000}),
            '{"title": "' + "x" * LARGEST_FILE + '"}',
            "[" * 100_000,
        ],
        ids=range(11),
    )
    def test_a_bad_file_is_answered_by_a_sentence(self, page, text):
        """The lecture that was there stays."""
        board = with_lecture(page)
        press(board, "load", text)
        assert page.session.lecturing.lecture == LECTURE
        [notice] = page.frame.notices
        assert notice.startswith("Nothing was changed: ")
        assert len(notice) < 250


class TestAddress:
    def test_a_lecture_stands_in_the_address_of_every_tab(self, page, small):
        """Another visitor who opens the address has the same lecture."""
        with_lecture(page)
        page.frame.tab = "explore"
        other = Dashboard(small)
        ask(other, page.session.view.to_query())
        assert other.session.lecturing.lecture == LECTURE
        assert other.frame.notices == []
        assert other.session.view == page.session.view

    def test_back_loses_nothing(self, page):
        """An older address of the same visit, with fewer scenes or none, brings the present lecture along."""
        ask(page, "?tab=explore")
        press(page.frame, "scene", "tab")
        older = page.session.view.to_query()
        press(page.frame, "scene", "chart:categories")
        for query in (older, "tab=explore"):
            ask(page, query)
            assert len(scenes(page)) == 2
            assert page.session.view.part("teach.lecture")["text"]

    def test_an_address_with_another_lecture_can_be_taken_back(self, page):
        """Opening somebody's link does not destroy one's own work."""
        with_lecture(page)
        other = Lecture("own", "Another", (CHART,))
        ask(page, stage(page.session.data, other).replace("teach.present.scene=1", ""))
        assert page.session.lecturing.lecture == other
        press(page.frame, "undo")
        assert page.session.lecturing.lecture == LECTURE

    @pytest.mark.parametrize(
        "part",
        [
            "teach.lecture.id=magic",
            "teach.lecture.text=magic",
            "teach.lecture.text=eNqLjgUAARUAuQ",
            "teach.present.scene=7",
            "teach.present.scene=x",
        ],
    )
    def test_a_part_that_makes_no_sense_is_dropped_with_a_sentence(self, page, part):
        """The address no longer holds it, and the page stays usable."""
        ask(page, f"?tab=teach&{part}")
        assert len(page.frame.notices) == 1
        assert page.session.view == View(tab="teach")

    def test_a_lecture_too_long_for_an_address_says_so(self, page):
        """It is kept while the page is open, and the tab asks to save it as a file."""
        notes = "".join(chr(0x4E00 + (n * 7919) % 20000) for n in range(4000))
        board = with_lecture(page, Lecture("own", "Long", tuple(Scene("tab=explore", "tab", f"{n}", notes[n:]) for n in range(9))))
        assert len(board.scenes) == 9
        assert "Save this lecture as a file" in teach(page)["state"].html
        page.frame.tab = "explore"
        page.frame.tab = "teach"
        assert len(scenes(page)) == 9


class TestStage:
    def test_a_lecture_runs_from_scene_to_scene(self, page):
        """Each scene shows its view; first and last are the ends; leaving returns to Teach."""
        board = with_lecture(page)
        press(board, "present", "1")
        stage_, seen = page.frame.children["presenter"], []
        for action in ("next", "next", "previous", "previous", "last", "first"):
            press(stage_, action)
            seen.append((stage_.scene["number"], page.session.view.condition))
        assert seen == [(2, ""), (2, ""), (1, "cidp"), (1, "cidp"), (2, ""), (1, "cidp")]
        press(stage_, "leave")
        assert stage_.scene == {}
        assert page.session.view.tab == "teach"
        assert not page.session.view.part("teach.present")

    def test_the_position_is_read_out(self, page):
        """Screen readers hear which scene of how many, and its title."""
        press(with_lecture(page), "present", "2")
        assert page.frame.announcement == "Scene 2 of 2: Bars"

    def test_a_scene_has_an_address_of_its_own(self, small):
        """A link to the second scene opens the second scene, with the visitor's own theme."""
        page = Dashboard(small)
        ask(page, stage(small, LECTURE, 2) + "&theme=dark")
        assert page.frame.children["presenter"].scene["number"] == 2
        assert page.session.view.selection.category == ("Neurological",)
        assert page.session.view.theme == "dark"
        again = Dashboard(small)
        ask(again, page.session.view.to_query())
        assert again.session.view == page.session.view
        assert again.frame.children["presenter"].scene == page.frame.children["presenter"].scene

    def test_a_click_leads_away_and_back(self, page):
        """Opening a card from a chart shows the card; Previous is back to the scene, not to the one before."""
        press(with_lecture(page), "present", "2")
        stage_ = page.frame.children["presenter"]
        press(page.frame.children["explore"].children["table"], "open", "itp")
        assert (stage_.scene["focus"], stage_.scene["strayed"]) == ("card", True)
        press(stage_, "previous")
        assert (stage_.scene["number"], stage_.scene["focus"], stage_.scene["strayed"]) == (2, "chart:categories", False)

    def test_the_finding_follows_the_filters(self, page):
        """A chart on the stage is live: its finding is the one of what is filtered now."""
        press(with_lecture(page), "present", "2")
        stage_ = page.frame.children["presenter"]
        before = stage_.scene["finding"]
        page.session.select(category=())
        assert stage_.scene["title"] == "Bars"
        assert stage_.scene["finding"] not in ("", before)

    def test_notes_are_text_with_citations(self, page):
        """Marks of HTML and Markdown mean nothing in a visitor's notes; only citations of known sources do."""
        notes = "<img src=x onerror=alert(1)> ![x](http://example.org/x.png) [@alpha-2001] [@magic]"
        press(with_lecture(page, Lecture("own", "x", (Scene("tab=explore", "tab", "<b>x</b>", notes),))), "present", "1")
        scene = page.frame.children["presenter"].scene
        assert "<img" not in scene["notes"]
        assert "![x](http://example.org/x.png)" in scene["notes"]
        assert scene["notes"].count("<a ") == 1
        assert "source-scene-1" in scene["sources"]
        assert scene["title"] == "<b>x</b>"

    def test_the_theme_can_be_changed_on_the_stage(self, page):
        """The button swaps light and dark."""
        press(with_lecture(page), "present", "1")
        press(page.frame.children["presenter"], "theme")
        assert page.frame.theme == "dark"
        assert page.frame.children["presenter"].scene["number"] == 1

    @pytest.mark.parametrize("action", ["next", "previous", "first", "last", "leave", "magic"])
    def test_without_a_lecture_nothing_is_presented(self, page, action):
        """What only a program can send leaves the page as it is."""
        before = page.session.view
        press(page.frame.children["presenter"], action)
        assert page.session.view == before


class TestStart:
    def test_a_page_can_start_with_a_lecture(self, small):
        """Who comes without an address sees the first scene; who comes with one sees what it asks for."""
        page = Dashboard(small, lecture=LECTURE)
        ask(page, "")
        assert page.frame.children["presenter"].scene["number"] == 1
        other = Dashboard(small, lecture=LECTURE)
        ask(other, "?tab=explore")
        assert other.frame.children["presenter"].scene == {}
        assert other.session.lecturing.lecture == LECTURE

    def test_an_unknown_lecture_is_named(self, data):
        """The error says which there are."""
        with pytest.raises(ValueError, match=r"'magic'; there are ivig-in-ten-minutes, "):
            Dashboard(data, lecture="magic")


class TestShelf:
    def test_a_ready_lecture_is_presented_or_opened(self, data):
        """Presenting starts it; opening puts it into the list, where it can be changed."""
        page = Dashboard(data)
        ask(page, "?tab=teach")
        shelf = teach(page)["shelf"]
        assert shelf.html.count('data-action="present"') == 6
        press(shelf, "open", "neurology")
        assert page.session.lecturing.lecture.id == "neurology"
        assert page.session.view.part("teach.lecture") == {"id": ("neurology",)}
        press(shelf, "present", "haematology")
        assert page.frame.children["presenter"].scene["lecture"] == "IVIG in haematology"
        press(shelf, "open", "magic")
        assert page.session.lecturing.lecture.id == "haematology"


class TestFiles:
    @pytest.mark.parametrize("form", ["pptx", "html"])
    def test_a_lecture_is_saved_as_slides_and_as_a_handout(self, page, form):
        """One file, which says in the end that it was saved; the page stays as it is."""
        board, saved = with_lecture(page), []
        view = page.session.view
        page.frame.save = lambda *file: saved.append(file)
        press(board, form)
        assert [file[0].endswith(form) for file in saved] == [True]
        assert "was saved as" in page.frame.announcement
        assert page.session.view == view

    def test_an_empty_lecture_makes_no_file(self, page):
        """There is nothing to save, and nothing happens."""
        board = teach(page)["board"]
        page.frame.save = lambda *_: pytest.fail("a file was saved")
        press(board, "pptx")
