"""Comparisons of inputs with constants."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from bespoke.errors import ModelFileError
from bespoke.model.stage import IntArray, Stage
from bespoke.numeric import Interval


@dataclass(frozen=True, slots=True, eq=False)
class Compare(Stage):
    """Output ``j`` is 1 where ``inputs[sources[j]] >= levels[j]``, else 0: a thermometer view of the inputs.

    Attributes
    ----------
    sources : ndarray of int64, shape (n_outputs,)
        Input that each output reads.
    levels : ndarray of int64, shape (n_outputs,)
        On the integer grid of the input.
    """

    name: ClassVar[str] = "compare"

    sources: IntArray
    levels: IntArray

    def __post_init__(self) -> None:
        self._set_read_only(*self.__slots__)
        if self.sources.ndim != 1 or self.sources.shape != self.levels.shape or (self.sources < 0).any():
            raise ModelFileError("sources and levels do not fit", where="compare")

    @property
    def output_count(self) -> int:
        """Number of comparisons."""
        return len(self.sources)

    def output_intervals(self, inputs: Sequence[Interval]) -> tuple[Interval, ...]:
        """0, 1, or both, as the range of each input allows."""
        if self.sources.max(initial=-1) >= len(inputs):
            raise ModelFileError("a comparison reads an input that does not exist", where="compare")
        pairs = zip(self.sources.tolist(), self.levels.tolist(), strict=True)
        return tuple(Interval(int(inputs[s].low >= level), int(inputs[s].high >= level)) for s, level in pairs)

    def read_levels(self, inputs: Sequence[Interval]) -> tuple[tuple[int, ...], ...]:
        """Levels of the comparisons that an input does not decide."""
        tests = set(zip(self.sources.tolist(), self.levels.tolist(), strict=True))
        return tuple(
            tuple(sorted(level for s, level in tests if s == source and interval.low < level <= interval.high))
            for source, interval in enumerate(inputs)
        )

    def apply(self, inputs: IntArray) -> IntArray:
        """Outcomes of the comparisons."""
        return np.greater_equal(np.asarray(inputs)[:, self.sources], self.levels).astype(np.int64)
