"""What the searchers know about the designs that they look for: genomes, how they change, and what they give."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Collection, Iterator, Sequence
from functools import cached_property
from typing import Any, ClassVar, NamedTuple

import numpy as np
from numpy.typing import NDArray

from bespoke.cells import GateCosts
from bespoke.model import IntArray, IntegerModel
from bespoke.search.genes.gene import LEVELS, Draft, FloatArray, Gene, Move, Setting, Site, Values
from bespoke.search.level_costs import LevelCosts

_MEAN_CHANGES = 2.0
_NO_UNIT = -1


class Outputs(NamedTuple):
    """What a part of a population gives on some rows.

    Attributes
    ----------
    part : slice
        Which genomes.
    words : ndarray of int64, shape (n_part, n_rows)
        Output words.
    margins : ndarray of float, shape (n_part, n_rows), or None
        How far each row is from another decision, below 0 where it is wrong, in a unit of the candidate's own;
        None where there is nothing of the kind, or no targets.
    """

    part: slice
    words: IntArray
    margins: FloatArray | None


def distinct(genomes: Sequence[IntArray]) -> IntArray:
    """The genomes in their order, each once."""
    return np.array(list({genome.tobytes(): genome for genome in genomes}.values()))


class DesignSpace(ABC):
    """A set of integer models that share a shape, each given by a genome.

    A genome is an array of integers: part by part and, within a part, one kind of gene after another.

    Parameters
    ----------
    exact : IntegerModel
        The model to start from.
    parts : sequence
        Its stages, with what genes need to know about them.
    costs : GateCosts
    techniques : collection of str, optional
        Of which moves have to be. All, if left out.
    converters : LevelCosts, optional
        What the converters in front of the circuits cost. Nothing, if left out.

    Attributes
    ----------
    site : type of Site
        What moves are given.
    genes : tuple of Gene
        The kinds of genes that a part has.
    start : ndarray of int64, shape (n_genes,)
        Genome of the exact model.
    """

    site: ClassVar[type[Site[Any]]] = Site
    genes: ClassVar[tuple[Gene[Any, Any], ...]]

    def __init__(
        self,
        exact: IntegerModel,
        parts: Sequence[Any],
        costs: GateCosts,
        techniques: Collection[str] | None = None,
        converters: LevelCosts | None = None,
    ) -> None:
        self.exact, self.parts, self.gate_costs, self._techniques = exact, parts, costs, techniques
        self.level_costs = converters
        self._fields: list[dict[str, tuple[slice, tuple[int, ...]]]] = []  # where genes stand, and their shape
        start: list[IntArray] = []
        position = 0
        for part in parts:
            fields = {}
            for gene in self.genes:
                values = np.asarray(gene.exact(part), dtype=np.int64)
                fields[gene.name] = (slice(position, position + values.size), values.shape)
                start.append(values.ravel())
                position += values.size
            self._fields.append(fields)
        self.start = np.concatenate(start)
        self._units = self._numbered_units()
        self._moves = [self._moves_of(number) for number in range(len(parts))]

    def allows(self, technique: str) -> bool:
        """Whether moves of a technique are made."""
        if technique == LEVELS and self.level_costs is None:
            return False
        return self._techniques is None or technique in self._techniques

    @abstractmethod
    def seeds(self) -> IntArray:
        """Genomes to start from, shape (n, n_genes), the exact model first and then known recipes."""

    @abstractmethod
    def decode(self, genome: IntArray) -> IntegerModel:
        """Model of one genome."""

    @abstractmethod
    def circuit_costs(self, genomes: IntArray) -> FloatArray:
        """Estimated size of the circuits in NAND2 cells, shape (n,)."""

    @abstractmethod
    def converter_costs(self, genomes: IntArray, costs: LevelCosts) -> FloatArray:
        """What the converters in front of the circuits cost in that unit, shape (n,)."""

    def costs(self, genomes: IntArray) -> FloatArray:
        """What the circuits cost with their converters, shape (n,)."""
        found = self.circuit_costs(genomes)
        return found if self.level_costs is None else found + self.converter_costs(genomes, self.level_costs)

    @abstractmethod
    def outputs(self, genomes: IntArray, words: IntArray, targets: IntArray | None = None) -> Iterator[Outputs]:
        """Output words, part by part, for input words (n_rows, n_features), and margins towards ``targets``."""

    def predict(self, genomes: IntArray, words: IntArray) -> IntArray:
        """Output words of all genomes, shape (n, n_rows), for input words (n_rows, n_features)."""
        return np.concatenate([part.words for part in self.outputs(genomes, words)])

    def settled(self, genomes: IntArray) -> IntArray:
        """Simpler genomes (n, n_genes) with genes that follow from the others; those of them that do."""
        return genomes

    def values(self, genomes: IntArray, number: int) -> Values:
        """Views of the genes of a part, each (n, *shape), by name."""
        fields, count = self._fields[number], len(genomes)
        return {name: genomes[:, where].reshape(count, *shape) for name, (where, shape) in fields.items()}

    def genes_of(self, genome: IntArray, number: int) -> Values:
        """Views of the genes of a part of one genome, by name."""
        return {name: genome[where].reshape(shape) for name, (where, shape) in self._fields[number].items()}

    def applied(self, draft: Draft, number: int, genomes: IntArray) -> Draft:
        """Draft of all candidates' stage with their genes."""
        values = self.values(genomes, number)
        for gene in self.genes:
            draft = gene.apply(self.parts[number], draft, values[gene.name])
        return draft

    def mutate(self, genome: IntArray, random: np.random.Generator) -> IntArray:
        """Slightly changed copy of a genome."""
        result = self._changed(genome)
        for _ in range(1 + int(random.poisson(_MEAN_CHANGES - 1))):
            number = int(random.integers(len(self.parts)))
            moves, shares = self._moves[number]
            if moves:
                move = moves[int(random.choice(len(moves), p=shares))]
                move.apply(self.site(self.parts[number], self.genes_of(result, number), random))
        return result

    def cross(self, first: IntArray, second: IntArray, random: np.random.Generator) -> IntArray:
        """Mixture of two genomes: units or single genes of either."""
        if random.random() < 0.5:
            return self.of_units(random.random(self._units.max(initial=0) + 1) < 0.5, first, second)
        return np.where(random.random(len(first)) < random.random(), second, first)

    def of_units(self, chosen: NDArray[np.bool_], first: IntArray, second: IntArray) -> IntArray:
        """The first genome with some units, given as one flag each, of the second."""
        return np.where(np.append(chosen, False)[self._units], second, first)

    def simplifications(self, genome: IntArray) -> list[IntArray]:
        """Genomes (n, n_genes) that are one single change simpler, for each part of the model."""
        found = []
        for number, part in enumerate(self.parts):
            genes, changed = self.genes_of(genome, number), []
            for gene in self.genes:
                for simpler in gene.simpler(part, genes):
                    for position in map(tuple, np.argwhere(simpler != genes[gene.name])):
                        changed.append(self._changed(genome))
                        self.genes_of(changed[-1], number)[gene.name][position] = simpler[position]
            array = np.array(changed, dtype=np.int64).reshape(-1, len(genome))
            found.append(self.settled(np.unique(array, axis=0)))
        return found

    @property
    def parameters(self) -> tuple[Setting, ...]:
        """A few numbers that give a model of the space."""
        return tuple(setting for _, setting in self._settings)

    def with_parameters(self, values: IntArray) -> IntArray:
        """Genomes (n, n_genes) of values (n, n_parameters); zeros give the exact model."""
        genomes = np.repeat(self.start[None], len(values), axis=0)
        genomes[values.any(axis=1)] = self._changed(self.start)
        for (number, setting), column in zip(self._settings, values.T, strict=True):
            setting.apply(self.values(genomes, number), column)
        return self.settled(genomes)

    @cached_property
    def _settings(self) -> list[tuple[int, Setting]]:
        """With the number of the part of each; those of one kind of gene together, since later ones may look at it."""
        parts = list(enumerate(self.parts))
        found = [(number, one) for gene in self.genes for number, part in parts for one in gene.settings(part)]
        return [(number, setting) for number, setting in found if setting.most > 0]

    def _numbered_units(self) -> IntArray:
        """Unit of each gene, counted on from part to part; -1 for none."""
        units: IntArray = np.full(len(self.start), _NO_UNIT, dtype=np.int64)
        for number in range(len(self.parts)):
            first = int(units.max(initial=_NO_UNIT)) + 1
            for values in self.genes_of(units, number).values():
                if values.ndim:
                    values.T[...] = first + np.arange(len(values))
        return units

    def _moves_of(self, number: int) -> tuple[list[Move], FloatArray]:
        """Moves of a part, and how often each is made; none where there are no units."""
        has_units = any(shape and shape[0] for _, shape in self._fields[number].values())
        moves = [move for gene in self.genes for move in gene.moves if has_units and self.allows(move.technique)]
        moves = [move for move in moves if move.share_in(number)]
        shares = np.array([move.share_in(number) for move in moves], dtype=np.float64)
        return moves, shares / max(shares.sum(), 1e-12)

    def _changed(self, genome: IntArray) -> IntArray:
        """Copy of a genome that is to differ from the exact model's."""
        result = genome.copy()
        for gene in self.genes:
            if gene.in_changed is not None:
                for fields in self._fields:
                    result[fields[gene.name][0]] = gene.in_changed
        return result
