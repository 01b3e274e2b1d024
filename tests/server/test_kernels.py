"""The number of kernels, and when each of them ends."""

from __future__ import annotations

import asyncio

import pytest

from ivig_explainer.server import kernels
from ivig_explainer.server.kernels import Full, visitors_that_fit

from .running import Running, running


class Socket:
    """A visitor's websocket, as far as a kernel's end concerns it."""

    def __init__(self) -> None:
        self.code: int | None = None

    def close(self, code: int) -> None:
        self.code = code


@pytest.fixture(scope="module")
def all_kernels():
    """Kernels that are ended as soon as they are found idle or left. At most three."""
    with running(limit=3, stranger_seconds=0, gone_seconds=0) as some:
        yield some


@pytest.fixture
def these(all_kernels):
    """The same for one test: none is running, and any that nobody uses is idle."""
    all_kernels.kernels.idle_seconds = 0
    yield all_kernels
    all_kernels.do(all_kernels.kernels.end_all())
    all_kernels.kernels.places.clear()


def look(these: Running, kernel: str) -> None:
    """Let time pass, and let the manager look after a kernel."""
    these.do(asyncio.sleep(0.01))
    these.do(these.kernels.cull_kernel_if_idle(kernel))
    these.do(asyncio.sleep(0.01))


class TestTheLimit:
    def test_fifty_at_the_same_moment(self, these):
        """However many come at once, no more kernels are started than the limit allows, and one that ends makes room for one."""

        async def come() -> str:
            kernel = these.kernels.claim()
            await these.kernels.launch(kernel, "python3")
            return kernel

        async def crowd() -> list:
            return await asyncio.gather(*(come() for _ in range(50)), return_exceptions=True)

        came = these.do(crowd())
        served = [kernel for kernel in came if isinstance(kernel, str)]
        assert len(served) == 3
        assert all(isinstance(refused, Full) for refused in came if refused not in served)
        assert set(these.kernels.list_kernel_ids()) == set(served)
        these.do(these.kernels.end(served[0]))
        assert these.kernels.has_room()
        these.kernels.claim()
        with pytest.raises(Full):
            these.kernels.claim()

    def test_a_kernel_that_does_not_start_takes_no_place(self, these):
        """What fails is not counted."""
        with pytest.raises(Exception, match="no-such-kernel"):
            these.do(these.kernels.launch(these.kernels.claim(), "no-such-kernel"))
        assert these.kernels.places == {}

    def test_ending_a_kernel_twice_is_no_fault(self, these):
        """A page that says goodbye while its kernel is being ended changes nothing."""
        kernel = these.start()

        async def both() -> None:
            await asyncio.gather(these.kernels.end(kernel), these.kernels.end(kernel))

        these.do(both())
        these.do(these.kernels.end(kernel))
        assert these.kernels.places == {}


class TestTheEndOfAVisit:
    def test_a_warm_kernel_stays(self, these):
        """A kernel that no visitor has yet is not ended, however long it waits."""
        kernel = these.start()
        look(these, kernel)
        assert kernel in these.kernels

    def test_a_page_that_never_connects_is_given_up(self, these):
        """The kernel of a visitor without scripts is ended once its page was sent."""
        kernel = these.start()
        these.kernels.hand_over(kernel)
        look(these, kernel)
        assert kernel not in these.kernels
        assert these.kernels.has_room()

    def test_a_connected_page_keeps_its_kernel(self, these):
        """A connection that opened before the last of the page was sent counts, and while it is open nobody has left."""
        these.kernels.idle_seconds = 60
        kernel = these.start()
        these.kernels.connected(kernel, Socket())
        these.kernels.hand_over(kernel)
        look(these, kernel)
        assert kernel in these.kernels

    def test_a_page_that_lost_its_connection_is_given_up(self, these):
        """The kernel is ended when the last connection has closed, not before."""
        these.kernels.idle_seconds = 60
        kernel, one, other = these.start(), Socket(), Socket()
        for socket in (one, other):
            these.kernels.connected(kernel, socket)
        these.kernels.disconnected(kernel, one)
        look(these, kernel)
        assert kernel in these.kernels
        these.kernels.disconnected(kernel, other)
        look(these, kernel)
        assert kernel not in these.kernels

    def test_a_page_that_nobody_uses_is_ended_and_told_why(self, these):
        """The websocket of a tab left open closes with the code that has the page say that it was idle."""
        kernel, socket = these.start(), Socket()
        these.kernels.connected(kernel, socket)
        look(these, kernel)
        assert kernel not in these.kernels
        assert socket.code == kernels.CLOSED_IDLE

    def test_the_end_of_a_kernel_is_told(self, these):
        """The websocket of a page closes when its kernel ends for any other reason, too."""
        kernel, socket = these.start(), Socket()
        these.kernels.connected(kernel, socket)
        these.do(these.kernels.end(kernel))
        these.do(asyncio.sleep(0.01))
        assert socket.code == kernels.CLOSED_ENDED


class TestHowManyFit:
    def test_more_fit_where_kernels_are_forked(self, monkeypatch):
        """The number follows from the memory that is free, and from what a visitor takes."""
        monkeypatch.setattr(kernels, "_free_mb", lambda: kernels.RESERVE_MB + 10 * kernels.ORDINARY_MB)
        assert visitors_that_fit(forked=False) == 10
        assert visitors_that_fit(forked=True) == 10 * kernels.ORDINARY_MB // kernels.FORKED_MB

    @pytest.mark.parametrize(("free", "fit"), [(0, 2), (10**9, kernels.MOST_VISITORS)])
    def test_it_has_bounds(self, monkeypatch, free, fit):
        """A small machine still serves two, and a large one no more than is tested."""
        monkeypatch.setattr(kernels, "_free_mb", lambda: free)
        assert visitors_that_fit(forked=True) == fit

    def test_the_memory_of_this_machine_is_read(self):
        """There is some, and not more than a petabyte."""
        assert 64 < kernels._free_mb() < 2**30
