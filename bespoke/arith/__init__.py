"""Numbers to nets: sums, comparisons, argmax, votes."""

from bespoke.arith.argmax import argmax, select
from bespoke.arith.choice import cheapest, form_cost, gate_cost
from bespoke.arith.compare import at_least, at_most, greater, nonnegative
from bespoke.arith.decision_diagram import from_table
from bespoke.arith.relu import clip_index, relu
from bespoke.arith.sums import WeightedSum, sum_interval, weighted_sums
from bespoke.arith.vote import count_votes
from bespoke.arith.word import Word

__all__ = [
    "WeightedSum",
    "Word",
    "argmax",
    "at_least",
    "at_most",
    "cheapest",
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
