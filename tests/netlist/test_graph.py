"""The networkx view has the circuit's nets, kinds and function."""

import networkx as nx
import numpy as np
import pytest
from random_models import random_netlist

from bespoke.cells import load_library
from bespoke.netlist import to_networkx
from bespoke.opt import optimise
from bespoke.sim import simulate
from bespoke.techmap import map_cheapest


def evaluate(graph, values):
    """Values of the output nodes, for values of the input nodes by name."""
    found = {}
    for node in nx.topological_sort(graph):
        kind = graph.nodes[node]["kind"]
        fanins = [
            found[source] ^ edge["complement"]
            for source, _, edge in sorted(graph.in_edges(node, data=True), key=lambda entry: entry[2]["pin"])
        ]
        if kind == "and":
            found[node] = fanins[0] & fanins[1]
        elif kind == "xor":
            found[node] = fanins[0] ^ fanins[1]
        elif kind == "output":
            found[node] = fanins[0]
        else:
            found[node] = values[graph.nodes[node]["name"]] if kind == "input" else False
    return found


@pytest.mark.parametrize("seed", range(20))
def test_view_of_a_generic_netlist_has_its_function(seed):
    rng = np.random.default_rng(seed)
    netlist = random_netlist(rng)
    graph = to_networkx(netlist)
    assert len(graph) == netlist.net_count + len(netlist.output_literals())
    words = rng.integers(0, 4, (8, len(netlist.inputs)))
    for row, expected in zip(words, simulate(netlist, words)[:, 0], strict=True):
        bits = {f"i{i}[{b}]": bool(word >> b & 1) for i, word in enumerate(row.tolist()) for b in range(2)}
        found = evaluate(graph, bits)
        assert sum(found["o", bit] << bit for bit in range(5)) == expected


def test_view_of_a_mapped_netlist_has_its_cells_and_depth():
    netlist = optimise(random_netlist(np.random.default_rng(3)))
    mapped = map_cheapest([netlist], load_library("egfet"))
    graph = to_networkx(mapped)
    kinds = [kind for _, kind in graph.nodes(data="kind")]
    assert {cell: kinds.count(cell) for cell in mapped.cell_histogram()} == mapped.cell_histogram()
    assert graph.number_of_edges() == 5 + sum(len(instance.fanins) for instance in mapped.instances)
    assert nx.is_directed_acyclic_graph(graph)
