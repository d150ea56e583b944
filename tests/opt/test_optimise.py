from __future__ import annotations

import numpy as np
import pytest
from random_models import all_words, random_netlist

from bespoke.netlist import NetlistBuilder
from bespoke.opt import optimise
from bespoke.sim import simulate


@pytest.mark.parametrize("seed", range(100))
def test_function_is_kept(seed: int) -> None:
    netlist = random_netlist(np.random.default_rng(seed))
    smaller = optimise(netlist)
    words = all_words((2, 2, 2))
    assert (simulate(netlist, words) == simulate(smaller, words)).all()
    assert smaller.gate_count <= netlist.gate_count
    assert (smaller.inputs, [p.name for p in smaller.outputs]) == (netlist.inputs, [p.name for p in netlist.outputs])


def test_two_level_rules() -> None:
    builder = NetlistBuilder("rules")
    a, b, c = builder.add_input("x", 3).bits
    ab = builder.and_(a, b)
    rules = {
        "absorb": (builder.and_(ab, a), ab),
        "contradict": (builder.and_(ab, a ^ 1), 0),
        "substitute": (builder.and_(ab ^ 1, a), builder.and_(a, b ^ 1)),
        "subsume": (builder.and_(ab ^ 1, a ^ 1), a ^ 1),
        "cancel": (builder.xor(builder.xor(b, c), c), b),
        "difference": (builder.xor(ab, a), builder.and_(a, b ^ 1)),
        "select": (builder.and_(builder.xor(b, c), c), builder.and_(c, b ^ 1)),
    }
    for name, (left, right) in rules.items():
        builder.add_output(name, [builder.xor(left, right)])
    netlist = optimise(builder.build())
    assert {port.name: port.bits for port in netlist.outputs} == dict.fromkeys(rules, (0,))
    assert netlist.gate_count == 0
