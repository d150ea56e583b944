"""XOR gates back from AND gates."""

from __future__ import annotations

from bespoke.netlist import GateKind, Netlist, NetlistBuilder, live_nets

AND = int(GateKind.AND)
# Truth tables over two variables, the first 0b1010, the second 0b1100.
_XOR, _XNOR, _FULL = 0b0110, 0b1001, 0b1111
_PAIRS_PER_NET = 6
_Tables = dict[tuple[int, int], int]


def recover_xor(netlist: Netlist) -> Netlist:
    """Rebuild a netlist with an XOR gate wherever AND gates compute the XOR of two nets.

    Every net is tried over pairs of nets a few levels below it, so the two-product and the four-NAND form are
    both found.
    """
    builder = NetlistBuilder(netlist.name)
    for port in netlist.inputs:
        builder.add_input(port.name, port.width, signed=port.signed)
    literals = [2 * net for net in range(1 + netlist.input_count)] + [0] * netlist.gate_count
    tables: list[_Tables] = [{} for _ in literals]
    live = live_nets(netlist)
    for net, kind, a, b in netlist.gates():
        if net not in live:
            continue
        x, y = literals[a >> 1] ^ (a & 1), literals[b >> 1] ^ (b & 1)
        tables[net] = {} if kind != AND else _pair_tables(a, b, tables)
        found = next(((pair, t) for pair, t in tables[net].items() if t in (_XOR, _XNOR)), None)
        if kind != AND:
            literals[net] = builder.xor(x, y)
        elif found:
            (first, second), table = found
            literals[net] = builder.xor(literals[first], literals[second]) ^ (table == _XNOR)
            tables[net] = {}
        else:
            literals[net] = builder.and_(x, y)
    for port in netlist.outputs:
        builder.add_output(port.name, [literals[bit >> 1] ^ (bit & 1) for bit in port.bits], signed=port.signed)
    return builder.build()


def _pair_tables(a: int, b: int, tables: list[_Tables]) -> _Tables:
    """Truth tables of ``a & b`` over pairs of nets at or below its fanins."""
    pair = (min(a >> 1, b >> 1), max(a >> 1, b >> 1))
    pairs = dict.fromkeys([pair, *tables[a >> 1], *tables[b >> 1]])
    found: _Tables = {}
    for over in pairs:
        left, right = _over(a >> 1, over, tables), _over(b >> 1, over, tables)
        if left is not None and right is not None and len(found) < _PAIRS_PER_NET:
            found[over] = (left ^ _FULL * (a & 1)) & (right ^ _FULL * (b & 1))
    return found


def _over(net: int, pair: tuple[int, int], tables: list[_Tables]) -> int | None:
    if net == pair[0]:
        return 0b1010
    if net == pair[1]:
        return 0b1100
    return tables[net].get(pair)
