"""Netlists as plain data."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bespoke.errors import NetlistError
from bespoke.netlist.builder import NetlistBuilder
from bespoke.netlist.netlist import XOR, GateKind, Netlist, Port
from bespoke.numeric import whole_number

_MAX_WIDTH = 1 << 16  # of a port; bounds the memory that a forged file can ask for


def netlist_to_json(netlist: Netlist) -> dict[str, Any]:
    """Plain-data form: ports as [name, bits, signed], gates as [kind, a, b] with literals as in `Netlist`."""
    return {
        "name": netlist.name,
        "inputs": [[port.name, port.width, port.signed] for port in netlist.inputs],
        "gates": [[kind, a, b] for _, kind, a, b in netlist.gates()],
        "outputs": [[port.name, list(port.bits), port.signed] for port in netlist.outputs],
    }


def netlist_from_json(data: Mapping[str, Any]) -> Netlist:
    """Inverse of `netlist_to_json`, whatever the gates.

    Raises
    ------
    NetlistError
        If a port has no possible width, a gate has an unknown kind or reads a net that is not below its own, an
        output reads an unknown net, or something is no whole number.
    """
    builder = NetlistBuilder(str(data["name"]))
    inputs = tuple(
        builder.add_input(str(n), _width(width), signed=_flag(signed)) for n, width, signed in data["inputs"]
    )
    gates = [(_whole(kind), _whole(a), _whole(b)) for kind, a, b in data["gates"]]
    count = 1 + sum(port.width for port in inputs)
    for net, (kind, a, b) in enumerate(gates, start=count):
        if kind not in tuple(GateKind) or not (0 <= a < 2 * net and 0 <= b < 2 * net):
            raise NetlistError("not a gate over lower nets", where=f"net {net}", got=(kind, a, b))
        if kind == XOR and (a | b) & 1:
            raise NetlistError("complemented fanins of an XOR", where=f"net {net}", got=(kind, a, b))
    outputs = tuple(
        Port(str(n), tuple(_whole(bit) for bit in bits), _flag(signed)) for n, bits, signed in data["outputs"]
    )
    if any(not 0 <= bit < 2 * (count + len(gates)) for port in outputs for bit in port.bits):
        raise NetlistError("an output refers to an unknown net", where=builder.name)
    kinds, fanin_a, fanin_b = (tuple(gate[column] for gate in gates) for column in range(3))
    return Netlist(builder.name, inputs, outputs, kinds, fanin_a, fanin_b)


def _whole(value: object) -> int:
    return whole_number(value, NetlistError)


def _width(value: object) -> int:
    width = _whole(value)
    if not 0 <= width <= _MAX_WIDTH:
        raise NetlistError("an impossible width", where="port", got=width, allowed=f"0 to {_MAX_WIDTH}")
    return width


def _flag(value: object) -> bool:
    if not isinstance(value, bool):
        raise NetlistError("signed or not", where="port", got=value, allowed="true, false")
    return value
