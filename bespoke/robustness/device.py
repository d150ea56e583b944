"""A circuit as it is seen from behind its converters."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bespoke.cells import CellLibrary
from bespoke.model import Boundary, IntArray
from bespoke.netlist import MappedNetlist
from bespoke.sim import largest_words, mapped_outputs

Bools = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Device:
    """A circuit whose inputs are the words of the features.

    Attributes
    ----------
    mapped : MappedNetlist
    library : CellLibrary
    boundary : Boundary
        What its ports carry.
    bits : tuple of int
        Of the word of each feature.
    controls : int
        How many of the last features are no sensors, but say the mode.
    mode : int
        Which they say.
    """

    mapped: MappedNetlist
    library: CellLibrary
    boundary: Boundary
    bits: tuple[int, ...]
    controls: int = 0
    mode: int = 0

    @property
    def measured(self) -> int:
        """Number of features that sensors measure."""
        return len(self.bits) - self.controls

    @property
    def largest(self) -> IntArray:
        """The greatest word that each feature may change to, shape (n_features,)."""
        return np.where(self._is_measured, largest_words(self.bits), self.mode)

    @property
    def least(self) -> IntArray:
        """The least word that each feature may change to, shape (n_features,)."""
        return np.where(self._is_measured, 0, self.mode)

    @property
    def _is_measured(self) -> Bools:
        return np.arange(len(self.bits)) < self.measured

    def outputs(self, words: IntArray) -> IntArray:
        """Output words, shape (n,), for words of the features, shape (n, n_features)."""
        return mapped_outputs(self.mapped, self.library, self.boundary.encode(words))[:, 0]
