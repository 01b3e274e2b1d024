"""Forked kernels: nothing is shared between two of them, nothing is left of them, and ordinary ones take their place where need be."""

from __future__ import annotations

import logging
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from ivig_explainer.server import provisioner
from ivig_explainer.server.provisioner import COMMAND, TRIES, can_fork

from .running import Running, running

pytestmark = pytest.mark.skipif(not can_fork(), reason="kernels are forked on Linux, with the package's entry points installed")


def until(holds, seconds: float = 20) -> bool:
    """Whether `holds()` comes true in time."""
    end = time.monotonic() + seconds
    while not holds() and time.monotonic() < end:
        time.sleep(0.05)
    return holds()


def handles(process: psutil.Process) -> set[str]:
    """Return the sockets, pipes and files that a process has open, but for the null device and what it prints to."""
    targets = {}
    for handle in Path(f"/proc/{process.pid}/fd").iterdir():
        targets[int(handle.name)] = str(handle.readlink())
    return {target for number, target in targets.items() if number > 2 and not target.startswith("anon_inode")}


@pytest.fixture(scope="module")
def these() -> Iterator[Running]:
    """Forked kernels, which the tests of one module share."""
    with running() as kernels:
        yield kernels


@pytest.fixture(scope="module")
def two(these) -> tuple[str, str]:
    """Two kernels of the same warm process, in the order in which they were started."""
    return these.start(), these.start()


class TestAForkedKernel:
    def test_it_is_forked_and_can_be_told_by_its_name(self, these, two):
        """It is a child of the warm process, and its command line names its connection file."""
        for kernel in two:
            assert these.is_forked(kernel)
            assert f"kernel-{kernel}.json" in " ".join(these.process(kernel).cmdline())

    def test_it_finds_everything_imported(self, these, two):
        """The page's modules are there before the notebook asks for them."""
        assert these.run(two[0], "import sys; print('pandas' in sys.modules, 'ivig_explainer.app' in sys.modules)") == "True True"

    def test_it_has_no_widget_of_the_warming_up(self, these, two):
        """What was built to warm up is gone: no widget, and no comm."""
        assert (
            these.run(
                two[0],
                "import comm; from ipywidgets.widgets import widget; print(len(widget._instances), len(comm.get_comm_manager().comms))",
            )
            == "0 0"
        )

    def test_it_cannot_be_debugged(self, these, two):
        """No debugger is loaded, which would also cost 40 MB."""
        assert these.run(two[0], "import sys; print(sys.modules.get('debugpy'), 'pydevd' in sys.modules)") == "None False"

    def test_it_leads_a_session_of_its_own(self, these, two):
        """As with an ordinary kernel, a signal to its process group reaches nobody else."""
        pids = [these.process(kernel).pid for kernel in two]
        assert [os.getsid(pid) for pid in pids] == [os.getpgid(pid) for pid in pids] == pids

    def test_it_has_the_environment_and_the_folder_of_its_start(self, these, tmp_path):
        """It has exactly the variables that it was started with, and works in the folder that was named."""
        kernel = these.start(env=dict(os.environ, IVIG_TEST="one"), path="")
        assert these.run(kernel, "import os; print(os.environ['IVIG_TEST'])") == "one"
        assert "MALLOC_ARENA_MAX" in os.environ or these.run(kernel, "print('MALLOC_ARENA_MAX' in os.environ)") == "False"
        assert these.run(kernel, "print(os.getcwd())") == str(Path(these.kernels.root_dir).resolve())
        these.do(these.kernels.end(kernel))

    def test_it_can_be_interrupted(self, these, two):
        """SIGINT ends what a cell does, and the kernel lives on."""
        alarm = "import _thread, os, signal, threading, time\nthreading.Timer(0.5, lambda: os.kill(os.getpid(), signal.SIGINT)).start()\n"
        assert these.run(two[0], alarm + "time.sleep(60)") == "KeyboardInterrupt"
        assert these.run(two[0], "print(1)") == "1"

    def test_memory_that_runs_out_takes_it_first(self, these, two):
        """Linux ends a visitor's kernel before the server or the warm process."""
        scores = [
            int(Path(f"/proc/{pid}/oom_score_adj").read_text())
            for pid in (these.process(two[0]).pid, these.kernels.zygote.pid, os.getpid())
        ]
        assert scores[0] > max(scores[1:])


class TestIsolation:
    def test_state_is_not_shared(self, these, two):
        """What one kernel changes in modules, tables, variables and the environment, the other does not see."""
        change = (
            "import os, sys, ivig_explainer, ivig_explainer.app as app\nmine = 1\nos.environ['MINE'] = '1'\nivig_explainer.mine = 1\n"
            "app.TITLE = 'mine'\nivig_explainer.load().conditions.iloc[:, :] = None\nos.chdir('/')"
        )
        assert these.run(two[0], change) == ""
        look = (
            "import os, ivig_explainer, ivig_explainer.app as app\n"
            "print('mine' in globals(), 'MINE' in os.environ, hasattr(ivig_explainer, 'mine'), app.TITLE == 'mine', "
            "bool(ivig_explainer.load().conditions.isna().all(axis=None)), os.getcwd() == '/')"
        )
        assert these.run(two[1], look) == " ".join(["False"] * 6)
        assert these.run(these.start(), look) == " ".join(["False"] * 6)

    def test_random_numbers_are_not_shared(self, these, two):
        """Every source of random numbers and names gives each kernel its own."""
        code = (
            "import random, numpy, uuid, tempfile, secrets, multiprocessing as mp, os\n"
            "print(random.random(), numpy.random.random(), numpy.random.default_rng().random(), uuid.uuid4(), uuid.uuid1(), "
            "next(tempfile._get_candidate_names()), secrets.token_hex(), os.urandom(8).hex(), mp.current_process().authkey.hex(), "
            "get_ipython().kernel.session.session, get_ipython().kernel.ident, get_ipython().kernel.session.key)"
        )
        one, other = (these.run(kernel, code).split() for kernel in two)
        assert len(one) == len(other) == 12
        assert not set(one) & set(other)

    def test_open_files_are_not_shared(self, these, two):
        """No socket, pipe or file is open in two kernels, or in a kernel and the warm process."""
        zygote = psutil.Process(these.kernels.zygote.pid)
        one, other, first = (handles(process) for process in (*map(these.process, two), zygote))
        assert one
        assert not one & other
        assert not (one | other) & first
        assert {str(Path(f"/proc/{these.process(kernel).pid}/fd/0").readlink()) for kernel in two} == {os.devnull}


class TestTheEnd:
    def test_an_ended_kernel_leaves_nothing(self, these):
        """No process, not even a zombie, no connection file and no socket stays."""
        kernel = these.start()
        process = these.process(kernel)
        assert list(these.folder.glob(f"*{kernel}*"))
        these.do(these.kernels.end(kernel))
        assert until(lambda: not psutil.pid_exists(process.pid))
        assert not list(these.folder.glob(f"*{kernel}*"))

    @pytest.mark.parametrize(("end", "code"), [("os._exit(3)", 3), ("os.kill(os.getpid(), 9)", -9)])
    def test_the_exit_code_is_known(self, these, end, code):
        """The server is not the parent, and yet learns how a kernel ended."""
        kernel = these.start()
        manager = these.kernels.get_kernel(kernel)
        client = manager.client()
        client.start_channels()
        these.do(client.wait_for_ready())
        client.execute(f"import os; {end}")
        assert these.do(manager.provisioner.wait()) == code
        client.stop_channels()

    def test_the_kernels_end_with_the_warm_process(self):
        """Where the warm process is killed its kernels go, it leaves no zombie, and the next kernel is forked from a new one."""
        with running() as kernels:
            kernel = kernels.start()
            pids = [kernels.process(kernel).pid, kernels.kernels.zygote.pid]
            psutil.Process(pids[1]).kill()
            assert kernels.do(kernels.kernels.get_kernel(kernel).provisioner.wait()) == -9
            assert until(lambda: not psutil.pid_exists(pids[1]))
            assert until(lambda: not psutil.pid_exists(pids[0]) or psutil.Process(pids[0]).status() == psutil.STATUS_ZOMBIE)
            assert kernels.is_forked(kernels.start())


class TestFallBack:
    @pytest.mark.parametrize(
        "command",
        [["false"], ["no-such-command"], [sys.executable, "-c", "import time; time.sleep(60)"]],
        ids=["ends", "is missing", "does not answer"],
    )
    def test_a_broken_warm_process_costs_no_visitor_his_page(self, command, caplog):
        """An ordinary kernel starts instead, a warning says so, and after some tries no further is made."""
        with caplog.at_level(logging.WARNING), running(command, patience=1) as kernels:
            for _ in range(TRIES + 1):
                kernel = kernels.start()
                assert not kernels.is_forked(kernel)
            assert kernels.run(kernel, "import ivig_explainer; print('it works')") == "it works"
        warnings = [record.message for record in caplog.records if "could not be forked" in record.message]
        assert len(warnings) == TRIES

    def test_without_a_warm_process_kernels_are_ordinary(self):
        """Where forking is not possible there is no warm process, and kernels start as Jupyter starts them."""
        with running(None) as kernels:
            kernel = kernels.start()
            assert kernels.process(kernel).ppid() == os.getpid()
            assert kernels.run(kernel, "print('it works')") == "it works"

    def test_another_program_is_started_as_it_asks(self, these):
        """Only `ipykernel_launcher` of this Python is forked; any other command is run as it stands."""
        kernel = these.kernels.claim()
        manager, _, _ = these.kernels.pre_start_kernel("python3", {"kernel_id": kernel})
        manager.kernel_spec.argv[0] = "/usr/bin/env"
        manager.kernel_spec.argv.insert(1, sys.executable)
        these.do(manager.start_kernel(kernel_id=kernel))
        assert psutil.Process(manager.provisioner.pid).ppid() == os.getpid()
        these.do(manager.shutdown_kernel(now=True))
        these.kernels.remove_kernel(kernel)


@pytest.mark.parametrize("missing", ["fork", "pidfd_open"])
def test_forking_takes_what_linux_has(monkeypatch, missing):
    """Where the system lacks a call that forking needs, no attempt is made."""
    monkeypatch.delattr(os, missing)
    assert not provisioner.can_fork()
    assert COMMAND[0] == sys.executable
