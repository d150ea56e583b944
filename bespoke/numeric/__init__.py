"""Exact integer arithmetic facts: ranges and recodings of constants."""

from bespoke.numeric.interval import Interval
from bespoke.numeric.recoding import Digit, csd, digit_count

__all__ = ["Digit", "Interval", "csd", "digit_count"]
