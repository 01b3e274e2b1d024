"""The kernel behind a page: it starts, it may be lost, it runs nobody's code, it ends with the visit."""

from __future__ import annotations

import json
import time
import uuid
from datetime import UTC, datetime

import pytest
import websocket
from playwright.sync_api import expect

from ivig_explainer import Selection

from .screen import choose, expect_query, expect_selection
from .server import kernel_of, until

VISITS = 30
STALLED_S = 30
JUNK = [b"", b"\x05", b"\xff" * 8, b"\x7f" + b"\xff" * 11, (2**40).to_bytes(8, "little"), b"\x06" + b"\x00" * 7 + b"\xff" * 48]
SUBPROTOCOL = "v1.kernel.websocket.jupyter.org"


def message(kind: str, content: dict) -> dict:
    """Return a message to a kernel, as Jupyter's protocol wants it."""
    header = {
        "msg_id": str(uuid.uuid4()),
        "msg_type": kind,
        "session": "test",
        "username": "",
        "date": datetime.now(UTC).isoformat(),
        "version": "5.3",
    }
    return {"header": header, "parent_header": {}, "metadata": {}, "content": content}


def pack(channel: str, parts: dict) -> bytes:
    """Return a message in the binary form of the newer protocol."""
    texts = [channel.encode(), *(json.dumps(parts[name]).encode() for name in ("header", "parent_header", "metadata", "content"))]
    offsets = [8 * (len(texts) + 2)]
    for text in texts:
        offsets.append(offsets[-1] + len(text))
    return b"".join(number.to_bytes(8, "little") for number in [len(offsets), *offsets]) + b"".join(texts)


def connect(server, kernel: str, subprotocols: list[str]) -> websocket.WebSocket:
    """Open a websocket of one's own to a kernel."""
    address = f"{server.origin.replace('http', 'ws', 1)}/api/kernels/{kernel}/channels?session_id={uuid.uuid4()}"
    return websocket.create_connection(address, timeout=20, subprotocols=subprotocols, origin=server.origin)


def code_that_writes(path) -> dict:
    return message("execute_request", {"code": f"open({str(path)!r}, 'w').close()", "silent": False, "store_history": False})


def expect_alive(server, page, data) -> None:
    """The server answers at once, and the page still filters."""
    assert server.get("/ivig/static/favicon.svg", 10)[0] == 200
    choose(page, "category", "Neurological")
    expect_selection(page, Selection(category=("Neurological",)), data)


def test_a_visitor_cannot_run_code(visit, server, data, tmp_path):
    """An `execute_request` over the page's own websocket is dropped on every channel, a widget's message is not."""
    page = visit("/?tab=explore")
    frame = page.locator("[data-ivig-model]").get_attribute("data-ivig-model")
    socket = connect(server, kernel_of(page.content()), [SUBPROTOCOL])
    for channel in ("shell", "control", "stdin", "iopub"):
        socket.send_binary(pack(channel, code_that_writes(tmp_path / channel)))
    update = {"comm_id": frame, "data": {"method": "update", "state": {"theme": "dark"}, "buffer_paths": []}}
    socket.send_binary(pack("shell", message("comm_msg", update)))
    expect_query(page, "tab=explore&theme=dark")  # so what came before was packed well, and was read
    expect_alive(server, page, data)
    socket.close()
    assert list(tmp_path.iterdir()) == []


def test_the_older_protocol_neither_runs_code_nor_stops_the_server(visit, server, data, tmp_path):
    """Guards against Voilà's reading of old messages as new ones: it counted to 2**56 while every visitor waited."""
    page = visit("/?tab=explore")
    socket = connect(server, kernel_of(page.content()), [])
    assert not socket.getsubprotocol()
    for channel in ("shell", "control"):
        socket.send(json.dumps({"channel": channel, "buffers": [], **code_that_writes(tmp_path / channel)}))
    with page.expect_download() as waiting:  # a message with bytes, which the old socket gets too
        page.locator('.ivig-tab-explore .ivig-chart-tools [data-form="csv"]').click()
    assert waiting.value.failure() is None
    expect_alive(server, page, data)
    socket.close()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("subprotocols", [[SUBPROTOCOL], []], ids=["new", "old"])
def test_junk_on_the_websocket_does_not_stop_the_server(server, subprotocols):
    """Guards against a message that says it has 2**64 parts: the server counted them while its memory filled."""
    kernel = kernel_of(server.get()[1])
    for junk in JUNK:
        socket = connect(server, kernel, subprotocols)
        socket.send_binary(junk)
        time.sleep(0.2)
        assert server.get("/ivig/static/favicon.svg", 10)[0] == 200
        socket.close()
    server.leave(kernel)


def test_a_lost_kernel_is_noticed(visit, server, data):
    """Where the kernel was killed, the page says so, offers to reload, and the reloaded page works."""
    visit.forgive(r"console: WebSocket", r"console: .*status of 404", r"status 404: .*/api/kernels/")
    page = visit("/?tab=explore&condition=cidp")
    lost = page.locator("#ivig-lost")
    expect(lost).to_be_hidden()
    server.kernels()[kernel_of(page.content())].kill()
    expect(lost).to_be_visible(timeout=60_000)
    expect(lost).to_contain_text("lost")
    expect(page.locator(".ivig-app.ivig-ready")).to_have_count(0)
    lost.get_by_role("button", name="Reload").click()
    page.wait_for_selector(".ivig-app.ivig-ready")
    expect(lost).to_be_hidden()
    expect(page.locator(".ivig-card")).to_be_visible()
    choose(page, "category", "Neurological")
    expect_selection(page, Selection(category=("Neurological",)), data)


def test_a_short_break_of_the_connection_mends_itself(visit, data):
    """Where the websocket closes and the kernel lives, the page connects again and what was clicked meanwhile counts."""
    keep = "window.WebSocket = class extends WebSocket { constructor(...all) { super(...all); window.socket = this; } };"
    page = visit("/?tab=explore", script=keep)
    page.evaluate("socket.close()")
    choose(page, "category", "Neurological")
    expect_selection(page, Selection(category=("Neurological",)), data)
    expect(page.locator("#ivig-lost")).to_be_hidden()


def test_leaving_the_page_ends_its_kernel(visit, server, resident):
    """Guards against kernels of 140 MB that stay for twenty minutes after each visit."""
    resident.leave()
    page = visit()
    kernel = kernel_of(page.content())
    assert kernel in server.kernels()
    page.goto("about:blank")
    until(lambda: kernel not in server.kernels(), 10, lambda: "the kernel of a page that was left still runs")
    server.await_pool()


def test_closing_the_window_ends_its_kernel(visit, server, resident):
    """A window that is closed gives its kernel back, as one that moves on does."""
    resident.leave()
    page = visit()
    kernel = kernel_of(page.content())
    with page.expect_event("close"):
        page.close(run_before_unload=True)
    until(lambda: kernel not in server.kernels(), 10, lambda: "the kernel of a window that was closed still runs")
    server.await_pool()


def test_only_a_kernel_that_runs_can_be_left(server):
    """Ending a kernel takes its unguessable id; anything else changes nothing."""
    before = set(server.kernels())
    server.leave(str(uuid.uuid4()))
    assert server.get("/ivig/leave/x")[0] == 404
    assert set(server.kernels()) >= before


@pytest.mark.parametrize(
    "path",
    [
        "/voila/files/dashboard.ipynb",
        "/voila/files/conditions.csv",
        "/voila/static/voila.js",
        "/voila/templates/ivig/index.html.j2",
        "/voila/render/dashboard.ipynb",
        "/voila/api/shutdown/x",
        "/api/contents",
        "/api/kernels",
        "/api/sessions",
        "/api/kernelspecs",
        "/static/x",
        "/ivig/static/x",
        "/ivig/static/../server/app.py",
        "/ivig/static/%2e%2e/app.py",
        "/dashboard.ipynb",
        "/nowhere",
    ],
)
def test_what_is_not_ours_is_not_served(server, path):
    """Voilà's addresses for files, lab scripts and notebooks answer 404, and so does what never was."""
    status, text = server.get(path)
    assert status == 404
    assert "Traceback" not in text


def test_two_visitors_do_not_see_each_other(visit, data):
    """Every visitor has a session of their own."""
    one, other = visit("/?tab=explore"), visit("/?tab=explore")
    choose(one, "category", "Neurological")
    expect_selection(one, Selection(category=("Neurological",)), data)
    expect_selection(other, Selection(), data)


def test_none_of_thirty_visits_stalls(visit, server, resident):
    """Guards against one load in sixteen that never showed its chart (nbclient's imitation of the Output widget)."""
    resident.leave()
    times = []
    for number in range(VISITS):
        begin = time.monotonic()
        page = visit("/" if number % 2 else "/?tab=explore")
        page.wait_for_selector(".ivig-tab:not([hidden]) .main-svg")
        times.append(time.monotonic() - begin)
        visit.leave()
    assert max(times) < STALLED_S, [round(t, 1) for t in times]
    server.await_pool()
