"""Hints that lowering leaves for the proof checker: which nets realise which arithmetic."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Adder:
    """A full or half adder: ``sum(addends) = total + 2 * carry`` over the integers 0 and 1.

    ``addends`` are two or three literals, constants included.
    """

    addends: tuple[int, ...]
    total: int
    carry: int


@dataclass(frozen=True, slots=True)
class SumHint:
    """How one weighted sum was built.

    ``result`` are the literals of the two's-complement sum modulo ``2**len(result)``, least significant
    first; ``adders`` stand in the order in which they were built.
    """

    result: tuple[int, ...]
    adders: tuple[Adder, ...]


@dataclass(frozen=True, slots=True)
class Certificate:
    """Nets of a lowered netlist by what they claim to compute.

    Attributes
    ----------
    sums : dict
        Name of a weighted sum to how it was built. Names are stable and model-level, such as
        ``"layer0.sum3"``.
    words : dict
        Name of any other word (a ReLU output, a vote count, a comparison) to its literals, least significant
        first.
    """

    sums: dict[str, SumHint]
    words: dict[str, tuple[int, ...]]
