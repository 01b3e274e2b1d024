"""A server of the dashboard as a process of its own, and the kernels that it runs."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path

import psutil

POOL = 2
START_S = 90
KERNEL_FILE = re.compile(r"kernel-([0-9a-f-]{36})\.json")


@dataclass(frozen=True)
class Server:
    """A running server: its address, its process, the file that holds what it prints."""

    url: str
    process: subprocess.Popen
    log: Path

    @property
    def origin(self) -> str:
        """The start of every address that belongs to this server."""
        return self.url.rstrip("/")

    def kernels(self) -> dict[str, psutil.Process]:
        """Return the kernels that are running now, by their id."""
        found = {}
        for process in psutil.Process(self.process.pid).children(recursive=True):
            try:
                match = KERNEL_FILE.search(" ".join(process.cmdline()))
                if match and process.status() != psutil.STATUS_ZOMBIE:
                    found[match[1]] = process
            except psutil.NoSuchProcess:
                continue
        return found

    def await_pool(self, seconds: float = 60) -> None:
        """Wait until exactly the pool's kernels are running. Fails after `seconds`."""
        until(lambda: len(self.kernels()) == POOL, seconds, lambda: f"{len(self.kernels())} kernels run, the pool holds {POOL}")

    def get(self, path: str = "/", seconds: float = 60) -> tuple[int, str]:
        """Return the status and the text of an address, as they are before any script has run."""
        try:
            with urllib.request.urlopen(self.origin + path, timeout=seconds) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read().decode(errors="replace")

    def leave(self, kernel: str) -> None:
        """Give a kernel back, as a page does when its visitor leaves."""
        request = urllib.request.Request(f"{self.origin}/ivig/leave/{kernel}", data=b"", method="POST")
        urllib.request.urlopen(request, timeout=30).close()


def until(holds, seconds: float, complaint=lambda: "it did not happen") -> None:
    """Wait until `holds()` is true; fail with `complaint()` after `seconds`."""
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, f"{complaint()} (waited {seconds} s)"
        time.sleep(0.1)


def kernel_of(html: str) -> str:
    """Return the id of the kernel behind a page."""
    return json.loads(re.search(r'id="ivig-page">(.*?)</script>', html)[1])["kernel_id"]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def start(arguments: list[str], port: int, log: Path) -> Server:
    """Start `python ARGUMENTS` in a process group of its own; return it once it answers on `port`."""
    with log.open("wb") as output:
        process = subprocess.Popen([sys.executable, *arguments], stdout=output, stderr=output, start_new_session=True)
    server = Server(f"http://127.0.0.1:{port}/", process, log)
    end = time.monotonic() + START_S
    while time.monotonic() < end:
        assert process.poll() is None, f"the server ended at once:\n{log.read_text()}"
        try:
            if server.get("/ivig/static/favicon.svg", 5)[0] == 200:
                return server
        except OSError:
            time.sleep(0.2)
    stop(server)
    raise AssertionError(f"the server did not answer within {START_S} s:\n{log.read_text()}")


def stop(server: Server) -> None:
    """End the server and whatever it has started."""
    if server.process.poll() is not None:
        return
    family = psutil.Process(server.process.pid).children(recursive=True)
    os.killpg(server.process.pid, signal.SIGTERM)
    try:
        server.process.wait(20)
    except subprocess.TimeoutExpired:
        os.killpg(server.process.pid, signal.SIGKILL)
        server.process.wait(20)
    for process in psutil.wait_procs(family, timeout=5)[1]:
        process.kill()
