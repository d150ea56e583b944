"""What every operator has."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from typing import Any, ClassVar, Protocol

import numpy as np
from numpy.typing import NDArray

from bespoke.cells import GateCosts
from bespoke.errors import OptionError
from bespoke.netlist import Netlist, NetlistBuilder

IntArray = NDArray[np.int64]
State = int


class Slices(Protocol):
    """Two words of ``width`` bits going through an adder bit by bit, from the least significant bit on.

    What the adder does at a bit may depend on higher bits: then there are several states to go on with, and those
    that turn out wrong have nowhere to go. Each pair of words has exactly one way through.
    """

    @property
    def width(self) -> int:
        """Bits of each word."""
        ...

    def starts(self) -> Iterable[State]:
        """States before the first bit."""
        ...

    def step(self, position: int, state: State, a: int, b: int) -> Iterable[tuple[State, int]]:
        """States after a bit, each with the bit of the result."""
        ...

    def last(self, state: State) -> int | None:
        """Top bit of the result; None from a state that turned out wrong."""
        ...


@dataclass(frozen=True)
class Operator(ABC):
    """A function from unsigned words to an unsigned word that stands for an exact one.

    A family is a frozen dataclass whose fields are its parameters.

    Attributes
    ----------
    title : str
        What it is, in a few words.
    source : str
        Where it was published.
    """

    title: ClassVar[str]
    source: ClassVar[str]

    @property
    @abstractmethod
    def inputs(self) -> tuple[tuple[str, int], ...]:
        """Name and bits of each input word."""

    @property
    @abstractmethod
    def output_bits(self) -> int:
        """Bits of the result."""

    @abstractmethod
    def exact(self, words: IntArray) -> IntArray:
        """Exact results, shape (n,), of input words, shape (n, n_inputs)."""

    @abstractmethod
    def apply(self, words: IntArray) -> IntArray:
        """Results, shape (n,), of input words, shape (n, n_inputs)."""

    @abstractmethod
    def gates(self, builder: NetlistBuilder, words: Sequence[Sequence[int]], costs: GateCosts) -> Sequence[int]:
        """Literals of the result, least significant first, over those of the input words."""

    def parameters(self) -> dict[str, Any]:
        """Parameters by name."""
        return {field.name: getattr(self, field.name) for field in fields(self)}

    def slices(self) -> Slices | None:
        """What it does bit by bit, for those that can be described so."""
        return None

    def netlist(self, costs: GateCosts) -> Netlist:
        """The operator alone, with an output port ``y``."""
        builder = NetlistBuilder("operator")
        words = [builder.add_input(name, bits).bits for name, bits in self.inputs]
        builder.add_output("y", self.gates(builder, words, costs))
        return builder.build()

    def __str__(self) -> str:
        values = ((name, _text(value)) for name, value in self.parameters().items())
        return " ".join(f"{name}={value}" for name, value in values)


@dataclass(frozen=True)
class Adder(Operator):
    """Sum of two words of ``width`` bits, without carry in, as ``width + 1`` bits.

    Attributes
    ----------
    width : int
        Bits of each addend.
    """

    width: int = 8

    def __post_init__(self) -> None:
        check_range("width", self.width, 1, MOST_BITS)

    @property
    def inputs(self) -> tuple[tuple[str, int], ...]:
        """The addends."""
        return ("a", self.width), ("b", self.width)

    @property
    def output_bits(self) -> int:
        """Bits of the sum."""
        return self.width + 1

    def slices(self) -> Slices:
        """The adder."""
        return self

    def exact(self, words: IntArray) -> IntArray:
        """``a + b``."""
        return words[:, 0] + words[:, 1]

    @abstractmethod
    def starts(self) -> Iterable[State]:
        """As in `Slices`."""

    @abstractmethod
    def step(self, position: int, state: State, a: int, b: int) -> Iterable[tuple[State, int]]:
        """As in `Slices`."""

    @abstractmethod
    def last(self, state: State) -> int | None:
        """As in `Slices`."""


MOST_BITS = 60  # sums of two such words fit a 64-bit integer


def check_range(name: str, value: int, low: int, high: int) -> None:
    """Refuse a parameter that is not in a range.

    Raises
    ------
    OptionError
    """
    if not isinstance(value, int) or not low <= value <= high:
        raise OptionError("out of range", where=name, got=value, allowed=f"{low} to {high}")


def _text(value: Any) -> str:  # noqa: ANN401  a parameter
    return ",".join(map(str, value)) if isinstance(value, tuple) else str(value)
