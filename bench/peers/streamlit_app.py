"""The first view in Streamlit. Run by `streamlit run bench/peers/streamlit_app.py`."""

from __future__ import annotations

import streamlit as st

from bench import view
from ivig_explainer import Selection

st.set_page_config(page_title=view.TITLE, layout="wide")


@st.cache_resource
def show(chosen: Selection) -> view.Shown:
    """Return what is on the screen for a selection."""
    return view.show(chosen)


@st.fragment
def explore() -> None:
    """Show filters, results and card; only this part runs again when the visitor does something."""
    left, middle, right = st.columns([2, 5, 3])
    with left:
        search = st.text_input("Search", placeholder="Search a condition, synonym or ICD-10", key="search")
        chosen = {
            name: st.pills(label, list(choices), format_func=choices.get, selection_mode="multi", wrap=True, key=f"filter-{name}")
            for name, (label, choices) in view.FILTERS.items()
        }
    shown = show(view.selection(chosen, search))
    with middle:
        st.container(key="count").text(shown.count)
        st.html(f"<h3>{shown.title}</h3>")
        st.plotly_chart(shown.figure, theme=None, config={"displayModeBar": False}, key="chart")
        event = st.dataframe(
            shown.table[list(view.COLUMNS)], hide_index=True, height=600, on_select="rerun", selection_mode="single-row", key="table"
        )
    with right, st.container(key="card"):
        for row in event.selection.rows[:1]:
            if row < len(shown.table):
                st.html(view.card_of(shown.table["id"].iloc[row]))


st.title(view.TITLE)
st.html(f"{view.LEAD}<p>{view.DISCLAIMER}</p>")
explore()
