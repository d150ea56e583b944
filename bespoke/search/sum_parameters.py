"""A few numbers that describe a simpler weighted-sum model."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from functools import partial
from typing import NamedTuple

import numpy as np

from bespoke.model import IntArray
from bespoke.numeric import csd
from bespoke.search.balance import Balance
from bespoke.search.protocol import FloatArray, Parameter
from bespoke.search.space import SumSpace
from bespoke.search.variation import Technique

_MOST_COLUMNS = 8
_MOST_SATURATED = 4


class _Setting(NamedTuple):
    """A parameter, and what a column of its values (n,) does to genomes (n, size)."""

    parameter: Parameter
    apply: Callable[[IntArray, IntArray], None]


class SumParameters:
    """Per sum the signed digits and the bit columns that are left out, per unit the bits its output loses.

    Digits go by rising significance ``2**position`` times the standard deviation of the input, so that what is left
    is the sum's best approximation by so many digits, were the inputs independent. One parameter takes low bits from
    all inputs. Biases are balanced.

    Parameters
    ----------
    space : SumSpace
    balance : Balance
    techniques : collection of str
        What may change.
    """

    def __init__(self, space: SumSpace, balance: Balance, techniques: Collection[Technique]) -> None:
        self._space, self._balance = space, balance
        self._exact = space.encode(space.exact)
        # In this order: columns depend on the digits that are left.
        table: list[tuple[Callable[[], Iterator[_Setting]], Technique]] = [
            (self._digits, "coefficients"),
            (self._columns, "accumulation"),
            (self._inputs, "inputs"),
            (self._outputs, "activations"),
        ]
        chosen = [one for settings, technique in table if technique in techniques for one in settings()]
        self._settings = [one for one in chosen if one.parameter.high > one.parameter.low]
        self.parameters = tuple(setting.parameter for setting in self._settings)

    def __call__(self, values: IntArray) -> IntArray:
        """Genomes (n, size) of values (n, n_parameters)."""
        genomes = np.repeat(self._exact[None], len(values), axis=0)
        for setting, column in zip(self._settings, values.T, strict=True):
            setting.apply(genomes, column)
        return self._balance(genomes)

    def _digits(self) -> Iterator[_Setting]:
        for number, genes in enumerate(self._space.genes(self._exact[None])):
            for row, weights in enumerate(genes.weights[0]):
                steps = _with_fewer_digits(weights, self._balance.spreads[number])

                apply = partial(self._set_weights, number, row, steps)
                yield _Setting(Parameter(f"digits {number}.{row}", 0, len(steps) - 1), apply)

    def _set_weights(self, number: int, row: int, steps: IntArray, genomes: IntArray, gone: IntArray) -> None:
        self._space.genes(genomes)[number].weights[:, row] = steps[gone]

    def _columns(self) -> Iterator[_Setting]:
        widths = np.array(self._space.exact.coding.bits, dtype=np.int64)
        for row in range(self._space.shapes[0][0]):

            def apply(genomes: IntArray, columns: IntArray, row: int = row) -> None:
                genes = self._space.genes(genomes)[0]
                weights = genes.weights[:, row]
                lowest = np.log2(np.maximum(weights & -weights, 1)).astype(np.int64)
                genes.cuts[:, row] = np.maximum(genes.cuts[:, row], np.clip(columns[:, None] - lowest, 0, widths))

            yield _Setting(Parameter(f"columns {row}", 0, _MOST_COLUMNS), apply)

    def _inputs(self) -> Iterator[_Setting]:
        widths = np.array(self._space.exact.coding.bits, dtype=np.int64)

        def apply(genomes: IntArray, bits: IntArray) -> None:
            cuts = self._space.genes(genomes)[0].cuts
            cuts[:] = np.maximum(cuts, np.minimum(bits[:, None, None], widths))

        yield _Setting(Parameter("input bits", 0, int(widths.max(initial=0))), apply)

    def _outputs(self) -> Iterator[_Setting]:
        for number, places in enumerate(self._space.slices()):
            if self._space.is_argmax(number):
                yield self._dropping(f"score bits {number}", places["dropped"], self._score_bits())
            if self._space.is_relu(number):
                for row, bits in enumerate(self._space.output_bits(number).tolist()):
                    yield self._dropping(f"low bits {number}.{row}", _only(places["dropped"], row), bits)
                    yield self._saturating(f"high bits {number}.{row}", _only(places["limits"], row), bits)

    def _score_bits(self) -> int:
        return int(np.abs(self._space.genes(self._exact[None])[-1].weights).max(initial=0)).bit_length()

    def _dropping(self, name: str, place: slice, bits: int) -> _Setting:
        before = self._exact[place]

        def apply(genomes: IntArray, dropped: IntArray) -> None:
            genomes[:, place] = before + dropped[:, None]

        return _Setting(Parameter(name, 0, max(0, bits - int(before.max()))), apply)

    def _saturating(self, name: str, place: slice, bits: int) -> _Setting:
        before = int(self._exact[place][0])
        top = min(before, bits)

        def apply(genomes: IntArray, gone: IntArray) -> None:
            genomes[:, place] = np.where(gone, np.maximum(top - gone, 1), before)[:, None]

        return _Setting(Parameter(name, 0, max(0, min(_MOST_SATURATED, top - 1))), apply)


def _only(places: slice, row: int) -> slice:
    return slice(places.start + row, places.start + row + 1)


def _with_fewer_digits(weights: IntArray, spreads: FloatArray) -> IntArray:
    """Weights of a sum without their 0, 1, ... least significant digits, shape (n_digits + 1, n_inputs)."""
    digits = [(digit, column) for column, weight in enumerate(weights.tolist()) for digit in csd(weight)]
    digits.sort(key=lambda item: (float(spreads[item[1]]) * 2.0 ** item[0].position, item[1]))
    steps = np.repeat(weights[None], len(digits) + 1, axis=0)
    for place, (digit, column) in enumerate(digits, start=1):
        steps[place:, column] -= digit.sign * (1 << digit.position)
    return steps
