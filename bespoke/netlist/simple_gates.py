"""Circuits of inverters and two-input NAND, NOR, AND, OR gates: what polarity costs is visible in them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Any, TypeVar

from bespoke.netlist.builder import NetlistBuilder
from bespoke.netlist.netlist import FALSE, TRUE

Vector = TypeVar("Vector", bound=Any)  # of bits, with the operators of Python's integers


class SimpleKind(IntEnum):
    """Kinds of simple gates."""

    INV = 0
    NAND = 1
    NOR = 2
    AND = 3
    OR = 4


@dataclass(frozen=True, slots=True)
class SimpleGates:
    """Combinational circuit of simple gates.

    Signals 0 and 1 are the constants, ``2 .. input_count + 1`` the primary inputs, and signal
    ``input_count + 2 + g`` is the output of gate ``g``, whose fanins are lower signals. An inverter has its
    fanin twice.
    """

    input_count: int
    kinds: tuple[int, ...]
    left: tuple[int, ...]
    right: tuple[int, ...]
    outputs: tuple[int, ...]

    def cost(self, costs: Sequence[float]) -> float:
        """Cost of all gates, for costs by kind: `bespoke.cells.GateCosts.simple`."""
        return sum(costs[kind] for kind in self.kinds)

    def signals(self, inputs: Sequence[Vector], ones: Vector) -> list[Vector]:
        """What all signals are on vectors of the inputs, such as integers or arrays of words; ``ones`` has all bits."""
        found = [ones ^ ones, ones, *inputs]
        for kind, a, b in zip(self.kinds, self.left, self.right, strict=True):
            both = found[a] | found[b] if kind in (SimpleKind.NOR, SimpleKind.OR) else found[a] & found[b]
            found.append(both if kind in (SimpleKind.AND, SimpleKind.OR) else both ^ ones)
        return found

    def build(self, builder: NetlistBuilder, inputs: Sequence[int]) -> tuple[int, ...]:
        """Literals of the outputs, over given input literals."""
        literals = [FALSE, TRUE, *inputs]
        for kind, a, b in zip(self.kinds, self.left, self.right, strict=True):
            literals.append(_literal(builder, kind, literals[a], literals[b]))
        return tuple(literals[output] for output in self.outputs)


def _literal(builder: NetlistBuilder, kind: int, a: int, b: int) -> int:
    if kind == SimpleKind.INV:
        return a ^ 1
    if kind in (SimpleKind.NAND, SimpleKind.AND):
        return builder.and_(a, b) ^ (kind == SimpleKind.NAND)
    return builder.or_(a, b) ^ (kind == SimpleKind.NOR)
