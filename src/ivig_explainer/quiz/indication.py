"""Indication or not: where IVIG stands among treatments.

A place in treatment excludes those that lie clearly apart: a first choice is no rescue. Second choice and rescue lie so near that
the tables do not settle one against the other, nor "added to other treatment" against anything.
"""

from __future__ import annotations

from typing import ClassVar

from ivig_explainer.quiz.form import Form, at_level, conditions, full_name, joined, missing, neighbours, of, sentence, unique

FIRST = ("first-line", "first-line-alternative")
PLACES = {
    "first": "A first choice, or one of them",
    "second": "A second choice, after another treatment",
    "rescue": "Kept for when other treatments fail",
    "never": "Not recommended",
}
TOLD = {
    "first": "a first choice or one of them",
    "second": "a second choice",
    "rescue": "kept for when others fail",
    "never": "not recommended",
}
_PLACE = {"first-line": "first", "first-line-alternative": "first", "second-line": "second", "rescue": "rescue", "not-recommended": "never"}
_CONTRARY = {"first": {"not-funded"}, "second": {"not-funded"}, "never": {"licensed", "funded-routinely"}}
_EXCLUDED = {
    "first": ("second", "rescue", "never"),
    "second": ("first", "never"),
    "rescue": ("first",),
    "never": ("first", "second"),
}


def place(data, condition: str) -> str:
    """Return the key of `PLACES` that the tables give a condition, or "" where they give none that can be set apart.

    A first or second choice that some body refuses, or what is not recommended and yet provided for somewhere, is not settled.
    """
    line = conditions(data)[condition].line_of_therapy
    own = "" if missing(line) else _PLACE.get(line, "")
    said = {row.status for row in of(data, "statuses").get(condition, ()) if not row.historical}
    return "" if said & _CONTRARY.get(own, set()) else own


def settled(own: str, asked: str) -> bool | None:
    """Whether a condition whose place is `own` has the place `asked`."""
    if not own or not asked:
        return None
    return True if own == asked else False if asked in _EXCLUDED[own] else None


def _because(data, condition: str) -> str:
    row = conditions(data)[condition]
    basis = "by this page's reading of its sources" if row.line_basis == "curator" else "as its source states"
    return f"{sentence(row.plain_summary)} The place of IVIG: {TOLD[place(data, condition)]}, {basis}."


class Place(Form):
    """Ask what place IVIG has in the treatment of this condition."""

    kind = "indication"
    name = "place"

    def cases(self, data, level):
        for condition in at_level(data, level):
            if own := place(data, condition):
                yield condition, own

    def others(self, data, subject, right, level):
        return PLACES

    def holds(self, data, subject, key):
        return settled(place(data, subject), key)

    def prompt(self, data, subject, right, level):
        return f"{full_name(data, subject)}: what place do the sources give IVIG in its treatment?"

    def text(self, data, key):
        return PLACES[key]

    def explain(self, data, subject, right, wrong):
        return _because(data, subject), conditions(data)[subject].sources


class WithPlace(Form):
    """Ask in which of these conditions IVIG has this place."""

    kind = "indication"
    name = "with-place"
    _PROMPTS: ClassVar = {
        "first": "In which of these is IVIG a first choice of treatment, or one of them?",
        "second": "In which of these is IVIG a second choice, after another treatment?",
        "rescue": "In which of these is IVIG kept for when other treatments fail?",
        "never": "In which of these is IVIG not recommended?",
    }
    _ASKED: ClassVar = {1: ("first", "never"), 2: ("first", "never"), 3: ("second", "rescue")}

    def cases(self, data, level):
        for condition in at_level(data, level):
            own = place(data, condition)
            if own in self._ASKED[level]:
                yield own, condition

    def others(self, data, subject, right, level):
        near = neighbours(data, right)
        return [c for c in near if place(data, c) in ("rescue", "never", "first")] if level == 1 else near

    def holds(self, data, subject, key):
        return settled(place(data, key), subject)

    def prompt(self, data, subject, right, level):
        return self._PROMPTS[subject]

    def text(self, data, key):
        return conditions(data)[key].name

    def explain(self, data, subject, right, wrong):
        others: dict[str, list[str]] = {}
        for condition in wrong:
            others.setdefault(TOLD[place(data, condition)], []).append(conditions(data)[condition].name)
        rest = "; ".join(f"{told} in {joined(names)}" for told, names in others.items())
        sources = [s for c in (right, *wrong) for s in conditions(data)[c].sources]
        return f"{_because(data, right)} IVIG is {rest}.", unique(sources)

    def condition(self, data, subject, right):
        return right


FORMS = (Place(), WithPlace())
