"""Sums of steps as tables of single features and weights: each feature in the form that takes fewer gates."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby, pairwise
from math import gcd

import numpy as np

from bespoke.families.size import ADDER_CELLS
from bespoke.model import InputCoding, IntArray, Table
from bespoke.numeric import csd

_GATE = 1.3  # that codes levels, in NAND2 cells, of mapped circuits
Step = tuple[tuple[int, int], int]  # feature and level, and what is added from there on


def stepped(coding: InputCoding, steps: Sequence[Step]) -> tuple[tuple[Table, ...], IntArray, int]:
    """Tables, their weights (n_tables,) and a constant that add up to a sum of steps.

    A feature is a bit for each of its levels, or one word of what its steps come to: a sum over a thermometer code is
    one of its steps, and the bits of the word take gates but may be fewer summands.

    Parameters
    ----------
    coding : InputCoding
    steps : sequence
        By feature and level, each once; at least 0, features ascending.
    """
    tables: list[Table] = []
    weights: list[int] = []
    offset = 0
    for feature, group in groupby(steps, key=lambda step: step[0][0]):
        levels, gaps = zip(*(((level), gap) for (_, level), gap in group), strict=True)
        numbers = np.arange(1 << coding.bits[feature])
        reached = numbers[:, None] >= np.array(levels)
        if _cost_of_steps(gaps) <= _cost_of_word(gaps):
            tables += [Table.of_word(feature, column.astype(np.int64)) for column in reached.T]
            weights += gaps
            continue
        values, unit = reached @ np.array(gaps), gcd(*gaps)
        least = int(values.min())
        tables.append(Table.of_word(feature, (values - least) // unit))
        weights.append(unit)
        offset += least
    return tuple(tables), np.array(weights, dtype=np.int64), offset


def _cost_of_steps(gaps: Sequence[int]) -> float:
    """A summand for each signed digit of each step."""
    return ADDER_CELLS * sum(len(csd(gap)) for gap in gaps)


def _cost_of_word(gaps: Sequence[int]) -> float:
    """A summand for each bit and each digit of the unit, and gates for each run of ones but the last."""
    values = np.cumsum([0, *gaps])
    unit = gcd(*gaps)
    words: list[int] = ((values - values.min()) // unit).tolist()
    width = max(words).bit_length()
    changes = [sum(a >> bit & 1 != b >> bit & 1 for a, b in pairwise(words)) for bit in range(width)]
    return ADDER_CELLS * width * len(csd(unit)) + _GATE * sum(max(0, count - 1) for count in changes)
