"""Netlists and other tools: exports of compiled designs, estimates with switching activities from elsewhere."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bespoke.cells import load_library
from bespoke.errors import ActivityError, OptionError
from bespoke.estimate import TableEnds, analyse_timing, estimate, power_source, unstated
from bespoke.flow.folder import Conditions, StoredDesign, read_folder
from bespoke.flow.vectors import RANDOM_VECTORS, read_stimuli
from bespoke.interchange import Circuit, ImportOptions, Subject, circuit_of, export_files, read_saif, read_vcd
from bespoke.model import IntArray
from bespoke.netlist import Activity
from bespoke.sim import random_inputs, simulate_mapped
from bespoke.verilog import read_named_netlist

DEFAULT_TECHNOLOGY = "egfet"
ACTIVITY_READERS = {".saif": read_saif, ".vcd": read_vcd}


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
    stored = read_folder(folder)
    circuit = stored.circuit

    def activity() -> Activity:
        return simulate_mapped(circuit.mapped, circuit.library, stored.stimuli(stimuli)[0]).activity

    period, ends = stored.conditions
    if period is None:
        period = analyse_timing(circuit.mapped, circuit.library, table_ends=ends).delay_ms
    return export_files(Subject(circuit, stored.source, activity, period, ends), formats)


@dataclass(frozen=True, slots=True, kw_only=True)
class EstimateOptions:
    """Options of `estimate_netlist`.

    Attributes
    ----------
    technology : str or None
        Name of a technology, or path of a Liberty file; None is that of a compiled design, else ``"egfet"``.
    vdd : float or None
        Supply voltage in V; None is that of the design, else the technology's default.
    stimuli : Path or None
        CSV file of input words with the ports' names as header; None is those of a compiled design, else 1,000 random
        vectors.
    activity : Path or None
        SAIF or VCD of another simulator, instead of stimuli, read with
    import_options : ImportOptions
        these options.
    table_ends : {"hold", "extrapolate"} or None
        Rule for transition times that the library's tables do not have; None is that of a compiled design, else "hold".
    period_ms : float or None
        Sampling period in ms; None is that of a compiled design, else the delay.
    seed : int
        Seed of the random vectors.
    """

    technology: str | None = None
    vdd: float | None = None
    stimuli: Path | None = None
    activity: Path | None = None
    import_options: ImportOptions = field(default_factory=ImportOptions)
    table_ends: TableEnds | None = None
    period_ms: float | None = None
    seed: int = 42


def estimate_netlist(path: Path, options: EstimateOptions) -> dict[str, Any]:
    """Area, power and delay of a flat structural Verilog netlist or of a compiled design, as plain data.

    Raises
    ------
    VerilogError
        If the file cannot be read as a netlist of the technology's cells.
    OutputError
        If a folder is no compiled design.
    StimuliError
        If the stimuli or activities do not fit its ports and nets.
    TechnologyError, OptionError
    """
    if options.activity is not None and options.stimuli is not None:
        raise OptionError("both stimuli and an activity are given", allowed="--stimuli or --activity")
    circuit, design = _circuit(path, options)
    activity, facts = _activity(circuit, design, options)
    own = design.conditions if design else Conditions()
    period = own.period_ms if options.period_ms is None else options.period_ms
    ends = options.table_ends or own.table_ends
    found = estimate(circuit.mapped, circuit.library, activity, period_ms=period, table_ends=ends)
    source = power_source(found.power_mw)
    return {
        "netlist": str(path),
        "estimate": found.to_json(),
        "power_source": source.name if source else None,
        "gates": len(circuit.mapped.instances),
        "stimuli": facts,
        "seed": options.seed,
        "notes": [*(design.changes if design else []), *unstated(circuit.mapped, circuit.library)],
    }


def _circuit(path: Path, options: EstimateOptions) -> tuple[Circuit, StoredDesign | None]:
    """What is estimated, and the folder that it comes from, if it is a compiled design."""
    if not path.is_dir():
        library = load_library(options.technology or DEFAULT_TECHNOLOGY, options.vdd)
        return circuit_of(read_named_netlist(path, library), library), None
    design = read_folder(path)
    if options.technology is None and options.vdd is None:
        return design.circuit, design
    library = load_library(options.technology or design.library.name, options.vdd)
    return circuit_of(design.circuit.names, library), design


def _activity(
    circuit: Circuit, design: StoredDesign | None, options: EstimateOptions
) -> tuple[Activity, dict[str, Any]]:
    """The activity, and facts about where it comes from."""
    if options.activity is None:
        words, source = _words(circuit, design, options)
        activity = simulate_mapped(circuit.mapped, circuit.library, words).activity
        return activity, {"source": source, "vectors": len(words)}
    path = options.activity
    reader = ACTIVITY_READERS.get(path.suffix.lower())
    if reader is None:
        raise ActivityError("unknown kind of activity file", where=str(path), allowed=", ".join(ACTIVITY_READERS))
    read = reader(path, circuit, options.import_options)
    return read.activity, {
        "source": str(path),
        "vectors": read.activity.vectors,
        "scope": read.scope,
        "vector_time": read.vector_time,
        "missing_nets": len(read.missing),
        "unknown_names": len(read.unknown),
    }


def _words(circuit: Circuit, design: StoredDesign | None, options: EstimateOptions) -> tuple[IntArray, str]:
    if design is not None:
        return design.stimuli(options.stimuli)
    if options.stimuli is not None:
        return read_stimuli(options.stimuli, circuit.mapped.inputs), str(options.stimuli)
    return random_inputs(tuple(port.width for port in circuit.mapped.inputs), RANDOM_VECTORS, options.seed), "random"
