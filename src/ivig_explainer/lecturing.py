"""One visitor's lecture: its scenes, what can be undone, and the scene that is presented."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from ivig_explainer import prose
from ivig_explainer.lectures import ready
from ivig_explainer.references import References
from ivig_explainer.scenes import LONGEST_TITLE, Lecture, Scene, SceneError
from ivig_explainer.view import LONGEST_PART, TABS, View

if TYPE_CHECKING:
    from ivig_explainer.app import Session
    from ivig_explainer.dataset import Dataset
    from ivig_explainer.widgets import Presenter

PLACE = "teach.lecture"  # in the address: the id of a ready lecture, or the text of one's own
STAGE = "teach.present"  # the number of the scene that is presented, from 1
EMPTY = Lecture("own", "My lecture")
UNDONE_MOST = 50


class Lecturing:
    """What is in the lecture, and which scene of it is presented.

    The lecture stands in the view, and so in the page's address, as long as it is short enough for one. `chart(name)`
    returns the finding and the sources of the chart of that name, or None where the present tab shows no such chart.
    """

    def __init__(self, session: Session, presenter: Presenter, chart: Callable[[str], tuple[str, tuple[str, ...]] | None]) -> None:
        self.session = session
        self.presenter = presenter
        self.lecture = EMPTY
        self.too_long = ""
        self._chart = chart
        self._kept: dict[str, tuple[str, ...]] = {}
        self._earlier: list[dict] = [{}]
        self._undo: list[Lecture] = []
        self._listeners: list[Callable[[], None]] = []
        self._before = View(tab="teach")
        session.listen(self._follow)
        session.listen(self._show, last=True)

    def listen(self, hear: Callable[[], None]) -> None:
        """Call `hear()` after every change of the lecture."""
        self._listeners.append(hear)

    # What is in it

    def add(self, focus: str) -> None:
        """Add what the page shows now as the last scene; what the page does not show is not added."""
        view = _bare(self.session.view)
        if view.tab == "teach" or not (title := self._finding(view, focus)):
            return
        try:
            scene = Scene(view.to_query(), focus, " ".join(title.split())[:LONGEST_TITLE])
            self.change(replace(self.lecture, scenes=(*self.lecture.scenes, scene)))
        except SceneError as error:
            self.session.notice(f"Not added to the lecture: {error}.")
        else:
            self._offer(f"Added to the lecture as scene {len(self.lecture.scenes)}")

    def change(self, lecture: Lecture, said: str = "") -> None:
        """Put another lecture in the place of the present one, and say so where `said` says what was done."""
        if lecture != self.lecture:
            self._undo = [*self._undo, self.lecture][-UNDONE_MOST:]
            self._take(lecture)
        if said:
            self._offer(said)

    def undo(self) -> None:
        """Take the last change back."""
        if self._undo:
            self._take(self._undo.pop())
            self.session.frame.offer = ""
            self.session.announce("The last change of the lecture was taken back")

    def _offer(self, said: str) -> None:
        """Say what was done, where it is seen and where it is heard, and offer to take it back."""
        self.session.frame.offer = said
        self.session.announce(said)

    def _take(self, lecture: Lecture) -> None:
        self.lecture = lecture
        self._kept = self._written()
        if self._kept not in self._earlier:
            self._earlier.append(self._kept)
        self.session.keep(PLACE, self._kept)
        self._tell()

    def _tell(self) -> None:
        size = len(self.lecture.scenes)
        self.session.frame.badges = {"teach": f"{size} scene{'s' * (size != 1)}"} if size else {}
        for hear in self._listeners:
            hear()

    # The address

    def _written(self) -> dict[str, tuple[str, ...]]:
        """Return the parts that keep the lecture in an address: none where it is empty or too long."""
        self.too_long = ""
        try:
            return written(self.session.data, self.lecture)
        except SceneError as error:
            self.too_long = str(error)
            return {}

    def _follow(self, _: View, new: View) -> None:
        """Take over a lecture and a scene that stand in an address."""
        part = new.part(PLACE)
        if part != self._kept:
            if part in self._earlier:  # Back leads to an older address, not to an older lecture: nothing is lost
                self.session.keep(PLACE, self._kept)
            else:
                self._read(part)
            return
        if new.part(STAGE):
            number = self.number
            if not number:
                self._drop(STAGE, "there is no such scene")
            elif new.tab == "teach":
                self.present(number)

    def _read(self, part: dict[str, tuple[str, ...]]) -> None:
        known = ready(self.session.data)
        try:
            if "id" in part:
                if part["id"][0] not in known:
                    raise SceneError("there is no ready lecture of that name")
                lecture = known[part["id"][0]]
            else:
                lecture = Lecture.from_address("".join(part.get("text", ())))
                lecture.check(self.session.data)
        except SceneError as error:
            self._drop(PLACE, str(error))
            return
        if self.lecture.scenes:
            self._undo.append(self.lecture)
        self._take(lecture)
        self._follow(self.session.view, self.session.view)

    def _drop(self, place: str, fault: str) -> None:
        self.session.notice(f"Part of this page's address was ignored: {fault}.")
        self.session.keep(place, self._kept if place == PLACE else {})

    # The stage

    @property
    def number(self) -> int:
        """The number of the scene that is presented, from 1; 0 where none is."""
        text = self.session.view.part(STAGE).get("scene", ("",))[0]
        number = int(text) if text.isascii() and text.isdecimal() and len(text) < 4 else 0
        return number if number <= len(self.lecture.scenes) else 0

    def present(self, number: int) -> None:
        """Show a scene, the first or the last where there is none of that number."""
        if not self.lecture.scenes:
            return
        number = max(1, min(number, len(self.lecture.scenes)))
        now = self.session.view
        if not self.number:
            self._before = now
        view = self.lecture.scenes[number - 1].view(self.session.data)
        staged = _bare(view).keep(PLACE, self._kept).keep(STAGE, {"scene": str(number)})
        self.session.show(replace(staged, theme=now.theme, text=now.text))

    def step(self, by: int) -> None:
        """Go on or back; back from where a click has led away is back to the scene itself."""
        number = self.number
        if number and by < 0 and self._focus() != self._scene().focus:
            self.present(number)
        elif number and 1 <= number + by <= len(self.lecture.scenes):
            self.present(number + by)

    def leave(self) -> None:
        """Return to the tab Teach, with the page otherwise as it was before."""
        now = self.session.view
        back = _bare(self._before).keep(PLACE, self._kept)
        self.session.show(replace(back, tab="teach", theme=now.theme, text=now.text))

    def _scene(self) -> Scene:
        return self.lecture.scenes[self.number - 1]

    def _focus(self) -> str:
        """Return what is to be seen: the scene's focus, or where a click has led."""
        scene, view, data = self._scene(), self.session.view, self.session.data
        meant = scene.view(data)
        if view.tab == "explore" and view.condition and view.condition != meant.condition:
            return "card"
        if view.tab == meant.tab and self._finding(view, scene.focus):
            return scene.focus
        other = f"chart:{view.chart}"
        return other if view.tab == meant.tab == "explore" and self._finding(view, other) else "tab"

    def _show(self, _: View, view: View) -> None:
        """Tell the stage what it shows, once all tabs have followed."""
        if not self.number:
            self.presenter.scene = {}
            return
        scene, focus = self._scene(), self._focus()
        finding = self._finding(view, focus)
        title = scene.title or finding
        before = self.presenter.scene
        self.presenter.scene = {
            "lecture": self.lecture.title,
            "number": self.number,
            "total": len(self.lecture.scenes),
            "focus": focus,
            "strayed": focus != scene.focus,
            "title": title,
            "finding": finding if finding != title and focus.startswith("chart:") else "",
            **self._words(scene, focus),
        }
        if before.get("number") != self.number:
            self.session.announce(f"Scene {self.number} of {len(self.lecture.scenes)}: {title}")

    def _finding(self, view: View, focus: str) -> str:
        """Return what the view states where `focus` is; nothing where the page has no such part."""
        names = self.session.data.conditions.set_index("id")["name"]
        match focus.partition(":"):
            case ("chart", _, name):
                return (self._chart(name) or ("",))[0]
            case ("card", _, _):
                return names[view.condition] if view.condition and view.tab == "explore" else ""
            case ("compare", _, _):
                return " and ".join(names[condition] for condition in view.compare) if view.tab == "compare" else ""
            case ("tab", _, _):
                return TABS[view.tab]
        return ""

    def _words(self, scene: Scene, focus: str) -> dict[str, str]:
        """Return the notes and the sources of a scene as HTML; what the notes cite stands first among the sources."""
        data = self.session.data
        known = set(data.sources["id"])
        references = References(data, "source-scene")
        notes = prose.paragraphs(scene.notes, lambda ids: references.cite([i for i in ids if i in known]))
        chart = self._chart(focus.removeprefix("chart:")) if focus.startswith("chart:") else None
        references.cite(chart[1] if chart else ())
        return {"notes": notes, "sources": references.listing(), "cited": references.in_short()}


def written(data: Dataset, lecture: Lecture) -> dict[str, tuple[str, ...]]:
    """Return the parts that keep a lecture in an address: the id of a ready one, or all its text. Raises SceneError: too long."""
    if lecture == ready(data).get(lecture.id):
        return {"id": (lecture.id,)}
    if lecture == EMPTY:
        return {}
    text = lecture.to_address()
    return {"text": tuple(text[start : start + LONGEST_PART] for start in range(0, len(text), LONGEST_PART))}


def stage(data: Dataset, lecture: Lecture, number: int = 1) -> str:
    """Return the query string that presents a scene of a lecture. Raises SceneError where it would be too long."""
    return View(tab="teach").keep(PLACE, written(data, lecture)).keep(STAGE, {"scene": str(number)}).to_query()


def _bare(view: View) -> View:
    """Return what a view shows, without the lecture and without the visitor's own theme and reading level."""
    parts = tuple(pair for pair in view.parts if not pair[0].startswith("teach."))
    return replace(view, theme="auto", text="student", parts=parts)
