"""Approximate trees judged by refits, since a full-depth tree makes its own training rows useless as judges."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from joblib import Parallel, delayed
from numpy.typing import NDArray

from bespoke.flow.case import Case
from bespoke.frontend import is_integer_model, quantise_estimator
from bespoke.model import Trees
from bespoke.search import (
    FloatArray,
    Fold,
    Found,
    SearchOptions,
    assured_gains,
    design_space,
    exact_held_loss,
    explore,
    held_out_wrong,
)
from bespoke.training import refits

_FOLDS = 5
_LEAST_ROWS = 20
_SHARE = 0.5  # of the epochs, for the search of a fold
_LEAST_WORST = 0.05
_ROOM = 0.02


def tree_folds(case: Case) -> tuple[Fold, ...]:
    """Refits of a fitted tree without each fifth of the training rows.

    None for other models, for integer ones and for a handful of rows. Rows whose label the tree does not know are left
    out, as in the search. Refits see raw rows, whatever the tree saw: scaling of its inputs does not change a tree.
    """
    model, train, known = case.source.model, case.train, case.known
    if not model.has_only(Trees) or is_integer_model(case.estimator) or not model.decision.is_classifier:
        return ()
    features, targets = train.features[known], train.targets[known]
    if len(targets) < _LEAST_ROWS:
        return ()
    raw = replace(case.options.compile.quantisation, model_inputs="raw")
    found = []
    for refit in refits(case.estimator, features, targets, _FOLDS, case.options.search.seed):
        fitted = quantise_estimator(refit.estimator, features[refit.seen], targets[refit.seen], raw).model
        words, wanted = fitted.coding.quantise(features), fitted.decision.encode(targets)
        space = design_space(fitted, words[refit.seen], wanted[refit.seen], case.costs)
        found.append(Fold(space, words[refit.seen], wanted[refit.seen], words[refit.held], wanted[refit.held]))
    return tuple(found)


def tree_options(options: SearchOptions, folds: Sequence[Fold], training_loss: float) -> SearchOptions:
    """Options that suit trees.

    A full-depth tree has no training loss, so what is of interest reaches to where it errs on new rows; agreement one
    step beside the training rows says nothing on fine inputs.
    """
    honest = exact_held_loss(folds) if folds else 0.0
    worst = min(1.0, max(_LEAST_WORST, honest - training_loss) + _ROOM)
    return replace(options, agreement=0.0, worst_loss=max(worst, options.worst_loss))


def fold_gains(folds: Sequence[Fold], found: Found, options: SearchOptions, caution: float, jobs: int) -> FloatArray:
    """Assured gain of each find over the exact tree, on rows that neither refits nor their searches saw."""
    epochs = options.epochs if options.budget_s is None else found.state.epoch
    short = replace(options, islands=1, epochs=max(2, round(epochs * _SHARE)), budget_s=None)
    finds = Parallel(n_jobs=jobs)(delayed(_searched)(fold, short) for fold in folds)
    return assured_gains(held_out_wrong(found, folds, finds), caution)


def _searched(fold: Fold, options: SearchOptions) -> Found:
    known: NDArray[np.bool_] = fold.targets >= 0
    return explore(fold.space, fold.words[known], fold.targets[known], options)
