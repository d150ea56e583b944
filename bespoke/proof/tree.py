"""A decision tree as plain logic."""

from __future__ import annotations

from collections.abc import Sequence

from bespoke.model import LEAF, Trees
from bespoke.netlist import NetlistBuilder
from bespoke.proof.word import Word, constant_bits, greater_than, select


def selection(tree: Trees, features: Sequence[int], builder: NetlistBuilder, words: Sequence[Word]) -> list[list[int]]:
    """Literals of each number in the leaf that is reached, from the words of the tested ``features``.

    Parameters
    ----------
    tree : Trees
        A single tree.
    features : sequence of int
        Inputs that it tests.
    builder : NetlistBuilder
    words : sequence of Word
        What is on these inputs.
    """
    word_of = dict(zip(features, words, strict=True))
    goes_left = {(f, bound): greater_than(builder, word_of[f], bound) ^ 1 for f, bound in tree.tests()}
    widths = [interval.width for interval in tree.leaf_intervals()]
    vectors: dict[int, list[int]] = {}
    for node in reversed(range(tree.node_count)):
        test = (int(tree.feature[node]), int(tree.threshold[node]))
        if test[0] == LEAF:
            numbers = zip(tree.values[node].tolist(), widths, strict=True)
            vectors[node] = [bit for number, width in numbers for bit in constant_bits(number, width)]
        else:
            sides = vectors.pop(int(tree.left[node])), vectors.pop(int(tree.right[node]))
            vectors[node] = select(builder, goes_left[test], *sides)
    bits = iter(vectors[0])
    return [[next(bits) for _ in range(width)] for width in widths]
