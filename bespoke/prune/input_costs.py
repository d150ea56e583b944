"""What input bits cost outside of the circuit that reads them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Source:
    """Input bits that one device puts out, such as the converter of a feature.

    Attributes
    ----------
    bits : tuple of int
        Positions among the input bits of a netlist.
    own : tuple of float
        Cost of each.
    first : float
        Cost if any of them is read.
    is_word : bool
        Whether the dearest bit that is read pays for the others; else each pays for itself.
    """

    bits: tuple[int, ...]
    own: tuple[float, ...]
    first: float
    is_word: bool

    def cost(self, read: Collection[int]) -> float:
        """Cost if the bits at some positions are read, in the unit of its figures."""
        own = [cost for bit, cost in zip(self.bits, self.own, strict=True) if bit in read]
        if not own:
            return 0.0
        return self.first + (max(own) if self.is_word else sum(own))


class InputCosts:
    """What the sources of all input bits cost, in the unit in which gates are counted.

    Parameters
    ----------
    sources : collection of Source
        Bits that belong to none cost nothing.
    """

    def __init__(self, sources: Collection[Source]) -> None:
        self._source_of = {bit: source for source in sources for bit in source.bits}

    def gain(self, read: Collection[int], freed: Collection[int], added: Collection[int]) -> float:
        """What is saved if, of the bits that are read now, some are not any more, and further ones are."""
        touched = {id(source): source for bit in (*freed, *added) if (source := self._source_of.get(bit))}
        now = set(read)
        later = (now - set(freed)) | set(added)
        return sum(source.cost(now) - source.cost(later) for source in touched.values())
