"""The page: what a visitor is sent, with a kernel that nobody else has; or, where no more kernels fit, a page that tries again."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import tornado.web
from tornado.iostream import StreamClosedError
from voila.app import Voila
from voila.handler import BaseVoilaHandler
from voila.notebook_renderer import NotebookRenderer

from ivig_explainer.server.kernels import Full, Kernels

FAILURE = "This part of the page could not be made. Reload it, or tell whoever runs this server; their log says more."
FILL_SECONDS = 2  # the pool is filled when the visitor's browser is done, not while it asks for the CPU
PAUSE_SECONDS = 0.02
RETRY_SECONDS = (8, 15)  # a crowd does not come back all at the same moment


@dataclass(frozen=True)
class Page:
    """A kernel and the HTML that comes of running the notebook in it."""

    kernel: str
    html: AsyncIterator[str]


class Pages:
    """Opens pages. Some are warm: their notebook has run before the visitor comes."""

    def __init__(self, server: Voila, kernels: Kernels, pool: int) -> None:
        self._server = server
        self._kernels = kernels
        self._size = pool
        self._warm: dict[str, asyncio.Task] = {}  # by kernel: the task that makes the HTML
        self._filling: asyncio.Task | None = None
        kernels.when_one_ended = lambda: self.fill(FILL_SECONDS)  # there may have been no room before

    def fill(self, after: float = 0) -> None:
        """Make warm pages, one after the other, until the pool is full or no more kernels fit."""
        if self._filling is None or self._filling.done():
            self._filling = asyncio.ensure_future(self._fill(after))

    def open(self) -> Page:
        """Return a page for a visitor: a warm one, or one whose notebook is yet to run. Raises Full."""
        warm = self._take()
        if warm:
            self.fill(FILL_SECONDS)
            return warm
        kernel = self._kernels.claim()
        return Page(kernel, self._run(kernel))

    def has_room(self) -> bool:
        """Whether `open` has a page for one more visitor."""
        return self._kernels.has_room() or bool(self._warm)

    async def _fill(self, after: float) -> None:
        await asyncio.sleep(after)
        self._warm = {kernel: task for kernel, task in self._warm.items() if kernel in self._kernels.places}
        while len(self._warm) < self._size and self._kernels.has_room():
            kernel = self._kernels.claim()
            self._warm[kernel] = asyncio.ensure_future(self._collect(kernel))
            await asyncio.wait([self._warm[kernel]])
            if kernel not in self._kernels.places:
                return  # it failed, and so would the next

    def _take(self) -> Page | None:
        """Take a page from the pool; one that is still being made only where no other kernel may be started."""
        for kernel, task in list(self._warm.items()):
            if kernel not in self._kernels.places:
                del self._warm[kernel]  # it died
            elif task.done() or not self._kernels.has_room():
                del self._warm[kernel]
                return Page(kernel, _once(task))
        return None

    async def _collect(self, kernel: str) -> str:
        return "".join([text async for text in self._run(kernel)])

    async def _run(self, kernel: str) -> AsyncIterator[str]:
        """Yield the HTML while the notebook runs. Where that fails, the page says so and its kernel ends."""
        server = self._server
        try:
            renderer = NotebookRenderer(
                voila_configuration=server.voila_configuration,
                traitlet_config=server.config,
                notebook_path=Path(server.notebook_path).name,
                template_paths=server.template_paths,
                config_manager=server.config_manager,
                contents_manager=server.contents_manager,
                base_url=server.base_url,
                kernel_spec_manager=server.kernel_spec_manager,
                page_config={},
            )
            await renderer.initialize()
            starting = asyncio.ensure_future(self._kernels.launch(kernel, renderer.notebook.metadata.kernelspec.name))
            async for text, _ in renderer.generate_content_generator(kernel, starting):
                yield text
        except Exception:
            server.log.exception("A page could not be made.")
            yield f'<p class="ivig-error" role="alert">{FAILURE}</p>'
            await self._kernels.end(kernel)


async def _once(task: asyncio.Task) -> AsyncIterator[str]:
    yield await task


async def joined(parts: AsyncIterator[str]) -> AsyncIterator[str]:
    """Join parts that come without a pause, so that they are compressed and sent together."""
    waiting: list[str] = []
    while True:
        part = asyncio.ensure_future(anext(parts, None))
        done, _ = await asyncio.wait([part], timeout=PAUSE_SECONDS)
        if waiting and not done:
            yield "".join(waiting)
            waiting = []
        text = await part
        if text is None:
            break
        waiting.append(text)
    if waiting:
        yield "".join(waiting)


class PageHandler(BaseVoilaHandler):
    """The address of the page. The query belongs to the visitor's view, which the browser reads."""

    def initialize(self, pages: Pages, **options: object) -> None:
        """Take what the address was registered with."""
        super().initialize(**options)
        self._pages = pages
        self._gone = False

    def on_connection_close(self) -> None:
        """Note that the visitor did not wait."""
        self._gone = True

    @tornado.web.authenticated
    async def head(self) -> None:
        """Tell whether there is room, and take none."""
        if not self._pages.has_room():
            self._send_busy()

    @tornado.web.authenticated
    async def get(self) -> None:
        """Send the page, and what must run as it comes."""
        self.set_header("Content-Type", "text/html; charset=utf-8")
        self.set_header("Cache-Control", "no-store")
        try:
            page = self._pages.open()
        except Full:
            self._send_busy()
            return
        async for text in joined(page.html):
            await self._send(text)
        if self._gone:
            await self.kernel_manager.end(page.kernel)
        else:
            self.kernel_manager.hand_over(page.kernel)

    async def _send(self, text: str) -> None:
        if not self._gone:
            self.write(text)
            try:
                await self.flush()
            except StreamClosedError:
                self._gone = True

    def _send_busy(self) -> None:
        seconds = random.randint(*RETRY_SECONDS)
        self.set_status(503)
        self.set_header("Retry-After", str(seconds))
        resources = self.voila_configuration.config.VoilaConfiguration.resources
        self.finish(self.render_template("busy.html.j2", ivig=resources["ivig"], base_url=self.base_url, seconds=seconds))
