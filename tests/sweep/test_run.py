"""Sweeps that are stopped, go on, and fail in parts."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from command_line import call
from small_sweeps import QUICK, small_sweep, tables

from bespoke.errors import OptionError, OutputError
from bespoke.flow import verify_folder
from bespoke.sweep import Cell, Progress, SweepResult, cell, processes, run_sweep


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> tuple[SweepResult, Path]:
    folder = tmp_path_factory.mktemp("sweep") / "out"
    return run_sweep(small_sweep(seeds=(1, 2)), folder), folder


def cells_run(folder: Path, **changes: object) -> list[Cell]:
    """Cells that a resumed sweep runs again."""
    seen: list[Progress] = []
    run_sweep(small_sweep(seeds=(1, 2), **changes), folder, resume=True, on_progress=seen.append)
    assert (seen[-1].done, seen[-1].total) == (4, 4)
    return [reached.last for reached in seen if reached.last is not None]


@pytest.mark.slow
def test_every_cell_is_stored_with_its_circuits(done: tuple[SweepResult, Path]):
    result, folder = done
    assert not result.failed
    assert len(tables(folder)) == 6
    files = [json.loads(path.read_text()) for path in (folder / "cells").iterdir()]
    assert len(files) == 4
    for record in files:
        place = folder / record["cell"]["folder"]
        for name in ("exact", "chosen"):
            report = json.loads((place / name / "report.json").read_text())
            assert report["estimate"]["area_mm2"] == record[name]["area_mm2"]
            assert report["accuracy"]["test"] == record[name]["test"]
        assert record["chosen"]["area_mm2"] <= record["exact"]["area_mm2"]
        assert record["seconds"]["total"] > 0
    assert verify_folder(folder / "iris" / "tree" / "1" / "chosen", formal=False).agrees


@pytest.mark.slow
def test_networks_are_trained_as_circuits(tmp_path: Path):
    pytest.importorskip("jax")
    changes = {"datasets": ("iris",), "models": ("mlp",), "aware": ("ternary",), "verify": True}
    (outcome,) = run_sweep(small_sweep(**changes), tmp_path / "aware").outcomes
    assert not outcome.error
    assert outcome.record["training"]["validation_score"] > 0.8
    assert outcome.record["cell"]["model"] == "mlp ternary"
    assert (tmp_path / "aware" / "iris" / "mlp-ternary" / "42" / "chosen" / "report.json").exists()


@pytest.mark.slow
def test_chosen_circuits_are_proven(tmp_path: Path, allowed: Callable[[str, str], set[str]]):
    changes = {"datasets": ("iris",), "verify": True}
    (outcome,) = run_sweep(small_sweep(**changes), tmp_path / "proven").outcomes
    assert outcome.record["chosen"]["verification"]["formal"] in allowed("proven", "yosys-abc")
    assert outcome.record["chosen"]["verification"]["simulator"] == "agree"
    (outcome,) = run_sweep(small_sweep(**changes, formal=False), tmp_path / "compared").outcomes
    assert outcome.record["chosen"]["verification"]["formal"] == "not run"


@pytest.mark.slow
def test_a_cell_that_is_missing_or_damaged_is_run_again(done: tuple[SweepResult, Path], tmp_path: Path):
    folder = tmp_path / "copy"
    run_sweep(small_sweep(seeds=(1, 2)), folder)
    before = tables(folder)
    assert before == tables(done[1])
    assert cells_run(folder) == []
    next(path for path in (folder / "cells").iterdir() if '"model": "tree"' in path.read_text()).unlink()
    for name in before:
        (folder / name).unlink()
    assert len(cells_run(folder)) == 1
    (folder / "wine/tree/2/chosen/manifest.json").write_text("{}")
    with pytest.raises(OutputError, match="was edited"):  # what someone put there is not overwritten
        cells_run(folder)
    (folder / "wine/tree/2/chosen/manifest.json").unlink()
    for path in (folder / "wine/tree/2/chosen").iterdir():
        path.unlink()
    assert cells_run(folder) == [Cell("wine", "tree", 2)]
    assert tables(folder) == before


@pytest.mark.slow
def test_other_options_run_all_and_leave_no_old_table(tmp_path: Path):
    folder = tmp_path / "out"
    run_sweep(small_sweep(seeds=(1, 2)), folder)
    first = tables(folder)
    run_sweep(small_sweep(datasets=("iris",)), folder, resume=True)
    assert set(tables(folder)) == {"table.csv", "table.md", "table.tex"}
    assert cells_run(folder) == []
    assert tables(folder) == first


@pytest.mark.slow
def test_a_failing_cell_does_not_stop_the_rest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("BESPOKE_DATASETS", str(tmp_path / "none"))
    original = cell.train_model

    def train(split: object, *options: object) -> object:
        if len(split.train_targets) == 124:  # wine
            raise RuntimeError("two\nlines")
        return original(split, *options)

    monkeypatch.setattr(cell, "train_model", train)
    options = small_sweep(datasets=("arrhythmia", "wine", "iris"))
    result = run_sweep(options, tmp_path / "out")
    assert [bool(outcome.error) for outcome in result.outcomes] == [True, True, False]
    assert "fetch arrhythmia" in result.outcomes[0].error
    assert result.outcomes[1].error == "internal error: RuntimeError: two lines"
    failed = tables(tmp_path / "out")
    assert b"failed" in failed["table.md"]
    assert tables(tmp_path / "out") == failed
    monkeypatch.setattr(cell, "train_model", original)
    again = run_sweep(options, tmp_path / "out", resume=True)
    assert [bool(outcome.error) for outcome in again.outcomes] == [True, False, False]


@pytest.mark.slow
def test_the_tables_do_not_depend_on_the_number_of_processes(done: tuple[SweepResult, Path], tmp_path: Path):
    run_sweep(small_sweep(seeds=(1, 2)), tmp_path / "out", jobs=2)
    assert tables(tmp_path / "out") == tables(done[1])


@pytest.mark.slow
def test_folders_that_are_refused(done: tuple[SweepResult, Path], tmp_path: Path):
    options = small_sweep()
    before = tables(done[1])
    with pytest.raises(OutputError, match="holds an earlier sweep; allowed: --resume"):
        run_sweep(options, done[1])
    (tmp_path / "notes").mkdir()
    (tmp_path / "notes" / "a.txt").write_text("mine")
    with pytest.raises(OutputError, match="other files than those of a sweep"):
        run_sweep(options, tmp_path / "notes", resume=True)
    with pytest.raises(OutputError, match="not a folder"):
        run_sweep(options, tmp_path / "notes" / "a.txt")
    assert tables(done[1]) == before


@pytest.mark.parametrize("jobs", [0, 1025, 10**20])
def test_jobs_that_are_refused(jobs: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delattr("bespoke.sweep.run.workers_of")
    with pytest.raises(OptionError, match=f"jobs: out of range; got {jobs}; allowed: 1 to 1024, or the address of a"):
        run_sweep(small_sweep(), tmp_path / "out", jobs=jobs)
    assert not (tmp_path / "out").exists()


@pytest.mark.slow
def test_killed_at_any_moment_and_resumed_gives_the_same_tables(tmp_path: Path):
    folder, whole = tmp_path / "killed", tmp_path / "whole"
    words = ["sweep", "--datasets", "iris,wine", "--models", "tree", "--seeds", "1-4", *QUICK]
    with started([*words, "-o", str(folder)]) as program:
        wait_until(lambda: len(list((folder / "cells").glob("*.json"))) >= 2)
        assert program.poll() is None
    assert 2 <= len(list((folder / "cells").glob("*.json"))) < 8
    assert not tables(folder)
    for place, more in ((folder, ["--resume"]), (whole, [])):
        assert call(*words, *more, "-o", place).exit_code == 0
    assert tables(folder) == tables(whole)
    assert len(tables(whole)) == 6
    assert {path.name for path in folder.rglob(".*")} == {".bespoke.json"}


@pytest.mark.slow
def test_a_process_that_is_ended_takes_one_cell_with_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    def dying(cell: Cell, *rest: object) -> object:
        import os
        import signal

        from bespoke.sweep.cell import run_cell

        if str(cell) == "iris svm 1":
            os.kill(os.getpid(), signal.SIGKILL)
        return run_cell(cell, *rest)

    monkeypatch.setattr(processes, "run_cell", dying)
    options = small_sweep(datasets=("iris",), models=("tree", "svm"), seeds=(1, 2))
    result = run_sweep(options, tmp_path / "out", jobs=2)
    assert [(str(outcome.cell), outcome.error) for outcome in result.failed] == [
        ("iris svm 1", "its process was ended from outside, perhaps for want of memory")
    ]
    assert len(list((tmp_path / "out" / "cells").iterdir())) == 3


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="looks for processes in /proc")
def test_no_process_outlives_a_sweep_that_is_killed(tmp_path: Path):
    folder = tmp_path / "out"
    call = ["sweep", "--datasets", "iris", "--models", "tree", "--seeds", "1-200", *QUICK, "--jobs", "2"]
    with started([*call, "-o", str(folder)]) as program:
        wait_until(lambda: bool(list((folder / "cells").glob("*.json"))))
        assert members(program.pid)
    wait_until(lambda: not members(program.pid))


@contextmanager
def started(call: list[str]) -> Iterator[subprocess.Popen[bytes]]:
    """A program in a session of its own, killed at the end."""
    program = subprocess.Popen([sys.executable, "-m", "bespoke", *call], start_new_session=True)
    try:
        yield program
    finally:
        program.kill()
        program.wait()


def wait_until(is_so: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 300
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def members(session: int) -> list[int]:
    """Processes of a session that work, other than its first."""
    found = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text().rsplit(")", 1)[1].split()
        except OSError:
            continue
        if int(fields[3]) == session and fields[0] != "Z" and int(path.parent.name) != session:
            found.append(int(path.parent.name))
    return found
