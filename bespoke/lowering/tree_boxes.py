"""Boxes of inputs on which trees are constant, and inputs in and around them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bespoke.model import IntArray
from bespoke.model.paths import PathTree
from bespoke.model.tree_paths import leaf_boxes
from bespoke.numeric import Interval

_MAX_CELLS = 1 << 15  # a signal's values on them take some kilobytes
_VECTORS = 1 << 14  # concrete inputs, which tell most wrong changes before the boxes are asked
_BESIDE = 0.6  # share of a feature's values put beside a bound, where trees change


class InputBoxes(NamedTuple):
    """Least and greatest inputs of boxes that cover the input space, shape (n_boxes, n_features) each."""

    low: IntArray
    high: IntArray


def boxes(trees: Sequence[PathTree], ranges: Sequence[Interval]) -> InputBoxes | None:
    """Boxes on which all trees are constant.

    They are those between neighbouring bounds of all features if that are not too many (three-valued logic then misses
    nothing in the selection), else the leaves' own boxes of a single tree; None for several trees.
    """
    bounds = [_bounds(trees, feature) for feature in range(len(ranges))]
    if np.prod([len(b) + 1.0 for b in bounds]) > _MAX_CELLS:
        if len(trees) > 1:
            return None
        return InputBoxes(*(np.array(ends, dtype=np.int64) for ends in zip(*leaf_boxes(trees[0], ranges), strict=True)))
    # An axis per tested feature: numpy has at most 32.
    tested = [feature for feature, b in enumerate(bounds) if len(b)]
    positions = np.meshgrid(*[np.arange(len(bounds[feature]) + 1) for feature in tested], indexing="ij")
    cells = positions[0].size if positions else 1
    low, high = (
        np.tile(np.array(ends, dtype=np.int64), (cells, 1))
        for ends in zip(*((r.low, r.high) for r in ranges), strict=True)
    )
    for feature, position in zip(tested, positions, strict=True):
        bound, limits = bounds[feature], ranges[feature]
        low[:, feature] = np.concatenate([[limits.low], bound])[position.ravel()]
        high[:, feature] = np.concatenate([bound - 1, [limits.high]])[position.ravel()]
    return InputBoxes(low, high)


def _bounds(trees: Sequence[PathTree], feature: int) -> IntArray:
    """Bounds of a feature in all trees, ascending."""
    found = {split.bound for tree in trees for split in tree.splits if split.feature == feature}
    return np.array(sorted(found), dtype=np.int64)


def box_vectors(trees: Sequence[PathTree], found: InputBoxes, rng: np.random.Generator) -> IntArray:
    """Inputs, (n_vectors, n_features), spread over boxes, many of them beside bounds of the trees.

    Those of one leaf of the first tree, and of neighbouring leaves, stand together.
    """
    count = max(_VECTORS, len(found.low))
    chosen = np.arange(count) % len(found.low)
    low, high = found.low[chosen], found.high[chosen]
    inputs = rng.integers(low, high + 1)
    for feature in range(low.shape[1]):
        bounds = _bounds(trees, feature)
        if len(bounds):
            beside = rng.choice(np.concatenate([bounds - 1, bounds]), count)
            inside = (beside >= low[:, feature]) & (beside <= high[:, feature])
            taken = inside & (rng.random(count) < _BESIDE)
            inputs[taken, feature] = beside[taken]
    return inputs[np.argsort(_walk(trees[0], inputs)[1], kind="stable")]


def codes_of(tree: PathTree, inputs: IntArray) -> IntArray:
    """Leaf codes, (n_vectors,), of inputs (n_vectors, n_features)."""
    return _walk(tree, inputs)[0]


def _walk(tree: PathTree, inputs: IntArray) -> tuple[IntArray, NDArray[np.float64]]:
    """Leaf codes, and numbers that are in the order of the leaves."""
    side = np.full(len(inputs), tree.root, dtype=np.int64)
    order, step = np.zeros(len(inputs)), 0.5
    if not tree.splits:
        return ~side, order
    feature, bound, below, above = (
        np.array([split[field] for split in tree.splits], dtype=np.int64) for field in (0, 1, 4, 5)
    )
    rows = np.arange(len(inputs))
    while (side >= 0).any():
        split = np.maximum(side, 0)
        goes_up = inputs[rows, feature[split]] >= bound[split]
        order += step * (goes_up & (side >= 0))
        side, step = np.where(side < 0, side, np.where(goes_up, above[split], below[split])), step / 2
    return ~side, order
