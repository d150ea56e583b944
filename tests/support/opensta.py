"""Delays by OpenSTA from the files that bespoke exports."""

from __future__ import annotations

import re
from pathlib import Path

from bespoke.cells import CellLibrary
from bespoke.errors import ToolError
from bespoke.external import run_program
from bespoke.interchange import circuit_of
from bespoke.interchange.liberty import liberty_text
from bespoke.interchange.sdc import sdc_text
from bespoke.netlist import MappedNetlist
from bespoke.verilog import read_named_netlist, write_netlist

_SCRIPT = """read_liberty library.lib
read_verilog netlist.v
link_design classifier
read_sdc constraints.sdc
report_checks -path_delay max -digits 6 -format full
"""
_NS_PER_MS = 1e6
_TIMEOUT_S = 600


def opensta_delay_ms(mapped: MappedNetlist, library: CellLibrary, folder: Path) -> float:
    """Latest arrival at an output in ms; the program has 32-bit floats."""
    text = write_netlist(mapped, library)
    constraints = sdc_text(circuit_of(read_named_netlist(text, library), library))
    files = {
        "netlist.v": text,
        "library.lib": liberty_text(library),
        "constraints.sdc": constraints,
        "run.tcl": _SCRIPT,
    }
    for name, content in files.items():
        (folder / name).write_text(content, encoding="utf-8")
    run = run_program("sta", ["-exit", "run.tcl"], folder=folder, timeout_s=_TIMEOUT_S)
    found = re.search(r"([\d.]+)\s+data arrival time", run.stdout)
    if found is None or "rror" in run.stdout + run.stderr:
        raise ToolError("OpenSTA found no path", got=(run.stdout + run.stderr)[-400:])
    return float(found[1]) / _NS_PER_MS
