"""The formats by name."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from bespoke.errors import OptionError
from bespoke.estimate import TableEnds
from bespoke.interchange.aiger import aiger
from bespoke.interchange.blif import logic_blif, mapped_blif
from bespoke.interchange.circuit import Circuit
from bespoke.interchange.dot import dot_text
from bespoke.interchange.liberty import liberty_text
from bespoke.interchange.saif import saif_text
from bespoke.interchange.sdc import sdc_text
from bespoke.interchange.spice import CELLS_FILE, spice_cells, spice_netlist
from bespoke.interchange.svg import MAX_CELLS, svg_text
from bespoke.interchange.synthesis import CONSTRAINTS, DESIGN_COMPILER, LIBRARY, SOURCE, YOSYS, synthesis_script
from bespoke.interchange.yosys_json import yosys_json
from bespoke.netlist import Activity

ALL = "all"


@dataclass(frozen=True, slots=True)
class Subject:
    """What is exported.

    Attributes
    ----------
    circuit : Circuit
    source : str
        Verilog of the same function from which other tools synthesise.
    activity : callable
        Activity under the stimuli; called if a format needs it.
    period_ms : float
        Time between two input vectors.
    table_ends : {"hold", "extrapolate"}
        Rule of the estimated delay for transition times that the library's tables do not have.
    """

    circuit: Circuit
    source: str
    activity: Callable[[], Activity]
    period_ms: float
    table_ends: TableEnds = "hold"


@dataclass(frozen=True, slots=True)
class Format:
    """What it is, in a few words, and a writer of each of its files by name."""

    summary: str
    files: Mapping[str, Callable[[Subject], str | bytes]]


def _constraints(subject: Subject) -> str:
    return sdc_text(subject.circuit, subject.period_ms, table_ends=subject.table_ends)


FORMATS: Mapping[str, Format] = {
    "blif": Format("BLIF of cells", {"netlist.blif": lambda s: mapped_blif(s.circuit)}),
    "blif-logic": Format("BLIF of truth tables", {"logic.blif": lambda s: logic_blif(s.circuit)}),
    "aig": Format("AIGER, binary", {"netlist.aig": lambda s: aiger(s.circuit)}),
    "aag": Format("AIGER, ASCII", {"netlist.aag": lambda s: aiger(s.circuit, is_ascii=True)}),
    "json": Format("netlist of Yosys and netlistsvg", {"netlist.json": lambda s: yosys_json(s.circuit)}),
    "dot": Format("graph for Graphviz", {"netlist.dot": lambda s: dot_text(s.circuit)}),
    "svg": Format("drawing of a small circuit", {"netlist.svg": lambda s: svg_text(s.circuit)}),
    "spice": Format(
        "subcircuit of cells",
        {"netlist.sp": lambda s: spice_netlist(s.circuit), CELLS_FILE: lambda s: spice_cells(s.circuit)},
    ),
    "sdc": Format("constraints", {CONSTRAINTS: _constraints}),
    "liberty": Format("cell library", {LIBRARY: lambda s: liberty_text(s.circuit.library)}),
    "saif": Format("switching activity", {"netlist.saif": lambda s: saif_text(s.circuit, s.activity(), s.period_ms)}),
    "synthesis": Format(
        "scripts for Design Compiler and Yosys, with all that they read",
        {
            "synthesis.tcl": lambda s: synthesis_script(DESIGN_COMPILER, s.circuit),
            "synthesis.ys": lambda s: synthesis_script(YOSYS, s.circuit),
            SOURCE: lambda s: s.source,
            LIBRARY: lambda s: liberty_text(s.circuit.library),
            CONSTRAINTS: _constraints,
        },
    ),
}


def export_files(subject: Subject, formats: Sequence[str]) -> dict[str, bytes]:
    """Contents of the files of some formats by name.

    Parameters
    ----------
    subject : Subject
    formats : sequence of str
        Names of `FORMATS`; ``"all"`` is every format, but no drawing of a circuit that is too large for it.

    Raises
    ------
    OptionError
        If a format is unknown.
    NetlistError
        If the circuit is too large to draw.
    """
    for name in formats:
        if name not in (*FORMATS, ALL):
            allowed, hint = ", ".join((*FORMATS, ALL)), "".join(map(repr, get_close_matches(name, FORMATS, n=1)))
            raise OptionError("unknown format", where="--format", got=name, allowed=allowed, hint=hint)
    is_small = len(subject.circuit.mapped.instances) <= MAX_CELLS
    chosen = [name for name in FORMATS if name in formats or (ALL in formats and (is_small or name != "svg"))]
    writers = {file: write for name in chosen for file, write in FORMATS[name].files.items()}
    contents = {file: write(subject) for file, write in writers.items()}
    return {file: text if isinstance(text, bytes) else text.encode() for file, text in contents.items()}
