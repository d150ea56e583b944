"""What Yosys synthesises from rtl.v is read back with the model's function."""

import subprocess

import numpy as np
import pytest
from verilog_samples import NASTY_NAMES, random_sums, random_tree, random_words, run_mapped, small_library

from bespoke.verilog import model_ports, read_netlist, write_rtl

pytestmark = pytest.mark.oracle
LIBRARY = small_library()
# ABC crashes on a library without a buffer.
LIBERTY = """library (small) {
  cell (INVX1) { area : 1; pin (A) { direction : input; } pin (Y) { direction : output; function : "!A"; } }
  cell (BUFX1) { area : 90; pin (A) { direction : input; } pin (Y) { direction : output; function : "A"; } }
  cell (NAND2X1) { area : 2; pin (A) { direction : input; } pin (B) { direction : input; }
    pin (Y) { direction : output; function : "!(A B)"; } }
  cell (XOR2X1) { area : 4; pin (A) { direction : input; } pin (B) { direction : input; }
    pin (Y) { direction : output; function : "A^B"; } }
}
"""
SCRIPT = (
    "read_verilog rtl.v; synth -flatten -top classifier; abc -liberty small.lib; opt_clean -purge; "
    "write_verilog {options} netlist.v"
)


@pytest.mark.parametrize("options", ["", "-noattr", "-noattr -nohex -nodec -simple-lhs"])
@pytest.mark.parametrize("kind", ["argmax", "votes", "label", "value", "index"])
def test_synthesised_netlists_are_read(require_program, tmp_path, kind, options):
    require_program("yosys")
    require_program("yosys-abc")
    rng = np.random.default_rng(len(kind) + len(options))
    bits, names = (2, 1, 0, 3), [NASTY_NAMES[i] for i in rng.integers(0, len(NASTY_NAMES), size=4)]
    if kind == "index":
        model = random_tree(rng, kind, 3, bits, splits=20, names=names)
    else:
        model = random_sums(rng, kind, 3, bits, names=names, hidden=(2,) if kind == "argmax" else ())
    (tmp_path / "rtl.v").write_text(write_rtl(model))
    (tmp_path / "small.lib").write_text(LIBERTY)
    command = ["yosys", "-q", "-p", SCRIPT.format(options=options)]
    result = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr
    netlist = read_netlist(tmp_path / "netlist.v", LIBRARY)
    words = random_words(rng, bits, 300)
    boundary = model_ports(model)
    assert [port.name for port in netlist.inputs] == [word.identifier for word in boundary.inputs]
    mask = (1 << netlist.outputs[0].width) - 1  # Yosys does not write that a port is signed
    outputs = run_mapped(netlist, LIBRARY, words)[:, 0]
    assert (outputs & mask == model.predict(words) & mask).all()
