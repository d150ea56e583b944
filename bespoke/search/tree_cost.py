"""What lowering builds for a tree, estimated without building it."""

from __future__ import annotations

from typing import NamedTuple

from bespoke.cells import GateCosts
from bespoke.model.tree_paths import PathTree


class TreeCounts(NamedTuple):
    """What there is to build.

    Attributes
    ----------
    compare_bits : int
        Two-input gates of comparators, those that several of them share counted once.
    merges : int
        Output bits of splits with a constant on one side: a gate.
    selections : int
        Output bits of splits with something on either side: a multiplexer.
    tests : int
        Distinct comparisons, but for those that are a bit of an input.
    """

    compare_bits: int
    merges: int
    selections: int
    tests: int


def tree_counts(tree: PathTree) -> TreeCounts:
    """Count comparators, and the selection from the leaves up."""
    steps: set[tuple[int, int, int]] = set()
    tests: set[tuple[int, int, int]] = set()
    words: list[tuple[int, int]] = []  # of each split: output bits that are not constant, and the constant ones
    merges = selections = 0
    for feature, bound, low, high, below, above in tree.splits:
        last = (low ^ high).bit_length()
        kept = bound & (1 << last) - 1
        lowest = (kept & -kept).bit_length()
        if lowest < last:
            tests.add((feature, last, kept))
        steps.update((feature, bit, kept & (2 << bit) - 1) for bit in range(lowest, last))
        first, first_code = words[below] if below >= 0 else (0, ~below)
        other, other_code = words[above] if above >= 0 else (0, ~above)
        merges += (first ^ other).bit_count()
        selections += (first & other).bit_count()
        varying = first | other | (first_code ^ other_code)
        words.append((varying, first_code & ~varying))
    return TreeCounts(len(steps), merges, selections, len(tests))


def tree_cost(tree: PathTree, costs: GateCosts) -> float:
    """Size in the unit of the costs."""
    return sum(cost * count for cost, count in zip(costs.tree_parts, tree_counts(tree), strict=True))
