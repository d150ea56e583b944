"""Functions given as tables as shared decision diagrams whose order of variables is searched."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bespoke.netlist import AndBuilder, Netlist, NetlistBuilder

Flags = NDArray[np.bool_]
Order = tuple[int, ...]
_PORT, _OUTPUTS = "x", "y"


class _Layer(NamedTuple):
    """The functions of one layer of a diagram.

    Literals are ``2 * node + complement``; node 0 is the constant 0, and every node is 0 where all its variables are.

    Attributes
    ----------
    low, high : ndarray of int64, shape (n_nodes,)
        Literals of the functions where its variable is 0 and 1, of each node that depends on it.
    places : ndarray of int64, shape (n_nodes,)
        Where such a function stands among those of the layer.
    literals : ndarray of int64, shape (n_functions,)
        The functions of all states of the variables above.
    """

    low: NDArray[np.int64]
    high: NDArray[np.int64]
    places: NDArray[np.int64]
    literals: NDArray[np.int64]


def search_order(values: Flags, tries: int, rng: np.random.Generator) -> Order:
    """An order of the variables, the topmost one first, in which the diagram has few nodes.

    Parameters
    ----------
    values : ndarray of bool, shape (n_outputs, 2**n)
        By address; variable ``i`` is bit ``i`` of it.
    tries : int
        Moves of one variable to another place; those that add no node are made.
    rng : numpy.random.Generator
        Chooses the first order and the moves.
    """
    count = values.shape[1].bit_length() - 1
    order = tuple(rng.permutation(count).tolist())
    size = diagram_size(values, order)
    for _ in range(tries if count > 1 else 0):
        source, target = rng.integers(count, size=2).tolist()
        moved = [variable for variable in order if variable != order[source]]
        moved.insert(target, order[source])
        found = diagram_size(values, tuple(moved))
        if found <= size:
            order, size = tuple(moved), found
    return order


def diagram_size(values: Flags, order: Order) -> int:
    """Number of nodes of the shared diagram with complemented edges (Brace, Rudell, Bryant, DAC 1990)."""
    return sum(len(layer.low) for layer in _layers(_permuted(values, order), len(order)))


def netlist_of_diagram(values: Flags, order: Order) -> Netlist:
    """Netlist of AND gates for a diagram, with an input ``x`` of all variables and an output ``y``.

    Where one side of a node implies the other one, its selection takes two gates instead of three.
    """
    builder = NetlistBuilder("table")
    inputs = builder.add_input(_PORT, len(order)).bits
    flags = _permuted(values, order)
    made, literals = [0], flags.astype(np.int64).ravel()
    for depth, layer in enumerate(_layers(flags, len(order))):
        blocks = flags.reshape(-1, 2, 1 << depth)[layer.places]
        # A function that is 1 where its variables are 0 stands complemented for its node.
        lows, highs = (blocks[:, side] ^ blocks[:, 0, :1] for side in (0, 1))
        below, above = (np.array(implied.all(axis=1)) for implied in (lows <= highs, highs <= lows))
        variable = inputs[order[len(order) - 1 - depth]]
        for node in range(len(layer.low)):
            low, high = (made[side >> 1] ^ side & 1 for side in (int(layer.low[node]), int(layer.high[node])))
            made.append(_selection(builder, variable, (low, high), (bool(below[node]), bool(above[node]))))
        literals = layer.literals
    builder.add_output(_OUTPUTS, [made[literal >> 1] ^ literal & 1 for literal in literals.tolist()])
    return builder.build()


def _selection(builder: AndBuilder, variable: int, sides: tuple[int, int], implied: tuple[bool, bool]) -> int:
    """Literal of the second side where the variable is 1, else the first; which side implies the other one, if any."""
    low, high = sides
    if implied[0]:
        return builder.or_(low, builder.and_(variable, high))
    if implied[1]:
        return builder.or_(high, builder.and_(variable ^ 1, low))
    return builder.or_(builder.and_(variable, high), builder.and_(variable ^ 1, low))


def _permuted(values: Flags, order: Sequence[int]) -> Flags:
    """Tables, (n_outputs, 2**n), in which ``order[0]`` is the most significant bit of the address."""
    count = len(order)
    axes = [0, *(count - variable for variable in order)]
    return values.reshape(len(values), *(2,) * count).transpose(axes).reshape(len(values), -1)


def _layers(flags: Flags, count: int) -> list[_Layer]:
    """The layers of a diagram from the lowest variable up, for permuted tables."""
    literals, nodes, layers = flags.astype(np.int64).ravel(), 1, []
    for _ in range(count):
        low, high = literals[::2], literals[1::2]
        turned = low & 1
        low, high = low ^ turned, high ^ turned
        depends = np.flatnonzero(low != high)
        keys, places, numbers = np.unique(
            low[depends] * (2 * nodes) + high[depends], return_index=True, return_inverse=True
        )
        literals = low.copy()
        literals[depends] = 2 * (nodes + numbers.reshape(-1))
        literals ^= turned
        layers.append(_Layer(keys // (2 * nodes), keys % (2 * nodes), depends[places], literals))
        nodes += len(keys)
    return layers
