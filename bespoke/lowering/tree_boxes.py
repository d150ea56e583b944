"""What signals are on each box of inputs on which a tree is constant."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bespoke.lowering.tree_paths import PathTree, leaf_boxes
from bespoke.model import IntArray
from bespoke.netlist import SimpleKind

_NO_FEATURE = -1
_MAX_CELLS = 1 << 15
_VECTORS = 1 << 15
_BESIDE = 0.6
_INV, _NAND, _NOR, _AND = (int(kind) for kind in (SimpleKind.INV, SimpleKind.NAND, SimpleKind.NOR, SimpleKind.AND))


class Span(NamedTuple):
    """Values that a signal takes, as bit vectors over the boxes.

    Attributes
    ----------
    zero, one : int
        Boxes in which it may be 0, and in which it may be 1.
    feature : int
        The only feature that it depends on, or -1.
    truth : int
        Its values over all values of that feature.
    """

    zero: int
    one: int
    feature: int
    truth: int


class BoxAbstraction:
    """Spans of the signals of a tree's circuit: exact for signals of one feature, else by three-valued logic.

    Parameters
    ----------
    tree : PathTree
    bits : tuple of int
        Width of each feature, in the order of the circuit's inputs.
    """

    def __init__(self, tree: PathTree, bits: tuple[int, ...]) -> None:
        self.low, self.high, codes = boxes(tree, bits)
        self._all = (1 << len(self.low)) - 1
        self._masks = [(1 << (1 << width)) - 1 for width in bits]
        self._limits = [_distinct(self.low[:, f], self.high[:, f]) for f in range(len(bits))]
        self._spans: dict[tuple[int, int], Span] = {}
        self._sources = [Span(self._all, 0, _NO_FEATURE, 0), Span(0, self._all, _NO_FEATURE, 0)]
        for feature, width in enumerate(bits):
            self._sources += [self._single(feature, _bit_truth(width, bit)) for bit in range(width)]
        self._wanted = [pack(codes >> bit & 1) for bit in range(tree.width)]

    def source(self, signal: int) -> Span:
        """Span of a constant or an input bit."""
        return self._sources[signal]

    def gate(self, kind: int, a: Span, b: Span) -> Span:
        """Span of a gate's output."""
        if a.feature == b.feature != _NO_FEATURE:
            return self._single(a.feature, _truth(kind, a.truth, b.truth, self._masks[a.feature]))
        if kind == _INV:
            return Span(a.one, a.zero, _NO_FEATURE, 0)
        if kind in (_NAND, _AND):
            zero, one = a.zero | b.zero, a.one & b.one
        else:
            zero, one = a.zero & b.zero, a.one | b.one
        if kind in (_NAND, _NOR):
            zero, one = one, zero
        return Span(zero, one, _NO_FEATURE, 0)

    def accepts(self, outputs: Sequence[Span]) -> bool:
        """Whether every output has the tree's value on each box."""
        return all(
            span.one == wanted and span.zero == self._all ^ wanted
            for span, wanted in zip(outputs, self._wanted, strict=True)
        )

    def _single(self, feature: int, truth: int) -> Span:
        span = self._spans.get((feature, truth))
        if span is None:
            limits, places = self._limits[feature]
            size = (self._masks[feature].bit_length() + 7) // 8
            values = np.unpackbits(np.frombuffer(truth.to_bytes(size, "little"), dtype=np.uint8), bitorder="little")
            ones = np.concatenate([[0], np.cumsum(values, dtype=np.int64)])
            count = ones[limits[:, 1] + 1] - ones[limits[:, 0]]
            zero, one = count <= limits[:, 1] - limits[:, 0], count > 0
            span = self._spans[feature, truth] = Span(pack(zero[places]), pack(one[places]), feature, truth)
        return span


def boxes(tree: PathTree, bits: tuple[int, ...]) -> tuple[IntArray, IntArray, IntArray]:
    """Least and greatest inputs, and the leaf code, of boxes that cover the input space.

    The boxes are those between neighbouring bounds of all features if that are not too many (three-valued logic
    then misses nothing in the selection), else the leaves' own.
    """
    bounds = [sorted({s.bound for s in tree.splits if s.feature == f}) for f in range(len(bits))]
    if np.prod([len(b) + 1.0 for b in bounds]) > _MAX_CELLS:
        return leaf_boxes(tree, bits)
    places = np.meshgrid(*[np.arange(len(b) + 1) for b in bounds], indexing="ij")
    low = np.stack([np.array([0, *b])[p.ravel()] for b, p in zip(bounds, places, strict=True)], axis=1)
    tops = [(1 << width) - 1 for width in bits]
    ends = [np.array([*(x - 1 for x in b), top]) for b, top in zip(bounds, tops, strict=True)]
    high = np.stack([e[p.ravel()] for e, p in zip(ends, places, strict=True)], axis=1)
    return low, high, codes_of(tree, low)


def box_vectors(tree: PathTree, low: IntArray, high: IntArray, rng: np.random.Generator) -> IntArray:
    """Inputs, (n_vectors, n_features), spread over boxes, many of them beside bounds of the tree.

    Those of one leaf, and of neighbouring leaves, stand together.
    """
    count = max(_VECTORS, len(low))
    chosen = np.arange(count) % len(low)
    low, high = low[chosen], high[chosen]
    inputs = rng.integers(low, high + 1)
    for feature in range(low.shape[1]):
        bounds = np.unique([s.bound for s in tree.splits if s.feature == feature])
        if len(bounds):
            beside = rng.choice(np.concatenate([bounds - 1, bounds]), count)
            inside = (beside >= low[:, feature]) & (beside <= high[:, feature])
            taken = inside & (rng.random(count) < _BESIDE)
            inputs[taken, feature] = beside[taken]
    return inputs[np.argsort(_walk(tree, inputs)[1], kind="stable")]


def codes_of(tree: PathTree, inputs: IntArray) -> IntArray:
    """Leaf codes, (n_vectors,), of inputs (n_vectors, n_features)."""
    return _walk(tree, inputs)[0]


def _walk(tree: PathTree, inputs: IntArray) -> tuple[IntArray, NDArray[np.float64]]:
    """Leaf codes, and numbers that are in the order of the leaves."""
    side = np.full(len(inputs), tree.root, dtype=np.int64)
    place, step = np.zeros(len(inputs)), 0.5
    if not tree.splits:
        return ~side, place
    feature, bound, below, above = (
        np.array([split[field] for split in tree.splits], dtype=np.int64) for field in (0, 1, 4, 5)
    )
    rows = np.arange(len(inputs))
    while (side >= 0).any():
        split = np.maximum(side, 0)
        goes_up = inputs[rows, feature[split]] >= bound[split]
        place += step * (goes_up & (side >= 0))
        side, step = np.where(side < 0, side, np.where(goes_up, above[split], below[split])), step / 2
    return ~side, place


def pack(flags: NDArray[np.bool_] | IntArray) -> int:
    """Flags as one bit vector, the first as its least significant bit."""
    return int.from_bytes(np.packbits(np.asarray(flags, dtype=bool), bitorder="little").tobytes(), "little")


def _distinct(low: IntArray, high: IntArray) -> tuple[IntArray, IntArray]:
    """Distinct pairs of limits, and for each box which one it has."""
    limits, places = np.unique(np.stack([low, high], axis=1), axis=0, return_inverse=True)
    return limits, places.reshape(-1)


def _bit_truth(width: int, bit: int) -> int:
    truth, period = ((1 << (1 << bit)) - 1) << (1 << bit), 2 << bit
    while period < 1 << width:
        truth |= truth << period
        period *= 2
    return truth


def _truth(kind: int, a: int, b: int, mask: int) -> int:
    if kind == _INV:
        return a ^ mask
    if kind in (_NAND, _AND):
        return a & b ^ (mask if kind == _NAND else 0)
    return (a | b) ^ (mask if kind == _NOR else 0)
