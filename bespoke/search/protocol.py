"""What the searchers know about the designs that they look for."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from bespoke.model import IntArray, IntegerModel

FloatArray = NDArray[np.float64]


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


class Parameter(NamedTuple):
    """A whole number from ``low`` to ``high`` that decides on many genes at once; ``low`` leaves them as they are."""

    name: str
    low: int
    high: int


class DesignSpace(Protocol):
    """A set of integer models that share a shape, each given by a genome: an array of ``size`` integers."""

    @property
    def exact(self) -> IntegerModel:
        """The model to start from."""
        ...

    @property
    def size(self) -> int:
        """Number of genes."""
        ...

    def seeds(self) -> IntArray:
        """Genomes to start from, shape (n, size), the exact model first and then known recipes."""
        ...

    def decode(self, genome: IntArray) -> IntegerModel:
        """Model of one genome."""
        ...

    def costs(self, genomes: IntArray) -> FloatArray:
        """Estimated size of the circuits in NAND2 cells, shape (n,)."""
        ...

    def outputs(self, genomes: IntArray, words: IntArray, targets: IntArray | None = None) -> Iterator[Outputs]:
        """Output words, part by part, for input words (n_rows, n_features), and margins towards ``targets``."""
        ...

    def mutate(self, genome: IntArray, random: np.random.Generator) -> IntArray:
        """Slightly changed copy of a genome."""
        ...

    def cross(self, first: IntArray, second: IntArray, random: np.random.Generator) -> IntArray:
        """Mixture of two genomes."""
        ...

    def simplifications(self, genome: IntArray) -> list[IntArray]:
        """Genomes (n, size) that are one single change simpler, for each part of the model."""
        ...

    @property
    def parameters(self) -> tuple[Parameter, ...]:
        """A few numbers that give a model of the space."""
        ...

    def with_parameters(self, values: IntArray) -> IntArray:
        """Genomes (n, size) of values (n, n_parameters); the lowest ones give the exact model."""
        ...
