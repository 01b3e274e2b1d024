"""The frame of the page."""

from __future__ import annotations

import traitlets

from ivig_explainer.widgets.base import Children, Widget, code, stylesheet


class Frame(Widget):
    """Banner, navigation, tabs, notices, footer, and the line that tells screen readers what changed.

    `children` maps "search", "share", "address", "presenter" and the ids of tabs to widgets; a tab's widget may be added later.
    `badges` maps ids of tabs to a word or two beside their name. `offer` says what was done and offers to take it back.
    Actions: "scene" with the `data-scene` of whatever was clicked that has one; "undo". `settled` turns true once the address of
    the page has been applied.
    """

    _esm = code("frame.js")
    _css = stylesheet()
    title = traitlets.Unicode().tag(sync=True)
    tabs = traitlets.List().tag(sync=True)
    tab = traitlets.Unicode().tag(sync=True)
    theme = traitlets.Enum(["auto", "light", "dark"], "auto").tag(sync=True)
    text = traitlets.Enum(["plain", "student"], "student").tag(sync=True)
    dark = traitlets.Bool(False).tag(sync=True)
    disclaimer = traitlets.Unicode().tag(sync=True)
    footer = traitlets.Unicode().tag(sync=True)
    notices = traitlets.List(traitlets.Unicode()).tag(sync=True)
    badges = traitlets.Dict().tag(sync=True)
    offer = traitlets.Unicode().tag(sync=True)
    announcement = traitlets.Unicode().tag(sync=True)
    settled = traitlets.Bool(False).tag(sync=True)
    children = Children()

    def save(self, name: str, mime: str, data: bytes) -> None:
        """Let the visitor's browser save `data` as a file."""
        self.send({"type": "save", "name": name, "mime": mime}, [data])

    def copy_address(self) -> None:
        """Put the page's address on the visitor's clipboard."""
        self.send({"type": "copy"})
