"""The list of scenes of a lecture."""

from __future__ import annotations

import traitlets

from ivig_explainer.widgets.base import Widget, code


class Storyboard(Widget):
    """Edit a lecture: its title, and the order, titles and notes of its scenes.

    `title` is the lecture's; `scenes` lists {title, notes, what, address}; `limits` is {title, notes, file}, the most characters
    that each may have. Actions: "title" with a text; "scene-title" and "scene-notes" with "<number> <text>"; "move" with
    "<from> <to>"; "delete" and "present" with a number; "load" with the text of a file; "undo", "save", "new". Numbers are from 1.
    """

    _esm = code("storyboard.js")
    title = traitlets.Unicode().tag(sync=True)
    scenes = traitlets.List().tag(sync=True)
    limits = traitlets.Dict().tag(sync=True)

    def focus(self, number: int) -> None:
        """Move the visitor's focus to a scene's button "Present from here"."""
        self.send({"type": "focus", "number": number})
