"""Netlists as AIGER files (Biere, "The AIGER And-Inverter Graph Format", 2007)."""

from __future__ import annotations

from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass

from bespoke.errors import NetlistError
from bespoke.netlist.netlist import AND, FALSE, TRUE, XOR, Netlist
from bespoke.netlist.rebuild import built_like


@dataclass(frozen=True, slots=True)
class AndGraph:
    """And-inverter graph with the literals of AIGER.

    Variables ``1 .. inputs`` are the inputs; gate ``g`` has the variable ``inputs + 1 + g`` and the literals
    ``ands[g]``, of which the first is the greater.
    """

    inputs: int
    ands: tuple[tuple[int, int], ...]
    outputs: tuple[int, ...]


def and_graph(netlist: Netlist, outputs: Sequence[int]) -> AndGraph:
    """All primary inputs, the given output literals, and the gates that these need.

    An XOR gate is three AND gates, one or two of which may stand for AND gates of the same fanins as well.
    """
    inputs = netlist.input_count
    needed = netlist.live_nets(outputs)
    pairs = {(min(a, b), max(a, b)) for net, kind, a, b in netlist.gates() if kind == AND and net in needed}
    literals = [2 * net for net in range(inputs + 1)] + [0] * netlist.gate_count
    made: dict[tuple[int, int], int] = {}

    def join(x: int, y: int) -> int:
        low, high = min(x, y), max(x, y)
        if low in (high, TRUE):
            return high
        if low in (high ^ 1, FALSE):
            return FALSE
        return made.setdefault((high, low), 2 * (inputs + len(made) + 1))

    for net, kind, a, b in netlist.gates():
        if net in needed:
            x, y = literals[a >> 1] ^ (a & 1), literals[b >> 1] ^ (b & 1)
            turn = _shared_turn(a, b, pairs) if kind == XOR else 0
            if kind == XOR:
                x, y = join(x, y ^ turn) ^ 1, join(x ^ 1, y ^ turn ^ 1) ^ 1
            literals[net] = join(x, y) ^ turn
    return AndGraph(inputs, tuple(made), tuple(literals[literal >> 1] ^ (literal & 1) for literal in outputs))


def _shared_turn(a: int, b: int, pairs: Container[tuple[int, int]]) -> int:
    """1 where more AND gates read one fanin of an XOR complemented than both or none, else 0."""
    even, odd = (
        sum(((min(x, y), max(x, y)) in pairs) for x, y in ((a, b ^ turn), (a ^ 1, b ^ turn ^ 1))) for turn in (0, 1)
    )
    return int(odd > even)


def to_aiger(
    netlist: Netlist,
    outputs: Sequence[int],
    *,
    names: tuple[Sequence[str], Sequence[str]] | None = None,
    is_ascii: bool = False,
) -> bytes:
    """AIGER file of `and_graph`, binary or in the ASCII form of the format.

    Inputs are called ``i0, i1, ...`` and outputs ``o0, o1, ...`` by default.
    """
    graph = and_graph(netlist, outputs)
    inputs, ands, gates = graph.inputs, len(graph.ands), bytearray()
    lines = [f"{'aag' if is_ascii else 'aig'} {inputs + ands} {inputs} 0 {len(graph.outputs)} {ands}"]
    lines += [str(2 * (number + 1)) for number in range(inputs) if is_ascii]
    lines += map(str, graph.outputs)
    for variable, (x, y) in enumerate(graph.ands, start=inputs + 1):
        if is_ascii:
            lines.append(f"{2 * variable} {x} {y}")
        else:
            _append_delta(gates, 2 * variable - x)
            _append_delta(gates, x - y)
    return "\n".join(lines).encode() + b"\n" + bytes(gates) + _symbols(graph, names)


def _symbols(graph: AndGraph, names: tuple[Sequence[str], Sequence[str]] | None) -> bytes:
    counts = (graph.inputs, len(graph.outputs))
    chosen = names or tuple([f"{kind}{n}" for n in range(count)] for kind, count in zip("io", counts, strict=True))
    lines = [f"{kind}{n} {name}" for kind, side in zip("io", chosen, strict=True) for n, name in enumerate(side)]
    return ("\n".join(lines) + "\n").encode() if lines else b""


def _append_delta(data: bytearray, delta: int) -> None:
    while delta > 0x7F:
        data.append(delta & 0x7F | 0x80)
        delta >>= 7
    data.append(delta)


def from_aiger(data: bytes, like: Netlist) -> Netlist:
    """Netlist of a combinational AIGER file with the ports of another netlist.

    Raises
    ------
    NetlistError
        If the file is malformed or has other numbers of inputs and outputs.
    """
    head, _, rest = data.partition(b"\n")
    try:
        magic, *numbers = head.split()
        top, inputs, latches, outputs, ands = (int(number) for number in numbers[:5])
    except ValueError:
        raise NetlistError("not an AIGER file", where=like.name, got=head[:40]) from None
    wanted = (b"aig", like.input_count, 0, len(like.output_literals()), like.input_count + ands)
    if (magic, inputs, latches, outputs, top) != wanted:
        raise NetlistError("the AIGER file has other ports", where=like.name, got=head.decode())
    lines = rest.split(b"\n", outputs)
    gates = _read_ands(lines[outputs], 1 + inputs, ands)
    return built_like(like, gates, [int(line) for line in lines[:outputs]])[0]


def _read_ands(data: bytes, first: int, ands: int) -> Iterator[tuple[int, int, int, int]]:
    """Gates over the literals of the file, which are those of a `Netlist` of AND gates alone."""
    position = 0
    for net in range(first, first + ands):
        delta, position = _read_delta(data, position)
        left = 2 * net - delta
        delta, position = _read_delta(data, position)
        yield net, AND, left, left - delta


def _read_delta(data: bytes, position: int) -> tuple[int, int]:
    value = shift = 0
    while data[position] & 0x80:
        value |= (data[position] & 0x7F) << shift
        shift += 7
        position += 1
    return value | data[position] << shift, position + 1
