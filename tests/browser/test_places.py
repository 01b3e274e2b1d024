"""Where all places are taken the next visitor is asked to wait, and a place comes free when a visitor has gone."""

from __future__ import annotations

import http.client
import json
import os
import re
import shutil
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import mkdtemp

import psutil
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from ivig_explainer.dataset import shipped

from .conftest import Visits
from .server import Server, free_port, kernel_of, start, stop, until
from .test_accessibility import RULES

VISITORS = 3
SMALL = """
from pathlib import Path
from ivig_explainer.server.app import serve, settings
config = settings(Path({notebook!r}), ip="127.0.0.1", port={port}, pool=1, visitors={visitors}, browser=False, base_url="/")
config.Kernels.update(stranger_seconds=3, gone_seconds=8, idle_seconds={idle}, cull_interval=1)
serve(config)
"""
DASHBOARD = shipped("notebooks") / "dashboard.ipynb"


@contextmanager
def serving(log: Path, idle: float = 3600, notebook: Path = DASHBOARD) -> Iterator[Server]:
    """Run a server with three places, which notices after some seconds that somebody has gone."""
    port = free_port()
    code = SMALL.format(port=port, visitors=VISITORS, idle=idle, notebook=str(notebook))
    server = start(["-c", code], port, log)
    try:
        yield server
    finally:
        stop(server)


@pytest.fixture(scope="module")
def small(tmp_path_factory) -> Iterator[Server]:
    """A small server for all tests of this module that leave it as they found it."""
    with serving(tmp_path_factory.mktemp("small") / "log.txt") as server:
        yield server


def is_free(server: Server) -> bool:
    """Whether nobody visits: no kernel runs but the one of the pool."""
    return len(server.kernels()) == 1


def head(server: Server) -> int:
    """Return the status of the page, without opening it."""
    connection = http.client.HTTPConnection("127.0.0.1", int(server.origin.rpartition(":")[2]), timeout=30)
    connection.request("HEAD", "/")
    status = connection.getresponse().status
    connection.close()
    return status


def take_all(server: Server) -> list[str]:
    """Take every place; return the kernels."""
    until(lambda: is_free(server), 60)
    answers = [server.get() for _ in range(VISITORS)]
    assert [status for status, _ in answers] == [200] * VISITORS
    return [kernel_of(html) for _, html in answers]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_next_visitor_waits_and_is_let_in(small, browser, scheme):
    """All places taken: a page with the notice says so, by the rules of accessibility, and opens the explainer once somebody leaves."""
    visits = Visits(browser, small)
    visits.forgive("status of 503", "status 503", "failed: HEAD")  # the last is cut off by the page that it lets in
    kernels = take_all(small)
    page = visits("/?tab=explore&condition=cidp", 390, 844, scheme, ready=False)
    expect(page.locator("h2")).to_have_text("All places are taken")
    expect(page.locator(".ivig-disclaimer")).to_contain_text("For education only")
    expect(page.locator("html")).to_have_attribute("data-theme", scheme)
    surfaces = "['html', '.ivig-app'].map((name) => getComputedStyle(document.querySelector(name)).backgroundColor)"
    assert len(set(page.evaluate(surfaces))) == 1
    assert Axe().run(page, options=RULES).response["violations"] == []
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    assert head(small) == 503
    small.leave(kernels[0])
    page.wait_for_selector(".ivig-app.ivig-ready", timeout=60_000)
    expect(page.locator(".ivig-card")).to_be_visible()
    visits.leave()
    visits.judge()


def test_waiting_takes_no_script(small):
    """The answer is 503 with the time after which to ask again, and without scripts the page asks again by itself."""
    kernels = take_all(small)
    connection = http.client.HTTPConnection("127.0.0.1", int(small.origin.rpartition(":")[2]), timeout=30)
    connection.request("GET", "/?theme=dark")
    answer = connection.getresponse()
    text = answer.read().decode()
    connection.close()
    assert answer.status == 503
    assert re.search(rf'<noscript><meta http-equiv="refresh" content="{answer.getheader("Retry-After")}">', text)
    assert "kernel_id" not in text
    for kernel in kernels:
        small.leave(kernel)


def test_who_came_without_scripts_gives_the_place_back(small):
    """The kernels of visitors that never connect end by themselves, and asking whether there is room takes none."""
    kernels = take_all(small)
    until(lambda: not set(kernels) & set(small.kernels()), 30, lambda: "kernels without a visitor still run")
    until(lambda: is_free(small), 30)
    assert head(small) == 200
    assert is_free(small)


def test_a_browser_that_vanished_gives_the_place_back(small, browser):
    """A page that ended without a word, as with a lost network, leaves no kernel."""
    visits = Visits(browser, small)
    page = visits("/", script="navigator.sendBeacon = () => true;")
    kernel = kernel_of(page.content())
    assert kernel in small.kernels()
    visits.leave()
    until(lambda: kernel not in small.kernels(), 40, lambda: "the kernel of a visitor who vanished still runs")


def test_a_tab_that_is_left_open_says_why_it_ended(browser, tmp_path):
    """A page that nobody uses loses its kernel, says so in words of its own, and works again once it is reloaded."""
    with serving(tmp_path / "log.txt", idle=4) as server:
        visits = Visits(browser, server)
        page = visits("/?tab=explore&condition=cidp")
        lost = page.locator("#ivig-lost")
        expect(lost).to_be_visible(timeout=60_000)
        expect(lost.get_by_text("was not used for a while")).to_be_visible()
        expect(lost.get_by_text("was lost")).to_be_hidden()
        lost.get_by_role("button", name="Reload").click()
        page.wait_for_selector(".ivig-app.ivig-ready")
        expect(page.locator(".ivig-card")).to_be_visible()
        visits.leave()
        visits.judge()


def test_a_server_that_is_killed_leaves_no_process(tmp_path):
    """Where the server is killed outright, every process that it started ends, its kernels and the warm process."""
    with serving(tmp_path / "log.txt") as server:
        until(lambda: len(server.kernels()) == 1, 60)
        server.get()
        family = psutil.Process(server.process.pid).children(recursive=True)
        assert len(family) >= 2
        server.process.send_signal(signal.SIGKILL)
        server.process.wait(20)
        assert psutil.wait_procs(family, timeout=20)[1] == []


def test_a_server_that_is_stopped_leaves_no_process_and_no_file(tmp_path, monkeypatch):
    """Where the server ends as it should, nothing of it stays, neither a process nor its folder of connections."""
    monkeypatch.setenv("TMPDIR", mkdtemp(prefix="ivig-"))
    with serving(tmp_path / "log.txt") as server:
        until(lambda: len(server.kernels()) == 1, 60)
        server.get()
        family = psutil.Process(server.process.pid).children(recursive=True)
        folder = Path(os.environ["TMPDIR"])
        assert [path.stat().st_mode & 0o777 for path in folder.glob("voila_*")] == [0o700]
        server.process.send_signal(signal.SIGTERM)
        server.process.wait(20)
        assert psutil.wait_procs(family, timeout=20)[1] == []
        assert list(folder.glob("voila_*")) == []
        assert "Traceback" not in server.log.read_text()
        shutil.rmtree(folder)


def test_a_kernel_that_dies_while_the_page_is_made(tmp_path):
    """The page says that it could not be made, instead of keeping its visitor waiting, and the server goes on."""
    notebook = json.loads(DASHBOARD.read_text(encoding="utf-8"))
    notebook["cells"][-1]["source"] = "import os; os._exit(1)"
    dying = tmp_path / "dying.ipynb"
    dying.write_text(json.dumps(notebook), encoding="utf-8")
    with serving(tmp_path / "log.txt", notebook=dying) as server:
        for _ in range(2):  # a warm page, and one that is made as it is sent
            status, html = server.get("/", 60)
            assert status == 200
            assert re.search(r'class="ivig-error" role="alert">[^<]+could not be made', html)
        until(lambda: server.kernels() == {}, 30)
