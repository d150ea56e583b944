"""Estimates of a netlist that stands in a Verilog file or in the folder of a design."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bespoke.cells import CellLibrary, load_library
from bespoke.errors import OptionError
from bespoke.estimate import estimate, power_source
from bespoke.flow.exchange import FolderCircuit, read_activity, read_circuit
from bespoke.flow.stimuli import read_stimuli
from bespoke.flow.vectors import RANDOM_VECTORS
from bespoke.interchange import ImportOptions
from bespoke.model import IntArray
from bespoke.netlist import Activity
from bespoke.sim import random_inputs, simulate_mapped
from bespoke.verilog import NamedNetlist, read_named_netlist

DEFAULT_TECHNOLOGY = "egfet"


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
    period_ms: float | None = None
    seed: int = 42


@dataclass(frozen=True, slots=True)
class _Subject:
    """What is estimated; ``design`` is the folder that it comes from, if it is a compiled design."""

    names: NamedNetlist
    library: CellLibrary
    design: FolderCircuit | None


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
    subject = _subject(path, options)
    activity, facts = _activity(subject, options)
    period = options.period_ms
    if period is None and subject.design is not None:
        period = subject.design.period_ms()
    found = estimate(subject.names.mapped, subject.library, activity, period_ms=period)
    source = power_source(found.power_mw)
    return {
        "netlist": str(path),
        "estimate": found.to_json(),
        "power_source": source.name if source else None,
        "gates": len(subject.names.mapped.instances),
        "stimuli": facts,
        "seed": options.seed,
        "notes": subject.design.stored.changes if subject.design else [],
    }


def _subject(path: Path, options: EstimateOptions) -> _Subject:
    if path.is_dir():
        found = read_circuit(path)
        library = found.circuit.library
        if options.technology is not None or options.vdd is not None:
            library = load_library(options.technology or library.name, options.vdd)
        return _Subject(found.circuit.names, library, found)
    library = load_library(options.technology or DEFAULT_TECHNOLOGY, options.vdd)
    return _Subject(read_named_netlist(path, library), library, None)


def _activity(subject: _Subject, options: EstimateOptions) -> tuple[Activity, dict[str, Any]]:
    """The activity, and facts about where it comes from."""
    if options.activity is not None:
        read = read_activity(subject.names, subject.library, options.activity, options.import_options)
        return read.activity, {
            "source": str(options.activity),
            "vectors": read.activity.vectors,
            "scope": read.scope,
            "vector_time": read.vector_time,
            "missing_nets": len(read.missing),
            "unknown_names": len(read.unknown),
        }
    words, source = _words(subject, options)
    activity = simulate_mapped(subject.names.mapped, subject.library, words).activity
    return activity, {"source": source, "vectors": len(words)}


def _words(subject: _Subject, options: EstimateOptions) -> tuple[IntArray, str]:
    ports = subject.names.mapped.inputs
    if options.stimuli is not None:
        return read_stimuli(options.stimuli, ports), str(options.stimuli)
    if subject.design is not None:
        return subject.design.stimuli()
    return random_inputs(tuple(port.width for port in ports), RANDOM_VECTORS, options.seed), "random"
