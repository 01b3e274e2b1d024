"""The first view in Dash, Panel and Streamlit, each set up as its own documentation advises (see bench/README.md)."""
