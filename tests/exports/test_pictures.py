"""A picture of a chart made without a page explains itself as the page's own does."""

from __future__ import annotations

import shutil
from xml.etree import ElementTree

import pytest

from ivig_explainer.app import perform_alone
from ivig_explainer.exports.about import NOTICE
from ivig_explainer.exports.pictures import picture
from ivig_explainer.scenes import Lecture, Scene

pytest.importorskip("kaleido", reason="the extra `pictures` is optional")
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
SVG = "{http://www.w3.org/2000/svg}"


@pytest.mark.skipif(CHROMIUM is None, reason="kaleido draws in a Chromium")
def test_a_picture_has_finding_legend_notice_and_sources(data, monkeypatch):
    """The SVG holds them as text, the chart inside; the PNG is the same at twice the size."""
    monkeypatch.setenv("BROWSER_PATH", CHROMIUM)
    [chart] = perform_alone(data, Lecture(scenes=(Scene("tab=explore&category=Neurological", "chart:categories"),))).slides[0].pictures
    root = ElementTree.fromstring(picture(data, chart, "svg"))
    said = " ".join(element.text or "" for element in root.iter(f"{SVG}text"))
    assert chart.title in said
    assert NOTICE in said
    assert {label for label, _ in chart.legend} <= {element.text for element in root.iter(f"{SVG}text")}
    assert root.find(f"{SVG}desc").text.count("http") >= len(chart.references)
    drawn = picture(data, chart, "png")
    assert int.from_bytes(drawn[16:20]) == 2 * int(root.get("width"))
