"""Thresholds of trees: fewer bits, offsets."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from bespoke.approx.change import Approximated, Change
from bespoke.errors import OptionError
from bespoke.model import LEAF, IntArray, IntegerModel, Trees


@dataclass(frozen=True, slots=True)
class ThresholdOptions:
    """Per comparator, in the order of `Trees.tests`: bits of the threshold, and an offset in steps of the last."""

    bits: tuple[int, ...]
    offsets: tuple[int, ...]


def approximate_thresholds(model: IntegerModel, options: ThresholdOptions) -> Approximated:
    """Give each comparator a threshold of fewer bits, moved by some steps.

    With ``d`` bits of a ``b``-bit feature left out, ``x <= t`` becomes ``(x >> d) < c`` where ``c`` is
    ``floor((t + 1) / 2**d + 1/2) + offset``, clipped to 0 .. 2**(b - d): a comparison of the ``b - d`` highest bits
    (Balaskas et al., "Approximate Decision Trees For Machine Learning Classification on Tiny Printed Circuits",
    ISQED 2022: 2 to 8 bits, offsets -5 to 5).
    """
    stage = model.only_stage(Trees, "thresholds")
    found = stage.tests()
    if not len(options.bits) == len(options.offsets) == len(found):
        got = (len(options.bits), len(options.offsets))
        raise OptionError("one entry per comparator", where="thresholds", got=got, allowed=str(len(found)))
    new: dict[tuple[int, int], int] = {}
    for (feature, threshold), bits, offset in zip(found, options.bits, options.offsets, strict=True):
        width = model.coding.bits[feature]
        dropped = max(0, width - bits)
        bound = int(rounded(np.array(threshold + 1), dropped)) + (offset << dropped)
        new[feature, threshold] = min(max(bound, 0), 1 << width) - 1
    pairs = zip(stage.feature.tolist(), stage.threshold.tolist(), strict=True)
    thresholds = [new.get(pair, 0) if pair[0] != LEAF else 0 for pair in pairs]
    changed = sum(threshold != pair[1] for pair, threshold in new.items())
    result = replace(stage, threshold=np.array(thresholds, dtype=np.int64))
    text = f"{changed} thresholds changed, {len(result.tests())} of {len(new)} comparators left"
    return Approximated(replace(model, stages=(result,)), Change("thresholds", changed, text))


def rounded(bounds: IntArray, dropped: int | IntArray) -> IntArray:
    """Nearest multiples of ``2**dropped``, the upper of equally near ones."""
    return (bounds + (1 << dropped >> 1)) >> dropped << dropped
