"""Selective hardening: copies of the cells whose faults matter, with voters, at the least area.

A circuit is spoilt by any of its *fatal* faults, whose area (each a share of its cell's) is to become small. A cell
with copies has none, as long as voters make its copies one before others read them; a voter has some of its own. So
what to copy is a choice of cells that costs their copies and the voters on its border, and saves fatal area: a minimum
cut, which is the best choice for each price of area. A voter may be of two copies where its net may well be stuck at
one of the values. Where that is wrong of several nets together, as the simulation of the copies' faults shows, it is a
majority.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import breadth_first_order, maximum_flow

from bespoke.faults.copies import COPIES, Copied, Flags, Plan, Vote, Voter, voters, with_copies
from bespoke.faults.defects import fault_areas_mm2
from bespoke.faults.effects import Rows, single_fault_effects
from bespoke.faults.fault import stuck_at_faults
from bespoke.faults.graph import Subject, subject
from bespoke.faults.kernel import Floats

# Fatal area that an area of 1 must save, by the number of copies.
PRICES: Mapping[int, tuple[float, ...]] = {2: (0.3, 0.2, 0.1, 0.02), COPIES: (0.45, 0.4, 0.3, 0.2, 0.1, 0.03, 0.0)}
Harm = tuple[bool, bool]  # whether a net may neither be stuck at 0 nor at 1
_BOTH = (True, True)
_ROUNDS = 6
_ENDLESS = 1 << 29
_ALL_CELLS = 1 << 25  # capacity of their whole area


class Hardened(NamedTuple):
    """A netlist with copies of cells and voters.

    Attributes
    ----------
    copied : Copied
    plan : Plan
    area_mm2 : float
        Of all cells.
    fatal_mm2 : float
        Of the faults that spoil the circuit alone, each a share of its cell's.
    """

    copied: Copied
    plan: Plan
    area_mm2: float
    fatal_mm2: float


class _Fatal(NamedTuple):
    """Per instance its area and that of its fatal faults, in mm2; per net whether it may be stuck."""

    areas: Floats
    fatal: Floats
    harms: list[Harm]


@dataclass(frozen=True, eq=False)
class Hardening:
    """The ways to harden a circuit.

    Parameters
    ----------
    circuit : Subject
    rows : Rows
        Rows that judge.
    most_loss : float
        A fault is fatal if the sum of the losses with it exceeds that without a fault by more.
    """

    circuit: Subject
    rows: Rows
    most_loss: float

    @property
    def fatal_mm2(self) -> float:
        """Area of the fatal faults without any copies."""
        return float(self._own.fatal.sum())

    def forms(self) -> list[Hardened]:
        """Hardened netlists by rising area, each with less fatal area than those before; the last one is triplicated.

        That one may have as much as others, but minds several defects least.
        """
        found = [each for copies, prices in PRICES.items() for price in prices for each in self._refined(price, copies)]
        kept, least, whole = [], self.fatal_mm2, self.triplicated()
        for each in sorted(found, key=lambda each: (each.area_mm2, each.fatal_mm2)):
            if each.fatal_mm2 < least - 1e-9 and each.area_mm2 < whole.area_mm2:
                kept.append(each)
                least = each.fatal_mm2
        return [*kept, whole]

    def triplicated(self) -> Hardened:
        """Every cell three times, and a majority of each output."""
        harms = [_BOTH] * len(self._own.harms)
        return self._made(self._plan(np.ones(len(self._own.areas), dtype=bool), harms))[0]

    def _refined(self, price: float, copies: int) -> Iterator[Hardened]:
        harms = list(self._own.harms)
        for _ in range(_ROUNDS):
            chosen = self._chosen(price, copies, harms)
            if not chosen.any():
                return
            made, wrong = self._made(self._plan(chosen, harms))
            yield made
            if not wrong:
                return
            for net in wrong:
                harms[net] = _BOTH

    def _made(self, plan: Plan) -> tuple[Hardened, set[int]]:
        """The netlist of a plan, and nets whose voters let fatal faults of copies pass."""
        copied = with_copies(self.circuit.netlist, plan, self._voters)
        found = _fatal(subject(copied.netlist, self.circuit.library), self.rows, self.most_loss)
        faulty = {copied.origins[at] for at in np.flatnonzero(found.fatal).tolist()}
        passed = self._passed(plan)
        wrong = {net for at in faulty if at >= 0 and plan.copied[at] for net in passed[at]}
        made = Hardened(copied, plan, float(found.areas.sum()), float(found.fatal.sum()))
        return made, {net for net in wrong if plan.votes[net] != "majority"}

    def _passed(self, plan: Plan) -> list[set[int]]:
        """Per instance the nets with voters that its copies reach."""
        reached: list[set[int]] = [set() for _ in plan.copied]
        for at in np.flatnonzero(plan.copied)[::-1].tolist():
            for net in self.circuit.netlist.instances[at].fanouts:
                inner = (reached[reader] for reader in self._readers[net] if reader >= 0 and plan.copied[reader])
                reached[at].update({net} & plan.votes.keys(), *inner)
        return reached

    def _plan(self, chosen: Flags, harms: Sequence[Harm]) -> Plan:
        """Copies of some cells, and voters on their border."""
        votes = {
            net: _vote(harms[net])
            for at in np.flatnonzero(chosen).tolist()
            for net in self.circuit.netlist.instances[at].fanouts
            if any(reader < 0 or not chosen[reader] for reader in self._readers[net])
        }
        return Plan(chosen, votes)

    def _chosen(self, price: float, copies: int, harms: Sequence[Harm]) -> Flags:
        """The cells that are best copied: the side of the source of a minimum cut."""
        areas, fatal, _ = self._own
        netlist, cells = self.circuit.netlist, len(areas)
        source, sink = cells + netlist.net_count, cells + netlist.net_count + 1
        edges = [(source, at, float(fatal[at])) for at in range(cells)]
        edges += [(at, sink, price * (copies - 1) * float(areas[at])) for at in range(cells)]
        for at, instance in enumerate(netlist.instances):
            for net in instance.fanouts:
                edges.append((at, cells + net, self._voting(_vote(harms[net]), harms[net], price, copies)))
                edges += [(cells + net, sink if to < 0 else to, np.inf) for to in self._readers[net]]
        return _side_of(source, sink, edges, _ALL_CELLS / float(areas.sum()))[:cells]

    def _voting(self, vote: Vote, harm: Harm, price: float, copies: int) -> float:
        """What a voter costs."""
        voter = self._voters[vote]
        return np.inf if voter.copies > copies else voter.fatal_mm2(harm) + price * voter.area_mm2

    @cached_property
    def _own(self) -> _Fatal:
        return _fatal(self.circuit, self.rows, self.most_loss)

    @cached_property
    def _voters(self) -> Mapping[Vote, Voter]:
        return voters(self.circuit.library)

    @cached_property
    def _readers(self) -> dict[int, list[int]]:
        """Per net the instances that read it, and -1 for an output."""
        netlist = self.circuit.netlist
        found: dict[int, list[int]] = {net: [] for net in range(netlist.net_count)}
        for at, instance in enumerate(netlist.instances):
            for net in dict.fromkeys(instance.fanins):
                found[net].append(at)
        for net in dict.fromkeys(net for port in netlist.outputs for net in port.bits):
            found[net].append(-1)
        return found


def _vote(harm: Harm) -> Vote:
    """How copies of a net become one that is not stuck where that is harmful."""
    votes: dict[Harm, Vote] = {(False, False): "first", (False, True): "both", (True, False): "either"}
    return votes.get(harm, "majority")


def _fatal(circuit: Subject, rows: Rows, most_loss: float) -> _Fatal:
    faults, netlist = stuck_at_faults(circuit), circuit.netlist
    areas = np.array([circuit.library[instance.cell].area_mm2 for instance in netlist.instances])
    effects = single_fault_effects(circuit, faults, rows)
    is_fatal = effects.losses > effects.limit(most_loss)
    weights = fault_areas_mm2(circuit, faults) * is_fatal
    stuck = zip(faults.sites.tolist(), faults.values.tolist(), is_fatal.tolist(), strict=True)
    by_site = {(site, value): fatal for site, value, fatal in stuck}
    sites = [-1 - node for node in circuit.nodes.tolist()]
    harms = [(by_site.get((site, 0), False), by_site.get((site, 1), False)) for site in sites]
    return _Fatal(areas, np.bincount(faults.instances, weights, len(areas)).astype(np.float64), harms)


def _side_of(source: int, sink: int, edges: Sequence[tuple[int, int, float]], scale: float) -> Flags:
    """Nodes on the side of the source of a minimum cut, for edges from, to, and capacity."""
    rows, columns, capacities = (np.array(each) for each in zip(*edges, strict=True))
    whole = np.minimum(np.rint(np.minimum(capacities * scale, _ENDLESS)), _ENDLESS).astype(np.int32)
    count = max(source, sink) + 1
    graph = csr_matrix((whole, (rows.astype(np.int32), columns.astype(np.int32))), shape=(count, count))
    left = graph - maximum_flow(graph, source, sink).flow
    left.data = (left.data > 0).astype(np.int32)
    left.eliminate_zeros()
    side = np.zeros(count, dtype=bool)
    side[breadth_first_order(left, source, return_predecessors=False)] = True
    return side
