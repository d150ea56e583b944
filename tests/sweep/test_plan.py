"""Plans: keys that tell contents apart, data that are not at hand."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from small_sweeps import small_sweep

from bespoke.errors import DatasetNotFoundError, LibraryError, UnknownTechnologyError, VoltageError
from bespoke.sweep import plan, plan_sweep
from bespoke.training import TrainingOptions

ROWS = "a,b,target\n" + "".join(f"{i % 7},{i % 5},{i % 2}\n" for i in range(40))


@pytest.fixture(autouse=True)
def _no_copies(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BESPOKE_DATASETS", str(tmp_path / "none"))


def keys(**changes: object) -> list[str]:
    return [planned.key for planned in plan_sweep(small_sweep(**changes))]


def test_keys_are_stable_and_differ_between_cells():
    first = keys(seeds=(1, 2), technologies=("egfet", "cnt_tft"))
    assert first == keys(seeds=(1, 2), technologies=("egfet", "cnt_tft"))
    assert len(set(first)) == 8
    assert keys(seeds=(2, 1)) == [keys(seeds=(1, 2))[i] for i in (1, 0, 3, 2)]  # the grid around a cell does not count


@pytest.mark.slow_if("changes0")
@pytest.mark.parametrize(
    "changes",
    [
        {"seeds": (43,)},
        {"training": TrainingOptions(kind="tree", max_depth=3)},
        {"approximate": small_sweep().approximate.with_settings(input_bits=5)},
        {"approximate": small_sweep().approximate.with_settings(max_loss=0.02)},
        {"approximate": small_sweep().approximate.with_settings(epochs=2)},
        {"approximate": small_sweep().approximate.with_settings(test_size=0.2)},
        {"approximate": replace(small_sweep().approximate, finalists=2)},
        {"vdds": (0.8,)},
        {"verify": True},
        {"verify": True, "formal": False},
        {"models": ("mlp",), "aware": ("pow2",)},
    ],
)
def test_each_option_counts(changes: dict):
    assert keys(**changes)[0] not in keys()


def test_versions_count(monkeypatch: pytest.MonkeyPatch):
    before = keys()
    assert set(plan.versions()) >= {"bespoke", "numpy", "scikit-learn"}
    monkeypatch.setattr(plan, "versions", lambda: {"bespoke": "99"})
    assert not set(before) & set(keys())


def test_cells_that_no_circuit_can_be_made_of():
    with pytest.raises(LibraryError, match="library silicon: lacks a two-input NAND"):
        keys(technologies=(str(Path(__file__).parents[1] / "cells" / "silicon.lib"),))


def test_what_does_not_change_a_result_does_not_count():
    base = small_sweep()
    assert keys(approximate=replace(base.approximate, jobs=7)) == keys()
    assert keys(training=replace(base.training, jobs=3, seed=9)) == keys()
    assert keys(verify=False, formal=False) == keys()


def test_the_content_of_a_file_counts(tmp_path: Path):
    path = tmp_path / "mine.csv"
    path.write_text(ROWS)
    first = keys(datasets=(str(path),))
    path.write_text(ROWS.replace("1,1,1", "1,2,1"))
    assert keys(datasets=(str(path),)) != first
    path.write_text(ROWS.replace(",", ";"))
    assert keys(datasets=(str(path),)) == first


def test_data_that_are_not_at_hand_are_errors_of_their_cells(tmp_path: Path):
    broken = tmp_path / "broken.csv"
    broken.write_text("a,target\n1,1\n2,0\nred,1\n")
    planned = plan_sweep(small_sweep(datasets=("iris", "arrhythmia", str(broken))))
    assert [cell.state for cell in planned] == ["to do", "cannot run", "cannot run"]
    assert "bespoke datasets fetch arrhythmia" in planned[1].error
    assert "red" in planned[2].error
    assert planned[0].seconds > 0


def test_refusals():
    with pytest.raises(DatasetNotFoundError, match="did you mean 'iris'"):
        plan_sweep(small_sweep(datasets=("irris",)))
    with pytest.raises(UnknownTechnologyError):
        plan_sweep(small_sweep(technologies=("egfeet",)))
    with pytest.raises(VoltageError):
        plan_sweep(small_sweep(vdds=(9.0,)))
