"""The versions of `.ci/oldest.txt` are the lower bounds of pyproject.toml."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.version import Version

ROOT = Path(__file__).parents[1]
# They check the sources, build the guide or are oracles of slow tests, and come with the newest versions alone.
NOT_RUN = {"mypy", "ruff", "sphinx", "furo", "myst-nb", "ipykernel", "sphinx-copybutton", "dtai-veritas"}


def declared() -> dict[str, Version]:
    """Lower bounds of everything that the fast tests use."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    texts = project["dependencies"] + [text for extra in project["optional-dependencies"].values() for text in extra]
    found = [Requirement(text) for text in texts]
    bounds = {one.name: [part.version for part in one.specifier if part.operator == ">="] for one in found}
    return {name: Version(versions[0]) for name, versions in bounds.items() if name not in NOT_RUN}


def pinned() -> dict[str, Version]:
    lines = (ROOT / ".ci/oldest.txt").read_text().splitlines()
    pairs = (line.split("==") for line in lines if line and not line.startswith("#"))
    return {name: Version(version) for name, version in pairs}


@pytest.mark.parametrize("name", sorted({*declared(), *pinned()}))
def test_the_oldest_version_is_the_lower_bound(name: str) -> None:
    assert pinned()[name] == declared()[name]
