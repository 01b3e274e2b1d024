"""HTML with places for other widgets."""

from __future__ import annotations

import traitlets

from ivig_explainer.widgets.base import Children, Widget, code


class Markup(Widget):
    """Show `html`, which must be safe: whoever makes it has escaped what came from a table or a visitor.

    An element with `data-slot="name"` holds the child of that name; one with `data-action="verb"` (and perhaps
    `data-value`) sends that action when it is clicked, or with role="button" by the Enter and Space keys. A fold with
    `data-fold="name"` stays open when the HTML is replaced. `hidden` lists the `data-part` of the elements that are not
    shown for now, such as those that a filter leaves out.
    """

    _esm = code("markup.js")
    html = traitlets.Unicode().tag(sync=True)
    css_class = traitlets.Unicode().tag(sync=True)
    hidden = traitlets.List(traitlets.Unicode()).tag(sync=True)
    children = Children()

    def focus(self, selector: str) -> None:
        """Move the visitor's focus to the first element that matches a CSS selector; unfold what it is folded in."""
        self.send({"type": "focus", "selector": selector})
