"""A lecture hall: run `make load`. Many visitors open the page at once and change filters for two minutes.

No browser is needed: a visitor gets the page, opens the websocket to its kernel as the page's own script does, asks for
the tab Explore, and then chooses filters. Each new count is held against the one that the tables give.
What is measured is saved in `bench/results/load.json` and printed.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import re
import statistics
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache

from jupyter_server.services.kernels.connection.base import deserialize_msg_from_ws_v1, serialize_msg_to_ws_v1
from tornado.httpclient import AsyncHTTPClient, HTTPError, HTTPRequest
from tornado.websocket import WebSocketClientConnection, WebSocketClosedError, websocket_connect

from bench.served import ROOT, Served, free_port, ours, serve
from ivig_explainer import Selection, load
from ivig_explainer.selection import FILTERS

RESULTS = ROOT / "bench" / "results" / "load.json"
SUBPROTOCOL = "v1.kernel.websocket.jupyter.org"
PAGE_S = 600  # how long a visitor waits for the page, turned away or not
ANSWER_S = 60
THINKING_S = (2, 5)  # between two changes
GOODBYE_S = 60  # after which no kernel of a visitor who left may run
STATE = re.compile(r'<script type="application/json" class="ivig-state">(.*?)</script>', re.DOTALL)
PAGE = re.compile(r'<script type="application/json" id="ivig-page">(.*?)</script>', re.DOTALL)
COUNT = re.compile(r'class="ivig-count">(\d+) of \d+')


class Failure(Exception):
    """A visitor did not get what a browser would have got."""


@dataclass
class Tally:
    """What visitors have met. Times in seconds."""

    ready: list[float] = field(default_factory=list)
    answers: list[float] = field(default_factory=list)
    turned_away: int = 0
    errors: list[str] = field(default_factory=list)


class Visitor:
    """One page without a browser."""

    def __init__(self, address: str, seed: int, tally: Tally) -> None:
        self._address = address
        self._random = random.Random(seed)
        self._tally = tally
        self._session = uuid.uuid4().hex
        self._models: dict[str, str] = {}  # the id of the widget of each class
        self._settled = False
        self._count = -1
        self._socket: WebSocketClientConnection
        self._kernel = ""

    async def stay(self, until: asyncio.Event, *, farewell: bool) -> None:
        """Come, change filters until told to go, go. A failure is noted and ends the stay."""
        try:
            await self._arrive()
            while not until.is_set():
                await self._change()
                await _wait(until, self._random.uniform(*THINKING_S))
        except (Failure, HTTPError, OSError, WebSocketClosedError, TimeoutError) as error:
            self._tally.errors.append(f"{type(error).__name__}: {error}")
        finally:
            await self._leave(farewell)

    async def _arrive(self) -> None:
        start = time.perf_counter()
        html = await self._get(start + PAGE_S)
        self._kernel = json.loads(_only(PAGE, html))["kernel_id"]
        for model, widget in json.loads(_only(STATE, html))["state"].items():
            self._meet(model, widget["state"])
        path = f"api/kernels/{self._kernel}/channels?session_id={self._session}"
        request = HTTPRequest(
            self._address.replace("http", "ws") + path, headers={"Origin": self._address.rstrip("/")}, connect_timeout=ANSWER_S
        )
        self._socket = await websocket_connect(request, subprotocols=[SUBPROTOCOL], compression_options={}, max_message_size=2**26)
        await self._send("Address", {"method": "custom", "content": {"action": "ask", "value": "?tab=explore"}})
        everything = len(load().conditions)
        await self._hear(lambda: self._settled and self._count == everything and "Facets" in self._models)
        self._tally.ready.append(time.perf_counter() - start)

    async def _get(self, end: float) -> str:
        """Return the page; where the server says that it is full, try again when it says."""
        while True:
            try:
                answer = await AsyncHTTPClient().fetch(self._address, request_timeout=PAGE_S, connect_timeout=PAGE_S)
                return answer.body.decode()
            except HTTPError as refusal:
                if refusal.code != 503 or time.perf_counter() > end:
                    raise
                self._tally.turned_away += 1
                await asyncio.sleep(int(refusal.response.headers.get("Retry-After", 5)))

    async def _change(self) -> None:
        """Choose other filters and wait for the count that belongs to them."""
        chosen, expected = self._random.choice([choice for choice in _choices() if choice[1] != self._count])
        start = time.perf_counter()
        await self._send("Facets", {"method": "update", "state": {"chosen": chosen}, "buffer_paths": []})
        await self._hear(lambda: self._count == expected)
        self._tally.answers.append(time.perf_counter() - start)

    async def _send(self, widget: str, data: dict) -> None:
        header = {
            "msg_id": uuid.uuid4().hex,
            "msg_type": "comm_msg",
            "session": self._session,
            "username": "",
            "date": datetime.now(UTC).isoformat(),
            "version": "5.3",
        }
        content = {"comm_id": self._models[widget], "data": data}
        message = {"header": header, "parent_header": {}, "metadata": {}, "content": content}
        await self._socket.write_message(serialize_msg_to_ws_v1(message, "shell", lambda part: json.dumps(part).encode()), binary=True)

    async def _hear(self, enough) -> None:
        """Take in messages until `enough()`. Raises Failure where the kernel fails or the connection ends."""
        async with asyncio.timeout(ANSWER_S):
            while not enough():
                message = await self._socket.read_message()
                if message is None:
                    raise Failure("the server closed the connection")
                _, (header, _, _, content, *_) = deserialize_msg_from_ws_v1(message)
                self._take(json.loads(header)["msg_type"], json.loads(content))

    def _take(self, kind: str, content: dict) -> None:
        if kind == "error":
            raise Failure(f"the kernel met {content.get('ename')}: {content.get('evalue')}")
        if kind in ("comm_open", "comm_msg"):
            self._meet(content["comm_id"], content["data"].get("state", {}))

    def _meet(self, model: str, state: dict) -> None:
        """Learn from the state of a widget, whole or in part."""
        if "_anywidget_id" in state:
            self._models[state["_anywidget_id"].rpartition(".")[2]] = model
        if count := COUNT.search(state.get("html", "")):
            self._count = int(count[1])
        self._settled |= state.get("settled", False)

    async def _leave(self, farewell: bool) -> None:
        """Close the page; a browser also says farewell, unless it loses its network or its power."""
        if farewell and self._kernel:
            try:
                await AsyncHTTPClient().fetch(f"{self._address}ivig/leave/{self._kernel}", method="POST", body="", request_timeout=ANSWER_S)
            except (HTTPError, OSError) as error:
                self._tally.errors.append(f"leaving: {error}")
        if hasattr(self, "_socket"):
            self._socket.close()


def _only(pattern: re.Pattern, html: str) -> str:
    found = pattern.search(html)
    if not found:
        raise Failure(f"a page without {pattern.pattern[:60]}")
    return found[1]


async def _wait(event: asyncio.Event, seconds: float) -> None:
    try:
        await asyncio.wait_for(event.wait(), seconds)
    except TimeoutError:
        return


@cache
def _choices() -> list[tuple[dict[str, list[str]], int]]:
    """Return choices of filters, as the widget Facets sends them, and how many conditions each shows."""
    return [(_chosen(selection), len(selection.apply(load()))) for selection in _selections()]


def _selections() -> Iterator[Selection]:
    """Yield one selection for each choice of each filter, and each category beside each level of evidence."""
    yield from (Selection(**{name: (value,)}) for name, (_, choices) in FILTERS.items() for value in choices)
    for category in FILTERS["category"][1]:
        yield from (Selection(category=(category,), evidence=(level,)) for level in FILTERS["evidence"][1])


def _chosen(selection: Selection) -> dict[str, list[str]]:
    return {name: list(getattr(selection, name)) for name in FILTERS}


async def fill(served: Served, visitors: int, seconds: float, *, farewell: bool) -> dict:
    """Let visitors come at once, stay `seconds` from when the last one is ready, and go; return what was measured."""
    AsyncHTTPClient.configure(None, max_clients=visitors + 1, defaults={"decompress_response": True})
    tally, until = Tally(), asyncio.Event()
    processes, memory = len(served.family()), served.memory()
    stays = [asyncio.create_task(Visitor(served.address, number, tally).stay(until, farewell=farewell)) for number in range(visitors)]
    while len(tally.ready) + len(tally.errors) < visitors:
        await asyncio.sleep(0.2)
    tally.answers.clear()  # of those who came first, while the others were still coming
    cpu, start = served.cpu(), time.perf_counter()
    await asyncio.sleep(seconds / 2)
    held = (served.memory() - memory) / visitors
    await asyncio.sleep(seconds / 2)
    spent = (served.cpu() - cpu) / (time.perf_counter() - start)
    until.set()
    await asyncio.gather(*stays)
    await asyncio.sleep(GOODBYE_S)
    return {
        "visitors": visitors,
        "seconds": seconds,
        "farewell": farewell,
        "ready_s": _spread(tally.ready),
        "answer_s": _spread(tally.answers),
        "answers": len(tally.answers),
        "turned_away": tally.turned_away,
        "errors": tally.errors,
        "memory_mb_per_visitor": round(held, 1),
        "server_processors_used": round(spent, 2),
        "processes_left_over": len(served.family()) - processes,
    }


def _spread(times: list[float]) -> dict[str, float]:
    """Return median, 95th percentile and longest of some times; nothing where there is none."""
    if not times:
        return {}
    p95 = statistics.quantiles(times, n=20, method="inclusive")[-1] if len(times) > 1 else times[0]
    return {"median": round(statistics.median(times), 3), "p95": round(p95, 3), "longest": round(max(times), 3)}


def main() -> None:
    """Run it; end with exit code 1 where a visitor met an error or a process was left over."""
    parser = argparse.ArgumentParser(prog="make load", description=__doc__.splitlines()[0])
    parser.add_argument("--visitors", type=int, default=100, help="how many come at once (default: %(default)s)")
    parser.add_argument("--seconds", type=float, default=120, help="how long they stay (default: %(default)s)")
    parser.add_argument("--pool", type=int, default=2, help="kernels that are warm before they come (default: %(default)s)")
    parser.add_argument("--vanish", action="store_true", help="visitors go without saying farewell")
    options = parser.parse_args()
    port = free_port()
    with serve(ours(port, "--pool", str(options.pool)), port, ask="ivig/static/favicon.svg") as served:
        served.settle()
        measured = asyncio.run(fill(served, options.visitors, options.seconds, farewell=not options.vanish))
    text = json.dumps({"date": datetime.now(UTC).isoformat(timespec="minutes"), "pool": options.pool, **measured}, indent=2)
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(text + "\n", encoding="utf-8")
    print(text)
    if measured["errors"] or measured["processes_left_over"] > 0:
        raise SystemExit(1)


if __name__ == "__main__":
    main()
