"""How quickly the page answers: run `make bench`. It prints figures and asserts nothing.

The page is served as visitors get it and driven in headless Chromium. A filter change is timed inside the browser,
from the click on a check box until count, chart and table all show the new selection.
"""

from __future__ import annotations

import shutil
import socket
import statistics
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from playwright.sync_api import Browser, Page, sync_playwright

ROUNDS = 30
BROWSER = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

# Resolves with the milliseconds until count, table and chart have all changed and been painted.
FILTER = """
(name) => new Promise((resolve) => {
  const box = [...document.querySelectorAll('.ivig-filter-category input')].find((i) => i.value === name);
  const count = () => document.querySelector('.ivig-count').textContent;
  const rows = () => document.querySelectorAll('.ivig-table tbody tr').length;
  const drawn = () => document.querySelector('.ivig-tab-explore .ivig-plot').data;
  const before = [count(), rows(), drawn()];
  const start = performance.now();
  box.click();
  const look = () => {
    const changed = count() !== before[0] && rows() !== before[1] && drawn() !== before[2];
    if (changed) requestAnimationFrame(() => resolve(performance.now() - start));
    else setTimeout(look, 1);
  };
  look();
})
"""
OPEN = """
(position) => new Promise((resolve) => {
  const row = document.querySelectorAll('.ivig-table tbody tr')[position];
  const name = row.querySelector('a').textContent;
  const start = performance.now();
  row.click();
  const look = () => {
    const open = document.querySelector('.ivig-card h2')?.textContent === name;
    if (open) requestAnimationFrame(() => resolve(performance.now() - start));
    else setTimeout(look, 1);
  };
  look();
})
"""

# Resolves with the milliseconds until the tab has its content and each of its charts is drawn.
TAB = """
(name) => new Promise((resolve) => {
  const tab = document.querySelector(`.ivig-tab-${name}`);
  const start = performance.now();
  document.querySelector(`.ivig-nav-${name}`).click();
  const look = () => {
    const plots = [...tab.querySelectorAll('.ivig-plot')].filter((plot) => plot.offsetParent); // seen, not folded away
    const drawn = plots.every((plot) => plot.data);
    if (tab.querySelector('h2, h3, table') && drawn) requestAnimationFrame(() => resolve(performance.now() - start));
    else setTimeout(look, 5);
  };
  look();
})
"""


@contextmanager
def served() -> Iterator[str]:
    """Serve the page on a free port; yield its address once kernels are warm."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "ivig_explainer.cli", "serve", "--no-browser", "--port", str(port), "--pool", "2"]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    address = f"http://127.0.0.1:{port}/"
    try:
        for _ in range(120):
            with suppress(OSError):
                urllib.request.urlopen(f"{address}ivig/static/favicon.svg")
                break
            time.sleep(0.5)
        time.sleep(8)  # the pool fills
        yield address
    finally:
        process.terminate()
        process.wait(20)


def visit(browser: Browser, address: str) -> tuple[Page, float]:
    """Open the page with an empty cache; return it and the seconds until it can be used."""
    page = browser.new_context(viewport={"width": 1280, "height": 800}).new_page()
    start = time.perf_counter()
    page.goto(address, wait_until="commit")
    page.wait_for_selector(".ivig-app.ivig-ready")
    return page, time.perf_counter() - start


def open_tabs(page: Page) -> dict[str, float]:
    """Open every tab that is not open yet; return the milliseconds until its last chart is drawn."""
    opened = {}
    names = page.eval_on_selector_all(".ivig-nav a", "(links) => links.map((link) => link.className.slice('ivig-nav-'.length))")
    for name in names:
        if page.locator(f".ivig-tab-{name} > *").count() == 0:
            opened[name] = page.evaluate(TAB, name)
            page.wait_for_timeout(1000)
    return opened


def summary(what: str, times: list[float]) -> str:
    """Return median and 95th percentile of some milliseconds as a line."""
    p95 = statistics.quantiles(times, n=20)[-1]
    return f"{what:34} median {statistics.median(times):6.0f} ms   p95 {p95:6.0f} ms   ({len(times)} rounds)"


def main() -> None:
    """Print the figures."""
    with served() as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=BROWSER)
        ready = []
        for _ in range(5):
            page, seconds = visit(browser, address)
            ready.append(1000 * seconds)
            page.context.close()
            time.sleep(6)
        page, _ = visit(browser, f"{address}?tab=explore")
        page.wait_for_selector(".ivig-table tbody tr")
        names = page.eval_on_selector_all(".ivig-filter-category input", "(boxes) => boxes.map((box) => box.value)")
        page.evaluate(FILTER, names[0])  # the first change is no measurement: the browser compiles
        filters = [page.evaluate(FILTER, names[1 + i % 3]) for i in range(ROUNDS)]
        page.click(".ivig-reset")
        page.wait_for_function("document.querySelectorAll('.ivig-table tbody tr').length > 100")
        cards = [page.evaluate(OPEN, i) for i in range(ROUNDS)]
        tabs = open_tabs(page)
        browser.close()
    print(summary("ready for use, empty cache", ready))
    print(summary("filter to count, chart and table", filters))
    print(summary("row to card", cards))
    for name, milliseconds in tabs.items():
        print(f"{'tab ' + name:34} {milliseconds:12.0f} ms")


if __name__ == "__main__":
    main()
