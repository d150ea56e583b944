"""How near inputs with another output are to rows of data, and what noise of the converters costs."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, NamedTuple

import numpy as np
from numpy.typing import NDArray

from bespoke.analysis.finding import Analysis, Headline, Section
from bespoke.model import IntArray
from bespoke.robustness import (
    Device,
    FeatureNoise,
    Nearness,
    TreeChanges,
    feature_noise,
    few_features,
    normal_noise,
    radii,
    random_noise,
)

ROBUSTNESS_TABLE = "robustness.csv"
REPEATS = 20
DEVIATIONS = (0.25, 0.5, 1.0, 2.0)  # of normal noise, in levels
_SAME = 1e-9  # means of equal shares differ by rounding
Bools = NDArray[np.bool_]


class Nearest(NamedTuple):
    """Nearness by levels, of any features at once, and by the number of features, by any levels."""

    levels: Nearness
    features: Nearness


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
    nearest : Nearest
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
    nearest: Nearest

    def certified(self) -> dict[str, tuple[float, float]]:
        """By radius the accuracy that is certain and the one that is possible, as far as they are known."""
        return _certified(self.nearest.levels, self.right)

    def certified_features(self) -> dict[str, tuple[float, float]]:
        """The same by the number of features that change by any levels."""
        return _certified(self.nearest.features, self.right)

    def to_json(self) -> dict[str, Any]:
        """Plain-data form."""
        kinds = (*FeatureNoise._fields, "normal")
        levels, features = self.nearest
        return {
            "rows": self.source,
            "accuracy": self.accuracy,
            "noise": {
                name: dict(zip(kinds, row, strict=True)) for name, row in zip(self.names, self.noise, strict=True)
            },
            "normal_levels": {f"{deviation:g}": share for deviation, share in self.normal.items()},
            "random_level": self.random,
            "certified_rows": len(self.right),
            "certified": _spans(self.certified()),
            "radius_limit": levels.largest,
            "certified_features": _spans(self.certified_features()),
            "feature_limit": features.largest,
            "one_feature_suffices": float(np.mean(features.broken == 1)),
        }

    def section(self) -> Section:
        """What each feature's converter costs when it is off, and the certified accuracies."""
        head = ("feature", ">a level lower", ">a level higher", ">stuck at 0", ">stuck at the top", ">noise of a level")
        pairs = list(zip(self.names, self.noise, strict=True))
        told = [(name, row) for name, row in pairs if any(abs(share - self.accuracy) > _SAME for share in row)]
        rows = [(name, *(f"{share:.3f}" for share in row)) for name, row in told]
        same = len(pairs) - len(told)
        others = f"Features that are not listed, {same}, change no accuracy. " if same else ""
        return Section("Robustness", head, rows, others + self._remark())

    def _remark(self) -> str:
        noisy = ", ".join(f"{share:.3f} ({deviation:g})" for deviation, share in self.normal.items())
        levels, features = (_words(found) for found in (self.certified(), self.certified_features()))
        return (
            f"Accuracy on the {self.source} with one feature off; without noise it is {self.accuracy:.3f}, with every "
            f"feature a level lower, right or higher at random {self.random:.3f}, with normal noise on every feature "
            f"{noisy} (by its standard deviation in levels). "
            f"Certified accuracy on {len(self.right):,} of them, any features changed at once, by levels: {levels}. "
            f"By the number of features that change by any levels: {features}. "
            f"Each is proven, or has an input that shows it ({ROBUSTNESS_TABLE}); a span is what SAT left open."
        )

    def headline(self) -> Headline:
        """Accuracy that no change by a level takes away."""
        return Headline("certain within a level", self.certified().get("1", (None,))[0])

    def files(self) -> dict[str, str]:
        """A table of the rows that were certified, with inputs that have another output."""
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        head = ["row", "right", "certain_within", "changed_at", "features_certain", "features_needed"]
        writer.writerow([*head, *(f"{kind} {name}" for kind in ("nearest", "fewest") for name in self.names)])
        columns = [self.right.astype(int).tolist()]
        columns += [part.tolist() for found in self.nearest for part in (found.certain, found.broken)]
        for row, facts in enumerate(zip(*columns, strict=True)):
            words = [word for found in self.nearest for word in self._example(found, row)]
            writer.writerow([row, *facts, *words])
        return {ROBUSTNESS_TABLE: text.getvalue()}

    def _example(self, found: Nearness, row: int) -> list[int | str]:
        names = len(self.names)
        return found.examples[row, :names].tolist() if found.broken[row] else [""] * names


def _certified(found: Nearness, right: Bools) -> dict[str, tuple[float, float]]:
    most = found.largest or int(max(found.certain.max(initial=0), found.broken.max(initial=0)))
    return {
        str(change): (
            float(np.mean(right & (found.certain >= change))),
            float(np.mean(right & ((found.broken == 0) | (found.broken > change)))),
        )
        for change in range(most + 1)
    }


def _spans(found: Mapping[str, tuple[float, float]]) -> dict[str, dict[str, float]]:
    return {change: {"certain": certain, "possible": possible} for change, (certain, possible) in found.items()}


def _words(found: Mapping[str, tuple[float, float]]) -> str:
    parts = []
    for change, (certain, possible) in list(found.items())[1:9]:
        words = f"{certain:.3f}" if certain == possible else f"{certain:.3f} to {possible:.3f}"
        parts.append(f"{words} within {change}")
    return ", ".join(parts) or "no input has another output"


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
    device: Device, rows: LabelledWords, nearest: Callable[[IntArray], Nearest], *, most_rows: int, seed: int
) -> Robustness:
    """Measure noise on all rows, and nearness on the first of them.

    Parameters
    ----------
    device : Device
    rows : LabelledWords
    nearest : callable
        From words, shape (n, n_features), to how near inputs with another output are.
    most_rows : int
        Rows of which that is found.
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
    near = nearest(words[:most_rows])
    return Robustness(rows.names, rows.source, right[:most_rows], noise, normal, random, accuracy, near)


def nearest_to_circuit(device: Device, words: IntArray, largest: int, most_features: int, seed: int) -> Nearest:
    """By trial and by SAT on the circuit, up to a radius and up to a number of features."""
    return Nearest(radii(device, words, largest, seed=seed), few_features(device, words, most_features))


def nearest_to_tree(changes: TreeChanges, device: Device) -> Nearest:
    """From exact changes of a tree."""

    def nearness(changed: IntArray, examples: IntArray, most: int) -> Nearness:
        return Nearness(np.where(changed < 0, most, changed - 1), np.maximum(changed, 0), examples, None)

    levels, features, nearby, fewest = changes
    return Nearest(nearness(levels, nearby, int(device.largest.max())), nearness(features, fewest, device.measured))
