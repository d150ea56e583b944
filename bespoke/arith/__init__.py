"""Numbers to nets: sums, comparisons, argmax, votes."""

from bespoke.arith.argmax import argmax, select
from bespoke.arith.choice import cheapest, form_cost, gate_cost
from bespoke.arith.compare import at_least, at_most, greater, nonnegative
from bespoke.arith.decision_diagram import from_table
from bespoke.arith.form_cover import cheapest_gates
from bespoke.arith.forms import FormGraph
from bespoke.arith.relu import clip_index, relu
from bespoke.arith.sums import WeightedSum, sum_interval, weighted_sums
from bespoke.arith.thermometer import Thermometer
from bespoke.arith.vote import count_votes
from bespoke.arith.word import Word

__all__ = [
    "FormGraph",
    "Thermometer",
    "WeightedSum",
    "Word",
    "argmax",
    "at_least",
    "at_most",
    "cheapest",
    "cheapest_gates",
    "clip_index",
    "count_votes",
    "form_cost",
    "from_table",
    "gate_cost",
    "greater",
    "nonnegative",
    "relu",
    "select",
    "sum_interval",
    "weighted_sums",
]
