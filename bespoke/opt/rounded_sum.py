"""Tables that are a weighted sum of words, rounded and clipped: recognised, and built from adders."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linprog

from bespoke.netlist import AND, FALSE, TRUE, AndBuilder, Netlist, NetlistBuilder
from bespoke.numeric import csd, digit_count
from bespoke.opt.table_diagram import Flags, netlist_of_diagram, search_order

_MOST_WORDS = 14
_SHIFTS = range(13)  # bits that rounding takes away
_ROUNDINGS = 700  # of weights, for each of these
_NEAR = 2  # steps that the weights of few words are moved by
_ENOUGH = 20  # forms
_MOST_HIGH_BITS = 9  # left of the sum after rounding
_ORDER_TRIES = 30
_PORT = "x"
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class RoundedSum:
    """``clip((sum(weights * words) + offset) >> shift, lowest, highest)`` of words of equal width."""

    weights: tuple[int, ...]
    offset: int
    shift: int
    word_bits: int
    lowest: int
    highest: int

    @property
    def lifted(self) -> int:
        """Steps that make the sum positive for all words."""
        return max(0, -(self._end(min) >> self.shift))

    @property
    def total_bits(self) -> int:
        """Bits of the sum with these steps."""
        return (self._end(max) + (self.lifted << self.shift)).bit_length()

    def _end(self, extreme: Callable[[int, int], int]) -> int:
        """Least or greatest sum."""
        return self.offset + sum(extreme(0, weight * ((1 << self.word_bits) - 1)) for weight in self.weights)

    @property
    def digits(self) -> int:
        """Signed digits of all weights."""
        return sum(map(digit_count, self.weights))


def rounded_sums(values: Flags) -> list[RoundedSum]:
    """Forms of a table as a rounded sum of words as wide as possible, those of fewest digits first; none if it is none.

    Parameters
    ----------
    values : ndarray of bool, shape (n_outputs, 2**n)
        Output ``k`` is bit ``k`` of the value. Words are consecutive inputs, least significant first.
    """
    wanted = (values.astype(np.int64) << np.arange(len(values))[:, None]).sum(axis=0)
    count = values.shape[1].bit_length() - 1
    if wanted.min() == wanted.max():
        return []
    for width in range(count, 0, -1):
        if count % width == 0 and count // width <= _MOST_WORDS:
            found = _forms(wanted, width, count // width)
            if found:
                return sorted(found, key=lambda form: form.digits)
    return []


def _forms(wanted: Ints, width: int, count: int) -> list[RoundedSum]:
    """Forms with words of one width."""
    words = np.arange(len(wanted))[:, None] >> width * np.arange(count) & (1 << width) - 1
    lowest, highest = int(wanted.min()), int(wanted.max())
    above, below = wanted > lowest, wanted < highest
    slopes = _slopes(words, wanted, above, below)
    found: list[RoundedSum] = []
    if slopes is None:
        return found
    for shift in _SHIFTS:
        weights = _roundings(slopes * (1 << shift))
        sums = words @ weights
        least = np.max((wanted[above] << shift)[:, None] - sums[above], axis=0)
        most = np.min((wanted[below] + 1 << shift)[:, None] - 1 - sums[below], axis=0)
        for number in np.flatnonzero(least <= most)[:_ENOUGH].tolist():
            for offset in {int(least[number]), int(most[number])}:
                form = RoundedSum(tuple(weights[:, number].tolist()), offset, shift, width, lowest, highest)
                found += [form] if form.total_bits - shift <= _MOST_HIGH_BITS else []
        if len(found) >= _ENOUGH:
            break
    return found


def _slopes(words: Ints, wanted: Ints, above: Flags, below: Flags) -> NDArray[np.float64] | None:
    """Weights in steps of the value that lie farthest from all bounds, None if the table is no rounded sum."""
    ones = np.ones((len(wanted), 1))
    bounds = np.vstack([np.hstack([-words, -ones, ones])[above], np.hstack([words, ones, ones])[below]])
    limits = np.concatenate([-wanted[above], wanted[below] + 1.0])
    aim = np.zeros(words.shape[1] + 2)
    aim[-1] = -1.0
    free = [(None, None)] * (words.shape[1] + 1)
    solved = linprog(aim, A_ub=bounds, b_ub=limits, bounds=[*free, (None, 1.0)])
    if solved.status != 0 or solved.x[-1] <= 0:
        return None
    return np.asarray(solved.x[:-2])


def _roundings(weights: NDArray[np.float64]) -> Ints:
    """Whole weights near others, (n_words, n_candidates)."""
    base = np.round(weights).astype(np.int64)
    steps = range(-_NEAR, _NEAR + 1)
    if len(steps) ** len(base) <= _ROUNDINGS:
        moves = np.array(list(product(steps, repeat=len(base))))
    else:
        moves = np.random.default_rng(0).integers(-1, 2, (_ROUNDINGS, len(base)))
        moves[0] = 0
    return np.unique(base + moves, axis=0).T


def netlist_of_sum(form: RoundedSum, outputs: int, random: np.random.Generator) -> Netlist:
    """Netlist of adders, whose order is random, with an input ``x`` and an output ``y``."""
    lifted, width = form.lifted, form.total_bits
    builder = NetlistBuilder("sum")
    inputs = builder.add_input(_PORT, form.word_bits * len(form.weights)).bits
    columns, constant = _columns(form, inputs, width)
    constant += form.offset + (lifted << form.shift)
    for place in range(width):
        columns[place] += [TRUE] if constant >> place & 1 else []
    high = [_add_column(builder, columns, place, random) for place in range(width)][form.shift :]
    values = np.clip(np.arange(1 << len(high)) - lifted, form.lowest, form.highest)
    flags = (values >> np.arange(outputs)[:, None] & 1).astype(np.bool_)
    builder.add_output("y", _table(builder, flags, high, random))
    return builder.build()


def _columns(form: RoundedSum, inputs: Sequence[int], width: int) -> tuple[list[list[int]], int]:
    """Literals to be added in each place, and a constant: what is subtracted is added as its complement."""
    columns: list[list[int]] = [[] for _ in range(width + 1)]
    constant = 0
    for number, weight in enumerate(form.weights):
        for place, sign in csd(weight):
            for bit in range(form.word_bits):
                if place + bit < width:
                    columns[place + bit].append(inputs[form.word_bits * number + bit] ^ (sign < 0))
                constant -= (sign < 0) << (place + bit)
    return columns, constant


def _add_column(builder: AndBuilder, columns: list[list[int]], place: int, random: np.random.Generator) -> int:
    """Literal of the sum of a column; carries go to the next one."""
    waiting = columns[place]
    fixed = [literal for literal in waiting if literal == TRUE]
    waiting = fixed + random.permutation([literal for literal in waiting if literal != TRUE]).tolist()
    while len(waiting) > 1:
        a, b, c = (*waiting[:3], FALSE)[:3]
        half = _xor(builder, a, b)
        waiting = [*waiting[3:], _xor(builder, half, c)]
        columns[place + 1].append(builder.or_(builder.and_(a, b), builder.and_(half, c)))
    return waiting[0] if waiting else FALSE


def _xor(builder: AndBuilder, a: int, b: int) -> int:
    """XOR of ANDs, the first of which is the carry of the same two literals, too."""
    return builder.and_(builder.and_(a, b) ^ 1, builder.and_(a ^ 1, b ^ 1) ^ 1)


def _table(builder: AndBuilder, flags: Flags, inputs: Sequence[int], random: np.random.Generator) -> list[int]:
    """Literals of a table over other literals."""
    netlist = netlist_of_diagram(flags, search_order(flags, _ORDER_TRIES, random))
    literals = [FALSE, *inputs]
    for _, kind, a, b in netlist.gates():
        join = builder.and_ if kind == AND else lambda x, y: _xor(builder, x, y)
        literals.append(join(literals[a >> 1] ^ a & 1, literals[b >> 1] ^ b & 1))
    return [literals[output >> 1] ^ output & 1 for output in netlist.output_literals()]
