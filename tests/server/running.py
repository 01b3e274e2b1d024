"""Kernels without a server, for tests that run code in them."""

from __future__ import annotations

import asyncio
import logging
import shutil
import tempfile
from collections.abc import Awaitable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
from traitlets.config import Config

from ivig_explainer.server.kernels import Kernels
from ivig_explainer.server.provisioner import COMMAND, NAME, PATIENCE_S, Zygote, can_fork

SECONDS = 90


class Running:
    """A manager of kernels in a folder of its own, with the loop that it lives in."""

    def __init__(self, command: list[str] | None = COMMAND, patience: float = PATIENCE_S, **rules: object) -> None:
        self.loop = asyncio.new_event_loop()
        self.folder = Path(tempfile.mkdtemp(prefix="ivig-"))  # a test's own folder has too long a path for a Unix socket
        config = Config()
        config.Kernels.update({"limit": 10, **rules})
        config.KernelManager.transport = "ipc"
        config.KernelRestarter.restart_limit = 0
        if can_fork():
            config.KernelProvisionerFactory.default_provisioner_name = NAME
        self.kernels = self.do(self._manager(config))
        if command:
            self.kernels.zygote = Zygote(logging.getLogger("test"), command, patience)

    async def _manager(self, config: Config) -> Kernels:
        return Kernels(config=config, connection_dir=str(self.folder))

    def do(self, task: Awaitable) -> object:
        """Wait for a task of the loop."""
        return self.loop.run_until_complete(asyncio.wait_for(task, SECONDS))

    def start(self, **options: object) -> str:
        """Start a kernel that was claimed; return its id once it answers. `options` are those of Jupyter's `start_kernel`."""
        kernel = self.kernels.claim()
        if options:
            self.do(self.kernels.start_kernel(kernel_id=kernel, kernel_name="python3", **options))
        else:
            self.do(self.kernels.launch(kernel, "python3"))
        return kernel

    def run(self, kernel: str, code: str) -> str:
        """Run code in a kernel; return what it printed, or the name of its error."""
        return self.do(self._run(kernel, code))

    async def _run(self, kernel: str, code: str) -> str:
        client = self.kernels.get_kernel(kernel).client()
        client.start_channels()
        printed = []
        try:
            await client.wait_for_ready(timeout=SECONDS)
            reply = await client.execute_interactive(
                code, store_history=False, output_hook=lambda message: printed.append(message["content"].get("text", ""))
            )
        finally:
            client.stop_channels()
        content = reply["content"]
        return "".join(printed).strip() if content["status"] == "ok" else content["ename"]

    def process(self, kernel: str) -> psutil.Process:
        """Return the process of a kernel."""
        return psutil.Process(self.kernels.get_kernel(kernel).provisioner.pid)

    def is_forked(self, kernel: str) -> bool:
        """Whether the kernel is a child of the warm process."""
        zygote = self.kernels.zygote
        return bool(zygote and zygote.pid and self.process(kernel).ppid() == zygote.pid)

    def end(self) -> None:
        """End everything."""
        if self.kernels.zygote:
            self.kernels.zygote.close()
        self.do(self.kernels.end_all())
        self.kernels.context.destroy(linger=0)
        self.loop.close()
        shutil.rmtree(self.folder)


@contextmanager
def running(command: list[str] | None = COMMAND, **options: object) -> Iterator[Running]:
    """Run kernels for as long as the block takes."""
    these = Running(command, **options)
    try:
        yield these
    finally:
        these.end()
