"""What a population of networks learns from, its members, and what becomes of them."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from bespoke.model import ClassLabel, InputCoding, IntArray, IntegerModel
from bespoke.training.network_options import NetworkOptions

FloatArray = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class NetworkRows:
    """Rows as a circuit reads them.

    Attributes
    ----------
    words : ndarray of int64, shape (n_rows, n_features)
        Input words.
    labels : ndarray of int64, shape (n_rows,)
        Class indices.
    coding : InputCoding
        What the words mean.
    classes : tuple
        Class labels by index; at least two.
    """

    words: IntArray
    labels: IntArray
    coding: InputCoding
    classes: tuple[ClassLabel, ...]

    @property
    def scaled_words(self) -> IntArray:
        """Words of all features in the same unit, that of the widest."""
        return self.words << self.shifts

    @property
    def shifts(self) -> IntArray:
        """Bits by which each feature has fewer than the widest."""
        bits = np.array(self.coding.bits, dtype=np.int64)
        return np.asarray(bits.max(initial=0) - bits)


@dataclass(frozen=True, slots=True, eq=False)
class Member:
    """One network of a population.

    Attributes
    ----------
    options : NetworkOptions
    seen : ndarray of bool, shape (n_rows,), or None
        Rows that it learns; None is all of them.
    targets : ndarray of float64, shape (n_rows, n_classes), or None
        Wanted probabilities; None is 1 for the class of each row.
    """

    options: NetworkOptions
    seen: NDArray[np.bool_] | None = None
    targets: FloatArray | None = None


@dataclass(frozen=True, slots=True, eq=False)
class TrainedNetwork:
    """A network and how it came about.

    Attributes
    ----------
    model : IntegerModel
    member : Member
    outputs : ndarray of int64, shape (n_rows,)
        Class indices of all rows, also of those that were not seen.
    history : ndarray of float64, shape (n_epochs, 3)
        Mean cross-entropy in nats of each epoch, bits that adders reduce, and sensitivity in nats where it is part of
        the loss.
    """

    model: IntegerModel
    member: Member
    outputs: IntArray
    history: FloatArray = field(repr=False)
