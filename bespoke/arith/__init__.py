"""Numbers to nets: sums, comparisons, argmax, votes."""

from bespoke.arith.argmax import argmax
from bespoke.arith.choice import cheapest, gate_cost
from bespoke.arith.compare import at_least, greater, nonnegative
from bespoke.arith.decision_diagram import from_table
from bespoke.arith.forms import FormGraph
from bespoke.arith.level_word import LevelWord
from bespoke.arith.relu import clip_index, relu, saturate
from bespoke.arith.sharing_search import SharingEffort
from bespoke.arith.sums import WeightedSum, weighted_sums
from bespoke.arith.thermometer import Thermometer
from bespoke.arith.vote import count_votes
from bespoke.arith.word import Word
from bespoke.arith.word_bits import (
    carry_out,
    equal,
    less,
    product_bit,
    quotient_bit,
    remainder_bits,
    root_bit,
    sum_bit,
)
