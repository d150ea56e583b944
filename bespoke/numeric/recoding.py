"""Signed-digit recodings of integer constants."""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

_MOST_FORMS = 20  # of the higher digits of a constant


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


@cache
def shortest_forms(value: int) -> tuple[tuple[Digit, ...], ...]:
    """Signed-digit forms of ``value`` with the fewest digits, some of them if there are very many."""
    digits = [0] if value & 1 == 0 else [sign for sign in (1, -1) if digit_count(value - sign) < digit_count(value)]
    higher = ((digit, form) for digit in digits for form in shortest_forms(value - digit >> 1)[:_MOST_FORMS])
    placed = (((0, digit), *((position + 1, sign) for position, sign in form)) for digit, form in higher)
    return tuple(tuple(Digit(*digit) for digit in form if digit[1]) for form in placed) if value else ((),)


def digit_count(value: int) -> int:
    """Number of non-zero digits of the canonical signed-digit form."""
    return ((3 * abs(value)) ^ abs(value)).bit_count()
