"""What the searchers know about the designs that they look for."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from typing import Any

import numpy as np

from bespoke.cells import GateCosts
from bespoke.model import IntArray, IntegerModel
from bespoke.search.genes import GenomeLayout
from bespoke.search.outputs import FloatArray, Outputs, Parameter


class DesignSpace(ABC):
    """A set of integer models that share a shape, each given by a genome: an array of ``size`` integers.

    Parameters
    ----------
    exact : IntegerModel
        The model to start from.
    layout : GenomeLayout
    costs : GateCosts
    """

    def __init__(self, exact: IntegerModel, layout: GenomeLayout[Any, Any], costs: GateCosts) -> None:
        self.exact = exact
        self.layout = layout
        self.gate_costs = costs

    @property
    def size(self) -> int:
        """Number of genes."""
        return self.layout.size

    @abstractmethod
    def seeds(self) -> IntArray:
        """Genomes to start from, shape (n, size), the exact model first and then known recipes."""

    @abstractmethod
    def decode(self, genome: IntArray) -> IntegerModel:
        """Model of one genome."""

    @abstractmethod
    def costs(self, genomes: IntArray) -> FloatArray:
        """Estimated size of the circuits in NAND2 cells, shape (n,)."""

    @abstractmethod
    def outputs(self, genomes: IntArray, words: IntArray, targets: IntArray | None = None) -> Iterator[Outputs]:
        """Output words, part by part, for input words (n_rows, n_features), and margins towards ``targets``."""

    def mutate(self, genome: IntArray, random: np.random.Generator) -> IntArray:
        """Slightly changed copy of a genome."""
        return self.layout.mutate(genome, random)

    def cross(self, first: IntArray, second: IntArray, random: np.random.Generator) -> IntArray:
        """Mixture of two genomes."""
        return self.layout.cross(first, second, random)

    def simplifications(self, genome: IntArray) -> list[IntArray]:
        """Genomes (n, size) that are one single change simpler, for each part of the model."""
        return self.layout.simplifications(genome)

    @property
    def parameters(self) -> tuple[Parameter, ...]:
        """A few numbers that give a model of the space."""
        return self.layout.parameters

    def with_parameters(self, values: IntArray) -> IntArray:
        """Genomes (n, size) of values (n, n_parameters); the lowest ones give the exact model."""
        return self.layout.with_parameters(values)
