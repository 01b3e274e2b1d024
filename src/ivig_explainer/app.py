"""The dashboard: what the visitor has chosen (`Session`), and the page that shows it (`Dashboard`)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from html import escape, unescape

from ivig_explainer.dataset import Dataset, load
from ivig_explainer.exports import qr
from ivig_explainer.exports.slide import Deck
from ivig_explainer.lectures import ready
from ivig_explainer.lecturing import STAGE, Lecturing
from ivig_explainer.scenes import Lecture
from ivig_explainer.selection import LONGEST_SEARCH
from ivig_explainer.stage import perform, tree
from ivig_explainer.tabs import TAB_BUILDERS
from ivig_explainer.view import TABS, View
from ivig_explainer.widgets import Address, Frame, Markup, Plot, Presenter, Search, Share
from ivig_explainer.widgets.base import Widget

TITLE = "What is IVIG used for?"
DISCLAIMER = (
    "For education only: this page teaches and does not advise. Ask a board-certified immunologist, or the specialist "
    "for the condition, whether a treatment suits a person."
)
_HEADING = re.compile(r"<h3>(.*?)</h3>")

AHEAD = ("overview", "explore")  # tabs that are built before anybody comes, and so stand in the page


class Session:
    """What one visitor has chosen. Tabs listen to it and change it; they do not know each other."""

    def __init__(self, data: Dataset, frame: Frame) -> None:
        self.data = data
        self.frame = frame
        self.view = View()
        self.lecturing: Lecturing | None = None
        self._listeners: list[Callable[[View, View], None]] = []
        self._last: list[Callable[[View, View], None]] = []

    def perform(self, lecture: Lecture) -> Deck:
        """Return what a lecture shows, for an export; this visitor's page stays as it is. Raises SceneError."""
        return perform_alone(self.data, lecture)

    @property
    def theme(self) -> str:
        """The theme that is seen, "light" or "dark"."""
        return "dark" if self.frame.dark else "light"

    def listen(self, hear: Callable[[View, View], None], *, last: bool = False) -> None:
        """Call `hear(old, new)` after every change of the view, and after a change of theme with old = new.

        With `last` it is called when all others, also those of tabs that are built later, have followed.
        """
        (self._last if last else self._listeners).append(hear)

    def show(self, view: View) -> None:
        """Change to another view."""
        old, self.view = self.view, view
        if old != view:
            self.tell(old)

    def change(self, **parts: object) -> None:
        """Change some parts of the view."""
        self.show(replace(self.view, **parts))

    def select(self, **parts: object) -> None:
        """Change some parts of the selection."""
        self.change(selection=replace(self.view.selection, **parts))

    def keep(self, place: str, values: Mapping[str, str | Iterable[str]]) -> None:
        """Keep what a tab's form holds in the view, and so in the page's address; see `View.keep`."""
        self.show(self.view.keep(place, values))

    def notice(self, sentence: str) -> None:
        """Tell the visitor, where it is seen, that something was not done."""
        if sentence not in self.frame.notices:
            self.frame.notices = [*self.frame.notices, sentence]

    def tell(self, old: View) -> None:
        """Let every listener see the present view."""
        for hear in [*self._listeners, *self._last]:
            hear(old, self.view)

    def announce(self, text: str) -> None:
        """Have screen readers read `text` out."""
        self.frame.announcement = text


class Dashboard:
    """The whole page. Display it as the last expression of a cell.

    `data` is the data set to show, by default the one that ships. `lecture`, the id of a ready one or a `Lecture`, is presented
    from its first scene to who comes without an address. Raises ValueError where there is no lecture of that id.
    """

    def __init__(self, data: Dataset | None = None, *, lecture: str | Lecture | None = None) -> None:
        data = data or load()
        self.frame = Frame(
            title=TITLE,
            tabs=[{"id": name, "label": label} for name, label in TABS.items()],
            tab=View().tab,
            disclaimer=DISCLAIMER,
            footer=_footer(data),
        )
        self.session = Session(data, self.frame)
        self._search = Search(
            label="Search a condition, synonym or ICD-10 code",
            placeholder="Search a condition, synonym or ICD-10",
            longest=LONGEST_SEARCH,
        )
        self._address = Address()
        self._share, self._presenter = Share(), Presenter()
        self._built: dict[str, Widget] = {}
        self.frame.children = {"search": self._search, "address": self._address, "share": self._share, "presenter": self._presenter}
        self.session.listen(self._follow)  # before any tab does: the address changes first, then what it stands for
        self.session.lecturing = Lecturing(self.session, self._presenter, self._chart)
        for tab in AHEAD:
            self._build(tab)
        self._usual = self._begin(lecture) if lecture else ""
        self._listen()

    def _begin(self, lecture: str | Lecture) -> str:
        """Take a lecture; return the address that presents it."""
        known = ready(self.session.data)
        if isinstance(lecture, str) and lecture not in known:
            raise ValueError(f"there is no lecture {lecture!r}; there are {', '.join(known)}")
        self.session.lecturing.change(known[lecture] if isinstance(lecture, str) else lecture)
        return replace(self.session.view, tab="teach").keep(STAGE, {"scene": "1"}).to_query()

    def _chart(self, name: str) -> tuple[str, tuple[str, ...]] | None:
        """Return the finding and the sources of the chart of that name, where the present tab shows one."""
        for widget in tree(self._built[self.session.view.tab]):
            if isinstance(widget, Plot) and widget.name == name:
                return widget.title, widget.sources
            if isinstance(widget, Markup) and f'ivig-chart-{name}"' in widget.html:  # a chart that is HTML, such as the access map
                html = "".join(part.html for part in tree(widget) if isinstance(part, Markup))
                return unescape(_HEADING.search(html)[1]), ()
        return None

    def _repr_mimebundle_(self, **_: object) -> tuple[dict, dict]:
        """Return the widget, and beside it the state of all widgets, so that a page is drawn before it is connected."""
        from ipywidgets.embed import dependency_state

        bundle, metadata = self.frame._repr_mimebundle_()
        states = dependency_state(self.frame, drop_defaults=False)
        states[self.frame.model_id]["state"].pop("_css")  # our page links it as a file, which browsers keep
        state = {"version_major": 2, "version_minor": 0, "state": states}
        return bundle | {"application/vnd.jupyter.widget-state+json": state}, metadata

    def _listen(self) -> None:
        session, frame = self.session, self.frame
        self._address.on_action(lambda _, query: self._restore(query))
        frame.observe(lambda change: session.change(tab=change["new"]), "tab")
        frame.observe(lambda change: session.change(theme=change["new"]), "theme")
        frame.observe(lambda change: session.change(text=change["new"]), "text")
        frame.observe(lambda _: session.tell(session.view), "dark")
        self._search.observe(lambda change: self._find(change["new"]), "value")
        frame.on_action(self._act)
        self._presenter.on_action(self._direct)
        self._share.on_action(self._give)

    def _act(self, action: str, value: str) -> None:
        """What can be done everywhere on the page."""
        match action:
            case "scene":
                self.session.lecturing.add(value)
            case "undo":
                self.session.lecturing.undo()

    def _direct(self, action: str, _: str) -> None:
        """Obey who presents."""
        lecturing = self.session.lecturing
        match action:
            case "next" | "previous":
                lecturing.step(1 if action == "next" else -1)
            case "first" | "last":
                lecturing.present(1 if action == "first" else len(lecturing.lecture.scenes))
            case "theme":
                self.session.change(theme="light" if self.frame.dark else "dark")
            case "leave" if lecturing.number:
                number = lecturing.number
                lecturing.leave()
                self._built["teach"].children["board"].focus(number)

    def _give(self, action: str, value: str) -> None:
        """Make the QR code of an address that the visitor shares."""
        if action == "code":
            try:
                made = qr.code(value)
            except qr.TooLongError as fault:
                self._share.code = {"address": value, "fault": str(fault)}
            else:
                self._share.code = {"address": value, "svg": made.svg, "fine": made.fine}

    def _find(self, text: str) -> None:
        """Searching is exploring: what is typed on another tab leads there."""
        if text != self.session.view.selection.q:
            self.session.show(
                replace(
                    self.session.view,
                    tab="explore" if text else self.session.view.tab,
                    selection=replace(self.session.view.selection, q=text),
                )
            )

    def _restore(self, query: str) -> None:
        """Show what an address asks for, and say which parts of it made no sense."""
        view, dropped = View.from_query(query.removeprefix("?") or self._usual, self.session.data)
        self.frame.notices = [f"Part of this page's address was ignored: {fault}." for fault in dropped]
        self._address.correct(view.to_query())
        self.session.show(view)
        self._address.shown = self.session.view.to_query()  # a tab may have dropped what made no sense to it
        self.frame.settled = True

    def _follow(self, old: View, view: View) -> None:
        self._build(view.tab)
        view = self.session.view  # a tab that was just built may have dropped what made no sense to it
        if view.tab != old.tab:
            self.frame.offer = ""
        self.frame.tab = view.tab
        self.frame.theme = view.theme
        self.frame.text = view.text
        self._search.value = view.selection.q
        if self.frame.settled:
            self._address.shown = view.to_query()

    def _build(self, tab: str) -> None:
        """Build a tab, when it is first opened at the latest."""
        if tab not in self._built:
            self._built[tab] = TAB_BUILDERS[tab](self.session)
            self.frame.children = {**self.frame.children, tab: self._built[tab]}


def perform_alone(data: Dataset, lecture: Lecture) -> Deck:
    """Return what a lecture shows of `data`, on pages of its own that nobody sees. Raises SceneError."""
    return perform(lambda: Dashboard(data), lecture)


def _footer(data: Dataset) -> str:
    return (
        f"<p>Data version {escape(data.version)}, checked {escape(data.created)}; licence CC BY 4.0. "
        "Every row of every table names its sources.</p>"
    )
