"""What inputs of a circuit there are, and how often."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from bespoke.model import IntArray

Floats = NDArray[np.float64]


class Inputs(NamedTuple):
    """What inputs there are: features are independent, each with its own distribution.

    Attributes
    ----------
    name : {"uniform", "measured"}
        Every word alike, or each feature as in the rows of the data.
    shares : tuple of ndarray, shape (2**bits,)
        Per feature, the probability of each word.
    """

    name: Literal["uniform", "measured"]
    shares: tuple[Floats, ...]

    @property
    def bits(self) -> tuple[int, ...]:
        """Input bits of each feature."""
        return tuple((len(share) - 1).bit_length() for share in self.shares)

    @staticmethod
    def uniform(bits: Sequence[int]) -> Inputs:
        """Every word alike."""
        return Inputs("uniform", tuple(np.full(1 << b, 0.5**b) for b in bits))

    @staticmethod
    def measured(words: IntArray, bits: Sequence[int]) -> Inputs:
        """As often as in input words, shape (n, n_features)."""
        columns = zip(words.T, bits, strict=True)
        return Inputs("measured", tuple(np.bincount(column, minlength=1 << b) / len(words) for column, b in columns))

    def parts(self, feature: int) -> Iterator[tuple[IntArray, Floats]]:
        """Independent parts that add up to the word of a feature: what each may be, and how often it is.

        They are the bits where all words are alike, else the words that occur.
        """
        share = self.shares[feature]
        if self.name == "uniform":
            for bit in range(self.bits[feature]):
                yield np.array([0, 1 << bit], dtype=np.int64), np.array([0.5, 0.5])
        else:
            words = np.flatnonzero(share)
            yield words, share[words]

    def draw(self, count: int, rng: np.random.Generator) -> IntArray:
        """Input words, shape (count, n_features)."""
        return np.stack([rng.choice(len(share), count, p=share) for share in self.shares], axis=1).astype(np.int64)


def near_rows(rows: IntArray, bits: Sequence[int], count: int, rng: np.random.Generator) -> IntArray:
    """Input words, shape (count, n_features), none of which is more than one step from that of a row.

    Rows count alike, and so do all words in the box around one.
    """
    chosen = rows[rng.integers(0, len(rows), count)]
    most = (1 << np.array(bits)) - 1
    return rng.integers(np.maximum(chosen - 1, 0), np.minimum(chosen + 1, most), endpoint=True)
