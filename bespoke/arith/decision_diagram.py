"""Functions given as tables, built as reduced ordered decision diagrams."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from bespoke.netlist import NetlistBuilder

Table = NDArray[np.int64]


def from_table(builder: NetlistBuilder, table: Table, variables: Sequence[int], width: int) -> tuple[int, ...]:
    """Literals of ``table[state]``, least significant bit first.

    Parameters
    ----------
    builder : NetlistBuilder
    table : ndarray of int64, shape (2**n,)
        Value per state; ``variables[i]`` is bit ``i`` of the state.
    variables : sequence of int
        Literals.
    width : int
        Bits of a value.

    Notes
    -----
    Equal sub-functions are built once (Bryant, "Graph-Based Algorithms for Boolean Function Manipulation", IEEE
    TC 1986); the variable order is greedy in the number of distinct sub-functions.
    """
    bits = []
    for position in range(width):
        values = (np.asarray(table) >> position & 1).astype(bool)
        order = _best_order(values, len(variables))
        bits.append(_build(builder, _permuted(values, order), [variables[i] for i in order]))
    return tuple(bits)


def _permuted(values: NDArray[np.bool_], order: Sequence[int]) -> NDArray[np.bool_]:
    """Table in which ``order[0]`` is the least significant bit of the state."""
    count = len(order)
    axes = [count - 1 - i for i in reversed(order)]
    return values.reshape((2,) * count).transpose(axes).reshape(-1) if count else values


def _best_order(values: NDArray[np.bool_], count: int) -> list[int]:
    """Order from the last tested variable (first) to the first tested one, greedily with the fewest nodes."""
    order: list[int] = []
    while len(order) < count:
        remaining = [v for v in range(count) if v not in order]
        order.append(min(remaining, key=lambda v: _distinct(values, [*order, v], [r for r in remaining if r != v])))
    return order


def _distinct(values: NDArray[np.bool_], below: Sequence[int], above: Sequence[int]) -> int:
    """Number of distinct functions of the variables ``below`` over all states of those ``above``."""
    rows = _permuted(values, [*below, *above]).reshape(-1, 1 << len(below))
    return len(np.unique(np.packbits(rows, axis=1), axis=0))


def _build(builder: NetlistBuilder, values: NDArray[np.bool_], variables: Sequence[int]) -> int:
    layer = [int(v) for v in values]
    for variable in variables:
        made: dict[tuple[int, int], int] = {}
        joined = []
        for pair in zip(layer[::2], layer[1::2], strict=True):
            if pair not in made:
                made[pair] = builder.mux(variable, pair[1], pair[0])
            joined.append(made[pair])
        layer = joined
    return layer[0]
