"""Tables from the file to the proven circuit."""

from __future__ import annotations

import json

import numpy as np
import pytest
from command_line import call

from bespoke.flow import export_folder


def test_a_table_becomes_a_proven_circuit(tmp_path):
    (tmp_path / "adder.truth").write_text("10010110\n11101000\n")
    folder = tmp_path / "out"
    result = call("compile", tmp_path / "adder.truth", "-o", folder, "--json")
    assert result.exit_code == 0, result.output
    report = json.loads((folder / "report.json").read_text())
    assert report["verification"]["formal"]["status"] == "proven"
    # A full adder takes 7 AND nodes.
    assert report["netlist"]["and_nodes"] == 7
    header = export_folder(folder, ("aag",))["netlist.aag"].split(b"\n")[0].split()
    assert int(header[-1]) == report["netlist"]["and_nodes"]
    assert np.array_equal(report["model"]["input_bits"], [1, 1, 1])


@pytest.mark.slow
def test_gates_are_searched_for_a_given_time(tmp_path):
    (tmp_path / "adder.truth").write_text("10010110\n11101000\n")
    folder = tmp_path / "out"
    limit = ("--effort", "high", "--effort-seconds", "0.5")
    result = call("compile", tmp_path / "adder.truth", *limit, "-o", folder, "--json")
    assert result.exit_code == 0, result.output
    report = json.loads((folder / "report.json").read_text())
    assert report["verification"]["formal"]["status"] == "proven"
    assert report["options"]["effort_seconds"] == 0.5
    assert any("searched for 0.5 s" in note for note in report["notes"])
    assert report["seconds"]["search"] > 0.4
