"""What a small circuit computes and why, as plain data in the units of its features: its rules, and its trees."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np

from bespoke.analysis import find_rules
from bespoke.model import LEAF, Boundary, Decision, InputCoding, IntArray, IntegerModel, Trees
from bespoke.model.paths import PathTree

MAX_DRAWN_LEAVES = 64  # of all trees together, as far as inputs get there
_MOST_LEAVES = 512
_MOST_STEPS = 256


def rule_facts(
    model: IntegerModel, boundary: Boundary, outputs: Callable[[IntArray], IntArray], *, is_edited: bool
) -> list[dict[str, Any]]:
    """Rules of a circuit, in words of the data; empty where they would be too many for people.

    Parameters
    ----------
    model : IntegerModel
    boundary : Boundary
        What the ports carry.
    outputs : callable
        Output words, shape (n,), of the circuit for input words (n, n_features).
    is_edited : bool
        Whether gates were edited, so that the circuit may tell more levels apart than the model does.

    Returns
    -------
    list of dict
        By output word its ``answer`` in words, and ``any_of``: boxes, each a list of sides that all hold, with the
        ``index`` of the feature, its name, the words ``low`` (included) and ``high`` (not included), and the values
        that they stand for, ``from`` and ``below``, None at an end of the grid. A box without sides is every input, no
        box at all is every input for which no other rule holds.
    """
    levels: Iterable[Sequence[int]] = model.stages[0].read_levels(model.coding.intervals())
    if is_edited:
        levels = (code.levels_for([True] * sum(width for _, width in code.ports(""))) for code in boundary.codes)
    coding, tops = model.coding, boundary.tops.tolist()

    def shown(feature: int, low: int, high: int) -> dict[str, Any]:
        return {
            "index": feature,
            "feature": coding.names[feature],
            "low": low,
            "high": high,
            "from": coding.at_level(feature, low) if low else None,
            "below": coding.at_level(feature, high) if high <= tops[feature] else None,
        }

    return [
        {
            "answer": answer_text(model.decision, rule.output),
            "any_of": [[shown(*side) for side in box] for box in rule.boxes],
        }
        for rule in find_rules(outputs, levels, tops)
    ]


def tree_facts(stage: Trees, outputs: Sequence[str], coding: InputCoding) -> list[dict[str, Any]]:
    """Trees that read the inputs, without tests that are decided before; none if they have too many leaves.

    Returns
    -------
    list of dict
        Of each tree its ``splits`` (``index`` and name of the feature; a word of at least ``level``, which a ``value``
        reaches, goes ``above``, others ``below``: a split's number, or ``~leaf``), its ``root``, the vectors of its
        ``leaves``, and the names of the ``outputs`` that they are about.
    """
    if (stage.feature == LEAF).sum() > _MOST_LEAVES:
        return []
    leaves, found = 0, []
    for tree in stage.single():
        is_leaf, codes = tree.feature == LEAF, np.zeros(tree.node_count, dtype=np.int64)
        vectors, kinds = np.unique(tree.values[is_leaf], axis=0, return_inverse=True)
        codes[is_leaf] = kinds.reshape(-1)
        paths = tree.paths(coding.intervals(), codes.tolist())
        splits = [
            {
                "index": split.feature,
                "feature": coding.names[split.feature],
                "level": split.bound,
                "value": coding.at_level(split.feature, split.bound),
                "below": split.below,
                "above": split.above,
            }
            for split in paths.splits
        ]
        leaves += _leaf_count(paths)
        found.append({"splits": splits, "root": paths.root, "leaves": vectors.tolist(), "outputs": list(outputs)})
    return found if leaves <= MAX_DRAWN_LEAVES else []


def step_facts(functions: Iterable[tuple[int, int, IntArray]], coding: InputCoding) -> list[dict[str, Any]]:
    """Functions of one input each as steps; none if these are too many.

    Parameters
    ----------
    functions : iterable of (int, int, ndarray)
        Number of the output, from 0, and of the input, and the values of the output by the word of the input.

    Returns
    -------
    list of dict
        By ``output``, as layers of weighted sums call it, ``index`` and name of the ``feature``, and ``steps``: the
        output ``gives`` a value ``from`` a value of the feature on, None for the first.
    """
    found, count = [], 0
    for output, index, values in functions:
        changes = (np.flatnonzero(np.diff(values)) + 1).tolist()
        count += 1 + len(changes)
        if count > _MOST_STEPS:
            return []
        ends = [(None, int(values[0])), *((coding.at_level(index, at), int(values[at])) for at in changes)]
        steps = [{"from": start, "gives": value} for start, value in ends]
        found.append({"output": f"unit {output + 1}", "index": index, "feature": coding.names[index], "steps": steps})
    return found


def leaf_answers(decision: Decision, leaves: Sequence[Sequence[int]]) -> list[str]:
    """What a model of a single tree answers at each of its leaves."""
    return [answer_text(decision, word) for word in decision.decide(np.array(leaves, dtype=np.int64)).tolist()]


def answer_text(decision: Decision, word: int) -> str:
    """The class or the value that an output word stands for."""
    if decision.is_classifier:
        return str(decision.classes[word])
    return f"{float(decision.decode(np.array([word]))[0]):.6g}"


def _leaf_count(paths: PathTree) -> int:
    """Leaves of a tree, those of a subtree that stands once counted as often as it is reached."""
    counts: list[int] = []
    for split in paths.splits:
        counts.append(sum(1 if side < 0 else counts[side] for side in (split.below, split.above)))
    return counts[paths.root] if paths.root >= 0 else 1
