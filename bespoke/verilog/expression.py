"""Bits that a structural Verilog expression names."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from bespoke.errors import VerilogError
from bespoke.verilog.connectivity import Bit
from bespoke.verilog.source import plain_name

# A node of pyverilog's syntax tree, which has no types.
Node = Any
MAX_WIDTH = 1 << 16
_BASES = {"b": 2, "o": 8, "d": 10, "h": 16}
_NUMBER = re.compile(r"(?:(?P<size>\d*)'[sS]?(?P<base>[bodhBODH]))?(?P<digits>[0-9a-fA-FxXzZ?]+)")
_ALLOWED = "names, bit and part selects, concatenations, constants of 0 and 1"


def range_of(width: Node, where: str) -> tuple[int, int] | None:
    """Most and least significant index of a declaration; None for a scalar."""
    if width is None:
        return None
    ends = (_index(width.msb, where), _index(width.lsb, where))
    if abs(ends[0] - ends[1]) >= MAX_WIDTH:
        raise VerilogError("a vector is too wide", where=where, got=abs(ends[0] - ends[1]) + 1, allowed=str(MAX_WIDTH))
    return ends


class Scope:
    """Wires of a module; one that is not declared is a scalar.

    Parameters
    ----------
    place : callable
        Gives the file and line of a node of the syntax tree.
    """

    def __init__(self, place: Callable[[Node], str]) -> None:
        self._place = place
        self._words: dict[str, tuple[Bit, ...]] = {}
        self.names: set[str] = set()
        self._ranges: dict[str, tuple[int, int] | None] = {}

    def declare(self, name: str, span: tuple[int, int] | None, where: str) -> None:
        """Add a wire; declaring it again is allowed with the same range (port and wire)."""
        if self._ranges.setdefault(name, span) != span:
            raise VerilogError("a wire is declared with two ranges", where=where, got=name)
        self.names.add(name)
        msb, lsb = span or (0, 0)
        step = 1 if msb >= lsb else -1
        self._words[name] = tuple(Bit(name, index) for index in range(lsb, msb + step, step))

    def word(self, name: str) -> tuple[Bit, ...]:
        """Bits of a wire, least significant first."""
        self.names.add(name)
        return self._words.get(name) or (Bit(name, 0),)

    def target(self, node: Node, *, width: int | None = None) -> tuple[Bit, ...]:
        """Bits of an expression that is driven."""
        bits = self._expression(node)
        if any(not bit.name for bit in bits):
            raise VerilogError("a constant is driven", where=self._place(node), got="an output or assign to a constant")
        return self._checked(node, bits, len(bits) if width is None else width)

    def bits(self, node: Node, *, width: int) -> tuple[Bit, ...]:
        """``width`` bits of an expression that is read; an unsized constant is as wide as it needs to be."""
        bits = self._expression(node)
        if _is_unsized(node):
            bits = (bits + (Bit("", 0),) * width)[:width]
        return self._checked(node, bits, width)

    def _checked(self, node: Node, bits: tuple[Bit, ...], width: int) -> tuple[Bit, ...]:
        if len(bits) != width:
            got, allowed = f"{len(bits)} bits", f"{width} bits"
            raise VerilogError("widths differ", where=self._place(node), got=got, allowed=allowed)
        return bits

    def _expression(self, node: Node) -> tuple[Bit, ...]:
        """Bits of an expression, least significant first; nested concatenations by an explicit stack."""
        pending = [node]
        parts: list[tuple[Bit, ...]] = []
        while pending:
            part = pending.pop()
            kind = type(part).__name__
            if kind in ("Concat", "LConcat"):
                pending += part.list
            elif kind == "Repeat":
                times = _index(part.times, self._place(part))
                if not 0 < times <= MAX_WIDTH:
                    raise VerilogError("repetition out of range", where=self._place(part), got=times)
                pending += [part.value] * times
            else:
                parts.append(self._simple(part, kind))
        return tuple(bit for part in parts for bit in part)

    def _simple(self, node: Node, kind: str) -> tuple[Bit, ...]:
        where = self._place(node)
        if kind == "IntConst":
            return _constant(node.value, where)
        if kind == "Identifier" and node.scope is None:
            return self.word(plain_name(node.name))
        if kind in ("Pointer", "Partselect") and type(node.var).__name__ == "Identifier" and node.var.scope is None:
            msb, lsb = (node.ptr, node.ptr) if kind == "Pointer" else (node.msb, node.lsb)
            return self._select(plain_name(node.var.name), _index(msb, where), _index(lsb, where), where)
        raise VerilogError("an expression that is not structural", where=where, got=kind, allowed=_ALLOWED)

    def _select(self, name: str, msb: int, lsb: int, where: str) -> tuple[Bit, ...]:
        word = self.word(name)
        try:
            low, high = word.index(Bit(name, lsb)), word.index(Bit(name, msb))
        except ValueError:
            low, high = 1, 0
        if low > high or self._ranges.get(name) is None:
            raise VerilogError("select outside of the wire", where=where, got=f"{name}[{msb}:{lsb}]")
        return word[low : high + 1]


def _is_unsized(node: Node) -> bool:
    return type(node).__name__ == "IntConst" and ("'" not in node.value or node.value.startswith("'"))


def _index(node: Node, where: str) -> int:
    sign = 1
    if type(node).__name__ == "Uminus":
        node, sign = node.right, -1
    if type(node).__name__ != "IntConst" or not node.value.replace("_", "").isdigit():
        raise VerilogError("an index that is not a number", where=where, got=node, allowed="decimal numbers")
    return sign * int(node.value.replace("_", ""))


def _constant(text: str, where: str) -> tuple[Bit, ...]:
    found = _NUMBER.fullmatch(text.replace("_", ""))
    if found is None or re.search("[xXzZ?]", found["digits"]):
        raise VerilogError("a constant that is not 0 or 1", where=where, got=text, allowed=_ALLOWED)
    value = int(found["digits"], _BASES[(found["base"] or "d").lower()])
    width = int(found["size"] or max(1, value.bit_length()))
    if not 0 < width <= MAX_WIDTH:
        raise VerilogError("a constant is too wide", where=where, got=text, allowed=f"{MAX_WIDTH} bits")
    return tuple(Bit("", value >> position & 1) for position in range(width))
