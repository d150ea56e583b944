"""Low bit columns of sums that are left out or added by inexact cells, for many candidates at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bespoke.cells import GateCosts
from bespoke.model import WHOLE, Affine, InexactSums, IntArray, Stage, affine_of_summands, summands
from bespoke.numeric import Interval, csd
from bespoke.numeric.adder_cells import ADDER_CELLS

# Candidates hold the number of a cell here. "none" leaves the columns out, for which a model needs no cell.
CELLS = ("exact", "none", *ADDER_CELLS)
EXACT_CELL, NO_CELL = 0, 1


class CellCost(NamedTuple):
    """Of a cell for three bits and for two, with a carry if it has one; and of the carry of the last column alone."""

    three: float
    two: float
    last_carry: float = 0.0


# Of the smallest forms of the truth tables.
_COSTS: Mapping[str, Callable[[GateCosts], CellCost]] = {
    "exact": lambda costs: CellCost(costs.full_adder, costs.half_adder),
    "none": lambda _: CellCost(0, 0),
    "or": lambda costs: CellCost(2 * costs.either, costs.either),
    "loa": lambda costs: CellCost(2 * costs.either, costs.either, costs.either),
    "ama1": lambda costs: CellCost(costs.xor + 3 * costs.either, 0),  # c & ~(a ^ b), b | a & c
    "ama2": lambda costs: CellCost(costs.carry_of_three, costs.either),  # the majority and its complement
    "ama3": lambda costs: CellCost(2 * costs.either, 0),  # b | a & c and its complement
    "ama4": lambda costs: CellCost(2 * costs.either, 0),  # c & (~a | b), a
    "ama5": lambda _: CellCost(0, 0),
}


class CellFigures(NamedTuple):
    """Arrays by number of a cell: its costs, and whether it has carries, and such out of the last column."""

    three: NDArray[np.float64]
    two: NDArray[np.float64]
    last_carry: NDArray[np.float64]
    carries: NDArray[np.bool_]
    last_carries: NDArray[np.bool_]

    @staticmethod
    def of(costs: GateCosts) -> CellFigures:
        """Of all `CELLS`."""
        found = [_COSTS[name](costs) for name in CELLS]
        cells = [ADDER_CELLS.get(name) for name in CELLS]
        carries = [["1" in (cell.carry if cell else ""), "1" in (cell.last_carry if cell else "")] for cell in cells]
        return CellFigures(*np.array(found).T, *np.array(carries, dtype=bool).T)


def with_low_columns(affine: Affine, cells: Sequence[int], columns: Sequence[int], inputs: Sequence[Interval]) -> Stage:
    """Sums whose low columns cells add, by number, or that lack them.

    Parameters
    ----------
    affine : Affine
    cells, columns : sequence of int
        For each sum.
    inputs : sequence of Interval
        Ranges of the inputs.
    """
    if NO_CELL in cells:
        above = [count * (cell == NO_CELL) for cell, count in zip(cells, columns, strict=True)]
        terms = []
        for term in summands(affine):
            missing = max(0, above[term.row] - term.shift)
            full = (1 << inputs[term.source].width) - 1
            terms.append(term._replace(mask=term.mask & full & WHOLE << missing) if missing else term)
        affine = affine_of_summands(affine, terms, inputs)
    names = [CELLS[EXACT_CELL if cell == NO_CELL else cell] for cell in cells]
    return InexactSums.of(affine, names, columns, inputs)


def rounded_bias(bias: int, weights: IntArray, kept: IntArray, cell: int, columns: int) -> int:
    """The nearest bias to which cells need not add anything: less the complements, it has no bit in their columns.

    Parameters
    ----------
    bias : int
    weights, kept : ndarray of int64, shape (n_inputs,)
        Of the sum, and the bits that it sees of each input.
    cell, columns : int
    """
    if cell <= NO_CELL or not columns:
        return bias
    low = (1 << columns) - 1
    complements = 0
    for weight, bits in zip(weights.tolist(), kept.tolist(), strict=True):
        complements += sum(bits << digit.position & low for digit in csd(weight) if digit.sign < 0)
    return (bias - complements + (1 << columns >> 1) >> columns << columns) + complements
