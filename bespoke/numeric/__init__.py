"""Exact integer arithmetic facts: ranges and recodings of constants."""

from bespoke.numeric.checked import real_number, whole_number
from bespoke.numeric.interval import Interval
from bespoke.numeric.recoding import Digit, csd, digit_count

__all__ = ["Digit", "Interval", "csd", "digit_count", "real_number", "whole_number"]
