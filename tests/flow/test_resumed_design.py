"""A search from data that is killed and resumed ends as one that was not, here or on a cluster."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from sklearn.datasets import load_iris

from bespoke.data import CLASSIFICATION, Dataset
from bespoke.errors import OutputError
from bespoke.flow import Answer, DesignOptions, design_from_data
from bespoke.report import save_answer

X, Y = load_iris(return_X_y=True)
OPTIONS = DesignOptions(families=("tree", "linear", "additive"), candidates=9, finalists=3, jobs=1)


def searched(**changes: Any) -> Answer:
    data = Dataset("iris", ("a", "b", "c", "d"), X, Y, CLASSIFICATION)
    return design_from_data(data, OPTIONS, **{"float_budget_s": 0.0, **changes})


def files(answer: Answer, folder: Path) -> dict[str, bytes]:
    """Every file of an answer, but for run times."""
    save_answer(answer, folder)
    found = {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    del found[".bespoke.json"]
    for name in (name for name in found if name.endswith(("report.json", "answer.json"))):
        found[name] = json.dumps(json.loads(found[name]) | {"seconds": None}).encode()
    return found


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    return files(searched(), tmp_path_factory.mktemp("whole") / "out")


def killed_at(stage: str, checkpoint: Path, folder: Path) -> list[str]:
    """Stages of a search in a process that ends itself with the signal that cannot be caught."""
    script = folder / "killed.py"
    script.write_text(
        "import os, sys\n"
        f"sys.path.insert(0, {str(Path(__file__).parent)!r})\n"
        "from pathlib import Path\n"
        "from test_resumed_design import searched\n"
        "def stage(name):\n"
        "    print(name, flush=True)\n"
        f"    if name.startswith({stage!r}):\n"
        "        os.kill(os.getpid(), 9)\n"
        f"searched(checkpoint=Path({str(checkpoint)!r}), resume=True, on_stage=stage)\n"
    )
    command = [sys.executable, "-W", "ignore", str(script)]
    run = subprocess.run(command, check=False, timeout=300, stdout=subprocess.PIPE, text=True)
    assert run.returncode == -signal.SIGKILL
    return run.stdout.splitlines()


@pytest.mark.slow
def test_killed_three_times_and_resumed(whole: dict[str, bytes], tmp_path: Path) -> None:
    checkpoint = tmp_path / "search.jsonl"
    for stage in ("4 of 9 candidates", "2 of ", "validation"):
        killed_at(stage if stage != "2 of " else "circuits", checkpoint, tmp_path)
    kept = checkpoint.read_bytes()
    answer = searched(checkpoint=checkpoint, resume=True)
    names = {json.loads(line).get("stage") for line in checkpoint.read_bytes()[len(kept) :].splitlines()}
    assert names == {"last round"}  # all else was known
    found = files(answer, tmp_path / "out")
    assert found["answer.csv"] == whole["answer.csv"]
    assert found == whole


@pytest.mark.slow
def test_a_search_that_was_whole_is_known_and_with_more_candidates_goes_on(
    whole: dict[str, bytes], tmp_path: Path
) -> None:
    checkpoint = tmp_path / "search.jsonl"
    first = searched(checkpoint=checkpoint, candidates=4)
    before = checkpoint.read_bytes()
    again = searched(checkpoint=checkpoint, candidates=4, resume=True, max_loss=None)
    assert checkpoint.read_bytes() == before
    assert 0 < again.log["candidates"] == first.log["candidates"] <= 4
    assert files(searched(checkpoint=checkpoint, resume=True), tmp_path / "out") == whole


@pytest.mark.slow
def test_the_state_of_other_options_is_refused(tmp_path: Path) -> None:
    checkpoint = tmp_path / "search.jsonl"
    searched(checkpoint=checkpoint, candidates=1)
    for changes in ({"race_seed": 1}, {"input_bits": 3}, {"source": "harvester"}, {"converters": "none"}):
        with pytest.raises(OutputError, match="the search state is of other options"):
            searched(checkpoint=checkpoint, resume=True, **changes)
    begun_anew = searched(checkpoint=checkpoint, candidates=1, race_seed=1)
    assert begun_anew.log["candidates"] == 1


@pytest.mark.slow
def test_two_workers_of_a_cluster_find_what_one_process_finds(whole: dict[str, bytes], tmp_path: Path) -> None:
    distributed = pytest.importorskip("distributed")
    settings = {"n_workers": 2, "threads_per_worker": 1, "protocol": "tcp", "dashboard_address": ":0"}
    with distributed.LocalCluster(**settings, silence_logs=50) as local:
        answer = searched(jobs=local.scheduler_address)
    assert files(answer, tmp_path / "out") == whole


@pytest.mark.slow
def test_two_processes_find_what_one_finds(whole: dict[str, bytes], tmp_path: Path) -> None:
    assert files(searched(jobs=2), tmp_path / "out") == whole
