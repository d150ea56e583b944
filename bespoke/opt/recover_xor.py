"""XOR gates back from AND gates."""

from __future__ import annotations

from bespoke.netlist import AND, Gate, Netlist, NetlistBuilder, keep_gate, rebuild

# Truth tables over two variables, the first 0b1010, the second 0b1100.
_XOR, _XNOR, _FULL = 0b0110, 0b1001, 0b1111
_PAIRS_PER_NET = 6
_Tables = dict[tuple[int, int], int]


def recover_xor(netlist: Netlist) -> Netlist:
    """Rebuild a netlist with an XOR gate wherever AND gates compute the XOR of two nets.

    Every net is tried over pairs of nets a few levels below it, so the two-product and the four-NAND form are
    both found.
    """
    tables: dict[int, _Tables] = {}

    def rule(builder: NetlistBuilder, gate: Gate) -> int:
        found = _pair_tables(gate.a, gate.b, tables) if gate.kind == AND else {}
        for (first, second), table in found.items():
            if table in (_XOR, _XNOR):
                return builder.xor(2 * first, 2 * second) ^ (table == _XNOR)
        literal = keep_gate(builder, gate)
        if literal >> 1 not in (0, gate.a >> 1, gate.b >> 1):
            tables[literal >> 1] = found
        return literal

    return rebuild(netlist, rule)


def _pair_tables(a: int, b: int, tables: dict[int, _Tables]) -> _Tables:
    """Truth tables of ``a & b`` over pairs of nets at or below its fanins."""
    pair = (min(a >> 1, b >> 1), max(a >> 1, b >> 1))
    pairs = dict.fromkeys([pair, *tables.get(a >> 1, ()), *tables.get(b >> 1, ())])
    found: _Tables = {}
    for over in pairs:
        left, right = _over(a >> 1, over, tables), _over(b >> 1, over, tables)
        if left is not None and right is not None and len(found) < _PAIRS_PER_NET:
            found[over] = (left ^ _FULL * (a & 1)) & (right ^ _FULL * (b & 1))
    return found


def _over(net: int, pair: tuple[int, int], tables: dict[int, _Tables]) -> int | None:
    if net == pair[0]:
        return 0b1010
    if net == pair[1]:
        return 0b1100
    return tables.get(net, {}).get(pair)
