"""Input vectors: those on which the executors of a design are compared, and tables of those of the activity."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from bespoke.errors import StimuliError
from bespoke.flow.stage_facts import border_words
from bespoke.model import IntArray, IntegerModel
from bespoke.netlist import Port
from bespoke.sim import MAX_EXHAUSTIVE_BITS, corners, every_input, random_inputs
from bespoke.verilog import Ports

RANDOM_VECTORS = 1000
STIMULI = "stimuli.csv"


@dataclass(frozen=True, slots=True, eq=False)
class Vectors:
    """Input words and where they come from.

    Attributes
    ----------
    words : ndarray of int64, shape (n_vectors, n_features)
    counts : dict of str to int
        Number of vectors by origin: "exhaustive", or "rows", "corners", "thresholds" and "random".
    """

    words: IntArray
    counts: dict[str, int]

    def selection(self, count: int) -> Vectors:
        """At most so many of them, but at least one, evenly spaced."""
        if count >= len(self.words):
            return self
        chosen = np.linspace(0, len(self.words) - 1, max(1, count)).astype(np.int64)
        return Vectors(self.words[chosen], {"selected": len(chosen)})


def all_vectors(model: IntegerModel, rows: IntArray | None, seed: int) -> Vectors:
    """Every input up to 16 input bits, else `sample_vectors`."""
    if sum(model.coding.bits) > MAX_EXHAUSTIVE_BITS:
        return sample_vectors(model, rows, seed)
    words = every_input(model.coding.bits)
    return Vectors(words, {"exhaustive": len(words)})


def sample_vectors(model: IntegerModel, rows: IntArray | None, seed: int) -> Vectors:
    """The given rows, corner vectors, thresholds and random vectors; every input where those are fewer.

    Parameters
    ----------
    model : IntegerModel
    rows : ndarray of int64, shape (n_rows, n_features), optional
        Quantised rows of the data.
    seed : int
        Seed of the random vectors.
    """
    if 1 << min(sum(model.coding.bits), 62) <= RANDOM_VECTORS:
        return all_vectors(model, rows, seed)
    parts = {
        "rows": rows,
        "corners": corners(model.coding.bits),
        "thresholds": border_words(model),
        "random": random_inputs(model.coding.bits, RANDOM_VECTORS, seed),
    }
    present = {name: part for name, part in parts.items() if part is not None and len(part)}
    return Vectors(np.concatenate(list(present.values())), {name: len(part) for name, part in present.items()})


def stimuli_text(ports: Ports, words: IntArray) -> str:
    """Input words, shape (n_vectors, n_features), as CSV with the ports' identifiers as header."""
    header = ",".join(word.identifier for word in ports.inputs)
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
        allowed = ", ".join(port.name for port in ports)
        raise StimuliError("no column for an input port", where=where, got=missing[0], allowed=allowed)
    if len(rows) < 2:
        raise StimuliError("no vectors", where=where)
    columns = [header.index(port.name) for port in ports]
    words = [_row(row, columns, ports, f"{where}, line {n}") for n, row in enumerate(rows[1:], start=2)]
    return np.array(words, dtype=np.int64)


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
