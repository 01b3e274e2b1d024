"""A chart."""

from __future__ import annotations

import traitlets

from ivig_explainer.widgets.base import FOLDER, Widget, code

PLOTLY = FOLDER / "plotly.min.js"


class Plot(Widget):
    """A Plotly figure with its title, its description in words, and the same numbers as a table.

    Clicking a mark sends the action "choose" with the mark's `customdata`, or opens it in a new tab where it is an
    address. `figure` is {data, layout} as plain JSON; `table` is {columns, rows, links}, links being one address a row
    or none at all; `legend` lists {label, mark}. `sources` are ids, for exports; the browser does not need them.
    With `fits`, `width` is told by the browser: how wide the plot is, in pixels at the usual size of type, rounded down, for
    charts that are laid out for it. Where `layout.meta.declutter` of the figure is true, labels that would cover one another are hidden.
    """

    _esm = code("plot.js")
    name = traitlets.Unicode().tag(sync=True)
    figure = traitlets.Dict().tag(sync=True)
    title = traitlets.Unicode().tag(sync=True)
    description = traitlets.Unicode().tag(sync=True)
    table = traitlets.Dict().tag(sync=True)
    legend = traitlets.List().tag(sync=True)
    sources = traitlets.Tuple()
    fits = traitlets.Bool(False).tag(sync=True)
    width = traitlets.Int(640).tag(sync=True)

    def __init__(self, **traits: object) -> None:
        super().__init__(**traits)
        self.on_action(self._serve_plotly)

    def _serve_plotly(self, action: str, _: str) -> None:
        """Where no server of ours stands behind the page (JupyterLab), the kernel sends plotly.js itself."""
        if action == "plotly":
            self.send({"type": "plotly"}, [PLOTLY.read_bytes()])
