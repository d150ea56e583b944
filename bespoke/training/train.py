"""Training one model on the training part of a data set."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from bespoke.cells import GateCosts, load_library
from bespoke.data import CLASSIFICATION, REGRESSION, Split
from bespoke.data.dataset import FloatArray, TargetArray
from bespoke.errors import ModelError, OptionError
from bespoke.training.aware import FrontPoint, train_aware
from bespoke.training.estimators import SCALER, STEP, make_estimator, search_space
from bespoke.training.options import TrainingOptions


@dataclass(frozen=True, slots=True)
class TrainedModel:
    """A fitted model with what was measured on the training part.

    Attributes
    ----------
    estimator : Pipeline or IntegerModel
        ``MinMaxScaler`` and the fitted estimator, which takes raw features, and does not round them; or a network that
        was trained as its circuit.
    kind, task : str
    score_name : {"accuracy", "rounded accuracy", "r2"}
        Rounded accuracy is that of a regressor's output rounded and clipped to the range of the labels.
    train_score : float
        Of ``estimator``. If it was fitted to rounded inputs, its circuit may well be better than that.
    validation_score : float or None
        Mean over the folds of the search; scikit-learn's accuracy for classifiers, r2 for regressors; on
        rounded inputs where the options say so.
    parameters : dict
        What the search chose, or empty.
    history : tuple of tuple of float
        Mean cross-entropy in nats of each epoch of a network, bits that its adders reduce, and its sensitivity in nats,
        where that is a part of the loss; else empty.
    front : tuple of dict
        Of each weight of the cost, the estimated size in NAND2 and the scores of the best network; else empty.
    disturbed_score : float or None
        Accuracy of a network on the training rows under the disturbance of its options.
    notes : tuple of str
        For instance, that the solver stopped early.
    """

    estimator: Any
    kind: str
    task: str
    score_name: str
    train_score: float
    validation_score: float | None
    parameters: dict[str, Any]
    notes: tuple[str, ...]
    history: tuple[tuple[float, ...], ...] = ()
    front: tuple[dict[str, float], ...] = ()
    disturbed_score: float | None = None


def train_model(split: Split, options: TrainingOptions, feature_names: Sequence[str] | None = None) -> TrainedModel:
    """Fit a Pipeline of MinMaxScaler and an estimator to the training part; the test part is not looked at.

    With ``input_bits`` the inputs are rounded while the estimator is fitted and judged, but not in the Pipeline that
    comes out, since the circuit's inputs do that. The same split, options and scikit-learn give the same model.

    Parameters
    ----------
    split : Split
    options : TrainingOptions
    feature_names : sequence of str, optional
        What the inputs of a network for a circuit are called.

    Raises
    ------
    ToolMissingError
        A network for a circuit needs JAX.
    OptionError
        The kind of model does not suit the data's task, or the data have too few rows for the folds.
    ModelError
        scikit-learn cannot fit the model.
    """
    kind, task = options.resolve(split.task)
    if task == REGRESSION and split.train_targets.dtype.kind == "U":
        raise OptionError("regression needs numbers as targets", got="text labels", allowed="task classification")
    if options.teacher is not None and task == REGRESSION:
        raise OptionError("a teacher gives classes", got=f"task {task}", allowed=f"task {CLASSIFICATION}")
    if options.networks:
        return _network(split, options, feature_names)
    from threadpoolctl import threadpool_limits

    # One thread: the matrices are small, threads cost more than they save, and sums keep their order.
    with warnings.catch_warnings(record=True) as caught, threadpool_limits(1):
        warnings.simplefilter("always")
        try:
            fitted, validation, chosen = _fit(split, kind, task, options)
        except (ValueError, FloatingPointError) as error:
            reason = (str(error).strip().splitlines() or [""])[0]
            raise ModelError("training failed", where=options.kind, got=reason) from error
    estimator = _unrounded(fitted, split)
    name, train_score = score(estimator, split.train_features, split.train_targets, task)
    return TrainedModel(estimator, kind, task, name, train_score, validation, chosen, _notes(caught))


def _network(split: Split, options: TrainingOptions, feature_names: Sequence[str] | None) -> TrainedModel:
    costs = GateCosts.of(load_library(options.technology))
    found = train_aware(split, options, costs, feature_names)
    best = found.chosen
    chosen = {"cost_weight": best.network.member.options.cost_weight} if len(found.points) > 1 else {}
    history = tuple(map(tuple, best.network.history.tolist()))
    front = tuple(_front_row(point) for point in found.points)
    return TrainedModel(
        best.network.model,
        "mlp",
        CLASSIFICATION,
        "accuracy",
        best.train_score,
        best.validation_score,
        chosen,
        (),
        history,
        front,
        best.disturbed_score,
    )


def _front_row(point: FrontPoint) -> dict[str, float]:
    return {
        "cost_weight": point.network.member.options.cost_weight,
        "gates": round(point.gates, 1),
        "validation_score": point.validation_score,
        "train_score": point.train_score,
    }


def _fit(split: Split, kind: str, task: str, options: TrainingOptions) -> tuple[Any, float | None, dict[str, Any]]:
    if options.search:
        return _searched(split, kind, task, options)
    restarts = options.restarts if kind == "mlp" else 1
    unfitted = [_pipeline(kind, task, options, options.seed + number) for number in range(restarts)]
    fitted = [pipeline.fit(split.train_features, split.train_targets) for pipeline in unfitted]
    best = min(fitted, key=lambda pipeline: pipeline[-1].loss_) if restarts > 1 else fitted[0]
    return best, None, {}


def _pipeline(kind: str, task: str, options: TrainingOptions, seed: int) -> Any:  # noqa: ANN401  a Pipeline
    from sklearn.pipeline import Pipeline

    from bespoke.training.inputs import unfitted_scaler

    scaler = unfitted_scaler(options.input_bits)
    steps = [(SCALER, scaler), (STEP, make_estimator(kind, task, options, seed % 2**32))]
    if options.teaching is None:
        return Pipeline(steps)
    from bespoke.training.students import Student

    return Student(steps, options.teaching, options.seed)


def _unrounded(fitted: Any, split: Split) -> Any:  # noqa: ANN401  a Pipeline
    """The fitted estimator behind a MinMaxScaler, so that its files need no class of ours."""
    from sklearn.pipeline import Pipeline
    from sklearn.preprocessing import MinMaxScaler

    return Pipeline([(SCALER, MinMaxScaler().fit(split.train_features)), fitted.steps[-1]])


def _searched(split: Split, kind: str, task: str, options: TrainingOptions) -> tuple[Any, float | None, dict[str, Any]]:
    """The best of a randomised search by cross-validation, fitted again to the whole training part."""
    from sklearn.model_selection import RandomizedSearchCV

    search = RandomizedSearchCV(
        _pipeline(kind, task, options, options.seed),
        search_space(kind, task, options),
        n_iter=options.search,
        cv=_folds(split, task, options),
        random_state=options.seed,
        n_jobs=options.jobs,
        error_score="raise",
    )
    search.fit(split.train_features, split.train_targets)
    chosen = {name.removeprefix(f"{STEP}__"): _plain(value) for name, value in search.best_params_.items()}
    return search.best_estimator_, float(search.best_score_), chosen


def _folds(split: Split, task: str, options: TrainingOptions) -> Any:  # noqa: ANN401  a splitter
    from sklearn.model_selection import KFold, StratifiedKFold

    most = len(split.train_targets)
    if task != REGRESSION:
        # A fold may lack a rare class, but not all of the largest one.
        most = int(np.unique(split.train_targets, return_counts=True)[1].max())
    if most < options.folds:
        raise OptionError("too few rows for the folds", got=f"{options.folds} folds", allowed=f"2 to {most}")
    folds = KFold if task == REGRESSION else StratifiedKFold
    return folds(options.folds, shuffle=True, random_state=options.seed)


def score(
    estimator: Any,  # noqa: ANN401  scikit-learn has no types
    features: FloatArray,
    targets: TargetArray,
    task: str,
) -> tuple[str, float]:
    """Name and value of the score that suits the targets.

    Accuracy for classification; for regression on whole-number targets the accuracy of the output rounded and clipped
    to the range of `targets`, as the papers on printed classifiers score regressors; r2 for other regression.
    """
    predicted = estimator.predict(features)
    if task == CLASSIFICATION:
        return "accuracy", float((predicted == targets).mean())
    if targets.dtype.kind == "i":
        return "rounded accuracy", rounded_accuracy(predicted, targets)
    return "r2", float(estimator.score(features, targets))


def rounded_accuracy(predicted: FloatArray, targets: TargetArray) -> float:
    """Share of rows whose output, rounded to even and clipped to the range of `targets`, is the target."""
    labels = np.clip(np.rint(predicted), targets.min(), targets.max())
    return float((labels == targets).mean())


def _plain(value: Any) -> Any:  # noqa: ANN401  a number or text
    return value.item() if isinstance(value, np.generic) else value


def _notes(caught: list[warnings.WarningMessage]) -> tuple[str, ...]:
    """Fits that did not converge, counted; other warnings concern rare classes in the folds."""
    from sklearn.exceptions import ConvergenceWarning

    stopped = sum(issubclass(warning.category, ConvergenceWarning) for warning in caught)
    return (f"{stopped} fit(s) stopped before they converged; more iterations may help",) if stopped else ()
