"""A server that is measured: its processes, what they hold in memory, what they have cost."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import psutil

ROOT = Path(__file__).parents[1]
START_S = 120
QUIET_SHARE = 0.03  # of one processor
GONE = (psutil.NoSuchProcess, psutil.AccessDenied, FileNotFoundError, ProcessLookupError)


def free_port() -> int:
    """Return a port of the loopback address that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@dataclass(frozen=True)
class Served:
    """A running server and all processes that it has started."""

    port: int
    process: subprocess.Popen

    @property
    def address(self) -> str:
        """Where the page is, with a slash at the end."""
        return f"http://127.0.0.1:{self.port}/"

    def family(self) -> list[psutil.Process]:
        """Return the server's process and everything under it that still runs."""
        root = psutil.Process(self.process.pid)
        found = []
        for process in (root, *root.children(recursive=True)):
            with suppress(*GONE):
                if process.status() != psutil.STATUS_ZOMBIE:
                    found.append(process)
        return found

    def memory(self) -> float:
        """Return the megabytes (10^6 bytes) that the family holds; what several share is divided among them (PSS)."""
        return sum(map(_pss, self.family())) / 1e6

    def cpu(self) -> float:
        """Return the seconds of processor time that the family has used, children that ended included."""
        return sum(map(_cpu, self.family()))

    def settle(self, quiet: float = 3, patience: float = 120) -> None:
        """Wait until the family has been idle for `quiet` seconds. Raises TimeoutError after `patience` seconds."""
        end = time.monotonic() + patience
        before, since = self.cpu(), time.monotonic()
        while (now := time.monotonic()) - since < quiet:
            if now > end:
                raise TimeoutError(f"the server was still busy after {patience} s")
            time.sleep(0.25)
            used = self.cpu()
            if abs(used - before) > QUIET_SHARE * quiet:  # it falls where a child ends whose parent has not asked yet
                before, since = used, time.monotonic()


def _pss(process: psutil.Process) -> int:
    with suppress(*GONE):
        for line in Path(f"/proc/{process.pid}/smaps_rollup").read_text(encoding="ascii").splitlines():
            if line.startswith("Pss:"):
                return 1024 * int(line.split()[1])
    return 0


def _cpu(process: psutil.Process) -> float:
    with suppress(*GONE):
        times = process.cpu_times()
        return times.user + times.system + times.children_user + times.children_system
    return 0.0


def ours(port: int, *options: str) -> list[str]:
    """Return the command that serves our page."""
    return [sys.executable, "-m", "ivig_explainer.cli", "serve", "--no-browser", "--port", str(port), *options]


@contextmanager
def serve(command: Sequence[str], port: int, *, ask: str = "", **environment: str) -> Iterator[Served]:
    """Run a command that serves `port` in a process group of its own; yield it once the path `ask` is answered.

    Raises RuntimeError, with what the server printed, where it ends or does not answer within `START_S`.
    """
    log = Path(os.environ.get("TMPDIR", "/tmp")) / f"ivig-bench-{port}.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            command, cwd=ROOT, stdout=output, stderr=output, start_new_session=True, env={**os.environ, **environment}
        )
    served = Served(port, process)
    try:
        _await(served, ask, log)
        yield served
    finally:
        _stop(served)
        log.unlink()


def _await(served: Served, ask: str, log: Path) -> None:
    end = time.monotonic() + START_S
    while time.monotonic() < end and served.process.poll() is None:
        with suppress(urllib.error.URLError, ConnectionError, TimeoutError):
            urllib.request.urlopen(served.address + ask, timeout=10).close()
            return
        time.sleep(0.2)
    raise RuntimeError(f"{' '.join(served.process.args)} did not serve:\n{log.read_text(encoding='utf-8', errors='replace')[-4000:]}")


def _stop(served: Served) -> None:
    """End the server; what does not end when it is asked is killed, each process by its own id."""
    if served.process.poll() is None:
        family = served.family()
        os.killpg(served.process.pid, signal.SIGTERM)
        with suppress(subprocess.TimeoutExpired):
            served.process.wait(20)
        for process in psutil.wait_procs(family, timeout=5)[1]:
            with suppress(*GONE):
                process.kill()
    served.process.wait(20)
