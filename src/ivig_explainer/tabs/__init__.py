"""The tabs of the page, one module each: `build(session)` returns the widget that shows the tab.

A tab's module is imported when the tab is first opened, so that a visitor waits for no tab but his own.
"""

from __future__ import annotations

from functools import partial
from importlib import import_module
from typing import TYPE_CHECKING

from ivig_explainer.view import TABS

if TYPE_CHECKING:
    from ivig_explainer.app import Session
    from ivig_explainer.widgets.base import Widget


def _build(tab: str, session: Session) -> Widget:
    return import_module(f"{__name__}.{tab}").build(session)


TAB_BUILDERS = {tab: partial(_build, tab) for tab in TABS}
