"""Netlist and cell library to mapped netlist."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from bespoke.cells import CellLibrary
from bespoke.netlist import Instance, MappedNetlist, Netlist, Port, SimpleGates
from bespoke.techmap.cover import Cover
from bespoke.techmap.direct import map_directly
from bespoke.techmap.matches import Match, find_matches
from bespoke.techmap.objective import Objective, cell_costs
from bespoke.techmap.patterns import pattern_table
from bespoke.techmap.subject import Subject, subject_graph


def map_netlist(netlist: Netlist, library: CellLibrary, objective: Objective | None = None) -> MappedNetlist:
    """Map a netlist to the cells of a library, with the same function.

    Parameters
    ----------
    netlist : Netlist
    library : CellLibrary
    objective : Objective, optional
        What to save, the area by default.

    Raises
    ------
    LibraryError
        If the library's cells cannot realise every function, or have areas that cannot be compared.
    """
    return _mapped(netlist, library, objective or Objective())[1]


def map_cheapest(
    netlists: Sequence[Netlist],
    library: CellLibrary,
    objective: Objective | None = None,
    gates: SimpleGates | None = None,
) -> MappedNetlist:
    """Map several netlists of one function and keep the cheapest result, the first of equals.

    Where the area is what counts, simple gates with this function are a mapping too.
    """
    chosen = objective or Objective()
    results = [_mapped(netlist, library, chosen) for netlist in netlists]
    if gates is not None and not chosen.power_share:
        table = pattern_table(library)
        direct = map_directly(gates, netlists[0], table, library)
        if direct is not None:
            inverter = library[table.inverter].area_mm2
            results.append((sum(library[i.cell].area_mm2 for i in direct.instances) / inverter, direct))
    return min(results, key=lambda result: result[0])[1]


def _mapped(netlist: Netlist, library: CellLibrary, objective: Objective) -> tuple[float, MappedNetlist]:
    """Cost under the objective, and the mapped netlist."""
    subject = subject_graph(netlist)
    table = pattern_table(library)
    values = subject.values(objective.stimuli, objective.vectors) if objective.power_share else []
    cost = cell_costs(objective, library, values, table.inverter)
    matches = find_matches(subject, table, cost)
    inverters = [_inverter(cost(table.inverter, (i ^ 1,)), table.inverter, i) for i in range(len(matches))]
    cover = Cover(matches, inverters, 2 * (1 + subject.input_count), subject.outputs)
    cover.solve()
    return cover.cost(), _emit(netlist, library, subject, cover)


def _inverter(cost: float, cell: str, literal: int) -> Match:
    return Match(cost, cell, (literal ^ 1,))


def _emit(netlist: Netlist, library: CellLibrary, subject: Subject, cover: Cover) -> MappedNetlist:
    nets: dict[int, int] = {0: 0, 1: 1}
    for position in range(subject.input_count):
        nets[2 * (1 + position)] = 2 + position
    placed: dict[tuple[str, tuple[int, ...]], int] = {}
    instances: list[Instance] = []
    next_net = 2 + subject.input_count
    for literal in _needed(subject.outputs, cover, nets):
        match = cover.choice[literal]
        assert match is not None
        key = match.cell, tuple(nets[pin] for pin in match.pins)
        if key not in placed:
            placed[key] = next_net
            instances.append(Instance(*key, (next_net,)))
            next_net += 1
        nets[literal] = placed[key]
    outputs = iter([nets[literal] for literal in subject.outputs])
    return MappedNetlist(
        name=netlist.name,
        library=library.name,
        inputs=tuple(Port(p.name, tuple(1 + (bit >> 1) for bit in p.bits), p.signed) for p in netlist.inputs),
        outputs=tuple(Port(p.name, tuple(next(outputs) for _ in p.bits), p.signed) for p in netlist.outputs),
        instances=tuple(instances),
    )


def _needed(outputs: Iterable[int], cover: Cover, given: Iterable[int]) -> list[int]:
    """Literals to realise, each after the pins of its match."""
    order: list[int] = []
    done = set(given)
    stack = [literal for literal in outputs if literal not in done]
    while stack:
        literal = stack[-1]
        if literal in done:
            stack.pop()
            continue
        match = cover.choice[literal]
        assert match is not None
        waiting = [pin for pin in match.pins if pin not in done]
        if waiting:
            stack.extend(waiting)
        else:
            done.add(literal)
            order.append(literal)
            stack.pop()
    return order
