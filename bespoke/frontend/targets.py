"""What is predicted, and how well: targets as class indices or values, and a score for both."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from bespoke.errors import OptionError, TargetError
from bespoke.frontend.labels import as_labels
from bespoke.frontend.options import RegressorOutput
from bespoke.frontend.viewed import FloatForm
from bespoke.model import ClassLabel, IntegerModel

MAX_LABELS = 64


@dataclass(frozen=True, eq=False)
class Task:
    """Targets of the training data in the form in which outputs are compared with them.

    Attributes
    ----------
    classes : tuple
        Class labels by index, also of a regressor whose outputs are rounded; empty for values.
    rounds : bool
        Whether a regressor's value is rounded and clipped to ``classes``.
    targets : ndarray, shape (n_samples,)
        int64 class indices (-1 for a label that the model does not know), or float64 values.
    """

    classes: tuple[ClassLabel, ...]
    rounds: bool
    targets: NDArray[Any]

    @property
    def metric(self) -> str:
        """Name of `score`."""
        return "accuracy" if self.classes else "R2"

    def errors(self, outputs: NDArray[Any]) -> NDArray[np.float64]:
        """Per row 1 for a wrong class, or the squared error of a value over the variance of the targets."""
        if self.classes:
            return np.asarray(outputs != self.targets, dtype=np.float64)
        return np.asarray((outputs - self.targets) ** 2 / (float(np.var(self.targets)) or 1.0), dtype=np.float64)

    def score(self, outputs: NDArray[Any]) -> float:
        """Accuracy of class indices, or coefficient of determination of values."""
        if self.classes:
            return float(np.mean(outputs == self.targets))
        spread = float(np.sum((self.targets - self.targets.mean()) ** 2))
        error = float(np.sum((self.targets - outputs) ** 2))
        return 1.0 - error / spread if spread > 0 else -error

    def score_of(self, model: IntegerModel, features: NDArray[Any]) -> float:
        """Score of an integer model on raw features, shape (n_samples, n_features)."""
        words = model.predict(model.coding.quantise(features))
        return self.score(words if self.classes else model.decision.decode(words))

    def usual(self) -> NDArray[Any]:
        """The most frequent class, or the mean value, for each row."""
        if not self.classes:
            return np.full(len(self.targets), self.targets.mean())
        return np.full(len(self.targets), np.bincount(self.targets[self.targets >= 0]).argmax())

    def baseline(self) -> float:
        """Score of always answering the most frequent class, or the mean value."""
        if not self.classes:
            return 0.0
        known = self.targets[self.targets >= 0]
        return float(np.bincount(known).max() / len(self.targets))


def rounded_labels(values: NDArray[Any], classes: tuple[ClassLabel, ...]) -> NDArray[np.int64]:
    """Indices of rounded (halves up) and clipped values among consecutive integer ``classes``."""
    first, last = int(classes[0]), int(classes[-1])
    return np.asarray(np.clip(np.floor(values + 0.5), first, last) - first, dtype=np.int64)


def read_task(model: FloatForm, train_targets: ArrayLike, output: RegressorOutput) -> Task:
    """Targets for a model.

    Raises
    ------
    TargetError
        If the targets do not suit the model.
    OptionError
        If a regressor should put out labels and the targets are not integers in a moderate range.
    """
    targets = np.asarray(train_targets)
    if targets.ndim != 1 or not len(targets):
        raise TargetError("one target per sample is needed", got=f"shape {targets.shape}")
    if model.classes:
        return Task(model.classes, rounds=False, targets=_class_indices(model.classes, targets))
    values = _values(targets)
    if output != "label":
        return Task((), rounds=False, targets=values)
    labels = label_range(values)
    if not labels:
        raise OptionError(
            "the targets are no labels",
            where="regressor output",
            got="label",
            allowed=f"value, or integer targets in a range of at most {MAX_LABELS}",
        )
    return Task(labels, rounds=True, targets=rounded_labels(values, labels))


def _class_indices(classes: tuple[ClassLabel, ...], targets: NDArray[Any]) -> NDArray[np.int64]:
    index = {label: number for number, label in enumerate(classes)}
    indices = np.array([index.get(label, -1) for label in as_labels(targets, classes).tolist()], dtype=np.int64)
    if np.all(indices < 0):
        raise TargetError(
            "none of the targets is a class of the model",
            got=repr(targets[0].item()),
            allowed=", ".join(repr(label) for label in classes[:12]),
        )
    return indices


def _values(targets: NDArray[Any]) -> NDArray[np.float64]:
    try:
        values = targets.astype(np.float64)
    except (TypeError, ValueError):
        raise TargetError("a regressor needs numbers as targets", got=repr(targets[0].item())) from None
    if not np.isfinite(values).all():
        raise TargetError("a target is not a finite number", got=values[~np.isfinite(values)][0])
    return values


def label_range(values: NDArray[np.float64]) -> tuple[int, ...]:
    """The consecutive whole numbers that values lie in; none if they are others, or too many for labels."""
    first, last = values.min(), values.max()
    if np.any(values != np.floor(values)) or last - first >= MAX_LABELS or abs(first) > 2**31:
        return ()
    return tuple(range(int(first), int(last) + 1))
