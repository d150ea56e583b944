"""Gates of functions given as tables."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from bespoke.cells import GateCosts, load_library
from bespoke.netlist import NetlistBuilder, SimpleGates
from bespoke.opt import SearchEffort, TableEffort, search_table
from bespoke.opt.table_diagram import diagram_size, netlist_of_diagram, search_order
from bespoke.sim import every_input, simulate

COSTS = GateCosts.of(load_library("egfet", None))
EFFORT = TableEffort(2, 20, SearchEffort(1_000_000, 0.6))


def values_of(gates: SimpleGates):
    builder = NetlistBuilder("table")
    literals = gates.build(builder, builder.add_input("x", gates.input_count).bits)
    builder.add_output("y", literals)
    words = np.arange(1 << gates.input_count)[:, None]
    return (simulate(builder.build(), words) >> np.arange(len(literals)) & 1).T.astype(bool)


def searched(values, occurring=None):
    places = np.arange(values.shape[1]) if occurring is None else occurring
    return search_table(values, places, EFFORT, COSTS, np.random.default_rng(1))


@pytest.mark.slow_if("4")
@pytest.mark.parametrize("seed", range(6))
def test_diagrams_and_gates_have_the_function(seed):
    rng = np.random.default_rng(seed)
    inputs = int(rng.integers(1, 8))
    values = rng.random((int(rng.integers(1, 4)), 1 << inputs)) < rng.choice([0.05, 0.5])
    order = search_order(values, 20, rng)
    netlist = netlist_of_diagram(values, order)
    words = np.arange(1 << inputs)[:, None]
    found = simulate(netlist, words) >> np.arange(len(values)) & 1
    assert np.array_equal(found.T, values)
    first, again = searched(values), searched(values)
    assert first == again
    assert (values_of(first) == values).all()


def test_a_second_search_is_never_dearer_and_helps_small_tables():
    rng = np.random.default_rng(3)
    tables = [rng.random((1, 16)) < 0.5 for _ in range(3)]
    costs = np.zeros((len(tables), 2))
    for number, values in enumerate(tables):
        for column, least_work in enumerate((0, 400_000)):
            effort = replace(EFFORT, least_work=least_work)
            gates = search_table(values, np.arange(16), effort, COSTS, np.random.default_rng(1))
            assert (values_of(gates) == values).all()
            costs[number, column] = gates.cost(COSTS.simple)
    assert (costs[:, 1] <= costs[:, 0]).all()
    assert costs[:, 1].sum() < costs[:, 0].sum()


def test_orders_matter():
    # x0 x1 or x2 x3 or x4 x5 has 6 nodes in this order, and 14 if the pairs are torn.
    bits = every_input((1,) * 6) > 0
    places = (bits << np.arange(6)).sum(axis=1)
    values = np.empty((1, 64), dtype=bool)
    values[0, places] = (bits[:, 0] & bits[:, 1]) | (bits[:, 2] & bits[:, 3]) | (bits[:, 4] & bits[:, 5])
    assert diagram_size(values, (0, 1, 2, 3, 4, 5)) == 6
    assert diagram_size(values, (0, 2, 4, 1, 3, 5)) == 14
    assert diagram_size(values, search_order(values, 200, np.random.default_rng(0))) == 6


def test_addresses_that_do_not_occur_are_free():
    # A majority of three where 011 and 100 never come is x0.
    values = np.array([[0, 0, 0, 1, 0, 1, 1, 1]]) > 0
    occurring = np.array([address for address in range(8) if (address & 1) == values[0, address]])
    found = searched(values, occurring)
    assert len(found.kinds) == 0
    assert (values_of(found)[0, occurring] == values[0, occurring]).all()


def test_constants_take_no_gate():
    found = searched(np.array([[0, 0, 0, 0], [1, 1, 1, 1]]) > 0)
    assert found.outputs == (0, 1)
    assert not found.kinds
