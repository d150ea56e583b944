"""Netlists some of whose cells are there several times, with voters behind them: the function stays."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from bespoke.cells import CellLibrary
from bespoke.faults.defects import fault_areas_mm2
from bespoke.faults.effects import Rows, single_fault_effects
from bespoke.faults.fault import stuck_at_faults
from bespoke.faults.graph import subject
from bespoke.netlist import Instance, MappedNetlist, NetlistBuilder, Port
from bespoke.techmap import map_cheapest

Vote = Literal["first", "both", "either", "majority"]
VOTES: tuple[Vote, ...] = ("first", "both", "either", "majority")
COPIES = 3
_READ: Mapping[Vote, int] = {"first": 1, "both": 2, "either": 2, "majority": COPIES}
Flags = NDArray[np.bool_]


class Voter(NamedTuple):
    """Cells that make one net of the first copies of a net; none for the first copy itself.

    Attributes
    ----------
    netlist : MappedNetlist
        Its input port has a bit per copy that is read, its output port one bit.
    area_mm2 : float
    flaws_mm2 : mapping of (bool, bool) to float
        Where copies agree: area of its faults, each a share of its cell's area, that turn a 0 into a 1, a 1 into a 0,
        or do both.
    """

    netlist: MappedNetlist
    area_mm2: float
    flaws_mm2: Mapping[tuple[bool, bool], float]

    @property
    def copies(self) -> int:
        """How many it reads."""
        return self.netlist.inputs[0].width

    def fatal_mm2(self, harm: tuple[bool, bool]) -> float:
        """Area of its harmful faults, where ``harm`` tells whether a net may neither be stuck at 0 nor at 1."""
        to_zero, to_one = harm
        return sum(area for (rises, falls), area in self.flaws_mm2.items() if (rises and to_one) or (falls and to_zero))


def voters(library: CellLibrary) -> dict[Vote, Voter]:
    """The voters, of the cells of a library."""
    return {vote: _voter(vote, library) for vote in VOTES}


def _voter(vote: Vote, library: CellLibrary) -> Voter:
    builder = NetlistBuilder(vote)
    copies = builder.add_input("copies", _READ[vote]).bits
    if vote == "majority":
        a, b, c = copies
        literal = builder.or_(builder.and_(a, b), builder.and_(c, builder.or_(a, b)))
    else:
        literal = builder.any_of(copies) if vote == "either" else builder.all_of(copies)
    builder.add_output("voted", [literal])
    mapped = map_cheapest([builder.build()], library)
    circuit = subject(mapped, library)
    faults = stuck_at_faults(circuit)
    areas = np.array([library[instance.cell].area_mm2 for instance in mapped.instances])
    shares = fault_areas_mm2(circuit, faults)
    agreeing = [Rows(np.array([[word]]), np.array([float(bit)])) for bit, word in ((0, 0), (1, 2 ** len(copies) - 1))]
    rises, falls = (single_fault_effects(circuit, faults, rows).changed > 0 for rows in agreeing)
    kinds = [(True, False), (False, True), (True, True)]
    flaws = {(up, down): float(shares[(rises == up) & (falls == down)].sum()) for up, down in kinds}
    return Voter(mapped, float(areas.sum()), flaws)


class Plan(NamedTuple):
    """What of a netlist is there several times.

    Attributes
    ----------
    copied : ndarray of bool, shape (n_instances,)
    votes : mapping of int to Vote
        By the net of a copied cell that others read, or that is an output, how its copies become one.
    """

    copied: Flags
    votes: Mapping[int, Vote]


class Copied(NamedTuple):
    """A netlist with copies; ``origins`` has per instance the one of the original netlist, -1 for a voter's."""

    netlist: MappedNetlist
    origins: tuple[int, ...]


def with_copies(netlist: MappedNetlist, plan: Plan, known: Mapping[Vote, Voter]) -> Copied:
    """A netlist of the same function with copies of cells, and voters where they are read as one.

    Each copy of a cell reads the copies of the same number; copies that nothing reads are left out.
    """
    growing = _Growing(netlist)
    for number, instance in enumerate(netlist.instances):
        if not plan.copied[number]:
            growing.add_single(number, instance)
            continue
        growing.add_copies(number, instance)
        for net in instance.fanouts:
            if net in plan.votes:
                growing.vote(net, known[plan.votes[net]].netlist)
    return growing.swept()


class _Growing:
    """A netlist that grows; each net of the original one has one net as others read it, and perhaps copies."""

    def __init__(self, netlist: MappedNetlist) -> None:
        self._original = netlist
        self._next = 2 + netlist.input_count
        self._instances: list[tuple[int, Instance]] = []
        self._single: dict[int, int] = {net: net for net in range(self._next)}
        self._copies: dict[int, tuple[int, ...]] = {}

    def add_single(self, number: int, instance: Instance) -> None:
        made = self._place(number, instance, [self._single[net] for net in instance.fanins])
        self._single |= dict(zip(instance.fanouts, made, strict=True))

    def add_copies(self, number: int, instance: Instance) -> None:
        read = [self._copies.get(net) or (self._single[net],) * COPIES for net in instance.fanins]
        made = [self._place(number, instance, [nets[copy] for nets in read]) for copy in range(COPIES)]
        self._copies |= dict(zip(instance.fanouts, zip(*made, strict=True), strict=True))

    def vote(self, net: int, voter: MappedNetlist) -> None:
        (port,) = voter.inputs
        inner = {0: 0, 1: 1} | dict(zip(port.bits, self._copies[net], strict=False))
        for instance in voter.instances:
            made = self._place(-1, instance, [inner[pin] for pin in instance.fanins])
            inner |= dict(zip(instance.fanouts, made, strict=True))
        self._single[net] = inner[voter.outputs[0].bits[0]]

    def _place(self, number: int, instance: Instance, fanins: Sequence[int]) -> tuple[int, ...]:
        fanouts = tuple(range(self._next, self._next + len(instance.fanouts)))
        self._next += len(fanouts)
        self._instances.append((number, Instance(instance.cell, tuple(fanins), fanouts)))
        return fanouts

    def swept(self) -> Copied:
        """The netlist without cells that nothing reads."""
        outputs = [[self._single[net] for net in port.bits] for port in self._original.outputs]
        used = {net for nets in outputs for net in nets}
        kept = []
        for number, instance in reversed(self._instances):
            if not used.isdisjoint(instance.fanouts):
                used |= set(instance.fanins)
                kept.append((number, instance))
        numbers, instances = {net: net for net in range(2 + self._original.input_count)}, []
        for _, instance in reversed(kept):
            fanouts = tuple(range(len(numbers), len(numbers) + len(instance.fanouts)))
            numbers |= dict(zip(instance.fanouts, fanouts, strict=True))
            instances.append(Instance(instance.cell, tuple(numbers[net] for net in instance.fanins), fanouts))
        ports = tuple(
            Port(port.name, tuple(numbers[net] for net in nets), port.signed)
            for port, nets in zip(self._original.outputs, outputs, strict=True)
        )
        name, library, inputs = self._original.name, self._original.library, self._original.inputs
        origins = tuple(number for number, _ in reversed(kept))
        return Copied(MappedNetlist(name, library, inputs, ports, tuple(instances)), origins)
