"""Which inputs a model was trained on, and the range that the circuit's inputs cover."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from bespoke.errors import DataError, FeatureCountError, MissingValuesError, ModelInputsError, NonNumericError
from bespoke.frontend.composition import Composed
from bespoke.frontend.evidence import inside_share, share_moved
from bespoke.frontend.floatmodel import FloatArray
from bespoke.frontend.options import ModelInputs
from bespoke.frontend.scaling import Scaling
from bespoke.frontend.targets import Task, rounded_labels
from bespoke.frontend.viewed import FloatForm
from bespoke.frontend.words import data_range
from bespoke.model import ClassLabel, feature_table

# Standard errors of a difference that is not chance.
_CLEARLY = 2.0
# Shares of support vectors or thresholds in the range of the rows: all, and as many as a model of other rows may have.
_ALL_INSIDE = 1.0
_MOST_INSIDE = 0.9
# Share of the answers that other classes than the targets' may have: weak models leave out rare classes.
_MOST_MOVED = 0.2
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
) -> tuple[Scaling, str, bool]:
    """Scaling from raw features to the model's inputs, a sentence that says why, and whether it is a guess of scaling.

    Raises
    ------
    ModelInputsError
        If ``auto`` cannot tell whether a bare model takes raw or min-max scaled features.
    """
    scalings = {"raw": composed.scaling, "unit": composed.scaling.after_unit(data_range(features))}
    if choice != "auto":
        return scalings[choice], f"{_WORDS[choice]}, as asked", False
    if not composed.is_bare:
        return scalings["raw"], f"{_WORDS['raw']}, scaled as the pipeline says", False
    if model.is_constant:
        return scalings["raw"], f"{_WORDS['raw']}; the model does not depend on any", False
    if np.allclose(scalings["unit"].apply(features), features, rtol=0.0, atol=_SAME_INPUTS):
        return scalings["unit"], "model inputs: unit; the training data are min-max scaled already", False
    outputs = {
        name: FloatPredictor(model, scaling, task.classes, task.rounds).outputs(features)
        for name, scaling in scalings.items()
    }
    evidence = {name: inside_share(composed.estimator, model, scalings[name].apply(features)) for name in scalings}
    chosen, why = _guessed(task, outputs, evidence)
    return scalings[chosen], f"{_WORDS[chosen]}, since {why}", chosen == "unit"


def _guessed(
    task: Task, outputs: Mapping[str, NDArray[Any]], evidence: Mapping[str, tuple[str, float] | None]
) -> tuple[str, str]:
    """Name of the inputs that the model was trained on, and what tells.

    It is the clearly better one, if nothing in the model speaks against it, or the only one in whose range all of the
    model's support vectors or thresholds lie.
    """
    scores = {name: task.score(found) for name, found in outputs.items()}
    found = f"{task.metric} on the training data {scores['raw']:.3f} with raw, {scores['unit']:.3f} with unit inputs"
    better, other = sorted(scores, key=lambda name: -scores[name])
    errors = {name: task.errors(each) for name, each in outputs.items()}
    is_clear = _clearly_less(errors[better], errors[other])
    beats = _clearly_less(errors[better], task.errors(task.usual()))
    against = _against(task, outputs[better], evidence[better])
    if is_clear and beats and not against:
        return better, found
    shares = {name: each[1] for name, each in evidence.items() if each}
    fitting = [name for name, share in shares.items() if share >= _ALL_INSIDE]
    if len(fitting) == 1 and min(shares.values()) < _MOST_INSIDE and not (is_clear and fitting[0] != better):
        what = evidence[fitting[0]]
        return fitting[0], f"{found}, and its {what[0] if what else ''} lie in that range"
    guess = "the most frequent class" if task.classes else "the mean"
    doubt = against if is_clear else "the difference may be chance"
    if scores["raw"] == scores["unit"]:
        doubt = "both are equal"
    elif not beats:
        doubt = f"neither clearly beats {guess} ({task.baseline():.3f})"
    raise ModelInputsError(
        "it cannot be told what the bare model was trained on",
        got=f"{found}: {doubt}",
        allowed="--model-inputs raw or --model-inputs unit, or the pipeline with its scaler",
    )


def _clearly_less(errors: FloatArray, others: FloatArray) -> bool:
    """Whether the mean of paired differences is above 0 by two standard errors."""
    gain = others - errors
    return float(gain.mean()) > _CLEARLY * float(np.sqrt(np.mean(gain**2) / len(gain)))


def _against(task: Task, outputs: NDArray[Any], inside: tuple[str, float] | None) -> str:
    """What in the model speaks against inputs, in words."""
    if inside:
        what, share = inside
        return "" if share >= _MOST_INSIDE else f"{1 - share:.0%} of its {what} lie outside the range of these"
    if not task.classes or task.rounds:
        return ""
    moved = share_moved(outputs, task.targets)
    return "" if moved <= _MOST_MOVED else f"{moved:.0%} of the answers would have to be of other classes"
