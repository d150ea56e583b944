"""Outputs of a circuit behind sensors with noise, and converters that are a level off, or stuck."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bespoke.model import IntArray
from bespoke.robustness.device import Device


class FeatureNoise(NamedTuple):
    """Output words, shape (n_rows,) each, with one feature off: a level lower or higher, or stuck at either end."""

    lower: IntArray
    higher: IntArray
    stuck_low: IntArray
    stuck_high: IntArray


def feature_noise(device: Device, words: IntArray, feature: int) -> FeatureNoise:
    """Outputs for rows, shape (n_rows, n_features), in each of which one feature is off."""
    top, column = int(device.largest[feature]), words[:, feature]
    ends = np.clip(column - 1, 0, top), np.clip(column + 1, 0, top), np.zeros_like(column), np.full_like(column, top)
    found = []
    for values in ends:
        changed = words.copy()
        changed[:, feature] = values
        found.append(device.outputs(changed))
    return FeatureNoise(*found)


def random_noise(device: Device, words: IntArray, rng: np.random.Generator, repeats: int) -> IntArray:
    """Outputs, shape (repeats, n_rows), where each feature is a level lower, right, or a level higher, all alike."""
    noise = rng.integers(-1, 2, (repeats, *words.shape))
    changed = np.clip(words + noise, device.least, device.largest).reshape(-1, words.shape[1])
    return device.outputs(changed).reshape(repeats, len(words))


def normal_noise(
    device: Device, words: IntArray, deviations: NDArray[np.float64], rng: np.random.Generator
) -> IntArray:
    """Outputs, shape (n_rows,), for rows, shape (n_rows, n_features), of sensors with normal noise.

    Parameters
    ----------
    device : Device
    words : ndarray of int64, shape (n_rows, n_features)
        Each value lies anywhere within the level of its word, all places alike, and the noise comes on top.
    deviations : ndarray of float64, shape (n_features,)
        Standard deviation of the noise of each feature, in levels; without any the words stay as they are.
    rng : numpy.random.Generator
    """
    values = words + rng.random(words.shape) + deviations * rng.standard_normal(words.shape)
    return device.outputs(np.clip(np.floor(values).astype(np.int64), device.least, device.largest))
