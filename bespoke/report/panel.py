"""The panel on which a circuit is tried: its own gates as data of the page, and what its ports mean."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Protocol

from bespoke.cells import CellLibrary
from bespoke.drawing.markup import data_block, paragraph, section
from bespoke.netlist import MappedNetlist

MAX_TRIED_CELLS = 20_000  # about 100 kB of a page
_DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
_TITLE = "Try the circuit"
_WORDS = (
    "Move a feature, or put in the values of a row: the answer is that of the gates of netlist.v, which this page "
    "evaluates by itself."
)
_BARE = '<noscript><p class="note">It takes the script of this page, which is switched off.</p></noscript>'


class Wired(Protocol):
    """A mapped netlist and its cells."""

    @property
    def mapped(self) -> MappedNetlist:
        """The netlist."""

    @property
    def library(self) -> CellLibrary:
        """The cells."""


def panel_section(manifest: Mapping[str, Any], circuit: Wired) -> str:
    """The section for ``panel.js``; for a circuit of too many cells it says so."""
    count = len(circuit.mapped.instances)
    if count > MAX_TRIED_CELLS:
        words = f"The circuit has {count:,} cells; pages hold those of up to {MAX_TRIED_CELLS:,} cells."
        return section(_TITLE, paragraph(words, "note"))
    data = data_block("gates", panel_data(manifest, circuit))
    return section(_TITLE, paragraph(_WORDS, "note"), f'<div id="panel"></div>{_BARE}{data}', wide=True)


def panel_data(manifest: Mapping[str, Any], circuit: Wired) -> dict[str, Any]:
    """What ``panel.js`` reads.

    Parameters
    ----------
    manifest : mapping
        Content of ``manifest.json``.
    circuit : Wired

    Returns
    -------
    dict
        ``features`` with name, lowest value, span, bits and, of a thermometer code, the levels; ``early``, which is
        added before a word is rounded down; ``cells``, each the number of its pins and a text per output with its
        value in each state of the pins, the first pin counting least; ``gates`` as `packed` numbers: of each its cell,
        and for each pin how far its net is below the first one that the gate drives; the nets of the ``output``,
        lowest bit first, and what its word means.
    """
    mapped, library = circuit.mapped, circuit.library
    names = list(mapped.cell_histogram())
    output = manifest["output"]
    meaning = {"classes": list(map(str, output["classes"]))} if "classes" in output else {"frac": output["frac_bits"]}
    return {
        "features": [
            [entry["feature"], entry["low"], entry["span"], entry["bits"], *_levels(entry)]
            for entry in manifest["inputs"]
        ],
        "early": 0.5 if "1/2" in manifest["input_formula"] else 0,
        "cells": [_cell(library, name) for name in names],
        "gates": packed(_gates(mapped, {name: place for place, name in enumerate(names)})),
        "port": output["port"],
        "output": list(mapped.outputs[0].bits),
        "signed": output["signed"],
        **meaning,
    }


def packed(numbers: Iterable[int]) -> str:
    """Whole numbers from 0 on as text: digits of five bits, the lowest first, 32 more in all but the last of a number.

    Source: base 64 VLQ of "Source map format specification" (ECMA-426), without a sign, and with digits for addresses
    (RFC 4648).
    """
    found = []
    for number in numbers:
        rest = number
        while rest >= 32:
            found.append(_DIGITS[32 + rest % 32])
            rest >>= 5
        found.append(_DIGITS[rest])
    return "".join(found)


def _levels(entry: Mapping[str, Any]) -> list[list[int]]:
    return [[wire["level"] for wire in entry["levels"]]] if "levels" in entry else []


def _cell(library: CellLibrary, name: str) -> list[int | str]:
    cell = library[name]
    states = range(1 << len(cell.inputs))
    return [len(cell.inputs), *("".join(str(pin.truth >> state & 1) for state in states) for pin in cell.outputs)]


def _gates(mapped: MappedNetlist, places: Mapping[str, int]) -> Iterator[int]:
    net = 2 + mapped.input_count
    for instance in mapped.instances:
        yield places[instance.cell]
        yield from (net - fanin for fanin in instance.fanins)
        net += len(instance.fanouts)
