"""Netlist and cell library to mapped netlist."""

from __future__ import annotations

from collections.abc import Iterable

from bespoke.cells import CellLibrary
from bespoke.netlist import Instance, MappedNetlist, Netlist, Port
from bespoke.techmap.cover import Cover
from bespoke.techmap.cuts import Match, find_matches
from bespoke.techmap.patterns import pattern_table
from bespoke.techmap.subject import Subject, subject_graph


def map_netlist(netlist: Netlist, library: CellLibrary) -> MappedNetlist:
    """Map a netlist to the cells of a library for the least area, with the same function.

    Raises
    ------
    LibraryError
        If the library's cells cannot realise every function.
    """
    subject = subject_graph(netlist)
    table = pattern_table(library)
    area = {name: cell.area_mm2 for name, cell in library.cells.items()}
    candidates = [[(area[match.cell], match) for match in matches] for matches in find_matches(subject, table)]
    sources = 2 * (1 + subject.input_count)
    cover = Cover(candidates, sources, (area[table.inverter], table.inverter), subject.outputs)
    cover.solve()
    return _emit(netlist, library, subject, cover)


def _emit(netlist: Netlist, library: CellLibrary, subject: Subject, cover: Cover) -> MappedNetlist:
    nets: dict[int, int] = {0: 0, 1: 1}
    for position in range(subject.input_count):
        nets[2 * (1 + position)] = 2 + position
    placed: dict[Match, int] = {}
    instances: list[Instance] = []
    next_net = 2 + subject.input_count
    for literal in _needed(subject.outputs, cover, nets):
        choice = cover.choice[literal]
        assert choice is not None
        fanins = tuple(nets[pin] for pin in choice[1].pins)
        key = Match(choice[1].cell, fanins)
        if key not in placed:
            placed[key] = next_net
            instances.append(Instance(key.cell, fanins, (next_net,)))
            next_net += 1
        nets[literal] = placed[key]
    outputs = iter([nets[literal] for literal in subject.outputs])
    return MappedNetlist(
        name=netlist.name,
        library=library.name,
        inputs=_input_ports(netlist.inputs),
        outputs=tuple(Port(p.name, tuple(next(outputs) for _ in p.bits), p.signed) for p in netlist.outputs),
        instances=tuple(instances),
    )


def _input_ports(ports: Iterable[Port]) -> tuple[Port, ...]:
    return tuple(Port(p.name, tuple(1 + (bit >> 1) for bit in p.bits), p.signed) for p in ports)


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
        choice = cover.choice[literal]
        assert choice is not None
        waiting = [pin for pin in choice[1].pins if pin not in done]
        if waiting:
            stack.extend(waiting)
        else:
            done.add(literal)
            order.append(literal)
            stack.pop()
    return order
