"""Which dose: grams per kilogram of one infusion or course, as `dosing` makes schedules comparable.

A dose that a condition's schedules do not name may still be right. It counts as wrong only where every schedule of the condition,
in all phases and of all issuers, gives clearly less or clearly more.
"""

from __future__ import annotations

from functools import cache
from math import inf

from ivig_explainer import dosing
from ivig_explainer.dataset import Dataset
from ivig_explainer.quiz.form import Form, at_level, full_name, of
from ivig_explainer.wording import BASES

FARTHER = {1: 2, 2: 1.6, 3: 1.3}  # by what factor a wrong dose lies off, at least
TEMPTING = (0.2, 4)  # between which doses, in g/kg, a wrong answer lies
PHASES = {
    "induction": "to begin with",
    "single-course": "as a single course",
    "replacement": "as replacement",
    "maintenance": "as maintenance",
    "prophylaxis": "to prevent attacks or infection",
}


@cache
def _courses(data: Dataset) -> dict[str, list]:
    """Return the schedules of each condition whose doses are all known by body weight.

    `low` is 0 where only a highest dose, or highest number of days, is named; `high` is infinite where only a lowest is.
    """
    known = dosing.courses(data)
    rows = data.regimens.set_index("id").loc[known["id"]].reset_index()
    daily = rows["per"] == "day"
    open_below = rows["dose_g_per_kg_low"].isna() | (daily & rows["days_low"].isna())
    open_above = rows["dose_g_per_kg_high"].isna() | (daily & rows["days_high"].isna())
    known = known.assign(low=known["low"].mask(open_below, 0.0), high=known["high"].mask(open_above, inf))
    unsettled = set(data.regimens.loc[~data.regimens["id"].isin(known["id"]), "condition"])
    found: dict[str, list] = {}
    for row in known.itertuples(index=False):
        if row.condition not in unsettled:
            found.setdefault(row.condition, []).append(row)
    return found


def _key(low: float, high: float) -> str:
    return f"{low:g}:{high:g}"


def _ends(key: str) -> tuple[float, float]:
    low, high = map(float, key.split(":"))
    return low, high


@cache
def _listed(data: Dataset) -> tuple[str, ...]:
    """Return every dose that some schedule gives, once; what is far out of the ordinary would be no temptation."""
    least, most = TEMPTING
    return tuple(dict.fromkeys(_key(r.low, r.high) for rows in _courses(data).values() for r in rows if least <= r.low and r.high <= most))


def _factor(key: str, other: str) -> float:
    """Return by what factor two doses lie apart, 1 or less where they overlap."""
    (low, high), (other_low, other_high) = _ends(key), _ends(other)
    return max(low / other_high, other_low / high)


class Course(Form):
    """Ask how much IVIG schedules give in this condition."""

    kind = "dose"
    name = "course"

    def cases(self, data, level):
        for condition in at_level(data, level):
            regimens = {row.id: row for row in of(data, "regimens").get(condition, ())}
            for key in dict.fromkeys(
                _key(row.low, row.high)
                for row in _courses(data).get(condition, ())
                if row.low > 0 and row.high <= 2 * row.low and (level == 3 or regimens[row.id].basis in ("label", "guideline", "policy"))
            ):
                yield condition, key

    def others(self, data, subject, right, level):
        own = [_key(row.low, row.high) for row in _courses(data)[subject]]
        return [key for key in _listed(data) if all(_factor(key, other) >= FARTHER[level] for other in own)]

    def holds(self, data, subject, key):
        own = _courses(data).get(subject)
        if not own:
            return None
        low, high = _ends(key)
        if any(row.low <= high and low <= row.high for row in own):
            return True
        near = 1 + dosing.NEAR
        return False if all(high * near < row.low or low > row.high * near for row in own) else None

    def prompt(self, data, subject, right, level):
        return f"{full_name(data, subject)}: how much IVIG for each kilogram of body weight do schedules give in one infusion or course?"

    def text(self, data, key):
        low, high = _ends(key)
        return f"{low:g} g/kg" if low == high else f"{low:g} to {high:g} g/kg"

    def apart(self, data, key, other):
        """Doses that overlap are the same dose in other words, and those that lie close would make the right one the odd one out."""
        return _factor(key, other) >= FARTHER[3]

    def pick(self, data, subject, right, level, dice):
        """Take a smaller and a greater dose than the right one, where there are such, then whatever comes."""
        found = [key for key in self.others(data, subject, right, level) if self.holds(data, subject, key) is False]
        dice.shuffle(found)
        below = [key for key in found if _ends(key)[1] < _ends(right)[0]]
        above = [key for key in found if _ends(key)[0] > _ends(right)[1]]
        picked = [*below[:1], *above[:1]]
        for key in found:
            if len(picked) < self.most - 1 and all(self.apart(data, key, other) for other in (right, *picked)):
                picked.append(key)
        return picked

    def explain(self, data, subject, right, wrong):
        rows = [row for row in _courses(data)[subject] if _key(row.low, row.high) == right]
        regimens = {row.id: row for row in of(data, "regimens")[subject]}
        regimen = min((regimens[row.id] for row in rows), key=lambda r: BASES.index(r.basis))
        whom = f" for {regimen.population}" if isinstance(regimen.population, str) else ""
        low = min(row.low for row in _courses(data)[subject])
        high = max(row.high for row in _courses(data)[subject])
        size = len(_courses(data)[subject])
        told = f"{regimen.issuer}: {self.text(data, right)} {PHASES[regimen.phase]}{whom}."
        spread = f" The {size} schedules here lie between {low:g} and {high:g} g/kg." if size > 1 and high > low else ""
        return told + (spread if low and high < inf else ""), regimen.sources


FORMS = (Course(),)
