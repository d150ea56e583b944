"""What the loss would be if a net were flipped, and which nets depend on it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from bespoke.netlist import AND
from bespoke.prune.judge import Judge
from bespoke.prune.network import PruningNetwork

Wrong = tuple[int, ...]


class Observability:
    """Effects of flipping the nets of a network as it is now; to be made anew after an edit.

    Parameters
    ----------
    network : PruningNetwork
    judge : Judge

    Attributes
    ----------
    wrong : tuple of int
        Per term of the loss the bit vector of vectors that are wrong now.
    """

    def __init__(self, network: PruningNetwork, judge: Judge) -> None:
        self.network = network
        self.judge = judge
        self.wrong = judge.wrong(network.output_values())
        self._positions = np.array(network.positions)
        self._cones = _fanout_cones(network)
        self._flipped: dict[int, Wrong] = {}
        self._read = {literal >> 1 for literal in network.outputs}

    def fanout_cone(self, net: int) -> NDArray[np.int64]:
        """Gates that depend on a net, each after those it reads."""
        bits = self._cones[net]
        packed = np.frombuffer(bits.to_bytes(-(-bits.bit_length() // 8), "little"), dtype=np.uint8)
        cone = np.flatnonzero(np.unpackbits(packed, bitorder="little"))
        return cone[np.argsort(self._positions[cone])]

    def flipped(self, net: int) -> Wrong:
        """Vectors that would be wrong if a net had the opposite value everywhere, per term of the loss."""
        root, through = self._root(net)
        known = self._flipped.get(root)
        if known is None:
            outputs = self.network.flipped_outputs(root, self.fanout_cone(root).tolist())
            known = self._flipped[root] = self.judge.wrong(outputs)
        return tuple(now ^ ((now ^ then) & through) for now, then in zip(self.wrong, known, strict=True))

    def _root(self, net: int) -> tuple[int, int]:
        """Where the fanout-free path from a net ends, and the vectors on which a change gets there."""
        network, through = self.network, self.network.mask
        while len(network.readers[net]) == 1 and net not in self._read:
            (reader,) = network.readers[net]
            if network.kinds[reader] == AND:
                a, b = network.fanins[reader]
                through &= network.values[b if a >> 1 == net else a]
            net = reader
        return net, through


def _fanout_cones(network: PruningNetwork) -> list[int]:
    """Per net the set of gates that depend on it, as the bits of an integer."""
    cones = [0] * len(network.kinds)
    for gate in reversed(network.gates()):
        cone = cones[gate] | 1 << gate
        a, b = network.fanins[gate]
        cones[a >> 1] |= cone
        cones[b >> 1] |= cone
    return cones
