"""Which inputs a model was trained on, and the range that the circuit's inputs cover."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from bespoke.errors import DataError, FeatureCountError, MissingValuesError, ModelInputsError, NonNumericError
from bespoke.frontend.attributes import Estimator
from bespoke.frontend.composition import Composed
from bespoke.frontend.floatmodel import FloatArray, dense
from bespoke.frontend.options import ModelInputs
from bespoke.frontend.scaling import Scaling
from bespoke.frontend.targets import Task, rounded_labels
from bespoke.frontend.viewed import FloatForm
from bespoke.frontend.words import data_range
from bespoke.model import ClassLabel, feature_table

# Scaled features that differ by less than this from the raw ones are the same inputs.
_SAME_INPUTS = 1e-9
_WORDS = {
    "raw": "model inputs: raw features",
    "unit": "model inputs: unit (min-max scaled on the training data)",
}


@dataclass(frozen=True, eq=False)
class FloatPredictor:
    """The float model as a function of raw features.

    Attributes
    ----------
    model : FloatForm
    scaling : Scaling
        From raw features to the model's inputs.
    classes : tuple
        Labels of its answers; empty for values.
    rounds : bool
        Whether a value is rounded and clipped to ``classes``.
    """

    model: FloatForm
    scaling: Scaling
    classes: tuple[ClassLabel, ...]
    rounds: bool

    def outputs(self, features: ArrayLike) -> NDArray[Any]:
        """Class indices or values, shape (n_samples,), of raw features (n_samples, n_features)."""
        raw = feature_table(features, self.model.feature_count)
        with np.errstate(over="ignore", invalid="ignore"):
            values = self.model.outputs(self.scaling.apply(raw))
        return rounded_labels(values, self.classes) if self.rounds else values

    def __call__(self, features: ArrayLike) -> NDArray[Any]:
        """Class labels or values, shape (n_samples,), of raw features (n_samples, n_features)."""
        outputs = self.outputs(features)
        return np.array(self.classes)[outputs] if self.classes else outputs


def checked_features(features: ArrayLike, feature_count: int) -> FloatArray:
    """Training features as floats.

    Raises
    ------
    FeatureCountError, NonNumericError, MissingValuesError, DataError
    """
    try:
        raw = np.asarray(features.toarray() if hasattr(features, "toarray") else features, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise NonNumericError("a feature is not a number", where="training features", got=error) from None
    if raw.ndim != 2:
        raise DataError("a table is needed", where="training features", got=f"shape {raw.shape}")
    if raw.shape[1] != feature_count:
        raise FeatureCountError(
            "data and model differ in the number of features",
            got=f"{raw.shape[1]} in the data",
            allowed=f"{feature_count} as in the model",
        )
    if not len(raw):
        raise DataError("no rows", where="training features")
    if np.isnan(raw).any():
        raise MissingValuesError("missing values", where="training features", got=f"{int(np.isnan(raw).sum())} NaN")
    if not np.isfinite(raw).all():
        raise DataError("infinite value", where="training features")
    return raw


def choose_inputs(
    model: FloatForm, composed: Composed, features: FloatArray, task: Task, choice: ModelInputs
) -> tuple[Scaling, str]:
    """Scaling from raw features to the model's inputs, and a sentence that says why.

    Raises
    ------
    ModelInputsError
        If ``auto`` cannot tell whether a bare model takes raw or min-max scaled features.
    """
    scalings = {"raw": composed.scaling, "unit": composed.scaling.after_unit(data_range(features))}
    if choice != "auto":
        return scalings[choice], f"{_WORDS[choice]}, as asked"
    if not composed.is_bare:
        return scalings["raw"], f"{_WORDS['raw']}, scaled as the pipeline says"
    if model.is_constant:
        return scalings["raw"], f"{_WORDS['raw']}; the model does not depend on any"
    if np.allclose(scalings["unit"].apply(features), features, rtol=0.0, atol=_SAME_INPUTS):
        return scalings["unit"], "model inputs: unit; the training data are min-max scaled already"
    raw, unit = (
        task.score(FloatPredictor(model, scaling, task.classes, task.rounds).outputs(features))
        for scaling in scalings.values()
    )
    found = f"{task.metric} on the training data {raw:.3f} with raw, {unit:.3f} with unit inputs"
    if raw != unit and max(raw, unit) > task.baseline():
        better = "raw" if raw > unit else "unit"
        return scalings[better], f"{_WORDS[better]}, since {found}"
    inside = _support_vectors_inside(composed.estimator, features)
    if inside:
        return scalings[inside], f"{_WORDS[inside]}, since {found}, and its support vectors lie in that range"
    guess = "the most frequent class" if task.classes else "the mean"
    poor = f"neither beats {guess} ({task.baseline():.3f})"
    raise ModelInputsError(
        "it cannot be told what the bare model was trained on",
        got=f"{found}: {'both are equal' if raw == unit else poor}",
        allowed="--model-inputs raw or --model-inputs unit",
    )


def _support_vectors_inside(estimator: Estimator, features: FloatArray) -> str:
    """The only inputs in whose range all support vectors lie, since these are training samples; else nothing."""
    if not hasattr(estimator, "support_vectors_"):
        return ""
    vectors = dense(estimator.support_vectors_)
    raw, unit = (
        bool(np.all(vectors >= low - _SAME_INPUTS) and np.all(vectors <= high + _SAME_INPUTS))
        for low, high in ((features.min(axis=0), features.max(axis=0)), (0.0, 1.0))
    )
    if raw == unit:
        return ""
    return "raw" if raw else "unit"
