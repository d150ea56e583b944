"""Pipelines that learn a teacher's answers; imported late, since scikit-learn takes long to import."""

from __future__ import annotations

from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike
from sklearn.pipeline import Pipeline

from bespoke.training.teachers import Teacher

_TIE = 1e-9  # own labels come first


class Student(Pipeline):  # type: ignore[misc]  # scikit-learn has no types
    """A Pipeline that is fitted to the classes that a teacher, itself fitted to the same rows, thinks the likeliest.

    Parameters
    ----------
    steps : list of tuple
        As of a Pipeline.
    teacher : Teacher
    seed : int
    """

    def __init__(self, steps: list[tuple[str, Any]], teacher: Teacher, seed: int) -> None:
        super().__init__(steps)
        self.teacher = teacher
        self.seed = seed

    def fit(self, X: ArrayLike, y: ArrayLike, **params: Any) -> Self:  # noqa: ANN401, N803  as scikit-learn's
        """Learn from raw features, shape (n_samples, n_features), and class labels."""
        features, targets = np.asarray(X, dtype=np.float64), np.asarray(y)
        lesson = self.teacher.lesson(features, self.seed)
        shares = self.teacher.shares(lesson, targets, np.ones(len(targets), dtype=bool), self.seed)
        classes, own = np.unique(targets, return_inverse=True)
        shares[np.arange(len(own)), own] += _TIE
        learnt = lesson.features
        for _, step in self.steps[:-1]:
            # Of the rows alone: between whole numbers, which are words as they are, there are others.
            learnt, features = step.fit(features, targets).transform(learnt), step.transform(features)
        self.steps[-1][1].fit(learnt, classes[shares.argmax(axis=1)], **params)
        return self
