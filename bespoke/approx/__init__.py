"""Approximation steps: IntegerModel to a cheaper IntegerModel; and what candidates cost."""

from bespoke.approx.accumulate import drop_columns, truncate_products
from bespoke.approx.batch import AffineBatch, ModelBatch
from bespoke.approx.coefficients import approximate_coefficients, correct_biases, limit_digits, nearest_with_digits
from bespoke.approx.compensation import tune_weights
from bespoke.approx.cost import DECISION_COSTS, estimate_cost
from bespoke.approx.low_columns import CELLS, rounded_bias, with_low_columns
from bespoke.approx.mode_choice import Idle, shrinking_modes
from bespoke.approx.modes import Mode, in_mode, with_modes
from bespoke.approx.shortcuts import NO_TREE, answering, with_shortcut, with_tree_modes
from bespoke.approx.structure import drop_unread_tables, simplify_structure
from bespoke.approx.trees import SCORE_IS_OUTPUT, approximate_thresholds, rounded, single_tree, weak_subtrees
from bespoke.approx.unit_operators import LOW_COLUMNS, UnitOperator, unit_operators
