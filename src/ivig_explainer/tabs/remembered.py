"""Forms that stand in the page's address: what a visitor chose in them, a link restores."""

from __future__ import annotations

from math import isfinite
from typing import TYPE_CHECKING

from ivig_explainer.selection import short
from ivig_explainer.widgets import Form

if TYPE_CHECKING:
    from ivig_explainer.app import Session
    from ivig_explainer.view import View

NUMBERS = ("number", "range")


def remember(session: Session, place: str, form: Form) -> None:
    """Keep the values of `form` in the address at `place`, such as "living.uses", and take over those that stand there.

    What the form holds now is as usual, and is left out. A part that is no field of the form, or no value that the field
    allows, is dropped with a notice.
    """
    usual = dict(form.values)

    def take() -> None:
        values, faults = read(session.view.part(place), form.fields)
        for fault in faults:
            session.notice(f"Part of this page's address was ignored: {place}.{fault}.")
        if form.values != usual | values:
            form.values = usual | values
        if faults:
            session.keep(place, written(form.values, usual))

    def follow(old: View, new: View) -> None:
        if old.part(place) != new.part(place) != written(form.values, usual):
            take()

    if session.view.part(place):
        take()
    session.listen(follow)
    form.observe(lambda change: session.keep(place, written(change["new"], usual)), "values")


def written(values: dict, usual: dict) -> dict[str, tuple[str, ...]]:
    """Return as text the values that are not as usual: lists with all their items, whole numbers without a point.

    >>> written({"weight": 70.0, "model": "li", "risks": ["age", "clots"], "sex": ""}, {"model": "li", "sex": ""})
    {'weight': ('70',), 'risks': ('age', 'clots')}
    """
    lists = {name: value if isinstance(value, list) else [value] for name, value in values.items() if value != usual.get(name)}
    texts = {
        name: tuple(f"{v:.10g}" if isinstance(v, int | float) else str(v) for v in found if v is not None) for name, found in lists.items()
    }
    return {name: found for name, found in texts.items() if any(found)}


def read(part: dict[str, tuple[str, ...]], fields: list[dict]) -> tuple[dict[str, object], list[str]]:
    """Return the values that `fields` allow, and a sentence for each that they do not.

    >>> read({"weight": ("80",), "size": ("9",)}, [{"name": "weight", "kind": "number", "min": 1, "max": 200}])
    ({'weight': 80.0}, ["size '9' is not known here and was left out"])
    """
    known = {field["name"]: field for field in fields}
    values, faults = {}, []
    for name, texts in part.items():
        allowed = [value for text in texts if (value := _value(text, known.get(name))) is not None]
        if len(allowed) < len(texts):
            faults.append(f"{name} {short(', '.join(texts))} is not known here and was left out")
        if allowed:
            values[name] = allowed if known[name]["kind"] == "checks" else allowed[0]
    return values, faults


def _value(text: str, field: dict | None) -> object:
    """Return the value that a text of an address stands for in a field; None where it is none."""
    if field is None:
        return None
    if field["kind"] == "text":
        return text
    if field["kind"] in NUMBERS:
        try:
            value = float(text)
        except ValueError:
            return None
        return value if isfinite(value) and field.get("min", value) <= value <= field.get("max", value) else None
    return text if text in {option["value"] for option in field["options"]} else None
