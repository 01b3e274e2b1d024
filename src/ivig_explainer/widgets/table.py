"""A table of results."""

from __future__ import annotations

import traitlets

from ivig_explainer.widgets.base import Widget, code


class Table(Widget):
    """A sortable table; opening a row sends the action "open" with the row's id.

    `columns` lists {key, label}; `rows` lists {id, cells: [{text, and perhaps sort, mark, note}]} for all rows
    that may ever be shown; `shown` lists positions in `rows`, in order; `opened` is the id of the opened row. Where
    `picking` names it, a last column has a box in each row: `picked` lists the ids of the rows that are ticked, and ticking
    sends the action "pick" with the row's id.
    """

    _esm = code("table.js")
    columns = traitlets.List().tag(sync=True)
    rows = traitlets.List().tag(sync=True)
    shown = traitlets.List().tag(sync=True)
    caption = traitlets.Unicode().tag(sync=True)
    opened = traitlets.Unicode().tag(sync=True)
    picking = traitlets.Unicode().tag(sync=True)
    picked = traitlets.List(traitlets.Unicode()).tag(sync=True)

    def focus(self) -> None:
        """Move the visitor's focus to the opened row, or to the first."""
        self.send({"type": "focus"})
