"""The circuit as a drawing: gates and wires tell their names when pointed at."""

from __future__ import annotations

from bespoke.drawing import Diagram, Gate, cell_kind, schematic_file
from bespoke.errors import NetlistError
from bespoke.interchange.circuit import Circuit

MAX_CELLS = 400


def svg_text(circuit: Circuit) -> str:
    """The drawing as an SVG file.

    Raises
    ------
    NetlistError
        If there are more than `MAX_CELLS` cells.
    """
    name, count = circuit.mapped.name, len(circuit.mapped.instances)
    if count > MAX_CELLS:
        allowed = f"{MAX_CELLS} cells; for larger ones --format dot or json"
        raise NetlistError("too large to draw", where=name, got=f"{count:,} cells", allowed=allowed)
    return schematic_file(diagram(circuit), name)


def diagram(circuit: Circuit) -> Diagram:
    """What is drawn of a circuit."""
    gates = []
    for name, instance in zip(circuit.names.instances, circuit.mapped.instances, strict=True):
        kind = cell_kind(circuit.library[instance.cell])
        gates.append(Gate(instance.cell, kind, instance.fanins, instance.fanouts, f"{name} {instance.cell}"))
    nets = dict(enumerate(circuit.net_names()))
    return Diagram(circuit.input_bits, tuple(gates), circuit.output_bits, nets)
