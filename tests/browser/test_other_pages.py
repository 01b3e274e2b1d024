"""Pages made from other notebooks than ours: one that fails, one with hostile tables, and one without our server."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import nbformat
from playwright.sync_api import expect

from ivig_explainer import charts, grading
from ivig_explainer.widgets import Plot
from ivig_explainer.widgets.plot import PLOTLY

from .conftest import Visits
from .server import Server, free_port, start, stop
from .test_bad_input import expect_harmless

HOSTILE = """
from dataclasses import replace
from ivig_explainer import load
from ivig_explainer.app import Dashboard
data = load()
conditions = data.conditions.copy()
row = conditions.index[conditions["id"] == "cidp"][0]
attack = '<img src=x onerror="alert(1)"><script>alert(2)</script><a href="javascript:alert(3)">link</a>'
for column in ("name", "plain_summary", "why_ivig", "note", "subcategory"):
    conditions.at[row, column] = attack
conditions.at[row, "abbreviations"] = (attack,)
conditions.at[row, "synonyms"] = (attack,)
"""


@contextmanager
def serving(folder: Path, *cells: str) -> Iterator[Server]:
    """Serve a notebook of these cells, as `ivig-explainer serve` serves ours."""
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    notebook.metadata["kernelspec"] = {"display_name": "Python 3", "language": "python", "name": "python3"}
    nbformat.write(notebook, folder / "other.ipynb")
    port = free_port()
    code = (
        "from pathlib import Path; from ivig_explainer.server.app import serve, settings; "
        f"serve(settings(Path({str(folder / 'other.ipynb')!r}), ip='127.0.0.1', port={port}, pool=0, visitors=5, "
        "browser=False, base_url='/'))"
    )
    server = start(["-c", code], port, folder / "log.txt")
    try:
        yield server
    finally:
        stop(server)


def test_a_broken_notebook_shows_a_sentence(browser, tmp_path):
    """Where the notebook fails, visitors read what to do; paths, code and tracebacks stay in the log."""
    with serving(tmp_path, "secret = 'hidden-value'", "raise ValueError(f'{secret} in {__name__}')") as server:
        visits = Visits(browser, server)
        page = visits("/", ready=False)
        error = page.locator(".ivig-error")
        expect(error).to_be_visible(timeout=60_000)
        expect(error).to_contain_text("could not be made")
        expect(page.locator("h1")).to_be_visible()
        expect(page.locator(".ivig-disclaimer")).to_be_visible()
        expect(page.locator(".ivig-loading")).to_be_hidden()
        html = page.content()
        assert not [word for word in ("Traceback", "ValueError", "hidden-value", "site-packages", str(tmp_path)) if word in html]
        visits.leave()
        visits.judge()


def test_html_in_a_table_is_text(browser, tmp_path):
    """Tables may be edited by anybody who proposes a change: their text never becomes part of the page's code."""
    with serving(tmp_path, HOSTILE, "Dashboard(replace(data, conditions=conditions))") as server:
        visits = Visits(browser, server)
        page = visits("/?tab=explore&condition=cidp")
        expect(page.locator(".ivig-card h2")).to_contain_text("<img src=x onerror=")
        expect(page.locator('.ivig-table tr[data-id="cidp"]')).to_contain_text("<script>alert(2)</script>")
        page.get_by_role("button", name="Tree").click()
        expect(page.locator(".ivig-tab-explore .treemaplayer .slice").first).to_be_visible()
        page.locator(".ivig-explore-results .ivig-chart-table summary").click()
        expect(page.locator(".ivig-explore-results .ivig-chart-table tbody")).to_contain_text("<script>alert(2)</script>")
        page.locator(".ivig-nav-overview").click()
        expect(page.locator(".ivig-overview-table")).to_contain_text("<img src=x onerror=")
        expect_harmless(page)
        assert page.locator('[href^="javascript:"]').count() == 0
        visits.leave()
        visits.judge()


class Recorder(Plot):
    """A plot view that keeps what it would send."""

    def __init__(self) -> None:
        super().__init__()
        self.sent: list[tuple[dict, list[bytes]]] = []

    def send(self, content: dict, buffers: list[bytes] | None = None) -> None:
        """Keep a message."""
        self.sent.append((content, buffers or []))


def test_the_kernel_hands_over_plotly_where_no_server_has_it():
    """In JupyterLab a plot view asks for plotly.js, and its kernel answers with the file; other actions send nothing."""
    plot = Recorder()
    plot._handle_custom_msg({"action": "choose", "value": "x"}, [])
    assert plot.sent == []
    plot._handle_custom_msg({"action": "plotly"}, [])
    assert plot.sent == [({"type": "plotly"}, [PLOTLY.read_bytes()])]


def test_a_chart_is_drawn_without_our_server(browser, data):
    """A page that is not ours, such as JupyterLab's, draws a chart with the plotly.js that the kernel sent."""
    chart = charts.categories(data.conditions, grading.grade(data))
    page = browser.new_page()
    faults = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("request", lambda request: request.url.startswith("http") and faults.append(request.url))
    code = base64.b64encode((PLOTLY.parent / "plot.js").read_bytes()).decode()
    page.evaluate(
        """async ([code, plotly, figure]) => {
          const bytes = (text) => Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
          const file = new DataView(bytes(plotly).buffer);
          const state = {
            name: "bars", title: "Some bars", description: "Bars.", legend: [], table: { columns: [], rows: [] }, figure,
          };
          const listeners = new Set();
          const model = {
            get: (key) => state[key],
            on: (name, listener) => name === "msg:custom" && listeners.add(listener),
            off: (name, listener) => listeners.delete(listener),
            send: ({ action }) => action === "plotly" && listeners.forEach((hear) => hear({ type: "plotly" }, [file])),
          };
          const url = URL.createObjectURL(new Blob([bytes(code)], { type: "text/javascript" }));
          await (await import(url)).default.render({ model, el: document.body });
        }""",
        [code, base64.b64encode(PLOTLY.read_bytes()).decode(), chart.figure.to_plotly_json()],
    )
    expect(page.locator(".barlayer .point").first).to_be_visible()
    expect(page.get_by_role("img", name="Chart: Some bars")).to_have_count(1)
    page.close()
    assert faults == []
