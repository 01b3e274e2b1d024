"""Every place that names a source is found: the row, its table, the conditions that it is about, the prose."""

from __future__ import annotations

from ivig_explainer import prose, usage
from ivig_explainer.usage import PROSE, Use


class TestSmall:
    def test_by_hand(self, small):
        """The uses of one source of the small package are those that one counts by hand, table by table, prose last."""
        assert usage.usage(small)["gamma-2003"] == (
            Use("conditions", "tetanus", "tetanus"),
            Use("figures", "half-life", ""),
            Use("facts", "a-fact", ""),
        )
        assert usage.usage(small)["delta-2004"] == (Use(PROSE, "overview", ""),)

    def test_a_row_about_several_conditions_counts_for_each(self, package):
        """Where a row lists conditions, there is one use for each of them."""
        package.put("article_claims", 2, "conditions", "cidp; itp")
        uses = usage.usage(package.load())["alpha-2001"]
        assert [use for use in uses if use.table == "article_claims"] == [
            Use("article_claims", "claim-1", "cidp"),
            Use("article_claims", "claim-1", "itp"),
        ]

    def test_a_source_that_nothing_names_has_no_use(self, package):
        """An orphan is in the answer, with nothing."""
        (package.folder / "prose" / "overview.md").write_text("Nothing.\n", encoding="utf-8")
        assert usage.usage(package.load())["delta-2004"] == ()

    def test_a_source_cited_twice_in_a_text_is_one_use(self, package):
        """A text is one place, however often it cites a source."""
        (package.folder / "prose" / "overview.md").write_text("One [@delta-2004].\nTwo [@delta-2004].\n", encoding="utf-8")
        assert usage.usage(package.load())["delta-2004"] == (Use(PROSE, "overview", ""),)


class TestReal:
    def test_every_source_is_used(self, data):
        """The shipped data set has no orphan, and names no source that it does not list."""
        found = usage.usage(data)
        assert list(found) == data.sources["id"].tolist()
        assert all(found.values())

    def test_uses_are_the_rows(self, data):
        """Counted row by row, each table names as many pairs of row and source as are found."""
        found = [(source, use) for source, uses in usage.usage(data).items() for use in uses]
        for name, table in data.tables().items():
            if "sources" in table:
                pairs = {(row, source) for row, sources in zip(table["id"], table["sources"], strict=True) for source in sources}
                assert {(use.row, source) for source, use in found if use.table == name} == pairs

    def test_conditions_exist(self, data):
        """A use names a condition of the table of conditions, or none."""
        known = set(data.conditions["id"]) | {""}
        assert {use.condition for uses in usage.usage(data).values() for use in uses} <= known

    def test_prose_is_searched(self, data):
        """Every citation of every text is a use."""
        found = usage.usage(data)
        for path in (data.folder / "prose").glob("*.md"):
            for _, source in prose.citations(path.read_text(encoding="utf-8")):
                assert Use(PROSE, path.stem, "") in found[source]
