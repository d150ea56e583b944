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
