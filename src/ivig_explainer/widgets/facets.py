"""Filters with counts."""

from __future__ import annotations

import traitlets

from ivig_explainer.widgets.base import Widget, code


class Facets(Widget):
    """Groups of check boxes.

    `groups` lists {name, label, inline, options: [{value, label}]}; `chosen` maps a group's name to the chosen
    values; `counts` maps it to {value: number of results}.
    """

    _esm = code("facets.js")
    groups = traitlets.List().tag(sync=True)
    chosen = traitlets.Dict().tag(sync=True)
    counts = traitlets.Dict().tag(sync=True)
