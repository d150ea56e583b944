"""Search for fewer AND gates of a circuit with so few inputs that all of them can be looked at, for a given time."""

from __future__ import annotations

import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace

import numpy as np

from bespoke.cells import GateCosts
from bespoke.compiled import thread_count
from bespoke.netlist import AND, AndGraph, Netlist, SimpleGates, and_graph
from bespoke.netlist.rebuild import built_like
from bespoke.opt.and_anneal import anneal
from bespoke.opt.and_circuit import LEFT, RIGHT, and_circuit
from bespoke.opt.and_moves import move_finder
from bespoke.opt.boxes import address_vectors, care_on
from bespoke.opt.resubstitute import SearchEffort, resubstitute
from bespoke.opt.rounded_sum import RoundedSum, netlist_of_sum, rounded_sums
from bespoke.opt.small_circuit import as_simple_gates, table_of
from bespoke.opt.table_diagram import Flags, netlist_of_diagram, search_order
from bespoke.opt.words import Integers

_HEATS = (0.4, 0.1)  # mean loss in gates
# Diagrams and sums that each worker starts from, besides the circuit itself, and the share of the time for a look at
# every start. Circuits that begin as sums soon stand still, some a fifth larger than others.
_OF_DIAGRAMS = (4, 0, 0.3)
_OF_SUMS = (1, 18, 0.75)
_ORDER_TRIES = 150
_SLICE_S = 0.5  # between looks at the clock
_FIRST_TRIALS = 500
_SPARE = 64  # gates more than half of those of the circuit
# For the cost of gates, after the search for few: a share of the time, work of each slice, heat in NAND2 cells.
_POLISHED, _POLISH_WORK, _POLISH_HEAT, _POLISH_COOLING = 0.2, 2_000_000, 0.3, 0.8


@dataclass(frozen=True, slots=True)
class TimeLimit:
    """How long to search.

    Attributes
    ----------
    seconds : float
    seed : int
    workers : int
        Searches side by side, each from starts of its own; by default as many as this process has cores for.
    """

    seconds: float
    seed: int = 0
    workers: int = field(default_factory=thread_count)


def search_within(netlist: Netlist, costs: GateCosts, limit: TimeLimit) -> tuple[Netlist, SimpleGates]:
    """Forms of a small netlist that are searched for in a given time.

    Parameters
    ----------
    netlist : Netlist
        With at most `MOST_TABLE_BITS` input bits.
    costs : GateCosts
    limit : TimeLimit

    Returns
    -------
    Netlist
        The one of fewest AND gates, and
    SimpleGates
        gates of low cost that were made from it.
    """
    end = time.monotonic() + limit.seconds
    found = search_and_gates(netlist, replace(limit, seconds=limit.seconds * (1 - _POLISHED)))
    gates = as_simple_gates(found)
    bits = netlist.input_count
    care = care_on(address_vectors(np.arange(1 << bits), bits), len(gates.outputs))
    heat = _POLISH_HEAT
    while time.monotonic() < end:
        gates = resubstitute(gates, care, SearchEffort(_POLISH_WORK, heat), costs)
        heat *= _POLISH_COOLING
    return found, gates


def search_and_gates(netlist: Netlist, limit: TimeLimit) -> Netlist:
    """A netlist with the same ports and function, of the fewest AND gates that are found.

    Parameters
    ----------
    netlist : Netlist
        With at most `MOST_TABLE_BITS` input bits.
    limit : TimeLimit

    Notes
    -----
    Simulated annealing by resubstitution, whose candidates are right on every input: nodes that do not show at an
    output are free (Mishchenko et al., "Scalable don't-care-based logic optimization and resynthesis", ACM TRETS 2011;
    simulation-guided as in S.-Y. Lee et al., "A simulation-guided paradigm for logic synthesis and verification", IEEE
    TCAD 2022). It starts from the circuit itself, from decision diagrams, and from adders where the table is a rounded
    sum.
    """
    values = table_of(netlist)
    own = and_graph(netlist, netlist.output_literals())
    end = time.monotonic() + limit.seconds
    with ThreadPoolExecutor(limit.workers) as threads:
        forms = rounded_sums(values)
        workers = [_Worker(values, (limit.seed, number), end) for number in range(limit.workers)]
        try:
            found = list(threads.map(lambda worker: worker.search(own, forms), workers))
        finally:
            for worker in workers:  # where a signal ends the wait for them
                worker.end = 0.0
    best = min([own, *found], key=lambda graph: len(graph.ands))
    return netlist_of(best, netlist)


class _Worker:
    """One search, until a moment on the monotonic clock, which another thread may set to an earlier one."""

    def __init__(self, values: Flags, seed: tuple[int, int], end: float) -> None:
        self.values = values
        self.inputs = values.shape[1].bit_length() - 1
        self.vectors = address_vectors(np.arange(values.shape[1]), self.inputs)
        self.random = np.random.default_rng(seed)
        self.end = end
        self.trials_per_s = float(_FIRST_TRIALS)

    def search(self, own: AndGraph, forms: Sequence[RoundedSum]) -> AndGraph:
        """The smallest graph met: all starts get a look, the best of them the rest of the time."""
        diagrams, sums, looks = _OF_SUMS if forms else _OF_DIAGRAMS
        share = looks * (self.end - time.monotonic()) / (1 + diagrams + sums)
        best = self.annealed(own, time.monotonic() + share)
        for number in range(diagrams + sums):
            until = time.monotonic() + share
            start = self.diagram() if number < diagrams else self.sum(forms[int(self.random.integers(len(forms)))])
            met = self.annealed(start, until)
            best = met if len(met.ands) < len(best.ands) else best
        return self.annealed(best, self.end)

    def sum(self, form: RoundedSum) -> AndGraph:
        """A rounded sum as adders, whose order is random."""
        netlist = netlist_of_sum(form, len(self.values), self.random)
        return and_graph(netlist, netlist.output_literals())

    def diagram(self) -> AndGraph:
        """A decision diagram, whose order of variables is searched for."""
        netlist = netlist_of_diagram(self.values, search_order(self.values, _ORDER_TRIES, self.random))
        return and_graph(netlist, netlist.output_literals())

    def annealed(self, graph: AndGraph, end: float) -> AndGraph:
        """The smallest graph met until a moment, while the heat falls."""
        begin = now = time.monotonic()
        current = best = graph
        while now < min(end, self.end) and current.ands:
            share = min(1.0, (now + _SLICE_S - begin) / (end - begin))
            heats = tuple(_HEATS[0] + (_HEATS[1] - _HEATS[0]) * x for x in ((now - begin) / (end - begin), share))
            trials = max(1, int(self.trials_per_s * min(_SLICE_S, end - now)))
            current, met = self.slice(current, trials, (heats[0], heats[1]))
            best = met if len(met.ands) < len(best.ands) else best
            before, now = now, time.monotonic()
            self.trials_per_s = trials / max(now - before, 1e-3)
        return best

    def slice(self, graph: AndGraph, trials: int, heats: tuple[float, float]) -> tuple[AndGraph, AndGraph]:
        """Graph after a number of trials, and the smallest one met meanwhile."""
        circuit = and_circuit(graph, self.vectors, spare=len(graph.ands) // 2 + _SPARE)
        finder = move_finder(circuit.net.shape[1], self.vectors.shape[1], int(self.random.integers(1 << 62)))
        net, outputs = anneal(circuit, finder, 1 + self.inputs, trials, heats)
        now, best = circuit.net[LEFT : RIGHT + 1], (net, outputs)
        return graph_of(now, circuit.outputs, self.inputs), graph_of(*best, self.inputs)


def graph_of(net: Integers, outputs: Integers, inputs: int) -> AndGraph:
    """The gates that outputs need."""
    left, right = net[0].tolist(), net[1].tolist()
    order: list[int] = []
    seen: set[int] = set()
    stack = [output >> 1 for output in outputs.tolist()]
    while stack:
        node = stack.pop()
        if node < 0:
            order.append(~node)
        elif node not in seen and left[node] >= 0:
            seen.add(node)
            stack += [~node, left[node] >> 1, right[node] >> 1]
    number = {node: node for node in range(1 + inputs)}
    number |= {node: 1 + inputs + position for position, node in enumerate(order)}

    def literal(old: int) -> int:
        return 2 * number[old >> 1] | old & 1

    ands = tuple((literal(left[node]), literal(right[node])) for node in order)
    return AndGraph(inputs, ands, tuple(literal(output) for output in outputs.tolist()))


def netlist_of(graph: AndGraph, like: Netlist) -> Netlist:
    """Netlist of a graph with the ports of another one."""
    first = 1 + graph.inputs
    gates = ((first + number, AND, a, b) for number, (a, b) in enumerate(graph.ands))
    return built_like(like, gates, graph.outputs)[0]
