"""Choice of one form per needed function, realised in simple gates for the least total cost."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from bespoke.arith import FormGraph
from bespoke.cells import GateCosts
from bespoke.netlist import SimpleGates, SimpleKind
from bespoke.techmap.cover import Cover, solve
from bespoke.techmap.matches import Matches
from bespoke.techmap.objective import NO_PIN

_WIRE = len(SimpleKind)  # beside the kinds of gates
# Ways to realise a conjunction of two literals or its complement: whether it is that, whether the literals are
# complemented, and the kind of gate or wire.
_GATES = ((0, 0, SimpleKind.AND), (0, 1, SimpleKind.NOR), (1, 0, SimpleKind.NAND), (1, 1, SimpleKind.OR))
_WIRES = ((0, 0, _WIRE), (1, 1, _WIRE))
# Many forms per function share little at first: what is shared settles after more passes than for a netlist.
_FLOW_PASSES = 6


def cheapest_gates(graph: FormGraph, outputs: Sequence[int], costs: GateCosts) -> SimpleGates:
    """Simple gates for the output literals of a graph of forms."""
    matches = _matches(graph, costs)
    cover = solve(matches, 2 * (1 + graph.input_count), np.array(outputs, dtype=np.int64), flow_passes=_FLOW_PASSES)
    return _emit(graph, outputs, matches, cover)


def _matches(graph: FormGraph, costs: GateCosts) -> Matches:
    uses = [
        (2 * node + complement ^ negated, kind, a ^ inverted, b ^ inverted)
        for node, forms in enumerate(graph.forms)
        for a, b, complement in forms
        for negated, inverted, kind in (_WIRES if a == b else _GATES)
    ]
    literals, kinds, first, second = np.array(uses, dtype=np.int64).reshape(-1, 4).T
    by_kind = np.array([*costs.simple, 0.0])
    order = np.lexsort((by_kind[kinds], literals))
    ends = np.arange(2 * len(graph.forms))
    pins = np.full((len(uses) + len(ends), 4), NO_PIN)
    pins[: len(uses), 0] = first[order]
    pins[: len(uses), 1] = np.where(kinds == _WIRE, NO_PIN, second)[order]
    pins[len(uses) :, 0] = ends ^ 1
    cells = np.concatenate([kinds[order], np.full(len(ends), SimpleKind.INV)])
    return Matches(np.searchsorted(literals[order], np.arange(len(ends) + 1)), by_kind[cells], cells, pins)


def _emit(graph: FormGraph, outputs: Sequence[int], matches: Matches, cover: Cover) -> SimpleGates:
    """Gates of a cover."""
    signals = {0: 0, 1: 1} | {2 * (1 + i): 2 + i for i in range(graph.input_count)}
    gates: dict[tuple[int, int, int], int] = {}
    used = np.flatnonzero((cover.references > 0) & (cover.choice >= 0))
    # A node reads lower ones; only an inverter reads the other literal of its own node.
    inverts = matches.pins[cover.choice[used], 0] == used ^ 1
    for literal in used[np.lexsort((inverts, used >> 1))].tolist():
        match = cover.choice[literal]
        kind, pins = int(matches.cells[match]), [signals[pin] for pin in matches.pins[match].tolist() if pin != NO_PIN]
        if kind == _WIRE:
            signals[literal] = pins[0]
        else:
            gate = kind, min(pins), max(pins)
            signals[literal] = gates.setdefault(gate, 2 + graph.input_count + len(gates))
    kinds, left, right = (tuple(gate[column] for gate in gates) for column in range(3))
    return SimpleGates(graph.input_count, kinds, left, right, tuple(signals[literal] for literal in outputs))
