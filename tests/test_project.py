"""The project's own files agree with each other."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml

import ivig_explainer
from ivig_explainer.selection import FILTERS
from ivig_explainer.view import TABS

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def requirement(text: str) -> tuple[str, frozenset[str]]:
    """Return the name of a requirement and its bounds: "pandas>=3,<4" is pandas with two."""
    name, bounds = re.fullmatch(r"([A-Za-z0-9._-]+)\s*(.*)", text.strip()).groups()
    return name.lower().replace("_", "-"), frozenset(bound.strip() for bound in bounds.split(",") if bound.strip())


class TestRequirements:
    def test_conda_and_pip_install_the_same(self):
        """environment.yml has the names and bounds of pyproject.toml, and Python's, and besides only pip."""
        given = yaml.safe_load(read("environment.yml"))["dependencies"]
        flat = [item for entry in given for item in (entry["pip"] if isinstance(entry, dict) else [entry])]
        conda = dict(requirement(item) for item in flat if not item.startswith("-"))
        conda.pop("pip", None)
        wanted = dict(requirement(item) for item in PROJECT["dependencies"])
        assert conda == wanted | {"python": requirement("python" + PROJECT["requires-python"])[1]}

    def test_the_lock_names_no_address(self):
        """requirements.lock installs from whichever index the machine uses."""
        assert not re.search(r"https?://|git\+|file:|--index-url|--extra-index-url|--find-links|@ ", read("requirements.lock"))

    def test_the_lock_pins_every_dependency(self):
        """Every dependency of the package, and of its tests, has one exact version in the lock."""
        groups = tomllib.loads(read("pyproject.toml"))["dependency-groups"]
        pinned = {line.split("==")[0] for line in read("requirements.lock").splitlines() if "==" in line}
        assert {requirement(item)[0] for item in (*PROJECT["dependencies"], *groups["test"])} <= pinned


class TestFiles:
    @pytest.mark.parametrize(
        "name", ["README.md", "LICENSE", "CITATION.cff", "CHANGELOG.md", "Makefile", "environment.yml", "requirements.lock"]
    )
    def test_the_file_is_there_and_not_empty(self, name):
        """What a reader looks for in a project is there."""
        assert read(name).strip()

    def test_the_licence_is_the_one_that_is_declared(self):
        """LICENSE holds the text of the licence that pyproject.toml and CITATION.cff name."""
        assert PROJECT["license"] == "BSD-3-Clause"
        assert "Redistribution and use in source and binary forms" in read("LICENSE")
        assert yaml.safe_load(read("CITATION.cff"))["license"] in ("BSD-3-Clause", ["BSD-3-Clause"])

    def test_the_citation_has_what_a_citation_needs(self):
        """CITATION.cff has title, authors and the version of its format."""
        citation = yaml.safe_load(read("CITATION.cff"))
        assert citation["cff-version"]
        assert citation["title"]
        assert citation["authors"]


class TestVersion:
    def test_one_version_stands_everywhere(self):
        """The package, pyproject.toml, the data package and CITATION.cff say the same version."""
        versions = {
            "pyproject.toml": PROJECT["version"],
            "package": ivig_explainer.__version__,
            "datapackage.json": json.loads(read("data/datapackage.json"))["version"],
            "CITATION.cff": str(yaml.safe_load(read("CITATION.cff"))["version"]),
        }
        assert set(versions.values()) == {PROJECT["version"]}, versions

    def test_the_changelog_tells_of_this_version(self):
        """The version has its entry in CHANGELOG.md."""
        assert PROJECT["version"] in read("CHANGELOG.md")


class TestImports:
    @pytest.mark.parametrize("module", ["plotly.io._renderers", "nbformat", "matplotlib", "frictionless"])
    def test_the_page_does_not_wait_for_what_it_does_not_use(self, module, loaded):
        """Importing the app leaves modules alone that the page never needs: each would cost every kernel its time."""
        assert "ivig_explainer.app" in loaded
        assert module not in loaded

    @pytest.fixture(scope="class")
    def loaded(self) -> set[str]:
        """The modules that `import ivig_explainer.app` loads in a process of its own."""
        code = "import ivig_explainer.app, sys; print('\\n'.join(sys.modules))"
        return set(subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split())


class TestReadme:
    @pytest.mark.parametrize(
        "name",
        [
            *("ivig-app", "ivig-ready", "ivig-search", "ivig-count", "ivig-chart", "ivig-table", "ivig-card"),
            *("ivig-reset", "ivig-notice", "ivig-disclaimer"),
        ],
    )
    def test_a_name_that_tests_hold_on_to_is_documented(self, name):
        """The class names of the page that others may rely on stand in the README."""
        assert f"`{name}`" in read("README.md")

    @pytest.mark.parametrize(("pattern", "names"), [("nav", TABS), ("tab", TABS), ("filter", FILTERS)], ids=["nav", "tab", "filter"])
    def test_a_family_of_names_is_documented_with_its_members(self, pattern, names):
        """`ivig-nav-<tab>`, `ivig-tab-<tab>` and `ivig-filter-<name>` stand there, and every tab and filter."""
        readme = read("README.md")
        assert re.search(rf"`ivig-{pattern}-<\w+>`", readme) or all(f"`ivig-{pattern}-{name}`" in readme for name in names)
        assert [name for name in names if f"`{name}`" not in readme and f"`ivig-{pattern}-{name}`" not in readme] == []

    def test_the_commands_are_documented(self):
        """The README names the ways in: make serve, make test, and the command's three verbs."""
        for command in ("make serve", "make test", "ivig-explainer serve", "ivig-explainer check", "ivig-explainer export"):
            assert command in read("README.md")
