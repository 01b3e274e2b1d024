"""The table of figures in README.md is the one that was measured."""

from __future__ import annotations

import json
import re
from pathlib import Path

from bench import report
from bench.targets import TARGETS

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
RUN = json.loads(report.RESULTS.read_text(encoding="utf-8"))


class TestReport:
    def test_readme_tells_the_saved_run(self):
        """What README.md says of the run is made from the saved file, with nothing typed by hand."""
        assert report.written(README, RUN) == README
        assert report.block(RUN) in README

    def test_every_page_was_measured_in_every_row(self):
        """The saved run has each page and each figure, as often as it says that there were rounds."""
        assert list(RUN["figures"]) == [target.name for target in TARGETS]
        for figures in RUN["figures"].values():
            assert {row[1] for row in report.ROWS} <= set(figures)
            assert len(figures["ready_ms"]) == RUN["rounds"]

    def test_a_ratio_is_the_other_page_over_ours(self):
        """What stands in brackets says how many times ours a figure is; ours has none."""
        run = {"figures": {"ours": {f: [100.0] for _, f, *_ in report.ROWS}, "dash": {f: [250.0] for _, f, *_ in report.ROWS}}}
        assert "| ready, empty cache | 100 ms | 250 ms (× 2.5) |" in report.table(run)

    def test_the_95th_percentile_lies_among_the_values(self):
        """It is no more than the longest and no less than the median."""
        assert report.p95([1.0, 2.0, 3.0]) <= 3.0
        assert report.p95(list(range(101))) == 95
        assert report.p95([7.0]) == 7.0


class TestPeers:
    def test_their_lock_names_no_address(self):
        """bench/requirements.lock installs from whichever index the machine uses."""
        lock = (ROOT / "bench" / "requirements.lock").read_text(encoding="utf-8")
        assert not re.search(r"https?://|git\+|file:|--index-url|--extra-index-url|--find-links|@ ", lock)
