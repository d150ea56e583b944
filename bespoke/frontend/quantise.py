"""Fitted estimator and training data -> IntegerModel."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
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
from bespoke.frontend.options import MOST_INPUT_BITS, QuantisationOptions
from bespoke.frontend.precision import Judge, Probes, Trial, fewest_bits
from bespoke.frontend.remarks import feature_remarks, fewer_bits_remark
from bespoke.frontend.remedies import loss_remark
from bespoke.frontend.scaling import Scaling
from bespoke.frontend.source import Source
from bespoke.frontend.targets import label_range, read_task
from bespoke.frontend.tree_file import with_labels_of
from bespoke.frontend.viewed import FloatForm
from bespoke.frontend.words import given_bits, input_coding, is_word
from bespoke.model import InputCoding, IntegerModel

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
    cautions : tuple of str
        Those of the notes that nobody should miss.
    """

    model: IntegerModel
    float_predict: FloatPredictor
    notes: tuple[str, ...]
    cautions: tuple[str, ...] = ()


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
    scaling, reason, is_guess = choose_inputs(model, composed, features, task, options.model_inputs)
    names = _names(feature_names, train_features, estimator, model.feature_count)
    predictor = FloatPredictor(model, scaling, task.classes, task.rounds)
    outputs, is_ensemble = predictor.outputs(features), model.open_bits == "leaf_bits"
    probes = Probes.among(features, outputs, predictor.outputs) if is_ensemble and len(task.classes) else None
    # Values that fit worse than the mean, such as an outer quantile, are to stay what they are.
    is_no_fit = not task.classes and task.score(outputs) <= 0
    judged = replace(task, targets=outputs) if is_no_fit else task
    judge = Judge(features, outputs, judged, partial(check_categories, composed.columns), probes)
    data = _Data(model, names, scaling, judge)
    made = data.quantised(options)
    integer, source = made.model, made.source
    remarks = loss_remark(integer, data.judge, options, lambda other: data.quantised(other).model)
    notes = [*remarks, reason, *_chosen(data, made, options), *composed.notes]
    notes += feature_remarks(features, integer.coding)
    notes += fewer_bits_remark(features, integer.coding, partial(_answers, model, source, features))
    notes += integer_remarks(model, replace(source, coding=integer.coding))
    if len(task.classes) == 0 and label_range(task.targets):
        notes.append("output: value, judged by R2; --regressor-output label rounds it to whole numbers as labels")
    if task.rounds:
        notes.append(f"output: value rounded and clipped to {task.classes[0]} .. {task.classes[-1]}")
    return Quantised(integer, predictor, tuple(notes), (*remarks, *([reason] if is_guess else [])))


@dataclass(frozen=True, eq=False)
class _Data:
    """A float model and the training data with which it becomes integer models."""

    model: FloatForm
    names: tuple[str, ...]
    scaling: Scaling
    judge: Judge

    def quantised(self, options: QuantisationOptions) -> Trial:
        """Integer model for some options; what they leave open is chosen."""

        def coded(bits: int) -> InputCoding:
            return input_coding(self.names, self.judge.features, options, bits, self.scaling)

        source = Source(self.scaling, coded(MOST_INPUT_BITS), options, self.judge.task, self.judge.features)
        is_open = not given_bits(self.names, options).all()
        return fewest_bits(self.model, source, self.judge, coded, is_open=is_open)


def _chosen(data: _Data, made: Trial, options: QuantisationOptions) -> Iterator[str]:
    """A sentence about what the options left open, if they did."""
    found, coding = [], made.model.coding
    is_open = ~given_bits(data.names, options)
    if is_open.any():
        found.append(f"{max(np.array(coding.bits)[is_open])} input bits")
    name = data.model.open_bits
    if name and getattr(options, name) is None:
        found.append(f"{getattr(made.source.options, name)} {name.replace('_', ' ')}")
    if options.input_encoding == "auto" and not is_word(coding).all():
        found.append("inputs rounded down" if coding.rounding == "floor" else "inputs rounded to nearest")
    if found:
        yield f"chosen on the training data: {', '.join(found)}"


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
