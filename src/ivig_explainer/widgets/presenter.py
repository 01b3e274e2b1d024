"""The stage on which a lecture is presented."""

from __future__ import annotations

import traitlets

from ivig_explainer.widgets.base import Widget, code


class Presenter(Widget):
    """One scene of a lecture, full screen: of the page only what the scene is about stays in sight, and stays alive.

    `scene` is empty, or {lecture, number, total, focus, strayed, title, finding, notes, sources, cited}: `focus` is
    "chart:<name>", "card", "compare" or "tab"; `strayed` tells that a click has led away from the scene; `notes` and `sources`
    are safe HTML; the rest is text. Actions: "next", "previous", "first", "last", "theme", "leave".
    """

    _esm = code("presenter.js")
    scene = traitlets.Dict().tag(sync=True)
