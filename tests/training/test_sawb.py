"""Ranges of least squared error: the paper's coefficients, and ranges that are the best for other weights."""

from __future__ import annotations

import numpy as np
import pytest

from bespoke.training.grids import GRIDS
from bespoke.training.sawb import range_coefficients


@pytest.mark.parametrize(
    # Choi et al., MLSys 2019, for 2 bits; 12.1 and -12.2 for 4 bits as training code in use has them.
    ("grid", "bits", "known"), [("odd", 2, (3.2, -2.1)), ("uniform", 4, (12.1, -12.2))],
)  # fmt: skip
def test_coefficients_are_those_that_are_known(grid: str, bits: int, known: tuple[float, float]) -> None:
    assert range_coefficients(tuple(GRIDS[grid](bits).tolist())) == pytest.approx(known, rel=0.05)


@pytest.mark.parametrize(("grid", "bits"), [("uniform", 3), ("pow2", 4), ("ternary", 2), ("binary", 1)])
def test_the_range_has_about_the_least_squared_error(grid: str, bits: int) -> None:
    levels = GRIDS[grid](bits)
    weights = np.random.default_rng(0).normal(0.0, 0.7, 2000)

    def error(largest: float) -> float:
        nearest = np.abs(weights[:, None] - levels * largest / levels[-1]).min(axis=1)
        return float((nearest**2).mean())

    first, second = range_coefficients(tuple(levels.tolist()))
    found = first * np.sqrt((weights**2).mean()) + second * np.abs(weights).mean()
    assert error(found) < 1.05 * min(error(largest) for largest in np.linspace(0.2, 4.0, 100))
