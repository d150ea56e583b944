"""Input vectors on which the executors of a design are compared."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from bespoke.model import LEAF, IntArray, IntegerModel, IntegerTree

MAX_EXHAUSTIVE_BITS = 16
RANDOM_VECTORS = 1000
MAX_LEAVES = 2000


@dataclass(frozen=True, slots=True, eq=False)
class Vectors:
    """Input words and where they come from.

    Attributes
    ----------
    words : ndarray of int64, shape (n_vectors, n_features)
    counts : dict of str to int
        Number of vectors by origin: "exhaustive", or "rows", "corners", "thresholds" and "random".
    """

    words: IntArray
    counts: dict[str, int]

    @property
    def exhaustive(self) -> bool:
        """Whether every input that the circuit can have is among them."""
        return "exhaustive" in self.counts

    def selection(self, count: int) -> Vectors:
        """At most so many of them, but at least one, evenly spaced."""
        if count >= len(self.words):
            return self
        places = np.linspace(0, len(self.words) - 1, max(1, count)).astype(np.int64)
        return Vectors(self.words[places], {"selected": len(places)})


def all_vectors(model: IntegerModel, rows: IntArray | None, seed: int) -> Vectors:
    """Every input up to 16 input bits, else `sample_vectors`."""
    if sum(model.coding.bits) > MAX_EXHAUSTIVE_BITS:
        return sample_vectors(model, rows, seed)
    words = every_input(model.coding.bits)
    return Vectors(words, {"exhaustive": len(words)})


def sample_vectors(model: IntegerModel, rows: IntArray | None, seed: int) -> Vectors:
    """The given rows, corner vectors, tree thresholds and random vectors; every input where those are fewer.

    Parameters
    ----------
    model : IntegerModel
    rows : ndarray of int64, shape (n_rows, n_features), optional
        Quantised rows of the data.
    seed : int
        Seed of the random vectors.
    """
    if 1 << min(sum(model.coding.bits), 62) <= RANDOM_VECTORS:
        return all_vectors(model, rows, seed)
    parts = {
        "rows": rows,
        "corners": corners(model.coding.bits),
        "thresholds": threshold_vectors(model) if isinstance(model, IntegerTree) else None,
        "random": random_inputs(model.coding.bits, RANDOM_VECTORS, seed),
    }
    present = {name: part for name, part in parts.items() if part is not None and len(part)}
    return Vectors(np.concatenate(list(present.values())), {name: len(part) for name, part in present.items()})


def every_input(bits: tuple[int, ...]) -> IntArray:
    """All input vectors in the order of a Gray code, the features' most significant bits changing most often.

    Neighbours differ in one bit, mostly in one that few adders depend on, so that an event-driven simulator has
    little to do per vector.
    """
    count = np.arange(1 << sum(bits), dtype=np.int64)
    gray = count ^ (count >> 1)
    words = np.zeros((len(count), len(bits)), dtype=np.int64)
    places = sorted((width - 1 - bit, feature, bit) for feature, width in enumerate(bits) for bit in range(width))
    for position, (_, feature, bit) in enumerate(places):
        words[:, feature] |= ((gray >> position) & 1) << bit
    return words


def corners(bits: tuple[int, ...]) -> IntArray:
    """All zero, all at maximum, and each feature alone at maximum or alone at zero."""
    largest = _largest(bits)
    alone = np.diag(largest)
    return np.unique(np.vstack([np.zeros_like(largest), largest, alone, largest - alone]), axis=0)


def random_inputs(bits: tuple[int, ...], count: int, seed: int) -> IntArray:
    """Vectors that are uniform over each feature's range."""
    generator = np.random.default_rng(seed)
    return generator.integers(0, _largest(bits) + 1, size=(count, len(bits)), dtype=np.int64)


def threshold_vectors(tree: IntegerTree) -> IntArray:
    """Vectors around every threshold, and the extreme corners of the box of every leaf.

    For each distinct pair of feature and threshold t the feature takes t - 1, t and t + 1 while the others stand
    in the middle of their range; each leaf that can be reached contributes the lowest and the highest vector
    that lead to it (for at most 2,000 leaves).
    """
    largest = _largest(tree.coding.bits)
    middle = largest // 2
    found = []
    inner = tree.feature != LEAF
    for feature, threshold in sorted(
        set(zip(tree.feature[inner].tolist(), tree.threshold[inner].tolist(), strict=True))
    ):
        for offset in (-1, 0, 1):
            vector = middle.copy()
            vector[feature] = min(max(threshold + offset, 0), largest[feature])
            found.append(vector)
    for number, (low, high) in enumerate(leaf_boxes(tree)):
        if number == MAX_LEAVES:
            break
        found += [low, high]
    return np.unique(np.array(found or [middle], dtype=np.int64), axis=0)


def leaf_boxes(tree: IntegerTree) -> Iterator[tuple[IntArray, IntArray]]:
    """Lowest and highest input vector of every leaf that some input reaches."""
    largest = _largest(tree.coding.bits)
    open_nodes = [(0, np.zeros_like(largest), largest)]
    while open_nodes:
        node, low, high = open_nodes.pop()
        feature, threshold = int(tree.feature[node]), int(tree.threshold[node])
        if feature == LEAF:
            yield low, high
            continue
        if threshold < high[feature]:
            above = low.copy()
            above[feature] = max(low[feature], threshold + 1)
            open_nodes.append((int(tree.right[node]), above, high))
        if threshold >= low[feature]:
            below = high.copy()
            below[feature] = min(high[feature], threshold)
            open_nodes.append((int(tree.left[node]), low, below))


def _largest(bits: tuple[int, ...]) -> IntArray:
    return (np.int64(1) << np.array(bits, dtype=np.int64)) - 1
