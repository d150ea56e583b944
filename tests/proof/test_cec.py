"""Equivalence checks by ABC, and what its answers look like."""

from __future__ import annotations

import pytest

from bespoke.errors import ToolError
from bespoke.netlist import NetlistBuilder, to_aiger
from bespoke.proof.cec import _read_answer, check_equal


@pytest.fixture
def pair():
    """A 12-input netlist with two forms of one function and one that differs on few inputs."""
    builder = NetlistBuilder("pair")
    x = builder.add_input("x", 12).bits
    left = builder.all_of(x)
    right = x[11]
    for bit in x[:11]:
        right = builder.and_(right, bit)
    wrong = builder.and_(builder.all_of(x[:3]), builder.all_of(x[4:]))
    parity = builder.xor(x[0], builder.xor(x[1], x[2]))
    same_parity = builder.xor(builder.xor(x[0] ^ 1, x[1]), x[2] ^ 1)
    return builder.build(), left, right, wrong, parity, same_parity


def test_equal_and_different_literals_need_no_solver(pair):
    netlist, left, *_ = pair
    assert check_equal(netlist, [left], [left], 10).answer == "equal"
    assert check_equal(netlist, [left], [left ^ 1], 10).answer == "different"
    assert check_equal(netlist, [], [], 10).answer == "equal"


def test_no_time_is_undecided(pair):
    netlist, left, right, *_ = pair
    assert check_equal(netlist, [left], [right], 0.5).answer == "undecided"


@pytest.mark.oracle
def test_abc_decides(pair, require_program):
    require_program("yosys-abc")
    netlist, left, right, wrong, parity, same_parity = pair
    assert check_equal(netlist, [left, parity], [right, same_parity], 10).answer == "equal"
    result = check_equal(netlist, [parity, left], [same_parity, wrong], 10)
    assert result.answer == "different"
    assert result.inputs == {bit: int(bit != 3) for bit in range(12)}


@pytest.mark.parametrize(
    ("text", "answer", "inputs"),
    [
        ("Networks are equivalent after structural hashing.  Time = 0.00 sec", "equal", {}),
        ("Networks are NOT EQUIVALENT.\nInput pattern:  pi03=1 pi11=0 ", "different", {3: 1, 11: 0}),
        ("Networks are NOT EQUIVALENT.\nInput pattern:  i3=1 i11=0", "different", {3: 1, 11: 0}),
        ("Networks are UNDECIDED. (New CEC engine.)", "undecided", {}),
    ],
)
def test_answers(text, answer, inputs):
    result = _read_answer(text)
    assert (result.answer, result.inputs) == (answer, inputs)


@pytest.mark.parametrize("text", ["", "Error: file not found"])
def test_no_answer_is_an_error(text):
    with pytest.raises(ToolError, match="no answer"):
        _read_answer(text)


def test_aiger_bytes():
    builder = NetlistBuilder("and")
    a, b, c = builder.add_input("x", 3).bits
    builder.and_(b, c)
    literal = builder.and_(a, b ^ 1)
    text = to_aiger(builder.build(), [literal ^ 1, 1])
    assert text == b"aig 4 3 0 2 1\n9\n1\n\x03\x03i0 i0\ni1 i1\ni2 i2\no0 o0\no1 o1\n"
