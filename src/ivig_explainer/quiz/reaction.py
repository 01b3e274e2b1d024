"""First action in a reaction: what the tables name first among what is done.

A measure that suits any reaction (oxygen, support, a report) is neither asked for nor a wrong answer, nor is one that the
reaction's own list holds. To stop is wrong only where the list says to slow or pause, to slow only where it says to stop, and
to do nothing only in a serious reaction. Any other measure is wrong where the tables name it for one other reaction alone.
"""

from __future__ import annotations

import re
from functools import cache

from ivig_explainer import reactions
from ivig_explainer.dataset import Dataset
from ivig_explainer.quiz.form import Form, joined, sentence
from ivig_explainer.quiz.mechanism import first_sentence

_ANYWHERE = re.compile(r"supportive|oxygen|report|give the vaccine|repeat the test")
_WAITING = re.compile(r"passes|watch")
WHEN = {"during": "while IVIG runs in", "within-72h": "within 72 hours of IVIG", "delayed": "days to weeks after IVIG"}
_BY_LEVEL = {1: ("during",), 2: ("during", "within-72h"), 3: ("during", "within-72h", "delayed")}
_NEAR = {"during": ("during", "within-72h"), "within-72h": tuple(reactions.ONSETS), "delayed": ("within-72h", "delayed")}


@cache
def _reactions(data: Dataset) -> dict[str, tuple]:
    return {row.id: row for row in data.adverse_reactions.itertuples(index=False)}


@cache
def _measures(data: Dataset) -> dict[str, set[str]]:
    """Return every measure with the reactions that it is named for."""
    found: dict[str, set[str]] = {}
    for row in _reactions(data).values():
        for measure in row.management:
            found.setdefault(measure, set()).add(row.id)
    return found


def _stops(measure: str) -> bool:
    return measure.startswith("stop")


def _slows(measure: str) -> bool:
    return measure.startswith(("slow", "pause"))


class First(Form):
    """Ask what the sources name first."""

    kind = "reaction"
    name = "first"
    once = True

    def cases(self, data, level):
        for row in _reactions(data).values():
            if row.management and row.onset in _BY_LEVEL[level] and not _ANYWHERE.search(row.management[0]):
                yield row.id, row.management[0]

    def others(self, data, subject, right, level):
        near = _NEAR[_reactions(data)[subject].onset]
        return dict.fromkeys(row.management[0] for row in _reactions(data).values() if row.management and row.onset in near)

    def holds(self, data, subject, key):
        row = _reactions(data)[subject]
        if key == row.management[0]:
            return True
        if key in row.management or _ANYWHERE.search(key) or key == "antihistamine":
            return None
        if _stops(key):
            return False if _slows(row.management[0]) and not any("stop" in m for m in row.management) else None
        if _slows(key):
            return False if any(_stops(m) for m in row.management) else None
        if _WAITING.match(key):
            return False if row.severity == "serious" else None
        if "slow" in key or "stop" in key:
            return None
        return False if len(_measures(data)[key]) == 1 else None

    def prompt(self, data, subject, right, level):
        row = _reactions(data)[subject]
        return f"{reactions.short(row.name)} {WHEN[row.onset]}: what do the sources name first?"

    def text(self, data, key):
        return sentence(key.partition(" (")[0].partition(", which")[0]).rstrip(".")

    def explain(self, data, subject, right, wrong):
        row = _reactions(data)[subject]
        known = isinstance(row.mechanism, str) and "mechanism in the texts read" not in row.mechanism
        cause = f" Why it happens: {first_sentence(row.mechanism)}" if known else ""
        then = f" What else is named: {joined(row.management[1:])}." if len(row.management) > 1 else ""
        return f"{then}{cause}".strip() or f"The sources name nothing else: {right}.", row.sources

    def apart(self, data, key, other):
        """To slow and to pause are one action, in whatever words."""
        return super().apart(data, key, other) and not (_slows(key) and _slows(other))

    def condition(self, data, subject, right):
        return ""


FORMS = (First(),)
