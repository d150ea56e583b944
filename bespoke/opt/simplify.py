"""Local rules on gates and their fanins."""

from __future__ import annotations

from bespoke.netlist import FALSE, TRUE, GateKind, Netlist, NetlistBuilder, live_nets

AND = int(GateKind.AND)
XOR = int(GateKind.XOR)
Gate = tuple[int, int, int]


def simplify(netlist: Netlist) -> Netlist:
    """Rebuild a netlist with absorption, contradiction and substitution over two levels, dead gates left out.

    The rules are those of two-level AIG minimisation (Brummayer and Biere, "Local Two-Level And-Inverter Graph
    Minimization without Blowup", MEMICS 2006) and their counterparts for XOR.
    """
    rebuilt = _Rebuilt(netlist)
    live = live_nets(netlist)
    for net, kind, a, b in netlist.gates():
        if net in live:
            rebuilt.add(net, kind, a, b)
    return rebuilt.finish(netlist)


class _Rebuilt:
    def __init__(self, netlist: Netlist) -> None:
        self.builder = NetlistBuilder(netlist.name)
        self.literals = list(range(2 * (1 + netlist.input_count))) + [0] * (2 * netlist.gate_count)
        self.gates: dict[int, Gate] = {}
        for port in netlist.inputs:
            self.builder.add_input(port.name, port.width, signed=port.signed)

    def add(self, net: int, kind: int, a: int, b: int) -> None:
        a, b = self.literals[a], self.literals[b]
        literal = self.and_(a, b) if kind == AND else self.xor(a, b)
        self.literals[2 * net], self.literals[2 * net + 1] = literal, literal ^ 1

    def finish(self, netlist: Netlist) -> Netlist:
        for port in netlist.outputs:
            self.builder.add_output(port.name, [self.literals[bit] for bit in port.bits], signed=port.signed)
        return self.builder.build()

    def and_(self, a: int, b: int) -> int:
        """Literal of ``a & b``."""
        while True:
            shorter = self._shorter_and(a, b) or self._shorter_and(b, a)
            if shorter is None:
                literal = self.builder.and_(a, b)
                self._record(literal, (AND, a, b))
                return literal
            a, b = shorter

    def xor(self, a: int, b: int) -> int:
        """Literal of ``a ^ b``."""
        for x, y in ((a, b), (b, a)):
            gate = self._gate_over(x, y)
            if gate is not None:
                kind, c, d = gate
                complement = (x ^ y ^ c) & 1
                return (d if kind == XOR else self.and_(c, d ^ 1)) ^ complement
        literal = self.builder.xor(a, b)
        self._record(literal, (XOR, a & ~1, b & ~1))
        return literal

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

    def _gate_over(self, x: int, y: int) -> Gate | None:
        """Gate of ``x`` with the fanin on the net of ``y`` first, if there is one."""
        gate = self.gates.get(x >> 1)
        if gate is None:
            return None
        kind, c, d = gate
        if y >> 1 == c >> 1:
            return gate
        return (kind, d, c) if y >> 1 == d >> 1 else None

    def _record(self, literal: int, gate: Gate) -> None:
        if literal >> 1 not in (0, gate[1] >> 1, gate[2] >> 1):
            self.gates.setdefault(literal >> 1, gate)
