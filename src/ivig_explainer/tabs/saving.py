"""What a visitor saves of a view: the selected conditions, the view as slides or handout, a fact sheet."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import TYPE_CHECKING

from ivig_explainer.comparison import as_table
from ivig_explainer.exports import table
from ivig_explainer.exports.about import File
from ivig_explainer.scenes import Lecture, Scene, of_view

if TYPE_CHECKING:
    from ivig_explainer.app import Session

VIEWS = {"pptx": "PowerPoint of this view", "html": "Handout of this view"}
COMPARISONS = {"csv": "CSV of this comparison", "pptx": "PowerPoint of this comparison", "html": "Handout of this comparison"}
KINDS = {form: f"{label} of these conditions" for form, label in table.FORMATS.items()} | VIEWS


def menu(kinds: Mapping[str, str] = KINDS) -> str:
    """Return a fold with a button for each kind of file; it sends the action "download"."""
    items = "".join(
        f'<li><button type="button" data-action="download" data-value="{form}">{escape(label)}</button></li>'
        for form, label in kinds.items()
    )
    return f'<details class="ivig-downloads" data-fold="downloads"><summary>Download</summary><ul>{items}</ul></details>'


def sheet_button(condition: str = "") -> str:
    """Return a button that saves the fact sheet of a condition, or of IVIG itself; it sends the action "sheet"."""
    return f'<button type="button" data-action="sheet" data-value="{escape(condition, quote=True)}">Fact sheet</button>'


def save_view(session: Session, form: str) -> None:
    """Let the visitor save what is shown as a file of one of `KINDS`."""
    if form in table.FORMATS:
        _save(session, table.export(session.data, session.view.selection, form))
    else:
        save_lecture(session, of_view(session.view), form)


def save_lecture(session: Session, lecture: Lecture, form: str) -> None:
    """Let the visitor save a lecture as slides ("pptx") or as a handout ("html"). Raises SceneError."""
    deck = session.perform(lecture)
    if form == "html":
        from ivig_explainer.exports.handout import handout

        _save(session, handout(session.data, deck))
    else:
        # Imported here: python-pptx takes a while, and most visitors save no slides.
        from ivig_explainer.exports.slides import presentation

        _save(session, presentation(session.data, deck))


def save_comparison(session: Session, form: str) -> None:
    """Let the visitor save the comparison as a file of one of `COMPARISONS`."""
    data, conditions = session.data, session.view.compare
    if form == "csv":
        _save(session, table.numbers(data, "comparison", as_table(data, conditions)))
    else:
        save_lecture(session, of_view(session.view), form)


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
    _save(session, file)


def _save(session: Session, file: File) -> None:
    session.frame.save(file.name, file.mime, file.content)
