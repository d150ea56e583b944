"""Elimination of adders from polynomials."""

from __future__ import annotations

from bespoke.netlist import TRUE, Adder
from bespoke.proof.polynomial import Elimination, add_literal, add_word, adder_identity, reduced

A, B, C = 2, 4, 6


def test_words_and_complements():
    polynomial = {}
    add_word(polynomial, (A, B ^ 1), 3, signed=True)
    assert reduced(polynomial, 16) == {1: 3, 2: 6, 0: 10}
    add_literal(polynomial, TRUE, 6)
    assert reduced(polynomial, 16) == {1: 3, 2: 6}


def rest_of(result, expected, adders, width):
    polynomial = {}
    add_word(polynomial, result, 1, signed=False)
    for literal, weight in expected:
        add_literal(polynomial, literal, -weight)
    return Elimination(polynomial, [adder_identity(adder) for adder in adders], 1 << width).run()


def test_two_bit_sum():
    adders = [Adder((A, B), 20, 22)]
    assert rest_of((20, 22), [(A, 1), (B, 1)], adders, 2) == {}
    assert rest_of((20, 22), [(A, 1), (B, 1)], [], 2)
    assert rest_of((22, 20), [(A, 1), (B, 1)], adders, 2)
    assert rest_of((20, 22), [(A, 1), (C, 1)], adders, 2)
    assert rest_of((20, 22), [(A, 1), (B, 1), (TRUE, 1)], adders, 2)
    assert rest_of((20, 22), [(A, 1), (B, 2)], adders, 2)


def test_carry_of_the_top_column_may_be_left_out():
    assert rest_of((20,), [(A, 1), (B, 1)], [Adder((A, B), 20, 22)], 1) == {}
    assert rest_of((20,), [(A, 1), (B, 1)], [Adder((A, B), 20, 22)], 2)


def test_total_shared_by_two_adders():
    """a + b and 4 * (a + ~b) share the net a ^ b."""
    adders = [Adder((A, B), 20, 22), Adder((A, B ^ 1), 21, 24)]
    result = (20, 22, 21, 24)
    assert rest_of(result, [(A, 5), (B, 1), (B ^ 1, 4)], adders, 4) == {}
    assert rest_of(result, [(A, 5), (B, 1), (B ^ 1, 4)], adders, 5) == {}
    assert rest_of(result, [(A, 5), (B, 5)], adders, 4)


def test_same_adder_in_two_columns():
    adder = Adder((A, B), 20, 22)
    assert rest_of((20, 22, 20, 22), [(A, 5), (B, 5)], [adder, adder], 4) == {}


def test_contradicting_identities_cannot_hide_a_rest():
    """Trivial identities and negatives of others change nothing."""
    adders = [Adder((A, B), 20, 22), Adder((A ^ 1, B ^ 1, TRUE), 21, 22 ^ 1), Adder((A, A), 0, A), Adder((A, 0), A, 0)]
    assert rest_of((20, 22), [(A, 1), (B, 1)], adders, 2) == {}
    assert rest_of((20, 22), [(A, 1)], adders, 2)
