"""What a compilation starts from: data, their split, and the integer model."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from bespoke.data import CLASSIFICATION, REGRESSION, Dataset, guess_task
from bespoke.errors import DataError, FeatureCountError, OptionError, TargetError
from bespoke.flow.options import CompileOptions
from bespoke.flow.records import DatasetFacts, Part
from bespoke.frontend import as_labels, is_integer_model, quantise_estimator, text_codes
from bespoke.model import IntArray, IntegerModel

FloatPredict = Callable[[NDArray[Any]], NDArray[Any]]
_NAMED = 8  # classes in a remark
_Raw = tuple[NDArray[Any], NDArray[Any]]


@dataclass(frozen=True, slots=True, eq=False)
class Rows:
    """Rows of the data as a model reads them.

    Attributes
    ----------
    features : ndarray, shape (n, n_features)
        Raw.
    targets : ndarray, shape (n,)
        Raw.
    words : ndarray of int64, shape (n, n_features)
        Input words.
    wanted : ndarray of int64, shape (n,)
        Output words for the targets; `UNKNOWN` for one that the model cannot give.
    """

    features: NDArray[Any]
    targets: NDArray[Any]
    words: IntArray
    wanted: IntArray

    @staticmethod
    def of(model: IntegerModel, features: NDArray[Any], targets: NDArray[Any]) -> Rows:
        """Rows for a model."""
        return Rows(features, targets, model.coding.quantise(features), model.decision.encode(targets))

    def selected(self, chosen: NDArray[np.bool_]) -> Rows:
        """Some of the rows; ``chosen`` has shape (n,)."""
        return Rows(self.features[chosen], self.targets[chosen], self.words[chosen], self.wanted[chosen])


@dataclass(frozen=True, slots=True, eq=False)
class Source:
    """The integer model, and the data that go with it.

    Attributes
    ----------
    model : IntegerModel
    float_predict : callable or None
        The float model on raw features; None if an integer model was given.
    train, test : Rows or None
        None without data; ``test`` also where no row is kept for the test.
    dataset : DatasetFacts or None
    notes : tuple of str
    cautions : tuple of str
        Those of the notes that are warnings in Python.
    """

    model: IntegerModel
    float_predict: FloatPredict | None
    train: Rows | None
    test: Rows | None
    dataset: DatasetFacts | None
    notes: tuple[str, ...]
    cautions: tuple[str, ...] = ()

    @property
    def parts(self) -> dict[Part, Rows]:
        """The parts of the rows that there are."""
        rows: dict[Part, Rows | None] = {"train": self.train, "test": self.test}
        return {name: part for name, part in rows.items() if part is not None}


def read_dataset(
    features: ArrayLike | None, targets: ArrayLike | None, dataset: Dataset | None, model: object
) -> Dataset | None:
    """The data set of a call with arrays or with a data set.

    Raises
    ------
    OptionError
        If both are given, or features without targets.
    DataError
        If the arrays are not a finite table with one target per row.
    """
    if dataset is not None:
        if features is not None or targets is not None:
            raise OptionError("both arrays and a data set are given", allowed="X and y, or dataset")
        return dataset
    if features is None and targets is None:
        return None
    if features is None or targets is None:
        raise OptionError("features and targets belong together", allowed="both X and y")
    table, notes = _numbers(features, model)
    labels = np.asarray(targets)
    if table.ndim != 2 or labels.shape != table.shape[:1]:
        raise DataError(
            "features and targets do not fit together",
            got=f"X of shape {table.shape}, y of shape {labels.shape}",
            allowed="(n_samples, n_features) and (n_samples,)",
        )
    names = _names(features, model, table.shape[1])
    return Dataset("data", names, table, labels, guess_task(labels), notes=notes)


def _numbers(features: Any, model: object) -> tuple[NDArray[np.float64], tuple[str, ...]]:  # noqa: ANN401  any table
    """The features as floats, texts as the encoders of the model code them, and a sentence about each such column."""
    table = features.toarray() if hasattr(features, "toarray") else features
    try:
        return np.asarray(table, dtype=np.float64), ()
    except (TypeError, ValueError) as error:
        codes = () if model is None or is_integer_model(model) else text_codes(model)
        allowed = "numbers, and texts that an encoder of the model knows, such as an OrdinalEncoder"
        what = DataError("the features are not numbers", where="X", got=error, allowed=allowed)
        cells = np.array(table, dtype=object)
    if not codes or cells.ndim != 2:
        raise what
    names = [str(name) for name in getattr(features, "columns", ())]
    for known in codes:
        column = names.index(known.feature) if known.feature in names else known.feature
        if not isinstance(column, int) or column >= cells.shape[1]:
            raise DataError(
                "a feature of the model is missing", where="X", got=", ".join(names), allowed=str(known.feature)
            )
        cells[:, column] = known.encode(cells[:, column].tolist(), f"X, column {known.feature!r}")
    try:
        return cells.astype(np.float64), tuple(known.note for known in codes)
    except (TypeError, ValueError):
        raise what from None


def read_source(model: Any, dataset: Dataset | None, options: CompileOptions) -> Source:  # noqa: ANN401  any estimator
    """Split the data and make the integer model.

    Raises
    ------
    ModelError, DataError, OptionError
    """
    parts = raw_parts(dataset, options) if dataset else []
    notes = dataset.notes if dataset else ()
    float_predict: FloatPredict | None = None
    cautions: tuple[str, ...] = ()
    if is_integer_model(model):
        if parts:
            _check_fit(model, *parts[0])
    elif dataset is None:
        raise OptionError(
            "data are needed to scale the inputs", where=type(model).__name__, allowed="--data, or in Python X and y"
        )
    else:
        _check_order(model, dataset.feature_names)
        quantised = quantise_estimator(model, *parts[0], options.quantisation, feature_names=dataset.feature_names)
        model, float_predict, cautions = quantised.model, quantised.float_predict, quantised.cautions
        # The data's remarks are about all rows; those of the quantisation about the training part.
        notes = (*notes, *quantised.notes)
    decision = model.decision
    rows = [Rows.of(model, features, as_labels(targets, decision.classes)) for features, targets in parts]
    train, test = [*rows, None, None][:2]
    if decision.is_classifier:
        notes = (*notes, *_absent_classes(rows))
    return Source(model, float_predict, train, test, _facts(dataset, model, train, test), notes, cautions)


def _facts(dataset: Dataset | None, model: IntegerModel, train: Rows | None, test: Rows | None) -> DatasetFacts | None:
    """Facts about the data for the task of the model, whatever their targets look like."""
    facts = dataset_facts(dataset, train, test)
    task = CLASSIFICATION if model.decision.is_classifier else REGRESSION
    return None if facts is None else replace(facts, task=task)


def raw_parts(dataset: Dataset, options: CompileOptions, *, for_training: bool = False) -> list[_Raw]:
    """Raw features and targets of the training rows, and of the test rows if any are kept for the test.

    Parameters
    ----------
    dataset : Dataset
    options : CompileOptions
    for_training : bool
        Whether a model is to learn all classes from the training rows.

    Raises
    ------
    DataError, OptionError
        As `Dataset.split`.
    """
    dataset.check_test_size(options.test_size)
    if options.test_size == 0:
        return [(dataset.features, dataset.targets)]
    split = dataset.split(options.test_size, options.seed, for_training=for_training)
    return [(split.train_features, split.train_targets), (split.test_features, split.test_targets)]


def dataset_facts(dataset: Dataset | None, train: Rows | None, test: Rows | None) -> DatasetFacts | None:
    """What is said of a data set and its parts; None without one."""
    if dataset is None:
        return None
    train_rows, test_rows = (len(rows.targets) if rows else 0 for rows in (train, test))
    features = len(dataset.feature_names)
    return DatasetFacts(
        dataset.name, len(dataset.targets), train_rows, test_rows, features, dataset.task, dataset.digest
    )


def _names(features: object, model: object, count: int) -> tuple[str, ...]:
    source = getattr(features, "columns", None)
    if source is None:
        source = getattr(model, "feature_names_in_", None)
    names = tuple(str(name) for name in source) if source is not None else ()
    return names if len(names) == count else tuple(f"x{number}" for number in range(count))


def _absent_classes(rows: Sequence[Rows]) -> tuple[str, ...]:
    """A sentence about classes of the data without a row in the training part, if there are any."""
    if len(rows) < 2:
        return ()
    seen = set(rows[0].targets.tolist())
    absent = [str(label) for label in dict.fromkeys(rows[1].targets.tolist()) if label not in seen]
    if not absent:
        return ()
    more = f" and {len(absent) - _NAMED} more" if len(absent) > _NAMED else ""
    return (f"classes without a row in the training part: {', '.join(absent[:_NAMED])}{more}",)


def _check_fit(model: IntegerModel, features: NDArray[Any], targets: NDArray[Any]) -> None:
    found, wanted = features.shape[1], model.coding.measured_count
    if found != wanted:
        raise FeatureCountError("model and data differ in the number of features", got=found, allowed=str(wanted))
    classes = model.decision.classes
    if model.decision.is_classifier and not set(as_labels(targets, classes).tolist()) & set(classes):
        raise TargetError(
            "no target is a class of the model", got=targets[0], allowed=", ".join(map(str, classes[:12]))
        )


def _check_order(model: object, names: tuple[str, ...]) -> None:
    trained = getattr(model, "feature_names_in_", None)
    if trained is None:
        return
    known = tuple(str(name) for name in trained)
    if known != names and sorted(known) == sorted(names):
        what = "the columns of the data stand in another order than those the model was trained on"
        raise DataError(what, got=", ".join(names[:6]), allowed=", ".join(known[:6]))
