"""Charts: a table in, a `Chart` out, that is a Plotly figure with its finding, its description and its numbers.

Pure functions: the page, a notebook, the exports and the benchmarks all draw the same picture.
"""

from ivig_explainer.charts.access import access
from ivig_explainer.charts.categories import categories
from ivig_explainer.charts.evidence import evidence
from ivig_explainer.charts.forest import forest
from ivig_explainer.charts.reactions import RANGES, reactions
from ivig_explainer.charts.reactions import studies as reaction_studies
from ivig_explainer.charts.style import Chart
from ivig_explainer.charts.tree import tree
from ivig_explainer.charts.trials import trials

__all__ = ["RANGES", "Chart", "access", "categories", "evidence", "forest", "reaction_studies", "reactions", "tree", "trials"]
