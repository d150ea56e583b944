"""What was measured of a circuit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

import numpy as np

from bespoke.estimate import Estimate
from bespoke.flow.scoring import Accuracies, clopper_pearson
from bespoke.model import Decision, IntArray

Part = Literal["train", "test"]


@dataclass(frozen=True, slots=True)
class Confusion:
    """Rows by class and by prediction.

    Attributes
    ----------
    right, rows : int
        Rows predicted right, of all.
    interval : tuple of float
        95 % interval of that share, see `bespoke.flow.scoring.clopper_pearson`.
    counts : tuple of tuple of int
        ``counts[class][prediction]``, without rows whose class is unknown to the model on either side.
    """

    right: int
    rows: int
    interval: tuple[float, float]
    counts: tuple[tuple[int, ...], ...]

    @staticmethod
    def of(decision: Decision, targets: IntArray, words: IntArray) -> Confusion:
        """Confusion of a classifier from wanted and predicted output words (n_rows,), negative where unknown."""
        counts = np.zeros((len(decision.classes),) * 2, dtype=np.int64)
        known = (targets >= 0) & (words >= 0)
        np.add.at(counts, (targets[known], words[known]), 1)
        right, rows = int(np.trace(counts)), len(targets)
        return Confusion(right, rows, clopper_pearson(right, rows), tuple(map(tuple, counts.tolist())))

    def to_json(self) -> dict[str, Any]:
        """Plain-data form."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Confusions:
    """Confusions on one part of the rows.

    Attributes
    ----------
    rows : {"test", "train"}
        The test rows, or the training rows where none were kept for the test.
    circuit : Confusion
    float_model : Confusion or None
        None if an integer model was compiled.
    """

    rows: Part
    circuit: Confusion
    float_model: Confusion | None = None

    def to_json(self) -> dict[str, Any]:
        """Plain-data form."""
        known = {"float": self.float_model, "circuit": self.circuit}
        return {"rows": self.rows, **{name: found.to_json() for name, found in known.items() if found}}


@dataclass(frozen=True, slots=True, eq=False)
class Measured:
    """Figures of a circuit.

    Attributes
    ----------
    estimate : Estimate
        Area, power and delay.
    accuracies : Accuracies
    confusions : Confusions or None
        None of regressors, and without data.
    origins : tuple of str
        Which part of the model each cell belongs to, see `bespoke.flow.origins`.
    outputs : mapping of str to ndarray of int64
        Output words of the circuit, shape (n_rows,), on the ``train`` and ``test`` rows that there are.
    """

    estimate: Estimate
    accuracies: Accuracies
    confusions: Confusions | None = None
    origins: tuple[str, ...] = ()
    outputs: Mapping[Part, IntArray] = field(default_factory=dict)
