"""Questions made from the tables, each with exactly one right answer that the tables prove.

A form (a module of kinds) states how to ask and, in `holds`, when a choice is right, wrong, or left open by the tables; a choice
that is left open is never used. `questions` draws cases by a seed, and drops every question whose wording tells its answer.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from functools import cache
from itertools import zip_longest
from random import Random

from ivig_explainer.dataset import Dataset
from ivig_explainer.quiz import contraindication, country, dose, effect, forest, indication, mechanism, reaction
from ivig_explainer.quiz.form import Form
from ivig_explainer.quiz.question import GENERAL, KINDS, LEVEL_RULE, LEVELS, Question, Row
from ivig_explainer.quiz.wording import telling

__all__ = ["FORMS", "GENERAL", "KINDS", "LEVELS", "LEVEL_RULE", "MIXED", "Question", "Row", "holds", "questions"]
FORMS: dict[str, Form] = {
    f"{form.kind}.{form.name}": form
    for module in (indication, mechanism, dose, country, effect, contraindication, reaction, forest)
    for form in module.FORMS
}
MIXED = 0  # the level that stands for all of them
TRIES = 6  # other wrong answers that are tried where the first would tell the answer
_TOO_OPEN = ("with-place", "in-role", "pays", "with-grade", "clear", "precise")  # forms whose choices are conditions or rows


def holds(data: Dataset, form: str, subject: str, key: str) -> bool | None:
    """Whether a choice answers a question of the form "kind.name" about a subject; None where the tables do not settle it."""
    return FORMS[form].holds(data, subject, key)


def questions(
    data: Dataset,
    seed: int,
    level: int,
    categories: Collection[str] = (),
    kinds: Collection[str] = (),
    size: int = 10,
    condition: str = "",
) -> list[Question]:
    """Return up to `size` questions, the same for the same arguments; fewer where the tables do not yield so many.

    `level` is a key of `LEVELS`, or `MIXED`. `categories` (of conditions, or `GENERAL`) and `kinds` narrow; empty means all.
    `condition` narrows to one condition, and then to forms whose choices do not name conditions, since the right one would be
    known. Kinds take turns, and forms within a kind.
    """
    dice = Random(f"{seed} {level} {sorted(categories)} {sorted(kinds)} {condition}")
    turns = [
        _turns([case for case in cases if _wanted(case, categories, condition)], dice)
        for kind, cases in _cases(data, level).items()
        if not kinds or kind in kinds
    ]
    dice.shuffle(turns)
    fair = [filter(None, (_question(data, case, seed) for case in cases)) for cases in turns]
    found: list[Question] = []
    later = []  # what would be tedious after a question before it comes only where others do not suffice
    for question in (question for turn in zip_longest(*fair) for question in turn if question):
        if len(found) == size:
            return found
        alike = any(_alike(question, other) for other in found)
        (later if alike else found).append(question)
    return (found + later)[:size]


@dataclass(frozen=True)
class _Case:
    """What a question can be made of: the form, what it asks about, the key of the right answer."""

    form: str
    subject: str
    right: str
    level: int
    condition: str
    category: str


@cache
def _cases(data: Dataset, level: int) -> dict[str, tuple[_Case, ...]]:
    """Return all cases of a level by kind; of all levels for `MIXED`, each case at the lowest level that has it."""
    found: dict[str, dict[tuple[str, str, str], _Case]] = {kind: {} for kind in KINDS}
    for name, form in FORMS.items():
        for at in form.levels if level == MIXED else {level} & set(form.levels):
            for subject, right in form.cases(data, at):
                about, category = form.condition(data, subject, right), form.category(data, subject, right)
                found[form.kind].setdefault((name, subject, right), _Case(name, subject, right, at, about, category))
    return {kind: tuple(cases.values()) for kind, cases in found.items()}


def _alike(question: Question, other: Question) -> bool:
    """Whether two questions in one quiz would be tedious: the same words, or the same answer of a form that has few."""
    if question.prompt == other.prompt:
        return True
    return FORMS[question.form].once and question.kind == other.kind and question.choices[question.answer] == other.choices[other.answer]


def _wanted(case: _Case, categories: Collection[str], condition: str) -> bool:
    if condition and (case.condition != condition or case.form.partition(".")[2] in _TOO_OPEN):
        return False
    return not categories or case.category in categories


def _turns(cases: list[_Case], dice: Random) -> list[_Case]:
    """Return cases in random order, the forms taking turns."""
    by_form: dict[str, list[_Case]] = {}
    for case in cases:
        by_form.setdefault(case.form, []).append(case)
    forms = list(by_form.values())
    for group in forms:
        dice.shuffle(group)
    dice.shuffle(forms)
    return [case for turn in zip_longest(*forms) for case in turn if case]


def _question(data: Dataset, case: _Case, seed: int) -> Question | None:
    """Return the question of a case, or None where no fair one can be made of it."""
    form, subject, right, level = FORMS[case.form], case.subject, case.right, case.level
    identity = f"{case.form}/{subject}/{right}/{level}"
    dice = Random(f"{seed} {identity}")
    prompt = form.prompt(data, subject, right, level)
    for _ in range(TRIES):
        wrong = form.pick(data, subject, right, level, dice)
        if len(wrong) + 1 < form.fewest:
            return None
        keys = [right, *wrong]
        dice.shuffle(keys)
        choices = [form.text(data, key) for key in keys]
        if not telling(prompt, choices, keys.index(right)):
            explanation, sources = form.explain(data, subject, right, wrong)
            return Question(
                id=identity,
                kind=form.kind,
                form=case.form,
                level=level,
                category=case.category,
                condition=case.condition,
                subject=subject,
                prompt=prompt,
                choices=tuple(choices),
                keys=tuple(keys),
                answer=keys.index(right),
                explanation=explanation,
                sources=sources,
                rows=form.rows(data, subject, right, keys),
            )
    return None
