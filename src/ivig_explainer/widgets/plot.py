"""A chart."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import traitlets

from ivig_explainer.widgets.base import FOLDER, Widget, code

if TYPE_CHECKING:
    from ivig_explainer.exports.about import File

PLOTLY = FOLDER / "plotly.min.js"
SCRIPT = code("picture.js") + code("plot.js")


class Plot(Widget):
    """A Plotly figure with its title, its description in words, and the same numbers as a table.

    Clicking a mark sends the action "choose" with the mark's `customdata`, or opens it in a new tab where it is an
    address. `figure` is {data, layout} as plain JSON; `table` is {columns, rows, links}, links being one address a row
    or none at all; `legend` lists {label, mark}. `sources` are ids, for exports; the browser does not need them.
    With `fits`, `width` is told by the browser: how wide the plot is, in pixels at the usual size of type, rounded down, for
    charts that are laid out for it. Where `layout.meta.declutter` of the figure is true, labels that would cover one another are hidden.
    Pictures are made in the browser; what stands under them, and the file of the numbers, are asked of `credit` and
    `numbers` when the visitor saves one.
    """

    _esm = SCRIPT
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
        self.credit: Callable[[], dict] = lambda: {"lines": [], "sources": []}
        self.numbers: Callable[[], File] | None = None
        self.on_action(self._answer)

    def _answer(self, action: str, _: str) -> None:
        """Send what the browser asks for; plotly.js itself where no server of ours stands behind the page (JupyterLab)."""
        match action:
            case "plotly":
                self.send({"type": "plotly"}, [PLOTLY.read_bytes()])
            case "credit":
                self.send({"type": "credit", **self.credit()})
            case "csv" if self.numbers:
                file = self.numbers()
                self.send({"type": "file", "name": file.name, "mime": file.mime}, [file.content])
