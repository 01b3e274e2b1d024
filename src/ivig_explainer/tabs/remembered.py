"""What stands in a tab's forms stands in the page's address too, so that a link restores it."""

from __future__ import annotations

from collections.abc import Callable
from math import isfinite
from typing import TYPE_CHECKING

from ivig_explainer.selection import short
from ivig_explainer.widgets import Form

if TYPE_CHECKING:
    from ivig_explainer.app import Session
    from ivig_explainer.view import View

SOURCES_AT = "sources.at"  # which part of the tab Sources is shown
NUMBERS = ("number", "range")


def recall(session: Session, place: str, take: Callable[[dict[str, tuple[str, ...]]], None]) -> None:
    """Call `take(part)` with what the address holds at `place`: now, if anything, and whenever that changes.

    The tab's own `session.keep` is such a change, too: `take` does nothing with what is shown already.
    """

    def follow(old: View, new: View) -> None:
        if old.part(place) != new.part(place):
            take(new.part(place))

    if part := session.view.part(place):
        take(part)
    session.listen(follow)


def remember(session: Session, place: str, form: Form) -> None:
    """Keep the values of `form` in the address at `place`, such as "living.uses", and take over those that stand there.

    What the form holds now is as usual, and is left out. A part that is no field of the form, or no value that the field
    allows, is dropped with a notice.
    """
    usual = dict(form.values)

    def take(part: dict[str, tuple[str, ...]]) -> None:
        if part == written(form.values, usual):
            return
        values, faults = read(part, form.fields)
        ignored(session, place, faults)
        form.values = usual | values
        if faults:
            session.keep(place, written(form.values, usual))

    recall(session, place, take)
    form.observe(lambda _: session.keep(place, written(form.values, usual)), "values")


def refuse(session: Session, place: str, name: str, value: str) -> None:
    """Tell the visitor that a part of the address makes no sense at `place`, and forget what stands there."""
    ignored(session, place, [f"{name} {short(value)} is not known here and was left out"])
    session.keep(place, {})


def ignored(session: Session, place: str, faults: list[str]) -> None:
    """Tell the visitor which parts of the address made no sense at `place`."""
    for fault in faults:
        session.notice(f"Part of this page's address was ignored: {place}.{fault}.")


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
