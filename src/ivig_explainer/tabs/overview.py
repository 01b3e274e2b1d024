"""Overview: the answer to the title's question, the data in numbers, and the article's own table."""

from __future__ import annotations

from dataclasses import replace
from html import escape
from typing import TYPE_CHECKING

from ivig_explainer import charts, grading, prose
from ivig_explainer.dataset import Dataset
from ivig_explainer.glossary import explain
from ivig_explainer.references import References
from ivig_explainer.tabs.drawing import draw
from ivig_explainer.tabs.saving import save_sheet, sheet_button
from ivig_explainer.view import View
from ivig_explainer.widgets import Markup, Plot

if TYPE_CHECKING:
    from ivig_explainer.app import Session

ARTICLE_CATEGORIES = ("Immunodeficiency", "Neurological", "Haematological")


def build(session: Session) -> Markup:
    """Return the tab."""
    data = session.data
    plot = Plot()
    page = Markup(html=_page(data), css_class="ivig-overview", children={"chart": plot})

    def redraw() -> None:
        chart = charts.categories(data.conditions, grading.grade(data), session.theme)
        evidence = grading.sources(data, data.conditions["id"])
        draw(plot, replace(chart, sources=tuple(dict.fromkeys(evidence + chart.sources))), data)

    def act(action: str, value: str) -> None:
        view = session.view
        if action == "open":
            session.change(tab="explore", condition=value)
        elif action == "choose":
            session.show(View(tab="explore", theme=view.theme, text=view.text))
            session.select(category=(value.removeprefix("category:"),))
        elif action == "sheet":
            save_sheet(session, "")
        elif action == "explore":
            session.show(View(tab="explore", theme=view.theme, text=view.text))

    session.listen(lambda old, new: redraw() if old == new else None)
    page.on_action(act)
    plot.on_action(act)
    redraw()
    return page


def _page(data: Dataset) -> str:
    references = References(data, "source-overview")
    answer = (data.folder / "prose" / "overview.md").read_text(encoding="utf-8")
    return (
        f'<div class="ivig-answer"><h2>In short</h2>{explain(prose.render(answer, references.cite), data)}'
        '<p><button type="button" class="ivig-primary" data-action="explore">'
        f"Explore all {len(data.conditions)} conditions</button> {sheet_button()}</p></div>"
        f"{_key_numbers(data)}"
        f'<section class="ivig-overview-table"><h2>The uses that everybody meets first</h2>{_article_table(data)}</section>'
        '<section class="ivig-overview-chart"><h2>And how sure we are</h2><div data-slot="chart"></div></section>'
        f'<section class="ivig-overview-sources"><h2>Sources of this page</h2>{references.listing()}</section>'
    )


def _key_numbers(data: Dataset) -> str:
    """Return what the tables hold, counted now, never typed."""
    levels = grading.grade(data)
    current = data.statuses[~data.statuses["historical"].astype(bool)]
    licensed = current[(current["jurisdiction"] == "US") & (current["status"] == "licensed")]
    numbers = [
        (len(data.conditions), "conditions in which IVIG is given, was tried, or is named by a national list"),
        (int(levels.isin(["strong", "moderate"]).sum()), "of them backed by randomised evidence in favour"),
        (int((levels == "no-benefit").sum()), "in which controlled studies found no benefit"),
        (licensed["condition"].nunique(), "licensed in the United States"),
        (len(data.regimens), "dose schedules from labels, guidelines and trials"),
        (len(data.sources), "sources behind the tables"),
    ]
    items = "".join(f"<li><strong>{size:,}</strong> {text}</li>" for size, text in numbers)
    return f'<ul class="ivig-numbers">{items}</ul>'


def _article_table(data: Dataset) -> str:
    """Return the article's table, its conditions leading to their cards."""
    named = data.conditions[data.conditions["article_part"].map(lambda parts: "table" in parts)]
    rows = "".join(
        f'<tr><th scope="row">{category}</th><td>{_links(named[named["category"] == category])}</td></tr>'
        for category in ARTICLE_CATEGORIES
    )
    head = '<tr><th scope="col">Category</th><th scope="col">Common conditions treated</th></tr>'
    return f"<table><thead>{head}</thead><tbody>{rows}</tbody></table>"


def _links(conditions) -> str:
    return "; ".join(
        f'<a href="?tab=explore&amp;condition={c.id}" data-action="open" data-value="{c.id}">{escape(c.name)}</a>'
        for c in conditions.itertuples()
    )
