"""How near inputs with another output are to rows of data, and what noise of the converters costs."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from bespoke.analysis.finding import Analysis, Headline, Section
from bespoke.model import IntArray
from bespoke.robustness import Device, FeatureNoise, feature_noise, normal_noise, radii, random_noise

ROBUSTNESS_TABLE = "robustness.csv"
REPEATS = 20
DEVIATIONS = (0.25, 0.5, 1.0, 2.0)  # of normal noise, in levels
Bools = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Nearness:
    """Radii of rows: the change, in levels and of any features at once, that another output needs.

    Attributes
    ----------
    certain : ndarray of int64, shape (n_rows,)
        No input within so many levels has another output.
    broken : ndarray of int64, shape (n_rows,)
        Some input so far away has; 0 where none was found.
    features : ndarray of int64, shape (n_rows,) or None
        Number of features that have to change, -1 for never; where it is known.
    largest : int or None
        Radius up to which was looked; None for any.
    """

    certain: IntArray
    broken: IntArray
    features: IntArray | None
    largest: int | None


@dataclass(frozen=True, slots=True, eq=False)
class Robustness(Analysis):
    """Accuracy under noise of the converters, and certified accuracy over the radius of a change.

    Attributes
    ----------
    names : tuple of str
        Of the features.
    source : str
        What the rows are.
    right : ndarray of bool, shape (n_rows,)
        Rows whose output is the wanted one.
    noise : tuple of tuple of float
        Per feature the accuracy on all rows where it alone is a level lower, a level higher, stuck at 0, stuck at its
        greatest word, or has normal noise of a deviation of one level.
    normal : mapping of float to float
        Accuracy where every feature has normal noise, by its standard deviation in levels.
    random : float
        Accuracy where every feature is a level lower, right, or a level higher at random.
    accuracy : float
        Accuracy on all rows without noise.
    nearness : Nearness
        Of the rows in ``right``.
    """

    name: ClassVar[str] = "robustness"

    names: tuple[str, ...]
    source: str
    right: Bools
    noise: tuple[tuple[float, ...], ...]
    normal: Mapping[float, float]
    random: float
    accuracy: float
    nearness: Nearness

    def certified(self) -> dict[str, tuple[float, float]]:
        """By radius the accuracy that is certain and the one that is possible, as far as they are known."""
        found, broken = self.nearness, self.nearness.broken
        most = found.largest or int(max(found.certain.max(initial=0), broken.max(initial=0)))
        return {
            str(radius): (
                float(np.mean(self.right & (found.certain >= radius))),
                float(np.mean(self.right & ((broken == 0) | (broken > radius)))),
            )
            for radius in range(most + 1)
        }

    def to_json(self) -> dict[str, Any]:
        """Plain-data form."""
        kinds = (*FeatureNoise._fields, "normal")
        features = self.nearness.features
        return {
            "rows": self.source,
            "accuracy": self.accuracy,
            "noise": {
                name: dict(zip(kinds, row, strict=True)) for name, row in zip(self.names, self.noise, strict=True)
            },
            "normal_levels": {f"{deviation:g}": share for deviation, share in self.normal.items()},
            "random_level": self.random,
            "certified_rows": len(self.right),
            "certified": {radius: {"certain": a, "possible": b} for radius, (a, b) in self.certified().items()},
            "radius_limit": self.nearness.largest,
            "one_feature_suffices": None if features is None else float(np.mean(features == 1)),
        }

    def section(self) -> Section:
        """What each feature's converter costs when it is off, and the certified accuracies."""
        head = ("feature", ">a level lower", ">a level higher", ">stuck at 0", ">stuck at the top", ">noise of a level")
        rows = [(name, *(f"{share:.3f}" for share in row)) for name, row in zip(self.names, self.noise, strict=True)]
        return Section("Robustness", head, rows, self._remark())

    def _remark(self) -> str:
        parts = []
        for radius, (certain, possible) in list(self.certified().items())[1:9]:
            words = f"{certain:.3f}" if certain == possible else f"{certain:.3f} to {possible:.3f}"
            parts.append(f"{words} within {radius}")
        noisy = ", ".join(f"{share:.3f} ({deviation:g})" for deviation, share in self.normal.items())
        return (
            f"Accuracy on the {self.source} with one feature off; without noise it is {self.accuracy:.3f}, with every "
            f"feature a level lower, right or higher at random {self.random:.3f}, with normal noise on every feature "
            f"{noisy} (by its standard deviation in levels). "
            f"Certified accuracy on {len(self.right):,} of them, any features changed at once, "
            f"by levels: {', '.join(parts) or 'no input has another output'}. "
            "Each is proven, or has an input that shows it; a span is what SAT left open."
        )

    def headline(self) -> Headline:
        """Accuracy that no change by a level takes away."""
        return Headline("certain within a level", self.certified().get("1", (None,))[0])

    def files(self) -> dict[str, str]:
        """A table of the rows that were certified."""
        found = self.nearness
        features = [""] * len(self.right) if found.features is None else found.features.tolist()
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(("row", "right", "certain_within", "changed_at", "features_needed"))
        columns = (self.right.astype(int).tolist(), found.certain.tolist(), found.broken.tolist(), features)
        writer.writerows((number, *row) for number, row in enumerate(zip(*columns, strict=True)))
        return {ROBUSTNESS_TABLE: text.getvalue()}


@dataclass(frozen=True, slots=True, eq=False)
class LabelledWords:
    """Words of the features, shape (n_rows, n_features), wanted output words (n_rows,), and what they are.

    ``names`` are those of the features that sensors measure; the words of others stay as they are.
    """

    words: IntArray
    wanted: IntArray
    source: str
    names: tuple[str, ...]


def robustness(
    device: Device, rows: LabelledWords, nearness: Callable[[IntArray], Nearness], *, most_rows: int, seed: int
) -> Robustness:
    """Measure noise on all rows, and nearness on the first of them.

    Parameters
    ----------
    device : Device
    rows : LabelledWords
    nearness : callable
        From words, shape (n, n_features), to their nearness.
    most_rows : int
        Rows whose nearness is found.
    seed : int
        Of the noise.
    """
    words, wanted = rows.words, rows.wanted
    right = device.outputs(words) == wanted

    rng = np.random.default_rng((seed, 1))

    def under(deviations: NDArray[np.float64]) -> float:
        found = [normal_noise(device, words, deviations, rng) == wanted for _ in range(REPEATS)]
        return float(np.mean(found))

    every = np.eye(len(rows.names), words.shape[1])
    noise = tuple(
        (*(float(np.mean(outputs == wanted)) for outputs in feature_noise(device, words, feature)), under(alone))
        for feature, alone in enumerate(every)
    )
    normal = {deviation: under(deviation * every.sum(axis=0)) for deviation in DEVIATIONS}
    noisy = random_noise(device, words, np.random.default_rng(seed), REPEATS)
    random, accuracy = float(np.mean(noisy == wanted)), float(right.mean())
    near = nearness(words[:most_rows])
    return Robustness(rows.names, rows.source, right[:most_rows], noise, normal, random, accuracy, near)


def nearness_of_circuit(device: Device, words: IntArray, largest: int, seed: int) -> Nearness:
    """Nearness by trial and by SAT on the circuit, up to a radius."""
    found = radii(device, words, largest, seed=seed)
    return Nearness(found.certain, found.broken, None, largest)


def nearness_of_boxes(levels: IntArray, features: IntArray, top: int) -> Nearness:
    """Nearness from exact distances, -1 for no other output; ``top`` is the greatest word of a feature."""
    return Nearness(np.where(levels < 0, top, levels - 1), np.maximum(levels, 0), features, None)
