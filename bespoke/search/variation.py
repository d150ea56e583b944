"""Small random changes of genomes, and their mixture."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Literal, NamedTuple, get_args

import numpy as np
from numpy.typing import NDArray

from bespoke.approx import nearest_with_digits
from bespoke.model import UNLIMITED, IntArray
from bespoke.search.space import SumSpace

Technique = Literal["coefficients", "biases", "accumulation", "inputs", "activations"]
TECHNIQUES: tuple[Technique, ...] = get_args(Technique)
_MEAN_CHANGES = 2.0
_FURTHEST = 6  # bit columns left out at once
_MOST_DROPPED = 20


class _Site(NamedTuple):
    """One layer of one genome, its genes as views that can be written to, and what a move may look at."""

    weights: IntArray
    cuts: IntArray
    biases: IntArray
    dropped: IntArray
    limits: IntArray
    exact: IntArray
    means: NDArray[np.float64]
    widths: IntArray
    is_relu: bool
    is_argmax: bool
    random: np.random.Generator

    def toss(self, share: float = 0.5) -> bool:
        """Whether a random number is below ``share``."""
        return bool(self.random.random() < share)

    def sign(self) -> int:
        """1 or -1."""
        return 1 if self.toss() else -1

    def row(self) -> int:
        """A random sum."""
        return int(self.random.integers(len(self.biases)))

    def place(self) -> tuple[int, int]:
        """A random weight; zeros are taken half as often."""
        for _ in range(2):
            row, column = self.row(), int(self.random.integers(self.weights.shape[1]))
            if self.weights[row, column]:
                break
        return row, column

    def set_weight(self, row: int, column: int, weight: int) -> None:
        """Change a weight, and the bias by what that changes the sum in the mean."""
        change = int(self.weights[row, column]) - weight
        self.weights[row, column] = weight
        self.biases[row] += int(np.floor(change * self.means[column] + 0.5))


class Variation:
    """Mutation and crossover of genomes of a space.

    Parameters
    ----------
    space : SumSpace
    means : list of ndarray
        Mean of the inputs of each layer on the training rows, in the exact model; a change of a weight is made up
        for in the bias by them.
    techniques : collection of str
        Whose moves mutation makes; some of `TECHNIQUES`.
    """

    def __init__(
        self, space: SumSpace, means: list[NDArray[np.float64]], techniques: Collection[Technique] = TECHNIQUES
    ) -> None:
        self._space = space
        self._choices = [_Choice(techniques, is_first=number == 0) for number in range(len(space.shapes))]
        self._means = means
        self._slices = space.slices()
        self._exact = space.encode(space.exact)
        self._widths = np.array(space.exact.coding.bits, dtype=np.int64)
        self._groups = self._unit_groups()

    def mutate(self, genome: IntArray, random: np.random.Generator) -> IntArray:
        """Changed copy of a genome."""
        result = genome.copy()
        for _ in range(1 + int(random.poisson(_MEAN_CHANGES - 1))):
            number = int(random.integers(len(self._slices)))
            self._choices[number](self._site(result, number, random))
        return result

    def cross(self, first: IntArray, second: IntArray, random: np.random.Generator) -> IntArray:
        """Mixture: units or single genes of either parent."""
        if random.random() < 0.5:
            from_second = self._groups[:, None] == np.flatnonzero(random.random(self._groups.max() + 1) < 0.5)
            return np.where(from_second.any(axis=1), second, first)
        return np.where(random.random(len(first)) < random.random(), second, first)

    def _unit_groups(self) -> IntArray:
        """Which unit each gene belongs to: units of each layer are counted on."""
        groups = np.zeros(self._space.size, dtype=np.int64)
        start = 0
        for (outputs, inputs), places in zip(self._space.shapes, self._slices, strict=True):
            for name, place in places.items():
                each = inputs if name in ("weights", "cuts") else 1
                size = place.stop - place.start
                groups[place] = start + np.repeat(np.arange(outputs), each)[:size]
            start += outputs
        return groups

    def _site(self, genome: IntArray, number: int, random: np.random.Generator) -> _Site:
        places, shape = self._slices[number], self._space.shapes[number]
        cuts = genome[places["cuts"]]
        layer = self._space.exact.layers[number]
        return _Site(
            weights=genome[places["weights"]].reshape(shape),
            cuts=cuts.reshape(shape) if cuts.size else cuts,
            biases=genome[places["biases"]],
            dropped=genome[places["dropped"]],
            limits=genome[places["limits"]],
            exact=self._exact[places["weights"]].reshape(shape),
            means=self._means[number],
            widths=self._widths,
            is_relu=layer.activation == "relu",
            is_argmax=number == len(self._slices) - 1 and self._space.exact.decision.kind == "argmax",
            random=random,
        )


def _change_digit(site: _Site) -> None:
    """Take a power of two from a weight or add one."""
    row, column = site.place()
    highest = int(np.abs(site.exact).max(initial=1)).bit_length()
    site.set_weight(
        row, column, int(site.weights[row, column]) + site.sign() * (1 << int(site.random.integers(highest)))
    )


def _shorten(site: _Site) -> None:
    """Fewer digits for a weight, which may end at zero."""
    row, column = site.place()
    digits = np.array(site.random.choice([0, 1, 1, 2]))
    site.set_weight(row, column, int(nearest_with_digits(site.weights[row, column], digits)))


def _double_or_halve(site: _Site) -> None:
    row, column = site.place()
    weight = int(site.weights[row, column])
    site.set_weight(row, column, weight * 2 if site.toss() else weight // 2)


def _restore(site: _Site) -> None:
    """A weight as in the exact model, with some digits."""
    row, column = site.place()
    digits = np.array(site.random.integers(1, 4))
    site.set_weight(row, column, int(nearest_with_digits(site.exact[row, column], digits)))
    if site.cuts.size:
        site.cuts[row, column] = 0


def _move_bias(site: _Site) -> None:
    row = site.row()
    reach = max(2, int(np.abs(site.weights[row]).sum()) * 4)
    site.biases[row] += site.sign() * (1 << int(site.random.integers(reach.bit_length())))


def _round_bias(site: _Site) -> None:
    row = site.row()
    power = 1 << int(site.random.integers(1, 8))
    site.biases[row] = (site.biases[row] + power // 2) // power * power


def _cut_product(site: _Site) -> None:
    """A product sees one input bit less or more."""
    row, column = site.place()
    step = 1 if site.toss(0.6) else -1
    site.cuts[row, column] = np.clip(site.cuts[row, column] + step, 0, site.widths[column])


def _cut_input(site: _Site) -> None:
    """All products of an input see the same bits."""
    column = int(site.random.integers(site.cuts.shape[1]))
    site.cuts[:, column] = site.random.integers(site.widths[column] + 1)


def _cut_columns(site: _Site) -> None:
    """A sum leaves out the summand bits below some bit column."""
    row = site.row()
    weights = site.weights[row]
    lowest = np.log2(np.maximum(weights & -weights, 1)).astype(np.int64)
    site.cuts[row] = np.clip(int(site.random.integers(_FURTHEST)) - lowest, 0, site.widths)


def _drop_output_bits(site: _Site) -> None:
    if site.is_argmax:
        site.dropped[:] = max(0, int(site.dropped[0]) + site.sign())
    elif site.is_relu:
        row = site.row()
        site.dropped[row] = np.clip(site.dropped[row] + site.random.choice([-2, -1, 1, 2]), 0, _MOST_DROPPED)


def _limit_output(site: _Site) -> None:
    """The output of a ReLU saturates at fewer bits or more, or not at all."""
    if not site.is_relu:
        return
    row = site.row()
    if site.toss(0.3):
        site.limits[row] = UNLIMITED
    elif site.limits[row] == UNLIMITED:
        reach = int(np.abs(site.weights[row]).sum()) * 16
        site.limits[row] = max(1, reach.bit_length() - int(site.random.integers(1, 4)))
    else:
        site.limits[row] = np.clip(site.limits[row] + site.sign(), 1, UNLIMITED)


def _clear_row(site: _Site) -> None:
    """A sum becomes a constant."""
    row = site.row()
    for column in range(site.weights.shape[1]):
        site.set_weight(row, column, 0)


_Move = Callable[[_Site], None]
_TABLE: list[tuple[_Move, Technique, float, float]] = [  # move, part of, share in the first layer, in later ones
    (_change_digit, "coefficients", 3, 3),
    (_shorten, "coefficients", 4, 3),
    (_double_or_halve, "coefficients", 1, 1),
    (_restore, "coefficients", 1, 1),
    (_clear_row, "coefficients", 0.1, 0.1),
    (_move_bias, "biases", 2, 2),
    (_round_bias, "biases", 0.5, 0.5),
    (_cut_product, "accumulation", 2, 0),
    (_cut_columns, "accumulation", 1, 0),
    (_cut_input, "inputs", 0.5, 0),
    (_drop_output_bits, "activations", 1, 0.3),
    (_limit_output, "activations", 0.5, 0.1),
]


class _Choice:
    """A random move among those of some techniques, for the first layer or a later one."""

    def __init__(self, techniques: Collection[Technique], *, is_first: bool) -> None:
        allowed = [(move, first if is_first else later) for move, part, first, later in _TABLE if part in techniques]
        self._moves = [move for move, share in allowed if share]
        shares = np.array([share for _, share in allowed if share], dtype=np.float64)
        self._shares = shares / max(shares.sum(), 1e-12)

    def __call__(self, site: _Site) -> None:
        if self._moves:
            self._moves[int(site.random.choice(len(self._moves), p=self._shares))](site)
