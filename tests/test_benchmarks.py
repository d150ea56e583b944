"""Every benchmark at least imports what it needs of the product."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

FOLDER = Path(__file__).parent.parent / "benchmarks"
IMPORTS = """
import importlib, sys
for name in sys.argv[1:]:
    importlib.import_module(name)
"""


@pytest.mark.slow
def test_every_benchmark_can_be_imported() -> None:
    names = sorted(path.stem for path in FOLDER.glob("*.py"))
    subprocess.run([sys.executable, "-c", IMPORTS, *names], cwd=FOLDER, check=True)


RESUMED = """
import sys
from pathlib import Path
import record

record.ROOT = Path(sys.argv[1])
runs = []
cases = [(name, lambda name=name: runs.append(name) or {"is": name}) for name in ("a", "b")]
record.resumed("rows", cases[:1], resume=False, settings={"budget": 5, "families": ("x",)})
found = record.resumed("rows", cases, resume=True, settings={"budget": 5, "families": ("x",)})
assert found == {"a": {"is": "a"}, "b": {"is": "b"}}, found
assert runs == ["a", "b"], runs
record.resumed("rows", cases, resume=True, settings={"budget": 6, "families": ("x",)})
"""


def test_rows_go_on_with_the_same_settings_alone(tmp_path: Path) -> None:
    call = [sys.executable, "-c", RESUMED, str(tmp_path)]
    found = subprocess.run(call, cwd=FOLDER, check=False, capture_output=True, text=True)
    assert found.returncode == 1
    assert "rows.json: made with {'budget': 5, 'families': ['x']}, not {'budget': 6" in found.stderr


STAND_INS = """
import numpy as np
import ablation
from sklearn.datasets import load_iris
from sklearn.neural_network import MLPClassifier
from sklearn.svm import SVC
from bespoke import compile_model

X, y = load_iris(return_X_y=True)
X = (X - X.min(axis=0)) / np.ptp(X, axis=0)
models = [SVC(kernel="linear").fit(X, y), MLPClassifier((3,), max_iter=300, random_state=0).fit(X, y)]
options = {"input_bits": 4, "weight_bits": 6, "model_inputs": "raw"}
def areas():
    return [compile_model(model, X, y, **options).estimate.area_mm2 for model in models]
whole, found = areas(), {}
for technique, changes in ablation.TECHNIQUES.items():
    with ablation.without(changes):
        found[technique] = areas()
without_effect = {technique for technique, sizes in found.items() if sizes == whole}
print(without_effect)
assert len(without_effect) <= 3, without_effect
"""


@pytest.mark.slow
def test_each_technique_can_be_switched_off() -> None:
    subprocess.run([sys.executable, "-W", "ignore", "-c", STAND_INS], cwd=FOLDER, check=True)


NO_DATA = """
import sys
from collections import defaultdict
import autoapprox, yields

assert [bar.name for bar in yields.area_bars({})] == ["smaller approximate circuits that yield more"]
autoapprox.resumed = lambda *_args, **_options: {"large": defaultdict(lambda: 1.0)}
autoapprox.record = lambda _name, _rows, bars, **_options: print("bars", len(bars))
sys.argv[1:] = ["--models", autoapprox.NAMES[-1]]
autoapprox.main()
"""


@pytest.mark.slow
def test_what_was_not_measured_has_no_bar() -> None:
    found = subprocess.run([sys.executable, "-c", NO_DATA], cwd=FOLDER, check=True, capture_output=True, text=True)
    assert found.stdout.splitlines()[-1] == "bars 10"


@pytest.mark.slow
def test_benchmarks_call_the_product_with_what_it_takes() -> None:
    pytest.importorskip("mypy")
    call = [sys.executable, "-m", "mypy", *sorted(path.name for path in FOLDER.glob("*.py"))]
    found = subprocess.run(call, cwd=FOLDER, check=False, capture_output=True, text=True)
    assert "checked" in found.stdout, found.stderr
    assert [line for line in found.stdout.splitlines() if "[call-arg]" in line] == []
