"""Voilà, set up for one notebook that many visitors open."""

from __future__ import annotations

from pathlib import Path

from jupyter_core.utils import ensure_async
from jupyter_server.base.handlers import JupyterHandler
from jupyter_server.utils import url_path_join
from traitlets.config import Config
from voila.app import Voila
from voila.tornado.handler import TornadoVoilaHandler
from voila.tornado.kernel_websocket_handler import VoilaKernelWebsocketHandler, WebsocketHandler

from ivig_explainer import prose
from ivig_explainer.app import DISCLAIMER, TITLE
from ivig_explainer.dataset import load
from ivig_explainer.server.static import ASSETS, AssetHandler

TEMPLATE = Path(__file__).parent / "template"
IDLE_SECONDS = 20 * 60
MESSAGE_PARTS = 6  # of a message without buffers: the ends of channel, header, parent header, metadata, content
ERROR = "This part of the page could not be made. Reload it, or tell whoever runs this server; their log says more."


class Server(Voila):
    """Voilà with our template in place of JupyterLab's scripts."""

    def setup_template_dirs(self) -> None:
        """Take the template from this package instead of Jupyter's data folders."""
        self.template_paths = [str(TEMPLATE)]
        self.static_paths = []

    def init_settings(self) -> dict:
        """Compress what is sent; `tornado_settings` arrive too late for that, the transforms are chosen before."""
        return {**super().init_settings(), "compress_response": True, "websocket_compression_options": {}}

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
        page = {
            "notebook_path": Path(self.notebook_path).name,
            "template_paths": self.template_paths,
            "config": self.config,
            "voila_configuration": self.voila_configuration,
        }
        return [*own, *kept, (url_path_join(self.server_url, "/?"), PageHandler, page)]


class PageHandler(TornadoVoilaHandler):
    """The page. Its address belongs to the visitor's view, so it chooses neither Voilà's template nor its theme."""

    def should_use_rendered_notebook(self, notebook_data: dict, pool_size: int, *_: object) -> bool:
        """Use a warm kernel whenever there is one, also where the address says `theme=dark`."""
        return pool_size > 0 and bool(notebook_data)

    def get_argument(self, name: str, *args: object, **kwargs: object) -> str | None:
        """Keep `template` and `theme` of the address from Voilà."""
        return None if name in ("template", "theme") else super().get_argument(name, *args, **kwargs)


class SocketHandler(VoilaKernelWebsocketHandler):
    """The websocket to a kernel. It takes comm messages and nothing else, so that a visitor cannot run code."""

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
        if kernel_id in self.kernel_manager:
            await ensure_async(self.kernel_manager.shutdown_kernel(kernel_id, now=True))
        self.set_status(204)


def settings(notebook: Path, *, ip: str, port: int, pool: int, browser: bool, base_url: str) -> Config:
    """Return Voilà's settings: quiet errors, warm kernels, idle kernels culled also where a tab was left open."""
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
        preheat_kernel=pool > 0,
        default_pool_size=pool,
        resources={"ivig": {"title": TITLE, "lead": prose.render(lead, lambda _: ""), "disclaimer": DISCLAIMER, "assets": ASSETS}},
    )
    config.VoilaExecutor.cell_error_instruction = ERROR
    config.MappingKernelManager.update(cull_idle_timeout=IDLE_SECONDS, cull_interval=30, cull_connected=True, buffer_offline_messages=False)
    config.VoilaKernelManager.fill_delay = 2
    return config


def serve(notebook: Path, **options: object) -> None:
    """Serve `notebook` until interrupted. Options are those of `settings`."""
    server = Server(config=settings(notebook, **options))
    server.initialize([])
    server.start()
