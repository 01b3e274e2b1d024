"""Kernels that are forked from one warm process (`zygote.py`), and ordinary ones where that is not possible."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
from contextlib import suppress
from importlib.metadata import entry_points
from logging import Logger
from pathlib import Path

from jupyter_client.provisioning import LocalProvisioner

from ivig_explainer.server.zygote import MESSAGE_BYTES

NAME = "ivig-fork-provisioner"  # its entry point in pyproject.toml
COMMAND = [sys.executable, "-m", "ivig_explainer.server.zygote"]
LAUNCHER = "ipykernel_launcher"  # the module that a zygote can stand in for
ENVIRONMENT = {"MALLOC_ARENA_MAX": "2", "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}  # one thread, little memory
TRIES = 3
END_S = 5
PATIENCE_S = 120  # a zygote warms up within a second, or within many where a lecture hall starts at once


def can_fork() -> bool:
    """Whether kernels can be forked here: on Linux, with this package installed as it declares itself."""
    linux = sys.platform == "linux" and hasattr(os, "fork") and hasattr(os, "pidfd_open")
    return linux and bool(entry_points(group="jupyter_client.kernel_provisioners", name=NAME))


class ForkError(Exception):
    """A kernel could not be forked."""


class Forked:
    """A forked kernel, with what `LocalProvisioner` uses of `subprocess.Popen`. The zygote tells when it has ended."""

    stdin = stdout = stderr = None

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self.returncode: int | None = None

    def poll(self) -> int | None:
        """Return the exit code once the kernel has ended."""
        return self.returncode

    wait = poll  # `LocalProvisioner` calls it when `poll` has told the code

    def send_signal(self, number: int) -> None:
        """Send a signal to a kernel that runs."""
        if self.returncode is None:
            os.kill(self.pid, number)

    def terminate(self) -> None:
        """Ask the kernel to end."""
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """End the kernel."""
        self.send_signal(signal.SIGKILL)


class Zygote:
    """The server's side of the warm process. It starts when first needed, again when it was lost, and ends with `close`."""

    def __init__(self, log: Logger, command: list[str] = COMMAND, patience: float = PATIENCE_S) -> None:
        self._log = log
        self._command = command
        self._patience = patience
        self._process: subprocess.Popen | None = None
        self._socket: socket.socket | None = None
        self._failures = 0
        self.closed = False
        self._kernels: dict[int, Forked] = {}
        self._answer: asyncio.Future | None = None
        self._number = 0  # of the request that is being answered
        self._turn = asyncio.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None

    @property
    def pid(self) -> int | None:
        """The process, where there is one now."""
        return self._process and self._process.pid

    def start(self) -> None:
        """Start warming up. It is not needed, but the first kernel is there sooner."""
        if self._process:
            return
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        try:
            self._process = subprocess.Popen(self._command, stdin=theirs, env=os.environ | ENVIRONMENT, start_new_session=True)
        except OSError:
            ours.close()
            raise
        finally:
            theirs.close()
        ours.setblocking(False)
        self._socket = ours

    async def fork(self, arguments: list[str], env: dict[str, str], cwd: str) -> Forked:
        """Return a new kernel with these arguments of `ipykernel_launcher`. Raises ForkError, at once after `TRIES` failures in a row."""
        async with self._turn:
            if self._failures == TRIES:
                raise ForkError("the warm process failed too often")
            try:
                self.start()
                kernel = await asyncio.wait_for(self._ask({"arguments": arguments, "env": env, "cwd": cwd}), self._patience)
            except (OSError, TimeoutError) as error:
                self._failures += 1
                self._lose()
                if not self.closed:
                    self._log.warning("A kernel could not be forked, failure %d of %d: %s", self._failures, TRIES, error or "no answer")
                raise ForkError(str(error)) from error
            self._failures = 0
            return kernel

    def close(self) -> None:
        """End the process and all kernels that it forked."""
        self.closed = True
        self._failures = TRIES
        if self._process:
            self._socket.shutdown(socket.SHUT_RDWR)  # which it takes as the sign to end its kernels and itself
            with suppress(subprocess.TimeoutExpired):
                self._process.wait(END_S if self._kernels else 0)
            self._lose()

    async def _ask(self, request: dict) -> Forked:
        """Return the kernel that the zygote forks. Raises OSError where the process is gone, ForkError where it could not."""
        self._loop = asyncio.get_running_loop()
        self._loop.add_reader(self._socket, self._hear)
        self._answer = self._loop.create_future()
        self._number += 1
        await self._loop.sock_sendall(self._socket, json.dumps(request | {"number": self._number}).encode())
        return await self._answer

    def _hear(self) -> None:
        """Take in one message."""
        try:
            message = json.loads(self._socket.recv(MESSAGE_BYTES) or "null")
        except OSError:
            message = None
        if message is None:
            self._log.warning("The warm process ended, and the kernels forked from it with it.")
            self._lose()
        elif "ended" in message:
            self._kernels.pop(message["ended"]).returncode = message["code"]
        elif "pid" in message:
            kernel = self._kernels[message["pid"]] = Forked(message["pid"])
            if message["number"] == self._number and not self._answer.done():
                self._answer.set_result(kernel)
            else:
                kernel.kill()  # nobody waits for it any more
        else:
            self._log.warning("A kernel could not be forked: %s", message["error"])
            if not self._answer.done():
                self._answer.set_exception(ForkError(message["error"]))

    def _lose(self) -> None:
        """Put away the process, which takes its kernels with it."""
        if self._process is None:
            return
        if self._loop:
            self._loop.remove_reader(self._socket)
        self._socket.close()
        self._process.kill()
        self._process.wait()
        self._process = None
        for kernel in self._kernels.values():
            kernel.returncode = -signal.SIGKILL
        self._kernels.clear()
        if self._answer and not self._answer.done():
            self._answer.set_exception(ConnectionError("the warm process ended"))


class ForkProvisioner(LocalProvisioner):
    """Forks a kernel from the zygote of its kernel manager's `Kernels`; starts an ordinary one where there is none, or it fails."""

    async def launch_kernel(self, cmd: list[str], **kwargs: object) -> dict:
        """Start a kernel with the command of its kernel specification; return how to connect to it."""
        zygote = getattr(self.parent.parent, "zygote", None)
        if zygote is None or cmd[0] != sys.executable or LAUNCHER not in cmd:
            return await super().launch_kernel(cmd, **kwargs)
        arguments = cmd[cmd.index(LAUNCHER) + 1 :]
        cwd = str(kwargs.get("cwd") or Path.cwd())
        try:
            self.process = await zygote.fork(arguments, dict(kwargs.get("env") or os.environ), cwd)
        except ForkError:
            if zygote.closed:
                raise
            return await super().launch_kernel(cmd, **kwargs)
        self.pid = self.pgid = self.process.pid  # it leads a process group of its own
        self.cwd = cwd
        return self.connection_info
