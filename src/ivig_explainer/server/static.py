"""Our static files: compressed once, cached by browsers for good, because every address holds its content's hash."""

from __future__ import annotations

import gzip
import hashlib
from functools import cache
from pathlib import Path

import tornado.web

from ivig_explainer.widgets.base import stylesheet
from ivig_explainer.widgets.plot import PLOTLY

OWN = Path(__file__).parent / "template" / "static"
FILES = {
    "client.js": (OWN / "client.js").read_bytes(),
    "favicon.svg": (OWN / "favicon.svg").read_bytes(),
    "ivig.css": stylesheet().encode(),
    "plotly.js": PLOTLY.read_bytes(),
}
TYPES = {".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8", ".svg": "image/svg+xml"}
YEAR = 365 * 24 * 3600


ASSETS = {name: f"ivig/static/{name}?v={hashlib.sha256(content).hexdigest()[:12]}" for name, content in FILES.items()}


@cache
def _compressed(name: str) -> bytes:
    return gzip.compress(FILES[name], 9)


class AssetHandler(tornado.web.RequestHandler):
    """Send one of `FILES`."""

    def get(self, name: str) -> None:
        """Send the file, compressed where the browser can read that."""
        if name not in FILES:
            raise tornado.web.HTTPError(404)
        self.set_header("Content-Type", TYPES[Path(name).suffix])
        self.set_header("Cache-Control", f"public, max-age={YEAR}, immutable")
        self.set_header("X-Content-Type-Options", "nosniff")
        self.set_header("Vary", "Accept-Encoding")
        if "gzip" in self.request.headers.get("Accept-Encoding", ""):
            self.set_header("Content-Encoding", "gzip")
            self.write(_compressed(name))
        else:
            self.write(FILES[name])
