"""Large float models whose answers small ones learn.

Source: Hinton, Vinyals and Dean, "Distilling the Knowledge in a Neural Network", arXiv 1503.02531. Rows that are not
among those of the training lie between two of them, as in SMOTE (Chawla et al., JAIR 16, 2002).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from bespoke.data.dataset import FloatArray, TargetArray
from bespoke.errors import OptionError
from bespoke.frontend import load_estimator

_TREES = 300
_NEAREST = 5


def _forest(seed: int) -> Any:  # noqa: ANN401  scikit-learn's
    from sklearn.ensemble import RandomForestClassifier

    return RandomForestClassifier(_TREES, min_samples_leaf=2, random_state=seed)


def _boosting(seed: int) -> Any:  # noqa: ANN401  scikit-learn's
    from sklearn.ensemble import HistGradientBoostingClassifier

    return HistGradientBoostingClassifier(random_state=seed)


def _rbf(_seed: int) -> Any:  # noqa: ANN401  scikit-learn's
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler
    from sklearn.svm import SVC

    return make_pipeline(StandardScaler(), SVC(C=10.0))


# Kinds of teachers: unfitted estimators of a seed.
TEACHERS: dict[str, Callable[[int], Any]] = {"forest": _forest, "boosting": _boosting, "rbf": _rbf}


class Lesson(NamedTuple):
    """What a student learns from: training rows, then rows near them.

    Attributes
    ----------
    features : ndarray of float64, shape (n_rows, n_features)
    ends : ndarray of int64, shape (n_rows, 2)
        The two training rows that each is between; of a training row itself twice.
    """

    features: FloatArray
    ends: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Teacher:
    """A classifier that labels rows for another one.

    Attributes
    ----------
    name : str
        A key of `TEACHERS`, which is fitted to the rows that the student may see, too; or a file of a fitted classifier
        that takes raw features, and must not have seen the test rows.
    share : float
        Of the teacher's probabilities in those that are wanted of training rows; the rest is that of their own labels.
    neighbours : int
        Rows near each training row, which the teacher alone labels.
    """

    name: str
    share: float
    neighbours: int

    def lesson(self, features: FloatArray, seed: int) -> Lesson:
        """Training rows, shape (n_rows, n_features), with rows near them."""
        rows = np.arange(len(features))
        near, ends = neighbours_of(features, self.neighbours, np.random.default_rng(seed))
        return Lesson(np.concatenate([features, near]), np.concatenate([np.stack([rows, rows], axis=1), ends]))

    def shares(self, lesson: Lesson, targets: TargetArray, seen: NDArray[np.bool_], seed: int) -> FloatArray:
        """Wanted probabilities of all rows of a lesson, shape (n_rows, n_classes), classes in rising order.

        Parameters
        ----------
        lesson : Lesson
        targets : ndarray, shape (n_training_rows,)
        seen : ndarray of bool, shape (n_training_rows,)
            Rows that the teacher may see.
        seed : int

        Raises
        ------
        OptionError
            If there is no such teacher, or it is no classifier of these classes.
        ModelFileError, UntrustedFileError
            If its file cannot be read.
        """
        classes, count = np.unique(targets), len(targets)
        fitted = self._fitted(lesson.features[:count][seen], targets[seen], seed)
        shares = self._answers(fitted, lesson.features, classes)
        own = np.equal.outer(targets, classes).astype(np.float64)
        shares[:count] = self.share * shares[:count] + (1.0 - self.share) * own
        return shares

    def _fitted(self, features: FloatArray, targets: TargetArray, seed: int) -> Any:  # noqa: ANN401  scikit-learn's
        if self.name in TEACHERS:
            return TEACHERS[self.name](seed).fit(features, targets)
        if not Path(self.name).exists():
            raise OptionError("no such teacher", got=self.name, allowed=f"{', '.join(TEACHERS)}, or a file")
        return load_estimator(self.name)

    def _answers(self, fitted: Any, features: FloatArray, classes: TargetArray) -> FloatArray:  # noqa: ANN401  as above
        """Probabilities of the classes, or 1 for that of the answer where there are none."""
        labels, own = classes.tolist(), np.asarray(getattr(fitted, "classes_", ()))
        known = own.tolist()
        if own.ndim != 1 or not known or not set(known) <= set(labels) or known != sorted(known):
            raise OptionError("the teacher has other classes", where=self.name, got=known, allowed=str(labels))
        count = features.shape[1]
        read = getattr(fitted, "n_features_in_", count)
        if read != count:
            got, allowed = f"{read} features", f"{count} features"
            raise OptionError("the teacher reads other data", where=self.name, got=got, allowed=allowed)
        found = np.zeros((len(features), len(classes)))
        try:
            if hasattr(fitted, "predict_proba"):
                found[:, np.searchsorted(classes, known)] = fitted.predict_proba(features)
            else:
                found[np.arange(len(features)), _places_of(classes, fitted.predict(features))] = 1.0
        except Exception as error:  # noqa: BLE001  a model of somebody else may fail in any way
            got = f"{type(error).__name__}: {error}"
            raise OptionError("the teacher does not answer", where=self.name, got=got) from None
        if not (found >= 0).all() or not np.allclose(found.sum(axis=1), 1.0):
            raise OptionError("the teacher's answers are no probabilities", where=self.name)
        return found


def _places_of(classes: TargetArray, answers: TargetArray) -> NDArray[np.int64]:
    """Places of answers among classes in rising order; raises ValueError if one is none of them."""
    places = np.minimum(np.searchsorted(classes, answers), len(classes) - 1)
    if not (classes[places] == answers).all():
        raise ValueError("an answer that is no class")
    return places.astype(np.int64)


def neighbours_of(
    features: FloatArray, count: int, random: np.random.Generator
) -> tuple[FloatArray, NDArray[np.int64]]:
    """Rows between each row and some of those nearest to it in scaled features, and the places of both.

    Parameters
    ----------
    features : ndarray of float64, shape (n_rows, n_features)
    count : int
        Of each row.
    random : Generator
    """
    from sklearn.neighbors import NearestNeighbors

    first = np.repeat(np.arange(len(features)), count)
    nearest = min(_NEAREST, len(features) - 1)
    if not len(first) or not nearest:
        return features[:0], np.zeros((0, 2), dtype=np.int64)
    spread = np.ptp(features, axis=0)
    scaled = features / np.where(spread > 0, spread, 1.0)
    near = NearestNeighbors(n_neighbors=nearest).fit(scaled).kneighbors(return_distance=False)
    second = near[first, random.integers(0, nearest, len(first))]
    parts = random.random((len(first), 1))
    return features[first] + parts * (features[second] - features[first]), np.stack([first, second], axis=1)
