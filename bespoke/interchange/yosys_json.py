"""Yosys' JSON netlist, which also netlistsvg draws.

Format: "Yosys Open SYnthesis Suite", command reference, ``write_json`` (Yosys 0.23 and later).
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from bespoke import __version__
from bespoke.interchange.circuit import Circuit

Json = dict[str, Any]
_TOP = f"{1:032b}"


def yosys_json(circuit: Circuit) -> str:
    """The circuit as one module of cells; net numbers are those of `MappedNetlist`.

    Cells are references by name: give Yosys their models (``cells.v`` or the Liberty file) to simulate or prove.
    """
    mapped = circuit.mapped
    sides = (("input", mapped.inputs, circuit.inputs), ("output", mapped.outputs, circuit.outputs))
    ports: Json = {}
    net_names: Json = {}
    on_boundary = {terminal.name for terminal in (*circuit.input_bits, *circuit.output_bits)}
    for direction, words, terminals in sides:
        for port, bits in zip(words, terminals, strict=True):
            nets, sign = [_bit(bit.net) for bit in bits], {"signed": 1} if port.signed else {}
            ports[port.name] = {"direction": direction, "bits": nets, **sign}
            net_names[port.name] = {"hide_name": 0, "bits": nets, "attributes": {}, **sign}
    for net, name in enumerate(circuit.names.nets):
        if net > 1 and name not in on_boundary:
            net_names[name] = {"hide_name": 0, "bits": [net], "attributes": {}}
    module = {"attributes": {"top": _TOP}, "ports": ports, "cells": dict(_cells(circuit)), "netnames": net_names}
    return json.dumps({"creator": f"bespoke {__version__}", "modules": {mapped.name: module}}, indent=1) + "\n"


def _cells(circuit: Circuit) -> Iterator[tuple[str, Json]]:
    for name, instance in zip(circuit.names.instances, circuit.mapped.instances, strict=True):
        cell = circuit.library[instance.cell]
        nets = (*instance.fanins, *instance.fanouts)
        cell_json = {
            "hide_name": 0,
            "type": cell.name,
            "parameters": {},
            "attributes": {},
            "port_directions": dict.fromkeys(cell.pins, "output") | {pin.name: "input" for pin in cell.inputs},
            "connections": {pin: [_bit(net)] for pin, net in zip(cell.pins, nets, strict=True)},
        }
        yield name, cell_json


def _bit(net: int) -> int | str:
    """The constants are text."""
    return net if net > 1 else str(net)
