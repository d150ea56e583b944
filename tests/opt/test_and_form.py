from __future__ import annotations

import numpy as np
import pytest
from random_models import all_words, random_netlist
from small_netlists import full_adder

from bespoke.netlist import Netlist, NetlistBuilder, and_graph, from_aiger, to_aiger
from bespoke.opt import fewest_ands
from bespoke.sim import simulate


def count(netlist: Netlist) -> int:
    return len(and_graph(netlist, netlist.output_literals()).ands)


@pytest.mark.parametrize("seed", range(60))
def test_no_more_gates_and_the_same_function(seed: int) -> None:
    netlist = random_netlist(np.random.default_rng(seed))
    smaller = fewest_ands(netlist)
    words = all_words((2, 2, 2))
    assert count(smaller) <= count(netlist)
    again = from_aiger(to_aiger(smaller, smaller.output_literals()), netlist)
    assert (simulate(netlist, words) == simulate(again, words)).all()


def test_an_xor_of_nand_gates_is_three_gates() -> None:
    builder = NetlistBuilder("nands")
    a, b = builder.add_input("x", 2).bits
    nand = builder.and_(a, b) ^ 1
    builder.add_output("y", [builder.and_(builder.and_(a, nand) ^ 1, builder.and_(b, nand) ^ 1) ^ 1])
    assert count(builder.build()) == 4
    assert count(fewest_ands(builder.build())) == 3


def test_an_adder_shares_the_gates_of_its_xors() -> None:
    # Seven is the least number (`benchmarks/optimum.py`).
    assert count(full_adder()) == 7


@pytest.mark.parametrize("turns", [(0, 0), (0, 1), (1, 0), (1, 1)])
@pytest.mark.parametrize("late", [False, True])
def test_an_xor_shares_an_and_of_either_polarity(turns: tuple[int, int], late: bool) -> None:
    builder = NetlistBuilder("shared")
    a, b = builder.add_input("x", 2).bits
    first = 0 if late else builder.and_(a ^ turns[0], b ^ turns[1])
    either = builder.xor(a, b)
    builder.add_output("y", [either, first or builder.and_(a ^ turns[0], b ^ turns[1])])
    netlist = builder.build()
    assert count(netlist) == 3
    again = from_aiger(to_aiger(netlist, netlist.output_literals()), netlist)
    assert (simulate(netlist, all_words((2,))) == simulate(again, all_words((2,)))).all()
