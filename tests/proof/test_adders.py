"""Adder hints on actual gates."""

from __future__ import annotations

import pytest

from bespoke.netlist import FALSE, TRUE, Adder, NetlistBuilder
from bespoke.proof.adders import AdderChecker
from bespoke.proof.circuit import Circuit


@pytest.fixture
def gates():
    """Builder with inputs a, b, c."""
    builder = NetlistBuilder("adder")
    return builder, *builder.add_input("x", 3).bits


def full_adder(builder, a, b, c):
    half = builder.xor(a, b)
    return Adder((a, b, c), builder.xor(half, c), builder.or_(builder.and_(a, b), builder.and_(half, c)))


def holds(builder, adder):
    return AdderChecker(Circuit(builder.build())).holds(adder)


def test_full_and_half_adders(gates):
    builder, a, b, c = gates
    assert holds(builder, full_adder(builder, a, b, c))
    assert holds(builder, full_adder(builder, a ^ 1, b, c ^ 1))
    assert holds(builder, Adder((a, b), builder.xor(a, b), builder.and_(a, b)))


def test_constants_repeats_and_complements(gates):
    builder, a, b, _ = gates
    assert holds(builder, Adder((a, a), FALSE, a))
    assert holds(builder, Adder((a, a ^ 1), TRUE, FALSE))
    assert holds(builder, Adder((a, b, b ^ 1), a ^ 1, a))
    assert holds(builder, Adder((a, b, TRUE), builder.xor(a, b) ^ 1, builder.or_(a, b)))
    assert holds(builder, Adder((a, FALSE), a, FALSE))


def test_wrong_functions(gates):
    builder, a, b, c = gates
    good = full_adder(builder, a, b, c)
    assert not holds(builder, Adder(good.addends, good.total ^ 1, good.carry))
    assert not holds(builder, Adder(good.addends, good.total, good.carry ^ 1))
    assert not holds(builder, Adder(good.addends, good.carry, good.total))
    assert not holds(builder, Adder((a, b, c ^ 1), good.total, good.carry))
    assert not holds(builder, Adder((a, b), good.total, good.carry))
    assert not holds(builder, Adder((a,), a, FALSE))
    assert not holds(builder, Adder((a, b, 999), good.total, good.carry))


def test_addends_that_depend_on_each_other(gates):
    """With p = a ^ b as a third addend the total is constant, which free addends do not show."""
    builder, a, b, _ = gates
    p = builder.xor(a, b)
    adder = full_adder(builder, a, b, p)
    assert adder.total == FALSE
    assert holds(builder, adder)
    assert not holds(builder, Adder((a, b, p), FALSE, builder.and_(a, b)))


def test_wrong_gate_in_the_middle(gates):
    builder, a, b, c = gates
    half = builder.and_(a, b)
    assert not holds(builder, Adder((a, b, c), builder.xor(half, c), builder.or_(half, builder.and_(half, c))))
