"""Gates of circuits whose inputs take so few values together that a search may look at all of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from math import prod

import numpy as np
from numpy.typing import NDArray

from bespoke.cells import GateCosts
from bespoke.netlist import SimpleGates
from bespoke.opt.boxes import care_on, packed
from bespoke.opt.resubstitute import SearchEffort
from bespoke.opt.sample_search import Rounds, Samples, no_others, searched, searched_on_samples
from bespoke.opt.words import WORD, Words

Bits = NDArray[np.int64]
Values = Callable[[Sequence[int], int], list[Bits] | None]

MOST_ANNEALED_GATES = 600
MOST_VALUES = 1 << 22
_FEW_VALUES = 1 << 12  # up to which the search has all of them from the beginning
_HEATS, _WORK, _WORK_SHARE_PER_GATE = (0.6, 1.0), 5_000_000, 1 / 20
_QUICK_WORDS = 32  # of 64 values: with more, a look at a gate takes longer
_THOROUGH = 4  # times the work
_ROUNDS = {False: Rounds(32, 200_000, (0.4,), 8), True: Rounds(4 * 32, 200_000, (0.4,), 4 * 8)}  # by thoroughness


def annealed_on_values(
    gates: SimpleGates, costs: GateCosts, values: Values, rng: np.random.Generator, *, thorough: bool = False
) -> list[SimpleGates]:
    """Other gates for the function of a circuit, which may be wrong on what its inputs never take.

    None if it has `MOST_ANNEALED_GATES` or more, or its inputs take more than `MOST_VALUES`.

    Parameters
    ----------
    gates : SimpleGates
    costs : GateCosts
    values : callable
        Gives for the numbers of some inputs, ascending, what these take: parts, each of shape (n, n_inputs of the
        part), that combine freely; or None if there are more combinations than a number.
    rng : numpy.random.Generator
    thorough : bool
        Whether to search for longer.

    Notes
    -----
    Where there are many values, the search knows some of them: `searched_on_samples`.
    """
    inputs = inputs_of(gates)
    parts = values(inputs, MOST_VALUES) if 0 < len(gates.kinds) < MOST_ANNEALED_GATES else None
    if parts is None:
        return []
    sources = (0, 1, *(2 + number for number in inputs))
    small = _renumbered(gates, len(inputs), {old: new for new, old in enumerate(sources)})
    count = prod(map(len, parts))
    if count <= _FEW_VALUES:
        found = list(_annealed(small, _words(parts, np.arange(count)), costs, _THOROUGH if thorough else 1))
    else:
        care = care_on(_words(parts, np.arange(count)), len(small.outputs))
        samples = Samples(small, care, count, no_others, rng)
        found = [searched_on_samples(small, costs, samples, _ROUNDS[thorough], rng)]
    return [_renumbered(each, gates.input_count, dict(enumerate(sources))) for each in found]


def inputs_of(gates: SimpleGates) -> list[int]:
    """Numbers of the inputs that gates or outputs read, ascending."""
    read = {*gates.left, *gates.right, *gates.outputs}
    return [number for number in range(gates.input_count) if 2 + number in read]


def _annealed(gates: SimpleGates, inputs: Words, costs: GateCosts, times: int) -> Iterator[SimpleGates]:
    share = times * min(1.0, _WORK_SHARE_PER_GATE * len(gates.kinds)) * min(1.0, _QUICK_WORDS / inputs.shape[1])
    for heat in _HEATS:
        yield searched(gates, inputs, costs, SearchEffort(int(_WORK * share), heat))


def _words(parts: Sequence[Bits], numbers: Bits) -> Words:
    """Bits of each input in combinations by their numbers, the last one repeated until the words are full."""
    padded, stride, rows = np.pad(numbers, (0, -len(numbers) % WORD), mode="edge"), 1, []
    for part in parts:
        places = padded // stride % len(part)
        rows += [packed(column[None, places] > 0) for column in part.T]
        stride *= len(part)
    return np.concatenate(rows)


def _renumbered(gates: SimpleGates, count: int, signals: Mapping[int, int]) -> SimpleGates:
    """Gates that read so many inputs, whose signals and the constants have other numbers."""
    known = {**signals, **{2 + gates.input_count + gate: 2 + count + gate for gate in range(len(gates.kinds))}}
    left, right, outputs = (tuple(known[each] for each in row) for row in (gates.left, gates.right, gates.outputs))
    return replace(gates, input_count=count, left=left, right=right, outputs=outputs)
