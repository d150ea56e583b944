"""What a small circuit computes, as rules: for each output the boxes of inputs that give it.

The inputs between neighbouring levels look the same to a circuit, so that a table with one entry for each combination
is the whole truth. Boxes are grown from entries as large as they get, and the best are taken until all entries are
covered (greedy set cover; of two-level minimisation: Brayton, Hachtel, McMullen, Sangiovanni-Vincentelli, Logic
Minimization Algorithms for VLSI Synthesis, 1984, "expand" and "irredundant" of ESPRESSO).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import product
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bespoke.model import IntArray

MAX_ENTRIES = 4096
MAX_SIDES = 24  # of all rules together: more are no explanation
_MAX_BOXES = 8  # of one output
_MAX_OUTPUTS = 12

Truth = NDArray[np.bool_]
Part = tuple[slice, ...]


class Side(NamedTuple):
    """The condition ``low <= x[feature] < high`` on words; ``high`` may be one more than the largest word."""

    feature: int
    low: int
    high: int


class Rule(NamedTuple):
    """An output word and the boxes of inputs that give it, each with sides that all hold.

    A box without sides is every input; no box at all is every input for which no other rule holds.
    """

    output: int
    boxes: tuple[tuple[Side, ...], ...]


def find_rules(
    outputs: Callable[[IntArray], IntArray], levels: Iterable[Sequence[int]], tops: Sequence[int]
) -> tuple[Rule, ...]:
    """Rules of a circuit, by output word; none if they would be too many for people.

    Parameters
    ----------
    outputs : callable
        Output words, shape (n,), for input words (n, n_features).
    levels : iterable of sequence of int
        By feature the levels, ascending, at which an output may change.
    tops : sequence of int
        Largest word of each feature.
    """
    bounds: dict[int, tuple[int, ...]] = {}
    entries = 1
    for feature, found in enumerate(levels):
        entries *= len(found) + 1
        if entries > MAX_ENTRIES:
            return ()
        if found:
            bounds[feature] = (0, *found, tops[feature] + 1)
    words = np.zeros((entries, len(tops)), dtype=np.int64)
    words[:, list(bounds)] = list(product(*(ends[:-1] for ends in bounds.values())))
    shape = [len(ends) - 1 for ends in bounds.values()]
    table = outputs(words).reshape(shape)
    kinds = np.unique(table).tolist()
    if len(kinds) > _MAX_OUTPUTS:
        return ()
    return _shortest({kind: _boxes(np.asarray(table == kind), bounds) for kind in kinds})


def _boxes(wanted: Truth, bounds: Mapping[int, Sequence[int]]) -> list[tuple[Side, ...]] | None:
    """Boxes that hold exactly the wanted entries; None if it takes too many."""
    parts = _cover(wanted)
    return None if parts is None else [_sides(part, bounds) for part in parts]


def _shortest(found: dict[int, list[tuple[Side, ...]] | None]) -> tuple[Rule, ...]:
    """Rules in which the output that takes most sides is what is left over."""
    costs = {kind: float("inf") if boxes is None else sum(map(len, boxes)) for kind, boxes in found.items()}
    rest = max(costs, key=lambda kind: costs[kind])
    others = {kind: boxes for kind, boxes in found.items() if kind != rest}
    if not others:
        return (Rule(rest, ((),)),)
    if sum(costs[kind] for kind in others) > MAX_SIDES:
        return ()
    return (*(Rule(kind, tuple(boxes or ())) for kind, boxes in others.items()), Rule(rest, ()))


def _cover(wanted: Truth) -> list[Part] | None:
    """Boxes that hold exactly the wanted entries, none of them superfluous; None if it takes too many."""
    left, found = wanted.copy(), list[Part]()
    while left.any():
        if len(found) == _MAX_BOXES:
            return None
        best = max(_candidates(wanted, left), key=lambda part: left[part].sum() / (1 + _side_count(part, wanted)))
        left[best] = False
        found.append(best)
    return _irredundant(found, wanted.shape)


def _candidates(wanted: Truth, left: Truth) -> Iterator[Part]:
    """Largest boxes around the first and the last entry that is not covered, grown along the axes in each turn."""
    places = np.argwhere(left)
    for seed in (places[0].tolist(), places[-1].tolist()):
        for turn in range(max(1, wanted.ndim)):
            axes = [*range(turn, wanted.ndim), *range(turn)]
            yield _grown(wanted, seed, axes)


def _grown(wanted: Truth, seed: Sequence[int], axes: Sequence[int]) -> Part:
    """Box of wanted entries around one: along whole axes first, then to one end, then as far as it goes."""
    part = [slice(place, place + 1) for place in seed]

    def widen(axis: int, low: int, high: int) -> bool:
        wider = (*part[:axis], slice(low, high), *part[axis + 1 :])
        is_wanted = bool(wanted[wider].all())
        if is_wanted:
            part[axis] = slice(low, high)
        return is_wanted

    sizes = wanted.shape
    for axis in axes:
        widen(axis, 0, sizes[axis])
    for axis in axes:
        widen(axis, 0, part[axis].stop) or widen(axis, part[axis].start, sizes[axis])
    for axis in axes:
        while part[axis].start > 0 and widen(axis, part[axis].start - 1, part[axis].stop):
            pass
        while part[axis].stop < sizes[axis] and widen(axis, part[axis].start, part[axis].stop + 1):
            pass
    return tuple(part)


def _side_count(part: Part, wanted: Truth) -> int:
    return sum(each.stop - each.start < size for each, size in zip(part, wanted.shape, strict=True))


def _irredundant(parts: list[Part], shape: Sequence[int]) -> list[Part]:
    """Parts without those that the others cover together."""
    counts = np.zeros(shape, dtype=np.int64)
    for part in parts:
        counts[part] += 1
    kept = []
    for part in parts:
        if (counts[part] > 1).all():
            counts[part] -= 1
        else:
            kept.append(part)
    return kept


def _sides(part: Part, bounds: Mapping[int, Sequence[int]]) -> tuple[Side, ...]:
    """The limits of a part on the grids of the features."""
    return tuple(
        Side(feature, bound[each.start], bound[each.stop])
        for each, (feature, bound) in zip(part, bounds.items(), strict=True)
        if each.stop - each.start < len(bound) - 1
    )
