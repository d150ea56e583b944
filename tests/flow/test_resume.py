"""A search that is killed and resumed ends as one that was not."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from sklearn.datasets import load_iris
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MinMaxScaler
from sklearn.svm import LinearSVC

from bespoke.errors import OutputError
from bespoke.flow import ParetoFront, approximate
from bespoke.report import save_front

X, Y = load_iris(return_X_y=True)
SETTINGS: dict[str, Any] = {
    "population": 8,
    "islands": 1,
    "epochs": 3,
    "generations": 3,
    "finalists": 3,
    "jobs": 1,
    "max_loss": 0.02,
}


def searched(**changes: Any) -> ParetoFront:
    estimator = make_pipeline(MinMaxScaler(), LinearSVC(random_state=0)).fit(X, Y)
    return approximate(estimator, X, Y, **(SETTINGS | changes))


def files(front: ParetoFront, folder: Path) -> dict[str, bytes]:
    """Every file of a front, but for run times."""
    save_front(front, folder)
    found = {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    del found[".bespoke.json"]
    for name in (name for name in found if name.endswith(("report.json", "front.json"))):
        found[name] = json.dumps(json.loads(found[name]) | {"seconds": None}).encode()
    return found


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    return files(searched(), tmp_path_factory.mktemp("whole") / "out")


@pytest.mark.slow
def test_killed_and_resumed(whole: dict[str, bytes], tmp_path: Path) -> None:
    checkpoint = tmp_path / "state.json"
    script = tmp_path / "killed.py"
    # The process kills itself with the signal that cannot be caught, right after the first epoch was written.
    script.write_text(
        "import os, sys\n"
        f"sys.path.insert(0, {str(Path(__file__).parent)!r})\n"
        "from pathlib import Path\n"
        "from test_resume import searched\n"
        "def stage(name):\n"
        "    if 'epoch 1 ' in name:\n"
        "        os.kill(os.getpid(), 9)\n"
        f"searched(checkpoint=Path({str(checkpoint)!r}), on_stage=stage)\n"
    )
    run = subprocess.run([sys.executable, "-W", "ignore", str(script)], check=False, timeout=60)
    assert run.returncode == -signal.SIGKILL
    assert json.loads(checkpoint.read_text())["epoch"] == 1
    stages: list[str] = []
    front = searched(checkpoint=checkpoint, resume_from=checkpoint, on_stage=stages.append)
    assert not [name for name in stages if "epoch 1 " in name]
    assert [name for name in stages if "epoch 2 " in name]
    found = files(front, tmp_path / "out")
    assert found["front.csv"] == whole["front.csv"]
    assert found == whole


@pytest.mark.slow
def test_a_finished_search_goes_on(whole: dict[str, bytes], tmp_path: Path) -> None:
    checkpoint = tmp_path / "state.json"
    searched(checkpoint=checkpoint, epochs=2)
    front = searched(checkpoint=checkpoint, resume_from=checkpoint)
    assert files(front, tmp_path / "out")["front.csv"] == whole["front.csv"]


@pytest.mark.slow
def test_the_state_of_other_options_is_refused(tmp_path: Path) -> None:
    checkpoint = tmp_path / "state.json"
    searched(checkpoint=checkpoint, epochs=1)
    with pytest.raises(OutputError, match="other options"):
        searched(checkpoint=checkpoint, resume_from=checkpoint, search_seed=5)
    with pytest.raises(OutputError, match="of another model"):
        searched(checkpoint=checkpoint, resume_from=checkpoint, weight_bits=5)
