"""One-vs-one voting by enumeration of the pairs' outcomes."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from bespoke.model import Decision
from bespoke.netlist import NetlistBuilder

MAX_PAIRS = 18


def winner_table(
    decision: Decision, outcomes: Sequence[bool], pairs: Sequence[int], free: Sequence[int]
) -> tuple[int, ...] | None:
    """Winning class per joint outcome of ``pairs``, or None if it also depends on ``free`` pairs.

    Parameters
    ----------
    decision : Decision
        A ``votes`` decision, whose own rule is evaluated.
    outcomes : sequence of bool
        Whether the first class wins, per pair; used for pairs that are neither in ``pairs`` nor in ``free``.
    pairs, free : sequence of int
        Pairs with any outcome. ``pairs[i]`` is bit ``i`` of the state.
    """
    varied = [*pairs, *free]
    if len(varied) > MAX_PAIRS:
        return None
    states = np.arange(1 << len(varied))
    scores = np.tile(np.array(outcomes, dtype=np.int64), (len(states), 1))
    for bit, pair in enumerate(varied):
        scores[:, pair] = states >> bit & 1
    table = decision.decide(scores).reshape(-1, 1 << len(pairs))
    return tuple(table[0].tolist()) if (table == table[0]).all() else None


def table_logic(builder: NetlistBuilder, table: Sequence[int], variables: Sequence[int], width: int) -> list[int]:
    """Literals of ``table[state]`` as a tree of multiplexers; ``variables[i]`` is bit ``i`` of the state."""
    bits = []
    for position in range(width):
        layer = [value >> position & 1 for value in table]
        for variable in variables:
            layer = [builder.mux(variable, high, low) for low, high in zip(layer[::2], layer[1::2], strict=True)]
        bits.append(layer[0])
    return bits
