"""Fixtures for all tests."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import replace
from fnmatch import fnmatchcase
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]

# Read when numpy is imported first. Models of tests are tiny, and threads that wait for each other spin.
for _library in ("OMP", "OPENBLAS", "MKL"):
    os.environ.setdefault(f"{_library}_NUM_THREADS", "1")

BRIEF_SHARE = 1 / 20
BRIEF_TABLE_WORK = 300_000


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--brief", action="store_true", help="search the gates of trees for a small part of the usual time"
    )


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Of tests with parameters, those with the ids of ``slow_if``, or without those of ``slow_unless``, are slow."""
    for item in items:
        case = item.name.partition("[")[2].removesuffix("]")
        for name in ("slow_if", "slow_unless"):
            for marker in item.iter_markers(name):
                if any(fnmatchcase(case, pattern) for pattern in marker.args) == (name == "slow_if"):
                    item.add_marker(pytest.mark.slow)


@pytest.fixture(scope="session", autouse=True)
def _effort(request: pytest.FixtureRequest) -> Iterator[dict[str, object]]:
    """With --brief, searches in this process end early: in a right circuit all the same. Gives the usual efforts."""
    from bespoke.flow import gate_search
    from bespoke.lowering import affine, tables, trees
    from bespoke.opt import TableEffort, restarts, value_search, windows

    usual = {name: getattr(trees, name) for name in ("FAST", "THOROUGH")}
    with pytest.MonkeyPatch.context() as patch:
        if request.config.getoption("--brief"):
            for name, effort in usual.items():
                patch.setattr(trees, name, replace(effort, work=int(effort.work * BRIEF_SHARE)))
            patch.setattr(restarts, "MOST_RESTARTED_GATES", 0)
            patch.setattr(value_search, "MOST_ANNEALED_GATES", 0)
            patch.setattr(windows, "MOST_WINDOWED_GATES", 0)
            patch.setattr(gate_search, "_ROUNDS", dict.fromkeys(gate_search._ROUNDS, (0, None)))
            patch.setitem(affine._SHARING, "fast", (0, 0))
            patch.setattr(tables, "FAST", TableEffort(1, 10, replace(tables.FAST.search, work=BRIEF_TABLE_WORK)))
        yield usual


@pytest.fixture
def usual_effort(_effort: dict[str, object], monkeypatch: pytest.MonkeyPatch) -> None:
    """The usual time for a search, in spite of --brief."""
    for name, effort in _effort.items():
        monkeypatch.setattr(f"bespoke.lowering.trees.{name}", effort)


@pytest.fixture(scope="session")
def require_program() -> Callable[[str], Path]:
    """Give the path of a program; skip the test without it, or fail if BESPOKE_REQUIRE_TOOLS=1."""
    from bespoke.external import find_program

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
    from bespoke.external import find_program

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
