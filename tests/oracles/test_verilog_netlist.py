"""netlist.v with cells.v passes Icarus, Verilator and Yosys without a warning."""

import subprocess

import numpy as np
import pytest
from verilog_samples import NASTY_NAMES, random_mapped, small_library

from bespoke.verilog import netlist_ports, write_cells, write_netlist, write_testbench

pytestmark = pytest.mark.oracle
LIBRARY = small_library()
_READ = "read_verilog netlist.v cells.v; hierarchy -check -top classifier; proc; check -assert"
_COMMANDS = (
    ["verilator", "--lint-only", "-Wall", "netlist.v", "cells.v"],
    ["yosys", "-q", "-p", _READ],
    ["iverilog", "-g2001", "-Wall", "-tnull", "netlist.v", "cells.v"],
    ["iverilog", "-g2012", "-Wall", "-tnull", "netlist.v", "cells.v"],
    ["iverilog", "-g2001", "-Wall", "-tnull", "-s", "testbench", "netlist.v", "cells.v", "testbench.v"],
)


@pytest.mark.parametrize("gates", [0, 1, 30, 400])
def test_no_tool_warns(require_program, tmp_path, gates):
    rng = np.random.default_rng(gates)
    widths = tuple(int(w) for w in rng.integers(0, 5, size=len(NASTY_NAMES)))
    mapped = random_mapped(rng, gates=gates, widths=widths, names=NASTY_NAMES, out_widths=(3, 5, 0, 1, 1))
    (tmp_path / "netlist.v").write_text(write_netlist(mapped, LIBRARY, header=NASTY_NAMES))
    (tmp_path / "cells.v").write_text(write_cells(LIBRARY, mapped.cell_histogram()))
    (tmp_path / "testbench.v").write_text(write_testbench(netlist_ports(mapped), 4))
    for command in _COMMANDS:
        require_program(command[0])
        result = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False)
        assert (result.returncode, result.stdout + result.stderr) == (0, ""), command


def test_yosys_counts_every_instance(require_program, tmp_path):
    require_program("yosys")
    mapped = random_mapped(np.random.default_rng(1), gates=50)
    (tmp_path / "netlist.v").write_text(write_netlist(mapped, LIBRARY))
    result = subprocess.run(
        ["yosys", "-p", "read_verilog netlist.v; stat"], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    for cell, count in mapped.cell_histogram().items():
        assert f"{cell} {count}" in " ".join(result.stdout.split())
