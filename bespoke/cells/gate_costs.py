"""What generic gates and adders cost as a library builds them: all that arithmetic and search know of a technology."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

from bespoke.cells.completeness import check_complete, inverter
from bespoke.cells.library import CellLibrary
from bespoke.errors import LibraryError

_DIGITS = 2  # so that libraries that differ in the last figures of an area give the same circuits
_NAND, _NOR, _AND, _OR, _XOR = 0b0111, 0b0001, 0b1000, 0b1110, 0b0110


@dataclass(frozen=True, slots=True)
class GateCosts:
    """Areas relative to that of a two-input NAND, each of the cheapest way to build a function.

    Attributes
    ----------
    inv, nand, nor, and_, or_ : float
        One output, neither polarity of the inputs changed.
    xor : float
        Exclusive or by itself, in either polarity.
    shared_xor : float
        Exclusive or of two signals whose AND or NAND is there anyway.
    full_adder, half_adder : float
        Sum and carry.
    """

    inv: float
    nand: float
    nor: float
    and_: float
    or_: float
    xor: float
    shared_xor: float
    full_adder: float
    half_adder: float

    @staticmethod
    def of(library: CellLibrary) -> GateCosts:
        """Costs of a library.

        Raises
        ------
        LibraryError
            If the library cannot build every function, or its smallest NAND has no area.
        """
        check_complete(library)
        smallest = inverter(library)
        area = smallest.area_mm2 if smallest else 0.0
        unit = _area(library, _NAND, area)
        if not unit > 0:
            raise LibraryError("a gate without area", where=f"library {library.name}")
        areas = (area, *(_area(library, truth, area) for truth in (_NAND, _NOR, _AND, _OR)))
        inv, nand, nor, and_, or_ = (round(area / unit, _DIGITS) for area in areas)
        # Four NAND or four NOR and an inverter make an XOR; the first of the four is the NAND or NOR of both signals.
        cell = round(_area(library, _XOR, 0.0) / unit, _DIGITS)
        shared = min(3 * nand, cell)
        xor = min(4 * nand, cell, 4 * nor + inv)
        full = min(9 * nand, 2 * xor + 3 * nand)
        half = min(xor + and_, nand + shared + inv)
        return GateCosts(inv, nand, nor, and_, or_, xor, shared, full, half)

    @property
    def simple(self) -> tuple[float, ...]:
        """Costs in the order of `bespoke.netlist.SimpleKind`: inverter, NAND, NOR, AND, OR."""
        return self.inv, self.nand, self.nor, self.and_, self.or_

    @property
    def generic(self) -> tuple[float, float]:
        """Costs in the order of `bespoke.netlist.GateKind`: AND in the better polarity, XOR.

        An XOR mostly stands beside the AND of the same signals, as in adders.
        """
        return min(self.nand, self.nor), self.shared_xor

    @property
    def half_adder_share(self) -> float:
        """A half adder in full adders, to one decimal."""
        return round(self.half_adder / self.full_adder, 1)

    @property
    def either(self) -> float:
        """An AND or OR of one fixed polarity, with what the change of polarity costs now and then."""
        return 2 * min(self.nand, self.nor)

    @property
    def sum_of_three(self) -> float:
        """A full adder whose carry nothing reads."""
        return 2 * self.xor

    @property
    def carry_of_three(self) -> float:
        """A full adder whose sum nothing reads, or one bit of a comparison: the majority."""
        return 2 * self.either + min(self.nand, self.nor)

    @property
    def full_adder_of_one(self) -> float:
        """A full adder with the constant 1 for an addend: XNOR and OR."""
        return self.xor + self.either

    @property
    def selection(self) -> float:
        """A multiplexer of one bit; words share the other polarity of the signal that selects."""
        return 3 * min(self.nand, self.nor) + self.inv / 2

    @property
    def constant_selection(self) -> float:
        """One bit of a choice between two class indices, of which one is constant."""
        return 3 * min(self.nand, self.nor)

    @property
    def vote(self) -> float:
        """What counting and comparing the votes takes for each pair of classes behind its sign."""
        return 2 * self.full_adder + self.either

    @property
    def tree_parts(self) -> tuple[float, float, float, float]:
        """Parts of a decision tree: comparator gate, selection with a constant side, selection, distinct comparison.

        Such gates stand in chains that take turns between NAND and NOR. The multiples were fitted to mapped areas of
        random trees in EGFET: ``benchmarks/cost_model.py``.
        """
        chained = (self.nand + self.nor) / 2
        return 0.84 * chained, 0.69 * chained, 1.46 * chained, 0.61 * chained


def _area(library: CellLibrary, wanted: int, inverter_area: float) -> float:
    """Smallest area of a two-input cell and the inverters around it that make it another function."""
    return min(
        (
            cell.area_mm2 + inverter_area * inverters
            for cell in library.usable_cells
            if len(cell.inputs) == 2 and len(cell.outputs) == 1
            for inverters, truth in _inverted(cell.outputs[0].truth)
            if truth == wanted
        ),
        default=math.inf,
    )


def _inverted(truth: int) -> Iterator[tuple[int, int]]:
    """Number of inverters at the pins of a two-input gate, and the truth table that they give."""
    for inputs in range(4):
        turned = sum((truth >> (state ^ inputs) & 1) << state for state in range(4))
        yield inputs.bit_count(), turned
        yield inputs.bit_count() + 1, turned ^ 0b1111
