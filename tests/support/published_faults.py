"""Gate netlists with published injections of faults, as ``../shared/README.md`` describes their files."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from graphlib import TopologicalSorter
from typing import Any

import numpy as np

from bespoke.cells import CellLibrary, load_library
from bespoke.faults import Rows, Subject
from bespoke.netlist import Instance, MappedNetlist, Port

_CONSTANTS = {"1'b0": 0, "1'b1": 1}


@dataclass(frozen=True)
class PublishedFaults:
    """A netlist, the net of each wire, the rows, and tables of injections."""

    netlist: MappedNetlist
    library: CellLibrary
    nets: Mapping[str, int]
    rows: Rows
    tables: list[dict[str, Any]]

    @staticmethod
    def of(data: Mapping[str, Any]) -> PublishedFaults:
        bits, features = data["bits"], data["features"]
        cells = {output: (kind, inputs) for kind, output, *inputs in data["cells"]}
        order = TopologicalSorter({wire: [net for net in pins if net in cells] for wire, (_, pins) in cells.items()})
        words = [f"inp[{bit}]" for bit in range(features * bits)]
        wires = [*_CONSTANTS, *words, *order.static_order()]
        nets = {wire: number for number, wire in enumerate(wires)}
        nets |= {target: nets[source] for target, source in data["assigns"]}
        instances = tuple(
            Instance(f"{cells[wire][0]}X1", tuple(nets[pin] for pin in cells[wire][1]), (nets[wire],))
            for wire in wires[2 + len(words) :]
        )
        inputs = tuple(Port(f"x{at}", tuple(range(2 + at * bits, 2 + (at + 1) * bits))) for at in range(features))
        output = Port("y", tuple(nets[f"out[{bit}]"] for bit in range(data["output_width"])))
        rows = np.array(data["rows"])[:, :: -1 if data["feature_order"] == "reversed" else 1]
        netlist = MappedNetlist(data["design"], "egfet", inputs, (output,), instances)
        judged = Rows(rows, np.array(data["labels"], dtype=float))
        return PublishedFaults(netlist, load_library("egfet"), nets, judged, list(data["tables"].values()))

    def sites(self, circuit: Subject, table: Mapping[str, Any]) -> list[list[tuple[int, int]]]:
        """Sets of stuck nodes of the injections of a table."""
        return [
            [(-1 - int(circuit.nodes[self.nets[wire]]), value) for wire, value in zip(wires, values, strict=True)]
            for wires, values, _ in table["faults"]
        ]
