"""How fast the page is, beside its peers: run `make bench`.

Each round serves every page in turn and drives the same Chromium through it. A page is ready when title, count, chart
and table show all conditions; that it can be used then is proven by a filter, which is chosen at that moment.
What is measured is saved in `bench/results/latest.json`, and `bench/report.py` makes the table of it.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from bench import report, view
from bench.served import ROOT, Served, free_port, serve
from bench.targets import TARGETS, Target, versions
from bench.wire import wire

PROBE = Path(__file__).with_name("probe.js").read_text(encoding="utf-8")
BROWSER = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PATIENCE_MS = 90_000
FURTHER_VISITORS = 3
CATEGORIES = ("Neurological", "Haematological", "Dermatological")  # each is chosen, then let go again
SEARCHES = ("neuropathy", "kidney", "anaemia", "transplant", "myositis", "virus")
CARDS = range(1, 7)  # rows from the top
BETWEEN_MS = 300
# A row of a table that is drawn on a canvas: the middle of its box for choosing, in pixels from the canvas's corner.
CANVAS_X, CANVAS_HEAD, CANVAS_ROW = 18, 35, 35

Figures = dict[str, list[float]]


class Visit:
    """A page of one visitor."""

    def __init__(self, context: BrowserContext, target: Target, port: int) -> None:
        self.page = context.new_page()
        self.page.set_default_timeout(PATIENCE_MS)
        self.target = target
        self.asked = 0
        self._devtools = context.new_cdp_session(self.page)
        self._devtools.send("Performance.enable")
        self.page.on("request", self._ask)
        self.page.on("websocket", lambda _: self._count())
        self.page.goto(f"http://127.0.0.1:{port}/{target.path}", wait_until="commit")

    def _ask(self, request) -> None:
        if request.url.startswith("http"):
            self._count()
            if not request.url.startswith("http://127.0.0.1:"):
                raise RuntimeError(f"{self.target.name} asks another server: {request.url}")

    def _count(self) -> None:
        self.asked += 1

    def when(self, wanted: dict) -> float:
        """Return the milliseconds from the start of the navigation until the page shows what is wanted."""
        return self.page.evaluate("([look, wanted]) => probe.when(look, wanted)", [self.target.look, wanted])

    def answer(self, kind: str, act, wanted: dict) -> float:
        """Return the milliseconds from an event of this kind, which `act()` causes, until the page shows what is wanted."""
        waiting = self.page.evaluate_handle(
            "([look, wanted, kind]) => ({ over: probe.answer(look, wanted, kind) })", [self.target.look, wanted, kind]
        )
        act()
        taken = waiting.evaluate("({ over }) => over")
        self.page.wait_for_timeout(BETWEEN_MS)
        return taken

    def choose(self, category: str) -> None:
        """Choose a category, or let it go."""
        self.page.locator(self.target.filter.format(value=category, label=category)).first.click()

    def search(self, text: str) -> None:
        """Search for a text, as who pastes it and presses Enter."""
        self.page.locator(self.target.search).fill(text)
        self.page.keyboard.press("Enter")

    def open(self, position: int) -> None:
        """Open the card of the row at a position, the first being 1."""
        place = self.page.locator(self.target.row.format(position, position + 1)).first
        if self.target.first is None:
            place.click(position={"x": CANVAS_X, "y": CANVAS_HEAD + CANVAS_ROW * (position - 0.5)})
        else:
            place.click()

    def script_ms(self) -> float:
        """Return the milliseconds that the page's scripts have run."""
        metrics = {m["name"]: m["value"] for m in self._devtools.send("Performance.getMetrics")["metrics"]}
        return 1000 * metrics["ScriptDuration"]


def wanted(chosen: tuple[str, ...] = (), search: str = "") -> dict:
    """Return what a page shows for a selection, as the probe wants it told."""
    shown = view.show(view.selection({"category": chosen}, search))
    names = shown.table[view.COLUMNS[0]]
    categories = "|".join(sorted(shown.categories))
    return {"title": view.TITLE, "count": shown.count, "rows": len(names), "first": names.iloc[0], "categories": categories}


@contextmanager
def visitor(browser: Browser) -> Iterator[BrowserContext]:
    """Yield the browser of somebody who was never here: an empty cache."""
    context = browser.new_context(viewport={"width": 1280, "height": 800}, reduced_motion="reduce")
    context.add_init_script(PROBE)
    yield context
    context.close()


def measure(browser: Browser, target: Target) -> Figures:
    """Serve one page, visit it, and return what was measured."""
    port, weighed = free_port(), free_port()
    figures: Figures = defaultdict(list)
    paths = os.pathsep.join(filter(None, (str(ROOT), os.environ.get("PYTHONPATH"))))
    with serve(target.command(port, weighed), port, ask=target.ask or target.path, PYTHONPATH=paths) as served:
        settle = partial(served.settle, target.quiet_s)
        settle()
        weigh(browser, target, port, weighed, figures)
        settle()
        with visitor(browser) as context:
            first_visit(Visit(context, target, port), figures)
            settle()
            second_visit(context, target, port, served, figures)
        further_visitors(browser, target, port, served, figures)
    return figures


def weigh(browser: Browser, target: Target, port: int, weighed: int, figures: Figures) -> None:
    """Visit by way of a wire that weighs; this also warms the server."""
    with wire(weighed, port) as weighing, visitor(browser) as context:
        visit = Visit(context, target, weighed)
        visit.when(wanted())
        visit.page.wait_for_timeout(1000)
        figures["wire_kb"].append(weighing.bytes / 1000)
        figures["requests"].append(visit.asked)
        leave(visit.page)


def first_visit(visit: Visit, figures: Figures) -> None:
    """Measure the visit of somebody who was never here, and how the page answers."""
    figures["text_ms"].append(visit.when({"title": view.TITLE}))
    figures["ready_ms"].append(visit.when(wanted()))
    figures["paint_ms"].append(visit.page.evaluate("probe.painted()"))
    figures["script_ms"].append(visit.script_ms())
    first, *others = CATEGORIES
    visit.answer("pointerup", partial(visit.choose, first), wanted((first,)))
    figures["answered_ms"].append(visit.page.evaluate("performance.now()") - BETWEEN_MS)
    chosen = [first]
    for category in (*others, first, *others):
        chosen = [c for c in chosen if c != category] if category in chosen else [*chosen, category]
        figures["filter_ms"].append(visit.answer("pointerup", partial(visit.choose, category), wanted(tuple(chosen))))
    figures["filter_ms"].append(visit.answer("pointerup", partial(visit.choose, first), wanted((first,))))
    visit.answer("pointerup", partial(visit.choose, first), wanted())
    figures["search_ms"] += [visit.answer("input", partial(visit.search, text), wanted(search=text)) for text in SEARCHES]
    visit.answer("input", partial(visit.search, ""), wanted())
    names = view.show(view.selection({}, "")).table[view.COLUMNS[0]]
    figures["card_ms"] += [visit.answer("pointerup", partial(visit.open, row), {"card": names.iloc[row - 1]}) for row in CARDS]
    if visit.target.tabs:
        open_tabs(visit.page, figures)
    leave(visit.page)


def open_tabs(page: Page, figures: Figures) -> None:
    """Measure how long each tab takes that was not seen yet: its building, its way here, its drawing."""
    for name in page.eval_on_selector_all(".ivig-nav a", "(links) => links.map((link) => link.className.slice('ivig-nav-'.length))"):
        if page.locator(f".ivig-tab-{name} > *").count() == 0:
            figures[f"tab {name}"].append(page.evaluate("(name) => probe.opened(name)", name))
            page.wait_for_timeout(BETWEEN_MS)


def second_visit(context: BrowserContext, target: Target, port: int, served: Served, figures: Figures) -> None:
    """Measure a visit with a full cache, and what it costs the server until that is as ready as before."""
    before = served.cpu()
    visit = Visit(context, target, port)
    figures["again_ms"].append(visit.when(wanted()))
    leave(visit.page)
    served.settle(target.quiet_s)
    figures["cpu_s"].append(served.cpu() - before)


def further_visitors(browser: Browser, target: Target, port: int, served: Served, figures: Figures) -> None:
    """Measure the memory that a visitor holds while the page is open."""
    before, pages = served.memory(), []
    with visitor(browser) as context:
        for _ in range(FURTHER_VISITORS):
            visit = Visit(context, target, port)
            visit.when(wanted())
            pages.append(visit.page)
        served.settle(target.quiet_s)
        figures["memory_mb"].append((served.memory() - before) / FURTHER_VISITORS)
        for page in pages:
            leave(page)


def leave(page: Page) -> None:
    """Leave a page as a visitor does, so that it can say farewell."""
    page.goto("about:blank")
    page.close()


def machine(browser: Browser) -> dict[str, str | int]:
    """Return what the figures were measured on."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return {"processors": os.cpu_count(), "memory_gib": round(memory), "system": platform.platform(terse=True), "chromium": browser.version}


def resumed(about: dict, figures: dict[str, Figures]) -> int:
    """Take the figures of the saved run over; return how many rounds it has. Ends the program where that run was another's."""
    run = json.loads(report.RESULTS.read_text(encoding="utf-8"))
    if {name: run[name] for name in about} != about or set(run["figures"]) != set(figures):
        raise SystemExit("the saved run was made by another machine, with other versions or of other pages; start a new one")
    for name, saved in run["figures"].items():
        figures[name].update(saved)
    return run["rounds"]


def main() -> None:
    """Measure, save after every round, and print the table."""
    names = [target.name for target in TARGETS]
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=5, help="how often every page is measured (default: %(default)s)")
    parser.add_argument("--only", nargs="+", choices=names, default=names, help="measure these and save nothing")
    parser.add_argument("--resume", action="store_true", help="go on with the saved run, which was interrupted, until it has its rounds")
    options = parser.parse_args()
    figures = {name: defaultdict(list) for name in names if name in options.only}
    begun = time.monotonic()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=BROWSER)
        about = {"machine": machine(browser), "versions": versions()}
        done = resumed(about, figures) if options.resume else 0
        for number in range(done + 1, options.rounds + 1):
            for target in (t for t in TARGETS if t.name in figures):
                for figure, values in measure(browser, target).items():
                    figures[target.name][figure] += [round(value, 3) for value in values]
                print(f"round {number} of {options.rounds}: {target.name} ({time.monotonic() - begun:.0f} s)", flush=True)
            run = {"date": datetime.now(UTC).date().isoformat(), "rounds": number, **about, "figures": figures}
            if len(figures) == len(TARGETS):
                report.save(run)
        browser.close()
    print(report.table(run), report.tabs(run), sep="\n\n")


if __name__ == "__main__":
    main()
