"""Signed-digit recodings of integer constants."""

from __future__ import annotations

from typing import NamedTuple


class Digit(NamedTuple):
    """One non-zero digit ``sign * 2**position`` of a recoded constant."""

    position: int
    sign: int


def csd(value: int) -> tuple[Digit, ...]:
    """Canonical signed-digit form of ``value``, least significant digit first.

    No two neighbouring digits are non-zero, which makes their number minimal
    (Reitwiesner, "Binary Arithmetic", Advances in Computers 1, 1960).
    """
    digits = []
    position = 0
    while value:
        if value & 1:
            sign = 2 - (value & 3)
            digits.append(Digit(position, sign))
            value -= sign
        value >>= 1
        position += 1
    return tuple(digits)


def digit_count(value: int) -> int:
    """Number of non-zero digits of the canonical signed-digit form."""
    return ((3 * abs(value)) ^ abs(value)).bit_count()
