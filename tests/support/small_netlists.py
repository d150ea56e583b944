"""Hand-sized netlists."""

from __future__ import annotations

from bespoke.netlist import Netlist, NetlistBuilder


def full_adder() -> Netlist:
    builder = NetlistBuilder("adder")
    a, b, c = (builder.add_input(name, 1).bits[0] for name in "abc")
    half = builder.xor(a, b)
    carry = builder.or_(builder.and_(a, b), builder.and_(half, c))
    builder.add_output("total", [builder.xor(half, c), carry])
    return builder.build()
