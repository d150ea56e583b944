"""The netlist of library cells."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from typing import NamedTuple

from bespoke.errors import NetlistError
from bespoke.netlist.netlist import Port


class Instance(NamedTuple):
    """One placed cell.

    ``fanins`` are the nets on the cell's input pins and ``fanouts`` the nets on its output pins, both in the
    pin order of the library's cell.
    """

    cell: str
    fanins: tuple[int, ...]
    fanouts: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class MappedNetlist:
    """Combinational netlist of named cells, instances in topological order.

    Encoding
    --------
    Net 0 is the constant 0, net 1 the constant 1, nets ``2 .. 1 + input_count`` are the primary input bits in
    port order; every other net is the output of exactly one instance and is numbered in instance order.
    ``net_count`` is one more than the highest net.
    """

    name: str
    library: str
    inputs: tuple[Port, ...]
    outputs: tuple[Port, ...]
    instances: tuple[Instance, ...]

    def __post_init__(self) -> None:
        next_net = 2 + self.input_count
        for instance in self.instances:
            if any(net >= next_net for net in instance.fanins):
                raise NetlistError("an instance reads a net before it is driven", where=self.name)
            for net in instance.fanouts:
                if net != next_net:
                    raise NetlistError("nets are not numbered in instance order", where=self.name, got=net)
                next_net += 1
        if any(not 0 <= net < next_net for port in self.outputs for net in port.bits):
            raise NetlistError("an output is not driven", where=self.name)

    @property
    def input_count(self) -> int:
        """Number of primary input bits."""
        return sum(port.width for port in self.inputs)

    @property
    def net_count(self) -> int:
        """Number of nets, both constants and the primary inputs included."""
        return 2 + self.input_count + sum(len(instance.fanouts) for instance in self.instances)

    def followed_by(self, other: MappedNetlist) -> MappedNetlist:
        """The netlist with another one behind it, which reads its output bits in order and has the outputs."""
        nets = (0, 1, *(net for port in self.outputs for net in port.bits))
        nets = (*nets, *range(self.net_count, self.net_count + other.net_count - len(nets)))
        instances = tuple(
            Instance(instance.cell, tuple(nets[n] for n in instance.fanins), tuple(nets[n] for n in instance.fanouts))
            for instance in other.instances
        )
        ports = tuple(replace(port, bits=tuple(nets[net] for net in port.bits)) for port in other.outputs)
        return replace(self, outputs=ports, instances=self.instances + instances)

    def cell_histogram(self) -> dict[str, int]:
        """Number of instances of each cell, sorted by cell name."""
        return dict(sorted(Counter(instance.cell for instance in self.instances).items()))
