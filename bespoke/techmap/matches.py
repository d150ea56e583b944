"""The cells that can realise each literal of the subject graph."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bespoke.netlist import XOR
from bespoke.techmap.objective import NO_PIN, CostOf, Integers
from bespoke.techmap.patterns import MAX_LEAVES, PatternTable
from bespoke.techmap.subject import Subject

CUTS_PER_NODE = 12
Cut = tuple[tuple[int, ...], int]


class Matches(NamedTuple):
    """Cells whose pins take literals, and their costs there.

    Attributes
    ----------
    first : ndarray of int64, shape (n_literals + 1,)
        First match of each literal; the next literal's first one ends them. They stand by rising cost.
    costs : ndarray of float, shape (n_matches + n_literals,)
        Of all matches, then of the inverter that makes each literal from its complement.
    cells : ndarray of int64, shape (n_matches + n_literals,)
        Positions in the table's names of cells.
    pins : ndarray of int64, shape (n_matches + n_literals, 4)
        Literals; `NO_PIN` where the cell has less pins.
    """

    first: Integers
    costs: NDArray[np.float64]
    cells: Integers
    pins: Integers


class _Uses(NamedTuple):
    """Cells on pins, shape (n,) and (n, 4), each for a literal, in any order."""

    literals: Integers
    cells: Integers
    pins: Integers


def find_matches(subject: Subject, table: PatternTable, cost: CostOf) -> Matches:
    """Matches per literal of the subject graph, cheapest first, and the inverters."""
    numbers = {name: number for number, name in enumerate(table.names)}
    uses = (_pair_uses if table.leaves == 2 else _cut_uses)(subject, table, numbers)
    costs = cost(uses.cells, uses.pins)
    order = np.lexsort((*uses.pins.T[::-1], uses.cells, costs, uses.literals))
    literals = np.arange(2 * len(subject.forms))
    inverters = np.full(len(literals), numbers[table.inverter])
    complements = np.full((len(literals), MAX_LEAVES), NO_PIN)
    complements[:, 0] = literals ^ 1
    return Matches(
        np.searchsorted(uses.literals[order], np.arange(len(literals) + 1)).astype(np.int64),
        np.concatenate([costs[order], cost(inverters, complements)]),
        np.concatenate([uses.cells[order], inverters]),
        np.concatenate([uses.pins[order], complements]),
    )


def _pair_uses(subject: Subject, table: PatternTable, numbers: dict[str, int]) -> _Uses:
    """All cells have at most two inputs, so a gate's own fanins are its only cut."""
    nodes = np.repeat(np.arange(len(subject.forms)), [len(forms) for forms in subject.forms])
    gates = np.fromiter(chain.from_iterable(chain.from_iterable(subject.forms)), dtype=np.int64).reshape(-1, 3)
    keys = gates[:, 0] * 4 + (gates[:, 1] & 1) * 2 + (gates[:, 2] & 1)
    parts: list[_Uses] = [_Uses(*(np.zeros(shape, dtype=np.int64) for shape in ((0,), (0,), (0, MAX_LEAVES))))]
    for (kind, a, b), truth in _gate_truths():
        here = np.flatnonzero(keys == kind * 4 + a * 2 + b)
        fanins = gates[here, 1:] & ~1
        for phase in (0, 1):
            for pattern in table.matches.get((2, truth ^ 0b1111 * phase), ()):
                pins = np.full((len(here), MAX_LEAVES), NO_PIN)
                pins[:, :2] = fanins[:, list(pattern.order)] ^ np.array(pattern.phases)
                parts.append(_Uses(2 * nodes[here] + phase, np.full(len(here), numbers[pattern.cell]), pins))
    return _Uses(*(np.concatenate(column) for column in zip(*parts, strict=True)))


def _gate_truths() -> Iterator[tuple[tuple[int, int, int], int]]:
    """Truth table over two uncomplemented leaves per (kind, complement of a, complement of b)."""
    for kind in (0, ~0, XOR, ~XOR):
        for a in (0, 1):
            for b in (0, 1):
                x, y = 0b1010 ^ 0b1111 * a, 0b1100 ^ 0b1111 * b
                truth = x ^ y if kind in (XOR, ~XOR) else x & y
                yield (kind, a, b), truth ^ 0b1111 if kind < 0 else truth


def _cut_uses(subject: Subject, table: PatternTable, numbers: dict[str, int]) -> _Uses:
    literals: list[int] = []
    cells: list[int] = []
    pins: list[Sequence[int]] = []
    cuts: list[list[Cut]] = [[] for _ in subject.forms]
    for node, forms in enumerate(subject.forms):
        cuts[node].append(((node,), 0b10))
        found: dict[tuple[int, ...], int] = {}
        for form in forms:
            for leaves, truth in _form_cuts(form, cuts, table.leaves):
                if len(leaves) > 1:
                    found.setdefault(leaves, truth)
        for leaves, truth in found.items():
            full = (1 << (1 << len(leaves))) - 1
            for phase, function in ((0, truth), (1, truth ^ full)):
                for pattern in table.matches.get((len(leaves), function), ()):
                    used = [2 * leaves[leaf] + inverted for leaf, inverted in zip(*pattern[1:], strict=True)]
                    literals.append(2 * node + phase)
                    cells.append(numbers[pattern.cell])
                    pins.append(used + [NO_PIN] * (MAX_LEAVES - len(used)))
        cuts[node] += sorted(found.items(), key=lambda item: len(item[0]))[:CUTS_PER_NODE]
    return _Uses(
        np.array(literals, dtype=np.int64),
        np.array(cells, dtype=np.int64),
        np.array(pins, dtype=np.int64).reshape(-1, MAX_LEAVES),
    )


def _form_cuts(form: tuple[int, int, int], cuts: list[list[Cut]], limit: int) -> Iterator[Cut]:
    kind, a, b = form
    for left, left_truth in cuts[a >> 1]:
        for right, right_truth in cuts[b >> 1]:
            leaves = left if left == right else tuple(sorted({*left, *right}))
            if len(leaves) > limit:
                continue
            full = (1 << (1 << len(leaves))) - 1
            x = _widen(left_truth, left, leaves) ^ (full if a & 1 else 0)
            y = _widen(right_truth, right, leaves) ^ (full if b & 1 else 0)
            truth = x ^ y if kind in (XOR, ~XOR) else x & y
            yield leaves, truth ^ full if kind < 0 else truth


def _widen(truth: int, old: tuple[int, ...], new: tuple[int, ...]) -> int:
    """Truth table over the leaves ``new`` of a function of the leaves ``old``, a subset of them."""
    if old == new:
        return truth
    positions = [new.index(leaf) for leaf in old]
    widened = 0
    for state in range(1 << len(new)):
        inner = 0
        for bit, position in enumerate(positions):
            inner |= (state >> position & 1) << bit
        widened |= (truth >> inner & 1) << state
    return widened
