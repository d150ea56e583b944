"""ABC as a source of other forms of a netlist, each of them proven equivalent before it is used."""

from __future__ import annotations

import os
import time
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from bespoke.cells import CellLibrary, minterms
from bespoke.errors import ToolTimeoutError
from bespoke.external import run_program, scratch_folder
from bespoke.netlist import Netlist, from_aiger, to_aiger

ABC = "yosys-abc"
WIRE = "wire"  # the buffer that some mappers demand of a library
_WIRE_AREA = 1e4  # none is ever worth it
_LEAST_S = 0.01
_PIN = " PIN * UNKNOWN 1 999 1 0 1 0"

# Each ends in cells, which are then opened again: what counts is a structure made for these cells. SAT sweeping is
# limited in conflicts, since without a limit it may never end on arithmetic.
SCRIPTS = (
    "ifraig; dc2; dc2; dch; amap",
    "ifraig; dc2; ifraig -C 20000; dc2; ifraig -C 20000; dch -C 2000; amap",
    "dc2; resub -K 10 -N 2; ifraig -C 20000; dch; amap; strash; ifraig -C 20000; dch; amap",
)


def abc_forms(netlist: Netlist, library: CellLibrary, *, budget_s: float) -> list[Netlist]:
    """Equivalent netlists that ABC finds, the given one not among them.

    Parameters
    ----------
    netlist : Netlist
    library : CellLibrary
        Sets ABC's costs.
    budget_s : float
        Seconds for all scripts and proofs of equivalence, which run at once; a form that is not ready and proven by
        then is left out.

    Raises
    ------
    ToolMissingError
        If ABC is not installed.
    """
    end = time.monotonic() + budget_s
    with scratch_folder("bespoke-") as folder, ThreadPoolExecutor(os.cpu_count()) as threads:
        (folder / "in.aig").write_bytes(to_aiger(netlist, netlist.output_literals()))
        (folder / "cells.genlib").write_text(genlib_text(library), encoding="ascii")
        results = threads.map(lambda number: _run_script(folder, number, end), range(len(SCRIPTS)))
        return [from_aiger(result, netlist) for result in results if result]


def _run_script(folder: Path, number: int, end: float) -> bytes:
    """AIGER result of one script, empty if it did not finish or was not proven equivalent."""
    result = folder / f"out{number}.aig"
    commands = (
        f"read_genlib cells.genlib; read_aiger in.aig; strash; {SCRIPTS[number]}; strash; write_aiger {result.name}"
    )
    try:
        _run(folder, commands, end)
        if not result.exists():
            return b""
        answer = _run(folder, f"cec -n in.aig {result.name}", end)
    except ToolTimeoutError:
        return b""
    return result.read_bytes() if "Networks are equivalent" in answer else b""


def _run(folder: Path, commands: str, end: float) -> str:
    """What ABC prints."""
    left = max(end - time.monotonic(), _LEAST_S)
    return run_program(ABC, ["-q", commands], folder=folder, timeout_s=left).stdout


def genlib_text(library: CellLibrary) -> str:
    """The single-output cells of a library in SIS genlib form."""
    gates = []
    for cell in library.usable_cells:
        if len(cell.outputs) == 1 and cell.inputs:
            products = minterms(cell.outputs[0].truth, [f"p{i}" for i in range(len(cell.inputs))])
            function = "+".join(f"({product})" for product in products) or "CONST0"
            gates.append((cell.name, cell.area_mm2, function))
    return genlib(gates)


def genlib(gates: Iterable[tuple[str, float, str]]) -> str:
    """Gates by name, area and function in SIS genlib form, with a buffer named `WIRE` and constants."""
    every = [(WIRE, _WIRE_AREA, "a"), *gates]
    lines = [f"GATE {name} {area:.9g} Y={function};{_PIN}" for name, area, function in every]
    return "\n".join(["GATE zero 0 Y=CONST0;", "GATE one 0 Y=CONST1;", *lines, ""])
