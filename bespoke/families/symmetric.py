"""Functions of how many inputs are 1."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from bespoke.arith import from_table
from bespoke.arith.operators import count_bits
from bespoke.families.bits import gates_model, has_bits
from bespoke.families.family import Family, Parameters
from bespoke.families.learning import Learning
from bespoke.model import IntArray, IntegerModel
from bespoke.netlist import NetlistBuilder

_DEVIATIONS = 4.0  # by which the mean of a class must differ for an input to be related to the class


class Symmetric(Family):
    """A symmetric function of some inputs, some of them inverted, by the leading class of each count of ones.

    Parities, thresholds and votes are such functions.
    """

    name = "symmetric"
    source = "Shannon, The Synthesis of Two-Terminal Switching Circuits, 1949; Rai et al., DATE 2021 (team 1)"
    is_first = True

    def suits(self, learning: Learning) -> bool:
        """Whether the features are bits."""
        return has_bits(learning)

    def candidates(self) -> Iterator[Parameters]:
        """Which inputs are counted: all, or those that are related to the class; and whether some are inverted."""
        for related in (False, True):
            for inverted in (False, True):
                yield {"related": related, "inverted": inverted}

    def fit(self, learning: Learning, parameters: Parameters, random: np.random.Generator) -> IntegerModel:
        """Count, and take the leading class of each count."""
        del random
        bits, targets = learning.words, learning.targets
        lean = _lean(bits, targets)
        counted = np.abs(lean) > _DEVIATIONS if parameters["related"] else np.array(learning.coding.bits) > 0
        flipped = (lean < 0) & parameters["inverted"]
        places = np.flatnonzero(counted).tolist()
        counts = (bits ^ flipped)[:, places].sum(axis=1)
        table = _leading(counts, targets, 1 << len(places).bit_length())

        def literal(builder: NetlistBuilder, inputs: Sequence[int]) -> int:
            count = count_bits(builder, [inputs[place] ^ int(flipped[place]) for place in places])
            return from_table(builder, table, count, 1)[0]

        return gates_model(learning, literal, self.name)


def _lean(bits: IntArray, targets: IntArray) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    """How far the mean of each input differs between the classes, in standard deviations of chance."""
    sides = [bits[targets == side] for side in (0, 1)]
    if not all(map(len, sides)):
        return np.zeros(bits.shape[1])
    spread = bits.std(axis=0) * np.sqrt(sum(1 / len(side) for side in sides))
    return np.asarray((sides[1].mean(axis=0) - sides[0].mean(axis=0)) / np.maximum(spread, 1e-9), dtype=np.float64)


def _leading(counts: IntArray, targets: IntArray, size: int) -> IntArray:
    """Leading class of each count; of one without rows that of the next one below, or as its lowest bits say.

    The latter if the lowest bits of the counts with rows decide, as in a parity.
    """
    votes = np.bincount(counts, weights=2.0 * targets - 1.0, minlength=size)
    known = np.bincount(counts, minlength=size) > 0
    leading = votes > 0
    period = 1
    while period < size:
        rest = np.arange(size) % period
        found = np.bincount(rest[known & leading], minlength=period) > 0
        if not (found & (np.bincount(rest[known & ~leading], minlength=period) > 0)).any():
            return found[rest].astype(np.int64)
        period *= 2
    last = np.maximum.accumulate(np.where(known, np.arange(size), 0))
    return leading[last].astype(np.int64)
