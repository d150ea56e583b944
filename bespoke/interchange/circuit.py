"""What the writers get: a mapped netlist with its names, its cells, and the bits on its boundary."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from bespoke.cells import CellLibrary
from bespoke.netlist import MappedNetlist, Port
from bespoke.verilog import NamedNetlist


class Terminal(NamedTuple):
    """One bit on the boundary: its name, such as ``x[3]``, and its net."""

    name: str
    net: int


@dataclass(frozen=True, slots=True)
class Circuit:
    """A mapped netlist as other tools see it.

    A port without information is a terminal like any other, as it is in ``netlist.v``: an input whose net, numbered
    from ``net_count`` of the mapped netlist, nothing reads, or an output that is the constant 0.

    Attributes
    ----------
    names : NamedNetlist
    library : CellLibrary
    inputs, outputs : tuple of tuple of Terminal
        Per port its bits, least significant first.
    """

    names: NamedNetlist
    library: CellLibrary
    inputs: tuple[tuple[Terminal, ...], ...]
    outputs: tuple[tuple[Terminal, ...], ...]

    @property
    def mapped(self) -> MappedNetlist:
        """The netlist."""
        return self.names.mapped

    @property
    def input_bits(self) -> tuple[Terminal, ...]:
        """All input bits in port order."""
        return tuple(terminal for port in self.inputs for terminal in port)

    @property
    def output_bits(self) -> tuple[Terminal, ...]:
        """All output bits in port order."""
        return tuple(terminal for port in self.outputs for terminal in port)

    def read_nets(self) -> frozenset[int]:
        """Nets that an instance or an output reads."""
        nets = {net for instance in self.mapped.instances for net in instance.fanins}
        return frozenset(nets | {terminal.net for terminal in self.output_bits})

    def net_names(self) -> list[str]:
        """Name of every net, those of unread ports included."""
        unread = [terminal.name for terminal in self.input_bits if terminal.net >= self.mapped.net_count]
        return [*self.names.nets, *unread]

    def open_pins(self) -> dict[str, int]:
        """Nets of output pins that are left open, by the names that stand for them here."""
        named = set(self.names.bits.values())
        return {name: net for net, name in enumerate(self.names.nets) if net > 1 and net not in named}

    def merged_names(self) -> tuple[list[str], list[Terminal]]:
        """Names of all nets, a cell's output net being called as the first output bit that it drives.

        Also the output bits that are left: those of constants, of inputs, and of nets that drive another one already.
        For formats in which a wire has one name.
        """
        names = self.net_names()
        taken = {0, 1} | {terminal.net for terminal in self.input_bits}
        left = []
        for terminal in self.output_bits:
            if terminal.net in taken:
                left.append(terminal)
            else:
                taken.add(terminal.net)
                names[terminal.net] = terminal.name
        return names, left


def circuit_of(names: NamedNetlist, library: CellLibrary) -> Circuit:
    """The circuit of a netlist that `bespoke.verilog.read_named_netlist` read."""
    mapped = names.mapped
    fresh = mapped.net_count
    inputs = []
    for port, bits in zip(mapped.inputs, names.inputs, strict=True):
        inputs.append(_terminals(port, bits, fresh))
        fresh += not port.width
    outputs = [_terminals(port, bits, 0) for port, bits in zip(mapped.outputs, names.outputs, strict=True)]
    return Circuit(names, library, tuple(inputs), tuple(outputs))


def _terminals(port: Port, bits: Sequence[str], without: int) -> tuple[Terminal, ...]:
    if not port.width:
        return (Terminal(port.name, without),)
    return tuple(Terminal(name, net) for name, net in zip(bits, port.bits, strict=True))
