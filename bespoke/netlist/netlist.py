"""The generic gate-level netlist: flat, immutable, in topological order."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import IntEnum

from bespoke.errors import NetlistError

FALSE = 0
TRUE = 1


class GateKind(IntEnum):
    """Kinds of generic gates; `AND` and `XOR` are the same as plain integers, for lists of kinds and inner loops."""

    AND = 0
    XOR = 1


AND, XOR = (int(kind) for kind in GateKind)


def gate_value(kind: int, x: int, y: int) -> int:
    """Bit vector of a gate for those of its fanins."""
    return x & y if kind == AND else x ^ y


@dataclass(frozen=True, slots=True)
class Port:
    """A named word on the boundary, least significant bit first.

    ``bits`` are literals in a `Netlist` and nets in a `MappedNetlist`. ``signed`` says how the word is read
    as a number (two's complement if true). A port may have no bit at all (a feature that is quantised to a
    constant).
    """

    name: str
    bits: tuple[int, ...]
    signed: bool = False

    @property
    def width(self) -> int:
        """Number of bits."""
        return len(self.bits)


@dataclass(frozen=True, slots=True)
class Netlist:
    """Generic combinational netlist of two-input AND and XOR gates with complemented edges.

    Encoding
    --------
    Nets are numbered: net 0 is the constant false, nets ``1 .. input_count`` are the primary input bits in
    port order, and net ``input_count + 1 + g`` is the output of gate ``g``. A *literal* is
    ``2 * net + complement``; so literal 0 is false and literal 1 is true. Gate ``g`` has kind ``kinds[g]``
    and the fanin literals ``fanin_a[g]`` and ``fanin_b[g]``, which refer to lower nets only: index order is
    topological. An XOR gate has uncomplemented fanins. Only `NetlistBuilder` makes one.
    """

    name: str
    inputs: tuple[Port, ...]
    outputs: tuple[Port, ...]
    kinds: tuple[int, ...]
    fanin_a: tuple[int, ...]
    fanin_b: tuple[int, ...]

    def __post_init__(self) -> None:
        if not len(self.kinds) == len(self.fanin_a) == len(self.fanin_b):
            raise NetlistError("gate lists differ in length", where=self.name)

    @property
    def input_count(self) -> int:
        """Number of primary input bits."""
        return sum(port.width for port in self.inputs)

    @property
    def gate_count(self) -> int:
        """Number of gates."""
        return len(self.kinds)

    @property
    def net_count(self) -> int:
        """Number of nets, the constant and the primary inputs included."""
        return 1 + self.input_count + self.gate_count

    def gates(self) -> Iterator[tuple[int, int, int, int]]:
        """Yield (net, kind, fanin literal a, fanin literal b) in topological order."""
        first = 1 + self.input_count
        for offset, (kind, a, b) in enumerate(zip(self.kinds, self.fanin_a, self.fanin_b, strict=True)):
            yield first + offset, kind, a, b

    def live_nets(self, outputs: Iterable[int] | None = None) -> set[int]:
        """Nets in the fanin cones of the given literals, by default of all outputs."""
        live = {literal >> 1 for literal in (self.output_literals() if outputs is None else outputs)}
        first = 1 + self.input_count
        for net in range(self.net_count - 1, first - 1, -1):
            if net in live:
                live.add(self.fanin_a[net - first] >> 1)
                live.add(self.fanin_b[net - first] >> 1)
        return live

    def output_literals(self) -> tuple[int, ...]:
        """Literals of all outputs in port order."""
        return tuple(literal for port in self.outputs for literal in port.bits)

    def __str__(self) -> str:
        lines = [f"netlist {self.name}"]
        lines += [f"input {port.name} = {_word(port)}" for port in self.inputs]
        for net, kind, a, b in self.gates():
            lines.append(f"n{net} = {GateKind(kind).name.lower()} {literal_text(a)} {literal_text(b)}")
        lines += [f"output {port.name} = {_word(port)}" for port in self.outputs]
        return "\n".join(lines) + "\n"


def literal_vectors(gates: Iterable[tuple[int, int, int]], inputs: Iterable[int], count: int) -> list[int]:
    """Bit vectors of ``count`` bits of all literals (both polarities of every net).

    Parameters
    ----------
    gates : iterable of (int, int, int)
        Kind and fanin literals in the order of the nets.
    inputs : iterable of int
        Bit vectors of the primary inputs.
    count : int
    """
    mask = (1 << count) - 1
    values = [0, mask]
    for vector in inputs:
        values += (vector, vector ^ mask)
    for kind, a, b in gates:
        value = values[a] & values[b] if kind == AND else values[a] ^ values[b]
        values += (value, value ^ mask)
    return values


def literal_text(literal: int) -> str:
    """Readable form of a literal: ``n5``, ``~n5``, ``0`` or ``1``."""
    if literal <= TRUE:
        return str(literal)
    return f"{'~' if literal & 1 else ''}n{literal >> 1}"


def _word(port: Port) -> str:
    bits = " ".join(literal_text(literal) for literal in port.bits)
    return f"{'signed ' if port.signed else ''}[{bits}]"
