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
TRAINING, VALIDATION, TEST = range(3)

FloatArray = npt.NDArray[np.float64]
TargetArray = npt.NDArray[Any]

TEST_SIZE = 0.3  # share of the rows that is kept for the test unless told otherwise
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
    parts : ndarray of int8, shape (n,), optional
        Of a data set that says so, which rows are for `TRAINING`, for `VALIDATION` and for the `TEST`.
    digest : str
        SHA-256 of the content (names, values, targets, task, parts), independent of the file's form.
    """

    name: str
    feature_names: tuple[str, ...]
    features: FloatArray
    targets: TargetArray
    task: str
    source: str = ""
    notes: tuple[str, ...] = ()
    parts: npt.NDArray[np.int8] | None = None
    digest: str = field(init=False, default="")

    def __post_init__(self) -> None:
        features = np.array(self.features, dtype=np.float64)
        targets = np.array(self.targets)
        _check_shapes(self.name, self.feature_names, features, targets)
        if self.task not in TASKS:
            raise OptionError("unknown task", where=self.name, got=repr(self.task), allowed=", ".join(TASKS))
        parts = _checked_parts(self.name, self.parts, len(targets))
        for array in (features, targets):
            array.setflags(write=False)
        object.__setattr__(self, "features", features)
        object.__setattr__(self, "targets", targets)
        object.__setattr__(self, "parts", parts)
        object.__setattr__(self, "digest", _digest(self.feature_names, features, targets, self.task, parts))

    @property
    def classes(self) -> tuple[Any, ...]:
        """The distinct targets in ascending order, as plain Python values."""
        return tuple(np.unique(self.targets).tolist())

    @property
    def validating(self) -> npt.NDArray[np.bool_] | None:
        """Which rows of the training part are there for comparing models; None where the data do not say."""
        if self.parts is None or not (self.parts == VALIDATION).any():
            return None
        found: npt.NDArray[np.bool_] = self.parts[self.parts != TEST] == VALIDATION
        return found

    def split(self, test_size: float = TEST_SIZE, seed: int = 42, *, for_training: bool = True) -> Split:
        """Split the rows at random, unstratified, as scikit-learn's ``train_test_split`` does; or into their own parts.

        Parameters
        ----------
        test_size : float
            Share of the rows for the test part, above 0 and below 1; of a data set with parts, 0.3, which then says
            nothing.
        seed : int
            0 to 2**32 - 1; the same seed gives the same split.
        for_training : bool
            Whether a model is to learn all classes from the training part.

        Raises
        ------
        OptionError
            `test_size` or `seed` is out of range, or `test_size` is not 0.3 though the data set has parts.
        SingleClassError
            The training part has one class only.
        TargetError
            For training: a class has no row in the training part.
        """
        train, test = self._rows_of_parts(test_size, seed)
        self._check_train_classes(self.targets[train], seed, needs_all=for_training)
        parts = [self.features[train], self.targets[train], self.features[test], self.targets[test]]
        for part in parts:
            part.setflags(write=False)
        return Split(parts[0], parts[1], parts[2], parts[3], self.task)

    def check_test_size(self, test_size: float) -> None:
        """Refuse another test part than the own one.

        Raises
        ------
        OptionError
        """
        if self.parts is not None and test_size != TEST_SIZE:
            what, allowed = "the data have a test part of their own", "no --test-size"
            raise OptionError(what, where=self.name, got=f"test size {test_size:g}", allowed=allowed)

    def _rows_of_parts(self, test_size: float, seed: int) -> tuple[npt.NDArray[Any], npt.NDArray[Any]]:
        """Numbers of the rows of the training part, validation included, and of the test part."""
        self.check_test_size(test_size)
        if self.parts is not None:
            return np.flatnonzero(self.parts != TEST), np.flatnonzero(self.parts == TEST)
        _check_split_options(self, test_size, seed)
        from sklearn.model_selection import train_test_split

        train, test = train_test_split(np.arange(len(self.targets)), test_size=test_size, random_state=seed)
        return train, test

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
        raise DataError(
            "a feature value is not finite", where=name, allowed="rows without missing values, or imputed ones"
        )


def _checked_parts(name: str, parts: npt.NDArray[np.int8] | None, rows: int) -> npt.NDArray[np.int8] | None:
    """The parts as an array that nobody can write to."""
    if parts is None:
        return None
    found = np.array(parts, dtype=np.int8)
    if found.shape != (rows,) or not np.isin(found, (TRAINING, VALIDATION, TEST)).all():
        raise DataError("a row belongs to no part", where=name, allowed="training, validation, test")
    for part, words in ((TRAINING, "training"), (TEST, "test")):
        if not (found == part).any():
            raise DataError("a part has no row", where=name, got=words, allowed="training and test rows")
    found.setflags(write=False)
    return found


def _digest(
    names: tuple[str, ...],
    features: FloatArray,
    targets: TargetArray,
    task: str,
    parts: npt.NDArray[np.int8] | None,
) -> str:
    """SHA-256 over names, little-endian float64 features (minus zero counts as zero), targets and parts if any."""
    head = {"names": list(names), "shape": list(features.shape), "task": task, "targets": targets.tolist()}
    head |= {} if parts is None else {"parts": parts.tolist()}
    content = hashlib.sha256(json.dumps(head, sort_keys=True).encode())
    content.update(np.ascontiguousarray(features + 0.0, dtype="<f8").tobytes())
    return content.hexdigest()
