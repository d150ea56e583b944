"""Binary AIGER text of a netlist (Biere, "The AIGER And-Inverter Graph Format", 2007)."""

from __future__ import annotations

from collections.abc import Sequence

from bespoke.netlist import GateKind, Netlist

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
