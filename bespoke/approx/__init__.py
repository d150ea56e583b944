"""Approximation steps: IntegerModel to a cheaper IntegerModel, with what was changed."""

from bespoke.approx.accumulate import (
    ColumnOptions,
    ProductOptions,
    Summand,
    SummandOptions,
    layer_of_summands,
    mask_summands,
    summands,
    truncate_columns,
    truncate_products,
)
from bespoke.approx.batch import LayerBatch, ModelBatch, batch_of
from bespoke.approx.change import Approximated, Change
from bespoke.approx.coefficients import (
    CoefficientOptions,
    DigitOptions,
    approximate_coefficients,
    digit_counts,
    limit_digits,
    nearest_with_digits,
)
from bespoke.approx.compensate import correct_biases
from bespoke.approx.cost import estimate_cost
from bespoke.approx.precision import (
    ActivationOptions,
    InputOptions,
    WeightOptions,
    cut_activations,
    reduce_input_bits,
    reduce_weight_bits,
    reduced_words,
)
from bespoke.approx.scores import ArgmaxOptions, shorten_argmax, subtract_common
from bespoke.approx.structure import (
    ConnectionOptions,
    UnitOptions,
    connection_influence,
    fix_units,
    remove_connections,
    simplify_structure,
    steady_units,
)
from bespoke.approx.subtrees import SubtreeOptions, prune_subtrees, simplify_tree
from bespoke.approx.thresholds import (
    MergeOptions,
    ThresholdOptions,
    approximate_thresholds,
    comparators,
    merge_thresholds,
)

__all__ = [
    "ActivationOptions",
    "Approximated",
    "ArgmaxOptions",
    "Change",
    "CoefficientOptions",
    "ColumnOptions",
    "ConnectionOptions",
    "DigitOptions",
    "InputOptions",
    "LayerBatch",
    "MergeOptions",
    "ModelBatch",
    "ProductOptions",
    "SubtreeOptions",
    "Summand",
    "SummandOptions",
    "ThresholdOptions",
    "UnitOptions",
    "WeightOptions",
    "approximate_coefficients",
    "approximate_thresholds",
    "batch_of",
    "comparators",
    "connection_influence",
    "correct_biases",
    "cut_activations",
    "digit_counts",
    "estimate_cost",
    "fix_units",
    "layer_of_summands",
    "limit_digits",
    "mask_summands",
    "merge_thresholds",
    "nearest_with_digits",
    "prune_subtrees",
    "reduce_input_bits",
    "reduce_weight_bits",
    "reduced_words",
    "remove_connections",
    "shorten_argmax",
    "simplify_structure",
    "simplify_tree",
    "steady_units",
    "subtract_common",
    "summands",
    "truncate_columns",
    "truncate_products",
]
