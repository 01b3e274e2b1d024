"""One server and one Chromium for all browser tests, and `visit`, which opens a page and lets no fault pass."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from ivig_explainer import Dataset, load

from .server import POOL, Server, free_port, start, stop

READY_MS = 60_000
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
# Let the next Tab key start from the top of the page: after a mere blur it goes on from where the focus was.
UNFOCUS = "() => { const b = document.body; b.tabIndex = -1; b.focus({ preventScroll: true }); b.removeAttribute('tabindex'); b.blur(); }"
CHROMIUMS = ("chromium", "chromium-browser", "google-chrome")


expect.set_options(timeout=20_000)


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The dashboard as `ivig-explainer serve` serves it."""
    port = free_port()
    command = ["-m", "ivig_explainer.cli", "serve", "--no-browser", "--port", str(port), "--pool", str(POOL)]
    running = start(command, port, tmp_path_factory.mktemp("server") / "log.txt")
    yield running
    stop(running)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The system's Chromium, without a window."""
    path = next(filter(None, map(shutil.which, CHROMIUMS)), None)
    if path is None:
        message = f"the browser tests need one of {', '.join(CHROMIUMS)} on the path"
        if os.environ.get("CI"):
            pytest.fail(message)
        pytest.skip(message)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield chromium
        chromium.close()


@pytest.fixture(scope="session")
def data() -> Dataset:
    """The data set that the pages show."""
    return load()


class Visits:
    """Opens pages, each in a context of its own, and notes every fault that they meet."""

    def __init__(self, browser: Browser, server: Server) -> None:
        self.browser = browser
        self.server = server
        self.faults: list[str] = []
        self._contexts: list[BrowserContext] = []
        self._leaving = False
        self._forgiven: list[re.Pattern] = []

    def __call__(
        self,
        path: str = "/",
        width: int = 1280,
        height: int = 800,
        scheme: str = "light",
        *,
        ready: bool = True,
        script: str = "",
        **options: object,
    ) -> Page:
        """Open `path` as a new visitor, `script` running first; return the page once it can be used."""
        size = {"width": width, "height": height}
        context = self.browser.new_context(viewport=size, color_scheme=scheme, reduced_motion="reduce", **options)
        context.set_default_timeout(READY_MS / 2)
        self._contexts.append(context)
        context.add_init_script(script)
        page = context.new_page()
        self._watch(page)
        page.goto(self.server.origin + path, wait_until="commit", timeout=READY_MS)
        if ready:
            page.wait_for_selector(".ivig-app.ivig-ready", timeout=READY_MS)
        return page

    def forgive(self, *patterns: str) -> None:
        """Let faults pass that match one of `patterns`, where a test provokes them."""
        self._forgiven += [re.compile(pattern) for pattern in patterns]

    def leave(self) -> None:
        """Leave all pages, so that the server has their kernels back."""
        self._leaving = True
        for context in self._contexts:
            for page in context.pages:
                if not page.is_closed():
                    page.goto("about:blank")
            context.close()
        self._contexts.clear()
        self._leaving = False

    def judge(self) -> None:
        """Fail where a page met a fault that was not forgiven."""
        faults = [fault for fault in self.faults if not any(pattern.search(fault) for pattern in self._forgiven)]
        assert not faults, "\n".join(["the page met faults:", *faults])

    def _watch(self, page: Page) -> None:
        page.on("console", lambda message: message.type in ("error", "warning") and self._note(f"console: {message.text}"))
        page.on("pageerror", lambda error: self._note(f"script: {error}"))
        page.on("requestfailed", lambda request: self._note(f"failed: {request.method} {request.url} {request.failure}"))
        page.on("response", lambda answer: answer.status >= 400 and self._note(f"status {answer.status}: {answer.url}"))
        page.on("request", lambda request: self._hold_inside(request.url))
        page.on("websocket", lambda socket: self._hold_inside(socket.url))
        page.on("dialog", self._refuse)

    def _note(self, fault: str) -> None:
        if not self._leaving:
            self.faults.append(fault)

    def _hold_inside(self, address: str) -> None:
        parts = urlsplit(address)
        if parts.scheme in ("http", "https", "ws", "wss") and parts.netloc != urlsplit(self.server.url).netloc:
            self.faults.append(f"asked another server: {address}")

    def _refuse(self, dialog) -> None:
        self.faults.append(f"dialog: {dialog.message}")
        dialog.dismiss()


class Resident:
    """One visitor who stays and goes from address to address, as with Back and Forward: it costs no new kernel."""

    def __init__(self, visits: Visits) -> None:
        self._visits = visits
        self._page: Page | None = None
        self._number = 0

    def __call__(self, query: str = "", width: int = 1280, height: int = 800) -> Page:
        """Go to the address with this query; return the page once it shows it, with nothing unfolded or focused."""
        if self._page is None:
            self._page = self._visits("/", permissions=["clipboard-read", "clipboard-write"])
        page, notices = self._page, self._page.locator(".ivig-notice")
        page.set_viewport_size({"width": width, "height": height})
        page.evaluate("document.querySelectorAll('details:not(.ivig-filters)').forEach((d) => (d.open = false))")
        page.evaluate(UNFOCUS)
        # The notice comes before the view that it belongs to; once it is gone, the whole of that view has come.
        self._number += 1
        notice = notices.filter(has_text=f"visit-{self._number}'")
        self._go(f"?{query}&visit-{self._number}=1")
        expect(notice).to_have_count(1)
        self._go(f"?{query}")
        expect(notice).to_have_count(0)
        return page

    def _go(self, query: str) -> None:
        self._page.evaluate(
            "query => { history.pushState(null, '', location.pathname + query); dispatchEvent(new PopStateEvent('popstate')); }", query
        )

    def judge(self) -> None:
        """Fail where the page met a fault; the next test then gets a new page."""
        if self._visits.faults:
            self.leave()
        faults, self._visits.faults = self._visits.faults, []
        assert not faults, "\n".join(["the page met faults:", *faults])

    def leave(self) -> None:
        """Leave the page; a later call opens a new one."""
        self._visits.leave()
        self._page = None


@pytest.fixture(scope="session")
def resident(browser: Browser, server: Server) -> Iterator[Resident]:
    """The visitor who stays."""
    staying = Resident(Visits(browser, server))
    yield staying
    staying.leave()


@pytest.fixture
def at(resident: Resident, request: pytest.FixtureRequest) -> Iterator[Resident]:
    """`at(query, width, height)` shows a view on a page that many tests share; no test may leave it with a fault."""
    failed = request.session.testsfailed
    yield resident
    resident.judge()
    if request.session.testsfailed > failed:
        resident.leave()


@pytest.fixture
def visit(browser: Browser, server: Server) -> Iterator[Visits]:
    """`visit(path, width, height, scheme)` opens a page; at the end no page may have met a fault."""
    visits = Visits(browser, server)
    yield visits
    visits.leave()
    visits.judge()
