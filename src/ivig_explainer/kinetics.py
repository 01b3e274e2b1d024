"""Serum IgG over time, by the population models of the tables.

Each model is one series of `figures` with the topic population-model. It is read whole, so that parameters of different
studies never mix, and solved for its typical person. Grams of IgG stand in up to three places: under the skin (D), in the
blood (A) and in the tissues (P). With clearance CL and exchange Q in L/day, volumes V and W in L, absorption ka in 1/day::

    dD/dt = F x dose rate under the skin - ka D
    dA/dt = dose rate by vein + CL x start + ka D - (CL + Q) A/V + Q P/W
    dP/dt = Q A/V - Q P/W
    IgG   = A/V, in g/L

A one-compartment model has neither P nor Q. Clearance, exchange and volumes of a person of another weight are
``value x (weight / reference weight) ^ exponent``; where a model has no such term they do not change with weight.

``CL x start`` is the person's own production of IgG: constant, and just what holds the starting level where nothing is given.
The system is linear, so the start stays and infused IgG comes on top: the same as the constant own IgG that the
transcribed models add to what was infused (sources nlmixr2lib-vanderzeeuw-2026, nlmixr2lib-cheng-2026-model). Over one
interval at steady state, mass balance gives ``CL x area under the curve = F x dose + CL x start x interval``. The solution is
exact (matrix exponential), not stepped. `NOT_MODELLED` says what is left out.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from functools import cache

import numpy as np
import pandas as pd

from ivig_explainer.dataset import Dataset

ROUTES = {"IV": "by vein", "SC": "under the skin"}
DOSE_G_PER_KG = (0.0, 3.0)  # the largest course in `regimens` is 3 g/kg
INTERVAL_DAYS = (1.0, 84.0)
INFUSION_HOURS = (0.25, 12.0)  # always shorter than the interval
WEIGHT_KG = (1.0, 250.0)
STARTING_IGG_G_PER_L = (0.0, 40.0)
WEEKS = (1.0, 260.0)
SETTLED_WITHIN = 0.05  # a trough has settled once it is this near, as a fraction, to the trough it tends to

NOT_MODELLED = (
    "High doses fill the receptor (FcRn) that rescues IgG from breakdown, so that IgG is then lost faster. These models are "
    "linear and leave that out: a model fitted to low doses overstates the level at high ones. The model for CIDP was "
    "fitted to high doses; its clearance is higher, which the review that lists it puts down to this, but is fixed.",
    "The person's own production of IgG is constant here. Illness, treatment and recovery change it.",
    "Infection, fever, and loss of protein through kidney, gut or skin use up IgG faster. They are left out.",
    "Each curve is the model's typical person. People of the same weight differ from it widely.",
    "The starting IgG means the level without treatment. A level measured during treatment counts infused IgG too.",
    "Weight is all that tells people apart. Age, build, pregnancy, other medicines and the brand are left out.",
    "Doses are equal and regular. Loading doses, missed doses and courses split over several days are left out.",
    "Only total IgG is shown. Subclasses and single antibodies have half-lives of their own.",
    "Laboratories measure IgG by different methods, and the same blood may give different numbers.",
)

_UNITS = {
    "clearance": "L/day",
    "central volume": "L",
    "inter-compartmental clearance": "L/day",
    "peripheral volume": "L",
    "reference body weight": "kg",
    "exponent of body weight on clearance": "exponent",
    "exponent of body weight on central volume": "exponent",
    "exponent of body weight on inter-compartmental clearance": "exponent",
    "exponent of body weight on peripheral volume": "exponent",
    "absorption rate under the skin": "1/day",
    "bioavailability under the skin": "fraction",
    "own igg (baseline)": "g/L",
    "between-person variability of clearance": "% (CV)",
}
_SYNONYMS = {"volume": "central volume", "exponent of body weight on volume": "exponent of body weight on central volume"}
_SCALABLE = ("clearance", "central volume", "inter-compartmental clearance", "peripheral volume")
_SHARES_EXPONENT = {"inter-compartmental clearance": "clearance", "peripheral volume": "central volume"}


@dataclass(frozen=True)
class Parameters:
    """A model's parameters for one body weight; a one-compartment model has no exchange and no peripheral volume."""

    clearance_l_per_day: float
    central_volume_l: float
    exchange_l_per_day: float
    peripheral_volume_l: float
    absorption_per_day: float
    bioavailability: float


@dataclass(frozen=True)
class Scaled:
    """A parameter at the reference weight, and the exponent by which it grows with weight (0: it does not)."""

    value: float
    exponent: float = 0.0


@dataclass(frozen=True)
class Model:
    """One published population model, as the tables give it, for the kind of person it takes as its reference.

    Tortorici 2019 and Cheng 2026 also tell secondary immunodeficiency apart; what is read here is primary immunodeficiency.
    `own_igg_g_per_l` is what the model took as the IgG that its people made themselves, missing where that was subtracted
    beforehand; `own_igg_note` says whether it was fixed, estimated or observed. `notes` hold for the whole model.
    """

    id: str
    name: str
    population: str
    people: int
    weights_kg: tuple[float, float] | None
    condition: str | None
    clearance_l_per_day: Scaled
    central_volume_l: Scaled
    intercompartmental_clearance_l_per_day: Scaled | None
    peripheral_volume_l: Scaled | None
    reference_weight_kg: float | None
    absorption_per_day: float | None
    bioavailability: float | None
    own_igg_g_per_l: float | None
    own_igg_note: str
    clearance_cv_pct: float | None
    notes: tuple[str, ...]
    sources: tuple[str, ...]

    @property
    def compartments(self) -> int:
        """One (blood) or two (blood and tissues)."""
        return 2 if self.peripheral_volume_l else 1

    @property
    def routes(self) -> tuple[str, ...]:
        """The routes that the model knows, as `Schedule` names them."""
        return ("IV", "SC") if self.absorption_per_day and self.bioavailability else ("IV",)

    def at(self, weight_kg: float) -> Parameters:
        """Return the parameters of a person of this weight. Raises ValueError for an impossible weight."""
        _require("weight_kg", weight_kg, WEIGHT_KG, "kg")
        ratio = weight_kg / self.reference_weight_kg if self.reference_weight_kg else 1.0

        def scaled(parameter: Scaled | None, absent: float) -> float:
            return parameter.value * ratio**parameter.exponent if parameter else absent

        return Parameters(
            clearance_l_per_day=scaled(self.clearance_l_per_day, math.nan),
            central_volume_l=scaled(self.central_volume_l, math.nan),
            exchange_l_per_day=scaled(self.intercompartmental_clearance_l_per_day, 0.0),
            peripheral_volume_l=scaled(self.peripheral_volume_l, math.inf),
            absorption_per_day=self.absorption_per_day or 0.0,
            bioavailability=self.bioavailability or 0.0,
        )

    def half_life_days(self, weight_kg: float) -> float:
        """Return the terminal half-life: the time in which the level halves long after a dose."""
        rates = np.linalg.eigvals(-_rates(self.at(weight_kg))[1 : self.compartments + 1, 1 : self.compartments + 1])
        return math.log(2) / float(min(rates.real))

    def covers(self, weight_kg: float) -> bool:
        """Whether this weight lies among those of the model's people; also where the tables do not give them."""
        return not self.weights_kg or self.weights_kg[0] <= weight_kg <= self.weights_kg[1]


@dataclass(frozen=True)
class Schedule:
    """The same dose at the same interval. Raises ValueError, naming the field and its range, for what cannot be.

    `infusion_hours` is how long the dose takes to run in; 3 to 4 hours are usual by vein (figures, session-hours-eunethta).

    >>> Schedule(0.4, 28).words()
    '0.4 g/kg by vein every 4 weeks'
    """

    dose_g_per_kg: float
    interval_days: float
    route: str = "IV"
    infusion_hours: float = 4.0

    def __post_init__(self) -> None:
        """Refuse impossible values."""
        _require("dose_g_per_kg", self.dose_g_per_kg, DOSE_G_PER_KG, "g/kg")
        _require("interval_days", self.interval_days, INTERVAL_DAYS, "days")
        if self.route not in ROUTES:
            raise ValueError(f"route must be one of {', '.join(ROUTES)}, not {self.route!r}")
        _require("infusion_hours", self.infusion_hours, INFUSION_HOURS, "hours")

    def words(self) -> str:
        """Return the schedule in words."""
        weeks = self.interval_days / 7
        length = f"{weeks:g} weeks" if weeks.is_integer() and weeks > 1 else f"{self.interval_days:g} days"
        every = {1: "every day", 7: "every week"}.get(self.interval_days, f"every {length}")
        return f"{self.dose_g_per_kg:g} g/kg {ROUTES[self.route]} {every}"


@dataclass(frozen=True)
class SteadyState:
    """What repeats from dose to dose in the end, in g/L. `trough` is the level just before the next dose."""

    trough: float
    peak: float
    mean: float


@dataclass(frozen=True, eq=False)
class Curve:
    """One person on one schedule by one model, solved.

    `points` are what `simulate` returns, `extremes` what `peaks_and_troughs` does. `settled_week` is when the first trough
    came within `SETTLED_WITHIN` of the steady one; 0 if the start already was, None if it did not within the weeks asked for.
    """

    label: str
    model: Model
    schedule: Schedule
    weight_kg: float
    starting_igg_g_per_l: float
    points: pd.DataFrame
    extremes: pd.DataFrame
    steady: SteadyState
    settled_week: float | None


@dataclass(frozen=True)
class Target:
    """A trough that a guideline aims at, in g/L."""

    low: float
    high: float
    name: str
    note: str
    sources: tuple[str, ...]


def models(data: Dataset) -> dict[str, Model]:
    """Return the models that can be simulated, by series id."""
    return {series: found for series, found in _read(data).items() if isinstance(found, Model)}


def unusable(data: Dataset) -> dict[str, str]:
    """Return, by series id, one sentence why a model of the tables cannot be simulated."""
    return {series: found for series, found in _read(data).items() if isinstance(found, str)}


def trough_target(data: Dataset) -> Target:
    """Return the trough target of the tables. Raises KeyError where the row is missing."""
    row = data.figures.set_index("id").loc["trough-target-ontario"]
    return Target(float(row["low"]), float(row["high"]), row["name"], row["note"], row["sources"])


def simulate(model: Model, schedule: Schedule, weight_kg: float, starting_igg_g_per_l: float, weeks: float) -> pd.DataFrame:
    """Return serum IgG from the first dose on, as rows of day and igg_g_per_l.

    There are rows just before each dose, at the end of each infusion, and at most a day apart (a 28th of the interval where
    that is less), up to `weeks`. Raises ValueError for values that cannot be and for a route that the model does not know.
    """
    _require("weeks", weeks, WEEKS, "weeks")
    interval = _interval(model, schedule, weight_kg, starting_igg_g_per_l)
    doses = math.ceil(weeks * 7 / schedule.interval_days)
    before = np.zeros((doses, 3))
    for dose in range(1, doses):
        before[dose] = interval.carried @ before[dose - 1] + interval.added
    levels = starting_igg_g_per_l + interval.infused(before).ravel()
    days = (np.arange(doses)[:, None] * schedule.interval_days + interval.days).ravel()
    kept = days <= weeks * 7 + 1e-9
    return pd.DataFrame(
        {"day": np.append(0.0, days[kept]), "igg_g_per_l": np.append(float(starting_igg_g_per_l), levels[kept])},
    )


def steady_state(model: Model, schedule: Schedule, weight_kg: float, starting_igg_g_per_l: float) -> SteadyState:
    """Return trough, peak and mean at steady state, solved for directly. Raises ValueError as `simulate` does."""
    interval = _interval(model, schedule, weight_kg, starting_igg_g_per_l)
    before = np.linalg.solve(np.eye(3) - interval.carried, interval.added)
    levels = starting_igg_g_per_l + interval.infused(before[None]).ravel()
    person = model.at(weight_kg)
    grams = schedule.dose_g_per_kg * weight_kg * _reaching_blood(person, schedule)
    mean = starting_igg_g_per_l + grams / (person.clearance_l_per_day * schedule.interval_days)
    return SteadyState(trough=float(levels[-1]), peak=float(levels.max()), mean=mean)


def peaks_and_troughs(points: pd.DataFrame, schedule: Schedule) -> pd.DataFrame:
    """Return one row for each dose whose interval is over: dose, peak_day, peak_g_per_l, trough_day, trough_g_per_l.

    `points` come from `simulate` with the same schedule. The trough of a dose is the level just before the next one.
    """
    day, level = points["day"].to_numpy()[1:], points["igg_g_per_l"].to_numpy()[1:]
    dose = np.ceil(day / schedule.interval_days - 1e-9).astype(int)
    last = np.flatnonzero(np.isclose(day, dose * schedule.interval_days))
    first = np.append(0, last[:-1] + 1) if len(last) else last
    peak = [start + int(np.argmax(level[start : end + 1])) for start, end in zip(first, last, strict=True)]
    return pd.DataFrame(
        {
            "dose": dose[last],
            "peak_day": day[peak],
            "peak_g_per_l": level[peak],
            "trough_day": day[last],
            "trough_g_per_l": level[last],
        }
    )


def curve(label: str, model: Model, schedule: Schedule, weight_kg: float, starting_igg_g_per_l: float, weeks: float) -> Curve:
    """Solve one person on one schedule by one model. Raises ValueError as `simulate` does."""
    points = simulate(model, schedule, weight_kg, starting_igg_g_per_l, weeks)
    extremes = peaks_and_troughs(points, schedule)
    steady = steady_state(model, schedule, weight_kg, starting_igg_g_per_l)
    troughs = np.append(starting_igg_g_per_l, extremes["trough_g_per_l"])
    settled = np.flatnonzero(np.abs(troughs - steady.trough) <= SETTLED_WITHIN * steady.trough)
    week = int(settled[0]) * schedule.interval_days / 7 if len(settled) else None
    return Curve(label, model, schedule, weight_kg, starting_igg_g_per_l, points, extremes, steady, week)


@dataclass(frozen=True, eq=False)
class _Interval:
    """One dosing interval, solved: grams infused before it (depot, blood, tissues) -> levels in it, and grams after it."""

    days: np.ndarray  # the end of the infusion, then even steps to the next dose
    weights: np.ndarray  # level at each of `days` for each gram before it
    levels: np.ndarray  # level at each of `days` from this dose alone
    carried: np.ndarray
    added: np.ndarray

    def infused(self, before: np.ndarray) -> np.ndarray:
        """Return levels of infused IgG, one row for each row of `before`, in g/L."""
        return before @ self.weights.T + self.levels


def _interval(model: Model, schedule: Schedule, weight_kg: float, starting_igg_g_per_l: float) -> _Interval:
    _require("starting_igg_g_per_l", starting_igg_g_per_l, STARTING_IGG_G_PER_L, "g/L")
    if schedule.route not in model.routes:
        raise ValueError(f"route must be {' or '.join(model.routes)} for {model.name}, not {schedule.route!r}: it has no absorption")
    person = model.at(weight_kg)
    rates = _rates(person)
    running = schedule.infusion_hours / 24
    rest = schedule.interval_days - running
    given = np.zeros((4, 4))  # the fourth place is the drip: 1 while it runs
    given[:3, :3] = rates
    given[0 if schedule.route == "SC" else 1, 3] = schedule.dose_g_per_kg * weight_kg * _reaching_blood(person, schedule) / running
    drip = _exponential(given, np.array([running]))[0]
    steps = np.linspace(0.0, rest, max(28, math.ceil(rest)) + 1)
    after = _exponential(rates, steps)
    through = after @ drip[:3, :3]
    alone = after @ drip[:3, 3]
    days = running + steps
    days[-1] = schedule.interval_days
    volume = person.central_volume_l
    return _Interval(days, through[:, 1] / volume, alone[:, 1] / volume, carried=through[-1], added=alone[-1])


def _rates(person: Parameters) -> np.ndarray:
    """Return the 3 x 3 matrix of rates (1/day) between depot, blood and tissues.

    A place that the model lacks stays empty; it is let drain all the same, so that the matrix can be inverted.
    """
    out = person.exchange_l_per_day / person.central_volume_l
    back = person.exchange_l_per_day / person.peripheral_volume_l
    lost = person.clearance_l_per_day / person.central_volume_l
    absorbed = person.absorption_per_day or 1.0
    return np.array([[-absorbed, 0.0, 0.0], [absorbed, -lost - out, back], [0.0, out, -(back or 1.0)]])


def _reaching_blood(person: Parameters, schedule: Schedule) -> float:
    return person.bioavailability if schedule.route == "SC" else 1.0


def _exponential(matrix: np.ndarray, days: np.ndarray) -> np.ndarray:
    """Return exp(matrix x day) for each day, by halving until a Taylor series of 12 terms is exact, then squaring."""
    scaled = matrix * days[:, None, None]
    size = float(np.abs(scaled[:, :3, :3]).sum(axis=-1).max())  # the drip's column enters once only
    halvings = max(0, math.ceil(math.log2(size)) + 2) if size > 0 else 0
    scaled /= 2**halvings
    term = total = np.broadcast_to(np.eye(len(matrix)), scaled.shape)
    for order in range(1, 13):
        term = term @ scaled / order
        total = total + term
    for _ in range(halvings):
        total = total @ total
    return total


def _require(field: str, value: float, allowed: tuple[float, float], unit: str) -> None:
    low, high = allowed
    if isinstance(value, bool | str) or value is None or not low <= value <= high:  # not a number is not within either
        raise ValueError(f"{field} must be between {low:g} and {high:g} {unit}, not {value}")


@cache
def _read(data: Dataset) -> dict[str, Model | str]:
    """Return, by series id, each model, or the sentence why it cannot be simulated."""
    rows = data.figures[data.figures["topic"] == "population-model"]
    return {series: _read_model(series, group) for series, group in rows.groupby("series")}


def _read_model(series: str, rows: pd.DataFrame) -> Model | str:
    names = rows["name"].str.split(": ", n=1)
    parameters = [_SYNONYMS.get(name[-1].lower(), name[-1].lower()) for name in names]
    table = rows.assign(parameter=parameters).set_index("parameter")
    notes = {parameter: _sentences(note) for parameter, note in table["note"].items()}
    shared = tuple(s for s in next(iter(notes.values())) if all(s in other for other in notes.values()))
    if reason := _obstacle(table, notes, shared):
        return reason

    def number(parameter: str) -> float | None:
        return float(table.loc[parameter, "value"]) if parameter in table.index else None

    def scaled(parameter: str) -> Scaled | None:
        if parameter not in table.index:
            return None
        exponent = _exponent_row(parameter, table, notes)
        return Scaled(number(parameter), number(exponent) if exponent else 0.0)

    population = table["population"].iloc[0]
    weights = re.search(r"([\d.]+) to ([\d.]+) kg", population)
    condition = table["condition"].iloc[0]
    own = "own igg (baseline)"
    return Model(
        id=series,
        name=names.iloc[0][0],
        population=population,
        people=int(re.match(r"\d+", population).group()),
        weights_kg=(float(weights[1]), float(weights[2])) if weights else None,
        condition=None if pd.isna(condition) else condition,
        clearance_l_per_day=scaled("clearance"),
        central_volume_l=scaled("central volume"),
        intercompartmental_clearance_l_per_day=scaled("inter-compartmental clearance"),
        peripheral_volume_l=scaled("peripheral volume"),
        reference_weight_kg=number("reference body weight"),
        absorption_per_day=number("absorption rate under the skin"),
        bioavailability=number("bioavailability under the skin"),
        own_igg_g_per_l=number(own),
        own_igg_note=" ".join(s for s in notes.get(own, ()) if s not in shared),
        clearance_cv_pct=number("between-person variability of clearance"),
        notes=shared,
        sources=tuple(dict.fromkeys(source for sources in table["sources"] for source in sources)),
    )


def _obstacle(table: pd.DataFrame, notes: dict[str, tuple[str, ...]], shared: tuple[str, ...]) -> str:
    """Return why a model cannot be simulated from its rows alone, in one sentence; "" where it can."""
    known = set(table.index)
    if any("lean body mass" in parameter for parameter in known):
        return "It is scaled on lean body mass, and the tables hold no formula that gives lean body mass from weight."
    if twice := sorted(set(table.index[table.index.duplicated()])):
        return f"The tables give its {_listed(twice)} more than once."
    if mixed := [column for column in ("population", "condition") if table[column].nunique(dropna=False) > 1]:
        return f"Its rows differ in {_listed(mixed)}, so they may not belong to one model."
    stated = next((s for s in shared if re.match(r"(One|Two) compartments?\b", s)), "")
    if not stated:
        return "The tables do not say whether it has one compartment or two."
    needed = ["clearance", "central volume"]
    needed += ["inter-compartmental clearance", "peripheral volume"] if stated.startswith("Two") else []
    if any(parameter.startswith("exponent") for parameter in known):
        needed.append("reference body weight")
    if lacking := [parameter for parameter in needed if parameter not in known or pd.isna(table.loc[parameter, "value"])]:
        return f"The tables lack its {_listed(lacking)}."
    for parameter, unit in _UNITS.items():
        if parameter in known and table.loc[parameter, "unit"] != unit:
            return f"Its {parameter} is in {table.loc[parameter, 'unit']}, and {unit} is needed."
    if silent := [p for p in needed if p in _SCALABLE and not _exponent_row(p, table, notes) and not _constant(notes[p])]:
        return f"The tables do not say whether its {_listed(silent)} depends on weight."
    return ""


def _exponent_row(parameter: str, table: pd.DataFrame, notes: dict[str, tuple[str, ...]]) -> str:
    """Return the row that holds the exponent of weight on this parameter: its own, or one that says it also applies to it."""
    own = f"exponent of body weight on {parameter}"
    if own in table.index:
        return own
    lent = f"exponent of body weight on {_SHARES_EXPONENT.get(parameter, parameter)}"
    return lent if f"Also applies to {parameter}." in notes.get(lent, ()) else ""


def _constant(sentences: tuple[str, ...]) -> bool:
    return any(sentence.startswith("No weight term") for sentence in sentences)


def _sentences(note: object) -> tuple[str, ...]:
    return tuple(re.split(r"(?<=\.)\s+(?=[A-Z'])", note)) if isinstance(note, str) else ()


def _listed(names: list[str]) -> str:
    return ", ".join(names[:-1]) + " and " + names[-1] if len(names) > 1 else names[0]
