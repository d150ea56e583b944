"""Trees with fewer nodes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from bespoke.approx.change import Approximated, Change, tree_model
from bespoke.errors import OptionError
from bespoke.model import LEAF, IntArray, IntegerModel, IntegerTree


@dataclass(frozen=True, slots=True)
class SubtreeOptions:
    """Largest loss that pruning may add on the training rows: errors, or squared error for values."""

    added_loss: float

    def __post_init__(self) -> None:
        if not self.added_loss >= 0:
            raise OptionError("must not be negative", where="added loss", got=self.added_loss, allowed="0 or more")


def simplify_tree(model: IntegerModel) -> Approximated[IntegerTree]:
    """Remove tests of which the path or the grid decides the outcome, and tests between equal leaves.

    The function stays the same.
    """
    tree = tree_model(model, "simplify")
    target = list(range(tree.node_count))
    forced = _forced_children(tree)
    for node in reversed(range(tree.node_count)):
        if tree.feature[node] == LEAF:
            continue
        left, right = target[tree.left[node]], target[tree.right[node]]
        leaves = tree.feature[left] == LEAF == tree.feature[right]
        if node in forced:
            target[node] = target[forced[node]]
        elif leaves and tree.value[left] == tree.value[right]:
            target[node] = left
    smaller = _compact(tree, target, tree.feature, tree.value)
    count = (tree.node_count - smaller.node_count) // 2
    return Approximated(smaller, Change("simplify", count, f"{count} tests without effect removed"))


def prune_subtrees(
    model: IntegerModel, options: SubtreeOptions, words: IntArray, targets: IntArray
) -> Approximated[IntegerTree]:
    """Replace subtrees by leaves, least loss per removed test first, while the added loss is allowed.

    Weakest-link pruning by the training rows (Breiman et al., "Classification and Regression Trees", 1984,
    chapter 3). A new leaf takes the majority class of its rows, the lowest of equally frequent ones, or their
    rounded mean. A subtree that no row reaches costs nothing and takes the value of its leftmost leaf.

    Parameters
    ----------
    model : IntegerTree
    options : SubtreeOptions
    words : ndarray of int64, shape (n_samples, n_features)
        Training inputs.
    targets : ndarray of int64, shape (n_samples,)
        Wanted output words: class indices, or values on the output's grid.
    """
    tree = tree_model(model, "subtrees")
    values, as_leaf, losses = _leaf_losses(tree, np.asarray(words), np.asarray(targets, dtype=np.int64))
    closed = tree.feature == LEAF
    budget = options.added_loss + 1e-9
    while (link := _weakest_link(tree, closed, as_leaf, losses, budget)) is not None:
        node, added = link
        budget -= added
        closed[node], losses[node] = True, as_leaf[node]
    smaller = _compact(tree, range(tree.node_count), np.where(closed, LEAF, tree.feature), values)
    count = smaller.node_count // 2
    gone = tree.node_count // 2 - count
    return Approximated(smaller, Change("subtrees", gone, f"{gone} tests removed, {count} left"))


def _forced_children(tree: IntegerTree) -> dict[int, int]:
    """Inner nodes with one outcome only, and the child that is taken."""
    bounds: list[dict[int, tuple[int, int]]] = [{} for _ in range(tree.node_count)]
    forced = {}
    for node in range(tree.node_count):
        feature, threshold = int(tree.feature[node]), int(tree.threshold[node])
        if feature == LEAF:
            continue
        left, right = int(tree.left[node]), int(tree.right[node])
        low, high = bounds[node].get(feature, (0, (1 << tree.coding.bits[feature]) - 1))
        if threshold >= high or threshold < low:
            forced[node] = left if threshold >= high else right
            bounds[left] = bounds[right] = bounds[node]
            continue
        bounds[left] = bounds[node] | {feature: (low, threshold)}
        bounds[right] = bounds[node] | {feature: (threshold + 1, high)}
    return forced


def _compact(tree: IntegerTree, target: Sequence[int], feature: IntArray, value: IntArray) -> IntegerTree:
    """The tree of the nodes that are reached with other features and values; ``target[n]`` stands in for ``n``."""
    order = [target[0]]
    children: list[tuple[int, int]] = []
    for node in order:
        inner = feature[node] != LEAF
        children.append((len(order), len(order) + 1) if inner else (LEAF, LEAF))
        if inner:
            order += [target[tree.left[node]], target[tree.right[node]]]
    links = np.array(children, dtype=np.int64)
    leaf = links[:, 0] == LEAF
    return replace(
        tree,
        feature=feature[order],
        threshold=np.where(leaf, 0, tree.threshold[order]),
        left=links[:, 0],
        right=links[:, 1],
        value=np.where(leaf, value[order], 0),
    )


def _leaf_losses(tree: IntegerTree, words: IntArray, targets: IntArray) -> tuple[IntArray, list[float], list[float]]:
    """Best value of each node as a leaf, the loss of that, and the loss of each leaf as it is (0 at inner nodes)."""
    rows: list[IntArray] = [np.arange(len(words))] + [np.arange(0)] * (tree.node_count - 1)
    values = tree.value.copy()
    for node in reversed(range(tree.node_count)):
        if tree.feature[node] != LEAF:
            values[node] = values[tree.left[node]]
    as_leaf, losses = [0.0] * tree.node_count, [0.0] * tree.node_count
    for node in range(tree.node_count):
        reached = targets[rows[node]]
        if tree.feature[node] == LEAF:
            losses[node] = as_leaf[node] = _loss(tree, reached, int(tree.value[node]))
            continue
        if len(reached):
            values[node] = _best_value(tree, reached)
        as_leaf[node] = _loss(tree, reached, int(values[node]))
        goes_left = words[rows[node], tree.feature[node]] <= tree.threshold[node]
        rows[tree.left[node]], rows[tree.right[node]] = rows[node][goes_left], rows[node][~goes_left]
    return values, as_leaf, losses


def _best_value(tree: IntegerTree, targets: IntArray) -> int:
    if tree.decision.is_classifier:
        return int(np.bincount(targets).argmax())
    return int(np.floor(targets.mean() + 0.5))


def _loss(tree: IntegerTree, targets: IntArray, value: int) -> float:
    if tree.decision.is_classifier:
        return float((targets != value).sum())
    return float(((targets - value).astype(np.float64) ** 2).sum())


def _weakest_link(
    tree: IntegerTree, closed: NDArray[np.bool_], as_leaf: Sequence[float], losses: Sequence[float], budget: float
) -> tuple[int, float] | None:
    """Affordable inner node with the least added loss per test below it, and that loss."""
    below, tests = list(losses), [0] * tree.node_count
    best: tuple[float, int, float] | None = None
    for node in reversed(range(tree.node_count)):
        if closed[node]:
            continue
        left, right = tree.left[node], tree.right[node]
        below[node], tests[node] = below[left] + below[right], tests[left] + tests[right] + 1
        added = as_leaf[node] - below[node]
        if added <= budget and (best is None or (added / tests[node], node) < best[:2]):
            best = (added / tests[node], node, added)
    return best and (best[1], best[2])
