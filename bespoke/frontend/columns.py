"""Steps that choose columns or join tables: selectors, ColumnTransformer, FeatureUnion, imputers on clean rows."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from bespoke.errors import ModelFileError, UnsupportedModelError
from bespoke.frontend.floatmodel import FloatArray
from bespoke.frontend.steps import Step, StepReader
from bespoke.frontend.view import View
from bespoke.model import IntArray


def read_selector(step: Step) -> View:
    """The outputs that a fitted selector keeps, in their order."""
    step.fitted("n_features_in_")
    support = np.asarray(step.transformer.get_support())
    if support.ndim != 1 or support.dtype != np.bool_:
        raise ModelFileError("a selector keeps features or not", where=step.where, got=support.dtype)
    step.check_count(len(support))
    return step.view.selected(np.flatnonzero(support))


def read_imputer(step: Step) -> View:
    """The outputs as they are, without those that had no value in any training row."""
    step.check_count(step.fitted("n_features_in_"))
    indicator = getattr(step.transformer, "indicator_", None)
    if indicator is not None and len(indicator.features_):
        raise UnsupportedModelError(
            "columns that say where values were missing", where=step.where, got="add_indicator=True", allowed="False"
        )
    note = f"{step.where}: rows have no missing values, so nothing is filled in"
    return step.view.selected(_kept_by_imputer(step)).noted(note)


def _kept_by_imputer(step: Step) -> IntArray:
    count = step.view.output_count
    if getattr(step.transformer, "keep_empty_features", False):
        return np.arange(count)
    if step.kind == "IterativeImputer":
        return _kept_by_imputer(replace(step, transformer=step.fitted("initial_imputer_")))
    if step.kind == "KNNImputer":
        return np.flatnonzero(step.fitted("_valid_mask"))
    # What fills in a column of texts is a text.
    return np.array([j for j, value in enumerate(step.fitted("statistics_")) if not _is_nan(value)], dtype=np.int64)


def _is_nan(value: object) -> bool:
    return value is None or (isinstance(value, float) and np.isnan(value))


def read_column_transformer(step: Step) -> View:
    """What each transformer makes of its columns, side by side."""
    step.check_count(step.fitted("n_features_in_"))
    indices: dict[str, Any] = step.fitted("_transformer_to_input_indices")
    views = []
    for name, transformer, _ in step.fitted("transformers_"):
        if _is(transformer, "drop") or not len(indices[name]):
            continue
        part = step.view.selected([int(index) for index in indices[name]])
        views.append(part if _is(transformer, "passthrough") else step.passed(part, _inner(step, name), transformer))
    return _joined(step, views)


def read_feature_union(step: Step) -> View:
    """What each transformer makes of all columns, weighted and side by side."""
    factors: dict[str, float] = step.transformer.transformer_weights or {}
    views = []
    for name, transformer in step.fitted("transformer_list"):
        if _is(transformer, "drop"):
            continue
        plain = _is(transformer, "passthrough")
        view = step.view if plain else step.passed(step.view, _inner(step, name), transformer)
        if name in factors:
            weights: FloatArray = np.eye(view.output_count) * factors[name]
            view = view.mixed(weights, np.zeros(view.output_count), step.where)
        views.append(view)
    return _joined(step, views)


def _joined(step: Step, views: list[View]) -> View:
    if not views:
        raise UnsupportedModelError("no column is left", where=step.where)
    return View.side_by_side(views)


def _is(transformer: object, word: str) -> bool:
    """Whether a transformer is a word in its place."""
    return isinstance(transformer, str) and transformer == word


def _inner(step: Step, name: str) -> str:
    return f"{step.name}.{name}"


_SELECTORS = (
    "SelectKBest",
    "SelectPercentile",
    "SelectFpr",
    "SelectFdr",
    "SelectFwe",
    "GenericUnivariateSelect",
    "VarianceThreshold",
    "SelectFromModel",
    "RFE",
    "RFECV",
    "SequentialFeatureSelector",
)
COLUMN_STEPS: dict[str, StepReader] = {
    **dict.fromkeys(_SELECTORS, read_selector),
    **dict.fromkeys(("SimpleImputer", "KNNImputer", "IterativeImputer"), read_imputer),
    "ColumnTransformer": read_column_transformer,
    "FeatureUnion": read_feature_union,
}
