"""How bad a circuit with one output word is: the vectors on which that is not what is accepted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from bespoke.errors import StimuliError
from bespoke.netlist import Netlist, Port
from bespoke.prune.input_costs import InputCosts
from bespoke.sim import pack_words

IntArray = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Term:
    """Weighted share of vectors on which the output word is outside the range accepted there.

    Attributes
    ----------
    low, high : ndarray of int64, shape (n_vectors,)
        Least and greatest accepted word per vector; nothing is accepted where ``low > high``.
    counted : ndarray of bool, shape (n_vectors,)
        Vectors that this term looks at.
    weight : float
        Loss if all counted vectors are wrong.
    """

    low: IntArray
    high: IntArray
    counted: NDArray[np.bool_]
    weight: float = 1.0

    def __post_init__(self) -> None:
        if not self.counted.any():
            raise StimuliError("a term looks at no vector")


class PruningTask(NamedTuple):
    """Stimuli of shape (n_vectors, n_input_ports), terms whose sum is the loss on them, and what input bits cost."""

    stimuli: IntArray
    terms: Sequence[Term]
    inputs: InputCosts | None = None


def expect_words(words: ArrayLike, *, weight: float = 1.0, counted: ArrayLike | None = None) -> Term:
    """Term of vectors whose output word differs from the expected one.

    With the class indices of labelled rows this is the weighted error rate; with the output of another circuit it is
    the disagreement with it.

    Parameters
    ----------
    words : array_like of int, shape (n_vectors,)
    weight : float
    counted : array_like of bool, shape (n_vectors,), optional
        All vectors without it.
    """
    return accept_ranges(words, words, weight=weight, counted=counted)


def accept_ranges(low: ArrayLike, high: ArrayLike, *, weight: float = 1.0, counted: ArrayLike | None = None) -> Term:
    """Term of vectors whose output word is outside a range of their own."""
    least, greatest = np.asarray(low, dtype=np.int64), np.asarray(high, dtype=np.int64)
    chosen = np.ones(least.shape, dtype=bool) if counted is None else np.asarray(counted, dtype=bool)
    return Term(least, greatest, chosen, weight)


class Judge:
    """Loss of a netlist's output, from bit vectors of its output bits.

    The loss is the sum over terms of ``weight * wrong vectors / counted vectors``.

    Parameters
    ----------
    netlist : Netlist
        Its ports alone matter.
    terms : sequence of Term

    Attributes
    ----------
    units : tuple of float
        Loss per wrong vector of each term.
    """

    def __init__(self, netlist: Netlist, terms: Sequence[Term]) -> None:
        self._terms = [_PackedTerm(netlist.outputs[0], term) for term in terms]
        self.units = tuple(term.weight / int(term.counted.sum()) for term in terms)

    def wrong(self, outputs: Sequence[int]) -> tuple[int, ...]:
        """Per term the bit vector of wrong vectors; ``outputs`` are the bit vectors of all output bits."""
        return tuple(term.wrong(outputs) for term in self._terms)

    def loss(self, wrong: Sequence[int]) -> float:
        """Loss of what `wrong` returned."""
        return sum(unit * vector.bit_count() for unit, vector in zip(self.units, wrong, strict=True))


class _PackedTerm:
    """Comparison of a word with its range, bit by bit for all vectors at once."""

    def __init__(self, port: Port, term: Term) -> None:
        self.counted = _vector(term.counted)
        floor = -(1 << port.width >> 1) if port.signed else 0
        top = floor + (1 << port.width) - 1
        # As unsigned offsets, which need no sign in the comparison.
        self.sign = self.counted if port.signed and port.width else 0
        self.never = _vector(term.counted & ((term.low > term.high) | (term.low > top) | (term.high < floor)))
        self.low, self.high = (
            pack_words((np.clip(bound, floor, top) - floor)[:, None], [Port(port.name, port.bits)])
            for bound in (term.low, term.high)
        )
        self.exact = self.low == self.high

    def wrong(self, outputs: Sequence[int]) -> int:
        below = above = 0
        last = len(self.low) - 1
        for bit, (low, high) in enumerate(zip(self.low, self.high, strict=True)):
            value = outputs[bit]
            if bit == last:
                value ^= self.sign
            if self.exact:
                below |= value ^ low
            else:
                below = (low & ~value) | (below & ~(low ^ value))
                above = (value & ~high) | (above & ~(high ^ value))
        return (below | above | self.never) & self.counted


def _vector(flags: NDArray[np.bool_]) -> int:
    return int.from_bytes(np.packbits(flags, bitorder="little").tobytes(), "little")
