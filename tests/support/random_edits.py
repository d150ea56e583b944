"""Seeded random edits of netlists, and what they must come to."""

from __future__ import annotations

from contextlib import suppress

import numpy as np

from bespoke.errors import NetlistError
from bespoke.netlist import WIRE, Edit, EditedNetwork, Netlist, gate_value
from bespoke.sim import pack_words, unpack_words


def random_edits(rng: np.random.Generator, netlist: Netlist, count: int = 8) -> list[Edit]:
    """Constants, nets and gates for gates and inputs, in any order; fewer where a net is gone when its turn comes."""
    network, edits = EditedNetwork(netlist), []
    for _ in range(count if netlist.gate_count else 0):
        net = int(rng.integers(1, netlist.net_count))
        a, b = rng.integers(2 * netlist.net_count, size=2).tolist()
        kinds = [Edit(net, a & 1), Edit(net, a), Edit(net, a, int(rng.integers(2)), b)]
        with suppress(NetlistError):
            edit = kinds[int(rng.integers(3))]
            network.make(edit)
            edits.append(edit)
    return edits


def forced_outputs(netlist: Netlist, edits: list[Edit], words: np.ndarray) -> np.ndarray:
    """Output words of a netlist with some nets forced to the values of other literals or gates."""
    mask = (1 << len(words)) - 1
    defined = {net: (kind, a, b) for net, kind, a, b in netlist.gates()}
    defined |= {edit.net: (edit.kind, edit.a, edit.b) for edit in edits}
    values = [0, *pack_words(words, netlist.inputs), *[0] * netlist.gate_count]

    def value(literal: int) -> int:
        return values[literal >> 1] ^ (mask if literal & 1 else 0)

    before = None
    while before != values:  # an edit may read a later net
        before = list(values)
        for net, (kind, a, b) in sorted(defined.items()):
            values[net] = value(a) if kind == WIRE else gate_value(kind, value(a), value(b))
    return unpack_words([value(literal) for literal in netlist.output_literals()], netlist.outputs, len(words))
