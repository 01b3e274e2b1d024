"""The table of a saved run, for the terminal and for README.md: `python -m bench.report` writes it there."""

from __future__ import annotations

import json
import statistics
from collections.abc import Callable, Sequence

from bench.served import ROOT

RESULTS = ROOT / "bench" / "results" / "latest.json"
README = ROOT / "README.md"
BEGIN, END = "<!-- measured: begin -->", "<!-- measured: end -->"


def p95(values: Sequence[float]) -> float:
    """Return the 95th percentile; of one value, that value."""
    return statistics.quantiles(values, n=20, method="inclusive")[-1] if len(values) > 1 else values[0]


# What stands in a row: its name, whose figures, how they are made one, and how that is written.
ROWS: tuple[tuple[str, str, Callable[[Sequence[float]], float], str], ...] = (
    ("first contentful paint", "paint_ms", statistics.median, "{:,.0f} ms"),
    ("title readable", "text_ms", statistics.median, "{:,.0f} ms"),
    ("ready, empty cache", "ready_ms", statistics.median, "{:,.0f} ms"),
    ("first filter answered, empty cache", "answered_ms", statistics.median, "{:,.0f} ms"),
    ("ready, second visit", "again_ms", statistics.median, "{:,.0f} ms"),
    ("on the wire, first visit", "wire_kb", statistics.median, "{:,.0f} kB"),
    ("requests, first visit", "requests", statistics.median, "{:,.0f}"),
    ("script time, first visit", "script_ms", statistics.median, "{:,.0f} ms"),
    ("filter to count, chart and table", "filter_ms", statistics.median, "{:,.0f} ms"),
    ("the same, 95th percentile", "filter_ms", p95, "{:,.0f} ms"),
    ("search to count, chart and table", "search_ms", statistics.median, "{:,.0f} ms"),
    ("the same, 95th percentile", "search_ms", p95, "{:,.0f} ms"),
    ("row to card", "card_ms", statistics.median, "{:,.0f} ms"),
    ("the same, 95th percentile", "card_ms", p95, "{:,.0f} ms"),
    ("server's processor time, one visit", "cpu_s", statistics.median, "{:,.2f} s"),
    ("server's memory, one more visitor", "memory_mb", statistics.median, "{:,.1f} MB"),
)
NAMES = {"ours": "this page", "dash": "Dash", "panel": "Panel", "streamlit": "Streamlit"}


def table(run: dict) -> str:
    """Return the figures of a run as a Markdown table: medians, and in brackets how many times ours."""
    names = list(run["figures"])
    lines = [["", *(NAMES[name] for name in names)], ["---", *(["--:"] * len(names))]]
    for label, figure, reduce, form in ROWS:
        values = {name: reduce(run["figures"][name][figure]) for name in names}
        lines.append([label, *(_cell(name, values, form) for name in names)])
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _cell(name: str, values: dict[str, float], form: str) -> str:
    text = form.format(values[name])
    own = values.get("ours", 0)
    if name == "ours" or own <= 0:
        return text
    ratio = values[name] / own
    return f"{text} (× {ratio:.1f})" if ratio >= 1 else f"{text} (× {ratio:.2g})"


def tabs(run: dict) -> str:
    """Return the sentence that tells how long each of our tabs takes to open."""
    times = {figure.removeprefix("tab "): values for figure, values in run["figures"].get("ours", {}).items() if figure.startswith("tab ")}
    if not times:
        return ""
    parts = ", ".join(f"{name} {statistics.median(values):,.0f}" for name, values in times.items())
    return f"Milliseconds until a tab of this page, opened for the first time, stands with its charts: {parts}."


def block(run: dict) -> str:
    """Return what README.md says of a run."""
    machine, made = run["machine"], run["versions"]
    peers = ", ".join(f"{NAMES[name]} {made[name]}" for name in NAMES if name in made)
    return "\n".join(
        [
            BEGIN,
            f"Measured on {run['date']} by `make bench`: {machine['processors']} processors, {machine['memory_gib']} GiB, "
            f"{machine['system']}, Chromium {machine['chromium']}, Python {made['python']}, Voilà {made['voila']}, {peers}. "
            f"Medians of {run['rounds']} rounds, interactions of {len(run['figures']['ours']['filter_ms'])}; "
            "in brackets how many times ours. `bench/README.md` says how.",
            "",
            table(run),
            "",
            tabs(run),
            END,
        ]
    )


def written(readme: str, run: dict) -> str:
    """Return the text of README.md with a run's block in place of the one that stands there."""
    before, _, rest = readme.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{block(run)}{after}"


def save(run: dict) -> None:
    """Keep a run, and tell of it in README.md."""
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps(run, indent=1) + "\n", encoding="utf-8")
    README.write_text(written(README.read_text(encoding="utf-8"), run), encoding="utf-8")


if __name__ == "__main__":
    save(json.loads(RESULTS.read_text(encoding="utf-8")))
