"""A handout is one file that asks for nothing and cannot be broken by what it holds."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser

from ivig_explainer.app import perform_alone
from ivig_explainer.exports.about import NOTICE
from ivig_explainer.exports.handout import handout
from ivig_explainer.scenes import Lecture, Scene


def page(data, *scenes: Scene, **options) -> str:
    return handout(data, perform_alone(data, Lecture("test", "A </title> test", scenes)), **options).content.decode()


class Scripts(HTMLParser):
    """Notes every element of a page, and the text of its scripts."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags, self.scripts, self._inside = [], [], False
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        self._inside = tag == "script"
        if self._inside:
            self.scripts.append("")

    def handle_endtag(self, tag):
        self._inside = False

    def handle_data(self, data):
        if self._inside:
            self.scripts[-1] += data


class TestHandout:
    def test_nothing_is_loaded_from_elsewhere(self, data):
        """No script, style, picture or font has an address; a policy forbids what may still come."""
        tags = Scripts(page(data, Scene("tab=explore", "chart:categories"))).tags
        assert [tag for tag, attributes in tags if tag != "a" and ("src" in attributes or "href" in attributes)] == []
        assert any("default-src 'none'" in str(attributes.get("content")) for _, attributes in tags)

    def test_it_carries_notice_version_notes_and_sources(self, data):
        """Each stands in the page; notes can be left out."""
        scene = Scene("tab=explore&condition=cidp", "card", notes="For me alone")
        text = page(data, scene)
        assert text.count(NOTICE) >= 2
        assert f"Data version {data.version}" in text
        assert "For me alone" in text
        assert "https://doi.org/" in text
        assert "For me alone" not in page(data, scene, notes=False)

    def test_names_that_break_pages_break_nothing(self, broken):
        """There are as many scripts as without them, the charts' state is JSON, and no name is markup."""
        text = page(
            broken,
            Scene("tab=explore&chart=tree", "chart:tree"),
            *(Scene(f"tab=explore&condition={i}", "card") for i in broken.conditions["id"][:8]),
        )
        read = Scripts(text)
        assert len(read.scripts) == 3
        charts = json.loads(read.scripts[0])
        assert any("</script>" in cell for row in charts["chart-1-0"]["table"]["rows"] for cell in row)
        assert not re.search(r"<script>alert", text)
        assert "&lt;script&gt;alert(1)&lt;/script&gt;" in text

    def test_an_empty_lecture_says_so(self, data):
        """It is a page that can be opened."""
        assert "This lecture has no scenes." in page(data)
