"""Models that may become circuits of a front, from a search or from a published recipe."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bespoke.flow.assurance import Assurance
from bespoke.flow.build import Pruner
from bespoke.flow.design import Design
from bespoke.model import IntegerModel

FloatArray = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Candidates:
    """What may become circuits; the first one is the exact model.

    Attributes
    ----------
    model : callable
        From the number of a candidate to its model.
    pruner : callable
        From the number of a candidate to what edits its lowered netlist, if anything does.
    identity : callable
        From the number of a candidate to what it has in common with others that give the same circuit.
    gains : ndarray of float, shape (n,)
        Assured gain of each over the exact model.
    costs : ndarray of float, shape (n,)
        Estimated size in NAND2 cells, before pruning.
    exact_score : float
        Score of the exact model on the rows that judge.
    judged_on : str
        Which rows the gains are about.
    assurance : Assurance or None
        Judge of the circuits on the training rows; None where the gains come from refits.
    seen : ndarray of bool, shape (n_train,)
        Which training rows were seen when the candidates were made.
    log : mapping
        What was done, as plain data.
    state : str
        State of the search, from which it can go on; empty for none.
    """

    model: Callable[[int], IntegerModel]
    pruner: Callable[[int], Pruner | None]
    identity: Callable[[int], object]
    gains: FloatArray
    costs: FloatArray
    exact_score: float
    judged_on: str
    assurance: Assurance | None
    seen: NDArray[np.bool_]
    log: Mapping[str, Any] = field(default_factory=dict)
    state: str = ""

    def gain_of(self, index: int, design: Design) -> float:
        """Assured gain of the circuit made of a candidate: by its own outputs where training rows judge."""
        if self.assurance is None:
            return float(self.gains[index])
        return self.assurance.gain(design.measured.outputs["train"])

    @property
    def shares(self) -> FloatArray:
        """Costs as shares of the exact model's."""
        return np.asarray(self.costs / max(float(self.costs[0]), 1.0), dtype=np.float64)
