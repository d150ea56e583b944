"""Input words for the switching activity, as a table."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np

from bespoke.errors import StimuliError
from bespoke.model import IntArray
from bespoke.netlist import Port
from bespoke.verilog import Boundary

STIMULI = "stimuli.csv"


def stimuli_text(boundary: Boundary, words: IntArray) -> str:
    """Input words, shape (n_vectors, n_features), as CSV with the ports' identifiers as header."""
    header = ",".join(word.identifier for word in boundary.inputs)
    return "\n".join([header, *(",".join(map(str, row)) for row in words.tolist())]) + "\n"


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
