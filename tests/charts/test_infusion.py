"""The drawn session and the drawn bars are the plan's own numbers, told also in words and in a table."""

from __future__ import annotations

import pytest
from plotly.utils import PlotlyJSONEncoder

from ivig_explainer.charts.infusion import DASHES, NOT_KNOWN, durations, rate_steps
from ivig_explainer.charts.style import DARK, LIGHT
from ivig_explainer.infusion import Order, Person, plan, sessions, splits

USES = {
    "stepwise": ("octagam-10", "itp-adult", "all"),
    "ranged": ("panzyga", "primary-immunodeficiency", "experienced"),
    "partial": ("gamunex-c", "cidp", "all"),
    "none": ("yimmugo", "cidp", "all"),
}


def order(kind: str, dose: float = 0.4) -> Order:
    product, condition, group = USES[kind]
    return Order(Person(70), dose, product, condition, group=group)


def trace(chart, start: str):
    [found] = [t for t in chart.figure.data if t.name.startswith(start)]
    return found


def area(line) -> float:
    """Return the area under a line of level steps, such as mL under mL/h over hours."""
    return sum(height * (end - start) / 60 for height, start, end in zip(line.y, line.x, line.x[1:], strict=False))


@pytest.fixture(params=[k for k in USES if k != "none"])
def kind(request):
    return request.param


class TestRateSteps:
    def test_by_hand(self, data):
        """28 g of a 10% product in 113.75 min: 42, 84, 168 and 336 mL/h, and 21, 63, 147 and 280 mL at their ends."""
        chart = rate_steps(plan(data, order("stepwise")))
        rate, volume = trace(chart, "Rate"), trace(chart, "Volume")
        assert list(rate.x) == pytest.approx([0, 30, 60, 90, 113.75])
        assert list(rate.y) == pytest.approx([42, 84, 168, 336, 336])
        assert list(volume.x) == pytest.approx([0, 30, 60, 90, 113.75])
        assert list(volume.y) == pytest.approx([0, 21, 63, 147, 280])
        assert rate.line.shape == "hv"
        assert volume.yaxis == "y2"
        assert list(trace(chart, "mg/kg/min").text) == ["1", "2", "4", "8"]

    def test_the_area_under_the_rate_is_the_volume(self, data, kind):
        """Integrated over the drawn line, the rate gives the volume at the end of the drawn volume, and the dose in mL."""
        found = plan(data, order(kind, dose=1))
        chart = rate_steps(found)
        for run in found.runs:
            assert area(trace(chart, f"Rate: {run.label}")) == pytest.approx(found.ml_per_day)
            assert trace(chart, f"Volume: {run.label}").y[-1] == pytest.approx(found.ml_per_day)

    def test_the_table_holds_what_is_drawn(self, data, kind):
        """Row by row the table has the rates, starts, minutes and volumes of every drawn step, to two decimals."""
        found = plan(data, order(kind))
        rows = rate_steps(found).table.to_dict("records")
        steps = [(run.label, segment) for run in found.runs for segment in run.segments]
        assert len(rows) == len(steps)
        for row, (label, segment) in zip(rows, steps, strict=True):
            assert (row["Session"], row["Step"], row["Rate (mg/kg/min)"]) == (label, segment.step, segment.rate_mg_per_kg_min)
            numbers = (segment.ml_per_h, segment.start_min, segment.minutes, segment.ml)
            shown = [row[c] for c in ("Rate (mL/h)", "Starts at (min)", "Lasts (min)", "Volume (mL)")]
            assert shown == pytest.approx(list(numbers), abs=0.006)
        assert rows[-1]["Volume so far (mL)"] == pytest.approx(found.ml_per_day, abs=0.006)

    def test_the_title_states_the_finding(self, data):
        titles = {kind: rate_steps(plan(data, order(kind))).title for kind in USES}
        assert titles == {
            "stepwise": "28 g of Octagam 10% run in over 1 h 54 min, the rate rising from 42 to 336 mL/h",
            "ranged": "28 g of Panzyga run in over 1 h 14 min to 1 h 31 min, the rate rising from 42 to 588 mL/h",
            "partial": "With only a first and a highest rate stated, 28 g of Gamunex-C may take 50 min to 3 h 20 min",
            "none": "No rates of Yimmugo to draw for this use",
        }

    def test_the_description_tells_every_step_and_the_reason(self, data):
        found = plan(data, order("stepwise"))
        description = rate_steps(found).description
        assert "42 mL/h for 30 min, 84 mL/h for 30 min, 168 mL/h for 30 min, then 336 mL/h for 24 min" in description
        assert "280 mL are in after 1 h 54 min" in description
        assert description.endswith(found.reason)

    def test_two_runs_differ_in_more_than_colour(self, data):
        """The shortest is a solid line, the longest a dashed one, and a key over the chart names both."""
        chart = rate_steps(plan(data, order("partial")))
        rates = [t for t in chart.figure.data if t.name.startswith("Rate")]
        assert tuple(t.line.dash for t in rates) == DASHES
        keys = " ".join(a.text for a in chart.figure.layout.annotations)
        assert "All at the highest rate: 50 min" in keys
        assert "All at the first rate: 3 h 20 min" in keys

    def test_without_rates_nothing_is_drawn_and_the_reason_is_given(self, data):
        chart = rate_steps(plan(data, order("none")))
        assert not chart.figure.data
        assert chart.table.empty
        assert chart.description == "The tables hold no infusion rates for Yimmugo, so there is no duration."

    @pytest.mark.parametrize(("theme", "palette"), [("light", LIGHT), ("dark", DARK)])
    def test_it_follows_the_theme(self, data, theme, palette):
        chart = rate_steps(plan(data, order("stepwise")), theme)
        assert chart.figure.layout.font.color == palette.text
        assert trace(chart, "Rate").line.color == palette.strength["strong"]

    @pytest.mark.parametrize("dose", [0.05, 5])
    def test_ticks_are_few_and_cover_the_session(self, data, kind, dose):
        """However long a session lasts, its axis has at most eight ticks, and the last is not far from its end."""
        found = plan(data, order(kind, dose))
        ticks = rate_steps(found).figure.layout.xaxis.tickvals
        assert 2 <= len(ticks) <= 8
        assert ticks[-1] >= found.runs[-1].minutes * 0.6


class TestDurations:
    def test_by_hand(self, data):
        """2 g/kg in one day takes 120 + 1550 ÷ 12 = 249.17 min, 4.153 h; over 5 days 113.75 min, 1.896 h, each."""
        [bars] = durations(splits(data, order("stepwise", 2))).figure.data
        assert list(bars.y) == ["1 day", "2 days", "3 days", "4 days", "5 days"]
        assert bars.x[0] == pytest.approx(4.153, abs=0.001)
        assert bars.x[4] == pytest.approx(1.896, abs=0.001)
        assert list(bars.customdata) == [f"days:{n}" for n in range(1, 6)]

    def test_a_range_is_a_plain_and_a_hatched_bar(self, data):
        """Gamunex-C, 2 g/kg in one day: 2000 ÷ 8 = 250 min to 2000 ÷ 2 = 1000 min; the hatched bar is the difference."""
        plain, hatched = durations(splits(data, order("partial", 2))).figure.data
        assert plain.x[0] == pytest.approx(250 / 60)
        assert hatched.x[0] == pytest.approx(750 / 60)
        assert not plain.marker.pattern.shape
        assert hatched.marker.pattern.shape == "/"

    def test_bars_end_at_the_plans_longest_session(self, data, kind):
        """Stacked, the bars of a split are as long as its longest session in hours."""
        plans = splits(data, order(kind, 2))
        traces = durations(plans).figure.data
        ends = [sum(lengths) for lengths in zip(*(t.x for t in traces), strict=True)]
        assert ends == pytest.approx([p.minutes[1] / 60 for p in plans])

    def test_the_table_holds_every_number(self, data):
        """Days, grams, millilitres, vials and times, by hand for 2 g/kg over 5 days: 28 g, 280 mL, 113.75 min, 568.75 in all."""
        table = durations(splits(data, order("stepwise", 2))).table
        assert list(table.iloc[4]) == ["5 days", 28, 280, "1 × 20 g + 4 × 2 g", 113.75, 113.75, 568.75, 568.75]

    def test_title_and_description_state_the_finding(self, data):
        chart = durations(splits(data, order("stepwise", 2)))
        assert chart.title == "140 g of Octagam 10% take 4 h 9 min in 1 day, 1 h 54 min a day over 5 days"
        assert "3 days, 46.7 g each: 2 h 18 min a day" in chart.description
        assert "all sessions together take 4 h 9 min over 1 day and 9 h 29 min over 5 days" in chart.description

    def test_of_a_range_only_the_least_sum_is_told(self, data):
        assert "at least" in durations(splits(data, order("ranged", 2))).description

    def test_rates_that_never_change_make_no_slow_starts(self, data):
        """Where only bounds are known, nothing is said about what a split costs in all."""
        assert "starts slowly" not in durations(splits(data, order("partial", 2))).description

    def test_sessions_with_names_of_their_own(self, data):
        found = sessions(data)
        chart = durations([s.plan for s in found], labels=[s.label for s in found])
        assert chart.title == "One session of Octagam 10% takes 1 h 54 min, another 10 h 39 min: the day's dose and the rate decide"
        assert list(chart.table["Split"]) == [s.label for s in found]
        [bars] = chart.figure.data
        assert [y.replace("<br>", " ") for y in bars.y] == [s.label for s in found]

    def test_without_rates_nothing_is_drawn_and_grams_are_still_told(self, data):
        chart = durations(splits(data, order("none", 2)))
        assert not chart.figure.data
        assert chart.title == "No rates of Yimmugo to compare for this use"
        assert list(chart.table["Shortest session (min)"]) == [NOT_KNOWN] * 5
        assert chart.table["Grams a day"][0] == 140

    def test_nothing_to_compare(self):
        chart = durations([])
        assert not chart.figure.data
        assert chart.table.empty
        assert chart.title == "No session to compare"


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_charts_are_small_and_carry_no_template(data, kind, theme):
    """What travels to the page on every change stays under 8 kB."""
    for chart in (rate_steps(plan(data, order(kind)), theme), durations(splits(data, order(kind)), theme)):
        assert len(PlotlyJSONEncoder().encode(chart.figure)) < 8000
        assert not chart.figure.layout.template.layout.to_plotly_json()
