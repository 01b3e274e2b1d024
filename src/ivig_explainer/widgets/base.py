"""What all our widgets share: code read from the file beside them, references to children, actions sent back."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path

import anywidget
import traitlets

FOLDER = Path(__file__).parent


@cache
def code(name: str) -> str:
    """Return the text of a file beside the widgets (read once: a Path would be watched by a thread of its own)."""
    return (FOLDER / name).read_text(encoding="utf-8")


@cache
def stylesheet() -> str:
    """Return the page's one stylesheet: `css/base.css`, then one file for each tab that needs its own rules."""
    first, *others = sorted((FOLDER / "css").glob("*.css"), key=lambda path: (path.stem != "base", path.stem))
    return "\n".join(path.read_text(encoding="utf-8") for path in (first, *others))


class Children(traitlets.Dict):
    """Widgets by the place where they are shown, sent as the references that anywidget's hosts resolve."""

    def __init__(self) -> None:
        super().__init__()
        self.tag(sync=True, to_json=lambda value, _: {k: f"anywidget:{w.model_id}" for k, w in value.items()})


class Widget(anywidget.AnyWidget):
    """An anywidget that hands the visitor's actions to a function."""

    def on_action(self, act: Callable[[str, str], None]) -> None:
        """Call `act(action, value)`, two strings, whenever the visitor does something that is no change of a trait."""

        def receive(_: Widget, content: dict, __: list) -> None:
            if isinstance(content, dict):
                act(str(content.get("action", "")), str(content.get("value", "")))

        self.on_msg(receive)
