"""Which mechanism: what IVIG does, by which way it is thought to act, and how sure that is."""

from __future__ import annotations

import re
from functools import cache
from typing import ClassVar

from ivig_explainer.dataset import Dataset
from ivig_explainer.quiz.form import Form, at_level, conditions, full_name, joined, neighbours, of, sentence, unique

ROLES = {
    "replacement": "It supplies antibody that is missing",
    "immunomodulation": "It calms a misdirected immune response",
    "passive-immunity": "It brings antibody against an infection or a toxin",
}
DONE = {
    "replacement": "supply antibody that is missing",
    "immunomodulation": "calm a misdirected immune response",
    "passive-immunity": "bring antibody against an infection or a toxin",
}
CONFIDENCES = {"established": "established", "supported": "supported by human or consistent laboratory data", "hypothesis": "a hypothesis"}
_TELLING = re.compile(r"globulin|immunodeficiency|antibody|autoimmune|immune|toxin|infection|prophylaxis|prevention", re.IGNORECASE)


@cache
def _mechanisms(data: Dataset) -> dict[str, tuple]:
    return {row.id: row for row in data.mechanisms.itertuples(index=False)}


def first_sentence(text: str) -> str:
    """Return the first sentence of a text.

    >>> first_sentence("It blocks IL-6. It does more.")
    'It blocks IL-6.'
    """
    return sentences(text)[0]


def sentences(text: str) -> list[str]:
    """Return the sentences of a text."""
    return re.split(r"(?<=[a-z0-9)][.!?])\s+(?=[A-Z])", text)


def _basis(row) -> str:
    """Return whose judgement the confidence in a mechanism is."""
    return "by this page's reading" if row.confidence_basis == "curator" else "as its source states"


class Role(Form):
    """Ask what IVIG does in this condition. A name that says it is left out."""

    kind = "mechanism"
    name = "role"
    levels = (1, 2)

    def cases(self, data, level):
        for condition in at_level(data, level):
            row = conditions(data)[condition]
            if not _TELLING.search(row.name):
                yield condition, row.role

    def others(self, data, subject, right, level):
        return ROLES

    def holds(self, data, subject, key):
        return conditions(data)[subject].role == key

    def prompt(self, data, subject, right, level):
        return f"{full_name(data, subject)}: what is IVIG meant to do here?"

    def text(self, data, key):
        return ROLES[key]

    def explain(self, data, subject, right, wrong):
        row = conditions(data)[subject]
        why = first_sentence(row.why_ivig) if isinstance(row.why_ivig, str) else sentence(row.plain_summary)
        return f"Here IVIG is given to {DONE[right]}. {why}", row.sources


class InRole(Form):
    """Ask in which of these conditions of one category IVIG does this."""

    kind = "mechanism"
    name = "in-role"
    levels = (3,)

    def cases(self, data, level):
        for condition in at_level(data, 2):
            row = conditions(data)[condition]
            if not _TELLING.search(row.name):
                yield row.role, condition

    def others(self, data, subject, right, level):
        return neighbours(data, right)

    def holds(self, data, subject, key):
        return conditions(data)[key].role == subject

    def prompt(self, data, subject, right, level):
        return f"In which of these is IVIG given to {DONE[subject]}?"

    def text(self, data, key):
        return conditions(data)[key].name

    def explain(self, data, subject, right, wrong):
        rows = conditions(data)
        told = f"{rows[right].name}: to {DONE[subject]}."
        others: dict[str, list[str]] = {}
        for condition in wrong:
            others.setdefault(DONE[rows[condition].role], []).append(rows[condition].name)
        rest = "; ".join(f"{joined(names)}: to {done}" for done, names in others.items())
        return f"{told} The others: {rest}.", unique(s for c in (right, *wrong) for s in rows[c].sources)

    def condition(self, data, subject, right):
        return right


class Tied(Form):
    """Ask which of these mechanisms the tables tie to this condition.

    One that they do not tie to it may act there all the same. It counts as wrong only where it is of the wrong sort: one that
    brings antibody where IVIG calms the immune system, one that calms where it brings antibody.
    """

    kind = "mechanism"
    name = "tied"
    levels = (1,)

    def cases(self, data, level):
        for condition in at_level(data, level):
            for pair in of(data, "condition_mechanisms").get(condition, ()):
                yield condition, pair.mechanism

    def others(self, data, subject, right, level):
        return _mechanisms(data)

    def holds(self, data, subject, key):
        ties = of(data, "condition_mechanisms", "mechanism").get(key, [])
        if any(pair.condition == subject for pair in ties):
            return True
        if subject not in of(data, "condition_mechanisms"):
            return None
        brings = _mechanisms(data)[key].family == "replacement"
        return False if brings == (conditions(data)[subject].role == "immunomodulation") else None

    def prompt(self, data, subject, right, level):
        return f"{full_name(data, subject)}: in which of these ways is IVIG thought to act here?"

    def text(self, data, key):
        return _mechanisms(data)[key].name

    def explain(self, data, subject, right, wrong):
        pair = next(p for p in of(data, "condition_mechanisms")[subject] if p.mechanism == right)
        row = _mechanisms(data)[right]
        note = f" {sentence(pair.note)}" if isinstance(pair.note, str) else ""
        told = f"{first_sentence(row.explanation)}{note} How sure: {CONFIDENCES[row.confidence]}."
        return told, unique((*pair.sources, *row.sources))


class HowSure(Form):
    """Ask how sure it is that IVIG acts in a way. The subject is a mechanism."""

    kind = "mechanism"
    name = "how-sure"
    levels = (2,)
    _TEXTS: ClassVar = {
        "established": "Established: the effect in patients follows from it",
        "supported": "Supported: by human or consistent laboratory data",
        "hypothesis": "A hypothesis: animal, test-tube or conflicting data",
    }

    def cases(self, data, level):
        for row in _mechanisms(data).values():
            yield row.id, row.confidence

    def others(self, data, subject, right, level):
        return self._TEXTS

    def holds(self, data, subject, key):
        return _mechanisms(data)[subject].confidence == key

    def prompt(self, data, subject, right, level):
        return f"{_mechanisms(data)[subject].name}: how sure is it that IVIG acts in this way?"

    def text(self, data, key):
        return self._TEXTS[key]

    def explain(self, data, subject, right, wrong):
        row = _mechanisms(data)[subject]
        told = dict.fromkeys((first_sentence(row.explanation), sentences(row.explanation)[-1]))
        return f"{CONFIDENCES[right].capitalize()}, {_basis(row)}. {' '.join(told)}", row.sources

    def condition(self, data, subject, right):
        return ""


class Arms(Form):
    """Ask which of these mechanisms uses the Fab arms alone; those of the Fc part have it in their names."""

    kind = "mechanism"
    name = "arms"
    levels = (2,)

    def cases(self, data, level):
        for row in _mechanisms(data).values():
            if row.part == "Fab":
                yield "Fab", row.id

    def others(self, data, subject, right, level):
        return _mechanisms(data)

    def holds(self, data, subject, key):
        """What uses both parts, or neither, is left open: its binding half needs the arms."""
        part = _mechanisms(data)[key].part
        return part == subject if part in ("Fab", "Fc") else None

    def prompt(self, data, subject, right, level):
        return "Which of these needs only the arms of the antibody that bind a target, not its stem?"

    def text(self, data, key):
        return _mechanisms(data)[key].name

    def explain(self, data, subject, right, wrong):
        rows = _mechanisms(data)
        told = f"It works through the Fab arms, the others through the Fc part. {first_sentence(rows[right].explanation)}"
        return told, unique(s for m in (right, *wrong) for s in rows[m].sources)

    def condition(self, data, subject, right):
        return ""


class Sure(Form):
    """Ask which of these mechanisms is so far a hypothesis."""

    kind = "mechanism"
    name = "sure"
    levels = (3,)

    def cases(self, data, level):
        for row in _mechanisms(data).values():
            if row.confidence == "hypothesis":
                yield "hypothesis", row.id

    def others(self, data, subject, right, level):
        return _mechanisms(data)

    def holds(self, data, subject, key):
        return _mechanisms(data)[key].confidence == subject

    def prompt(self, data, subject, right, level):
        return "Which of these ways of acting rests so far mainly on animal or test-tube data, or on findings that conflict?"

    def text(self, data, key):
        return _mechanisms(data)[key].name

    def explain(self, data, subject, right, wrong):
        row = _mechanisms(data)[right]
        told = f"It is a hypothesis, {_basis(row)}; the others are established or supported by human or consistent laboratory data."
        return f"{told} {first_sentence(row.explanation)}", unique(s for m in (right, *wrong) for s in _mechanisms(data)[m].sources)

    def condition(self, data, subject, right):
        return ""


FORMS = (Role(), InRole(), Tied(), HowSure(), Arms(), Sure())
