"""Thresholds of trees: fewer bits, offsets, sharing."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from bespoke.approx.change import Approximated, Change, tree_model
from bespoke.errors import OptionError
from bespoke.model import LEAF, IntegerModel, IntegerTree

Comparator = tuple[int, int]


@dataclass(frozen=True, slots=True)
class ThresholdOptions:
    """Per comparator, in the order of `comparators`: bits of the threshold, and an offset in steps of the last."""

    bits: tuple[int, ...]
    offsets: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class MergeOptions:
    """Largest distance between thresholds of one feature that become one."""

    distance: int


def comparators(model: IntegerModel) -> tuple[Comparator, ...]:
    """Distinct (feature, threshold) of a tree's tests, ascending."""
    tree = tree_model(model, "comparators")
    inner = tree.feature != LEAF
    pairs = zip(tree.feature[inner].tolist(), tree.threshold[inner].tolist(), strict=True)
    return tuple(sorted(set(pairs)))


def approximate_thresholds(model: IntegerModel, options: ThresholdOptions) -> Approximated[IntegerTree]:
    """Give each comparator a threshold of fewer bits, moved by some steps.

    With ``d`` bits of a ``b``-bit feature left out, ``x <= t`` becomes ``(x >> d) < c`` where ``c`` is
    ``floor((t + 1) / 2**d + 1/2) + offset``, clipped to 0 .. 2**(b - d): a comparison of the ``b - d`` highest bits
    (Balaskas et al., "Approximate Decision Trees For Machine Learning Classification on Tiny Printed Circuits",
    ISQED 2022: 2 to 8 bits, offsets -5 to 5).
    """
    tree = tree_model(model, "thresholds")
    found = comparators(tree)
    if not len(options.bits) == len(options.offsets) == len(found):
        got = (len(options.bits), len(options.offsets))
        raise OptionError("one entry per comparator", where="thresholds", got=got, allowed=str(len(found)))
    new: dict[Comparator, int] = {}
    for (feature, threshold), bits, offset in zip(found, options.bits, options.offsets, strict=True):
        dropped = max(0, tree.coding.bits[feature] - bits)
        border = (threshold + 1 + ((1 << dropped) >> 1) >> dropped) + offset
        border = min(max(border, 0), 1 << tree.coding.bits[feature] - dropped)
        new[feature, threshold] = (border << dropped) - 1
    return _with_thresholds(tree, new, "thresholds")


def merge_thresholds(model: IntegerModel, options: MergeOptions) -> Approximated[IntegerTree]:
    """Let near thresholds of a feature become one, so that their tests share a comparator.

    The ascending thresholds of a feature are cut into runs no longer than ``distance``; all of a run take the
    value that the most tests of the run have, the lowest of equally frequent ones.
    """
    tree = tree_model(model, "merging")
    if options.distance < 0:
        raise OptionError("must not be negative", where="merging", got=options.distance, allowed="0 or more")
    counts: dict[Comparator, int] = {}
    for feature, threshold in zip(tree.feature.tolist(), tree.threshold.tolist(), strict=True):
        counts[feature, threshold] = counts.get((feature, threshold), 0) + 1
    runs: list[list[Comparator]] = []
    for pair in comparators(tree):
        if runs and runs[-1][0][0] == pair[0] and pair[1] - runs[-1][0][1] <= options.distance:
            runs[-1].append(pair)
        else:
            runs.append([pair])
    new = {pair: max(run, key=lambda p: (counts[p], -p[1]))[1] for run in runs for pair in run}
    return _with_thresholds(tree, new, "merging")


def _with_thresholds(tree: IntegerTree, new: dict[Comparator, int], step: str) -> Approximated[IntegerTree]:
    pairs = zip(tree.feature.tolist(), tree.threshold.tolist(), strict=True)
    thresholds = [new.get((feature, threshold), 0) for feature, threshold in pairs]
    changed = sum(threshold != pair[1] for pair, threshold in new.items())
    result = replace(tree, threshold=np.array(thresholds, dtype=np.int64))
    text = f"{changed} thresholds changed, {len(comparators(result))} of {len(new)} comparators left"
    return Approximated(result, Change(step, changed, text))
