"""The address bar."""

from __future__ import annotations

import traitlets

from ivig_explainer.widgets.base import Widget, code


class Address(Widget):
    """The address bar.

    The action "ask" brings the query string that the visitor came with or went back to, each time anew also where it
    is the same as before; `shown` is the one that the address bar shall show.
    """

    _esm = code("address.js")
    shown = traitlets.Unicode().tag(sync=True)

    def correct(self, query: str) -> None:
        """Show `query` in place of the address that was asked for, which is no step that Back could undo."""
        self.send({"type": "correct", "query": query})
