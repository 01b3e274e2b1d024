"""A form."""

from __future__ import annotations

import traitlets

from ivig_explainer.widgets.base import Widget, code


class Form(Widget):
    """Fields whose values follow the visitor: at once for choices, after a short pause for numbers.

    `fields` lists, in order, {name, label, kind, help} and by kind:
    "number" {min, max, step, unit} · "range" (a slider) {min, max, step, unit} · "select" {options: [{value, label,
    group}]} · "radio" and "checks" {options: [{value, label}]} · "text" {placeholder}.
    `values` maps names to text, numbers, or lists of text (checks). `faults` maps names to a sentence that is shown
    beside the field and tied to it for screen readers. `fields` may be replaced; values that still fit are kept.
    """

    _esm = code("form.js")
    label = traitlets.Unicode().tag(sync=True)
    fields = traitlets.List().tag(sync=True)
    values = traitlets.Dict().tag(sync=True)
    faults = traitlets.Dict().tag(sync=True)
