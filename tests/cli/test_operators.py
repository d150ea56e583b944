"""The command ``operators``."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from command_line import call

from bespoke.cells import load_library
from bespoke.sim import every_input, mapped_outputs
from bespoke.verilog import read_netlist


@pytest.fixture(autouse=True)
def _brief(monkeypatch: pytest.MonkeyPatch) -> None:
    """No search for gates: it has tests of its own, and is compiled first."""
    monkeypatch.setattr("bespoke.flow.operators.MOST_SEARCHED_BITS", 0)


def test_show_says_the_exact_errors() -> None:
    facts = json.loads(call("operators", "show", "loa", "width=3", "low=1", "--json").stdout)
    assert facts["errors"]["error_rate"] == 0.25
    assert facts["errors"]["worst"] == 1
    assert facts["area_mm2"] > 0


def test_exported_verilog_computes_the_operator(tmp_path: Path) -> None:
    assert call("operators", "export", "eta1", "width=4", "low=2", "-o", tmp_path / "eta").exit_code == 0
    facts = json.loads((tmp_path / "eta" / "operator.json").read_text(encoding="utf-8"))
    assert facts["verification"] == {"inputs": 256, "every_input": True, "mapping": "proven"}
    library = load_library("egfet", None)
    words = every_input((4, 4))
    found = mapped_outputs(read_netlist(tmp_path / "eta" / "eta1.v", library), library, words)[:, 0]
    low = np.array([3 if a & b & 2 else (a ^ b) | (a & b & 1) for a, b in words & 3])
    high = (words[:, 0] >> 2) + (words[:, 1] >> 2) << 2
    assert found.tolist() == (high | low).tolist()


def test_bad_parameters_are_one_line() -> None:
    result = call("operators", "show", "loa", "low=9")
    assert "low: out of range; got 9; allowed: 0 to 8" in result.stderr
