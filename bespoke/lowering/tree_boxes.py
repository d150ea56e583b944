"""Boxes of inputs on which a tree is constant, and inputs in and around them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from bespoke.lowering.tree_paths import PathTree, leaf_boxes
from bespoke.model import IntArray

_MAX_CELLS = 1 << 15
_VECTORS = 1 << 15
_BESIDE = 0.6


def boxes(tree: PathTree, bits: tuple[int, ...]) -> tuple[IntArray, IntArray, IntArray]:
    """Least and greatest inputs, and the leaf code, of boxes that cover the input space.

    The boxes are those between neighbouring bounds of all features if that are not too many (three-valued logic
    then misses nothing in the selection), else the leaves' own.
    """
    bounds = [sorted({s.bound for s in tree.splits if s.feature == f}) for f in range(len(bits))]
    if np.prod([len(b) + 1.0 for b in bounds]) > _MAX_CELLS:
        return leaf_boxes(tree, bits)
    # An axis per tested feature: numpy has at most 32.
    tested = [feature for feature, b in enumerate(bounds) if b]
    places = np.meshgrid(*[np.arange(len(bounds[feature]) + 1) for feature in tested], indexing="ij")
    tops = np.array([(1 << width) - 1 for width in bits], dtype=np.int64)
    cells = places[0].size if places else 1
    low, high = np.zeros((cells, len(bits)), dtype=np.int64), np.tile(tops, (cells, 1))
    for feature, place in zip(tested, places, strict=True):
        bound = np.array(bounds[feature], dtype=np.int64)
        low[:, feature] = np.concatenate([[0], bound])[place.ravel()]
        high[:, feature] = np.concatenate([bound - 1, [tops[feature]]])[place.ravel()]
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
