"""Small circuits whole, for the report."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bespoke.drawing import cell_kind
from bespoke.flow.circuit import Circuit

MAX_DRAWN_CELLS = 60


def drawn_circuit(circuit: Circuit, origins: Sequence[str]) -> dict[str, Any]:
    """Cells and nets of a circuit small enough to be drawn, as plain data; empty for a larger one.

    Net 0 and 1 are the constants, other nets are numbered as in `bespoke.netlist.MappedNetlist`.
    """
    mapped, library = circuit.mapped, circuit.library
    if len(mapped.instances) > MAX_DRAWN_CELLS:
        return {}
    ports, net = [], 2
    for port in mapped.inputs:
        ports.append({"name": port.name, "nets": list(range(net, net + port.width))})
        net += port.width
    names = origins or [""] * len(mapped.instances)
    cells = [
        {
            "cell": instance.cell,
            "kind": cell_kind(library[instance.cell]),
            "inputs": list(instance.fanins),
            "outputs": list(instance.fanouts),
            "group": group,
        }
        for instance, group in zip(mapped.instances, names, strict=True)
    ]
    outputs = [{"name": port.name, "nets": list(port.bits)} for port in mapped.outputs]
    return {"inputs": ports, "cells": cells, "outputs": outputs}
