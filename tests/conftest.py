"""What tests share: the real data set, and a data package of a few rows that a test may break."""

from __future__ import annotations

import csv
import json
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from hypothesis import settings

import ivig_explainer as ivig
from ivig_explainer.dataset import Dataset, shipped

# The same examples in every run; how long one takes is no test's business.
settings.register_profile("ivig", deadline=None, derandomize=True, database=None)
settings.load_profile("ivig")

CHECKED = "2026-01-31"
# The whole small package, written by hand; columns that are not named are empty. Rows stand on lines 2, 3, ... of their file.
ROWS = {
    "conditions": [
        {
            "id": "cidp",
            "name": "Chronic inflammatory demyelinating polyneuropathy",
            "synonyms": "chronic relapsing polyneuropathy",
            "abbreviations": "CIDP",
            "category": "Neurological",
            "role": "immunomodulation",
            "course": "chronic",
            "ages": "both",
            "icd10": "G61.8",
            "detail_level": "full",
            "plain_summary": "Nerves lose their lining.",
            "pathophysiology": "Myelin is attacked.",
            "why_ivig": "It calms the attack.",
            "sources": "alpha-2001; beta-2002",
        },
        {
            "id": "cvid",
            "name": "Common variable immunodeficiency",
            "abbreviations": "CVID",
            "category": "Immunodeficiency",
            "role": "replacement",
            "course": "chronic",
            "ages": "adults",
            "icd10": "D80-D83",
            "detail_level": "listed",
            "sources": "alpha-2001",
        },
        {
            "id": "itp",
            "name": "Immune thrombocytopenia",
            "synonyms": "immune thrombocytopenic purpura",
            "abbreviations": "ITP",
            "category": "Haematological",
            "role": "immunomodulation",
            "course": "acute",
            "ages": "children",
            "icd10": "D69.3",
            "detail_level": "listed",
            "sources": "beta-2002",
        },
        {
            "id": "tetanus",
            "name": "Tetanus",
            "category": "Infectious disease",
            "role": "passive-immunity",
            "detail_level": "listed",
            "sources": "gamma-2003",
        },
    ],
    "regimens": [
        {
            "id": "cidp-eu",
            "condition": "cidp",
            "product": "brand-10",
            "jurisdiction": "EU",
            "issuer": "EMA",
            "basis": "label",
            "phase": "induction",
            "dose_g_per_kg_low": "1",
            "dose_g_per_kg_high": "2",
            "per": "total-course",
            "days_low": "2",
            "days_high": "5",
            "interval_weeks_low": "3",
            "interval_weeks_high": "4",
            "numbers_basis": "printed",
            "sources": "alpha-2001",
        },
        {
            "id": "itp-eu",
            "condition": "itp",
            "jurisdiction": "EU",
            "issuer": "EMA",
            "basis": "label",
            "phase": "single-course",
            "dose_g_per_kg_low": "0.8",
            "dose_g_per_kg_high": "1",
            "per": "day",
            "days_low": "1",
            "days_high": "1",
            "numbers_basis": "printed",
            "sources": "beta-2002",
        },
    ],
    "statuses": [
        {
            "id": "cidp-us",
            "condition": "cidp",
            "jurisdiction": "US",
            "body": "FDA",
            "kind": "licence",
            "status": "licensed",
            "status_basis": "source",
            "native_term": "indicated",
            "historical": "false",
            "secondary": "false",
            "sources": "alpha-2001",
        },
        {
            "id": "itp-uk",
            "condition": "itp",
            "jurisdiction": "UK",
            "body": "NHS England",
            "kind": "funding",
            "status": "funded-with-conditions",
            "status_basis": "source",
            "native_term": "blue",
            "historical": "false",
            "secondary": "false",
            "sources": "beta-2002",
        },
        {
            "id": "itp-us-old",
            "condition": "itp",
            "jurisdiction": "US",
            "body": "FDA",
            "kind": "licence",
            "status": "licensed",
            "status_basis": "source",
            "native_term": "indicated",
            "historical": "true",
            "secondary": "false",
            "sources": "beta-2002",
        },
    ],
    "evidence": [
        {
            "id": "cidp-trial-relapse",
            "condition": "cidp",
            "study": "First trial",
            "study_id": "first-trial",
            "year": "2008",
            "design": "rct",
            "randomised": "true",
            "n_participants": "117",
            "intervention": "IVIG",
            "comparator": "placebo",
            "comparison": "placebo-or-none",
            "outcome": "Response",
            "outcome_kind": "efficacy",
            "measure": "RR",
            "estimate": "2.4",
            "ci_low": "1.5",
            "ci_high": "3.8",
            "direction": "favours-ivig",
            "certainty": "high",
            "plain_words": "More people responded.",
            "numbers_basis": "printed",
            "sources": "alpha-2001",
        },
        {
            "id": "itp-series",
            "condition": "itp",
            "study": "A series",
            "study_id": "a-series",
            "design": "case-series",
            "randomised": "false",
            "intervention": "IVIG",
            "comparison": "single-arm",
            "outcome": "Platelets",
            "outcome_kind": "efficacy",
            "measure": "none",
            "direction": "favours-ivig",
            "certainty": "very-low",
            "plain_words": "Platelets rose.",
            "numbers_basis": "printed",
            "sources": "beta-2002",
        },
    ],
    "mechanisms": [
        {
            "id": "replaces",
            "name": "Replaces antibody",
            "part": "both",
            "family": "replacement",
            "explanation": "It supplies what is missing.",
            "confidence": "established",
            "confidence_basis": "source",
            "sources": "alpha-2001",
        }
    ],
    "condition_mechanisms": [{"id": "cvid-replaces", "condition": "cvid", "mechanism": "replaces", "sources": "alpha-2001"}],
    "adverse_reactions": [
        {
            "id": "headache",
            "name": "Headache",
            "lay_name": "headache",
            "severity": "mild",
            "onset": "within-72h",
            "frequency_pct_low": "5",
            "frequency_pct_high": "50",
            "frequency_basis": "per-patient",
            "risk_factors": "first infusion",
            "boxed_warning": "false",
            "sources": "beta-2002",
        }
    ],
    "risk_factors": [
        {
            "id": "first-infusion-headache",
            "factor": "First infusion",
            "question": "Is it the first infusion?",
            "about": "treatment",
            "reaction": "headache",
            "matched_text": "first infusion",
            "sources": "beta-2002",
        }
    ],
    "products": [
        {
            "id": "brand-10",
            "brand": "Brand 10%",
            "proper_name": "immune globulin",
            "manufacturer": "Maker",
            "route": "IV",
            "concentration_pct": "10",
            "vial_sizes_g": "2.5; 5",
            "sources": "alpha-2001",
        }
    ],
    "product_indications": [
        {"id": "brand-10-cidp-us", "product": "brand-10", "condition": "cidp", "jurisdiction": "US", "sources": "alpha-2001"}
    ],
    "infusion_rates": [
        {
            "id": "brand-10-cidp-1",
            "product": "brand-10",
            "condition": "cidp",
            "patient_group": "all",
            "step": "1",
            "rate_mg_per_kg_min": "0.5",
            "minutes_low": "30",
            "minutes_high": "30",
            "is_maximum": "false",
            "numbers_basis": "printed",
            "sources": "alpha-2001",
        }
    ],
    "figures": [
        {
            "id": "half-life",
            "topic": "half-life",
            "name": "Half-life of IgG",
            "value": "21",
            "unit": "d",
            "numbers_basis": "printed",
            "sources": "gamma-2003",
        }
    ],
    "facts": [{"id": "a-fact", "topic": "practice", "fact": "It is given by drip.", "sources": "gamma-2003"}],
    "timeline": [
        {"id": "first-use", "year": "1981", "kind": "first-use", "event": "First use.", "importance": "1", "sources": "beta-2002"}
    ],
    "glossary": [{"id": "igg", "term": "IgG", "definition": "An antibody.", "sources": "alpha-2001"}],
    "article_claims": [
        {
            "id": "claim-1",
            "part": "title",
            "statement": "It is made of plasma.",
            "verdict": "supported",
            "evidence": "It is.",
            "tab": "overview",
            "sources": "alpha-2001",
        }
    ],
    "sources": [
        {"id": "alpha-2001", "kind": "rct", "title": "Alpha", "publisher": "A", "year": "2001", "url": "https://a.example/1"},
        {"id": "beta-2002", "kind": "label", "title": "Beta", "publisher": "B", "url": "https://b.example/2", "doi": "10.1000/b"},
        {"id": "delta-2004", "kind": "review", "title": "Delta", "publisher": "D", "url": "https://d.example/4", "pmid": "12345"},
        {"id": "gamma-2003", "kind": "policy", "title": "Gamma", "publisher": "C", "url": "https://c.example/3"},
    ],
}
PROSE = "Antibodies from plasma [@alpha-2001].\nThey last weeks [@beta-2002; @delta-2004].\n"


@dataclass(frozen=True)
class Package:
    """A data package on disk that a test may break."""

    folder: Path

    def path(self, table: str) -> Path:
        return self.folder / f"{table}.csv"

    def read(self, table: str) -> list[list[str]]:
        """Return all lines of a table, the header first, as cells."""
        with self.path(table).open(encoding="utf-8", newline="") as file:
            return list(csv.reader(file))

    def write(self, table: str, lines: list[list[str]]) -> None:
        with self.path(table).open("w", encoding="utf-8", newline="") as file:
            csv.writer(file, lineterminator="\n").writerows(lines)

    def put(self, table: str, line: int, column: str, value: str) -> None:
        """Set one cell; `line` counts from 1, which is the header."""
        lines = self.read(table)
        lines[line - 1][lines[0].index(column)] = value
        self.write(table, lines)

    def replace(self, table: str, old: str, new: str) -> None:
        """Replace text of a table that occurs in it."""
        text = self.path(table).read_text(encoding="utf-8")
        assert old in text
        self.path(table).write_text(text.replace(old, new), encoding="utf-8")

    def load(self) -> Dataset:
        return ivig.load(self.folder)


def _write_package(folder: Path) -> Package:
    descriptor = json.loads((shipped("data") / "datapackage.json").read_text(encoding="utf-8"))
    (folder / "prose").mkdir(parents=True)
    (folder / "prose" / "overview.md").write_text(PROSE, encoding="utf-8")
    (folder / "datapackage.json").write_text(json.dumps(descriptor), encoding="utf-8")
    package = Package(folder)
    for resource in descriptor["resources"]:
        columns = [field["name"] for field in resource["schema"]["fields"]]
        standing = {"checked_on": CHECKED, "read_via": "own"} if resource["name"] == "sources" else {"checked_on": CHECKED}
        rows = [standing | row for row in ROWS[resource["name"]]]
        assert all(set(row) <= set(columns) for row in rows), f"the small package does not fit {resource['name']}"
        package.write(resource["name"], [columns, *([row.get(column, "") for column in columns] for row in rows)])
    return package


@pytest.fixture(scope="session")
def data() -> Dataset:
    """The real data set."""
    return ivig.load()


@pytest.fixture
def package(tmp_path: Path) -> Package:
    """A sound data package of a few rows, this test's own."""
    return _write_package(tmp_path / "data")


# What breaks files of other programs: formulas, quotes, markup, line ends, a control character, other scripts.
BROKEN = ("=1+1", "+1", "-1", "@SUM(A1)", 'a "quoted" name', "<script>alert(1)</script>", "</script><b>", "two\nlines", "a\x07bell")
BROKEN += ("免疫グロブリン", "الغلوبولين المناعي", "it's; two\\", "&amp; <i>more</i>", "x" * 300)


@pytest.fixture(scope="session")
def broken(data: Dataset) -> Dataset:
    """The real data set with names in it that break careless exports: of conditions, studies, sources and issuers."""

    def spoilt(table: str, column: str):
        rows = getattr(data, table)
        texts = rows[column].astype(object).tolist()
        return rows.assign(**{column: [*(f"{name} {n}" for n, name in enumerate(BROKEN)), *texts[len(BROKEN) :]]})

    return replace(
        data,
        conditions=spoilt("conditions", "name"),
        regimens=spoilt("regimens", "issuer"),
        evidence=spoilt("evidence", "study"),
        sources=spoilt("sources", "title"),
    )


@pytest.fixture(scope="session")
def small(tmp_path_factory: pytest.TempPathFactory) -> Dataset:
    """The data set of the small package, for tests that only read it."""
    return _write_package(tmp_path_factory.mktemp("small") / "data").load()
