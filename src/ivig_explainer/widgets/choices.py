"""One question with its choices."""

from __future__ import annotations

import traitlets

from ivig_explainer.widgets.base import Widget, code


class Choices(Widget):
    """A group of radio buttons under a question; the action "answer" brings the place of the choice that was made.

    `figure` is HTML that stands between question and choices and must be safe. `verdicts` lists for each choice the words that
    tell how it was, and "" for none; with them the group is closed. `submit` is the label of the button. The keys 1 to 9 choose,
    Enter answers.
    """

    _esm = code("choices.js")
    prompt = traitlets.Unicode().tag(sync=True)
    figure = traitlets.Unicode().tag(sync=True)
    choices = traitlets.List().tag(sync=True)
    verdicts = traitlets.List().tag(sync=True)
    submit = traitlets.Unicode("Check").tag(sync=True)

    def focus(self) -> None:
        """Move the visitor's focus to the question."""
        self.send({"type": "focus"})
