"""What a kernel costs: run `python bench/kernels.py`. It prints figures and asserts nothing.

Kernels are started one after the other, forked from the warm process and ordinary. Each runs what the page's notebook runs. Timed are the
start until the kernel answers, and the notebook. Its memory is what the proportional set size (PSS) of all processes grows by.
"""

from __future__ import annotations

import asyncio
import logging
import statistics
import tempfile
import time
from pathlib import Path

import psutil
from traitlets.config import Config

from ivig_explainer.server.kernels import Kernels
from ivig_explainer.server.provisioner import NAME, Zygote

ROUNDS = 8
NOTEBOOK = "from ivig_explainer.app import Dashboard\nDashboard()"


def held() -> float:
    """Return the megabytes (PSS) that the processes under this one hold."""
    total = 0
    for process in psutil.Process().children(recursive=True):
        rollup = Path(f"/proc/{process.pid}/smaps_rollup").read_text(encoding="ascii")
        total += next(int(line.split()[1]) for line in rollup.splitlines() if line.startswith("Pss:"))
    return total / 1024


async def cost(kernels: Kernels) -> tuple[float, float, float]:
    """Start one kernel; return the seconds until it answers, those that the notebook takes, and its megabytes."""
    before = held()
    begin = time.perf_counter()
    manager = await kernels.launch(kernels.claim(), "python3")
    client = manager.client()
    client.start_channels()
    await client.wait_for_ready(timeout=60)
    ready = time.perf_counter()
    await client.execute_interactive(NOTEBOOK, store_history=False, output_hook=lambda _: None)
    ran = time.perf_counter()
    client.stop_channels()
    return ready - begin, ran - ready, held() - before


async def measure(forked: bool) -> None:
    """Print the figures of forked or of ordinary kernels."""
    config = Config()
    config.Kernels.limit = ROUNDS + 1
    config.KernelManager.transport = "ipc"
    if forked:
        config.KernelProvisionerFactory.default_provisioner_name = NAME
    with tempfile.TemporaryDirectory() as folder:
        kernels = Kernels(config=config, connection_dir=folder)
        if forked:
            kernels.zygote = Zygote(logging.getLogger())
        await cost(kernels)  # the first waits for the warm process, or reads files that are in no cache yet
        rounds = [await cost(kernels) for _ in range(ROUNDS)]
        if forked:
            kernels.zygote.close()
        await kernels.end_all()
    ready, ran, megabytes = (statistics.median(column) for column in zip(*rounds, strict=True))
    name = "forked" if forked else "ordinary"
    print(f"{name:9} ready after {ready:5.2f} s   notebook {ran:5.2f} s   one more holds {megabytes:4.0f} MB   (medians of {ROUNDS})")


def main() -> None:
    """Print the figures of both."""
    for forked in (True, False):
        asyncio.run(measure(forked))


if __name__ == "__main__":
    main()
