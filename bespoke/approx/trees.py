"""Trees with thresholds of fewer bits, and subtrees that are hardly worth their tests."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from bespoke.errors import UnsupportedModelError
from bespoke.model import LEAF, Argmax, Decision, Index, IntArray, IntegerModel, Label, Sign, Trees, Value, Votes

# Whether the only score is the output word.
SCORE_IS_OUTPUT: dict[type[Decision], bool] = {
    **dict.fromkeys((Argmax, Sign, Votes, Label), False),
    **dict.fromkeys((Value, Index), True),
}


def single_tree(model: IntegerModel, where: str) -> Trees:
    """The stage of a model that is one tree whose leaves hold the output words.

    Raises
    ------
    UnsupportedModelError
        If the model is another one; ``where`` says what needs a tree.
    """
    stage = model.only_stage(Trees, where)
    if len(stage.roots) > 1 or not SCORE_IS_OUTPUT[type(model.decision)]:
        got = f"{len(stage.roots)} with {model.decision.name}"
        raise UnsupportedModelError("needs one tree with outputs in its leaves", where=where, got=got, allowed="1")
    return stage


def approximate_thresholds(model: IntegerModel, bits: Sequence[int], offsets: Sequence[int]) -> IntegerModel:
    """Give each comparator a threshold of fewer bits, moved by some steps.

    With ``d`` bits of a ``b``-bit feature left out, ``x <= t`` becomes ``(x >> d) < c`` where ``c`` is
    ``floor((t + 1) / 2**d + 1/2) + offset``, clipped to 0 .. 2**(b - d): a comparison of the ``b - d`` highest bits
    (Balaskas et al., "Approximate Decision Trees For Machine Learning Classification on Tiny Printed Circuits",
    ISQED 2022: 2 to 8 bits, offsets -5 to 5).

    Parameters
    ----------
    model : IntegerModel
        Trees.
    bits, offsets : sequence of int
        Per comparator, in the order of `Trees.tests`; offsets are in steps of the last bit.
    """
    stage = model.only_stage(Trees, "thresholds")
    new: dict[tuple[int, int], int] = {}
    for (feature, threshold), count, offset in zip(stage.tests(), bits, offsets, strict=True):
        width = model.coding.bits[feature]
        dropped = max(0, width - count)
        bound = int(rounded(np.array(threshold + 1), dropped)) + (offset << dropped)
        new[feature, threshold] = min(max(bound, 0), 1 << width) - 1
    pairs = zip(stage.feature.tolist(), stage.threshold.tolist(), strict=True)
    thresholds = [new.get(pair, 0) if pair[0] != LEAF else 0 for pair in pairs]
    return replace(model, stages=(replace(stage, threshold=np.array(thresholds, dtype=np.int64)),))


def rounded(bounds: IntArray, dropped: int | IntArray) -> IntArray:
    """Nearest multiples of ``2**dropped``, the upper of equally near ones."""
    return (bounds + (1 << dropped >> 1)) >> dropped << dropped


def weak_subtrees(model: IntegerModel, added_loss: float, words: IntArray, targets: IntArray) -> NDArray[np.bool_]:
    """Inner nodes of a tree that leaves may stand for, chosen least loss per removed test first.

    Weakest-link pruning by the training rows (Breiman et al., "Classification and Regression Trees", 1984,
    chapter 3). A new leaf takes the majority class of its rows or their mean. A subtree that no row reaches costs
    nothing.

    Parameters
    ----------
    model : IntegerModel
        A single tree.
    added_loss : float
        Largest loss, 0 or more, that may be added on the training rows: errors, or squared error for values.
    words : ndarray of int64, shape (n_samples, n_features)
        Training inputs.
    targets : ndarray of int64, shape (n_samples,)
        Wanted output words: class indices, or values on the output's grid.

    Returns
    -------
    ndarray of bool, shape (n_nodes,)
        Where the smaller tree has a leaf in the place of a subtree; not below such a node.
    """
    tree = single_tree(model, "subtrees")
    wanted = np.asarray(targets, dtype=np.int64)
    as_leaf, losses = _leaf_losses(tree, np.asarray(words), wanted, is_classifier=model.decision.is_classifier)
    closed = tree.feature == LEAF
    budget = added_loss + 1e-9
    while (link := _weakest_link(tree, closed, as_leaf, losses, budget)) is not None:
        node, added = link
        budget -= added
        closed[node], losses[node] = True, as_leaf[node]
    below = np.zeros(tree.node_count, dtype=bool)
    for node in np.flatnonzero(tree.feature != LEAF).tolist():
        below[[tree.left[node], tree.right[node]]] = below[node] or closed[node]
    return np.asarray(closed & ~below & (tree.feature != LEAF), dtype=np.bool_)


def _leaf_losses(
    tree: Trees, words: IntArray, targets: IntArray, *, is_classifier: bool
) -> tuple[list[float], list[float]]:
    """Loss of each node as its best leaf, and the loss of each leaf as it is (0 at inner nodes)."""
    rows: list[IntArray] = [np.arange(len(words))] + [np.arange(0)] * (tree.node_count - 1)
    as_leaf, losses = [0.0] * tree.node_count, [0.0] * tree.node_count
    for node in range(tree.node_count):
        reached = targets[rows[node]]
        if tree.feature[node] == LEAF:
            losses[node] = as_leaf[node] = _loss(reached, int(tree.values[node, 0]), is_classifier=is_classifier)
            continue
        if len(reached):
            best = int(np.bincount(reached).argmax()) if is_classifier else int(np.floor(reached.mean() + 0.5))
            as_leaf[node] = _loss(reached, best, is_classifier=is_classifier)
        goes_left = words[rows[node], tree.feature[node]] <= tree.threshold[node]
        rows[tree.left[node]], rows[tree.right[node]] = rows[node][goes_left], rows[node][~goes_left]
    return as_leaf, losses


def _loss(targets: IntArray, value: int, *, is_classifier: bool) -> float:
    errors = (targets - value).astype(np.float64)
    return float(np.count_nonzero(errors) if is_classifier else (errors**2).sum())


def _weakest_link(
    tree: Trees, closed: NDArray[np.bool_], as_leaf: Sequence[float], losses: Sequence[float], budget: float
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
