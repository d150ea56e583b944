"""Bits, drivers and instances of a flat module, and the mapped netlist that they make."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from graphlib import CycleError, TopologicalSorter
from heapq import heappop, heappush
from itertools import count, islice
from typing import NamedTuple

from bespoke.cells import CellLibrary
from bespoke.errors import VerilogError
from bespoke.netlist import Instance, MappedNetlist, Port
from bespoke.verilog.identifiers import free_prefix

AMBIGUOUS = -1


class Bit(NamedTuple):
    """One bit of a named wire; ``name`` is empty for a constant, whose value ``position`` is then."""

    name: str
    position: int

    def __str__(self) -> str:
        return f"{self.name}[{self.position}]" if self.name else f"1'b{self.position}"


@dataclass(frozen=True, slots=True)
class NamedNetlist:
    """A mapped netlist with the names of its file.

    Attributes
    ----------
    mapped : MappedNetlist
    nets : tuple of str
        Name of each net: that of its driver, ``x[3]`` for a bit of a vector; ``1'b0`` and ``1'b1`` for the constants.
    instances : tuple of str
        Name of each instance.
    inputs, outputs : tuple of tuple of str
        Per port the names of its bits, least significant first; a port without information has none.
    bits : dict of str to int
        Net of every name, those of outputs and assigned wires included; `AMBIGUOUS` where an escaped identifier and a
        bit of a vector have one name.
    """

    mapped: MappedNetlist
    nets: tuple[str, ...]
    instances: tuple[str, ...]
    inputs: tuple[tuple[str, ...], ...]
    outputs: tuple[tuple[str, ...], ...]
    bits: dict[str, int]


@dataclass(frozen=True, slots=True)
class PlacedCell:
    """An instance by its bits: inputs in pin order, outputs with None where nothing is connected."""

    name: str
    cell: str
    line: int
    inputs: tuple[Bit, ...]
    outputs: tuple[Bit | None, ...]


@dataclass(frozen=True, slots=True)
class PortBits:
    """A port by its bits, least significant first."""

    name: str
    bits: tuple[Bit, ...]
    signed: bool


@dataclass(slots=True)
class FlatModule:
    """What a module says, before its nets are resolved.

    ``aliases`` are pairs (driven bit, source bit) with their line, ``vectors`` the wires declared with a range, and
    ``supplies`` the ports of supplies, which are constants inside. ``names`` are those of its own wires, and
    ``inner_names`` those of wires of modules that it contains.
    """

    name: str
    where: str
    inputs: list[PortBits] = field(default_factory=list)
    outputs: list[PortBits] = field(default_factory=list)
    instances: list[PlacedCell] = field(default_factory=list)
    aliases: list[tuple[Bit, Bit, int]] = field(default_factory=list)
    vectors: set[str] = field(default_factory=set)
    ports: tuple[str, ...] = ()
    supplies: set[str] = field(default_factory=set)
    names: set[str] = field(default_factory=set)
    inner_names: set[str] = field(default_factory=set)

    def text(self, bit: Bit) -> str:
        """Name of a bit: with its index where the wire is a vector."""
        return str(bit) if bit.name in self.vectors or not bit.name else bit.name


def connect(module: FlatModule, library: CellLibrary) -> NamedNetlist:
    """The mapped netlist of a module, with its names.

    Instances keep their order as far as it is topological.

    Raises
    ------
    VerilogError
        If a bit that is read has no driver, a bit has two, or there is a combinational loop.
    """
    sources = _sources(module, library)
    order = _topological_order(module, sources)
    nets: dict[Bit, int] = {Bit("", 0): 0, Bit("", 1): 1}
    numbers = count(len(nets))

    def driven(bits: Sequence[Bit | None]) -> tuple[int, ...]:
        fresh = tuple(islice(numbers, len(bits)))
        nets.update((bit, net) for bit, net in zip(bits, fresh, strict=True) if bit is not None)
        return fresh

    def read(bits: Iterable[Bit]) -> tuple[int, ...]:
        return tuple(nets[_source(sources, bit, module)] for bit in bits)

    inputs = tuple(Port(port.name, driven(port.bits), port.signed) for port in module.inputs)
    placed = [module.instances[position] for position in order]
    instances = tuple(Instance(cell.cell, read(cell.inputs), driven(cell.outputs)) for cell in placed)
    outputs = tuple(Port(port.name, read(port.bits), port.signed) for port in module.outputs)
    mapped = MappedNetlist(module.name, library.name, inputs, outputs, instances)
    named = [bit for bit in sources if bit.name]
    return NamedNetlist(
        mapped,
        _net_names(module, nets, mapped.net_count),
        tuple(cell.name for cell in placed),
        tuple(tuple(map(module.text, port.bits)) for port in module.inputs),
        tuple(tuple(map(module.text, port.bits)) for port in module.outputs),
        _named_bits(module, dict(zip(named, read(named), strict=True))),
    )


def _net_names(module: FlatModule, nets: dict[Bit, int], count: int) -> tuple[str, ...]:
    """Names by net; an output pin that is left open gets one that nothing else has."""
    names = {net: module.text(bit) for bit, net in nets.items()}
    prefix = free_prefix("open_", names.values())
    return tuple(names.get(net, f"{prefix}{net}") for net in range(count))


def _named_bits(module: FlatModule, nets: dict[Bit, int]) -> dict[str, int]:
    named: dict[str, int] = {}
    for bit, net in nets.items():
        name = module.text(bit)
        named[name] = net if named.get(name, net) == net else AMBIGUOUS
    return named


def _sources(module: FlatModule, library: CellLibrary) -> dict[Bit, Bit]:
    """For every driven bit, the bit that it is a copy of; itself for inputs and cell outputs.

    A wire that nothing drives and that is called as a supply is one.
    """
    sources: dict[Bit, Bit] = {Bit("", 0): Bit("", 0), Bit("", 1): Bit("", 1)}
    driven = [(bit, bit, f"input {port.name}") for port in module.inputs for bit in port.bits]
    for placed in module.instances:
        place = f"{module.where}:{placed.line}"
        driven += [(bit, bit, place) for bit in placed.outputs if bit is not None]
    driven += [(bit, source, f"{module.where}:{line}") for bit, source, line in module.aliases]
    for bit, source, place in driven:
        if bit in sources:
            raise VerilogError("a bit is driven twice", where=place, got=bit, allowed="one driver")
        sources[bit] = source
    read = [bit for placed in module.instances for bit in placed.inputs] + [source for _, source, _ in module.aliases]
    for bit in (bit for bit in read if bit not in sources):
        level = library.rail(bit.name.rpartition(".")[2])
        if level is not None:
            sources[bit] = Bit("", level)
    return sources


def _source(sources: dict[Bit, Bit], bit: Bit, module: FlatModule) -> Bit:
    """The input, cell output or constant that drives a bit through any chain of assigns."""
    passed = [bit]
    while True:
        source = sources.get(passed[-1])
        if source is None:
            raise VerilogError("a bit that is read has no driver", where=module.where, got=passed[-1])
        if source == passed[-1]:
            break
        passed.append(source)
        if len(passed) > len(sources):
            raise VerilogError("assigns go in a circle", where=module.where, got=bit)
    for name in passed:
        sources[name] = passed[-1]
    return passed[-1]


def _topological_order(module: FlatModule, sources: dict[Bit, Bit]) -> list[int]:
    """Instance numbers such that drivers come first; always the lowest that is ready."""
    driver = {bit: position for position, placed in enumerate(module.instances) for bit in placed.outputs if bit}
    before = [
        {driver[s] for s in (_source(sources, bit, module) for bit in placed.inputs) if s in driver}
        for placed in module.instances
    ]
    sorter = TopologicalSorter(dict(enumerate(before)))
    with suppress(CycleError):  # the order goes on to the loop
        sorter.prepare()
    order: list[int] = []
    ready: list[int] = []
    while sorter.is_active():
        for position in sorter.get_ready():
            heappush(ready, position)
        order.append(heappop(ready))
        sorter.done(order[-1])
    if len(order) < len(before):
        raise _loop(module, before, set(range(len(before))).difference(order))
    return order


def _loop(module: FlatModule, before: Sequence[set[int]], stuck: set[int]) -> VerilogError:
    position, passed = min(stuck), list[int]()
    while position not in passed:
        passed.append(position)
        position = max(before[position] & stuck)
    loop = passed[passed.index(position) :][::-1]
    start = loop.index(min(loop))
    loop = loop[start:] + loop[:start]
    names = [module.instances[number].name for number in loop]
    text = " > ".join(names[:6]) + (" > ..." if len(names) > 6 else "")
    where = f"{module.where}:{module.instances[loop[0]].line}"
    return VerilogError("combinational loop", where=where, got=text, allowed="acyclic netlists")
