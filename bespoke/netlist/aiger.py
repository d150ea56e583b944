"""Netlists as binary AIGER files (Biere, "The AIGER And-Inverter Graph Format", 2007)."""

from __future__ import annotations

from collections.abc import Sequence

from bespoke.errors import NetlistError
from bespoke.netlist.builder import NetlistBuilder
from bespoke.netlist.netlist import GateKind, Netlist

AND = int(GateKind.AND)


def to_aiger(netlist: Netlist, outputs: Sequence[int]) -> bytes:
    """AIGER file with all primary inputs, named ``i0, i1, ...``, and the given output literals, ``o0, o1, ...``.

    Gates that no output needs are left out; an XOR gate becomes three AND gates.
    """
    inputs = netlist.input_count
    needed = _needed(netlist, outputs)
    literals = [2 * net for net in range(inputs + 1)] + [0] * netlist.gate_count
    ands = bytearray()
    top = inputs

    def join(x: int, y: int) -> int:
        nonlocal top
        if x < y:
            x, y = y, x
        top += 1
        _append_delta(ands, 2 * top - x)
        _append_delta(ands, x - y)
        return 2 * top

    for net, kind, a, b in netlist.gates():
        if needed[net]:
            x, y = literals[a >> 1] ^ (a & 1), literals[b >> 1] ^ (b & 1)
            literals[net] = join(x, y) if kind == AND else join(join(x, y) ^ 1, join(x ^ 1, y ^ 1) ^ 1)
    lines = [f"aig {top} {inputs} 0 {len(outputs)} {top - inputs}"]
    lines += [str(literals[literal >> 1] ^ (literal & 1)) for literal in outputs]
    symbols = [f"i{i} i{i}" for i in range(inputs)] + [f"o{o} o{o}" for o in range(len(outputs))]
    return "\n".join(lines).encode() + b"\n" + bytes(ands) + ("\n".join(symbols) + "\n").encode()


def _needed(netlist: Netlist, outputs: Sequence[int]) -> list[bool]:
    needed = [False] * netlist.net_count
    for literal in outputs:
        needed[literal >> 1] = True
    first = netlist.input_count + 1
    for gate in range(netlist.gate_count - 1, -1, -1):
        if needed[first + gate]:
            needed[netlist.fanin_a[gate] >> 1] = True
            needed[netlist.fanin_b[gate] >> 1] = True
    return needed


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
    builder = NetlistBuilder(like.name)
    for port in like.inputs:
        builder.add_input(port.name, port.width, signed=port.signed)
    literals = _read_ands(lines[outputs], builder, inputs, ands)
    bits = iter([literals[int(line) >> 1] ^ (int(line) & 1) for line in lines[:outputs]])
    for port in like.outputs:
        builder.add_output(port.name, [next(bits) for _ in port.bits], signed=port.signed)
    return builder.build()


def _read_ands(data: bytes, builder: NetlistBuilder, inputs: int, ands: int) -> list[int]:
    """Literal of each variable's true polarity."""
    literals = [2 * net for net in range(inputs + 1)]
    place = 0
    for _ in range(ands):
        delta, place = _read_delta(data, place)
        left = 2 * len(literals) - delta
        delta, place = _read_delta(data, place)
        right = left - delta
        a, b = (literals[x >> 1] ^ (x & 1) for x in (left, right))
        literals.append(builder.and_(a, b))
    return literals


def _read_delta(data: bytes, place: int) -> tuple[int, int]:
    value = shift = 0
    while data[place] & 0x80:
        value |= (data[place] & 0x7F) << shift
        shift += 7
        place += 1
    return value | data[place] << shift, place + 1
