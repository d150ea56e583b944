"""The cells that can realise each literal of the subject graph."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from bespoke.techmap.objective import CostOf
from bespoke.techmap.patterns import PatternTable
from bespoke.techmap.subject import XOR, Subject

CUTS_PER_NODE = 12
Cut = tuple[tuple[int, ...], int]


class Match(NamedTuple):
    """A cell whose pins take the given literals, and its cost there."""

    cost: float
    cell: str
    pins: tuple[int, ...]


def find_matches(subject: Subject, table: PatternTable, cost: CostOf) -> list[list[Match]]:
    """Matches per literal of the subject graph, cheapest first; complements by inverter are not listed."""
    found = _pair_matches(subject, table, cost) if table.leaves == 2 else _cut_matches(subject, table, cost)
    for matches in found:
        matches.sort()
    return found


def _pair_matches(subject: Subject, table: PatternTable, cost: CostOf) -> list[list[Match]]:
    """All cells have at most two inputs, so a gate's own fanins are its only cut."""
    uses: dict[tuple[int, int, int], tuple[list[tuple[str, bool, int, int]], ...]] = {}
    for key, truth in _gate_truths():
        uses[key] = tuple(
            [(p.cell, p.order[0] == 0, p.phases[0], p.phases[1]) for p in table.matches.get((2, phase), ())]
            for phase in (truth, truth ^ 0b1111)
        )
    matches: list[list[Match]] = []
    for forms in subject.forms:
        both: tuple[list[Match], list[Match]] = [], []
        for kind, a, b in forms:
            x, y = a & ~1, b & ~1
            for found, patterns in zip(both, uses[kind, a & 1, b & 1], strict=True):
                for cell, straight, first, second in patterns:
                    pins = (x ^ first, y ^ second) if straight else (y ^ first, x ^ second)
                    found.append(Match(cost(cell, pins), cell, pins))
        matches += both
    return matches


def _gate_truths() -> Iterator[tuple[tuple[int, int, int], int]]:
    """Truth table over two uncomplemented leaves per (kind, complement of a, complement of b)."""
    for kind in (0, ~0, XOR, ~XOR):
        for a in (0, 1):
            for b in (0, 1):
                x, y = 0b1010 ^ 0b1111 * a, 0b1100 ^ 0b1111 * b
                truth = x ^ y if kind in (XOR, ~XOR) else x & y
                yield (kind, a, b), truth ^ 0b1111 if kind < 0 else truth


def _cut_matches(subject: Subject, table: PatternTable, cost: CostOf) -> list[list[Match]]:
    matches: list[list[Match]] = [[] for _ in range(2 * len(subject.forms))]
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
                    uses = zip(pattern.order, pattern.phases, strict=True)
                    pins = tuple(2 * leaves[leaf] + inverted for leaf, inverted in uses)
                    matches[2 * node + phase].append(Match(cost(pattern.cell, pins), pattern.cell, pins))
        cuts[node] += sorted(found.items(), key=lambda item: len(item[0]))[:CUTS_PER_NODE]
    return matches


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
    places = [new.index(leaf) for leaf in old]
    widened = 0
    for state in range(1 << len(new)):
        inner = 0
        for position, place in enumerate(places):
            inner |= (state >> place & 1) << position
        widened |= (truth >> inner & 1) << state
    return widened
