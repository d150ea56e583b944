"""What a simulation saw on the nets of a mapped netlist."""

from __future__ import annotations

from collections.abc import Sequence
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


def joint_states(pins: Sequence[int], every: int) -> list[int]:
    """Vectors in each joint state of the pins, as sets; the first pin is the least significant bit of the state.

    Parameters
    ----------
    pins : sequence of int
        Bit vectors.
    every : int
        The set of all vectors.
    """
    parts = [every]
    for pin in reversed(pins):
        parts = [part for old in parts for part in (old & ~pin, old & pin)]
    return parts
