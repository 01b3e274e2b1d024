"""The pages that are measured: how each is served, and where on it things stand."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass

from bench.served import ROOT, ours

PEERS = ROOT / ".venv-bench" / "bin"


@dataclass(frozen=True)
class Target:
    """One page.

    `command(port, also)` serves it on `port`, to be visited also by way of the port `also`. The rest are CSS selectors:
    `count`, `card`, `search`, `chart`; `first`, the name in the first row, None where the table is a canvas; `rows`, the table
    or the element with its aria-rowcount, None where the page tells nobody; `filter`, the control of a choice {value}
    or {label} of a category; `row`, the row at position {0} that opens its card, or the canvas
    """

    name: str
    command: Callable[[int, int], list[str]]
    path: str
    count: str
    card: str
    search: str
    filter: str
    row: str
    first: str | None
    rows: str | None
    chart: str = ".js-plotly-plot"
    ask: str = ""
    quiet_s: float = 1
    tabs: bool = False  # whether it has tabs as ours has

    @property
    def look(self) -> dict[str, str | None]:
        """What the probe needs to know."""
        return {"count": self.count, "card": self.card, "chart": self.chart, "first": self.first, "rows": self.rows}


def _dash(port: int, _: int) -> list[str]:
    return [
        str(PEERS / "gunicorn"),
        "bench.peers.dash_app:server",
        "--bind",
        f"127.0.0.1:{port}",
        *["--workers", "2", "--threads", "4", "--preload"],
    ]


def _panel(port: int, also: int) -> list[str]:
    origins = [word for number in (port, also) for word in ("--allow-websocket-origin", f"127.0.0.1:{number}")]
    options = ["--address", "127.0.0.1", "--num-threads", "2", "--websocket-compression-level", "6"]
    return [str(PEERS / "panel"), "serve", "bench/peers/panel_app.py", "--port", str(port), *origins, *options]


def _streamlit(port: int, _: int) -> list[str]:
    options = {
        "server.port": port,
        "server.address": "127.0.0.1",
        "server.headless": "true",
        "server.fileWatcherType": "none",
        "server.enableWebsocketCompression": "true",
        "browser.gatherUsageStats": "false",
        "client.toolbarMode": "minimal",
    }
    words = [word for name, value in options.items() for word in (f"--{name}", str(value))]
    return [str(PEERS / "streamlit"), "run", "bench/peers/streamlit_app.py", *words]


TARGETS = (
    Target(
        name="ours",
        command=lambda port, _: ours(port),
        path="?tab=explore",
        chart=".ivig-tab-explore .js-plotly-plot",
        ask="ivig/static/favicon.svg",
        tabs=True,
        quiet_s=3,  # it waits two seconds before it warms the next kernel
        count=".ivig-count",
        card=".ivig-card",
        search=".ivig-search",
        filter='.ivig-filter-category input[value="{value}"]',
        row=".ivig-table tbody tr:nth-child({0}) td",
        first=".ivig-table tbody th a",
        rows=".ivig-table",
    ),
    Target(
        name="dash",
        command=_dash,
        path="",
        count="#count",
        card="#card",
        search="#search",
        filter='#filter-category label:has-text("{label}")',
        row='.ag-row[aria-rowindex="{1}"] .ag-cell:nth-child(2)',
        first='.ag-row[row-index="0"] .ag-cell',
        rows="[aria-rowcount]",
    ),
    Target(
        name="panel",
        command=_panel,
        path="panel_app",
        count=".peer-count",
        card=".peer-card",
        search=".peer-search input",
        filter='.peer-filter-category label:has-text("{label}")',
        row=".tabulator-row:nth-child({0}) .tabulator-cell:nth-child(3)",
        first=".tabulator-row .tabulator-cell[tabulator-field=Condition]",
        rows=None,
    ),
    Target(
        name="streamlit",
        command=_streamlit,
        path="",
        count=".st-key-count [data-testid=stText]",
        card=".st-key-card",
        search=".st-key-search input",
        filter='.st-key-filter-category button:has-text("{label}")',
        row=".dvn-scroller",
        first=None,
        rows=None,
    ),
)


def versions() -> dict[str, str]:
    """Return the version of what each page is made with, and of Python."""
    import subprocess
    from importlib.metadata import version

    code = "from importlib.metadata import version; print(*map(version, ('dash', 'panel', 'streamlit')))"
    peers = subprocess.run([PEERS / "python", "-c", code], capture_output=True, text=True, check=True).stdout.split()
    return {"python": sys.version.split()[0], "voila": version("voila"), **dict(zip(("dash", "panel", "streamlit"), peers, strict=True))}
