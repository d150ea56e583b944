"""Fixtures for all tests."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from bespoke.external import find_program

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="session")
def require_program() -> Callable[[str], Path]:
    """Give the path of a program; skip the test without it, or fail if BESPOKE_REQUIRE_TOOLS=1."""

    def require(name: str) -> Path:
        found = find_program(name)
        if found is not None:
            return found
        message = f"{name} is not installed"
        if os.environ.get("BESPOKE_REQUIRE_TOOLS") == "1":
            pytest.fail(message)
        pytest.skip(message)

    return require


@pytest.fixture(scope="session")
def allowed() -> Callable[[str, str], set[str]]:
    """Give the statuses that a check may end in: the good one, and "not run" where its program is missing."""

    def statuses(good: str, program: str) -> set[str]:
        return {good} if find_program(program) else {good, "not run"}

    return statuses


@pytest.fixture(scope="session")
def shared() -> Path:
    """Folder of reference data, models and Liberty files beside the repository; skips the test without it."""
    folder = ROOT.parent / "shared"
    if not (folder / "models").is_dir():
        pytest.skip("no reference files in ../shared")
    return folder
