"""Yosys' JSON netlist, which also netlistsvg draws.

Format: "Yosys Open SYnthesis Suite", command reference, ``write_json`` (Yosys 0.23 and later).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

from bespoke import __version__
from bespoke.interchange.circuit import Circuit, Terminal
from bespoke.netlist import Port

Json = dict[str, Any]
_TOP = f"{1:032b}"


def yosys_json(circuit: Circuit) -> str:
    """The circuit as one module of cells; net numbers are those of `MappedNetlist`.

    Cells are references by name: give Yosys their models (``cells.v`` or the Liberty file) to simulate or prove.
    """
    mapped = circuit.mapped
    module = {
        "attributes": {"top": _TOP},
        "ports": dict(_ports(circuit)),
        "cells": dict(_cells(circuit)),
        "netnames": dict(_net_names(circuit)),
    }
    return json.dumps({"creator": f"bespoke {__version__}", "modules": {mapped.name: module}}, indent=1) + "\n"


def _ports(circuit: Circuit) -> Iterator[tuple[str, Json]]:
    mapped = circuit.mapped
    for direction, ports, bits in (
        ("input", mapped.inputs, circuit.inputs),
        ("output", mapped.outputs, circuit.outputs),
    ):
        for port, terminals in zip(ports, bits, strict=True):
            yield port.name, {"direction": direction, "bits": _bits(terminals), **_sign(port)}


def _cells(circuit: Circuit) -> Iterator[tuple[str, Json]]:
    directions = {}
    for name in circuit.mapped.cell_histogram():
        cell = circuit.library[name]
        directions[name] = dict.fromkeys((pin.name for pin in cell.inputs), "input")
        directions[name] |= dict.fromkeys((pin.name for pin in cell.outputs), "output")
    for name, instance in zip(circuit.names.instances, circuit.mapped.instances, strict=True):
        pins = directions[instance.cell]
        nets = (*instance.fanins, *instance.fanouts)
        yield (
            name,
            {
                "hide_name": 0,
                "type": instance.cell,
                "parameters": {},
                "attributes": {},
                "port_directions": pins,
                "connections": {pin: [_bit(net)] for pin, net in zip(pins, nets, strict=True)},
            },
        )


def _net_names(circuit: Circuit) -> Iterator[tuple[str, Json]]:
    """Ports as words, then the other nets by name."""
    mapped = circuit.mapped
    sides = ((mapped.inputs, circuit.inputs), (mapped.outputs, circuit.outputs))
    on_boundary = set()
    for ports, bits in sides:
        for port, terminals in zip(ports, bits, strict=True):
            on_boundary |= {terminal.name for terminal in terminals}
            yield port.name, {"hide_name": 0, "bits": _bits(terminals), "attributes": {}, **_sign(port)}
    for net, name in enumerate(circuit.names.nets):
        if net > 1 and name not in on_boundary:
            yield name, {"hide_name": 0, "bits": [net], "attributes": {}}


def _sign(port: Port) -> Json:
    return {"signed": 1} if port.signed else {}


def _bits(terminals: Sequence[Terminal]) -> list[int | str]:
    return [_bit(terminal.net) for terminal in terminals]


def _bit(net: int) -> int | str:
    """The constants are text."""
    return net if net > 1 else str(net)
