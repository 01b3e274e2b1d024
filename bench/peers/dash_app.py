"""The first view in Dash. Run by gunicorn: `gunicorn bench.peers.dash_app:server`."""

from __future__ import annotations

from pathlib import Path

from cachelib import SimpleCache
from dash import Dash, Input, Output, callback, dcc, html
from dash_ag_grid import AgGrid
from flask import Flask, Request

from bench import view
from ivig_explainer.widgets.plot import PLOTLY

ASSETS = Path(__file__).parent / "dash_assets"


def lean_plotly() -> None:
    """Put our own build of plotly.js among the assets: Dash then leaves its own, of 4.6 MB, alone."""
    module, _, name = PLOTLY.read_text(encoding="utf-8").rpartition("export{")
    assert name.rstrip().endswith(" as default};"), "plotly.min.js does not end as a module of one export"
    ASSETS.mkdir(exist_ok=True)
    (ASSETS / "plotly.js").write_text(f"(() => {{{module};window.Plotly={name.split(' ')[0]}}})();", encoding="utf-8")


def request_key(request: Request) -> str:
    """Return what tells a compressed answer from another: the address, and what was asked there."""
    return f"{request.full_path}{request.get_data(as_text=True)}"


lean_plotly()
server = Flask(__name__)
server.config.update(COMPRESS_CACHE_KEY=request_key, COMPRESS_CACHE_BACKEND=SimpleCache)
app = Dash(__name__, server=server, title=view.TITLE, update_title="", compress=True, assets_folder=str(ASSETS))

everything = view.show(view.selection({}, ""))
app.layout = html.Div(
    [
        html.H1(view.TITLE),
        dcc.Markdown(view.LEAD, dangerously_allow_html=True),
        html.P(view.DISCLAIMER),
        dcc.Input(id="search", type="search", placeholder="Search a condition, synonym or ICD-10", debounce=True),
        html.Div(
            [
                html.Div(
                    [
                        html.Fieldset(
                            [
                                html.Legend(label),
                                dcc.Checklist(id=f"filter-{name}", options=[{"value": v, "label": t} for v, t in choices.items()]),
                            ]
                        )
                        for name, (label, choices) in view.FILTERS.items()
                    ]
                ),
                html.Div(
                    [
                        html.P(everything.count, id="count"),
                        html.H3(everything.title, id="title"),
                        dcc.Graph(id="chart", figure=everything.figure, config={"displayModeBar": False}),
                        AgGrid(
                            id="table",
                            columnDefs=[{"field": column, "flex": 1} for column in view.COLUMNS],
                            rowData=everything.table.to_dict("records"),
                            getRowId="params.data.id",
                            dashGridOptions={"animateRows": False},
                        ),
                    ]
                ),
                dcc.Markdown("", id="card", dangerously_allow_html=True),
            ],
            style={"display": "grid", "gridTemplateColumns": "16rem 1fr 22rem", "gap": "1rem"},
        ),
    ]
)


@callback(
    Output("count", "children"),
    Output("title", "children"),
    Output("chart", "figure"),
    Output("table", "rowData"),
    Input("search", "value"),
    {name: Input(f"filter-{name}", "value") for name in view.FILTERS},
    prevent_initial_call=True,
)
def select(search: str | None, chosen: dict[str, list[str] | None]) -> tuple:
    """Show what the filters and the search ask for."""
    shown = view.show(view.selection(chosen, search))
    return shown.count, shown.title, shown.figure, shown.table.to_dict("records")


@callback(Output("card", "children"), Input("table", "cellClicked"), prevent_initial_call=True)
def open_card(cell: dict | None) -> str:
    """Open the card of the row that was clicked."""
    return view.card_of(cell["rowId"] if cell else "")
