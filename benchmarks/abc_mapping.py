"""Mapping by ABC, for comparisons: BLIF out, cells counted from mapped BLIF, libraries as genlib and as Liberty.

ABC wants a buffer cell; the libraries here get one of a prohibitive area. An output that is an input needs no cell, so
buffers cost nothing when the cells are counted.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from bespoke.cells import Cell, CellLibrary
from bespoke.external import run_program
from bespoke.netlist import GateKind, Netlist

AREA_SCRIPT = "strash; ifraig; dc2; dc2; dch; amap"
BUFFER = "DUMMYBUF"
BUFFER_AREA = 1000.0
ABC = "yosys-abc"
TIMEOUT_S = 600.0


def abc_area_mm2(source: Netlist | Path, library: CellLibrary, script: str = AREA_SCRIPT) -> float:
    """Area of a netlist, or of an AIGER or BLIF file, after an ABC script that ends in a mapping."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        if isinstance(source, Netlist):
            (folder / "source.blif").write_text(blif(source), encoding="utf-8")
            source = folder / "source.blif"
        (folder / "cells.genlib").write_text(genlib(library), encoding="utf-8")
        command = f"read_genlib cells.genlib; read {source.resolve()}; {script}; write_blif mapped.blif"
        run = run_program(ABC, ["-q", command], folder=folder, timeout_s=TIMEOUT_S)
        mapped = folder / "mapped.blif"
        if not mapped.exists():
            raise SystemExit(f"ABC wrote no netlist: {run.stdout[-300:]}{run.stderr[-300:]}")
        return cells_area_mm2(re.findall(r"^\.gate\s+(\S+)", mapped.read_text(encoding="utf-8"), re.MULTILINE), library)


def cells_area_mm2(names: Iterable[str], library: CellLibrary) -> float:
    """Area of cells by name; buffers and constants are free."""
    counts = Counter(names)
    return sum(count * library[name].area_mm2 for name, count in counts.items() if name in library)


def blif(netlist: Netlist) -> str:
    """A netlist as BLIF: inputs ``i<bit>``, outputs ``o<bit>`` in port order."""
    count = netlist.input_count
    outputs = netlist.output_literals()
    lines = [
        ".model top",
        ".inputs " + " ".join(f"i{bit}" for bit in range(count)),
        ".outputs " + " ".join(f"o{bit}" for bit in range(len(outputs))),
        ".names n0",
    ]
    lines += [f".names i{bit} n{1 + bit}\n1 1" for bit in range(count)]
    for net, kind, a, b in netlist.gates():
        lines.append(f".names n{a >> 1} n{b >> 1} n{net}")
        first, second = 1 - (a & 1), 1 - (b & 1)
        if kind == GateKind.AND:
            lines.append(f"{first}{second} 1")
        else:
            lines += [f"{first}{1 - second} 1", f"{1 - first}{second} 1"]
    lines += [f".names n{literal >> 1} o{bit}\n{1 - (literal & 1)} 1" for bit, literal in enumerate(outputs)]
    return "\n".join([*lines, ".end"]) + "\n"


def genlib(library: CellLibrary) -> str:
    """The single-output cells of a library as genlib, with a dummy buffer and constants."""
    lines = [
        f"GATE {cell.name} {cell.area_mm2} {cell.outputs[0].name}={_products(cell)}; PIN * UNKNOWN 1 999 1 0 1 0"
        for cell in _single_output(library)
    ]
    lines.append(f"GATE {BUFFER} {BUFFER_AREA} Y=A; PIN * UNKNOWN 1 999 1 0 1 0")
    return "\n".join([*lines, "GATE ZERO 0 Y=CONST0;", "GATE ONE 0 Y=CONST1;"]) + "\n"


def liberty(library: CellLibrary) -> str:
    """The same as a Liberty file without timing, which is what Yosys needs to map for area."""
    cells = [_liberty_cell(c.name, c.area_mm2, [p.name for p in c.inputs], c) for c in _single_output(library)]
    cells.append(_liberty_cell(BUFFER, BUFFER_AREA, ["A"], None))
    return f"library ({library.name}) {{\n" + "\n".join(cells) + "\n}\n"


def _liberty_cell(name: str, area: float, pins: Sequence[str], cell: Cell | None) -> str:
    function = _products(cell) if cell else "A"
    output = cell.outputs[0].name if cell else "Y"
    lines = [f"  cell ({name}) {{", f"    area : {area};"]
    lines += [f"    pin ({pin}) {{ direction : input; }}" for pin in pins]
    lines += [f'    pin ({output}) {{ direction : output; function : "{function}"; }}', "  }"]
    return "\n".join(lines)


def _single_output(library: CellLibrary) -> list[Cell]:
    return [cell for cell in library.cells.values() if len(cell.outputs) == 1 and cell.inputs]


def _products(cell: Cell) -> str:
    """Sum of products of a cell's function, or the complement of one of its complement where that is shorter."""
    pins = [pin.name for pin in cell.inputs]
    truth = cell.outputs[0].truth
    states = range(1 << len(pins))
    ones = [state for state in states if truth >> state & 1]
    zeros = [state for state in states if not truth >> state & 1]
    chosen, sign = (ones, "") if len(ones) <= len(zeros) else (zeros, "!")
    products = ["*".join(("" if state >> i & 1 else "!") + pin for i, pin in enumerate(pins)) for state in chosen]
    return f"{sign}(" + "+".join(f"({product})" for product in products) + ")"
