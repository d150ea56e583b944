"""Fitted estimator and training data -> IntegerModel."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
from numpy.typing import ArrayLike, NDArray

from bespoke.errors import DataError, FeatureCountError
from bespoke.frontend.attributes import Estimator
from bespoke.frontend.categories import check_categories
from bespoke.frontend.composition import compose
from bespoke.frontend.floatmodel import FloatArray
from bespoke.frontend.inputs import FloatPredictor, checked_features, choose_inputs
from bespoke.frontend.integer import integer_model, integer_remarks
from bespoke.frontend.options import QuantisationOptions
from bespoke.frontend.remarks import feature_remarks, fewer_bits_remark
from bespoke.frontend.source import Source
from bespoke.frontend.targets import label_range, read_task
from bespoke.frontend.tree_file import with_labels_of
from bespoke.frontend.viewed import FloatForm
from bespoke.frontend.words import input_coding
from bespoke.model import ROUNDINGS, InputCoding, IntegerModel

DEFAULT_OPTIONS = QuantisationOptions()
_REMARK_ROWS = 4000  # whose answers a remark is about, at most


@dataclass(frozen=True, eq=False)
class Quantised:
    """An integer model and what it was made from.

    Attributes
    ----------
    model : IntegerModel
    float_predict : FloatPredictor
        Callable: raw features (n_samples, n_features) -> labels or values (n_samples,) of the float model; a
        regressor's values are rounded and clipped where those of ``model`` are.
    notes : tuple of str
        What was chosen and why, one sentence each.
    """

    model: IntegerModel
    float_predict: FloatPredictor
    notes: tuple[str, ...]


def quantise_estimator(
    estimator: Estimator,
    train_features: ArrayLike,
    train_targets: ArrayLike,
    options: QuantisationOptions = DEFAULT_OPTIONS,
    *,
    feature_names: Sequence[str] | None = None,
) -> Quantised:
    """Integer model of a fitted estimator, Pipeline or search.

    Parameters
    ----------
    estimator : object
        One of `SUPPORTED_ESTIMATORS`, bare, in a Pipeline with scalers, or in a fitted search.
    train_features : array_like of float, shape (n_samples, n_features)
        Raw training features; their range scales the inputs unless the pipeline has a MinMaxScaler.
    train_targets : array_like, shape (n_samples,)
        Raw training targets; they decide what ``auto`` options choose.
    options : QuantisationOptions
    feature_names : sequence of str, optional
        Default: the columns of ``train_features``, else the names that the estimator saw, else x0, x1, ...

    Returns
    -------
    Quantised

    Raises
    ------
    ModelError
        If the model is not supported, not fitted, has several outputs or non-finite coefficients, does not fit
        the data, or needs more than 62 bits.
    DataError
        If the training data are unusable.
    OptionError
        If an option does not fit the model.
    """
    composed = compose(estimator)
    model = with_labels_of(composed.model, train_targets)
    features = checked_features(train_features, model.feature_count)
    task = read_task(model, train_targets, options.regressor_output)
    if len(task.targets) != len(features):
        raise DataError("features and targets differ in length", got=f"{len(features)} and {len(task.targets)}")
    scaling, reason = choose_inputs(model, composed, features, task, options.model_inputs)
    names = _names(feature_names, train_features, estimator, model.feature_count)
    coding = input_coding(names, features, options, model.default_input_bits, scaling)
    source = Source(scaling, coding, options, task, features)
    integer, encoding_note = _best(model, source, features)
    check_categories(composed.columns, replace(source, coding=integer.coding))
    notes = [reason, *encoding_note, *composed.notes, *feature_remarks(features, integer.coding)]
    notes += fewer_bits_remark(features, integer.coding, partial(_answers, model, source, features))
    notes += integer_remarks(model, replace(source, coding=integer.coding))
    if len(task.classes) == 0 and label_range(task.targets):
        notes.append("output: value, judged by R2; --regressor-output label rounds it to whole numbers as labels")
    if task.rounds:
        notes.append(f"output: value rounded and clipped to {task.classes[0]} .. {task.classes[-1]}")
    return Quantised(integer, FloatPredictor(model, scaling, task.classes, task.rounds), tuple(notes))


def _best(model: FloatForm, source: Source, features: FloatArray) -> tuple[IntegerModel, list[str]]:
    """Integer model for the rounding asked for, or the better one on the training data, and why."""
    encoding, task = source.options.input_encoding, source.task
    if encoding != "auto":
        return integer_model(model, source, encoding), []
    candidates = [integer_model(model, source, "floor"), integer_model(model, source, "nearest")]
    scores = [task.score_of(candidate, features) for candidate in candidates]
    found = ", ".join(f"{name} {score:.3f}" for name, score in zip(ROUNDINGS, scores, strict=True))
    best = candidates[int(np.argmax(scores))]
    return best, [f"input encoding: {best.coding.rounding}, by {task.metric} on the training data ({found})"]


def _answers(model: FloatForm, source: Source, features: FloatArray, coding: InputCoding) -> NDArray[np.int64]:
    """Output words on the first training rows of the model quantised with a coding."""
    rows = features[:_REMARK_ROWS]
    return integer_model(model, replace(source, coding=coding), coding.rounding).predict(coding.quantise(rows))


def _names(given: Sequence[str] | None, features: object, estimator: object, count: int) -> tuple[str, ...]:
    seen = getattr(features, "columns", None), getattr(estimator, "feature_names_in_", None)
    numbered = [f"x{j}" for j in range(count)]
    names = tuple(str(name) for name in next(found for found in (given, *seen, numbered) if found is not None))
    if len(names) != count:
        raise FeatureCountError(
            "one name per feature is needed", where="feature names", got=len(names), allowed=f"{count}"
        )
    if len(set(names)) != count:
        twice = next(name for number, name in enumerate(names) if name in names[:number])
        raise DataError("two features have the same name", where="feature names", got=twice)
    return names
