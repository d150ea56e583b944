"""How far from 0 the largest level of a grid stands for weights of a given spread.

Source: statistics-aware weight binning, Choi et al., "Accurate and Efficient 2-bit Quantized Neural Networks", MLSys
2019: over six distributions the range of least squared error is close to a linear function of the root mean square and
the mean magnitude of the weights.
"""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

_COUNT = 501  # quantiles that stand for a distribution
_RANGES = np.geomspace(0.3, 8.0, 250)  # in root mean squares
_VON_MISES_SPREAD = 2.0


@cache
def range_coefficients(levels: tuple[int, ...]) -> tuple[float, float]:
    """``c1`` and ``c2`` of the range ``c1 * sqrt(mean(w**2)) + c2 * mean(abs(w))`` of least squared error.

    Parameters
    ----------
    levels : tuple of int
        In rising order, symmetric.
    """
    samples = _distributions()
    best = np.array([_best_range(each, levels) for each in samples])
    sizes = np.abs(samples).mean(axis=1)
    # As the authors: a line through best / E|w| over sqrt(E[w^2]) / E|w|.
    slope, intercept = np.polyfit(1.0 / sizes, best / sizes, 1)
    return float(slope), float(intercept)


@cache
def _distributions() -> NDArray[np.float64]:
    """Quantiles of the six distributions of the paper, around 0 and of root mean square 1."""
    from scipy import stats

    shares = (np.arange(_COUNT) + 0.5) / _COUNT
    kinds = [stats.norm(), stats.laplace(), stats.uniform(-1, 2), stats.logistic(), stats.triang(0.5, -1, 2)]
    angles = np.linspace(-np.pi, np.pi, 20 * _COUNT)
    density = np.exp(_VON_MISES_SPREAD * np.cos(angles))
    von_mises = np.interp(shares, np.cumsum(density) / density.sum(), angles)
    quantiles = np.array([*(kind.ppf(shares) for kind in kinds), von_mises])
    return np.asarray(quantiles / np.sqrt((quantiles**2).mean(axis=1, keepdims=True)))


def _best_range(weights: NDArray[np.float64], levels: tuple[int, ...]) -> float:
    grid = np.array(levels) / levels[-1]
    borders = (grid[1:] + grid[:-1]) / 2
    nearest = grid[np.searchsorted(borders, weights / _RANGES[:, None])] * _RANGES[:, None]
    return float(_RANGES[np.argmin(((weights - nearest) ** 2).mean(axis=1))])
