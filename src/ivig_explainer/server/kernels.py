"""The kernels of all visitors: never more than fit, and none that stays when its visitor has gone."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import zmq
import zmq.asyncio
from jupyter_server.services.kernels.kernelmanager import AsyncMappingKernelManager
from tornado.ioloop import IOLoop
from tornado.websocket import WebSocketHandler
from traitlets import Float, Integer, default

from ivig_explainer.server.provisioner import Zygote

STARTS_AT_ONCE = 2 * (os.cpu_count() or 1)  # of a crowd the first are served soon, instead of all late
FILES_PER_KERNEL = 40  # sockets to the kernel, to the visitor, and while the notebook runs
CLOSED_IDLE, CLOSED_ENDED = 4000, 4001  # the codes with which client.js sees its websocket closed

RESERVE_MB = 768  # for the server, the warm process, and the machine
FORKED_MB, ORDINARY_MB = 60, 150  # of one more visitor, measured by `make load`
MOST_VISITORS = 200
UNKNOWN_MB = 4096  # where the system does not say what it has


class Full(Exception):
    """No kernel may be started now."""


@dataclass
class Place:
    """What is known of the visitor of one kernel."""

    since: float | None = None  # when the page was sent, or when its last connection closed; None while it is not out or connected
    came: bool = False
    sockets: set[WebSocketHandler] = field(default_factory=set)


class Kernels(AsyncMappingKernelManager):
    """Jupyter's manager of many kernels, with a limit to their number and its own rules for ending them."""

    limit = Integer(1, help="How many kernels may live at once").tag(config=True)
    stranger_seconds = Float(50, help="How long to wait for a page whose scripts never connect (curl, a crawler)").tag(config=True)
    gone_seconds = Float(30, help="How long to wait for a page that lost its connection; it tries three times in 6 s").tag(config=True)
    idle_seconds = Float(20 * 60, help="How long a page may stay open unused").tag(config=True)

    def __init__(self, **options: object) -> None:
        super().__init__(**options)
        self.zygote: Zygote | None = None
        self.places: dict[str, Place] = {}
        self.when_one_ended: Callable[[], None] = lambda: None
        self._ending: set[str] = set()
        self._starts = asyncio.Semaphore(STARTS_AT_ONCE)

    @default("context")
    def _default_context(self) -> zmq.asyncio.Context:
        self._created_context = True
        context = zmq.asyncio.Context()
        context.set(zmq.MAX_SOCKETS, max(1023, self.limit * FILES_PER_KERNEL))
        return context

    def has_room(self) -> bool:
        """Whether one more kernel may be started."""
        return len(self.places) < self.limit

    def claim(self) -> str:
        """Return the id of a kernel that may be started, and count it from now on. Raises Full."""
        if not self.has_room():
            raise Full
        kernel_id = self.new_kernel_id()
        self.places[kernel_id] = Place()
        return kernel_id

    async def launch(self, kernel_id: str, kernel_name: str) -> object:
        """Start a kernel that was claimed; return its manager."""
        try:
            async with self._starts:
                await self.start_kernel(kernel_id=kernel_id, kernel_name=kernel_name, path="")
        except BaseException:
            self.places.pop(kernel_id, None)
            raise
        return self.get_kernel(kernel_id)

    def hand_over(self, kernel_id: str) -> None:
        """Start waiting for the page that was sent with this kernel."""
        place = self.places.get(kernel_id)
        if place and not place.came:
            place.since = time.monotonic()

    def connected(self, kernel_id: str, socket: WebSocketHandler) -> None:
        """Note a connection of the visitor."""
        place = self.places.get(kernel_id)
        if place:
            place.sockets.add(socket)
            place.came, place.since = True, None

    def disconnected(self, kernel_id: str, socket: WebSocketHandler) -> None:
        """Note that a connection of the visitor closed."""
        place = self.places.get(kernel_id)
        if place:
            place.sockets.discard(socket)
            if not place.sockets:
                place.since = time.monotonic()

    async def end(self, kernel_id: str) -> None:
        """End a kernel at once, if it is there and nobody else ends it already."""
        if kernel_id in self and kernel_id not in self._ending:
            self._ending.add(kernel_id)
            try:
                await self.shutdown_kernel(kernel_id, now=True)
            finally:
                self._ending.discard(kernel_id)

    async def end_all(self) -> None:
        """End all kernels at once, whatever becomes of any of them."""
        await asyncio.gather(*(self.end(kernel_id) for kernel_id in list(self._kernels)), return_exceptions=True)

    async def cull_kernel_if_idle(self, kernel_id: str) -> None:
        """End a kernel that its visitor has left, or has not used for long."""
        place = self.places.get(kernel_id)
        if place is None or self._is_left(place):
            await self.end(kernel_id)
        elif place.came and self._idle_for(kernel_id) > self.idle_seconds:
            self._close(place, CLOSED_IDLE)
            await self.end(kernel_id)

    def remove_kernel(self, kernel_id: str) -> object:
        """Forget a kernel that has ended, and let its page know."""
        place = self.places.pop(kernel_id, None)
        if place:
            self._close(place, CLOSED_ENDED)
            self.when_one_ended()
        return super().remove_kernel(kernel_id)

    def _handle_kernel_died(self, kernel_id: str) -> None:
        """Clear up after a kernel that ended by itself."""
        self.stop_watching_activity(kernel_id)
        kernel = self.get_kernel(kernel_id)
        super()._handle_kernel_died(kernel_id)
        IOLoop.current().add_callback(kernel.cleanup_resources)

    def _is_left(self, place: Place) -> bool:
        """Whether the visitor has gone without saying so."""
        wait = self.gone_seconds if place.came else self.stranger_seconds
        return place.since is not None and time.monotonic() - place.since > wait

    def _idle_for(self, kernel_id: str) -> float:
        return (datetime.now(UTC) - self.get_kernel(kernel_id).last_activity).total_seconds()

    def _close(self, place: Place, code: int) -> None:
        for socket in place.sockets:
            IOLoop.current().add_callback(socket.close, code)  # after what Jupyter itself has to tell the page
        place.sockets.clear()


def visitors_that_fit(forked: bool) -> int:
    """Return how many kernels the memory holds that is free now, up to `MOST_VISITORS`: what a visitor takes differs where kernels fork."""
    return max(2, min(MOST_VISITORS, (_free_mb() - RESERVE_MB) // (FORKED_MB if forked else ORDINARY_MB)))


def _free_mb() -> int:
    """Return the memory that is free: what Linux says, or else half of all there is; in a container no more than it may use."""
    free = UNKNOWN_MB << 20
    with suppress(AttributeError, ValueError):
        free = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2
    with suppress(OSError):
        lines = Path("/proc/meminfo").read_text(encoding="ascii").splitlines()
        free = 1024 * next(int(line.split()[1]) for line in lines if line.startswith("MemAvailable:"))
    with suppress(OSError, ValueError):  # the file holds "max" where there is no limit
        free = min(free, int(Path("/sys/fs/cgroup/memory.max").read_text(encoding="ascii")))
    return free >> 20


def allow_files(kernels: int) -> None:
    """Let this process open as many files as so many kernels need, as far as the system allows and has such a limit."""
    try:
        import resource
    except ImportError:
        return
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = max(soft, 1024 + kernels * FILES_PER_KERNEL)
    wanted = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    if soft != resource.RLIM_INFINITY:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
