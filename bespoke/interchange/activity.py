"""Activity of a netlist from what another tool knows of its nets."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache

import numpy as np
from numpy.typing import NDArray

from bespoke.cells import Cell
from bespoke.errors import ActivityError
from bespoke.interchange.circuit import Circuit
from bespoke.netlist import Activity


@dataclass(frozen=True, slots=True)
class ImportedActivity:
    """Activity from a file, and what was found out on the way.

    Attributes
    ----------
    activity : Activity
    scope : str
        Place in the file's hierarchy that was taken for the netlist.
    vector_time : int
        Time between two vectors, in the file's time unit.
    missing : tuple of str
        Nets that the file does not have; their figures follow from those of the nets that their drivers read.
    unknown : tuple of str
        Names in the file that are no nets of the netlist.
    """

    activity: Activity
    scope: str
    vector_time: int
    missing: tuple[str, ...]
    unknown: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ImportOptions:
    """How a file of switching activity is read.

    Attributes
    ----------
    scope : str or None
        Place of the netlist in the file's hierarchy, its parts joined by full stops (VCD) or slashes (SAIF); None is
        the one that has all inputs, and most nets.
    vector_time : int or None
        Time between two vectors, in the file's time unit; None is found out from a VCD, and from a SAIF of bespoke.
    partial : bool
        Whether the file may lack nets, except inputs, and have others.
    """

    scope: str | None = None
    vector_time: int | None = None
    partial: bool = False


@dataclass(frozen=True, slots=True)
class NetFigures:
    """What a SAIF says about one net: time at 0 and at 1, and changes between them."""

    zero: float
    one: float
    toggles: float


@dataclass(frozen=True, slots=True)
class Matched:
    """Names of a file by net, nets without one, and names without a net."""

    names: dict[int, str]
    missing: tuple[str, ...]
    unknown: tuple[str, ...]


def choose_scope(circuit: Circuit, scopes: Mapping[str, Collection[str]], wanted: str | None, where: str) -> str:
    """The wanted scope, or the one that has all input bits and most nets; the first of several.

    Raises
    ------
    ActivityError
        If there is none.
    """
    if wanted is not None:
        if wanted not in scopes:
            allowed, hint = ", ".join(list(scopes)[:12]), "".join(map(repr, get_close_matches(wanted, scopes, n=1)))
            raise ActivityError("no such scope", where=where, got=wanted, allowed=allowed, hint=hint)
        return wanted
    inputs = _input_names(circuit)
    complete = [scope for scope, names in scopes.items() if all(bit in names for bit in inputs)]
    if not complete:
        best = max(scopes, key=lambda scope: sum(bit in scopes[scope] for bit in inputs), default=None)
        lacks = [bit for bit in inputs if best is None or bit not in scopes[best]]
        got = f"{best or 'an empty file'} without {_listed(lacks)}"
        raise ActivityError("no scope has all inputs of the netlist", where=where, got=got)
    return max(complete, key=lambda scope: sum(name in circuit.names.bits for name in scopes[scope]))


def match_names(circuit: Circuit, names: Collection[str], where: str, *, partial: bool) -> Matched:
    """Assign the names of a scope to nets.

    Raises
    ------
    ActivityError
        If nets are missing or names unknown and that is not allowed, or an input is missing.
    """
    open_pins = circuit.open_pins()
    bits = circuit.names.bits | open_pins
    ports = {terminal.name for terminal in (*circuit.input_bits, *circuit.output_bits)}
    found = {bits[name]: name for name in names if bits.get(name, 0) > 1}
    # A net's own name counts before those of wires that are assigned from it.
    found |= {net: name for net, name in enumerate(circuit.names.nets) if name in names and bits.get(name) == net}
    missing = [circuit.names.nets[net] for net in range(2, circuit.mapped.net_count) if net not in found]
    named = [name for name in missing if name not in open_pins]
    unknown = [name for name in names if name not in bits and name not in ports]
    inputs = [name for name in _input_names(circuit) if bits[name] not in found]
    if inputs:
        raise ActivityError("inputs of the netlist are missing", where=where, got=_listed(inputs))
    if named and not partial:
        allowed = "all nets, or --partial to derive them from those that are there"
        raise ActivityError("nets of the netlist are missing", where=where, got=_listed(named), allowed=allowed)
    if unknown and not partial:
        allowed = "the nets of this netlist, or --partial to leave others out"
        raise ActivityError("names that are no nets of the netlist", where=where, got=_listed(unknown), allowed=allowed)
    return Matched(found, tuple(named), tuple(unknown))


def _input_names(circuit: Circuit) -> list[str]:
    return [name for port in circuit.names.inputs for name in port]


def _listed(names: Sequence[str]) -> str:
    more = f" and {len(names) - 3} more" if len(names) > 3 else ""
    return ", ".join(names[:3]) + more


def activity_of_figures(
    circuit: Circuit,
    figures: Mapping[int, NetFigures],
    states: Mapping[int, Sequence[float]],
    vectors: int,
) -> Activity:
    """Activity from figures of nets, in topological order.

    Joint states of input pins that ``states`` does not have are those of independent pins, moved as little as possible
    to fit the figures of all pins; with up to two input pins these leave no freedom. A net without figures is 1 in the
    states in which its driver makes it so, and toggles with its transition density (F. Najm, "Transition density: a new
    measure of activity in digital circuits", IEEE TCAD 12(2), 1993), at most once per vector.

    Parameters
    ----------
    circuit : Circuit
    figures : dict of int to NetFigures
        By net; inputs must be among them.
    states : dict of int to sequence of float
        Time in each joint state of the input pins, by instance.
    vectors : int
    """
    ones: list[float] = [0.0] * circuit.mapped.net_count
    ones[1] = vectors
    toggles: list[float] = [0.0] * circuit.mapped.net_count
    for net, known in figures.items():
        # Exact where it is a whole number of vectors, which division of the product keeps.
        ones[net] = known.one * vectors / (known.zero + known.one)
        toggles[net] = known.toggles
    found = []
    for place, instance in enumerate(circuit.mapped.instances):
        cell = circuit.library[instance.cell]
        pins = [ones[net] for net in instance.fanins]
        outputs = [ones[net] if net in figures else None for net in instance.fanouts]
        if place in states:
            total = sum(states[place])
            joint = [time * vectors / total for time in states[place]]
        else:
            joint = joint_states(cell, pins, outputs, vectors)
        found.append(tuple(joint))
        for output, net in zip(cell.outputs, instance.fanouts, strict=True):
            if net not in figures:
                ones[net] = sum(count for state, count in enumerate(joint) if output.truth >> state & 1)
                density = _density(output.truth, joint, [toggles[fanin] for fanin in instance.fanins], vectors)
                toggles[net] = min(density, vectors - 1)
    return Activity(vectors, tuple(ones), tuple(toggles), tuple(found))


def joint_states(cell: Cell, pins: Sequence[float], outputs: Sequence[float | None], total: float) -> list[float]:
    """Time in each joint state of a cell's input pins, from the time at 1 of its pins.

    Parameters
    ----------
    cell : Cell
    pins, outputs : sequence of float
        Time at 1 of the input and output pins; None where an output's is not known.
    total : float
    """
    known = [(output.truth, value) for output, value in zip(cell.outputs, outputs, strict=True) if value is not None]
    truths = tuple(truth for truth, _ in known)
    wanted = np.array([total, *pins, *(value for _, value in known)])
    start = np.full(1 << len(pins), float(total))
    for place, value in enumerate(pins):
        high = np.arange(len(start)) >> place & 1
        start *= np.where(high, value, total - value) / total
    solved = start + _inverse(len(pins), truths) @ (wanted - _constraints(len(pins), truths) @ start)
    whole = np.rint(solved)
    if is_determined(cell) and np.allclose(whole, solved, rtol=0, atol=1e-6 * max(total, 1)):
        solved = whole
    solved = np.clip(solved, 0, None)
    scale = solved.sum()
    return [float(value) for value in (solved if scale == total else solved * (total / scale))]


def is_determined(cell: Cell) -> bool:
    """Whether the times at 1 of all pins leave one distribution of joint states."""
    rows = _constraints(len(cell.inputs), tuple(output.truth for output in cell.outputs))
    return bool(np.linalg.matrix_rank(rows) == rows.shape[1])


@cache
def _constraints(pins: int, truths: tuple[int, ...]) -> NDArray[np.float64]:
    """One row per known sum over states: all of them, those with a pin at 1, those with an output at 1."""
    states = range(1 << pins)
    rows = [[1 for _ in states]]
    rows += [[state >> place & 1 for state in states] for place in range(pins)]
    rows += [[truth >> state & 1 for state in states] for truth in truths]
    return np.array(rows, dtype=np.float64)


@cache
def _inverse(pins: int, truths: tuple[int, ...]) -> NDArray[np.float64]:
    return np.asarray(np.linalg.pinv(_constraints(pins, truths)), dtype=np.float64)


def _density(truth: int, joint: Sequence[float], toggles: Sequence[float], total: float) -> float:
    density = 0.0
    for place, count in enumerate(toggles):
        passing = [state for state in range(len(joint)) if (truth >> state ^ truth >> (state ^ 1 << place)) & 1]
        density += count * sum(joint[state] for state in passing) / total
    return density
