"""Cuts of the subject graph and the cells that match them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from bespoke.techmap.patterns import PatternTable
from bespoke.techmap.subject import XOR, Subject

CUTS_PER_NODE = 12
Cut = tuple[tuple[int, ...], int]


class Match(NamedTuple):
    """A cell whose pins take the given literals."""

    cell: str
    pins: tuple[int, ...]


def find_matches(subject: Subject, table: PatternTable) -> list[list[Match]]:
    """Matches per literal of the subject graph; complements by inverter are not listed."""
    matches: list[list[Match]] = [[] for _ in range(2 * len(subject.forms))]
    cuts: list[list[Cut]] = [[] for _ in subject.forms]
    for node, forms in enumerate(subject.forms):
        cuts[node].append(((node,), 0b10))
        found: dict[tuple[int, ...], int] = {}
        for form in forms:
            for leaves, truth in _form_cuts(form, cuts, table.leaves):
                if leaves not in found and len(leaves) > 1:
                    found[leaves] = truth
        for leaves, truth in found.items():
            _match(node, leaves, truth, table, matches)
        if table.leaves > 2:
            ranked = sorted(found.items(), key=lambda item: len(item[0]))
            cuts[node] += ranked[:CUTS_PER_NODE]
    return matches


def _form_cuts(form: tuple[int, int, int], cuts: list[list[Cut]], limit: int) -> Iterator[Cut]:
    kind, a, b = form
    operation = ~kind if kind < 0 else kind
    for left, left_truth in cuts[a >> 1]:
        for right, right_truth in cuts[b >> 1]:
            leaves = left if left == right else tuple(sorted({*left, *right}))
            if len(leaves) > limit:
                continue
            mask = (1 << (1 << len(leaves))) - 1
            x = _widen(left_truth, left, leaves) ^ (mask if a & 1 else 0)
            y = _widen(right_truth, right, leaves) ^ (mask if b & 1 else 0)
            truth = x ^ y if operation == XOR else x & y
            yield leaves, truth ^ mask if kind < 0 else truth


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


def _match(node: int, leaves: tuple[int, ...], truth: int, table: PatternTable, matches: list[list[Match]]) -> None:
    mask = (1 << (1 << len(leaves))) - 1
    for phase, function in ((0, truth), (1, truth ^ mask)):
        for pattern in table.matches.get((len(leaves), function), ()):
            pins = tuple(
                2 * leaves[leaf] + inverted for leaf, inverted in zip(pattern.order, pattern.phases, strict=True)
            )
            matches[2 * node + phase].append(Match(pattern.cell, pins))
