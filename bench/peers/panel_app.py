"""The first view in Panel. Run by `panel serve bench/peers/panel_app.py`."""

from __future__ import annotations

import panel as pn

from bench import view

pn.extension("plotly", "tabulator")


def counted(shown: view.Shown) -> str:
    """Return the line that counts, as HTML."""
    return f'<p class="peer-count">{shown.count}</p>'


def app() -> pn.viewable.Viewable:
    """Return the page of one visitor."""
    everything = view.show(view.selection({}, ""))
    search = pn.widgets.TextInput(placeholder="Search a condition, synonym or ICD-10", css_classes=["peer-search"])
    filters = {
        name: pn.widgets.CheckBoxGroup(options={text: value for value, text in choices.items()}, css_classes=[f"peer-filter-{name}"])
        for name, (_, choices) in view.FILTERS.items()
    }
    count = pn.pane.HTML(counted(everything))
    title = pn.pane.HTML(f"<h3>{everything.title}</h3>")
    chart = pn.pane.Plotly(everything.figure, config={"displayModeBar": False, "responsive": True}, sizing_mode="stretch_width")
    table = pn.widgets.Tabulator(
        everything.table,
        show_index=False,
        hidden_columns=["id"],
        disabled=True,
        height=600,
        sizing_mode="stretch_width",
        layout="fit_columns",
    )
    card = pn.pane.HTML("", width=350)

    @pn.io.hold()
    def select(*_: object) -> None:
        """Show what the filters and the search ask for."""
        shown = view.show(view.selection({name: group.value for name, group in filters.items()}, search.value))
        count.object, title.object = counted(shown), f"<h3>{shown.title}</h3>"
        chart.object, table.value = shown.figure, shown.table

    def open_card(event) -> None:
        """Open the card of the row that was clicked."""
        card.object = f'<div class="peer-card">{view.card_of(table.value["id"].iloc[event.row])}</div>'

    for control in (search, *filters.values()):
        control.param.watch(select, "value")
    table.on_click(open_card)
    choices = [part for name, group in filters.items() for part in (pn.pane.HTML(f"<b>{view.FILTERS[name][0]}</b>"), group)]
    return pn.Column(
        pn.pane.HTML(f"<h1>{view.TITLE}</h1>{view.LEAD}<p>{view.DISCLAIMER}</p>", sizing_mode="stretch_width"),
        search,
        pn.Row(pn.Column(*choices, width=250), pn.Column(count, title, chart, table, sizing_mode="stretch_width"), card),
        sizing_mode="stretch_width",
    )


app().servable(title=view.TITLE)
