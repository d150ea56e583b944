"""Functions of two bits as further features of samples: conjunctions and exclusive ors, also of each other.

Sources: Pagallo, Learning DNF by Decision Trees, IJCAI 1989 (FRINGE: features from the tests next to the leaves); Rai
et al., Logic Synthesis Meets Machine Learning, DATE 2021 (with exclusive ors).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from bespoke.families.growth import Grown
from bespoke.model import LEAF
from bespoke.netlist import AND, XOR, NetlistBuilder


class Pair(NamedTuple):
    """A function of two features.

    Attributes
    ----------
    kind : int
        `AND` or `XOR` of `bespoke.netlist`.
    a, b : int
        Literals: twice a feature, and one more for its complement.
    """

    kind: int
    a: int
    b: int


@dataclass(frozen=True, slots=True, eq=False)
class Features:
    """Bits of samples, and pairs of them as further columns.

    Attributes
    ----------
    bits : ndarray of uint8, shape (n_rows, n_inputs + n_pairs)
    inputs : int
    pairs : tuple of Pair
        Each of columns before its own.
    """

    bits: NDArray[np.uint8]
    inputs: int
    pairs: tuple[Pair, ...] = ()

    def extended(self, pairs: Sequence[Pair]) -> Self:
        """The same with further pairs of its columns, as far as they are not there yet."""
        new = [pair for pair in dict.fromkeys(pairs) if pair not in self.pairs]
        if not new:
            return self
        columns = np.stack([self._column(pair) for pair in new], axis=1)
        return type(self)(np.hstack([self.bits, columns]), self.inputs, (*self.pairs, *new))

    def _column(self, pair: Pair) -> NDArray[np.uint8]:
        x, y = (self.bits[:, literal >> 1] ^ (literal & 1) for literal in (pair.a, pair.b))
        return np.asarray(x & y if pair.kind == AND else x ^ y, dtype=np.uint8)

    def literals(self, builder: NetlistBuilder, inputs: Sequence[int]) -> list[int]:
        """Literals of all columns, from those of the inputs."""
        found = list(inputs)
        for pair in self.pairs:
            x, y = (found[literal >> 1] ^ (literal & 1) for literal in (pair.a, pair.b))
            found.append(builder.gate(pair.kind, x, y))
        return found


def fringe(tree: Grown, classes: NDArray[np.bool_]) -> list[Pair]:
    """Pairs of the two last tests before each leaf; an exclusive or where four leaves show one.

    Parameters
    ----------
    tree : Grown
    classes : ndarray of bool, shape (n_nodes,)
        Class of each leaf.
    """
    found: list[Pair] = []
    for node in np.flatnonzero(tree.feature != LEAF).tolist():
        sides = (int(tree.left[node]), int(tree.right[node]))
        for side, child in enumerate(sides):
            if tree.feature[child] == LEAF:
                continue
            for below, leaf in enumerate((int(tree.left[child]), int(tree.right[child]))):
                if tree.feature[leaf] == LEAF:
                    a, b = int(tree.feature[node]), int(tree.feature[child])
                    found.append(_pair(AND, 2 * a + (side ^ 1), 2 * b + (below ^ 1)))
        if _is_exclusive(tree, classes, sides):
            found.append(_pair(XOR, 2 * int(tree.feature[node]), 2 * int(tree.feature[sides[0]])))
    return list(dict.fromkeys(found))


def _is_exclusive(tree: Grown, classes: NDArray[np.bool_], sides: tuple[int, int]) -> bool:
    """Whether both sides of a node test the same feature, with leaves of turned classes."""
    if tree.feature[sides[0]] != tree.feature[sides[1]] or tree.feature[sides[0]] == LEAF:
        return False
    leaves = [(int(tree.left[side]), int(tree.right[side])) for side in sides]
    if any(tree.feature[leaf] != LEAF for pair in leaves for leaf in pair):
        return False
    (low, high), (below, above) = ([bool(classes[leaf]) for leaf in pair] for pair in leaves)
    return low != high and below == high and above == low


def _pair(kind: int, a: int, b: int) -> Pair:
    return Pair(kind, min(a, b), max(a, b))
