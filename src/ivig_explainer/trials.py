"""Studies of IVIG as trials: the question each asked, how large it was, and what came out."""

from __future__ import annotations

import pandas as pd

from ivig_explainer import grading
from ivig_explainer.dataset import Dataset

RESULTS = {"positive": "Positive", "negative": "Negative", "equal": "No better, no worse", "unknown": "Undecided", "running": "Running"}
_RESULT_OF = {"favour": "positive", "against": "negative", "equal": "equal", "undecided": "unknown"}


def trials(data: Dataset, conditions: tuple[str, ...]) -> pd.DataFrame:
    """Return one row a comparative study of the given conditions, in their order, then by year.

    Columns: condition (id), name (of the condition), study, year (missing where not printed), participants (most people
    in one of its comparisons), randomised, result (a key of `RESULTS`, by the rule of `grading`), question, found (its
    outcomes in plain words), sources. Only rows that compare IVIG with its absence or another treatment make a trial.
    """
    names = data.conditions.set_index("id")["name"]
    rows = []
    for condition in conditions:
        counted = grading.counted_rows(data.evidence[data.evidence["condition"] == condition])
        verdicts = {study.name: study.verdict for study in grading.studies(counted)}
        for _, outcomes in counted.groupby("study_id", sort=False):
            rows.append(_trial(outcomes, names[condition], _RESULT_OF[verdicts[outcomes["study"].iloc[0]]]))
    table = pd.DataFrame(
        rows, columns=["condition", "name", "study", "year", "participants", "randomised", "result", "question", "found", "sources"]
    )
    table["order"] = table["condition"].map({condition: place for place, condition in enumerate(conditions)})
    return table.sort_values(["order", "year"], kind="stable", na_position="last").drop(columns="order").reset_index(drop=True)


def _trial(outcomes: pd.DataFrame, name: str, result: str) -> tuple:
    first = outcomes.iloc[0]
    comparator = first["comparator"] if isinstance(first["comparator"], str) else "no IVIG"
    asked = "; ".join(dict.fromkeys(outcomes["outcome"]))
    return (
        first["condition"],
        name,
        first["study"],
        outcomes["year"].max(),
        outcomes["n_participants"].max(),
        bool(outcomes["randomised"].any()),
        result,
        f"{first['intervention']} against {comparator}: {asked}",
        " ".join(dict.fromkeys(outcomes["plain_words"])),
        tuple(dict.fromkeys(source for sources in outcomes["sources"] for source in sources)),
    )
