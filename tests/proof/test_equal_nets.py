"""Nets of cells that are one with nets of the lowered netlist, and those that only look so."""

from __future__ import annotations

import numpy as np
import pytest

from bespoke.cells import GateCosts, load_library
from bespoke.lowering import lower
from bespoke.netlist import FALSE, NetlistBuilder
from bespoke.opt import optimise
from bespoke.proof import mapping, prove_mapped
from bespoke.proof.circuit import Circuit
from bespoke.proof.equal_nets import JoinedNetlist
from bespoke.techmap import map_cheapest

EGFET = load_library("egfet")
COSTS = GateCosts.of(EGFET)


def full_adder():
    builder = NetlistBuilder("adder")
    a, b, c = builder.add_input("x", 3).bits
    half = builder.xor(a, b)
    builder.add_output("sum", [builder.xor(half, c), builder.or_(builder.and_(a, b), builder.and_(half, c))])
    return builder.build()


def wide_and(count):
    """A conjunction of so many inputs, which no random vector makes 1."""
    builder = NetlistBuilder("wide")
    builder.add_output("y", [builder.all_of([b for p in range(count) for b in builder.add_input(f"x{p}", 1).bits])])
    return builder.build()


def test_a_majority_is_the_carry_of_the_adder():
    netlist = full_adder()
    joined = JoinedNetlist(netlist)
    a, b, c = (2 * net for net in (1, 2, 3))
    majority = joined.or_(joined.and_(a, joined.or_(b, c)), joined.and_(b, c))
    carry = joined.of(netlist.output_literals()[1])
    assert majority != carry
    assert joined.settled(majority) == carry
    assert joined.settled(majority ^ 1) == carry ^ 1
    assert joined.merged == 2


def test_what_is_alike_on_all_vectors_is_not_therefore_equal():
    joined = JoinedNetlist(wide_and(60))
    odd = joined.all_of([2 * net for net in range(1, 60)] + [121])
    assert not joined._value(odd)
    assert joined.settled(odd) == odd
    assert odd != FALSE


@pytest.mark.slow_if("lookup", "gates")
@pytest.mark.parametrize("kind", ["argmax", "votes", "forest", "lookup", "gates"])
def test_the_result_is_equal_for_every_input(kind, make_model):
    model = make_model(kind, 3, features=3, most_bits=4)
    netlist = lower(model, COSTS).netlist
    joined = JoinedNetlist(netlist)
    rng = np.random.default_rng(0)
    literals = [2 * net for net in range(1, joined.build().net_count)]
    made = [
        joined.gate(int(rng.integers(2)), *map(int, rng.choice(literals, 2) ^ rng.integers(2, size=2)))
        for _ in range(200)
    ]
    settled = [joined.settled(literal) for literal in made]
    circuit = Circuit(joined.build())
    assert circuit.tables(made, circuit.primary) == circuit.tables(settled, circuit.primary)


def test_a_mapped_netlist_is_proven_without_sat(make_model, monkeypatch):
    monkeypatch.setattr(mapping.Ledger, "close_pending", lambda *_: pytest.fail("SAT is needed"))
    for seed in range(3):
        model = make_model("argmax", seed, features=6, most_bits=4)
        netlist = lower(model, COSTS).netlist
        mapped = map_cheapest([optimise(netlist)], EGFET)
        step = prove_mapped(netlist, mapped, EGFET)
        assert step.status == "proven"
        assert step.counts["cells"] == len(mapped.instances)
