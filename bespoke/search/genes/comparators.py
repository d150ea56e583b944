"""Genes of whole comparators of a tree: their bits, and offsets of their thresholds."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import NamedTuple

import numpy as np

from bespoke.approx import ThresholdOptions, approximate_thresholds
from bespoke.model import IntArray, Trees
from bespoke.search.genes.gene import Gene, Move, Setting, Simplify, Step, Values
from bespoke.search.genes.trees_part import TreeDraft, TreesPart
from bespoke.search.outputs import Parameter

TECHNIQUE = "thresholds"
FEWEST_BITS, MOST_BITS, FURTHEST = 2, 8, 5  # as published
BITS, OFFSET = range(2)


class ComparatorsPart(NamedTuple):
    """A tree with its comparators, each a feature and a threshold."""

    trees: TreesPart
    comparators: tuple[tuple[int, int], ...]

    @property
    def units(self) -> int:
        """Number of comparators."""
        return len(self.comparators)

    @property
    def widths(self) -> IntArray:
        """Bits of the feature of each comparator."""
        return np.array([self.trees.exact.coding.bits[feature] for feature, _ in self.comparators], dtype=np.int64)

    @property
    def fewest(self) -> IntArray:
        """Least bits of each comparator."""
        return np.minimum(self.widths, FEWEST_BITS)

    def site(self, values: Values, random: np.random.Generator) -> ComparatorSite:
        """A random comparator."""
        number = int(random.integers(self.units))
        return ComparatorSite(self, number, values["comparators"][number], random)


class ComparatorSite(NamedTuple):
    """A comparator of one genome, its bits and offset as a view that can be written to."""

    part: ComparatorsPart
    number: int
    genes: IntArray
    random: np.random.Generator


def _shape(part: ComparatorsPart) -> tuple[int, ...]:
    return (part.units, 2)


def _exact(part: ComparatorsPart) -> IntArray:
    return np.stack([part.widths, np.zeros_like(part.widths)], axis=1)


def _apply(part: ComparatorsPart, draft: TreeDraft, values: IntArray) -> TreeDraft:
    bits, offsets = values[0].T.tolist()
    model = approximate_thresholds(part.trees.exact, ThresholdOptions(tuple(bits), tuple(offsets))).model
    return draft._replace(bounds=model.only_stage(Trees, "search").threshold[part.trees.inner] + 1)


def _other_bits(site: ComparatorSite) -> None:
    fewest, width = int(site.part.fewest[site.number]), int(site.part.widths[site.number])
    site.genes[BITS] = site.random.integers(fewest, min(width, MOST_BITS) + 1)


def _other_offset(site: ComparatorSite) -> None:
    site.genes[OFFSET] = site.random.integers(-FURTHEST, FURTHEST + 1)


def _fewer_bits(part: ComparatorsPart, values: Values) -> Iterator[Step]:
    bits = values["comparators"][:, BITS]
    for number in np.flatnonzero(bits > part.fewest).tolist():
        yield Step((number, BITS), int(bits[number]) - 1)


def _settings(part: ComparatorsPart) -> Iterator[Setting]:
    """Bits that the comparators of each feature do not read."""
    features = np.array([feature for feature, _ in part.comparators], dtype=np.int64)
    for feature in np.unique(features).tolist():
        numbers = np.flatnonzero(features == feature)
        most = int((part.widths - part.fewest)[numbers[0]])
        yield Setting(Parameter(f"bits {feature}", 0, most), TECHNIQUE, partial(_shorten, part.widths, numbers))


def _shorten(widths: IntArray, numbers: IntArray, values: Values, gone: IntArray) -> None:
    values["comparators"][:, numbers, BITS] = widths[numbers] - gone[:, None]


# Bits and offset of each comparator (Balaskas et al., ISQED 2022).
COMPARATORS: Gene[ComparatorsPart, TreeDraft] = Gene(
    name="comparators",
    shape=_shape,
    exact=_exact,
    apply=_apply,
    moves=(Move(_other_bits, TECHNIQUE, 1), Move(_other_offset, TECHNIQUE, 1)),
    simplify=Simplify(_fewer_bits, TECHNIQUE),
    settings=_settings,
)
