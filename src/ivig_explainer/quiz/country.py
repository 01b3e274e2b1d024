"""Which country: who licenses, pays for or advises IVIG in a condition.

Only positions in force count. A country without a position on a condition is unknown, not against; one whose bodies or scopes
disagree is not settled.
"""

from __future__ import annotations

from typing import ClassVar

from ivig_explainer.dataset import Dataset
from ivig_explainer.quiz.form import Form, at_level, conditions, full_name, joined, neighbours, of, unique
from ivig_explainer.selection import REGIONS, STATUSES

ROUTINE, REFUSED, SELDOM = "funded-routinely", "not-funded", "exceptional-only"
PAYERS = ("UK", "AU", "CA")
WHO = {
    "UK": ("NHS England funds IVIG routinely", "NHS England does not fund IVIG"),
    "AU": ("Australia's National Blood Authority funds IVIG routinely", "Australia's National Blood Authority does not fund IVIG"),
    "CA": ("Canadian guidance advises IVIG routinely", "Canadian guidance advises against IVIG"),
}
_LICENSED = {"both": (True, True), "US": (True, False), "EU": (False, True), "neither": (False, False)}
LICENSED = {"both": "In both", "US": "In the United States only", "EU": "In the European Union only", "neither": "In neither"}


def positions(data: Dataset, condition: str, region: str) -> list:
    """Return the positions in force of a region on a condition."""
    return [row for row in of(data, "statuses").get(condition, ()) if row.jurisdiction == region and not row.historical]


def payer(data: Dataset, condition: str, region: str) -> str:
    """Return what all bodies of a region say alike: a status, or "" where they say nothing or not the same."""
    found = {row.status for row in positions(data, condition, region) if row.kind != "licence"}
    return found.pop() if len(found) == 1 else ""


def licensed(data: Dataset, condition: str, region: str) -> bool | None:
    """Whether IVIG is licensed; None where no regulator's position was found."""
    found = {row.status for row in positions(data, condition, region) if row.kind == "licence"}
    return True if "licensed" in found else False if "not-licensed" in found else None


def _words(data: Dataset, condition: str, region: str) -> str:
    row = next(r for r in positions(data, condition, region) if r.kind != "licence")
    return f"{STATUSES[row.status].lower()} ({row.body}: “{row.native_term}”)"


def _sources(data: Dataset, pairs) -> tuple[str, ...]:
    return unique(s for condition, region in pairs for row in positions(data, condition, region) for s in row.sources)


class Pays(Form):
    """Ask for which of these conditions a country pays, or refuses to. The subject is such as "UK:routine" or "UK:refused"."""

    kind = "country"
    name = "pays"
    _TRUE: ClassVar = {"routine": ROUTINE, "refused": REFUSED}

    def cases(self, data, level):
        for condition in at_level(data, level):
            for region in PAYERS:
                for what, status in self._TRUE.items():
                    if payer(data, condition, region) == status:
                        yield f"{region}:{what}", condition

    def others(self, data, subject, right, level):
        region, _, what = subject.partition(":")
        far = {"routine": (REFUSED,), "refused": (ROUTINE,)}[what]
        return [c for c in neighbours(data, right) if level > 1 or payer(data, c, region) in (*far, SELDOM)]

    def holds(self, data, subject, key):
        region, _, what = subject.partition(":")
        status = payer(data, key, region)
        if not status:
            return None
        return status == self._TRUE[what]

    def prompt(self, data, subject, right, level):
        region, _, what = subject.partition(":")
        return f"{WHO[region][what == 'refused']} for one of these. Which one?"

    def text(self, data, key):
        return conditions(data)[key].name

    def explain(self, data, subject, right, wrong):
        region = subject.partition(":")[0]
        name = conditions(data)[right].name
        rest = "; ".join(f"{conditions(data)[c].name}, {_words(data, c, region)}" for c in wrong)
        told = f"{name}: {_words(data, right, region)}. The others: {rest}."
        return told, _sources(data, [(c, region) for c in (right, *wrong)])

    def condition(self, data, subject, right):
        return right


class Payer(Form):
    """Ask which country pays for or advises IVIG routinely in a condition, or refuses. The subject is such as "cidp:refused"."""

    kind = "country"
    name = "payer"
    levels = (1, 2, 3)
    _OTHERS: ClassVar = {"routine": (SELDOM, REFUSED), "refused": (ROUTINE, "funded-with-conditions")}
    _TRUE: ClassVar = {"routine": ROUTINE, "refused": REFUSED}

    def cases(self, data, level):
        for condition in at_level(data, level):
            for what, status in self._TRUE.items():
                if [payer(data, condition, r) for r in PAYERS].count(status) == 1:
                    yield f"{condition}:{what}", next(r for r in PAYERS if payer(data, condition, r) == status)

    def others(self, data, subject, right, level):
        return PAYERS

    def holds(self, data, subject, key):
        condition, _, what = subject.rpartition(":")
        status = payer(data, condition, key)
        return True if status == self._TRUE[what] else False if status in self._OTHERS[what] else None

    def prompt(self, data, subject, right, level):
        condition, _, what = subject.rpartition(":")
        asked = "pays for IVIG or advises it as a routine" if what == "routine" else "does not pay for IVIG or advises against it"
        return f"{full_name(data, condition)}: which of these {asked}?"

    def text(self, data, key):
        return {"UK": "England (NHS)", "AU": "Australia", "CA": "Canada"}[key]

    def explain(self, data, subject, right, wrong):
        condition = subject.rpartition(":")[0]
        told = "; ".join(f"{self.text(data, r)}, {_words(data, condition, r)}" for r in (right, *wrong))
        return f"{told}.", _sources(data, [(condition, r) for r in (right, *wrong)])

    def condition(self, data, subject, right):
        return subject.rpartition(":")[0]


class Licence(Form):
    """Ask where IVIG is licensed for this condition: United States, European Union, both, neither."""

    kind = "country"
    name = "licence"

    def cases(self, data, level):
        for condition in at_level(data, level):
            for key in LICENSED:
                if self.holds(data, condition, key):
                    yield condition, key

    def others(self, data, subject, right, level):
        return LICENSED

    def holds(self, data, subject, key):
        found = (licensed(data, subject, "US"), licensed(data, subject, "EU"))
        return None if None in found else found == _LICENSED[key]

    def prompt(self, data, subject, right, level):
        return f"{full_name(data, subject)}: where is IVIG licensed for it?"

    def text(self, data, key):
        return LICENSED[key]

    def explain(self, data, subject, right, wrong):
        told = []
        for region in ("US", "EU"):
            rows = [r for r in positions(data, subject, region) if r.kind == "licence"]
            scopes = (
                joined(dict.fromkeys(r.scope for r in rows if isinstance(r.scope, str)))
                if any(isinstance(r.scope, str) for r in rows)
                else ""
            )
            says = "licensed" if licensed(data, subject, region) else "not licensed"
            told.append(f"{REGIONS[region]}: {says}{f' ({scopes})' if scopes else ''}.")
        return " ".join(told), _sources(data, [(subject, "US"), (subject, "EU")])


FORMS = (Pays(), Payer(), Licence())
