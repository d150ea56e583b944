"""Estimates of a netlist that stands in a Verilog file."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from bespoke.cells import load_library
from bespoke.errors import StimuliError
from bespoke.estimate import estimate, power_source
from bespoke.flow.vectors import RANDOM_VECTORS, random_inputs
from bespoke.model import IntArray
from bespoke.netlist import Port
from bespoke.sim import simulate_mapped
from bespoke.verilog import read_netlist


@dataclass(frozen=True, slots=True, kw_only=True)
class EstimateOptions:
    """Options of `estimate_netlist`.

    Attributes
    ----------
    technology : str
        Name of a technology, or path of a Liberty file.
    vdd : float or None
        Supply voltage in V; None is the technology's default.
    stimuli : Path or None
        CSV file of input words with the ports' names as header; None is 1,000 random vectors.
    period_ms : float or None
        Sampling period in ms; None is the delay.
    seed : int
        Seed of the random vectors.
    """

    technology: str = "egfet"
    vdd: float | None = None
    stimuli: Path | None = None
    period_ms: float | None = None
    seed: int = 42


def estimate_netlist(path: Path, options: EstimateOptions) -> dict[str, Any]:
    """Area, power and delay of a flat structural Verilog netlist, as plain data.

    Raises
    ------
    VerilogError
        If the file cannot be read as a netlist of the technology's cells.
    StimuliError
        If the stimuli do not fit its ports.
    TechnologyError, OptionError
    """
    library = load_library(options.technology, options.vdd)
    mapped = read_netlist(path, library)
    words = _words(mapped.inputs, options)
    activity = simulate_mapped(mapped, library, words).activity
    found = estimate(mapped, library, activity, period_ms=options.period_ms)
    source = power_source(found.power_mw)
    return {
        "netlist": str(path),
        "estimate": found.to_json(),
        "power_source": source.name if source else None,
        "gates": len(mapped.instances),
        "stimuli": {"source": str(options.stimuli or "random"), "vectors": len(words)},
        "seed": options.seed,
    }


def _words(ports: tuple[Port, ...], options: EstimateOptions) -> IntArray:
    if options.stimuli is None:
        return random_inputs(tuple(port.width for port in ports), RANDOM_VECTORS, options.seed)
    return read_stimuli(options.stimuli, ports)


def read_stimuli(path: Path, ports: tuple[Port, ...]) -> IntArray:
    """Input words of a CSV file, shape (n_vectors, n_ports), in port order.

    Raises
    ------
    StimuliError
        If the file cannot be read, lacks a port, or holds a number that does not fit its port.
    """
    where = str(path)
    try:
        with path.open(encoding="utf-8", newline="") as file:
            rows = list(csv.reader(file))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise StimuliError("cannot be read", where=where, got=getattr(error, "strerror", None) or error) from None
    header = [name.strip() for name in rows[0]] if rows else []
    missing = [port.name for port in ports if port.name not in header]
    if missing:
        raise StimuliError(
            "no column for an input port", where=where, got=missing[0], allowed=", ".join(port.name for port in ports)
        )
    if len(rows) < 2:
        raise StimuliError("no vectors", where=where)
    columns = [header.index(port.name) for port in ports]
    return np.array(
        [_row(row, columns, ports, f"{where}, line {n}") for n, row in enumerate(rows[1:], start=2)], np.int64
    )


def _row(row: list[str], columns: list[int], ports: tuple[Port, ...], where: str) -> list[int]:
    words = []
    for column, port in zip(columns, ports, strict=True):
        text = row[column].strip() if column < len(row) else ""
        low = -(1 << port.width >> 1) if port.signed else 0
        high = low + (1 << port.width) - 1
        try:
            word = int(text)
        except ValueError:
            raise StimuliError("not a whole number", where=f"{where}, {port.name}", got=repr(text)) from None
        if not low <= word <= high:
            raise StimuliError("out of range", where=f"{where}, {port.name}", got=word, allowed=f"{low} to {high}")
        words.append(word)
    return words
