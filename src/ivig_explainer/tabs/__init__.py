"""The tabs of the page, one module each: `build(session)` returns the widget that shows the tab."""

from ivig_explainer.tabs import explore, overview

TAB_BUILDERS = {"overview": overview.build, "explore": explore.build}
