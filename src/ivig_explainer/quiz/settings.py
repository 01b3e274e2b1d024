"""What a quiz consists of, as a form asks for it and an address keeps it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from ivig_explainer.dataset import Dataset
from ivig_explainer.quiz import GENERAL, KINDS, LEVELS, MIXED, Question, questions
from ivig_explainer.selection import CATEGORIES

PLACE = "quiz.form"
MODES = {"study": "Study: the answer at once", "exam": "Exam: all answers at the end"}
SIZES = (5, 10, 20, 40)
EVERY = 100_000  # a size that leaves no question out
LAST_SEED = 9999
USUAL = {"mode": "study", "level": "1", "size": "10", "seed": None, "condition": "", "kinds": [], "categories": []}


@dataclass(frozen=True)
class Settings:
    """One quiz: the same settings give the same questions to everybody."""

    mode: str = "study"
    level: int = 1
    size: int = 10
    seed: int = 1
    condition: str = ""
    kinds: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()

    @classmethod
    def read(cls, values: Mapping[str, object]) -> Settings:
        """Return the settings that a form with the fields `fields` holds; without a number it is quiz 1."""
        held = USUAL | dict(values)
        return cls(
            mode=held["mode"],
            level=int(held["level"]),
            size=int(held["size"]),
            seed=int(held["seed"] or 1),
            condition=held["condition"],
            kinds=tuple(held["kinds"]),
            categories=() if held["condition"] else tuple(held["categories"]),
        )

    def questions(self, data: Dataset) -> list[Question]:
        """Return the questions of this quiz."""
        return questions(data, self.seed, self.level, self.categories, self.kinds, self.size, self.condition)


def about(condition: str) -> dict[str, str]:
    """Return what an address keeps for a quiz about one condition, at all levels."""
    return {"condition": condition, "level": str(MIXED)}


@cache
def fields(data: Dataset) -> tuple[dict, ...]:
    """Return the fields of the form."""
    rows = data.conditions.sort_values("name", key=lambda names: names.str.casefold())
    named = [{"value": row.id, "label": row.name} for row in rows.itertuples(index=False)]
    levels = {str(number): label for number, label in (*LEVELS.items(), (MIXED, "Mixed"))}
    return (
        {"name": "mode", "label": "Mode", "kind": "radio", "options": _options(MODES)},
        {
            "name": "level",
            "label": "Level",
            "kind": "radio",
            "options": _options(levels),
        },
        {"name": "size", "label": "Questions", "kind": "select", "options": _options({str(n): str(n) for n in SIZES})},
        {
            "name": "seed",
            "label": "Quiz number",
            "kind": "number",
            "min": 1,
            "max": LAST_SEED,
            "step": 1,
            "help": "Leave it empty for a new quiz. The same number gives everybody the same one.",
        },
        {"name": "condition", "label": "About", "kind": "select", "options": [{"value": "", "label": "All conditions"}, *named]},
        {"name": "kinds", "label": "Kinds (none chosen: all)", "kind": "checks", "options": _options(KINDS)},
        {
            "name": "categories",
            "label": "Categories (none chosen: all)",
            "kind": "checks",
            "options": _options({name: name for name in CATEGORIES} | {GENERAL: "General: IVIG itself"}),
        },
    )


def _options(choices: Mapping[str, str]) -> list[dict]:
    return [{"value": value, "label": label} for value, label in choices.items()]
