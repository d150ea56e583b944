"""scikit-learn's own checks of estimators, without any exception."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MinMaxScaler
from sklearn.utils.estimator_checks import parametrize_with_checks

from bespoke import BespokeClassifier, BespokeDesigner, BespokeRegressor

# Skipped by scikit-learn unless SCIPY_ARRAY_API is set before scipy is imported.
ARRAY_API = "check_array_api_input"
SMALL = {"input_bits": 5, "weight_bits": 5}
SCALED = make_pipeline(MinMaxScaler(), LogisticRegression())


def run_check(estimator, check):
    if ARRAY_API not in str(check):
        check(estimator)


@pytest.mark.slow_if(
    "*dtype*",
    "*pipeline_consistency",
    "*ers_*",
    "*ors_*",
    "*data_not_an_array",
    "*_2d",
    "*after_fitting",
    "*positive_only*",
)
@parametrize_with_checks([BespokeClassifier(SCALED, **SMALL), BespokeRegressor(Ridge(), **SMALL)])
def test_of_weighted_sums(estimator, check):
    run_check(estimator, check)


@pytest.mark.slow
@parametrize_with_checks([BespokeClassifier(), BespokeRegressor()])
def test_of_the_default_trees(estimator, check):
    run_check(estimator, check)


# As many candidates in every run: what is fitted twice is the same then.
@pytest.mark.slow
@parametrize_with_checks([BespokeDesigner(families=("tree",), candidates=4, jobs=1)])
def test_of_a_search_from_data(estimator, check):
    run_check(estimator, check)


CHILD = f"""
from sklearn.utils.estimator_checks import estimator_checks_generator
from bespoke import BespokeClassifier, BespokeDesigner, BespokeRegressor
for estimator in (BespokeClassifier(), BespokeRegressor(), BespokeDesigner(families=("tree",), candidates=4, jobs=1)):
    for checked, check in estimator_checks_generator(estimator):
        if {ARRAY_API!r} in str(check):
            check(checked)
            print("passed")
"""


@pytest.mark.slow
def test_of_arrays_that_are_not_of_numpy():
    environment = {**os.environ, "SCIPY_ARRAY_API": "1"}
    child = subprocess.run(
        [sys.executable, "-c", CHILD], env=environment, capture_output=True, text=True, check=False, timeout=120
    )
    assert child.stdout.split() == ["passed"] * 3, child.stderr
