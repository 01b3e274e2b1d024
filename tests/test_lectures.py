"""The ready lectures: each scene shows what it says, and what is said of it stands in a source."""

from __future__ import annotations

import pytest

import ivig_explainer as ivig
from ivig_explainer.app import Dashboard
from ivig_explainer.lectures import FIRST, ready
from ivig_explainer.scenes import Lecture
from ivig_explainer.view import View

DATA = ivig.load()
LECTURES = ready(DATA)
SCENES = [
    pytest.param(lecture, number, id=f"{name}-{number}")
    for name, lecture in LECTURES.items()
    for number in range(1, len(lecture.scenes) + 1)
]


@pytest.fixture(scope="module")
def page() -> Dashboard:
    """One page on which all scenes are shown."""
    return Dashboard(DATA)


def test_there_are_six():
    """Six ready lectures of 5 to 10 scenes ship, the introduction first."""
    assert len(LECTURES) == 6
    assert next(iter(LECTURES)) == FIRST
    assert all(5 <= len(lecture.scenes) <= 10 for lecture in LECTURES.values())
    assert len(LECTURES[FIRST].scenes) == 10


@pytest.mark.parametrize("lecture", LECTURES.values(), ids=LECTURES)
def test_a_file_is_as_it_would_be_saved(lecture):
    """A ready lecture that is opened and saved again gives the same file."""
    path = DATA.folder / "lectures" / f"{lecture.id}.json"
    assert path.read_text(encoding="utf-8") == lecture.to_json()


@pytest.mark.parametrize(("lecture", "number"), SCENES)
def test_a_scene_shows_what_it_is_about(page, lecture, number):
    """Its address is taken whole, its chart, card or comparison is on the page, and nothing is said to be ignored."""
    scene = lecture.scenes[number - 1]
    view, dropped = View.from_query(scene.query, DATA)
    assert dropped == ()
    assert view.to_query() == View.from_query(view.to_query(), DATA)[0].to_query()
    page.session.lecturing.leave()
    page.session.lecturing.change(lecture)
    page.session.lecturing.present(number)
    shown = page.frame.children["presenter"].scene
    assert (shown["number"], shown["focus"]) == (number, scene.focus)
    assert shown["title"] == scene.title
    assert page.frame.notices == []


@pytest.mark.parametrize(("lecture", "number"), SCENES)
def test_a_scene_has_a_title_and_something_to_say(lecture, number):
    """Title and notes are there, and no two scenes of a lecture are the same."""
    scene = lecture.scenes[number - 1]
    assert scene.title
    assert scene.notes
    assert [other.title for other in lecture.scenes].count(scene.title) == 1


@pytest.mark.parametrize("lecture", LECTURES.values(), ids=LECTURES)
def test_a_lecture_asks_its_audience(lecture):
    """Every lecture puts a question to the room, also in its first scene."""
    assert "?" in lecture.scenes[0].title + lecture.scenes[0].notes
    assert sum("Ask" in scene.notes or "question" in scene.notes for scene in lecture.scenes) >= 2


@pytest.mark.parametrize("lecture", LECTURES.values(), ids=LECTURES)
def test_a_ready_lecture_fits_an_address(lecture):
    """Also after a change, when all of it has to stand in the address."""
    changed = Lecture(lecture.id, "Changed", lecture.scenes)
    assert Lecture.from_address(changed.to_address()) == changed
