"""The way to hand a view on."""

from __future__ import annotations

import traitlets

from ivig_explainer.widgets.base import Widget, code


class Share(Widget):
    """A button that unfolds the address of the present view, to be copied or scanned.

    The action "code" brings an address and asks for its QR code. `code` is the answer: {address, svg, fine}, where `fine`
    means that it is hard to scan from afar, or {address, fault} where it has none.
    """

    _esm = code("share.js")
    code = traitlets.Dict().tag(sync=True)
