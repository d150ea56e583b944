"""Compiled injection of faults: all single ones at once, and sets of them one by one."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from bespoke.compiled import compiled, entry
from bespoke.faults.graph import Graph, Integers
from bespoke.faults.kernel import (
    ALL,
    ONE,
    ZERO,
    Floats,
    Judge,
    State,
    Words,
    change,
    changed_rows,
    evaluate,
    loss,
    new_state,
    restore,
    spread,
    wake,
)


class Losses(NamedTuple):
    """What faults do on some vectors.

    Attributes
    ----------
    base : float
        Sum of the losses without a fault.
    losses : ndarray of float64, shape (n,)
        Sum of the losses with each.
    changed : ndarray of int64, shape (n,)
        Vectors on which the output word differs.
    """

    base: float
    losses: Floats
    changed: Integers


class Regions(NamedTuple):
    """Fanout-free regions: of each node the *stem* that it can be seen through alone, and where it can.

    A stem is a node that an output or not exactly one pin reads.
    """

    stems: Integers
    to_stem: Words
    pin_to_stem: Words


@entry
def single_losses(graph: Graph, inputs: Words, judge: Judge, sites: Integers, stuck: Integers) -> Losses:
    """Losses of single faults.

    A single fault that changes a stem on a vector changes it as its complement does. So stems alone are simulated
    (Abramovici, Menon and Miller, "Critical path tracing", IEEE Design and Test 1, 1984): each fault then takes from
    them the vectors on which it comes so far.

    Parameters
    ----------
    graph : Graph
    inputs : ndarray of uint64, shape (n_input_bits, n_words)
        Packed vectors, as many as the judge has targets.
    judge : Judge
    sites, stuck : ndarray of int64, shape (n_faults,)
        As `Faults.sites` and ``values``.
    """
    state = new_state(graph, inputs)
    regions = stem_regions(graph, state)
    base = base_losses(graph, state, judge)
    total = base.sum()
    losses, counts = np.full(len(sites), total), np.zeros(len(sites), np.int64)
    stems = faulty_stems(graph, regions, sites)
    changed, delta = np.zeros(inputs.shape[1], np.uint64), np.zeros(len(base))
    last = -1
    for fault in np.argsort(stems):
        if stems[fault] != last:
            last = stems[fault]
            flip_node(graph, state, last)
            differences(graph, state, judge, base, changed, delta)
            restore(state)
        for word in range(len(changed)):
            hit = fault_reach(graph, state, regions, sites[fault], stuck[fault], word) & changed[word]
            vector = word << 6
            while hit != ZERO:
                if hit & ONE != ZERO:
                    losses[fault] += delta[vector]
                    counts[fault] += 1
                hit >>= ONE
                vector += 1
    return Losses(total, losses, counts)


@entry
def set_losses(graph: Graph, inputs: Words, judge: Judge, starts: Integers, sites: Integers, stuck: Integers) -> Losses:
    """Losses of sets of faults that are there together.

    Parameters
    ----------
    graph : Graph
    inputs : ndarray of uint64, shape (n_input_bits, n_words)
    judge : Judge
    starts : ndarray of int64, shape (n_sets + 1,)
        Set ``s`` is made of the faults from ``starts[s]`` up to, but not including, ``starts[s + 1]``, of which no
        two are on one site.
    sites, stuck : ndarray of int64, shape (n_faults,)
    """
    state = new_state(graph, inputs)
    base = base_losses(graph, state, judge)
    sets = len(starts) - 1
    losses, counts = np.empty(sets), np.zeros(sets, np.int64)
    changed, delta = np.zeros(inputs.shape[1], np.uint64), np.zeros(len(base))
    for number in range(sets):
        faults = np.arange(starts[number], starts[number + 1])
        before = _inject(graph, state, sites, stuck, faults)
        spread(graph, state)
        losses[number] = base.sum() + differences(graph, state, judge, base, changed, delta)
        for word in range(len(changed)):
            hit = changed[word]
            while hit != ZERO:
                hit &= hit - ONE
                counts[number] += 1
        _withdraw(graph, state, sites, faults, before)
        restore(state)
    return Losses(base.sum(), losses, counts)


@compiled
def stem_regions(graph: Graph, state: State) -> Regions:
    """Stems of all nodes, and on which vectors a change of a node or pin changes its stem."""
    nodes, width = state.good.shape
    stems, is_stem = np.arange(nodes), np.zeros(nodes, np.uint8)
    for node in graph.outputs:
        is_stem[node] = 1
    to_stem = np.full((nodes, width), ALL, np.uint64)
    pin_to_stem = np.zeros((len(graph.pins), width), np.uint64)
    for node in range(nodes - 1, -1, -1):
        first = graph.reader_start[node]
        if graph.reader_start[node + 1] == first + 1 and not is_stem[node]:
            pin = graph.readers[first]
            to_stem[node] = pin_to_stem[pin]
            stems[node] = stems[graph.first_gate + graph.owners[pin]]
        gate = node - graph.first_gate
        if gate < 0:
            continue
        for pin in range(graph.pin_start[gate], graph.pin_start[gate + 1]):
            evaluate(graph, state.good, gate, pin - graph.pin_start[gate], state.row)
            for word in range(width):
                pin_to_stem[pin, word] = (state.row[word] ^ state.good[node, word]) & to_stem[node, word]
    return Regions(stems, to_stem, pin_to_stem)


@compiled
def faulty_stems(graph: Graph, regions: Regions, sites: Integers) -> Integers:
    """The stem that each site is seen through."""
    stems = np.empty(len(sites), np.int64)
    for fault in range(len(sites)):
        site = sites[fault]
        stems[fault] = regions.stems[-1 - site if site < 0 else graph.first_gate + graph.owners[site]]
    return stems


@compiled
def fault_reach(graph: Graph, state: State, regions: Regions, site: int, stuck: int, word: int) -> np.uint64:
    """Vectors on which a fault changes its stem."""
    keeps = ALL if stuck else ZERO
    if site < 0:
        value, far = state.good[-1 - site, word], regions.to_stem[-1 - site, word]
    else:
        value, far = state.good[graph.pins[site], word], regions.pin_to_stem[site, word]
    reached: np.uint64 = (value ^ keeps) & far
    return reached


@compiled
def base_losses(graph: Graph, state: State, judge: Judge) -> Floats:
    """Losses without a fault, shape (n_vectors,)."""
    losses = np.empty(len(judge.targets))
    for vector in range(len(losses)):
        losses[vector] = loss(graph, state.good, judge, vector)
    return losses


@compiled
def flip_node(graph: Graph, state: State, node: int) -> None:
    """Complement a node on all vectors."""
    for word in range(len(state.row)):
        state.row[word] = ~state.good[node, word]
    change(graph, state, node)
    spread(graph, state)


@compiled
def differences(graph: Graph, state: State, judge: Judge, base: Floats, changed: Words, delta: Floats) -> float:
    """Vectors on which the output differs, by how much their losses grow, and the sum of that."""
    changed_rows(graph, state, changed)
    if len(base) & 63:
        changed[-1] &= (ONE << np.uint64(len(base) & 63)) - ONE
    total = 0.0
    for vector in range(len(base)):
        if changed[vector >> 6] >> np.uint64(vector & 63) & ONE != ZERO:
            delta[vector] = loss(graph, state.values, judge, vector) - base[vector]
            total += delta[vector]
    return total


@compiled
def _inject(graph: Graph, state: State, sites: Integers, stuck: Integers, faults: Integers) -> Integers:
    """Put faults into the graph; returns what their pins read before."""
    before = np.zeros(len(faults), np.int64)
    for number, fault in enumerate(faults):
        site = sites[fault]
        if site >= 0:
            before[number] = graph.pins[site]
            graph.pins[site] = stuck[fault]
            wake(state, graph.owners[site])
        elif not state.frozen[-1 - site]:
            state.frozen[-1 - site] = 1
            state.row[:] = ALL if stuck[fault] else ZERO
            change(graph, state, -1 - site)
    return before


@compiled
def _withdraw(graph: Graph, state: State, sites: Integers, faults: Integers, before: Integers) -> None:
    for number in range(len(faults) - 1, -1, -1):
        site = sites[faults[number]]
        if site >= 0:
            graph.pins[site] = before[number]
        else:
            state.frozen[-1 - site] = 0
