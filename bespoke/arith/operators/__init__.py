"""Operators with parameters: what they compute, their gates, their exact error."""

from bespoke.arith.operators.ama import MirrorAdder
from bespoke.arith.operators.convolution import convolved_figures, error_distribution
from bespoke.arith.operators.enumeration import enumerated_figures, error_figures
from bespoke.arith.operators.eta import ErrorTolerantAdder
from bespoke.arith.operators.families import FAMILIES, make_operator
from bespoke.arith.operators.loa import LowerPartOrAdder
from bespoke.arith.operators.operator import Adder, Operator
from bespoke.arith.operators.popcount import Popcount, count_bits
from bespoke.arith.operators.truncated import TruncatedAdder
from bespoke.arith.operators.windowed import GearAdder, QuadAdder, SegmentedAdder
