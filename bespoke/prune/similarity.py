"""Effect of replacing a net by any other, for all others at once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from bespoke.numeric import count_ones

Words = NDArray[np.uint64]
_BYTES = 8


class ValueTable:
    """Bit vectors of nets as a matrix, one column per net.

    Parameters
    ----------
    nets : sequence of int
    values : sequence of int
        Bit vector per literal.
    count : int
        Number of vectors.

    Attributes
    ----------
    nets : ndarray of int64, shape (n_nets,)
    column : ndarray of int64
        Column per net.
    """

    def __init__(self, nets: Sequence[int], values: Sequence[int], count: int) -> None:
        self._size = -(-count // (8 * _BYTES)) * _BYTES
        self.nets = np.array(nets, dtype=np.int64)
        self.column = np.zeros(len(values) // 2, dtype=np.int64)
        self.column[self.nets] = np.arange(len(nets))
        rows = [self._words(values[2 * net]) for net in nets]
        self._matrix: Words = np.ascontiguousarray(np.stack(rows, axis=1))

    def update(self, nets: Iterable[int], values: Sequence[int]) -> None:
        """Take over the values of some nets."""
        for net in nets:
            self._matrix[:, self.column[net]] = self._words(values[2 * net])

    def changes(
        self, value: int, worse: Sequence[int], better: Sequence[int], units: Sequence[float]
    ) -> NDArray[np.float64]:
        """Change of the loss if a net takes the value of another one.

        Parameters
        ----------
        value : int
            Bit vector of the net.
        worse, better : sequence of int
            Per term of the loss the vectors that become wrong, and right, where the net changes.
        units : sequence of float
            Loss per wrong vector of each term.

        Returns
        -------
        ndarray of float64, shape (2, n_nets)
            For each net, and for its complement.
        """
        both = np.zeros((2, len(self.nets)))
        for harm, help_, unit in zip(worse, better, units, strict=True):
            for mask, sign in ((harm, unit), (help_, -unit)):
                if mask:
                    differing = self._differing(value, mask)
                    both[0] += sign * differing
                    both[1] += sign * (mask.bit_count() - differing)
        return both

    def _differing(self, value: int, mask: int) -> NDArray[np.int64]:
        """Number of vectors in a mask on which each net differs from a value."""
        wanted = self._words(mask)
        rows = np.flatnonzero(wanted)
        differing = self._matrix[rows]
        differing ^= self._words(value)[rows, None]
        differing &= wanted[rows, None]
        return np.asarray(count_ones(differing).sum(axis=0, dtype=np.int64))

    def _words(self, value: int) -> Words:
        return np.frombuffer(value.to_bytes(self._size, "little"), dtype="<u8")
