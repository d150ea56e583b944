"""Structure of netlist.v, cells.v and rtl.v; what the tools say about them stands in tests/oracles."""

import hashlib
import subprocess
import sys
from itertools import pairwise

import numpy as np
import pytest
from verilog_samples import NASTY_NAMES, coding, random_mapped, random_sums, random_tree, small_library

from bespoke.errors import LibraryError, NetlistError
from bespoke.model import Affine, Argmax, IntegerModel, Origin
from bespoke.netlist import Instance, MappedNetlist, Port
from bespoke.verilog import model_ports, netlist_ports, write_cells, write_netlist, write_rtl

LIBRARY = small_library()
GOLDEN = """\
// made for a test
// verilator lint_off DECLFILENAME
// verilator lint_off UNUSED
`default_nettype none

module classifier (
  input  wire [1:0] petal_width_cm,
  (* zero_bits *) input  wire colour,
  output wire signed [2:0] prediction,
  (* zero_bits *) output wire value
);
  wire n4, n5, n6;
  NAND2X1 g0 (.A(petal_width_cm[0]), .B(1'b1), .Y(n4));
  HA g1 (.A(n4), .B(petal_width_cm[1]), .S(n5), .C(n6));
  assign prediction = {1'b0, n5, petal_width_cm[1]};
  assign value = 1'b0;
endmodule

`default_nettype wire
// verilator lint_on UNUSED
// verilator lint_on DECLFILENAME
"""
MAPPED = MappedNetlist(
    "x",
    "small",
    (Port("petal width (cm)", (2, 3)), Port("colour", ())),
    (Port("prediction", (3, 5, 0), signed=True), Port("value", ())),
    (Instance("NAND2X1", (2, 1), (4,)), Instance("HA", (4, 3), (5, 6))),
)


def test_netlist_text():
    assert write_netlist(MAPPED, LIBRARY, header=["made for a test"]) == GOLDEN


def test_cells_text():
    text = write_cells(LIBRARY, ["HA", "NAND2X1", "HA", "AOI21", "and", "TIE1"])
    assert "module HA (input wire A, input wire B, output wire S, output wire C);\n  xor (S, A, B);\n  and" in text
    assert "  assign Y = ~((A & B) | C);" in text
    assert "  assign \\out[0]  = (in & ~\\3x );" in text
    assert "  assign Y = 1'b1;" in text
    assert text.index("AOI21") < text.index("module HA") < text.index("module NAND2X1") < text.index("module \\and ")


def test_wrong_cells_are_refused():
    with pytest.raises(LibraryError, match="NOSUCH"):
        write_cells(LIBRARY, ["NOSUCH"])
    odd = MappedNetlist("x", "small", (Port("a", (2,)),), (), (Instance("NAND2X1", (2,), (3,)),))
    with pytest.raises(NetlistError, match="g0: pins do not fit cell NAND2X1"):
        write_netlist(odd, LIBRARY)


def test_model_and_netlist_have_the_same_boundary():
    rng = np.random.default_rng(1)
    widths = tuple(int(w) for w in rng.integers(0, 4, size=len(NASTY_NAMES)))
    model = random_sums(rng, "argmax", 5, widths, names=NASTY_NAMES)
    ends = np.cumsum([2, *widths]).tolist()
    inputs = tuple(Port(name, tuple(range(*span))) for name, span in zip(NASTY_NAMES, pairwise(ends), strict=True))
    mapped = MappedNetlist("m", "small", inputs, (Port("prediction", (0, 1, 0)),), ())
    assert model_ports(model) == netlist_ports(mapped)
    assert [word.name for word in model_ports(model).inputs] == list(NASTY_NAMES)


def test_outputs_keep_their_names():
    model = random_tree(np.random.default_rng(1), "value", 2, (2, 2), splits=3, names=["value", "prediction"])
    assert [word.identifier for word in model_ports(model).words] == ["value_2", "prediction", "value"]


def test_header_lines_are_never_commands():
    lines = write_netlist(MAPPED, LIBRARY, header=["verilator lint_off WIDTH", "synopsys translate_off\n`x"]).split(
        "\n"
    )
    assert lines[:2] == ["// - verilator lint_off WIDTH", "// - synopsys translate_off\\n`x"]


def test_rtl_is_readable():
    layer = Affine(np.array([[3, -5], [0, 1]]), np.array([-2, 7]), "identity", 3)
    names = coding((2, 4), ["hue", "wall width"])
    model = IntegerModel(names, (layer,), Argmax(("red", "blue")), Origin("svm", "SVC"))
    text = write_rtl(model)
    for line in (
        "// SVC: svm, 2 features.",
        '  input  wire [3:0] wall_width,  // feature 1 "wall width", 0.25 to 1.75',
        '  output wire prediction         // class: 0 = "red", 1 = "blue"',
        '  reg signed [7:0] score_0;  // "red"',
        "    -8'sd2                   // bias -0.25",
        '    + 8\'sd3 * in0_0          // 1.5 * "hue"',
        '    - 8\'sd5 * in0_1;         // -10 * "wall width"',
    ):
        assert line in text.splitlines()


@pytest.mark.slow
def test_bytes_do_not_depend_on_the_process():
    code = (
        "import sys; sys.path[:0] = sys.argv[1:]; import hashlib, numpy as np\n"
        "from verilog_samples import *\n"
        "from bespoke.verilog import *\n"
        "rng = np.random.default_rng(5)\n"
        "library = small_library()\n"
        "mapped = random_mapped(rng, gates=100)\n"
        "model = random_sums(rng, 'votes', 4, (3, 2, 1))\n"
        "text = write_netlist(mapped, library) + write_cells(library, set(library.cells)) + write_rtl(model)\n"
        "print(hashlib.sha256(text.encode()).hexdigest())\n"
    )
    digests = {
        subprocess.run(
            [sys.executable, "-c", code, *sys.path],
            capture_output=True,
            text=True,
            check=True,
            env={"PYTHONHASHSEED": s},
        ).stdout
        for s in ("1", "2")
    }
    rng = np.random.default_rng(5)
    mapped = random_mapped(rng, gates=100)
    model = random_sums(rng, "votes", 4, (3, 2, 1))
    text = write_netlist(mapped, LIBRARY) + write_cells(LIBRARY, LIBRARY.cells) + write_rtl(model)
    assert digests == {hashlib.sha256(text.encode()).hexdigest() + "\n"}
