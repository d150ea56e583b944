"""Compiled designs for other tools, and switching activities from them."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from bespoke.cells import CellLibrary, library_from_json
from bespoke.errors import ActivityError, OutputError
from bespoke.estimate import analyse_timing
from bespoke.flow.stimuli import STIMULI, read_stimuli
from bespoke.flow.verify import StoredDesign, read_folder, read_vectors
from bespoke.interchange import (
    Circuit,
    ImportedActivity,
    ImportOptions,
    Subject,
    circuit_of,
    export_files,
    read_saif,
    read_vcd,
)
from bespoke.model import IntArray
from bespoke.netlist import Activity, Port
from bespoke.prune import CUTS, EDITS
from bespoke.sim import simulate_mapped
from bespoke.verilog import VECTORS_FILE, NamedNetlist, netlist_boundary, read_named_netlist

NETLIST = "netlist.v"
LIBRARY = "library.json"
REPORT = "report.json"
ACTIVITY_READERS: Mapping[str, Callable[[Path, Circuit, ImportOptions], ImportedActivity]] = {
    ".saif": read_saif,
    ".vcd": read_vcd,
}


@dataclass(frozen=True, slots=True)
class FolderCircuit:
    """The netlist of a compiled design as it stands in its folder, with its cells."""

    folder: Path
    stored: StoredDesign
    circuit: Circuit

    def stimuli(self) -> tuple[IntArray, str]:
        """Input words of the design's power, shape (n, n_ports), else of its testbench, and the file they stand in."""
        mapped = self.circuit.mapped
        own = self.folder / STIMULI
        if own.is_file():
            return read_stimuli(own, mapped.inputs), str(own)
        where = str(self.folder / VECTORS_FILE)
        return read_vectors(self.stored.texts[VECTORS_FILE], netlist_boundary(mapped), where)[0], where

    def period_ms(self) -> float | None:
        """The sampling period that the design was compiled for; None if that is its delay.

        Raises
        ------
        OutputError
            If ``report.json`` is malformed.
        """
        path = self.folder / REPORT
        try:
            period = json.loads(path.read_text(encoding="utf-8"))["options"]["period_ms"]
            return None if period is None else float(period)
        except FileNotFoundError:
            return None
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise OutputError("not a report of bespoke", where=str(path), got=error) from None


def read_circuit(folder: Path) -> FolderCircuit:
    """Read the netlist and the cells of a compiled design.

    Raises
    ------
    OutputError
        If the folder is no compiled design.
    LibraryError, VerilogError
        If ``library.json`` or ``netlist.v`` is malformed.
    """
    stored = read_folder(folder)
    library = library_from_json(stored.texts[LIBRARY], where=str(folder / LIBRARY))
    names = read_named_netlist(folder / NETLIST, library)
    return FolderCircuit(folder, stored, circuit_of(names, library))


def export_folder(folder: Path, formats: tuple[str, ...], *, stimuli: Path | None = None) -> dict[str, bytes]:
    """Files of a compiled design in the formats of other tools.

    Parameters
    ----------
    folder : Path
        A folder that `bespoke compile` wrote.
    formats : tuple of str
        Names of `bespoke.interchange.FORMATS`.
    stimuli : Path, optional
        CSV file of input words for the switching activity; by default those that came with the design.

    Returns
    -------
    dict of str to bytes
        Contents by file name.

    Raises
    ------
    OutputError, LibraryError, VerilogError
        If the folder is no compiled design, or a file of it is malformed.
    OptionError
        If a format is unknown.
    StimuliError
        If the stimuli do not fit the design.
    NetlistError
        If the circuit is too large for a format.
    """
    found = read_circuit(folder)
    circuit = found.circuit

    def activity() -> Activity:
        words = _words(found, stimuli)
        return simulate_mapped(circuit.mapped, circuit.library, words).activity

    period = found.period_ms()
    if period is None:
        period = analyse_timing(circuit.mapped, circuit.library).delay_ms
    return export_files(Subject(circuit, _source(found.stored), activity, period), formats)


def read_activity(names: NamedNetlist, library: CellLibrary, path: Path, options: ImportOptions) -> ImportedActivity:
    """Switching activity of a netlist from a SAIF or VCD.

    Raises
    ------
    ActivityError
        If the file is neither, or does not fit the netlist.
    """
    reader = ACTIVITY_READERS.get(path.suffix.lower())
    if reader is None:
        raise ActivityError("unknown kind of activity file", where=str(path), allowed=", ".join(ACTIVITY_READERS))
    return reader(path, circuit_of(names, library), options)


def _words(found: FolderCircuit, stimuli: Path | None) -> IntArray:
    ports: tuple[Port, ...] = found.circuit.mapped.inputs
    return read_stimuli(stimuli, ports) if stimuli else found.stimuli()[0]


def _source(stored: StoredDesign) -> str:
    """Verilog of the circuit's function; that of a pruned circuit stands in its netlist alone."""
    texts = stored.texts
    return texts[NETLIST] + texts["cells.v"] if texts.keys() & {CUTS, EDITS} else texts["rtl.v"]
