"""The process that kernels are forked from: it has imported and computed once what every visitor's kernel needs.

Forking takes some milliseconds and shares the memory of what is there already (pandas, Plotly, the tables), so a kernel is ready much
sooner than one that starts from nothing, and a visitor costs a fraction of the memory. `provisioner.Zygote` starts this module with a
socket as its standard input. Messages are JSON, one a packet:

    server  {"number": 1, "arguments": [...], "env": {...}, "cwd": "..."}     fork a kernel
    zygote  {"number": 1, "pid": 123}  or  {"number": 1, "error": "..."}      the answer
    zygote  {"ended": 123, "code": 0}                                         later, when that kernel has ended

It ends when the server's end of the socket closes, however the server went, and its kernels end with it.
A fork copies one thread only and shares every open file, so until then there must be one thread and no other file: `_prove_alone` looks.

Two kernels share no state that either can change. What they do have in common is the random seed of Python's string hashing, which
a process can choose only when it starts.
"""

from __future__ import annotations

import atexit
import ctypes
import gc
import json
import os
import random
import select
import signal
import socket
import sys
from collections.abc import Iterable
from contextlib import suppress
from importlib import import_module
from pathlib import Path

MESSAGE_BYTES = 1 << 20
PR_SET_PDEATHSIG = 1
KILL_FIRST = "800"  # where memory runs out, one visitor's kernel goes before the server and this process
# What a kernel imports while it starts and while it runs.
MODULES = (
    "IPython.core.completerlib",
    "IPython.core.debugger",
    "IPython.core.oinspect",
    "IPython.extensions.storemagic",
    "encodings.ascii",
    "encodings.idna",
    "encodings.latin_1",
    "ipykernel.debugger",
    "ipykernel.kernelapp",
    "ipywidgets.embed",
    "psutil",
    "tornado.platform.asyncio",
    "tornado.queues",
)
# No history database, no copy of what C libraries print, no watching for a parent that `_end_with` watches already: each costs threads.
LEAN = {
    "HistoryManager": {"enabled": False},
    "IPCompleter": {"use_jedi": False},
    "IPKernelApp": {"capture_fd_output": False, "parent_handle": 1},
}


def main() -> None:
    """Fork kernels until the server has gone. In a kernel, be that kernel."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    control = socket.socket(fileno=os.dup(0))
    _null_input()
    _warm()
    _prove_alone(control)
    request = _serve(control)
    if request:
        _run_kernel(request["arguments"])


def _warm() -> None:
    """Import everything and build every part of the page once, then put it away."""
    sys.modules["debugpy"] = None  # a debugger would cost each kernel 40 MB, and nobody may debug
    for name in MODULES:
        import_module(name)

    from ipywidgets import Widget

    from ivig_explainer.app import Dashboard
    from ivig_explainer.view import CHARTS, TABS

    page = Dashboard()
    page._repr_mimebundle_()
    for chart in CHARTS:
        page.session.change(tab="explore", chart=chart, condition=page.session.data.conditions["id"].iloc[0])
    for tab in TABS:
        page.session.change(tab=tab)
    del page
    Widget.close_all()
    gc.collect()
    gc.disable()  # a collection would write to, and so copy, the memory that is shared
    gc.freeze()


def _prove_alone(control: socket.socket) -> None:
    """Refuse to fork where a kernel would inherit a thread or a file of somebody else."""
    threads = len(list(Path("/proc/self/task").iterdir()))
    files = {int(path.name) for path in Path("/proc/self/fd").iterdir()} - {0, 1, 2, control.fileno()}
    files = {number for number in files if _is_open(number)}  # without the one that listed them
    if threads > 1 or files:
        raise SystemExit(f"kernels cannot be forked: {threads} threads, open files {sorted(files)}")


def _is_open(number: int) -> bool:
    try:
        os.fstat(number)
    except OSError:
        return False
    return True


def _serve(control: socket.socket) -> dict | None:
    """Fork a kernel at every request. Return the request in that kernel, and nothing once the server has gone."""
    zygote = os.getpid()
    kernels: dict[int, int] = {}  # the handle that tells when a kernel ends: its process
    events = select.poll()
    events.register(control, select.POLLIN)
    while True:
        for source, _ in events.poll():
            if source in kernels:
                events.unregister(source)
                os.close(source)
                pid, status = os.waitpid(kernels.pop(source), 0)
                _tell(control, ended=pid, code=os.waitstatus_to_exitcode(status))
                continue
            message = control.recv(MESSAGE_BYTES)
            if not message:
                _end(kernels.values())
                return None
            request = json.loads(message)
            try:
                pid = os.fork()
            except OSError as error:
                _tell(control, number=request["number"], error=str(error))
                continue
            if pid == 0:
                control.detach()  # or it would close its number one day, whatever file that then is
                _end_with(zygote)
                _become_kernel(request)
                return request
            handle = os.pidfd_open(pid)
            kernels[handle] = pid
            events.register(handle, select.POLLIN)
            _tell(control, number=request["number"], pid=pid)


def _end(kernels: Iterable[int]) -> None:
    """End all kernels, and leave none of them behind as a zombie where no init would take it away."""
    for pid in kernels:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)


def _tell(control: socket.socket, **message: object) -> None:
    with suppress(OSError):
        control.send(json.dumps(message).encode())  # where it fails, the server has gone, and the next look at the socket tells so


def _become_kernel(request: dict) -> None:
    """Give a forked process all that a process of its own has: session, files, environment, folder, signals, random numbers."""
    os.setsid()
    os.closerange(3, os.sysconf("SC_OPEN_MAX"))
    os.environ.clear()
    os.environ.update(request["env"])
    os.chdir(request["cwd"])
    signal.signal(signal.SIGINT, signal.default_int_handler)
    random.seed()
    if "numpy.random" in sys.modules:
        sys.modules["numpy.random"].seed()
    if "multiprocessing.process" in sys.modules:
        sys.modules["multiprocessing.process"].current_process().authkey = os.urandom(32)
    Path("/proc/self/oom_score_adj").write_text(KILL_FIRST)
    sys.argv = ["ipykernel_launcher", *request["arguments"]]
    _show_as(Path(request["arguments"][-1]).name)
    gc.enable()


def _end_with(parent: int) -> None:
    """Have Linux end this process when its parent ends, which may have happened already."""
    ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)


def _null_input() -> None:
    null = os.open(os.devnull, os.O_RDONLY)
    os.dup2(null, 0)
    os.close(null)


def _show_as(text: str) -> None:
    """Let `ps` tell kernels apart, by the name of their connection file: write over the command line that this process was started with."""
    fields = Path("/proc/self/stat").read_text().rpartition(")")[2].split()
    start, end = int(fields[45]), int(fields[46])  # arg_start and arg_end, the 48th and 49th of proc(5); two come before ")"
    ctypes.memset(start, 0, end - start)
    ctypes.memmove(start, text.encode(), min(len(text.encode()), end - start - 1))


def _run_kernel(arguments: list[str]) -> None:
    """Run a kernel as `python -m ipykernel_launcher ARGUMENTS` does, and end this process with it."""
    from ipykernel.kernelapp import IPKernelApp
    from traitlets.config import Config

    code: object = 1
    try:
        app = IPKernelApp.instance(config=Config(LEAN))
        app.initialize(arguments)
        app.start()
        code = 0
    except SystemExit as end:
        code = end.code
    except BaseException:
        sys.__excepthook__(*sys.exc_info())
    atexit._run_exitfuncs()
    os._exit(code if isinstance(code, int) else 1)  # taking all modules down would copy the shared memory, only to give it back


if __name__ == "__main__":
    main()
