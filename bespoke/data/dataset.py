"""A data set in memory, its content digest, and its split into a training and a test part."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from bespoke.errors import DataError, OptionError, SingleClassError, TargetError

CLASSIFICATION = "classification"
REGRESSION = "regression"
TASKS = (CLASSIFICATION, REGRESSION)

FloatArray = npt.NDArray[np.float64]
TargetArray = npt.NDArray[Any]

LARGEST_MAGNITUDE = 1e100  # beyond it, differences and squares of features overflow


@dataclass(frozen=True, slots=True, eq=False)
class Split:
    """The two parts of a data set; everything that chooses may see the training part only.

    Attributes
    ----------
    train_features, test_features : ndarray of float64, shape (rows, features)
    train_targets, test_targets : ndarray, shape (rows,)
        Of the data set's target type.
    task : {"classification", "regression"}
    """

    train_features: FloatArray
    train_targets: TargetArray
    test_features: FloatArray
    test_targets: TargetArray
    task: str = CLASSIFICATION


@dataclass(frozen=True, slots=True, eq=False)
class Dataset:
    """A table of finite numbers with a target; arrays are read-only.

    Attributes
    ----------
    name : str
        Catalogue name, or the stem of the file.
    feature_names : tuple of str
    features : ndarray of float64, shape (n, d)
    targets : ndarray, shape (n,)
        int64 where all targets are whole numbers, float64 for other numbers, str for class labels.
    task : {"classification", "regression"}
    source : str
        Where the table came from: a path, or how it was made.
    notes : tuple of str
        What a user should know: rows left out, constant features, and so on.
    digest : str
        SHA-256 of the content (names, values, targets, task), independent of the file's form.
    """

    name: str
    feature_names: tuple[str, ...]
    features: FloatArray
    targets: TargetArray
    task: str
    source: str = ""
    notes: tuple[str, ...] = ()
    digest: str = field(init=False, default="")

    def __post_init__(self) -> None:
        features = np.array(self.features, dtype=np.float64)
        targets = np.array(self.targets)
        _check_shapes(self.name, self.feature_names, features, targets)
        if self.task not in TASKS:
            raise OptionError("unknown task", where=self.name, got=repr(self.task), allowed=", ".join(TASKS))
        for array in (features, targets):
            array.setflags(write=False)
        object.__setattr__(self, "features", features)
        object.__setattr__(self, "targets", targets)
        object.__setattr__(self, "digest", _digest(self.feature_names, features, targets, self.task))

    @property
    def classes(self) -> tuple[Any, ...]:
        """The distinct targets in ascending order, as plain Python values."""
        return tuple(np.unique(self.targets).tolist())

    def split(self, test_size: float = 0.3, seed: int = 42, *, for_training: bool = True) -> Split:
        """Split the rows at random, unstratified, as scikit-learn's ``train_test_split`` does.

        Parameters
        ----------
        test_size : float
            Share of the rows for the test part, above 0 and below 1.
        seed : int
            0 to 2**32 - 1; the same seed gives the same split.
        for_training : bool
            Whether a model is to learn all classes from the training part.

        Raises
        ------
        OptionError
            `test_size` or `seed` is out of range.
        SingleClassError
            The training part has one class only.
        TargetError
            For training: a class has no row in the training part.
        """
        _check_split_options(self, test_size, seed)
        from sklearn.model_selection import train_test_split

        rows = np.arange(len(self.targets))
        train, test = train_test_split(rows, test_size=test_size, random_state=seed)
        self._check_train_classes(self.targets[train], seed, needs_all=for_training)
        parts = [self.features[train], self.targets[train], self.features[test], self.targets[test]]
        for part in parts:
            part.setflags(write=False)
        return Split(parts[0], parts[1], parts[2], parts[3], self.task)

    def _check_train_classes(self, train_targets: TargetArray, seed: int, *, needs_all: bool) -> None:
        if self.task != CLASSIFICATION:
            return
        present = np.unique(train_targets)
        if len(present) < 2:
            raise SingleClassError("the training part has one class only", where=self.name, got=str(present[0]))
        absent = np.setdiff1d(self.targets, present)
        if needs_all and len(absent):
            labels = ", ".join(str(label) for label in absent)
            got, allowed = f"class {labels} with seed {seed}", "another --seed or a smaller test share"
            raise TargetError("a class has no row in the training part", where=self.name, got=got, allowed=allowed)


def _check_split_options(dataset: Dataset, test_size: float, seed: int) -> None:
    if not 0 < test_size < 1:
        raise OptionError("the test share is out of range", got=test_size, allowed="above 0 and below 1")
    if not 0 <= seed < 2**32:
        raise OptionError("the seed is out of range", got=seed, allowed="0 to 4294967295")
    rows = len(dataset.targets)
    n_test = int(np.ceil(rows * test_size))
    if n_test >= rows or rows < 2:
        raise DataError("too few rows to split", where=dataset.name, got=f"{rows} rows, test share {test_size}")


def _check_shapes(name: str, names: tuple[str, ...], features: FloatArray, targets: TargetArray) -> None:
    if features.ndim != 2 or targets.ndim != 1 or len(features) != len(targets):
        raise DataError(
            "features and targets do not fit together", where=name, got=f"shapes {features.shape} and {targets.shape}"
        )
    if features.shape[1] != len(names) or not names or not len(targets):
        raise DataError("no feature or no row, or names do not fit", where=name, got=f"shape {features.shape}")
    if not np.isfinite(features).all():
        raise DataError("a feature value is not finite", where=name)


def _digest(names: tuple[str, ...], features: FloatArray, targets: TargetArray, task: str) -> str:
    """SHA-256 over names, little-endian float64 features (minus zero counts as zero) and targets."""
    head = {"names": list(names), "shape": list(features.shape), "task": task, "targets": targets.tolist()}
    content = hashlib.sha256(json.dumps(head, sort_keys=True).encode())
    content.update(np.ascontiguousarray(features + 0.0, dtype="<f8").tobytes())
    return content.hexdigest()
