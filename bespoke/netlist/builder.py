"""Construction of netlists with structural hashing and constant folding."""

from __future__ import annotations

from collections.abc import Sequence

from bespoke.errors import NetlistError
from bespoke.netlist.netlist import AND, FALSE, TRUE, XOR, Netlist, Port


class AndBuilder:
    """A graph that grows by AND gates, with constants folded; literals are those of `Netlist`."""

    def and_(self, a: int, b: int) -> int:
        """Literal of ``a & b``."""
        if a > b:
            a, b = b, a
        if a == FALSE or a == b ^ 1:
            return FALSE
        if a in (TRUE, b):
            return b
        return self._gate(AND, a, b)

    def or_(self, a: int, b: int) -> int:
        """Literal of ``a | b``."""
        return self.and_(a ^ 1, b ^ 1) ^ 1

    def _gate(self, kind: int, a: int, b: int) -> int:
        raise NotImplementedError


class NetlistBuilder(AndBuilder):
    """Grows a netlist gate by gate; equal gates are built once, constants are folded.

    All methods take and return literals (see `Netlist`). Inputs are declared before the first gate.

    Parameters
    ----------
    name : str
        Name of the netlist.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self._inputs: list[Port] = []
        self._outputs: list[Port] = []
        self._kinds: list[int] = []
        self._fanin_a: list[int] = []
        self._fanin_b: list[int] = []
        self._levels: list[int] = [0]
        self._hashed: dict[tuple[int, int, int], int] = {}

    def add_input(self, name: str, width: int, *, signed: bool = False) -> Port:
        """Declare an input word of ``width`` bits and return its port."""
        if self._kinds:
            raise NetlistError("an input was declared after the first gate", where=self.name, got=name)
        first = len(self._levels)
        self._levels.extend([0] * width)
        port = Port(name, tuple(2 * (first + bit) for bit in range(width)), signed)
        self._inputs.append(port)
        return port

    def add_output(self, name: str, literals: Sequence[int], *, signed: bool = False) -> None:
        """Declare an output word, least significant literal first."""
        self._outputs.append(Port(name, tuple(literals), signed))

    @property
    def inputs(self) -> tuple[Port, ...]:
        """Input words declared so far."""
        return tuple(self._inputs)

    def level(self, literal: int) -> int:
        """Number of gates on the longest path from an input to the literal."""
        return self._levels[literal >> 1]

    def gate(self, kind: int, a: int, b: int) -> int:
        """Literal of a gate of a `GateKind`."""
        return self.and_(a, b) if kind == AND else self.xor(a, b)

    def xor(self, a: int, b: int) -> int:
        """Literal of ``a ^ b``."""
        complement = (a ^ b) & 1
        a, b = a & ~1, b & ~1
        if a > b:
            a, b = b, a
        if a == b:
            return complement
        if a == FALSE:
            return b ^ complement
        return self._gate(XOR, a, b) ^ complement

    def mux(self, select: int, if_true: int, if_false: int) -> int:
        """Literal of ``select ? if_true : if_false``."""
        if if_true == if_false:
            return if_true
        if if_true == if_false ^ 1:
            return self.xor(select, if_false)
        return self.or_(self.and_(select, if_true), self.and_(select ^ 1, if_false))

    def all_of(self, literals: Sequence[int]) -> int:
        """Literal of the conjunction, as a balanced tree."""
        layer = list(literals) or [TRUE]
        while len(layer) > 1:
            pairs = zip(layer[::2], layer[1::2], strict=False)
            layer = [self.and_(a, b) for a, b in pairs] + layer[len(layer) // 2 * 2 :]
        return layer[0]

    def any_of(self, literals: Sequence[int]) -> int:
        """Literal of the disjunction, as a balanced tree."""
        return self.all_of([literal ^ 1 for literal in literals]) ^ 1

    def build(self) -> Netlist:
        """Return the netlist built so far."""
        return Netlist(
            name=self.name,
            inputs=tuple(self._inputs),
            outputs=tuple(self._outputs),
            kinds=tuple(self._kinds),
            fanin_a=tuple(self._fanin_a),
            fanin_b=tuple(self._fanin_b),
        )

    def _gate(self, kind: int, a: int, b: int) -> int:
        key = (kind, a, b)
        net = self._hashed.get(key)
        if net is None:
            if b >> 1 >= len(self._levels):
                raise NetlistError("a gate refers to an unknown net", where=self.name, got=b >> 1)
            net = len(self._levels)
            self._hashed[key] = net
            self._kinds.append(kind)
            self._fanin_a.append(a)
            self._fanin_b.append(b)
            self._levels.append(1 + max(self._levels[a >> 1], self._levels[b >> 1]))
        return 2 * net
