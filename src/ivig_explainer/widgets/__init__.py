"""Our own small widgets: each a Python class and, beside it, the `.js` file that draws it. They know no data set."""

from ivig_explainer.widgets.address import Address
from ivig_explainer.widgets.choices import Choices
from ivig_explainer.widgets.facets import Facets
from ivig_explainer.widgets.form import Form
from ivig_explainer.widgets.frame import Frame
from ivig_explainer.widgets.grid import Grid
from ivig_explainer.widgets.markup import Markup
from ivig_explainer.widgets.plot import Plot
from ivig_explainer.widgets.presenter import Presenter
from ivig_explainer.widgets.search import Search
from ivig_explainer.widgets.share import Share
from ivig_explainer.widgets.storyboard import Storyboard
from ivig_explainer.widgets.table import Table

__all__ = ["Address", "Choices", "Facets", "Form", "Frame", "Grid", "Markup", "Plot", "Presenter", "Search", "Share", "Storyboard", "Table"]
