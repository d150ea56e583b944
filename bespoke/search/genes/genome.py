"""How the genes of all stages of a model stand in a genome, and how genomes change."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from functools import cached_property
from typing import Any, Generic

import numpy as np
from numpy.typing import NDArray

from bespoke.model import IntArray
from bespoke.search.genes.gene import AnyPart, Draft, Gene, Move, Setting, Values
from bespoke.search.outputs import Parameter

_MEAN_CHANGES = 2.0
_NO_UNIT = -1


def as_they_are(genomes: IntArray) -> IntArray:
    """The genomes."""
    return genomes


class GenomeLayout(Generic[AnyPart, Draft]):
    """Genomes of one model: an array of integers, part by part and, within a part, one kind of gene after another.

    Parameters
    ----------
    parts : sequence of Part
        The stages.
    genes : sequence of Gene
        The kinds of genes that a part has.
    techniques : collection of str
        What may change.
    settle : callable, optional
        Genes that follow from the others, for simpler genomes (n, size).

    Attributes
    ----------
    exact : ndarray of int64, shape (size,)
        Genome of the exact model.
    units : ndarray of int64, shape (size,)
        Unit that each gene belongs to, counted on from part to part; -1 for none.
    """

    def __init__(
        self,
        parts: Sequence[AnyPart],
        genes: Sequence[Gene[AnyPart, Draft]],
        techniques: Collection[str],
        settle: Callable[[IntArray], IntArray] = as_they_are,
    ) -> None:
        self.parts = parts
        self._genes = genes
        self._techniques = frozenset(techniques)
        self._settle = settle
        self.slices: list[dict[str, slice]] = []
        exact: list[IntArray] = []
        units: list[IntArray] = []
        start = first_unit = 0
        for part in parts:
            slices = {}
            for gene in genes:
                shape = gene.shape(part)
                size = int(np.prod(shape))
                slices[gene.name] = slice(start, start + size)
                exact.append(np.broadcast_to(gene.exact(part), shape).ravel())
                each = int(np.prod(shape[1:]))
                units.append(np.repeat(first_unit + np.arange(part.units), each) if shape else np.array([_NO_UNIT]))
                start += size
            self.slices.append(slices)
            first_unit += part.units
        self.exact = np.concatenate(exact).astype(np.int64)
        self.units = np.concatenate(units).astype(np.int64)
        self._moves = [self._moves_of(number, part) for number, part in enumerate(parts)]

    @property
    def size(self) -> int:
        """Number of genes."""
        return len(self.exact)

    def values(self, genomes: IntArray, number: int) -> Values:
        """Views of the genes of a part, each (n, *shape), by name."""
        part, slices = self.parts[number], self.slices[number]
        return {g.name: genomes[:, slices[g.name]].reshape(len(genomes), *g.shape(part)) for g in self._genes}

    def applied(self, draft: Draft, number: int, genomes: IntArray) -> Draft:
        """Draft of all candidates' stage with their genes."""
        part, values = self.parts[number], self.values(genomes, number)
        for gene in self._genes:
            draft = gene.apply(part, draft, values[gene.name])
        return draft

    def mutate(self, genome: IntArray, random: np.random.Generator) -> IntArray:
        """Changed copy of a genome."""
        result = self._changed(genome)
        for _ in range(1 + int(random.poisson(_MEAN_CHANGES - 1))):
            number = int(random.integers(len(self.parts)))
            moves, shares = self._moves[number]
            if moves:
                move = moves[int(random.choice(len(moves), p=shares))]
                move.apply(self.parts[number].site(self._one(result, number), random))
        return result

    def cross(self, first: IntArray, second: IntArray, random: np.random.Generator) -> IntArray:
        """Mixture: units or single genes of either parent."""
        if random.random() < 0.5:
            return self.of_units(random.random(self.units.max(initial=0) + 1) < 0.5, first, second)
        return np.where(random.random(len(first)) < random.random(), second, first)

    def of_units(self, chosen: NDArray[np.bool_], first: IntArray, second: IntArray) -> IntArray:
        """The first genome with some units, given as one flag each, of the second."""
        return np.where(np.append(chosen, False)[self.units], second, first)

    def simplifications(self, genome: IntArray) -> list[IntArray]:
        """Genomes (n, size), for each part, that are one change simpler."""
        found = []
        for number, part in enumerate(self.parts):
            changed = []
            for gene in self._genes:
                if gene.simplify is None or gene.simplify.technique not in self._techniques:
                    continue
                for position, value in gene.simplify.steps(part, self._one(genome, number)):
                    changed.append(self._changed(genome))
                    self._one(changed[-1], number)[gene.name][position] = value
            array = np.array(changed, dtype=np.int64).reshape(len(changed), self.size)
            found.append(self._settle(np.unique(array, axis=0)))
        return found

    @property
    def parameters(self) -> tuple[Parameter, ...]:
        """What decides on many genes at once."""
        return tuple(setting.parameter for _, setting in self._settings)

    def with_parameters(self, values: IntArray) -> IntArray:
        """Genomes (n, size) of values (n, n_parameters)."""
        genomes = np.repeat(self.exact[None], len(values), axis=0)
        is_changed = (values > [one.low for one in self.parameters]).any(axis=1)
        genomes[is_changed] = self._changed(self.exact)
        for (number, setting), column in zip(self._settings, values.T, strict=True):
            setting.apply(self.values(genomes, number), column)
        return self._settle(genomes)

    @cached_property
    def _settings(self) -> list[tuple[int, Setting]]:
        """With the number of the part of each; those of one kind of gene together, since later ones may look at it."""
        found = []
        for gene in self._genes:
            for number, part in enumerate(self.parts):
                for setting in gene.settings(part):
                    _, low, high = setting.parameter
                    if setting.technique in self._techniques and high > low:
                        found.append((number, setting))
        return found

    def _moves_of(self, number: int, part: AnyPart) -> tuple[list[Move], Any]:
        moves, shares = [], []
        for move in (move for gene in self._genes for move in gene.moves):
            share = move.share if number == 0 or move.later is None else move.later
            if part.units and share and move.technique in self._techniques:
                moves.append(move)
                shares.append(share)
        return moves, np.array(shares, dtype=np.float64) / max(sum(shares), 1e-12)

    def _one(self, genome: IntArray, number: int) -> Values:
        """Views of the genes of a part of one genome."""
        return {name: value[0] for name, value in self.values(genome[None], number).items()}

    def _changed(self, genome: IntArray) -> IntArray:
        """Copy of a genome that is to differ from the exact model's."""
        result = genome.copy()
        for slices in self.slices:
            for gene in self._genes:
                if gene.in_changed is not None:
                    result[slices[gene.name]] = gene.in_changed
        return result
