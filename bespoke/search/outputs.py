"""What candidates give, and numbers that describe them."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bespoke.model import IntArray

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
