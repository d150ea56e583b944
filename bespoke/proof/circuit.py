"""A netlist as the checker sees it: cones, evaluation, copies."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import cache

from bespoke.errors import NetlistError, OpenConeError
from bespoke.netlist import AND, FALSE, TRUE, GateKind, Netlist, NetlistBuilder


class Circuit:
    """Random access to the gates of a netlist, after its invariants were checked.

    Parameters
    ----------
    netlist : Netlist

    Raises
    ------
    NetlistError
        If a gate has an unknown kind or reads a net that is not below its own.
    """

    def __init__(self, netlist: Netlist) -> None:
        self.netlist = netlist
        self.first_gate = 1 + netlist.input_count
        self.net_count = netlist.net_count
        pad = [0] * self.first_gate
        self.kinds = pad + list(netlist.kinds)
        self.a = pad + list(netlist.fanin_a)
        self.b = pad + list(netlist.fanin_b)
        for net in range(self.first_gate, self.net_count):
            if self.kinds[net] not in tuple(GateKind):
                raise NetlistError("unknown gate kind", where=f"net {net}", got=self.kinds[net])
            if not (0 <= self.a[net] < 2 * net and 0 <= self.b[net] < 2 * net):
                raise NetlistError("a gate reads a net that is not below its own", where=f"net {net}")
        first = 1
        for port in netlist.inputs:
            if port.bits != tuple(range(2 * first, 2 * (first + port.width), 2)):
                raise NetlistError("input bits are not numbered in port order", where=port.name)
            first += port.width
        if not all(self.has(literal) for literal in netlist.output_literals()):
            raise NetlistError("an output refers to an unknown net", where=netlist.name)

    def has(self, literal: int) -> bool:
        """Whether the literal exists."""
        return 0 <= literal < 2 * self.net_count

    @property
    def primary(self) -> tuple[int, ...]:
        """Nets of the primary input bits."""
        return tuple(range(1, self.first_gate))

    def cone(self, roots: Iterable[int], leaves: Collection[int], limit: int | None = None) -> list[int]:
        """Gates between root literals and leaf nets, in topological order.

        Raises
        ------
        OpenConeError
            If the cone reaches a primary input that is no leaf, or has more than ``limit`` gates.
        """
        seen: set[int] = set()
        stack = [literal >> 1 for literal in roots]
        while stack:
            net = stack.pop()
            if net == 0 or net in leaves or net in seen:
                continue
            if net < self.first_gate:
                raise OpenConeError("the cone is open", got=net)
            seen.add(net)
            if limit is not None and len(seen) > limit:
                raise OpenConeError("the cone is large", got=limit)
            stack += (self.a[net] >> 1, self.b[net] >> 1)
        return sorted(seen)

    def evaluate(
        self, literals: Sequence[int], leaves: Mapping[int, int], mask: int, limit: int | None = None
    ) -> list[int]:
        """Bit vectors of literals from those of the leaves, as many bits as ``mask`` has.

        Raises
        ------
        OpenConeError
            As `cone`.
        """
        values = {**leaves, 0: 0}
        kinds, fanin_a, fanin_b = self.kinds, self.a, self.b
        for net in self.cone(literals, values, limit):
            a, b = fanin_a[net], fanin_b[net]
            x = values[a >> 1] ^ (mask if a & 1 else 0)
            y = values[b >> 1] ^ (mask if b & 1 else 0)
            values[net] = x & y if kinds[net] == AND else x ^ y
        return [values[literal >> 1] ^ (mask if literal & 1 else 0) for literal in literals]

    def tables(self, literals: Sequence[int], leaves: Sequence[int], limit: int | None = None) -> list[int]:
        """Truth tables of literals over free leaves, the first leaf being the least significant bit of the state.

        Raises
        ------
        OpenConeError
            As `cone`.
        """
        free = dict(zip(leaves, free_tables(len(leaves)), strict=True))
        return self.evaluate(literals, free, (1 << (1 << len(leaves))) - 1, limit)


class Reader:
    """Copies literals of a circuit into a builder, with some nets given.

    Parameters
    ----------
    circuit : Circuit
    builder : NetlistBuilder
        Where the copy grows.
    given : mapping of int to int
        Nets of the circuit to literals of the builder: the leaves.
    """

    def __init__(self, circuit: Circuit, builder: NetlistBuilder, given: Mapping[int, int]) -> None:
        self._circuit = circuit
        self.builder = builder
        self._known = {**given, 0: FALSE}

    def __call__(self, literal: int) -> int:
        """Literal of the builder with the function that ``literal`` has over the leaves."""
        circuit, known = self._circuit, self._known
        if literal >> 1 not in known:
            for net in circuit.cone((literal,), known):
                a, b = circuit.a[net], circuit.b[net]
                x, y = known[a >> 1] ^ (a & 1), known[b >> 1] ^ (b & 1)
                known[net] = self.builder.gate(circuit.kinds[net], x, y)
        return known[literal >> 1] ^ (literal & 1)

    def word(self, literals: Iterable[int]) -> list[int]:
        """Copies of several literals."""
        return [self(literal) for literal in literals]


@cache
def free_tables(count: int) -> tuple[int, ...]:
    """Truth tables of ``count`` free variables: bit vectors over all ``2**count`` assignments."""
    all_ones = (1 << (1 << count)) - 1
    # Where variable v is 0 stand runs of 2**v ones, as far apart as they are long.
    return tuple(all_ones // ((1 << (1 << v)) + 1) << (1 << v) for v in range(count))


def nets_of(*words: Sequence[int]) -> tuple[int, ...]:
    """Distinct nets of literals, constants left out, ascending."""
    return tuple(sorted({literal >> 1 for word in words for literal in word if literal > TRUE}))
