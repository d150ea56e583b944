"""What a family of models is to the search across families."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

import numpy as np

from bespoke.families.learning import Learning
from bespoke.model import IntegerModel

Parameters = Mapping[str, Any]


class Family(ABC):
    """Models of one kind, trained on the words that a circuit reads.

    Attributes
    ----------
    name : str
        What the family is called in options and on the front.
    source : str
        Where the method stands.
    is_first : bool
        Whether its few and quick candidates are tried before those of other families.
    pace : int
        How many times as early as those of other families its candidates enter, because they train quickly.
    pays_levels : bool
        Whether candidates that differ in their ``toll`` alone are the same where levels cost nothing.
    """

    name: ClassVar[str]
    source: ClassVar[str]
    is_first: ClassVar[bool] = False
    pace: ClassVar[int] = 1
    pays_levels: ClassVar[bool] = False

    def suits(self, learning: Learning) -> bool:
        """Whether the family has models for such data."""
        del learning
        return True

    @abstractmethod
    def candidates(self) -> Iterator[Parameters]:
        """Settings worth a try, cheap circuits first."""

    def candidates_for(self, learning: Learning) -> Iterator[Parameters]:
        """Those of `candidates` that may give different models of such data."""
        del learning
        return self.candidates()

    @abstractmethod
    def fit(self, learning: Learning, parameters: Parameters, random: np.random.Generator) -> IntegerModel:
        """Train one model; the same arguments give the same model.

        Parameters
        ----------
        learning : Learning
            At least one row; a class may have none.
        parameters : mapping
            One of `candidates`.
        random : numpy.random.Generator
        """
