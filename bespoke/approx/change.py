"""What every approximation step returns, and what several steps share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bespoke.model import Affine, IntArray, IntegerModel


@dataclass(frozen=True, slots=True)
class Change:
    """What a step changed: its name, how many things, and a sentence."""

    step: str
    count: int
    text: str


class Approximated(NamedTuple):
    """The new exact integer function, and how it differs from the one before."""

    model: IntegerModel
    change: Change


def column_means(stage: Affine, inputs: IntArray) -> NDArray[np.float64]:
    """Mean of each column of a stage, shape (n_columns,)."""
    return np.asarray((inputs[:, stage.sources] & stage.masks).mean(axis=0), dtype=np.float64)
