"""True effect or no benefit: what the studies found, by the grade of a condition or by one result."""

from __future__ import annotations

from functools import cache
from typing import ClassVar

from ivig_explainer import grading
from ivig_explainer.dataset import Dataset
from ivig_explainer.quiz.form import Form, at_level, conditions, full_name, inside, joined, missing, neighbours, of, sentence, unique

GRADES = {
    "favour": "Randomised evidence favours it",
    "conflicting": "Studies of the same rank disagree",
    "no-benefit": "Controlled studies found no benefit",
    "not-graded": "No controlled comparison was found",
}
_GRADE = {"strong": "favour", "moderate": "favour", "conflicting": "conflicting", "no-benefit": "no-benefit", "not-graded": "not-graded"}
FOUND = {"favours-ivig": "IVIG did better", "no-difference": "No difference was shown", "favours-comparator": "The comparison did better"}
_AGREEING = {"favour": ("favours-ivig",), "no-benefit": ("no-difference", "favours-comparator")}
_VERDICTS = {
    "favour": "in favour",
    "against": "without benefit",
    "equal": "equal to another treatment",
    "undecided": "undecided",
}
LONGEST_PROMPT = 300


def grade(data: Dataset, condition: str) -> str:
    """Return the key of `GRADES`, or "" where the evidence falls between them, or practice goes against it.

    A body that refuses what trials favour, or a first choice that trials do not support, is a matter for a card, not for a quiz;
    and where only a national list names a condition, that no study was found means little.
    """
    key = _GRADE.get(grading.grade(data)[condition], "")
    line = conditions(data)[condition].line_of_therapy
    place = "" if missing(line) else line
    said = {row.status for row in of(data, "statuses").get(condition, ()) if not row.historical}
    if key == "not-graded" and conditions(data)[condition].detail_level != "full":
        return ""
    if key == "favour" and (place == "not-recommended" or "not-funded" in said):
        return ""
    if key == "no-benefit" and (place.startswith("first") or said & {"licensed", "funded-routinely"}):
        return ""
    return key


@cache
def _counted(data: Dataset) -> dict[str, list]:
    found: dict[str, list] = {}
    for row in grading.counted_rows(data.evidence).itertuples(index=False):
        found.setdefault(row.condition, []).append(row)
    return found


def _grade_sources(data: Dataset, condition: str) -> tuple[str, ...]:
    """Return the sources of the rows that decide the grade, or of the condition where there is none."""
    rows = _counted(data).get(condition, ())
    return unique(s for row in rows for s in row.sources) or conditions(data)[condition].sources


def _tally(data: Dataset, condition: str) -> str:
    """Return in words how many studies came out how."""
    rows = data.evidence
    found = grading.studies(grading.counted_rows(rows[rows["condition"] == condition]))
    if not found:
        return "No study in the tables compares IVIG with no IVIG, placebo or another treatment."
    verdicts = {said: sum(study.verdict == verdict for study in found) for verdict, said in _VERDICTS.items()}
    size = f"{len(found)} studies and pooled analyses count" if len(found) > 1 else "One study or pooled analysis counts"
    return f"{size}: {joined(f'{number} {said}' for said, number in verdicts.items() if number)}."


class Grade(Form):
    """Ask how the studies of this condition come out."""

    kind = "effect"
    name = "grade"

    def cases(self, data, level):
        for condition in at_level(data, level):
            if grade(data, condition) in GRADES and (level > 1 or grade(data, condition) in ("favour", "no-benefit")):
                yield condition, grade(data, condition)

    def others(self, data, subject, right, level):
        return GRADES

    def holds(self, data, subject, key):
        own = grade(data, subject)
        return own == key if own else None

    def prompt(self, data, subject, right, level):
        return f"{full_name(data, subject)}: how do the studies of IVIG in the tables come out, taken together?"

    def text(self, data, key):
        return GRADES[key]

    def explain(self, data, subject, right, wrong):
        level = grading.grade(data)[subject]
        told = f"Grade: {grading.LEVELS[level].lower()}. {_tally(data, subject)}"
        speaking = [row for row in _counted(data).get(subject, ()) if row.direction in _AGREEING.get(right, ())]
        best = max(speaking, key=lambda r: (bool(r.randomised), 0 if missing(r.n_participants) else r.n_participants), default=None)
        words = f" {best.study}: {best.plain_words}" if best else ""
        return told + words, _grade_sources(data, subject)


class WithGrade(Form):
    """Ask for which of these conditions the studies came out like this."""

    kind = "effect"
    name = "with-grade"
    _PROMPTS: ClassVar = {
        "favour": "In which of these does randomised evidence favour IVIG, by the rule of this page?",
        "no-benefit": "In which of these did controlled studies find no benefit of IVIG, by the rule of this page?",
        "conflicting": "In which of these do studies of the same rank disagree about IVIG, by the rule of this page?",
    }
    _ASKED: ClassVar = {1: ("favour", "no-benefit"), 2: ("favour", "no-benefit"), 3: ("favour", "no-benefit", "conflicting")}
    _AGAINST: ClassVar = {
        1: {"favour": ("no-benefit", "not-graded"), "no-benefit": ("favour",)},
        2: {"favour": ("no-benefit", "conflicting", "not-graded"), "no-benefit": ("favour", "conflicting")},
    }

    def cases(self, data, level):
        for condition in at_level(data, min(level, 2)):
            if grade(data, condition) in self._ASKED[level]:
                yield grade(data, condition), condition

    def others(self, data, subject, right, level):
        near = neighbours(data, right)
        return near if level == 3 else [c for c in near if grade(data, c) in self._AGAINST[level][subject]]

    def holds(self, data, subject, key):
        own = grade(data, key)
        return own == subject if own else None

    def prompt(self, data, subject, right, level):
        return self._PROMPTS[subject]

    def text(self, data, key):
        return conditions(data)[key].name

    def explain(self, data, subject, right, wrong):
        levels = grading.grade(data)
        rows = conditions(data)
        told = f"{rows[right].name}: {grading.LEVELS[levels[right]].lower()}. {sentence(rows[right].plain_summary)}"
        rest = "; ".join(f"{rows[c].name}, {grading.LEVELS[levels[c]].lower()}" for c in wrong)
        sources = unique(s for c in (right, *wrong) for s in _grade_sources(data, c))
        return f"{told} The others: {rest}.", sources

    def condition(self, data, subject, right):
        return right


class Trial(Form):
    """Ask what a randomised comparison found. The subject is a row of `evidence`."""

    kind = "effect"
    name = "trial"

    @staticmethod
    @cache
    def _rows(data: Dataset) -> dict[str, tuple]:
        rows = grading.counted_rows(data.evidence)
        rows = rows[rows["randomised"].astype(bool) & rows["direction"].isin(list(FOUND)) & rows["n_participants"].notna()]
        alone = ~rows.duplicated(["condition", "study_id", "outcome"], keep=False)
        return {row.id: row for row in rows[alone].itertuples(index=False)}

    def cases(self, data, level):
        known = set(at_level(data, level))
        for row in self._rows(data).values():
            pooled = row.design == "systematic-review"
            if row.condition in known and (level > 1 or pooled) and len(self.prompt(data, row.id, "", level)) <= LONGEST_PROMPT:
                yield row.id, row.direction

    def others(self, data, subject, right, level):
        return FOUND

    def holds(self, data, subject, key):
        return self._rows(data)[subject].direction == key

    def prompt(self, data, subject, right, level):
        row = self._rows(data)[subject]
        what = "a pooled analysis of randomised trials" if row.design == "systematic-review" else "a randomised trial"
        against = f" with {inside(row.comparator)}" if isinstance(row.comparator, str) else ""
        return (
            f"{full_name(data, row.condition)}: {row.study}, {what} in {int(row.n_participants):,} people, compared {row.intervention}"
            f"{against}. What was found for this outcome: {inside(row.outcome)}?"
        )

    def text(self, data, key):
        return FOUND[key]

    def explain(self, data, subject, right, wrong):
        row = self._rows(data)[subject]
        caveat = f" {sentence(row.caveat)}" if isinstance(row.caveat, str) else ""
        return f"{sentence(row.plain_words)}{caveat}", row.sources

    def condition(self, data, subject, right):
        return self._rows(data)[subject].condition


FORMS = (Grade(), WithGrade(), Trial())
