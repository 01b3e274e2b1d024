"""What a visitor saves of a view: the selected conditions, the view as slides or handout, a fact sheet."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from ivig_explainer.exports import table
from ivig_explainer.scenes import Lecture, Scene, of_view

if TYPE_CHECKING:
    from ivig_explainer.app import Session

VIEWS = {"pptx": "PowerPoint of this view", "html": "Handout of this view"}
KINDS = {form: f"{label} of these conditions" for form, label in table.FORMATS.items()} | VIEWS


def menu() -> str:
    """Return a fold with a button for each kind of file; it sends the action "download"."""
    items = "".join(
        f'<li><button type="button" data-action="download" data-value="{form}">{escape(label)}</button></li>'
        for form, label in KINDS.items()
    )
    return f'<details class="ivig-downloads" data-fold="downloads"><summary>Download</summary><ul>{items}</ul></details>'


def sheet_button(condition: str = "") -> str:
    """Return a button that saves the fact sheet of a condition, or of IVIG itself; it sends the action "sheet"."""
    return f'<button type="button" data-action="sheet" data-value="{escape(condition, quote=True)}">Fact sheet</button>'


def save_view(session: Session, form: str) -> None:
    """Let the visitor save what is shown as a file of one of `KINDS`."""
    data, view = session.data, session.view
    if form in table.FORMATS:
        file = table.export(data, view.selection, form)
    elif form == "html":
        from ivig_explainer.exports.handout import handout

        file = handout(data, session.perform(of_view(view)))
    else:
        # Imported here: python-pptx takes a while, and most visitors save no slides.
        from ivig_explainer.exports.slides import presentation

        file = presentation(data, session.perform(of_view(view)))
    session.frame.save(file.name, file.mime, file.content)


def save_sheet(session: Session, condition: str) -> None:
    """Let the visitor save the fact sheet of a condition, or of IVIG itself where none is named."""
    from ivig_explainer.exports.fact_sheet import condition_sheet, ivig_sheet

    data = session.data
    if condition and condition not in set(data.conditions["id"]):
        return
    if condition:
        card = Lecture(scenes=(Scene(f"tab=explore&condition={condition}", "card"),))
        file = condition_sheet(data, session.perform(card).slides[0])
    else:
        file = ivig_sheet(data)
    session.frame.save(file.name, file.mime, file.content)
