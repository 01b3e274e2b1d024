"""Voilà, set up for one notebook that many visitors open."""

from __future__ import annotations

import os
import shutil
import webbrowser
from pathlib import Path
from threading import Thread

from jupyter_core.utils import run_sync
from jupyter_server.base.handlers import JupyterHandler
from jupyter_server.utils import url_path_join
from tornado.ioloop import IOLoop
from traitlets import Integer, Unicode
from traitlets.config import Config
from voila.app import Voila
from voila.tornado.kernel_websocket_handler import VoilaKernelWebsocketHandler, WebsocketHandler

from ivig_explainer import prose
from ivig_explainer.app import DISCLAIMER, TITLE
from ivig_explainer.dataset import load
from ivig_explainer.server.kernels import Kernels, allow_files, visitors_that_fit
from ivig_explainer.server.pages import FAILURE, PageHandler, Pages
from ivig_explainer.server.provisioner import NAME, Zygote, can_fork
from ivig_explainer.server.static import ASSETS, AssetHandler

TEMPLATE = Path(__file__).parent / "template"
LONGEST_FOLDER = 50  # of Unix sockets: their whole path, with a kernel's id in it, may have 107 characters
CROWD_SECONDS = 180
LOOK_SECONDS = 5  # how often kernels are looked at that may be left
MESSAGE_PARTS = 6  # of a message without buffers: the ends of channel, header, parent header, metadata, content


class Server(Voila):
    """Voilà with our template in place of JupyterLab's scripts, and with our own pool of kernels."""

    pool = Integer(0, help="How many pages are kept warm").tag(config=True)
    query = Unicode(help="The query of the address at which a browser is opened").tag(config=True)

    def launch_browser(self) -> None:
        """Open a browser, where there is one; Voilà's own way needs a template that is not ours."""
        try:
            browser = webbrowser.get(self.browser or None)
        except webbrowser.Error:
            return
        address = self.connection_url + (f"?{self.query}" if self.query else "")
        Thread(target=browser.open, args=(address,), daemon=True).start()

    def setup_template_dirs(self) -> None:
        """Take the template from this package instead of Jupyter's data folders."""
        self.template_paths = [str(TEMPLATE)]
        self.static_paths = []

    def init_settings(self) -> dict:
        """Compress what is sent; `tornado_settings` arrive too late for that, the transforms are chosen before."""
        if len(self.connection_dir) > LONGEST_FOLDER:
            self.config.KernelManager.transport = "tcp"
        settings = {**super().init_settings(), "compress_response": True, "websocket_compression_options": {}}
        if can_fork():
            self.kernel_manager.zygote = Zygote(self.log)
            self.kernel_manager.zygote.start()
        else:
            self.log.warning("Kernels cannot be forked here: every visitor's kernel starts from nothing.")
        return settings

    def init_handlers(self) -> list:
        """Add our own addresses, and render with our own handler."""
        kernel = r"([0-9a-f-]{36})"
        own = [
            (url_path_join(self.server_url, r"/ivig/static/(.+)"), AssetHandler),
            (url_path_join(self.server_url, rf"/ivig/leave/{kernel}"), LeaveHandler),
        ]
        # Voilà's other addresses serve JupyterLab's scripts, themes and files beside the notebook: none is needed.
        kernels = url_path_join(self.server_url, "/api/kernels/")
        kept = [h for h in super().init_handlers() if h[0].startswith(kernels) and h[0].endswith("/channels")]
        kept = [(address, SocketHandler, *rest) for address, _, *rest in kept]
        pages = Pages(self, self.kernel_manager, self.pool)
        IOLoop.current().add_callback(pages.fill)
        page = {"voila_configuration": self.voila_configuration, "pages": pages}
        return [*own, *kept, (url_path_join(self.server_url, "/?"), PageHandler, page)]

    def stop(self) -> None:
        """End all kernels, however many, and what they were forked from."""
        if self.kernel_manager.zygote:
            self.kernel_manager.zygote.close()
        run_sync(self.kernel_manager.end_all)()
        shutil.rmtree(self.connection_dir)


class SocketHandler(VoilaKernelWebsocketHandler):
    """The websocket to a kernel. It takes comm messages and nothing else, so that a visitor cannot run code."""

    async def open(self, kernel_id: str) -> None:
        """Connect the visitor, whose kernel then stays."""
        self.kernel_manager.connected(kernel_id, self)
        await super().open(kernel_id)

    def on_close(self) -> None:
        """Note that the visitor may have gone."""
        self.kernel_manager.disconnected(self.kernel_id, self)
        super().on_close()

    def write_message(self, message: bytes | dict, binary: bool = False) -> object:
        """Send a message to the visitor.

        Voilà reads every binary message as of the newer of two protocols; one of the older would make it count to
        2**56 and the server stand still, so those go round it.
        """
        if self.selected_subprotocol is None:
            return WebsocketHandler.write_message(self, message, binary)
        return super().write_message(message, binary)

    def on_message(self, message: str | bytes) -> None:
        """Take a message of the visitor; close the connection on one that cannot be one.

        Jupyter believes the number of parts that a message says it has, and would count to 2**64 while every
        visitor waits and the memory fills.
        """
        if self.selected_subprotocol is None:
            sound = isinstance(message, str)
        else:
            sound = isinstance(message, bytes) and MESSAGE_PARTS <= int.from_bytes(message[:8], "little") < len(message) // 8
        if sound:
            super().on_message(message)
        else:
            self.close(1002, "not a message")


class LeaveHandler(JupyterHandler):
    """A page that was left gives its kernel back at once. Whoever knows a kernel's id may only end that kernel."""

    def check_xsrf_cookie(self) -> None:
        """A beacon cannot carry the token; the unguessable id is what proves the sender."""

    async def post(self, kernel_id: str) -> None:
        """End the kernel of the page."""
        await self.kernel_manager.end(kernel_id)
        self.set_status(204)


def settings(
    notebook: Path, *, ip: str, port: int, pool: int, visitors: int | None, browser: bool, base_url: str, query: str = ""
) -> Config:
    """Return Voilà's settings: quiet errors, warm kernels, at most `visitors` of them, by default as many as fit into the memory.

    Where a browser is opened, it is opened with `query` in its address.
    """
    visitors = visitors or visitors_that_fit(can_fork())
    lead = (load().folder / "prose" / "overview.md").read_text(encoding="utf-8").splitlines()[0]
    config = Config()
    config.Voila.update(
        notebook_path=str(notebook), ip=ip, port=port, port_retries=0, open_browser=browser, base_url=base_url, log_level="WARN"
    )
    config.VoilaConfiguration.update(
        template="ivig",
        show_tracebacks=False,
        allow_template_override="NO",
        allow_theme_override="NO",
        multi_kernel_manager_class=Kernels,
        resources={"ivig": {"title": TITLE, "lead": prose.render(lead, lambda _: ""), "disclaimer": DISCLAIMER, "assets": ASSETS}},
    )
    config.VoilaExecutor.cell_error_instruction = FAILURE
    # A whole lecture hall may come at once: without the second, a page whose turn is late would be sent without its content.
    config.VoilaExecutor.update(startup_timeout=CROWD_SECONDS, iopub_timeout=CROWD_SECONDS)
    config.Server.update(pool=min(pool, visitors), query=query)
    config.Kernels.update(limit=visitors, cull_idle_timeout=1, cull_interval=LOOK_SECONDS, buffer_offline_messages=False)
    if os.name == "posix":
        config.KernelManager.transport = "ipc"  # sockets in a private folder: no ports to run out of, nothing that another user could reach
    config.KernelRestarter.restart_limit = 0  # a kernel that died had the state of its page, which a new one has not
    if can_fork():
        config.KernelProvisionerFactory.default_provisioner_name = NAME
    return config


def serve(config: Config) -> None:
    """Serve the page with these `settings` until interrupted."""
    allow_files(config.Kernels.limit)
    server = Server(config=config)
    server.initialize([])
    server.start()
