"""What is IVIG (intravenous immunoglobulin) used for? A cited data set and an interactive explainer of it.

>>> import ivig_explainer as ivig
>>> data = ivig.load()
>>> "cidp" in set(data.conditions["id"])
True
"""

from ivig_explainer.dataset import Dataset, load
from ivig_explainer.selection import Selection

__all__ = ["Dataset", "Selection", "load"]
__version__ = "0.1.0"
