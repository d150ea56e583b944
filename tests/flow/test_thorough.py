"""What a longer search made is verified in its own form."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from unittest.mock import patch

import numpy as np
import pytest
from small_libraries import EGFET_COSTS
from small_models import svm

from bespoke.errors import OutputError
from bespoke.flow import compile_model, verify_folder
from bespoke.lowering import lower
from bespoke.report import save_design

Allowed = Callable[[str, str], set[str]]
WEIGHTS = np.random.default_rng(1).integers(-127, 128, (2, 8)).tolist()


@pytest.mark.slow
def test_sums_of_high_effort_are_proven_from_their_folder(tmp_path: Path, allowed: Allowed) -> None:
    model = svm(WEIGHTS, [4, -100], bits=(4,) * 8)
    with patch("bespoke.opt.optimise.abc_forms", lambda *_, **__: []):
        fast, high = (compile_model(model, effort=effort) for effort in ("fast", "high"))
    assert high.estimate.area_mm2 < fast.estimate.area_mm2
    assert str(high.circuit.lowered) == str(lower(model, EGFET_COSTS, effort="high").netlist)
    for name, design in (("fast", fast), ("high", high)):
        save_design(design, tmp_path / name)
        assert json.loads((tmp_path / name / "manifest.json").read_text())["lowering"] == name
        found = verify_folder(tmp_path / name)
        assert found.simulator.status == "agree"
        assert found.formal.status in allowed("proven", "yosys-abc")


@pytest.mark.slow
def test_folders_of_older_versions_say_whether_the_search_was_thorough(tmp_path: Path, allowed: Allowed) -> None:
    save_design(compile_model(svm(WEIGHTS, [4, -100], bits=(4,) * 8), effort="high"), tmp_path / "high")
    path = tmp_path / "high" / "manifest.json"
    manifest = json.loads(path.read_text())
    del manifest["lowering"]
    path.write_text(json.dumps(manifest | {"thorough": True}))
    assert verify_folder(tmp_path / "high").formal.status in allowed("proven", "yosys-abc")
    path.write_text(json.dumps(manifest | {"lowering": "x"}))
    with pytest.raises(OutputError, match=r"manifest.json: unknown effort; got lowering 'x'; allowed: greedy"):
        verify_folder(tmp_path / "high")
