"""Netlists as layout tools and silicon flows write them: tie cells, fillers, supplies, modules in modules."""

from __future__ import annotations

import subprocess
from pathlib import Path

import numpy as np
import pytest
from command_line import call
from verilog_samples import run_mapped

from bespoke.cells import load_library
from bespoke.errors import VerilogError
from bespoke.verilog import read_named_netlist, read_netlist

PG = "pg_pin (VDD) { pg_type : primary_power; } pg_pin (VSS) { pg_type : primary_ground; }"


def _cell(name: str, area: float, inputs: str, **outputs: str) -> str:
    pins = "".join(f"pin ({pin}) {{ direction : input; capacitance : 1; }}" for pin in inputs.split())
    pins += "".join(f'pin ({pin}) {{ direction : output; function : "{text}"; }}' for pin, text in outputs.items())
    return f"cell ({name}) {{ area : {area}; cell_leakage_power : 2; {PG} {pins} }}\n"


LIBERTY = "library (foreign) { nom_voltage : 1.1;\n" + "".join(
    [
        _cell("INV_X1", 0.532, "A", ZN="!A"),
        _cell("BUF_X1", 0.798, "A", Z="A"),  # ABC crashes on a library without one
        _cell("NAND2_X1", 0.798, "A1 A2", ZN="!(A1 & A2)"),
        _cell("HA_X1", 2.66, "A B", S="A^B", CO="A&B"),
        _cell("LOGIC1_X1", 0.532, "", Z="1"),
        _cell("FILLCELL_X1", 0.266, ""),
        _cell("decap_3", 3.75, ""),
        _cell("conb_1", 3.75, "", HI="1", LO="0"),
        _cell("diode_2", 2.5, "DIODE"),
    ]
)
LIBERTY += """cell (DFF_X1) { area : 4; ff (IQ, IQN) { next_state : D; clocked_on : CK; }
  pin (D) { direction : input; } pin (CK) { direction : input; }
  pin (Q) { direction : output; function : "IQ"; } } }
"""
HALF = """module half (p, q, s, c, VDD, VSS);
  input p, q; output s, c; inout VDD, VSS; wire n;
  NAND2_X1 g (.A1(p), .A2(q), .ZN(n), .VDD(VDD), .VSS(VSS));
  INV_X1 i (.A(n), .ZN(c), .VDD(VDD), .VSS(VSS));
  HA_X1 h (.A(p), .B(q), .S(s), .CO());
endmodule
"""
FULL = """module full (input [1:0] x, input ci, output [1:0] y, inout VDD, inout VSS);
  wire \\s.0 , c0, c1;
  half \\u/0 (.p(x[0]), .q(x[1]), .s(\\s.0 ), .c(c0), .VDD(VDD), .VSS(VSS));
  half u1 (\\s.0 , ci, y[0], c1, VDD, VSS);
  wire n0, n1;
  INV_X1 i0 (.A(c0), .ZN(n0)), i1 (.A(c1), .ZN(n1));
  NAND2_X1 g (.A1(n0), .A2(n1), .ZN(y[1]));
  FILLCELL_X1 FILLER_0 ();
  decap_3 FILLER_1 (.VDD(VDD), .VSS(VSS));
endmodule
"""


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("foreign") / "foreign.lib"
    path.write_text(LIBERTY)
    return path


@pytest.fixture(scope="module")
def library(file: Path):
    return load_library(file)


def outputs(text: str, library, **more: str) -> list[list[int]]:
    """Output words for every input."""
    mapped = read_netlist(text, library, **more)
    widths = [port.width for port in mapped.inputs]
    rows = np.indices([1 << width for width in widths]).reshape(len(widths), -1).T
    return run_mapped(mapped, library, rows).tolist()


def test_a_hierarchy_becomes_flat(library) -> None:
    sums = [[(x & 1) + (x >> 1) + ci] for x in range(4) for ci in range(2)]
    assert outputs(HALF + FULL, library) == outputs(FULL + HALF, library) == sums
    named = read_named_netlist(HALF + FULL, library)
    assert [port.name for port in named.mapped.inputs] == ["x", "ci"]
    assert {"u/0.g", "u1.h", "FILLER_0", "FILLER_1"} <= set(named.instances)
    assert named.nets[named.bits["u1.n"]] == "u1.n"
    assert named.bits["u/0.s"] == named.bits["s.0"]
    assert named.mapped.cell_histogram() == {
        "FILLCELL_X1": 1, "HA_X1": 2, "INV_X1": 4, "NAND2_X1": 3, "decap_3": 1,
    }  # fmt: skip


@pytest.mark.parametrize("text", [HALF, FULL + HALF])
def test_deeper_hierarchies_and_vectors(library, text: str) -> None:
    if text is HALF:
        top = "module top (input [1:0] a, output [1:0] y); half h (.p(a[1]), .q(a[0]), .s(y[0]), .c(y[1])); endmodule"
        expected = [[(a & 1) + (a >> 1)] for a in range(4)]
    else:
        middle = "module middle (input [2:0] a, output [0:1] y); full f ({a[2], a[0]}, a[1], {y[0], y[1]}); endmodule\n"
        top = f"{middle} module top (input [2:0] a, output [1:0] y); middle m (.a(a), .y(y)); endmodule"
        expected = [[a.bit_count()] for a in range(8)]
    assert outputs(text + top, library) == expected


@pytest.mark.parametrize(
    "body",
    [
        "LOGIC1_X1 t (.Z(one)); NAND2_X1 g (.A1(a), .A2(one), .ZN(y));",
        "conb_1 t (.HI(one), .LO(zero)); NAND2_X1 g (.A1(a), .A2(one), .ZN(y)); diode_2 d (.DIODE(a));",
        "conb_1 t (.HI(one)); NAND2_X1 g (.A1(a), .A2(one), .ZN(y), .VDD(VDD), .VSS(VSS));",
        "supply1 VDD; NAND2_X1 g (.A1(a), .A2(VDD), .ZN(y));",
        "wire VPWR; NAND2_X1 g (.A1(a), .A2(VPWR), .ZN(y));",
        "assign one = VDD; NAND2_X1 g (.A1(a), .A2(one), .ZN(y), .VDD(1'b1));",
        "INV_X1 g (a, y);",
    ],
)
def test_ties_fillers_and_supplies(library, body: str) -> None:
    assert outputs(f"module top (input a, output y); wire one, zero; {body} endmodule", library) == [[1], [0]]


@pytest.mark.parametrize("kind", ["input", "inout"])
def test_supply_ports_are_no_inputs(library, kind: str) -> None:
    gate = "INV_X1 g (.A(a), .ZN(y), .VDD(VDD), .VSS(VSS));"
    text = f"module top (a, y, VDD, VSS); input a; output y; {kind} VDD, VSS; {gate} endmodule"
    assert [port.name for port in read_netlist(text, library).inputs] == ["a"]
    assert outputs(text, library) == [[1], [0]]


def test_an_input_that_is_called_as_a_supply_is_one_where_no_supply_pin_is_on_it(library) -> None:
    text = "module top (input VDD, output y); INV_X1 g (.A(VDD), .ZN(y)); endmodule"
    assert outputs(text, library) == [[1], [0]]


def test_positional_connections_of_cells_with_supply_pins(library) -> None:
    cell = "module INV_X1 (VDD, A, VSS, ZN); inout VDD, VSS; input A; output ZN; not (ZN, A); endmodule\n"
    text = "module top (input a, output y, inout VDD, inout VSS); INV_X1 g (VDD, a, VSS, y); endmodule"
    assert outputs(cell + text, library) == [[1], [0]]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("half u (.p(a), .q(a), .s(y), .z(a));", r"unknown port; got half\.z; allowed: p, q, s, c, VDD, VSS"),
        ("half u (.p(a), .p(a), .s(y));", r"connected twice; got half\.p"),
        ("half u (.p(a), .s(y));", r"no driver; got u\.q\[0\]"),
        ("half u (.p(w), .q(a), .s(y));", "widths differ; got 2 bits; allowed: 1 bits"),
        ("half u (.p(a), .q(a), .s(1'b0));", "a constant is driven"),
        ("half u (.p(a), .q(a), .s(y)), u (.p(a), .q(a));", "two instances have one name; got u"),
        (r"half u (.p(a), .q(a), .s(y)); wire \u.n ;", r"two wires have one name; got u\.n"),
        ("half #(.N(2)) u (.p(a), .q(a), .s(y));", "parameters"),
        ("half u (.p(a), .q(a), .s(y), .VDD(VSS));", "a supply pin on the other supply; got VDD on VSS"),
        ("INV_X1 u (.A(a), .ZN(y), .VSS(1'b1));", "a supply pin on the other supply; got VSS on 1'b1"),
        ("half u (.p(y), .q(a), .s(y));", r"combinational loop; got u\.h"),
        ("half u (.p(a), .q(a), .s(y)); half v (.p(a), .q(a), .s(y));", r"driven twice"),
        ("DFF_X1 u (.D(a), .CK(a), .Q(y));", "cannot be used here; got DFF_X1, sequential"),
    ],
)
def test_faults_of_hierarchies(library, text: str, message: str) -> None:
    top = f"module top (input a, input [1:0] w, output y); {text} endmodule"
    with pytest.raises(VerilogError, match=message):
        read_netlist(HALF + top, library, module="top")


def test_modules_that_contain_each_other(library) -> None:
    one = "module one (input a, output y); two t (a, y); endmodule\n"
    with pytest.raises(VerilogError, match=r"modules contain each other; got (one > two > one|two > one > two)"):
        read_netlist(one + one.replace("two t", "one t").replace("module one", "module two"), library, module="one")


def test_a_hierarchy_that_explodes_is_refused(library, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bespoke.verilog.hierarchy.MAX_CELLS", 1000)
    text = "module m0 (input a, output y); INV_X1 g (.A(a), .ZN(y)); endmodule\n"
    for level in range(1, 20):
        pair = f"m{level - 1} l (a, n), r (n, y);"
        text += f"module m{level} (input a, output y); wire n; {pair} endmodule\n"
    with pytest.raises(VerilogError, match="too many cells; allowed: 1,000"):
        read_netlist(text, library)


def test_estimates_of_foreign_netlists(file: Path, tmp_path: Path) -> None:
    (tmp_path / "full.v").write_text(HALF + FULL)
    result = call("estimate", tmp_path / "full.v", "--tech", file, "--period-ms", 1)
    assert result.exit_code == 0
    assert "1.39e-05 mm2" in result.stdout  # 3 NAND2, 4 INV, 2 HA, a filler and a decap: 13.858 um2


@pytest.mark.parametrize(
    ("name", "area_um2"), [("foreign_tie", 4.522), ("foreign_hier", 1.596), ("foreign_power", 3.99)]
)
def test_shared_cases(shared: Path, library, name: str, area_um2: float) -> None:
    mapped = read_netlist(shared / "cases" / f"{name}.v", library)
    cells = [library[instance.cell] for instance in mapped.instances]
    assert sum(cell.area_mm2 for cell in cells) * 1e6 == pytest.approx(area_um2)


@pytest.mark.oracle
def test_a_hierarchy_of_yosys(require_program, library, file: Path, tmp_path: Path) -> None:
    """Area as Yosys has it, and the function of the source."""
    require_program("yosys")
    (tmp_path / "source.v").write_text(
        "module add #(parameter N = 2) (input [N-1:0] a, b, output [N:0] y); assign y = a + b; endmodule\n"
        "module top (input [1:0] a, b, input [2:0] c, output [3:0] y, output one); wire [2:0] t;\n"
        "add #(.N(2)) first (.a(a), .b(b), .y(t)); add #(.N(3)) second (.a(t), .b(c), .y(y));\n"
        "assign one = 1'b1; endmodule\n"
    )
    script = (
        f"read_verilog source.v; hierarchy -top top; synth -top top; abc -liberty {file}; hilomap -hicell LOGIC1_X1 Z; "
        f"opt_clean; write_verilog netlist.v; tee -o stat.txt stat -liberty {file}"
    )
    run = subprocess.run(["yosys", "-q", "-p", script], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    mapped = read_netlist(tmp_path / "netlist.v", library)
    text = (tmp_path / "stat.txt").read_text().splitlines()
    area = float([line for line in text if "area for top module" in line or "area for module" in line][-1].split()[-1])
    assert (tmp_path / "netlist.v").read_text().count("endmodule") == 3
    found = sum(library[instance.cell].area_mm2 for instance in mapped.instances) * 1e6
    assert found == pytest.approx(area)
    rows = np.indices((4, 4, 8)).reshape(3, -1).T
    assert run_mapped(mapped, library, rows).tolist() == [[int(sum(row)), 1] for row in rows]
