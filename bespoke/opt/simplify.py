"""Local rules on gates and their fanins."""

from __future__ import annotations

from bespoke.netlist import AND, FALSE, TRUE, XOR, Gate, Netlist, NetlistBuilder, rebuild

_Fanins = tuple[int, int, int]


def simplify(netlist: Netlist) -> Netlist:
    """Rebuild a netlist with absorption, contradiction and substitution over two levels, dead gates left out.

    The rules are those of two-level AIG minimisation (Brummayer and Biere, "Local Two-Level And-Inverter Graph
    Minimization without Blowup", MEMICS 2006) and their counterparts for XOR.
    """
    return rebuild(netlist, _Rules().rule)


class _Rules:
    def __init__(self) -> None:
        self.gates: dict[int, _Fanins] = {}

    def rule(self, builder: NetlistBuilder, gate: Gate) -> int:
        return self._and(builder, gate.a, gate.b) if gate.kind == AND else self._xor(builder, gate.a, gate.b)

    def _and(self, builder: NetlistBuilder, a: int, b: int) -> int:
        """Literal of ``a & b``."""
        while (shorter := self._shorter_and(a, b) or self._shorter_and(b, a)) is not None:
            a, b = shorter
        return self._recorded(builder.and_(a, b), (AND, a, b))

    def _xor(self, builder: NetlistBuilder, a: int, b: int) -> int:
        """Literal of ``a ^ b``."""
        for x, y in ((a, b), (b, a)):
            gate = self._gate_over(x, y)
            if gate is not None:
                kind, c, d = gate
                complement = (x ^ y ^ c) & 1
                return (d if kind == XOR else self._and(builder, c, d ^ 1)) ^ complement
        return self._recorded(builder.xor(a, b), (XOR, a & ~1, b & ~1))

    def _shorter_and(self, x: int, y: int) -> tuple[int, int] | None:
        """Two literals with the same conjunction as ``x`` and ``y``, one of them nearer to the inputs."""
        gate = self._gate_over(x, y)
        if gate is None:
            return None
        kind, c, d = gate
        if kind == XOR:
            return d ^ (x & 1) ^ (y == c), y
        if x & 1:
            return (d ^ 1, y) if y == c else (TRUE, y)
        return (x, TRUE) if y == c else (FALSE, y)

    def _gate_over(self, x: int, y: int) -> _Fanins | None:
        """Gate of ``x`` with the fanin on the net of ``y`` first, if there is one."""
        gate = self.gates.get(x >> 1)
        if gate is None:
            return None
        kind, c, d = gate
        if y >> 1 == c >> 1:
            return gate
        return (kind, d, c) if y >> 1 == d >> 1 else None

    def _recorded(self, literal: int, gate: _Fanins) -> int:
        if literal >> 1 not in (0, gate[1] >> 1, gate[2] >> 1):
            self.gates.setdefault(literal >> 1, gate)
        return literal
