"""Netlists made anew gate by gate: the one loop behind every step that keeps most of a netlist."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from bespoke.netlist.builder import NetlistBuilder
from bespoke.netlist.netlist import Netlist, Port


class Gate(NamedTuple):
    """A gate of the netlist that is rebuilt.

    Attributes
    ----------
    net : int
        Its number there.
    kind : int
        Its `GateKind`.
    a, b : int
        Its fanins as literals of the new netlist.
    """

    net: int
    kind: int
    a: int
    b: int


Rule = Callable[[NetlistBuilder, Gate], int]
OutputRule = Callable[[NetlistBuilder, Port, Sequence[int]], Sequence[int]]


def keep_gate(builder: NetlistBuilder, gate: Gate) -> int:
    """The gate as it is."""
    return builder.gate(gate.kind, gate.a, gate.b)


def keep_output(_builder: NetlistBuilder, _port: Port, literals: Sequence[int]) -> Sequence[int]:
    """The output word as it is."""
    return literals


def rebuild(netlist: Netlist, rule: Rule = keep_gate, output_rule: OutputRule = keep_output) -> Netlist:
    """Netlist with the same ports, each live gate and each output word made by a rule.

    Parameters
    ----------
    netlist : Netlist
    rule : callable
        Literal, in the new netlist, that stands for a gate.
    output_rule : callable
        Literals of an output word, given those that stand for it.
    """
    builder = NetlistBuilder(netlist.name)
    literals = [0, 1]
    for port in netlist.inputs:
        for literal in builder.add_input(port.name, port.width, signed=port.signed).bits:
            literals += (literal, literal ^ 1)
    live = netlist.live_nets()
    for net, kind, a, b in netlist.gates():
        made = rule(builder, Gate(net, kind, literals[a], literals[b])) if net in live else 0
        literals += (made, made ^ 1)
    for port in netlist.outputs:
        word = output_rule(builder, port, [literals[bit] for bit in port.bits])
        builder.add_output(port.name, word, signed=port.signed)
    return builder.build()
