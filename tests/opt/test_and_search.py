"""Fewer AND gates within a given time."""

from __future__ import annotations

import signal
import time

import numpy as np
import pytest

from bespoke.cells import GateCosts, load_library
from bespoke.netlist import Netlist, NetlistBuilder, SimpleGates, and_graph
from bespoke.opt import TimeLimit, optimise, search_within
from bespoke.opt.and_anneal import anneal
from bespoke.opt.and_circuit import LEFT, RIGHT, and_circuit
from bespoke.opt.and_moves import move_finder
from bespoke.opt.and_search import graph_of, netlist_of, search_and_gates
from bespoke.opt.boxes import address_vectors
from bespoke.opt.small_circuit import table_of
from bespoke.opt.table_diagram import netlist_of_diagram
from bespoke.sim import simulate

COSTS = GateCosts.of(load_library("egfet", None))
BRIEF = TimeLimit(0.3, seed=1, workers=1)


def table(netlist: Netlist):
    words = np.arange(1 << netlist.input_count)[:, None]
    outputs = len(netlist.output_literals())
    return (simulate(netlist, words)[:, 0] >> np.arange(outputs)[:, None] & 1).astype(bool)


def random_table(seed: int, inputs: int, outputs: int):
    """A sum of the inputs, weighted at random, in coarse steps, with some values inverted."""
    rng = np.random.default_rng(seed)
    bits = np.arange(1 << inputs)[:, None] >> np.arange(inputs) & 1
    sums = (bits @ rng.integers(-9, 10, inputs)) // 3
    return (sums >> np.arange(outputs)[:, None] & 1 > 0) ^ (rng.random((outputs, 1 << inputs)) < 0.02)


def nodes(netlist: Netlist) -> int:
    return len(and_graph(netlist, netlist.output_literals()).ands)


@pytest.mark.parametrize("inputs", [1, 2, 5, 7, 9])
def test_tables_are_those_of_the_netlist(inputs):
    values = random_table(inputs, inputs, 3)
    netlist = netlist_of_diagram(values, tuple(range(inputs)))
    assert np.array_equal(table_of(netlist), values)
    assert np.array_equal(table(netlist), values)


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize("heats", [(0.0, 0.0), (2.0, 0.5)], ids=["greedy", "hot"])
def test_every_state_of_the_search_has_the_function(seed, heats):
    inputs = 3 + seed % 6
    values = random_table(seed, inputs, 1 + seed % 4)
    start = netlist_of_diagram(values, tuple(range(inputs)))
    graph = and_graph(start, start.output_literals())
    circuit = and_circuit(graph, address_vectors(np.arange(1 << inputs), inputs), spare=40)
    finder = move_finder(circuit.net.shape[1], circuit.values.shape[2], seed)
    best = graph_of(*anneal(circuit, finder, 1 + inputs, 400, heats), inputs)
    last = graph_of(circuit.net[LEFT : RIGHT + 1], circuit.outputs, inputs)
    assert len(best.ands) <= min(len(graph.ands), len(last.ands))
    for found in (best, last):
        assert np.array_equal(table(netlist_of(found, start)), values)


def test_the_same_seed_gives_the_same_gates():
    values = random_table(3, 7, 3)
    start = netlist_of_diagram(values, tuple(range(7)))
    graph = and_graph(start, start.output_literals())

    def searched():
        circuit = and_circuit(graph, address_vectors(np.arange(128), 7), spare=40)
        return graph_of(*anneal(circuit, move_finder(circuit.net.shape[1], 2, 5), 8, 2000, (0.5, 0.1)), 7)

    assert searched() == searched()
    assert len(searched().ands) < len(graph.ands)


@pytest.mark.slow
def test_known_functions_get_as_few_gates_as_are_known():
    # A majority of three bits takes 4 AND nodes, their sum 7, an exclusive OR of four 9.
    bits = np.arange(16)[:, None] >> np.arange(4) & 1
    cases = [
        (bits[:8, :3].sum(axis=1)[None] >= 2, 4),
        ((bits[:8, :3].sum(axis=1) >> np.arange(2)[:, None] & 1) > 0, 7),
        (bits.sum(axis=1)[None] % 2 > 0, 9),
    ]
    for values, known in cases:
        netlist = netlist_of_diagram(values, tuple(range(values.shape[1].bit_length() - 1)))
        graph = and_graph(netlist, netlist.output_literals())
        circuit = and_circuit(graph, address_vectors(np.arange(values.shape[1]), graph.inputs), spare=200)
        finder = move_finder(circuit.net.shape[1], circuit.values.shape[2], seed=1)
        found = graph_of(*anneal(circuit, finder, 1 + graph.inputs, 30_000, (0.5, 0.1)), graph.inputs)
        assert np.array_equal(table(netlist_of(found, netlist)), values)
        assert len(found.ands) <= known


def test_constants_and_wires_need_no_gate():
    builder = NetlistBuilder("wires")
    a, b = builder.add_input("x", 2).bits
    builder.add_output("y", [builder.and_(a, builder.or_(a, b)), builder.and_(builder.and_(a, b), b ^ 1)])
    found = search_and_gates(builder.build(), BRIEF)
    assert nodes(found) == 0
    assert np.array_equal(table(found), [[False, True, False, True], [False] * 4])


@pytest.mark.slow
def test_both_forms_have_the_function():
    values = random_table(5, 8, 3)
    netlist = optimise(netlist_of_diagram(values, tuple(range(8))))
    found, gates = search_within(netlist, COSTS, BRIEF)
    assert np.array_equal(table(found), values)
    assert nodes(found) <= nodes(netlist)
    assert isinstance(gates, SimpleGates)
    builder = NetlistBuilder("gates")
    builder.add_output("y", gates.build(builder, builder.add_input("x", 8).bits))
    assert np.array_equal(table(builder.build()), values)


def test_a_signal_ends_a_long_search():
    netlist = netlist_of_diagram(random_table(3, 7, 3), tuple(range(7)))
    search_and_gates(netlist, BRIEF)  # machine code is made before the time is taken

    def end(*_):
        raise SystemExit(143)

    before = signal.signal(signal.SIGALRM, end)
    signal.setitimer(signal.ITIMER_REAL, 1.0)
    started = time.monotonic()
    try:
        with pytest.raises(SystemExit):
            search_and_gates(netlist, TimeLimit(1e9, seed=1, workers=2))
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0.0)
        signal.signal(signal.SIGALRM, before)
    assert time.monotonic() - started < 60
