"""Bits, drivers and instances of a flat module, and the mapped netlist that they make."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from heapq import heapify, heappop, heappush
from typing import NamedTuple

from bespoke.cells import CellLibrary
from bespoke.errors import VerilogError
from bespoke.netlist import Instance, MappedNetlist, Port

AMBIGUOUS = -1


class Bit(NamedTuple):
    """One bit of a named wire; ``name`` is empty for a constant, whose value ``place`` is then."""

    name: str
    place: int

    def __str__(self) -> str:
        return f"{self.name}[{self.place}]" if self.name else f"1'b{self.place}"


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

    ``aliases`` are pairs (driven bit, source bit) with their line, ``vectors`` the wires declared with a range.
    """

    name: str
    where: str
    inputs: list[PortBits] = field(default_factory=list)
    outputs: list[PortBits] = field(default_factory=list)
    instances: list[PlacedCell] = field(default_factory=list)
    aliases: list[tuple[Bit, Bit, int]] = field(default_factory=list)
    vectors: set[str] = field(default_factory=set)

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
    sources = _sources(module)
    order = _topological_order(module, sources)
    nets: dict[Bit, int] = {Bit("", 0): 0, Bit("", 1): 1}
    inputs = tuple(Port(port.name, _number(nets, port.bits), port.signed) for port in module.inputs)
    instances = []
    net = len(nets)
    for place in order:
        placed = module.instances[place]
        fanins = tuple(nets[_source(sources, bit, module)] for bit in placed.inputs)
        fanouts = tuple(range(net, net + len(placed.outputs)))
        nets.update((bit, number) for bit, number in zip(placed.outputs, fanouts, strict=True) if bit is not None)
        net += len(fanouts)
        instances.append(Instance(placed.cell, fanins, fanouts))
    outputs = tuple(
        Port(port.name, tuple(nets[_source(sources, bit, module)] for bit in port.bits), port.signed)
        for port in module.outputs
    )
    mapped = MappedNetlist(module.name, library.name, inputs, outputs, tuple(instances))
    return NamedNetlist(
        mapped,
        _net_names(module, nets, mapped.net_count),
        tuple(module.instances[place].name for place in order),
        tuple(tuple(map(module.text, port.bits)) for port in module.inputs),
        tuple(tuple(map(module.text, port.bits)) for port in module.outputs),
        _named_bits(module, {bit: nets[_source(sources, bit, module)] for bit in sources if bit.name}),
    )


def _net_names(module: FlatModule, nets: dict[Bit, int], count: int) -> tuple[str, ...]:
    """Names by net; an output pin that is left open gets one that nothing else has."""
    names = {net: module.text(bit) for bit, net in nets.items()}
    taken = set(names.values())
    prefix = "open_"
    while any(name.startswith(prefix) for name in taken):
        prefix += "_"
    return tuple(names.get(net, f"{prefix}{net}") for net in range(count))


def _named_bits(module: FlatModule, nets: dict[Bit, int]) -> dict[str, int]:
    named: dict[str, int] = {}
    for bit, net in nets.items():
        name = module.text(bit)
        named[name] = net if named.get(name, net) == net else AMBIGUOUS
    return named


def _number(nets: dict[Bit, int], bits: Iterable[Bit]) -> tuple[int, ...]:
    numbers = []
    for bit in bits:
        nets[bit] = len(nets)
        numbers.append(nets[bit])
    return tuple(numbers)


def _sources(module: FlatModule) -> dict[Bit, Bit]:
    """For every driven bit, the bit that it is a copy of; itself for inputs and cell outputs."""
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
    driver = {bit: place for place, placed in enumerate(module.instances) for bit in placed.outputs if bit}
    waiting = []
    readers: list[list[int]] = [[] for _ in module.instances]
    for place, placed in enumerate(module.instances):
        before = {driver[s] for s in (_source(sources, bit, module) for bit in placed.inputs) if s in driver}
        waiting.append(len(before))
        for other in before:
            readers[other].append(place)
    ready = [place for place, count in enumerate(waiting) if count == 0]
    heapify(ready)
    order = []
    while ready:
        place = heappop(ready)
        order.append(place)
        for reader in readers[place]:
            waiting[reader] -= 1
            if waiting[reader] == 0:
                heappush(ready, reader)
    if len(order) < len(module.instances):
        _refuse_loop(module, readers, waiting)
    return order


def _refuse_loop(module: FlatModule, readers: Sequence[Sequence[int]], waiting: Sequence[int]) -> None:
    stuck = {place for place, count in enumerate(waiting) if count}
    predecessor = {reader: place for place in stuck for reader in readers[place]}
    place, passed = min(stuck), []
    while place not in passed:
        passed.append(place)
        place = predecessor[place]
    loop = passed[passed.index(place) :][::-1]
    start = loop.index(min(loop))
    loop = loop[start:] + loop[:start]
    names = [module.instances[number].name for number in loop]
    text = " > ".join(names[:6]) + (" > ..." if len(names) > 6 else "")
    where = f"{module.where}:{module.instances[loop[0]].line}"
    raise VerilogError("combinational loop", where=where, got=text, allowed="acyclic netlists")
