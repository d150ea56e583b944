"""Netlist and cell library to mapped netlist."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from bespoke.cells import CellLibrary
from bespoke.collector import uncollected
from bespoke.netlist import Instance, MappedNetlist, Netlist, SimpleGates
from bespoke.techmap.cover import Cover, solve
from bespoke.techmap.direct import map_directly, mapped_like
from bespoke.techmap.matches import Matches, find_matches
from bespoke.techmap.objective import NO_PIN, PINS, Integers, Objective, match_costs
from bespoke.techmap.patterns import PatternTable, pattern_table
from bespoke.techmap.subject import Subject, subject_graph

_Choice = tuple[str, tuple[int, ...]]


@uncollected()
def map_cheapest(
    netlists: Sequence[Netlist],
    library: CellLibrary,
    objective: Objective | None = None,
    gates: Sequence[SimpleGates] = (),
) -> MappedNetlist:
    """Map netlists of one function to the cells of a library, and keep the cheapest result, the first of equals.

    Parameters
    ----------
    netlists : sequence of Netlist
    library : CellLibrary
    objective : Objective, optional
        What to save, the area by default.
    gates : SimpleGates, optional
        Simple gates with this function, which are a mapping, too.

    Raises
    ------
    LibraryError
        If the library's cells cannot realise every function, or have areas that cannot be compared.
    """
    chosen = objective or Objective()
    results = [_mapped(netlist, library, chosen) for netlist in netlists]
    found = (_mapped_directly(simple, netlists[0], library, chosen) for simple in gates)
    results += [each for each in found if each is not None]
    return min(results, key=lambda result: result[0])[1]


def _mapped(netlist: Netlist, library: CellLibrary, objective: Objective) -> tuple[float, MappedNetlist]:
    """Cost under the objective, and the mapped netlist."""
    subject = subject_graph(netlist)
    table = pattern_table(library)
    values = subject.values(objective.stimuli, objective.vectors) if objective.power_share else []
    cost = match_costs(objective, library, table.names, values, table.inverter)
    matches = find_matches(subject, table, cost)
    cover = solve(matches, 2 * (1 + subject.input_count), np.array(subject.outputs, dtype=np.int64))
    used = np.flatnonzero((cover.references > 0) & (cover.choice >= 0))
    chosen = _chosen(used, matches, cover, table)
    total = sum(matches.costs[cover.choice[used]].tolist())
    return total, _emit(netlist, library, subject, chosen)


def _mapped_directly(
    gates: SimpleGates, netlist: Netlist, library: CellLibrary, objective: Objective
) -> tuple[float, MappedNetlist] | None:
    """Cost under the objective, and each gate as one cell; None if that is not possible."""
    table = pattern_table(library)
    direct = map_directly(gates, netlist, table, library)
    if direct is None:
        return None
    numbers = {name: number for number, name in enumerate(table.names)}
    cells = np.array([numbers[instance.cell] for instance in direct.instances], dtype=np.int64)
    pins = np.full((len(cells), PINS), NO_PIN, dtype=np.int64)
    for row, instance in zip(pins, direct.instances, strict=True):
        row[: len(instance.fanins)] = instance.fanins
    values = gates.signals(objective.stimuli, (1 << objective.vectors) - 1) if objective.power_share else []
    cost = match_costs(objective, library, table.names, values, table.inverter)
    return float(cost(cells, pins).sum()), direct


def _chosen(used: Integers, matches: Matches, cover: Cover, table: PatternTable) -> dict[int, _Choice]:
    """Cell and pins of each literal that is used."""
    pins = matches.pins[cover.choice[used]]
    counts = (pins != NO_PIN).sum(axis=1)
    known = table.names
    names = [known[cell] for cell in matches.cells[cover.choice[used]].tolist()]
    rows = zip(used.tolist(), names, pins.tolist(), counts.tolist(), strict=True)
    return {literal: (name, tuple(row[:count])) for literal, name, row, count in rows}


def _emit(netlist: Netlist, library: CellLibrary, subject: Subject, chosen: Mapping[int, _Choice]) -> MappedNetlist:
    nets: dict[int, int] = {0: 0, 1: 1}
    for position in range(subject.input_count):
        nets[2 * (1 + position)] = 2 + position
    placed: dict[_Choice, int] = {}
    instances: list[Instance] = []
    next_net = 2 + subject.input_count
    for literal in _needed(subject.outputs, chosen, nets):
        cell, pins = chosen[literal]
        key = cell, tuple(nets[pin] for pin in pins)
        if key not in placed:
            placed[key] = next_net
            instances.append(Instance(*key, (next_net,)))
            next_net += 1
        nets[literal] = placed[key]
    return mapped_like(netlist, library, instances, [nets[literal] for literal in subject.outputs])


def _needed(outputs: Iterable[int], chosen: Mapping[int, _Choice], given: Iterable[int]) -> list[int]:
    """Literals to realise, each after the pins of its match."""
    order: list[int] = []
    done = set(given)
    stack = [literal for literal in outputs if literal not in done]
    while stack:
        literal = stack[-1]
        if literal in done:
            stack.pop()
            continue
        waiting = [pin for pin in chosen[literal][1] if pin not in done]
        if waiting:
            stack.extend(waiting)
        else:
            done.add(literal)
            order.append(literal)
            stack.pop()
    return order
