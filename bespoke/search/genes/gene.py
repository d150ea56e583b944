"""What a kind of gene is, whatever the stage that it changes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Generic, NamedTuple, Protocol, TypeVar

import numpy as np

from bespoke.model import IntArray
from bespoke.search.outputs import Parameter

Technique = str
Values = dict[str, IntArray]
Part_contra = TypeVar("Part_contra", contravariant=True)
AnyPart = TypeVar("AnyPart", bound="Part")
Draft = TypeVar("Draft")


class Part(Protocol):
    """A stage of the exact model, with what genes need to know about it."""

    def site(self, values: Values, random: np.random.Generator) -> Any:  # noqa: ANN401  what its moves take
        """Where a move changes the genes of a genome, which stand in ``values`` as views, shape as in `Gene.shape`."""
        ...

    @property
    def units(self) -> int:
        """Number of things, such as sums or tests, that have genes of their own."""
        ...


class Move(NamedTuple):
    """A random change.

    Attributes
    ----------
    apply : callable
        Writes to the genes of a site.
    technique : str
        What it is part of.
    share : float
        How often it is made, beside the other moves.
    later : float or None
        The same in later stages; None: as in the first.
    """

    apply: Callable[[Any], None]
    technique: Technique
    share: float
    later: float | None = None


class Step(NamedTuple):
    """A change that makes a model simpler: the genes at a position take a value."""

    position: int | slice | tuple[int, ...]
    value: int


class Simplify(NamedTuple):
    """All such changes of a genome: a function of a part and its genes; and the technique that they are part of."""

    steps: Callable[[Any, Values], Iterator[Step]]
    technique: Technique


class Setting(NamedTuple):
    """A parameter, its technique, and what a column of its values (n,) does to the genes (n, ...) of n genomes."""

    parameter: Parameter
    technique: Technique
    apply: Callable[[Values, IntArray], None]


def no_settings(_part: Any) -> Iterator[Setting]:  # noqa: ANN401  any part
    """Nothing that a parameter decides."""
    return iter(())


@dataclass(frozen=True, slots=True)
class Gene(Generic[Part_contra, Draft]):
    """One kind of gene of a stage.

    Attributes
    ----------
    name : str
    shape : callable
        Shape of the genes of a part; the first axis is that of its units, none (): one gene for all of them.
    exact : callable
        Their values in the exact model.
    apply : callable
        What they do to a draft of the stage: one for all candidates, with values (n, *shape), or one for each.
    moves : tuple of Move
    simplify : Simplify, optional
    settings : callable
        Parameters that decide on many genes at once.
    in_changed : int, optional
        Value of the genes in every genome that is not the exact model's own.
    """

    name: str
    shape: Callable[[Part_contra], tuple[int, ...]]
    exact: Callable[[Part_contra], IntArray]
    apply: Callable[[Part_contra, Draft, IntArray], Draft]
    moves: tuple[Move, ...] = ()
    simplify: Simplify | None = None
    settings: Callable[[Part_contra], Iterator[Setting]] = no_settings
    in_changed: int | None = None
