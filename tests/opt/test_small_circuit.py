"""Gates of small circuits, searched for."""

from __future__ import annotations

import numpy as np
import pytest

from bespoke.arith.operators import Popcount
from bespoke.cells import GateCosts, load_library
from bespoke.netlist import NetlistBuilder
from bespoke.opt import SearchEffort, search_small_circuit
from bespoke.opt.small_circuit import as_simple_gates
from bespoke.sim import every_input, simulate

COSTS = GateCosts.of(load_library("egfet", None))


@pytest.mark.parametrize("width", [1, 4, 6])
def test_function_stays_and_cost_falls(width: int) -> None:
    netlist = Popcount(width).netlist(COSTS)
    plain, found = as_simple_gates(netlist), search_small_circuit(netlist, COSTS, SearchEffort(200_000, 0.3))
    assert found.cost(COSTS.simple) <= plain.cost(COSTS.simple)
    for gates in (plain, found):
        builder = NetlistBuilder("again")
        inputs = builder.add_input("x", width).bits
        builder.add_output("y", gates.build(builder, inputs))
        words = every_input((width,))
        assert np.array_equal(simulate(builder.build(), words), simulate(netlist, words))


def test_full_adder_takes_nine_nands() -> None:
    plain = as_simple_gates(Popcount(3).netlist(COSTS))
    assert len(plain.kinds) == 9


def test_gates_that_say_the_same_twice_go() -> None:
    builder = NetlistBuilder("twice")
    a, b, c = builder.add_input("x", 3).bits
    either = builder.or_(builder.and_(a, b), builder.and_(a, c))  # a and (b or c)
    builder.add_output("y", [either, builder.xor(a, b), builder.or_(builder.and_(a, b ^ 1), builder.and_(a ^ 1, b))])
    netlist = builder.build()
    found = search_small_circuit(netlist, COSTS, SearchEffort(200_000))
    assert found.outputs[1] == found.outputs[2]
    assert found.cost(COSTS.simple) < as_simple_gates(netlist).cost(COSTS.simple) - 3
