"""Approximation steps: IntegerModel to a cheaper IntegerModel, with what was changed; and what candidates cost."""

from bespoke.approx.accumulate import ProductOptions, Summand, affine_of_summands, summands, truncate_products
from bespoke.approx.batch import AffineBatch, ModelBatch
from bespoke.approx.change import Approximated, Change
from bespoke.approx.coefficients import (
    CoefficientOptions,
    DigitOptions,
    approximate_coefficients,
    limit_digits,
    nearest_with_digits,
)
from bespoke.approx.compensate import correct_biases
from bespoke.approx.cost import DECISION_COSTS, estimate_cost
from bespoke.approx.structure import simplify_structure
from bespoke.approx.subtrees import SCORE_IS_OUTPUT, single_tree, weak_subtrees
from bespoke.approx.thresholds import ThresholdOptions, approximate_thresholds, rounded

__all__ = [
    "DECISION_COSTS",
    "SCORE_IS_OUTPUT",
    "AffineBatch",
    "Approximated",
    "Change",
    "CoefficientOptions",
    "DigitOptions",
    "ModelBatch",
    "ProductOptions",
    "Summand",
    "ThresholdOptions",
    "affine_of_summands",
    "approximate_coefficients",
    "approximate_thresholds",
    "correct_biases",
    "estimate_cost",
    "limit_digits",
    "nearest_with_digits",
    "rounded",
    "simplify_structure",
    "single_tree",
    "summands",
    "truncate_products",
    "weak_subtrees",
]
