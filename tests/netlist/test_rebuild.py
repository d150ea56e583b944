"""Netlists made anew gate by gate."""

from __future__ import annotations

import numpy as np
import pytest
from random_models import all_words, random_netlist

from bespoke.netlist import AND, XOR, Gate, GateKind, NetlistBuilder, gate_value, keep_gate, rebuild
from bespoke.sim import simulate

WORDS = all_words((2, 2, 2))


def ports(netlist):
    return [[(port.name, port.width, port.signed) for port in side] for side in (netlist.inputs, netlist.outputs)]


@pytest.mark.parametrize("seed", range(20))
def test_kept_gates_are_the_live_ones(seed):
    netlist = random_netlist(np.random.default_rng(seed))
    again = rebuild(netlist)
    assert ports(again) == ports(netlist)
    assert np.array_equal(simulate(again, WORDS), simulate(netlist, WORDS))
    live = netlist.live_nets()
    assert again.gate_count == sum(net in live for net, *_ in netlist.gates())
    assert str(rebuild(again)) == str(again)


@pytest.mark.parametrize("seed", range(20))
def test_a_rule_makes_each_live_gate_in_order(seed):
    netlist = random_netlist(np.random.default_rng(seed))
    seen = []

    def without_xor(builder: NetlistBuilder, gate: Gate) -> int:
        seen.append((gate.net, gate.kind))
        if gate.kind == AND:
            return keep_gate(builder, gate)
        return builder.and_(builder.or_(gate.a, gate.b), builder.and_(gate.a, gate.b) ^ 1)

    again = rebuild(netlist, without_xor)
    live = netlist.live_nets()
    assert seen == [(net, kind) for net, kind, *_ in netlist.gates() if net in live]
    assert XOR not in again.kinds
    assert np.array_equal(simulate(again, WORDS), simulate(netlist, WORDS))


def test_a_rule_for_outputs():
    netlist = random_netlist(np.random.default_rng(5))
    inverted = rebuild(netlist, output_rule=lambda _, port, bits: [bit ^ 1 for bit in bits[: port.width - 1]])
    assert ports(inverted)[1] == [("o", 4, False)]
    assert (simulate(inverted, WORDS) == (~simulate(netlist, WORDS) & 15)).all()


def test_signs_and_empty_words_stay():
    builder = NetlistBuilder("ports")
    bits = builder.add_input("a", 2, signed=True).bits
    builder.add_input("b", 0)
    builder.add_output("o", bits, signed=True)
    builder.add_output("none", [])
    assert str(rebuild(builder.build())) == str(builder.build())


def test_live_nets_of_some_outputs():
    builder = NetlistBuilder("two")
    a, b, c = builder.add_input("x", 3).bits
    first, second = builder.and_(a, b), builder.xor(b, c)
    builder.add_output("o", [first, second ^ 1])
    netlist = builder.build()
    assert netlist.live_nets() == {1, 2, 3, first >> 1, second >> 1}
    assert netlist.live_nets([second]) == {2, 3, second >> 1}
    assert netlist.live_nets([]) == set()
    assert netlist.live_nets([1, a]) == {0, 1}


def test_kinds_as_integers():
    assert (GateKind.AND, GateKind.XOR) == (AND, XOR)
    assert (gate_value(AND, 0b1100, 0b1010), gate_value(XOR, 0b1100, 0b1010)) == (0b1000, 0b0110)
    builder = NetlistBuilder("gates")
    a, b = builder.add_input("x", 2).bits
    assert builder.gate(AND, a, b) == builder.and_(a, b)
    assert builder.gate(XOR, a, b ^ 1) == builder.xor(a, b) ^ 1
