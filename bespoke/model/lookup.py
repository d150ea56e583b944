"""Functions given as tables."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from bespoke.errors import ModelFileError
from bespoke.model.stage import IntArray, Stage, masked_levels, read_only
from bespoke.numeric import Interval, whole_number

MAX_ADDRESS_BITS = 16
_WORD_BITS = 64


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """A function of some bits of the inputs.

    Attributes
    ----------
    bits : tuple of (int, int)
        Input and bit of it that make each bit of the address, least significant first; an input that may be
        negative is read as two's complement. The bits of one whole input make a function of that word.
    values : ndarray of int64, shape (2**n_bits,)
        Value by address.
    """

    bits: tuple[tuple[int, int], ...]
    values: IntArray

    def __post_init__(self) -> None:
        object.__setattr__(self, "values", read_only(self.values))
        if len(self.bits) > MAX_ADDRESS_BITS or any(s < 0 or not 0 <= bit < _WORD_BITS for s, bit in self.bits):
            allowed = f"up to {MAX_ADDRESS_BITS} bits of inputs"
            raise ModelFileError("unknown address", where="lookup", got=self.bits, allowed=allowed)
        if self.values.shape != (1 << len(self.bits),):
            allowed = str(1 << len(self.bits))
            raise ModelFileError("one value per address", where="lookup", got=self.values.shape, allowed=allowed)

    @classmethod
    def of_word(cls, source: int, values: IntArray) -> Table:
        """A function of the low bits of one input, from the values, shape (2**n_bits,), of these as a number."""
        return cls(tuple((source, bit) for bit in range(len(values).bit_length() - 1)), values)

    def possible(self, inputs: Sequence[Interval]) -> IntArray:
        """Addresses that occur for independent inputs of the given ranges, ascending.

        An input of more than 2**16 values counts as if its bits were independent too.
        """
        found = np.zeros(1, dtype=np.int64)
        for source in {source for source, _ in self.bits}:
            found = np.add.outer(found, self._parts(source, inputs[source])).ravel()
        return np.sort(found)

    @property
    def sources(self) -> tuple[int, ...]:
        """Inputs that it reads, ascending."""
        return tuple(sorted({source for source, _ in self.bits}))

    def by_number(self, numbers: IntArray) -> IntArray:
        """Values, shape (n,), for numbers (n,) of the only input that it reads."""
        rows = np.zeros((len(numbers), max(self.sources, default=-1) + 1), dtype=np.int64)
        rows[:, list(self.sources)] = np.asarray(numbers)[:, None]
        return np.asarray(self.values[self.addresses(rows)])

    def changes(self, word: Interval) -> list[int]:
        """Numbers of the only input that it reads at which the value is another one than before."""
        numbers = np.arange(word.low, word.high + 1)
        return (np.flatnonzero(np.diff(self.by_number(numbers))) + 1 + word.low).tolist()

    def _parts(self, source: int, word: Interval) -> IntArray:
        """What one input adds to the address, for a word of the given range."""
        if word.high - word.low >= 1 << MAX_ADDRESS_BITS:
            mask = sum(1 << position for position, (read, _) in enumerate(self.bits) if read == source)
            return np.unique(np.arange(len(self.values)) & mask)
        rows = np.zeros((word.high - word.low + 1, max(read for read, _ in self.bits) + 1), dtype=np.int64)
        rows[:, source] = np.arange(word.low, word.high + 1)
        return np.unique(self.addresses(rows))

    def addresses(self, inputs: IntArray) -> IntArray:
        """Address, shape (n_samples,), of each row of inputs."""
        found = np.zeros(len(inputs), dtype=np.int64)
        for position, (source, bit) in enumerate(self.bits):
            found |= (inputs[:, source] >> bit & 1) << position
        return found


@dataclass(frozen=True, slots=True, eq=False)
class Lookup(Stage):
    """Each output is a `Table` over a few bits of the inputs."""

    name: ClassVar[str] = "lookup"

    tables: tuple[Table, ...]

    @property
    def output_count(self) -> int:
        """Number of tables."""
        return len(self.tables)

    def output_intervals(self, inputs: Sequence[Interval]) -> tuple[Interval, ...]:
        """Range of each table over the addresses that occur."""
        if any(source >= len(inputs) for table in self.tables for source, _ in table.bits):
            raise ModelFileError("a table reads an input that does not exist", where="lookup")
        kept = [table.values[table.possible(inputs)] for table in self.tables]
        return tuple(Interval(int(values.min()), int(values.max())) for values in kept)

    def read_levels(self, inputs: Sequence[Interval]) -> tuple[tuple[int, ...], ...]:
        """Levels at which a table of one input changes, or a bit in the address of one of several inputs."""
        masks, found = [0] * len(inputs), [set[int]() for _ in inputs]
        for table in self.tables:
            if len(table.sources) > 1:
                for source, bit in table.bits:
                    masks[source] |= 1 << bit
            for source in table.sources[: len(table.sources) == 1]:
                found[source].update(table.changes(inputs[source]))
        pairs = zip(found, masked_levels(masks, inputs), strict=True)
        return tuple(tuple(sorted({*own, *others})) for own, others in pairs)

    def apply(self, inputs: IntArray) -> IntArray:
        """Values at the addresses of the inputs."""
        words = np.asarray(inputs, dtype=np.int64)
        columns = [table.values[table.addresses(words)] for table in self.tables]
        return np.array(columns, dtype=np.int64).reshape(len(columns), len(words)).T

    def to_json(self) -> dict[str, Any]:
        """Plain-data form."""
        return {"tables": [{"bits": [list(p) for p in t.bits], "values": t.values.tolist()} for t in self.tables]}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Lookup:
        """Inverse of `to_json`."""
        return cls(tuple(Table(tuple(_address_bit(*pair) for pair in t["bits"]), t["values"]) for t in data["tables"]))


def _address_bit(source: object, bit: object) -> tuple[int, int]:
    return whole_number(source, ModelFileError), whole_number(bit, ModelFileError)
