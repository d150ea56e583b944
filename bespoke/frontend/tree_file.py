"""Trees in a file of another library: what the readers of such files have in common."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from bespoke.errors import ModelFileError, MultiOutputModelError, TargetError, UnsupportedModelError
from bespoke.frontend.floatmodel import FloatArray, FloatModel, FloatTrees
from bespoke.frontend.membership import ColumnTest
from bespoke.frontend.nodes import NodeTable, joined
from bespoke.frontend.viewed import FloatForm
from bespoke.model import Argmax, ClassLabel, Decision, Origin, Sign

MOST_CLASSES = 1 << 12


@dataclass(frozen=True, eq=False)
class TreeFile:
    """A model of trees whose classes are numbered from 0.

    Attributes
    ----------
    form : FloatTrees
    feature_names_in_ : tuple of str or None
        Names of the features, where the file has any.
    """

    form: FloatTrees
    feature_names_in_: tuple[str, ...] | None


@dataclass(frozen=True, eq=False)
class Sums:
    """What the trees of a file add up to.

    Attributes
    ----------
    trees : sequence of NodeTable
        With one number in each leaf.
    scores : sequence of int
        Number of the score that each tree adds to.
    prior : ndarray of float64, shape (n_scores,)
    tests : tuple of Membership or ZeroElsewhere
    """

    trees: Sequence[NodeTable]
    scores: Sequence[int]
    prior: FloatArray
    tests: tuple[ColumnTest, ...] = ()


def form_of(
    sums: Sums, decision: Decision | None, feature_count: int, origin: Origin, precision: type[Any]
) -> FloatTrees:
    """Float form of the trees of a file."""
    count = len(sums.prior)
    trees = [t.placed(np.array([score]), count) for t, score in zip(sums.trees, sums.scores, strict=True)]
    nodes, roots = joined(trees)
    form = FloatTrees(nodes, roots, sums.prior, feature_count, decision, origin, precision, sums.tests)
    return replace(form, is_numbered=decision is not None)


def with_labels(model: FloatForm, labels: Sequence[ClassLabel]) -> FloatModel:
    """The model with other labels of its classes, by number.

    Raises
    ------
    ModelFileError
        If they are not as many.
    """
    assert isinstance(model, FloatTrees)
    assert model.decision is not None
    if len(labels) != len(model.classes):
        raise ModelFileError("classes and labels do not fit", got=len(labels), allowed=str(len(model.classes)))
    return replace(model, decision=replace(model.decision, classes=tuple(labels)), is_numbered=False)


def with_labels_of(model: FloatForm, targets: ArrayLike) -> FloatForm:
    """The model with the labels of the data, in ascending order, where its classes have numbers only.

    Raises
    ------
    TargetError
        If the data have another number of labels than the model has classes, and they are not numbers of classes.
    """
    if not getattr(model, "is_numbered", False):
        return model
    labels = np.unique(np.asarray(targets)).tolist()
    if set(labels) <= set(model.classes):
        return model
    if len(labels) != len(model.classes):
        raise TargetError(
            "the model file numbers its classes and the data have other labels",
            got=f"{len(labels)} labels, {', '.join(map(repr, labels[:4]))} ...",
            allowed=f"{len(model.classes)} labels, or numbers from 0 to {len(model.classes) - 1}",
        )
    return with_labels(model, labels)


def numbered_classes(count: int, where: str) -> Decision:
    """The largest of several scores, or the sign of one for two classes, of classes numbered from 0.

    Raises
    ------
    UnsupportedModelError
        If there are too few or too many.
    """
    if not 2 <= count <= MOST_CLASSES:
        raise UnsupportedModelError("number of classes", where=where, got=count, allowed=f"2 to {MOST_CLASSES}")
    return Sign((0, 1)) if count == 2 else Argmax(tuple(range(count)))


def check_one_score(count: int, where: str) -> None:
    """Refuse a regressor of several targets.

    Raises
    ------
    MultiOutputModelError
    """
    if count != 1:
        raise MultiOutputModelError("several targets", where=where, got=count, allowed="one target")


def unsupported_objective(objective: str, where: str, allowed: Sequence[str]) -> UnsupportedModelError:
    """What to raise for an objective whose prediction is no class and no plain sum."""
    listed = ", ".join(allowed)
    return UnsupportedModelError("the prediction is no sum of leaves", where=where, got=objective, allowed=listed)
