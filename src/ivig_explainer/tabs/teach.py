"""Teach: put a lecture together from what the page shows, present it, keep it, hand it on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from html import escape
from typing import TYPE_CHECKING

from ivig_explainer.dataset import Dataset
from ivig_explainer.lectures import ready
from ivig_explainer.lecturing import EMPTY, stage
from ivig_explainer.scenes import LARGEST_FILE, LONGEST_NOTES, LONGEST_TITLE, Lecture, Scene, SceneError
from ivig_explainer.tabs.saving import save_lecture
from ivig_explainer.view import TABS, View
from ivig_explainer.widgets import Markup, Storyboard

if TYPE_CHECKING:
    from ivig_explainer.app import Session

LAYOUT = """
<section><h2>Your lecture</h2>
  <p class="ivig-teach-lead">Wherever a chart or a card is shown, “Add to lecture” makes it a scene. Presented, a scene fills the screen and
  stays alive: point at it, filter it, click it. Nothing is stored on the server: the lecture stands in this page’s address, and a file
  keeps it for good.</p>
  <div data-slot="state"></div><div data-slot="board"></div>
</section>
<section><h2>Ready lectures</h2><div data-slot="shelf"></div></section>
"""


def build(session: Session) -> Markup:
    """Return the tab."""
    return _Teach(session).page


class _Teach:
    def __init__(self, session: Session) -> None:
        self.session = session
        self.lecturing = session.lecturing
        limits = {"title": LONGEST_TITLE, "notes": LONGEST_NOTES, "file": LARGEST_FILE}
        self.board = Storyboard(limits=limits)
        self.state = Markup()
        self.shelf = Markup(html=_shelf(session), css_class="ivig-teach-shelf")
        self.page = Markup(html=LAYOUT, css_class="ivig-teach", children={"board": self.board, "state": self.state, "shelf": self.shelf})
        self.board.on_action(self._edit)
        self.shelf.on_action(self._take)
        self.lecturing.listen(self._show)
        self._show()

    def _show(self) -> None:
        lecture, data = self.lecturing.lecture, self.session.data
        names = data.conditions.set_index("id")["name"]
        with self.board.hold_sync():
            self.board.title = lecture.title
            self.board.scenes = [_row(scene, scene.view(data), names) for scene in lecture.scenes]
        fault = self.lecturing.too_long
        self.state.html = f'<p class="ivig-empty">Save this lecture as a file: {escape(fault)}.</p>' if fault else ""

    # What is done with the list

    def _edit(self, action: str, value: str) -> None:
        lecture = self.lecturing.lecture
        match action:
            case "title":
                self._change(lambda: replace(lecture, title=value.strip() or EMPTY.title))
            case "scene-title" | "scene-notes":
                number, _, text = value.partition(" ")
                self._reword(number, {action.removeprefix("scene-"): text.strip()})
            case "move":
                self._move(*value.partition(" ")[::2])
            case "delete" if number := self._number(value):
                scenes = lecture.scenes[: number - 1] + lecture.scenes[number:]
                self.lecturing.change(replace(lecture, scenes=scenes), f"Scene {number} was deleted")
            case "present" if number := self._number(value):
                self.lecturing.present(number)
            case "pptx" | "html" if lecture.scenes:
                self._export(action)
            case "save":
                self.session.frame.save(f"{lecture.id}.json", "application/json", lecture.to_json().encode())
                self.session.announce("The lecture was saved as a file")
            case "load":
                self._change(lambda: self._read(value), "The lecture of the file was loaded")
            case "new":
                self.lecturing.change(EMPTY, "A new lecture was started")

    def _export(self, form: str) -> None:
        what = "PowerPoint" if form == "pptx" else "a handout"
        self.session.announce(f"The lecture is being drawn as {what}; that takes some seconds")
        try:
            save_lecture(self.session, self.lecturing.lecture, form)
        except SceneError as error:
            self.session.notice(f"Nothing was saved: {error}.")
        else:
            self.session.announce(f"The lecture was saved as {what}")

    def _number(self, text: str) -> int:
        """Return the number of a scene of the lecture, from 1; 0 where there is none."""
        number = int(text) if text.isascii() and text.isdecimal() and len(text) < 4 else 0
        return number if number <= len(self.lecturing.lecture.scenes) else 0

    def _change(self, make: Callable[[], Lecture], said: str = "") -> None:
        try:
            self.lecturing.change(make(), said)
        except SceneError as error:
            self.session.notice(f"Nothing was changed: {error}.")

    def _read(self, text: str) -> Lecture:
        lecture = Lecture.from_json(text)
        lecture.check(self.session.data)
        return lecture

    def _reword(self, text: str, words: dict[str, str]) -> None:
        if number := self._number(text):
            scenes = list(self.lecturing.lecture.scenes)

            def make() -> Lecture:
                scenes[number - 1] = replace(scenes[number - 1], **words)
                return replace(self.lecturing.lecture, scenes=tuple(scenes))

            self._change(make)

    def _move(self, start: str, end: str) -> None:
        start, end = self._number(start), self._number(end)
        if start and end and start != end:
            scenes = list(self.lecturing.lecture.scenes)
            scenes.insert(end - 1, scenes.pop(start - 1))
            self.lecturing.change(replace(self.lecturing.lecture, scenes=tuple(scenes)))
            self.session.announce(f"Scene {start} is now scene {end} of {len(scenes)}")

    # The shelf

    def _take(self, action: str, value: str) -> None:
        lecture = ready(self.session.data).get(value)
        if lecture and action in ("open", "present"):
            self.lecturing.change(lecture, f"“{lecture.title}” is now your lecture" if action == "open" else "")
            if action == "present":
                self.lecturing.present(1)


def _row(scene: Scene, view: View, names) -> dict[str, str]:
    return {"title": scene.title, "notes": scene.notes, "what": _what(scene, view, names), "address": f"?{scene.query}"}


def _what(scene: Scene, view: View, names) -> str:
    """Return in words what a scene shows."""
    kind, _, chart = scene.focus.partition(":")
    match kind:
        case "card":
            return f"Card: {names[view.condition]}"
        case "compare":
            return "Comparison: " + ", ".join(names[condition] for condition in view.compare)
        case "chart":
            return f"Chart “{chart.replace('-', ' ')}” of {TABS[view.tab]}"
    return f"The whole page {TABS[view.tab]}"


def _shelf(session: Session) -> str:
    return f"<ul>{''.join(_offered(session.data, lecture) for lecture in ready(session.data).values())}</ul>"


def _offered(data: Dataset, lecture: Lecture) -> str:
    titles = "".join(f"<li>{escape(scene.title)}</li>" for scene in lecture.scenes)
    address = escape(stage(data, lecture))
    return (
        f'<li><h3>{escape(lecture.title)}</h3><p class="ivig-small">{len(lecture.scenes)} scenes</p>'
        f'<p><a class="ivig-teach-present" href="?{address}" data-action="present" data-value="{lecture.id}">Present</a> '
        f'<button type="button" data-action="open" data-value="{lecture.id}">Open to edit</button></p>'
        f"<details><summary>Its scenes</summary><ol>{titles}</ol></details></li>"
    )
