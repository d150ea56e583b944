"""What a kind of gene is, whatever the stage that it changes."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Generic, NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from bespoke.model import IntArray

FloatArray = NDArray[np.float64]
Values = dict[str, IntArray]
Part = TypeVar("Part")
Draft = TypeVar("Draft")
LEVELS = "levels"  # technique of moves that are made where converters cost something


class Site(Generic[Part]):
    """Where a move changes a genome.

    Parameters
    ----------
    part : object
        A stage of the exact model, with what genes need to know about it.
    genes : dict of ndarray
        Genes of that part by name, as views that can be written to.
    random : numpy.random.Generator
    """

    def __init__(self, part: Part, genes: Values, random: np.random.Generator) -> None:
        self.part, self.genes, self.random = part, genes, random


class Move(NamedTuple):
    """A random change.

    Attributes
    ----------
    apply : callable
        Writes to the genes of a site.
    share : float
        How often it is made, beside the other moves.
    later : float or None
        The same in later stages; None: as in the first.
    technique : str
        What it is part of, where a search may be one of some techniques alone.
    """

    apply: Callable[[Any], None]
    share: float
    later: float | None = None
    technique: str = ""

    def share_in(self, number: int) -> float:
        """How often it is made in a stage."""
        return self.share if number == 0 or self.later is None else self.later


class Setting(NamedTuple):
    """A whole number from 0 to ``most`` that decides on many genes at once; 0 leaves them as they are.

    ``apply`` writes to the genes (n, ...) of n genomes what a column of its values (n,) asks for.
    """

    name: str
    most: int
    apply: Callable[[Values, IntArray], None]


def _none(*_: Any) -> tuple[()]:  # noqa: ANN401  a part and its genes
    return ()


@dataclass(frozen=True, slots=True)
class Gene(Generic[Part, Draft]):
    """One kind of gene of a stage.

    Attributes
    ----------
    name : str
    exact : callable
        The genes of a part in the exact model; their first axis is that of the part's units, such as sums or tests.
        Without any axis they are one gene for all units.
    apply : callable
        What they do to a draft of the stage: one for all candidates, with values (n, *shape), or one for each.
    moves : tuple of Move
    simpler : callable
        From a part and its genes to genes of the same shape, each of whose differences alone makes the model simpler.
    settings : callable
        Parameters of a part that decide on many genes at once.
    in_changed : int, optional
        Value of the genes in every genome that is not the exact model's own.
    """

    name: str
    exact: Callable[[Part], IntArray]
    apply: Callable[[Part, Draft, IntArray], Draft]
    moves: tuple[Move, ...] = ()
    simpler: Callable[[Part, Values], Iterable[IntArray]] = _none
    settings: Callable[[Part], Iterable[Setting]] = _none
    in_changed: int | None = None
