"""Exact integer arithmetic facts: ranges and recodings of constants."""

from bespoke.numeric.checked import real_number, whole_number
from bespoke.numeric.error_figures import (
    ErrorFigures,
    Method,
    Relative,
    figures_of_distribution,
    figures_of_pairs,
    figures_of_shares,
)
from bespoke.numeric.interval import Interval
from bespoke.numeric.ones import count_ones
from bespoke.numeric.recoding import Digit, csd, digit_count, shortest_forms
from bespoke.numeric.shares import clopper_pearson
