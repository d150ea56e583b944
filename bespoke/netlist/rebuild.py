"""Netlists made anew gate by gate: the one loop behind every step that keeps most of a netlist."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
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


Row = tuple[int, int, int, int]  # net, kind and fanin literals of a gate
Rule = Callable[[NetlistBuilder, Gate], int]
OutputRule = Callable[[NetlistBuilder, Port, Sequence[int]], Sequence[int]]


def keep_gate(builder: NetlistBuilder, gate: Gate) -> int:
    """The gate as it is."""
    return builder.gate(gate.kind, gate.a, gate.b)


def keep_output(_builder: NetlistBuilder, _port: Port, literals: Sequence[int]) -> Sequence[int]:
    """The output word as it is."""
    return literals


def copy_gates(builder: NetlistBuilder, gates: Iterable[Row], literals: dict[int, int], rule: Rule = keep_gate) -> None:
    """Add gates to an open netlist; ``literals``, which has what their inputs are there, gets what stands for them.

    Parameters
    ----------
    builder : NetlistBuilder
    gates : iterable of (int, int, int, int)
        As for `built_like`.
    literals : dict of int to int
    rule : callable
        As for `rebuild`.
    """
    for net, kind, a, b in gates:
        made = rule(builder, Gate(net, kind, literals[a], literals[b]))
        literals[2 * net], literals[2 * net + 1] = made, made ^ 1


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
    live = netlist.live_nets()
    gates = (gate for gate in netlist.gates() if gate[0] in live)
    return built_like(netlist, gates, netlist.output_literals(), rule, output_rule)[0]


def built_like(
    like: Netlist,
    gates: Iterable[Row],
    outputs: Iterable[int],
    rule: Rule = keep_gate,
    output_rule: OutputRule = keep_output,
) -> tuple[Netlist, dict[int, int]]:
    """Netlist with the ports of another one, and by literal of the gates given what stands for it there.

    Parameters
    ----------
    like : Netlist
    gates : iterable of (int, int, int, int)
        Net, kind and two fanin literals, each after those it reads; inputs are numbered as in ``like``.
    outputs : iterable of int
        Literals of all output bits.
    rule, output_rule : callable
        As for `rebuild`.
    """
    builder = NetlistBuilder(like.name)
    for port in like.inputs:
        builder.add_input(port.name, port.width, signed=port.signed)
    literals = {literal: literal for literal in range(2 * (1 + like.input_count))}
    copy_gates(builder, gates, literals, rule)
    bits = iter(outputs)
    for port in like.outputs:
        word = output_rule(builder, port, [literals[next(bits)] for _ in port.bits])
        builder.add_output(port.name, word, signed=port.signed)
    return builder.build(), literals
