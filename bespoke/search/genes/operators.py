"""Genes of mappings: the operator of each sum."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from operator import attrgetter

import numpy as np

from bespoke.approx import AffineBatch, UnitOperator
from bespoke.model import Affine, IntArray
from bespoke.numeric import Interval
from bespoke.search.genes.gene import Gene, Move, Setting, Site, Values


@dataclass(frozen=True, eq=False)
class MappingPart:
    """A stage of the exact model, and the operators of its sums.

    Attributes
    ----------
    number : int
    stage : Affine
        With one column per input, in order.
    inputs : tuple of Interval
        Ranges of its inputs.
    operators : tuple of tuple of UnitOperator
        For each sum, by falling cost, the exact one first.
    """

    number: int
    stage: Affine
    inputs: tuple[Interval, ...]
    operators: tuple[Sequence[UnitOperator], ...]

    @property
    def counts(self) -> IntArray:
        """Number of operators of each sum."""
        return np.array([len(own) for own in self.operators], dtype=np.int64)


def _apply(part: MappingPart, batch: AffineBatch, values: IntArray) -> AffineBatch:
    weights, biases, cells, columns = (
        np.stack(
            [np.array([read(each) for each in own])[rows] for own, rows in zip(part.operators, values.T, strict=True)],
            axis=1,
        )
        for read in map(attrgetter, ("weights", "bias", "cell", "columns"))
    )
    return replace(batch, weights=weights, biases=biases, cells=cells, columns=columns)


def _step(site: Site[MappingPart]) -> None:
    """The next cheaper operator, or the next dearer one."""
    row = int(site.random.integers(len(site.part.operators)))
    chosen = site.genes["operators"]
    chosen[row] = np.clip(chosen[row] + site.random.choice([-1, 1]), 0, len(site.part.operators[row]) - 1)


def _exchange(site: Site[MappingPart]) -> None:
    """Any operator."""
    row = int(site.random.integers(len(site.part.operators)))
    site.genes["operators"][row] = site.random.integers(len(site.part.operators[row]))


def _cheaper(part: MappingPart, values: Values) -> Iterator[IntArray]:
    yield np.minimum(values["operators"] + 1, part.counts - 1)


def _settings(part: MappingPart) -> Iterator[Setting]:
    for row, count in enumerate(part.counts.tolist()):
        yield Setting(f"operator {part.number}.{row}", count - 1, partial(_set, row))


def _set(row: int, values: Values, chosen: IntArray) -> None:
    values["operators"][:, row] = chosen


OPERATORS: Gene[MappingPart, AffineBatch] = Gene(
    name="operators",
    exact=lambda part: np.zeros(len(part.operators), dtype=np.int64),
    apply=_apply,
    moves=(Move(_step, 1), Move(_exchange, 1)),
    simpler=_cheaper,
    settings=_settings,
)
