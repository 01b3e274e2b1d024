"""A search field."""

from __future__ import annotations

import traitlets

from ivig_explainer.widgets.base import Widget, code


class Search(Widget):
    """`value` follows what the visitor types, after a short pause; the Enter key sends the action "submit"."""

    _esm = code("search.js")
    label = traitlets.Unicode().tag(sync=True)
    placeholder = traitlets.Unicode().tag(sync=True)
    value = traitlets.Unicode().tag(sync=True)
    longest = traitlets.Int(200).tag(sync=True)
