"""A grid of links."""

from __future__ import annotations

import traitlets

from ivig_explainer.widgets.base import Widget, code


class Grid(Widget):
    """A table whose cells lead to addresses and tell, while they are pointed at or focused, what they stand for.

    `columns` lists {label, brief, note}; the first is that of the rows' names. `rows` lists {id, name, notes, cells} for
    all rows that may ever be shown: `notes` maps keys to a line of text, of which `note` chooses the one that stands under
    the name; a cell is null where there is nothing, or {look, text, brief, how, tags, about, link}: `look` is a key of
    `symbols`, `how` lists modifiers of the look, `tags` a word for each in the cell, `about` positions in `texts`, `link` a
    position in `links`, which lists {href, title}; `empty` names a cell without anything. `shown` lists positions in `rows`,
    in order; `opened` is the id of the opened row; opening a name sends the action "open" with the row's id.
    """

    _esm = code("grid.js")
    columns = traitlets.List().tag(sync=True)
    rows = traitlets.List().tag(sync=True)
    texts = traitlets.List().tag(sync=True)
    links = traitlets.List().tag(sync=True)
    symbols = traitlets.Dict().tag(sync=True)
    empty = traitlets.Unicode().tag(sync=True)
    shown = traitlets.List().tag(sync=True)
    note = traitlets.Unicode().tag(sync=True)
    caption = traitlets.Unicode().tag(sync=True)
    opened = traitlets.Unicode().tag(sync=True)

    def focus(self) -> None:
        """Move the visitor's focus to the cell where it was last."""
        self.send({"type": "focus"})
