"""Every pipeline of the table equals scikit-learn at every point of the input grid that is tried, down to the gates."""

from __future__ import annotations

import numpy as np
import pytest
from pipelines import NAMES, answered, fitted_pipeline, flowers
from small_libraries import EGFET_COSTS

from bespoke.frontend import QuantisationOptions, quantise_estimator, read_model, save_model
from bespoke.lowering import lower
from bespoke.proof import prove_lowered
from bespoke.sim import simulate

# Weights that are rounded by design need more bits to equal those of scikit-learn at a grid point.
FINE = QuantisationOptions(
    input_bits=4,
    weight_bits=22,
    value_bits=22,
    leaf_bits=16,
    activation_bits=14,
    regressor_output="value",
    thresholds="grid",
)
COARSE = QuantisationOptions(
    input_bits=3, weight_bits=5, value_bits=6, leaf_bits=4, activation_bits=4, regressor_output="value"
)
ROWS = 400


def grid_points(coding, rng):
    """Random words, those of the rows, and the raw features that lie exactly on their grid points."""
    bits = np.array(coding.bits)
    words = np.concatenate([rng.integers(0, 1 << bits, (ROWS, len(bits))), coding.quantise(flowers()[0])])
    return words, np.array(coding.low) + np.array(coding.span) * np.ldexp(words.astype(float), -bits)


@pytest.mark.slow_if(
    "categorical bayes",
    "box-cox, forest",
    "columns of bins",
    "logistic network",
    "tanh network",
    "tanh network of power",
    "tanh regression",
)
@pytest.mark.parametrize("name", NAMES)
def test_equals_scikit_learn_on_the_grid(name):
    features, targets = flowers()[0], answered(name)
    result = quantise_estimator(fitted_pipeline(name), features, targets, FINE)
    words, raw = grid_points(result.model.coding, np.random.default_rng(1))
    expected, found = fitted_pipeline(name).predict(raw), result.model.decision.decode(result.model.predict(words))
    if result.model.decision.is_classifier:
        np.testing.assert_array_equal(result.float_predict(raw), expected)
        np.testing.assert_array_equal(found, expected)
    else:
        np.testing.assert_allclose(result.float_predict(raw), expected, rtol=1e-7, atol=1e-9)
        np.testing.assert_allclose(found, expected, atol=3e-4 * np.ptp(expected))


@pytest.mark.slow_if("*SVD", "imputed*", "*against*", "*bayes", "*forest", "columns of bins", "bin*", "quantiles")
@pytest.mark.slow_if("power*", "logarithm, *", "column for*", "codes of counts*", "*network*")
@pytest.mark.parametrize("name", NAMES)
def test_gates_equal_the_integer_model(name):
    features, targets = flowers()[0], answered(name)
    model = quantise_estimator(fitted_pipeline(name), features, targets, COARSE).model
    words, _ = grid_points(model.coding, np.random.default_rng(2))
    lowered = lower(model, EGFET_COSTS)
    np.testing.assert_array_equal(simulate(lowered.netlist, words)[:, 0], model.predict(words))
    assert prove_lowered(model, lowered.netlist, lowered.certificate, timeout_s=20).status == "proven"


@pytest.mark.parametrize("name", NAMES)
def test_file_of_a_pipeline_is_read_without_running_code(name, tmp_path):
    save_model(fitted_pipeline(name), tmp_path / "model.skops")
    features, _ = flowers()
    np.testing.assert_array_equal(
        read_model(tmp_path / "model.skops").model.predict(features), fitted_pipeline(name).predict(features)
    )
