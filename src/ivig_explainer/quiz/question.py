"""What a question is, and what kinds and levels there are."""

from __future__ import annotations

from dataclasses import dataclass

KINDS = {
    "indication": "Indication or not",
    "mechanism": "Which mechanism",
    "dose": "Which dose",
    "country": "Which country",
    "effect": "True effect or no benefit",
    "contraindication": "Spot the contraindication",
    "reaction": "First action in a reaction",
    "forest": "Read this forest plot",
}
LEVELS = {1: "Introductory", 2: "Intermediate", 3: "Advanced"}
LEVEL_RULE = {
    1: "Conditions that the article names, that have a licence, or that strong evidence backs; wrong answers lie far off.",
    2: "Every condition with a record of its own; wrong answers come nearer.",
    3: "Every condition, also those that only a national list names; wrong answers lie next to the right one.",
}
GENERAL = "General"  # the category of questions that are about IVIG itself, not about a condition


@dataclass(frozen=True)
class Row:
    """One row of a forest plot: a ratio turned so that above 1 is in favour of IVIG, with its 95% interval."""

    label: str
    measure: str
    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Question:
    """A question with exactly one right answer by the tables.

    `form` is the way of asking within `kind`, `subject` what is asked about, `keys` what the `choices` stand for: with these three
    `truth.holds` proves each choice right or wrong. `condition` is the id of the condition whose card tells more, or "". `rows`
    is the forest plot to read, where there is one. `sources` are ids.
    """

    id: str
    kind: str
    form: str
    level: int
    category: str
    condition: str
    subject: str
    prompt: str
    choices: tuple[str, ...]
    keys: tuple[str, ...]
    answer: int
    explanation: str
    sources: tuple[str, ...]
    rows: tuple[Row, ...] = ()
