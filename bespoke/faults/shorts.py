"""Shorts between nets that meet at a cell."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from typing import Literal

import numpy as np

from bespoke.compiled import compiled, entry
from bespoke.faults.effects import Effects, Rows, added, judged_blocks
from bespoke.faults.graph import Graph, Integers, Subject
from bespoke.faults.injection import Losses, base_losses, differences
from bespoke.faults.kernel import (
    ALL,
    NONE,
    ONE,
    ZERO,
    Judge,
    State,
    Words,
    change,
    evaluate,
    new_state,
    restore,
    spread,
)

Wired = Literal["and", "or"]
WIRED: tuple[Wired, ...] = ("and", "or")
_FIRST_NET = 2  # those before it are the constants


def neighbours(circuit: Subject) -> list[tuple[int, int]]:
    """Pairs of nets on two pins of one cell, ascending; nets of a constant are left out.

    A netlist that is not placed knows of no other neighbours.
    """
    found = set()
    for instance in circuit.netlist.instances:
        nets = sorted({net for net in (*instance.fanins, *instance.fanouts) if net >= _FIRST_NET})
        found |= set(combinations(nets, 2))
    return sorted(found)


def short_effects(circuit: Subject, pairs: Sequence[tuple[int, int]], wired: Wired, rows: Rows) -> Effects:
    """What shorts do that are there alone.

    Both nets carry the AND or the OR of what drives them (wired logic: Mei, "Bridging and stuck-at faults", IEEE Trans.
    Computers 23, 1974). Where that changes what drives them, so that the value holds no more, the loop has no stable
    value: such rows count as changed, and as missed by a classifier.

    Parameters
    ----------
    circuit : Subject
    pairs : sequence of (int, int)
        Nets.
    wired : {"and", "or"}
    rows : Rows
    """
    nodes = circuit.nodes[np.array(pairs, dtype=np.int64).reshape(-1, 2)]
    fill = ALL if wired == "or" else ZERO
    parts = [
        short_losses(circuit.graph, inputs, judge, nodes, np.full(inputs.shape[1], fill))
        for inputs, judge in judged_blocks(circuit, rows)
    ]
    return added(parts, len(pairs))


@entry
def short_losses(graph: Graph, inputs: Words, judge: Judge, pairs: Integers, inverted: Words) -> Losses:
    """Losses with each pair of nodes, shape (n, 2), shorted to their AND, or that with all of them inverted: their OR.

    Words of ``inverted``, shape (n_words,), are all ones where they are inverted, and 0 where not.
    """
    state = new_state(graph, inputs)
    base = base_losses(graph, state, judge)
    losses, counts = np.empty(len(pairs)), np.zeros(len(pairs), np.int64)
    changed, delta = np.zeros(inputs.shape[1], np.uint64), np.zeros(len(base))
    joint, driven = np.zeros(inputs.shape[1], np.uint64), np.zeros(inputs.shape[1], np.uint64)
    for number in range(len(pairs)):
        first, second = pairs[number]
        _join(state.good[first], state.good[second], inverted, joint)
        for node in pairs[number]:
            state.frozen[node] = 1
            state.row[:] = joint
            change(graph, state, node)
        spread(graph, state)
        losses[number] = base.sum() + differences(graph, state, judge, base, changed, delta)
        _drive(graph, state, first, driven)
        _drive(graph, state, second, state.row)
        _join(driven, state.row, inverted, driven)
        for vector in range(len(base)):
            word, shift = vector >> 6, np.uint64(vector & 63)
            differs = changed[word] >> shift & ONE != ZERO
            if (driven[word] ^ joint[word]) >> shift & ONE != ZERO:
                counts[number] += 1
                if not judge.is_value:
                    losses[number] += 1.0 - base[vector] - (delta[vector] if differs else 0.0)
            elif differs:
                counts[number] += 1
        for node in pairs[number]:
            state.frozen[node] = 0
        restore(state)
    return Losses(base.sum(), losses, counts)


@compiled
def _join(first: Words, second: Words, inverted: Words, joint: Words) -> None:
    for word in range(len(joint)):
        joint[word] = (first[word] ^ inverted[word]) & (second[word] ^ inverted[word]) ^ inverted[word]


@compiled
def _drive(graph: Graph, state: State, node: int, row: Words) -> None:
    """What a node would carry without the short, as the others are now."""
    if node < graph.first_gate:
        row[:] = state.good[node]
    else:
        evaluate(graph, state.values, node - graph.first_gate, NONE, row)
