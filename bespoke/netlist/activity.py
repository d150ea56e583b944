"""What a simulation saw on the nets of a mapped netlist."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Activity:
    """Counts over a sequence of input vectors.

    Those of a simulation here are whole numbers. Those read from a file of another simulator are times in units of a
    vector, and may be fractions.

    Attributes
    ----------
    vectors : int
        Number of vectors simulated.
    ones : tuple of float
        Per net: vectors in which it is 1.
    toggles : tuple of float
        Per net: changes of value between consecutive vectors (at most ``vectors - 1``).
    states : tuple of tuple of float
        Per instance: vectors in each joint state of its input pins; the state number has the first pin as its
        least significant bit, so a two-input cell has four counts that add up to ``vectors``.
    """

    vectors: int
    ones: tuple[float, ...]
    toggles: tuple[float, ...]
    states: tuple[tuple[float, ...], ...]
