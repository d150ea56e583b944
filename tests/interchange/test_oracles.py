"""Yosys, ABC and Icarus Verilog read what is written, and agree."""

from __future__ import annotations

import subprocess
from functools import partial

import numpy as np
import pytest
from exchange_samples import adder, foreign, random_circuit, random_inputs

from bespoke.estimate import estimate
from bespoke.interchange import ImportOptions, liberty_text, read_vcd
from bespoke.interchange.aiger import aiger
from bespoke.interchange.blif import logic_blif, mapped_blif
from bespoke.interchange.yosys_json import yosys_json
from bespoke.sim import simulate_mapped
from bespoke.verilog import netlist_ports, write_cells, write_netlist, write_testbench, write_vectors

pytestmark = pytest.mark.oracle

CELLS = ["INVX1", "BUFX1", "NAND2X1", "NOR2X1", "XOR2X1", "AOI21", "HA"]
CIRCUITS = {
    "adder": adder,
    **{f"random {seed}": partial(random_circuit, seed, gates=60, cells=CELLS) for seed in (1, 2)},
}
EQUIVALENCE = """
read_verilog netlist.v cells.v
hierarchy -top {top}
flatten
rename {top} gold
design -stash gold
{read}
read_verilog cells.v
hierarchy -top {top}
flatten
rename {top} gate
design -stash gate
design -copy-from gold -as gold gold
design -copy-from gate -as gate gate
miter -equiv -flatten -make_outputs gold gate miter
hierarchy -top miter
sat -verify -prove trigger 0 miter
"""


def run(command, folder):
    result = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=100)
    assert result.returncode == 0, result.stdout[-2000:] + result.stderr[-2000:]
    return result.stdout


@pytest.fixture(params=CIRCUITS)
def case(request, tmp_path):
    circuit = CIRCUITS[request.param]()
    (tmp_path / "netlist.v").write_text(write_netlist(circuit.mapped, circuit.library))
    (tmp_path / "cells.v").write_text(write_cells(circuit.library, circuit.mapped.cell_histogram()))
    return circuit, tmp_path


@pytest.mark.parametrize(
    ("name", "write", "read"),
    [
        ("n.blif", mapped_blif, "read_blif -wideports n.blif"),
        ("l.blif", logic_blif, "read_blif -wideports l.blif"),
        ("n.json", yosys_json, "read_json n.json"),
    ],
)
def test_yosys_proves_the_netlist(case, require_program, name, write, read):
    require_program("yosys")
    circuit, folder = case
    (folder / name).write_text(write(circuit))
    (folder / "prove.ys").write_text(EQUIVALENCE.format(read=read, top=circuit.mapped.name))
    run(["yosys", "-q", "-s", "prove.ys"], folder)


def test_yosys_reads_escaped_names_of_json(require_program, tmp_path):
    require_program("yosys")
    circuit = foreign()
    (tmp_path / "n.json").write_text(yosys_json(circuit))
    found = run(["yosys", "-p", "read_json n.json; select -list top#1/x.3 top#1/u/v[2] top#1/g.0"], tmp_path)
    assert "top#1/x.3" in found
    assert "top#1/g.0" in found


def test_abc_proves_blif_and_aiger(case, require_program):
    abc = str(require_program("yosys-abc"))
    require_program("yosys")
    circuit, folder = case
    top = circuit.mapped.name
    script = (
        f"read_verilog netlist.v cells.v; hierarchy -top {top}; flatten; opt_clean; synth -run fine:; write_blif r.blif"
    )
    run(["yosys", "-q", "-p", script], folder)
    (folder / "l.blif").write_text(logic_blif(circuit))
    (folder / "n.aig").write_bytes(aiger(circuit))
    (folder / "n.aag").write_bytes(aiger(circuit, is_ascii=True))
    for name in ("l.blif", "n.aig"):
        assert "Networks are equivalent" in run([abc, "-q", f"cec r.blif {name}"], folder)
    run(["yosys", "-q", "-p", "read_aiger -module_name top n.aag; aigmap; write_blif a.blif"], folder)
    assert "Networks are equivalent" in run([abc, "-q", "cec r.blif a.blif"], folder)


def test_abc_reads_cells_by_the_liberty_file(require_program, tmp_path):
    abc = str(require_program("yosys-abc"))
    circuit = adder()
    (tmp_path / "c.lib").write_text(liberty_text(circuit.library))
    (tmp_path / "n.blif").write_text(mapped_blif(circuit))
    (tmp_path / "l.blif").write_text(logic_blif(circuit))
    found = run([abc, "-q", "read_lib c.lib; read_blif n.blif; print_gates; cec l.blif"], tmp_path)
    assert "Networks are equivalent" in found
    assert "NAND2X1" in found
    assert "9   Area" in found


@pytest.mark.parametrize("step", [1, 250])
def test_a_dump_of_icarus_gives_the_same_power(case, require_program, step):
    require_program("iverilog")
    circuit, folder = case
    words = random_inputs(circuit, 100)
    if step > 1:
        words = np.repeat(words, 2, axis=0)
    simulation = simulate_mapped(circuit.mapped, circuit.library, words)
    boundary = netlist_ports(circuit.mapped)
    bench = write_testbench(boundary, len(words)).replace("#1;", f"#{step};")
    (folder / "testbench.v").write_text(bench)
    (folder / "vectors.hex").write_text(write_vectors(boundary, words, simulation.outputs))
    dump = 'module dump; initial begin $dumpfile("d.vcd"); $dumpvars(0, testbench); end endmodule\n'
    (folder / "dump.v").write_text(dump)
    sources = ["netlist.v", "cells.v", "testbench.v", "dump.v"]
    run(["iverilog", "-g2001", "-s", "testbench", "-s", "dump", "-o", "t", *sources], folder)
    assert f"PASS {len(words)}" in run(["vvp", "-n", "t"], folder)
    found = read_vcd(folder / "d.vcd", circuit, ImportOptions(vector_time=step))
    assert found.scope == "testbench.dut"
    assert found.activity == simulation.activity
    figures = [estimate(circuit.mapped, circuit.library, a) for a in (found.activity, simulation.activity)]
    assert figures[0] == figures[1]
