"""Inexact adder cells as truth tables, and columns of bits that they add."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple, TypeVar

Bit = TypeVar("Bit")


class AdderCell(NamedTuple):
    """What stands for the sum and the carry of three bits a, b and c of one weight.

    Attributes
    ----------
    total, carry : str
        For a, b, c = 000, 001, ..., 111.
    last_carry : str
        The carry out of the highest column that such cells add.
    """

    total: str
    carry: str
    last_carry: str


_NONE = "00000000"

# "or", and "loa", whose carry is the AND of the top bits: Mahdiani et al., "Bio-Inspired Imprecise Computational
# Blocks", IEEE TCAS-I 57, 2010. "ama1" to "ama5", of which the fifth is two wires: table I of Gupta et al., "Low-Power
# Digital Signal Processing Using Approximate Adders", IEEE TCAD 32, 2013.
ADDER_CELLS: Mapping[str, AdderCell] = {
    "or": AdderCell("01111111", _NONE, _NONE),
    "loa": AdderCell("01111111", _NONE, "00000011"),
    "ama1": AdderCell("01000001", "00110111", "00110111"),
    "ama2": AdderCell("11101000", "00010111", "00010111"),
    "ama3": AdderCell("11001000", "00110111", "00110111"),
    "ama4": AdderCell("01010001", "00001111", "00001111"),
    "ama5": AdderCell("00110011", "00001111", "00001111"),
}


def add_columns(
    columns: Sequence[Sequence[Bit]], cell: AdderCell, evaluate: Callable[[str, Sequence[Bit]], Bit]
) -> tuple[list[Bit | None], list[Bit]]:
    """One bit per column, None for an empty one, and the carries out of the last column.

    From the lowest column on, cells take the first three bits of a column, or the last two with 0 as c; their sum goes
    to the end of the column, and their carry to the end of the next one.

    Parameters
    ----------
    columns : sequence of sequence of object
        Bits of weight 1, 2, 4 and so on.
    cell : AdderCell
    evaluate : callable
        From a truth table and as many bits as it is over, the most significant one first, to a bit.
    """
    results: list[Bit | None] = []
    carries: list[Bit] = []
    for position, column in enumerate(columns):
        bits = [*column, *carries]
        carry = cell.last_carry if position == len(columns) - 1 else cell.carry
        carries = []
        while len(bits) > 1:
            taken, bits = bits[:3], bits[3:]
            step = 1 if len(taken) == 3 else 2
            bits.append(evaluate(cell.total[::step], taken))
            if carry != _NONE:
                carries.append(evaluate(carry[::step], taken))
        results += bits or [None]
    return results, carries
