"""Weighted sums whose low bit columns inexact cells add."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar, NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from bespoke.errors import ModelFileError
from bespoke.model.affine import WHOLE, Affine
from bespoke.model.stage import IntArray, Stage
from bespoke.model.summands import Summand, affine_of_summands, summands
from bespoke.numeric import Interval, whole_number
from bespoke.numeric.adder_cells import ADDER_CELLS, AdderCell, add_columns

EXACT = "exact"
Bit = TypeVar("Bit")


class LowBit(NamedTuple):
    """A bit of an input, complemented in a product that is subtracted."""

    source: int
    bit: int
    is_complemented: bool


class LowPart(NamedTuple):
    """The low columns of a sum, and what adds them.

    Attributes
    ----------
    row : int
        Which sum.
    cell : AdderCell
    columns : tuple of tuple of LowBit
        From the lowest one on.
    """

    row: int
    cell: AdderCell
    columns: tuple[tuple[LowBit, ...], ...]

    def words(
        self, read: Callable[[LowBit], Bit], evaluate: Callable[[str, Sequence[Bit]], Bit], zero: Bit
    ) -> list[list[Bit]]:
        """Bits, least significant first, of the word that the columns become, and of each carry out of them."""
        bits, carries = add_columns([list(map(read, column)) for column in self.columns], self.cell, evaluate)
        while bits and bits[-1] is None:
            bits.pop()
        return [[zero if bit is None else bit for bit in bits], *([carry] for carry in carries)]

    def intervals(self) -> tuple[Interval, ...]:
        """Ranges of these words: all that their bits can carry."""
        low, *carries = self.words(lambda _: 1, lambda *_: 1, 0)
        return Interval(0, sum(bit << position for position, bit in enumerate(low))), *[Interval(0, 1)] * len(carries)


@dataclass(frozen=True, slots=True, eq=False)
class InexactSums(Stage):
    """Weighted sums of which inexact adder cells add the low bit columns (`bespoke.numeric.adder_cells`).

    The bits of a sum are those of its inputs, shifted to each canonical signed digit of their weights, complemented for
    a negative digit; what the complements are too much is subtracted. Of bits in the ``columns[j]`` lowest columns of
    sum ``j``, ordered by input, digit and position, the cell makes one word and some carries, to which all other bits
    and the bias are added exactly.

    Attributes
    ----------
    affine : Affine
        The sums, were they exact, and the activation behind them.
    cells : tuple of str
        For each sum the name of its cell, or "exact".
    columns : ndarray of int64, shape (n_outputs,)
        For each sum the number of columns; 0 where it is exact.
    input_bits : tuple of int
        Bits of each input; none of them may be negative.
    """

    name: ClassVar[str] = "inexact"

    affine: Affine
    cells: tuple[str, ...]
    columns: IntArray
    input_bits: tuple[int, ...]

    def __post_init__(self) -> None:
        self._set_read_only("columns")
        count, allowed = self.affine.output_count, ", ".join((EXACT, *ADDER_CELLS))
        if len(self.cells) != count or self.columns.shape != (count,):
            raise ModelFileError("cells and columns do not fit the sums", where="inexact sums", got=self.columns.shape)
        if len(self.input_bits) != self.affine.input_count:
            got, inputs = len(self.input_bits), str(self.affine.input_count)
            raise ModelFileError(
                "bits of the inputs do not fit the sums", where="inexact sums", got=got, allowed=inputs
            )
        for cell, columns in zip(self.cells, self.columns.tolist(), strict=True):
            if cell != EXACT and cell not in ADDER_CELLS:
                raise ModelFileError("unknown cell", where="inexact sums", got=cell, allowed=allowed)
            if columns < 0 or (columns > 0) != (cell != EXACT):
                raise ModelFileError("columns do not fit the cell", where="inexact sums", got=(cell, columns))

    @staticmethod
    def of(affine: Affine, cells: Sequence[str], columns: Sequence[int], inputs: Sequence[Interval]) -> Stage:
        """The stage for inputs of some ranges; the sums themselves where none is inexact."""
        pairs = list(zip(cells, columns, strict=True))
        own = tuple(cell if count > 0 else EXACT for cell, count in pairs)
        if set(own) <= {EXACT}:
            return affine
        counts = np.array([count * (cell != EXACT) for cell, count in pairs], dtype=np.int64)
        return InexactSums(affine, own, counts, tuple(interval.width for interval in inputs))

    @property
    def output_count(self) -> int:
        """Number of sums."""
        return self.affine.output_count

    def low_parts(self) -> tuple[LowPart, ...]:
        """The inexact part of each sum that has any."""
        columns: list[list[list[LowBit]]] = [[[] for _ in range(count)] for count in self.columns.tolist()]
        for term in summands(self.affine):
            for bit in self._low_bits(term):
                columns[term.row][term.shift + bit].append(LowBit(term.source, bit, term.sign < 0))
        found = []
        for row, (cell, parts) in enumerate(zip(self.cells, columns, strict=True)):
            if cell != EXACT:
                found.append(LowPart(row, ADDER_CELLS[cell], tuple(map(tuple, parts))))
        return tuple(found)

    def exact_part(self) -> Affine:
        """The stage as sums over its inputs, and after them the words of all low parts."""
        affine = self.affine
        terms, biases = [], affine.biases.copy()
        for term in summands(affine):
            low = sum(1 << bit for bit in self._low_bits(term))
            biases[term.row] -= (low << term.shift) * (term.sign < 0)
            terms.append(term._replace(mask=term.mask & ~low) if low else term)
        high = affine_of_summands(affine, terms, list(map(Interval.unsigned, self.input_bits)))
        weights, sources, first = [high.weights], high.sources.tolist(), len(self.input_bits)
        for part in self.low_parts():
            count = len(part.intervals())
            added = np.zeros((len(biases), count), dtype=np.int64)
            added[part.row] = [1, *[1 << len(part.columns)] * (count - 1)]
            weights.append(added)
            sources += range(first, first + count)
            first += count
        masks = np.append(high.masks, np.full(len(sources) - len(high.masks), WHOLE))
        return replace(high, weights=np.hstack(weights), biases=biases, sources=np.array(sources), masks=masks)

    def word_intervals(self) -> tuple[Interval, ...]:
        """Ranges of the words of all low parts."""
        return tuple(interval for part in self.low_parts() for interval in part.intervals())

    def output_intervals(self, inputs: Sequence[Interval]) -> tuple[Interval, ...]:
        """Ranges that hold each output: those for low parts that do not depend on the inputs."""
        found = tuple(interval.width for interval in inputs)
        if found != self.input_bits or any(interval.signed for interval in inputs):
            where, allowed = "inexact sums", f"{list(self.input_bits)}, none negative"
            raise ModelFileError("the bits do not fit the words before", where=where, got=list(found), allowed=allowed)
        return self.exact_part().output_intervals([*inputs, *self.word_intervals()])

    def read_levels(self, inputs: Sequence[Interval]) -> tuple[tuple[int, ...], ...]:
        """Those of the sums."""
        return self.affine.read_levels(inputs)

    def apply(self, inputs: IntArray) -> IntArray:
        """Outputs for inputs of shape (n_samples, n_inputs)."""
        return self.exact_part().apply(np.hstack([inputs, self._words(inputs)]))

    def to_json(self) -> dict[str, Any]:
        """Plain-data form: that of the sums, cells, columns, and bits of the inputs."""
        own = {"cells": list(self.cells), "columns": self.columns.tolist(), "input_bits": list(self.input_bits)}
        return self.affine.to_json() | own

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> InexactSums:
        """Inverse of `to_json`."""
        own = ("cells", "columns", "input_bits")
        affine = Affine.from_json({name: value for name, value in data.items() if name not in own})
        bits = tuple(whole_number(width, ModelFileError) for width in data["input_bits"])
        return cls(affine, tuple(map(str, data["cells"])), data["columns"], bits)

    def _low_bits(self, term: Summand) -> list[int]:
        """Bits of the input of a summand that stand in the low columns of its sum."""
        last = min(self.input_bits[term.source], int(self.columns[term.row]) - term.shift)
        return [bit for bit in range(last) if term.mask >> bit & 1]

    def _words(self, inputs: IntArray) -> IntArray:
        """Words of all low parts, shape (n_samples, n_words)."""
        zero = np.zeros(len(inputs), dtype=bool)

        def read(low: LowBit) -> NDArray[np.bool_]:
            return np.asarray((inputs[:, low.source] >> low.bit & 1).astype(bool) ^ low.is_complemented)

        words = [word for part in self.low_parts() for word in part.words(read, looked_up, zero)]
        values = [sum((bit.astype(np.int64) << i for i, bit in enumerate(word)), start=zero * 0) for word in words]
        return np.array(values, dtype=np.int64).reshape(len(words), len(inputs)).T


def looked_up(table: str, bits: Sequence[NDArray[np.bool_]]) -> NDArray[np.bool_]:
    """Entries of a truth table, the first bit the most significant one of the state."""
    if len(set(table)) == 1:
        return np.full(bits[0].shape, table[0] == "1")
    first, half = bits[0], len(table) // 2
    if half == 1:
        return np.asarray(first ^ (table == "10"))
    if table[:half] == table[half:]:
        return looked_up(table[:half], bits[1:])
    return np.asarray(np.where(first, looked_up(table[half:], bits[1:]), looked_up(table[:half], bits[1:])))
