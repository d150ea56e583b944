"""What a float model becomes an integer model with, and what the input words stand for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from bespoke.frontend.floatmodel import FloatArray
from bespoke.frontend.options import QuantisationOptions
from bespoke.frontend.scaling import AffineStep, InputRange, Scaling
from bespoke.frontend.targets import Task
from bespoke.model import InputCoding, IntArray


@dataclass(frozen=True, eq=False)
class Source:
    """What a float model becomes an integer model with; ``features`` are the raw training rows."""

    scaling: Scaling
    coding: InputCoding
    options: QuantisationOptions
    task: Task
    features: FloatArray

    def from_grid(self) -> tuple[Scaling, InputRange]:
        """Steps from x01 to the model's inputs: an affine map to ``InputRange``, then the scaling.

        Where the first step is the inverse of that map, both are left out, and with them their rounding errors.
        """
        scaling, grid = self.scaling, InputRange(np.array(self.coding.low), np.array(self.coding.span))
        inverse = AffineStep.to_unit(grid)
        if scaling.steps and all(map(np.array_equal, scaling.steps[0].parts, inverse.parts)):
            return Scaling(scaling.steps[1:]), InputRange(inverse.offset, inverse.factor)
        return scaling, grid

    def word_values(self, feature: int) -> FloatArray:
        """What each word of a feature stands for at the model's inputs, ascending, shape (2**bits,)."""
        rest, grid = self.from_grid()
        words = np.arange(1 << self.coding.bits[feature], dtype=np.float64)[:, np.newaxis]
        values = grid.low[feature] + grid.span[feature] * (words / len(words))
        return rest.of_feature(feature).apply(values)[:, 0]

    def words_of(self, feature: int, values: FloatArray) -> IntArray:
        """Word of each of some values of a feature at the model's inputs."""
        raw = values
        for step in reversed(self.scaling.of_feature(feature).steps):
            raw = step.invert(raw)
        rows = np.tile(np.array(self.coding.low), (len(raw), 1))
        rows[:, feature] = raw
        return self.coding.quantise(rows)[:, feature]

    def with_words(self, bits: Sequence[int]) -> Source:
        """The same features, and further ones of some bits: words of which no row says anything."""
        count, more = len(self.features), len(bits)
        steps = tuple(_with_neutral(step, more) for step in self.scaling.steps)
        coding = replace(
            self.coding,
            names=(*self.coding.names, *(f"column {number}" for number in range(more))),
            bits=(*self.coding.bits, *bits),
            low=(*self.coding.low, *(0.0,) * more),
            span=(*self.coding.span, *(float(1 << width) for width in bits)),
        )
        features = np.column_stack([self.features, np.zeros((count, more))])
        return replace(self, scaling=replace(self.scaling, steps=steps), coding=coding, features=features)


def _with_neutral(step: AffineStep, more: int) -> AffineStep:
    zero, one = np.zeros(more), np.ones(more)
    parts = zip(step.parts, (zero, one, one, zero), strict=True)
    center, divisor, factor, offset = (np.concatenate(pair) for pair in parts)
    return AffineStep(center, divisor, factor, offset, step.where)
