"""What stands under a picture of a chart: the notice, the data, the sources. And the chart's own numbers as CSV."""

from __future__ import annotations

from collections.abc import Sequence

from ivig_explainer.dataset import Dataset
from ivig_explainer.exports.about import NOTICE, provenance
from ivig_explainer.references import Reference

FIRST = 3


def credit(data: Dataset, references: Sequence[Reference]) -> dict:
    """Return `lines`, what is written under a picture, and `sources`, all of them in words, for the file's own description."""
    sources = [f"{reference.text} {reference.address}" for reference in references]
    first = "; ".join(reference.text.rstrip(".") for reference in references[:FIRST])
    rest = len(references) - FIRST
    more = f"; and {rest} more: see the table of sources in the Excel file of this view" if rest > 0 else ""
    cited = [f"Source{'s' * (len(references) != 1)}: {first}{more}."] if references else []
    return {"lines": [NOTICE, provenance(data), *cited], "sources": sources}
