"""Products of a word and a constant."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from bespoke.arith.compressor import Columns, add_constant, add_word, reduce_columns
from bespoke.arith.decision_diagram import from_table
from bespoke.arith.operators.operator import IntArray, Operator, check_range
from bespoke.cells import GateCosts
from bespoke.netlist import NetlistBuilder
from bespoke.numeric import csd

MOST_WORD_BITS = 12  # of a word whose products are given as a table
MOST_CONSTANT = (1 << 16) - 1


@dataclass(frozen=True)
class ConstantProduct(Operator):
    """Product of a word and a positive constant.

    Attributes
    ----------
    width : int
        Bits of the word.
    constant : int
    """

    width: int = 4
    constant: int = 93

    def __post_init__(self) -> None:
        check_range("width", self.width, 1, MOST_WORD_BITS)
        check_range("constant", self.constant, 1, MOST_CONSTANT)

    @property
    def inputs(self) -> tuple[tuple[str, int], ...]:
        """The word."""
        return (("x", self.width),)

    @property
    def output_bits(self) -> int:
        """Bits of the largest result, and of the largest product."""
        largest = (1 << self.width) - 1
        every = np.arange(largest + 1, dtype=np.int64)[:, None]
        return max(int(self.apply(every).max()), largest * self.constant).bit_length()

    def exact(self, words: IntArray) -> IntArray:
        """``constant * x``."""
        return self.constant * words[:, 0]


@dataclass(frozen=True)
class DigitProduct(ConstantProduct):
    """Product by another constant, which has fewer signed digits."""

    @abstractmethod
    def multiplier(self) -> int:
        """The other constant."""

    def apply(self, words: IntArray) -> IntArray:
        """``multiplier * x``."""
        return self.multiplier() * words[:, 0]

    def gates(self, builder: NetlistBuilder, words: Sequence[Sequence[int]], _costs: GateCosts) -> Sequence[int]:
        """Signed digits of the other constant, added up."""
        columns: Columns = {}
        missing = sum(add_word(columns, words[0], shift, sign) for shift, sign in csd(self.multiplier()))
        add_constant(columns, missing, self.output_bits)
        return reduce_columns(builder, columns, [], self.output_bits)


@dataclass(frozen=True)
class PerforatedProduct(DigitProduct):
    """Product by the leading signed digits of the constant alone.

    Attributes
    ----------
    digits : int
        Number of digits that stay.
    """

    title: ClassVar[str] = "constant product without its last partial products (perforated)"
    source: ClassVar[str] = (
        "Zervakis et al., Design-Efficient Approximate Multiplication Circuits Through Partial Product Perforation, "
        "IEEE TVLSI 24, 2016"
    )

    digits: int = 2

    def __post_init__(self) -> None:
        super().__post_init__()
        check_range("digits", self.digits, 1, self.constant.bit_length())

    def multiplier(self) -> int:
        """The sum of the highest digits."""
        highest = sorted(csd(self.constant), reverse=True)[: self.digits]
        return sum(sign << shift for shift, sign in highest)


@dataclass(frozen=True)
class AlphabetProduct(DigitProduct):
    """Product by a constant of which each group of bits is a letter of an alphabet, shifted, or 0.

    Attributes
    ----------
    group : int
        Bits of a group.
    alphabet : tuple of int
        Odd multiples that exist; each group becomes the nearest that they give, the smaller one of two.
    """

    title: ClassVar[str] = "constant product over an alphabet (ASM)"
    source: ClassVar[str] = (
        "Sarwar et al., Multiplier-less Artificial Neurons Exploiting Error Resiliency for Energy-Efficient Neural "
        "Computing, DATE 2016"
    )

    group: int = 4
    alphabet: tuple[int, ...] = (1, 3)

    def __post_init__(self) -> None:
        super().__post_init__()
        check_range("group", self.group, 1, 8)
        for letter in self.alphabet:
            check_range("alphabet", letter, 1, (1 << self.group) - 1)

    def multiplier(self) -> int:
        """The groups put together; 1 where all of them become 0."""
        top = 1 << self.group
        allowed = sorted({0, *(a << s for a in self.alphabet for s in range(self.group) if a << s < top)})
        groups = range(0, self.constant.bit_length(), self.group)
        wanted = ((self.constant >> shift & top - 1, shift) for shift in groups)
        return max(1, sum(min(allowed, key=lambda a: abs(a - value)) << shift for value, shift in wanted))


@dataclass(frozen=True)
class TruncatedProduct(ConstantProduct):
    """Product without the low columns of its partial products.

    Attributes
    ----------
    low : int
        Number of columns left out.
    fill : int
        Constant in their place.
    """

    title: ClassVar[str] = "constant product without low columns (truncated)"
    source: ClassVar[str] = "Schulte and Swartzlander, Truncated Multiplication with Correction Constant, 1993"

    low: int = 4
    fill: int = 0

    def __post_init__(self) -> None:
        super().__post_init__()
        check_range("low", self.low, 0, self.constant.bit_length() + self.width - 1)
        check_range("fill", self.fill, 0, (1 << self.low) - 1)

    def apply(self, words: IntArray) -> IntArray:
        """Each one of the constant adds the word above the low columns."""
        shifts = [shift for shift in range(self.constant.bit_length()) if self.constant >> shift & 1]
        parts = [(words[:, 0] << shift >> self.low) << self.low for shift in shifts]
        return np.asarray(np.sum(parts, axis=0) + self.fill, dtype=np.int64)

    def gates(self, builder: NetlistBuilder, words: Sequence[Sequence[int]], _costs: GateCosts) -> Sequence[int]:
        """Ones of the constant: signed digits would borrow from the columns that are not there."""
        columns: Columns = {}
        for shift in range(self.constant.bit_length()):
            missing = max(0, self.low - shift)
            if self.constant >> shift & 1 and missing < self.width:
                add_word(columns, words[0][missing:], shift + missing, 1)
        add_constant(columns, self.fill, self.low)
        bits = list(reduce_columns(builder, columns, []))
        return [*bits, *[0] * self.output_bits][: self.output_bits]


@dataclass(frozen=True)
class TableProduct(ConstantProduct):
    """Product whose gates are made from all of its values: the constant leaves a function of one word."""

    def gates(self, builder: NetlistBuilder, words: Sequence[Sequence[int]], _costs: GateCosts) -> Sequence[int]:
        """Decision diagrams of the bits."""
        values = self.apply(np.arange(1 << self.width, dtype=np.int64)[:, None])
        return from_table(builder, values, words[0], self.output_bits)


@dataclass(frozen=True)
class LogarithmicProduct(TableProduct):
    """Product by adding piecewise linear logarithms: with factors ``2**k (1 + f)``, the fractions are added."""

    title: ClassVar[str] = "logarithmic constant product (Mitchell)"
    source: ClassVar[str] = "Mitchell, Computer Multiplication and Division Using Binary Logarithms, IRE TEC 11, 1962"

    def apply(self, words: IntArray) -> IntArray:
        """``2**(k + k') (1 + f + f')``, or ``2**(k + k' + 1) (f + f')`` where the fractions give a carry."""
        x, place = words[:, 0], self.constant.bit_length() - 1
        length = np.sum(x[:, None] >> np.arange(1, self.width + 1) > 0, axis=1)
        one = np.int64(1) << length + place
        # Fractions in units of 2**-(k + k'): both parts are whole numbers.
        fraction = (x - (np.int64(1) << length) << place) + (self.constant - (1 << place) << length)
        return np.where(x == 0, 0, np.where(fraction < one, one + fraction, 2 * fraction))


@dataclass(frozen=True)
class DynamicRangeProduct(TableProduct):
    """Product of the leading bits of the word, the last of which is 1 (DRUM).

    Attributes
    ----------
    kept : int
        Number of these bits, from the leading one on.
    """

    title: ClassVar[str] = "dynamic range constant product (DRUM)"
    source: ClassVar[str] = (
        "Hashemi, Bahar and Reda, DRUM: A Dynamic Range Unbiased Multiplier for Approximate Applications, ICCAD 2015"
    )

    kept: int = 3

    def __post_init__(self) -> None:
        super().__post_init__()
        check_range("kept", self.kept, 1, self.width)

    def apply(self, words: IntArray) -> IntArray:
        """Words that are longer lose their low bits."""
        x = words[:, 0]
        length = np.sum(x[:, None] >> np.arange(self.width) > 0, axis=1)
        cut = np.maximum(length - self.kept, 0)
        shortened = (x >> cut | (cut > 0)) << cut
        return np.asarray(self.constant * shortened, dtype=np.int64)
