"""SPICE subcircuit of cell instances, and empty subcircuits for the cells.

Format: "Ngspice User's Manual", version 42, section 2.6 (``.subckt``), which HSPICE and Spectre read, too. Node names
are letters, digits and underscores that differ in more than case, so that every dialect takes them.
"""

from __future__ import annotations

import re

from bespoke.cells import Cell
from bespoke.interchange.circuit import Circuit
from bespoke.interchange.names import distinct_names, folded

CELLS_FILE = "cells.sp"
SUPPLY, GROUND = "VDD", "VSS"
_RAILS = (SUPPLY, GROUND)
# What simulators take for the global ground, a rail of ours, or a number.
_TAKEN = ("gnd", "0", *_RAILS)
_ILLEGAL = re.compile(r"\W|^(?=\d)", re.ASCII)
_CONTINUED = "\n+ "


def spice_netlist(circuit: Circuit) -> str:
    """The circuit as a subcircuit: input bits, output bits, supply and ground; constants are tied to the rails.

    An output that is an input or a constant, or whose net another output has already, is joined to it by a source of
    0 V, since a subcircuit cannot name a node twice.
    """
    nets, outputs, shorts = _nodes(circuit)
    bits = [nets[terminal.net] for terminal in circuit.input_bits]
    cells = _cell_names(circuit)
    head = [".subckt", _ILLEGAL.sub("_", circuit.mapped.name), *bits, *outputs, *_RAILS]
    lines = [f"* {circuit.mapped.name}: {len(circuit.mapped.instances)} cells of {circuit.library.name}"]
    lines += [f"* Supply {circuit.library.vdd:g} V between {SUPPLY} and {GROUND}."]
    boundary = zip((*circuit.input_bits, *circuit.output_bits), (*bits, *outputs), strict=True)
    lines += [f"* node {bit.name} is {node}" for bit, node in boundary if bit.name != node]
    lines += [f'.include "{CELLS_FILE}"', folded(head, continuation=_CONTINUED)]
    instances = distinct_names(circuit.names.instances, _ILLEGAL, fold_case=True)
    for name, instance in zip(instances, circuit.mapped.instances, strict=True):
        nodes = [nets[net] for net in (*instance.fanins, *instance.fanouts)]
        lines.append(folded([f"X{name}", *nodes, *_RAILS, cells[instance.cell]], continuation=_CONTINUED))
    lines += [f"Vjoin{place} {output} {node} 0" for place, (output, node) in enumerate(shorts)]
    return "\n".join([*lines, ".ends"]) + "\n"


def spice_cells(circuit: Circuit) -> str:
    """Empty subcircuits of the cells in use, in the pin order that `spice_netlist` connects."""
    lines = [
        f"* Cells of {circuit.library.name}, as black boxes: no figure of this file is a transistor's.",
        "* Put the subcircuits of the technology's design kit in their place, with the pins in this order.",
    ]
    names = _cell_names(circuit)
    for name in circuit.mapped.cell_histogram():
        lines += ["", *_black_box(names[name], circuit.library[name])]
    return "\n".join(lines) + "\n"


def _nodes(circuit: Circuit) -> tuple[list[str], list[str], list[tuple[str, str]]]:
    """Node of every net, node of every output bit, and pairs of nodes to be joined."""
    names, left = circuit.merged_names()
    nodes = distinct_names([*names[2:], *(terminal.name for terminal in left)], _ILLEGAL, taken=_TAKEN, fold_case=True)
    nets = [GROUND, SUPPLY, *nodes[: len(names) - 2]]
    joined = dict(zip(left, nodes[len(names) - 2 :], strict=True))
    outputs = [joined.get(terminal, nets[terminal.net]) for terminal in circuit.output_bits]
    return nets, outputs, [(node, nets[terminal.net]) for terminal, node in joined.items()]


def _cell_names(circuit: Circuit) -> dict[str, str]:
    names = list(circuit.mapped.cell_histogram())
    return dict(zip(names, distinct_names(names, _ILLEGAL, fold_case=True), strict=True))


def _black_box(name: str, cell: Cell) -> list[str]:
    nodes = distinct_names(cell.pins, _ILLEGAL, taken=_TAKEN, fold_case=True)
    functions = "; ".join(f"{pin.name} = {pin.function}" for pin in cell.outputs)
    words = functions.encode("ascii", "backslashreplace").decode().split()
    head = folded([".subckt", name, *nodes, *_RAILS], continuation=_CONTINUED)
    return [" ".join(["*", *words]), head, ".ends"]
