"""Estimators fitted anew without some rows."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MinMaxScaler
from sklearn.tree import DecisionTreeClassifier

from bespoke.errors import ModelError, OptionError
from bespoke.training import refits

RNG = np.random.default_rng(0)
FEATURES, TARGETS = RNG.random((50, 3)), RNG.integers(0, 2, 50)


def test_every_row_is_held_out_once_and_not_seen_then():
    estimator = make_pipeline(MinMaxScaler(), DecisionTreeClassifier(random_state=0)).fit(FEATURES, TARGETS)
    before = estimator[-1].tree_.node_count
    found = list(refits(estimator, FEATURES, TARGETS, 3, seed=1))
    assert sorted(np.concatenate([each.held for each in found]).tolist()) == list(range(50))
    for each in found:
        assert not set(each.seen) & set(each.held)
        assert len(each.seen) + len(each.held) == 50
        assert each.estimator.score(FEATURES[each.seen], TARGETS[each.seen]) == 1.0
        assert each.estimator.score(FEATURES[each.held], TARGETS[each.held]) < 0.9  # the targets are noise
    assert estimator[-1].tree_.node_count == before
    again = list(refits(estimator, FEATURES, TARGETS, 3, seed=1))
    assert all((a.held == b.held).all() for a, b in zip(found, again, strict=True))


def test_refusals():
    estimator = DecisionTreeClassifier()
    for folds in (1, 51):
        with pytest.raises(OptionError, match="folds: needs rows for each"):
            list(refits(estimator, FEATURES, TARGETS, folds, seed=0))
    with pytest.raises(ModelError, match="cannot be fitted anew"):
        list(refits(object(), FEATURES, TARGETS, 2, seed=0))
