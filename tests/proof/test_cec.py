"""Equivalence checks by ABC, and what its answers look like."""

from __future__ import annotations

import pytest

from bespoke.errors import ToolError, ToolTimeoutError
from bespoke.netlist import FALSE, TRUE, NetlistBuilder, to_aiger
from bespoke.proof.cec import _read_answer, check_equal, check_false


@pytest.fixture
def pair():
    """A 12-input netlist, and literals of where two forms of a function differ: nowhere, on few inputs, and nowhere."""
    builder = NetlistBuilder("pair")
    x = builder.add_input("x", 12).bits
    left = builder.all_of(x)
    right = x[11]
    for bit in x[:11]:
        right = builder.and_(right, bit)
    wrong = builder.and_(builder.all_of(x[:3]), builder.all_of(x[4:]))
    parity = builder.or_(builder.and_(x[0], x[1] ^ 1), builder.and_(x[0] ^ 1, x[1]))
    same_parity = builder.xor(x[0] ^ 1, x[1] ^ 1)
    differ = builder.xor(left, right), builder.xor(left, wrong), builder.xor(parity, same_parity)
    return builder.build(), *differ


def test_constants_need_no_solver(pair):
    netlist, *_ = pair
    assert check_false(netlist, [FALSE], 10).answer == "equal"
    assert check_false(netlist, [FALSE, TRUE], 10).answer == "different"
    assert check_false(netlist, [], 10).answer == "equal"


def test_no_time_is_undecided(pair):
    netlist, nowhere, *_ = pair
    assert check_false(netlist, [nowhere], 0.5).answer == "undecided"


@pytest.mark.oracle
def test_abc_decides(pair, require_program):
    require_program("yosys-abc")
    netlist, nowhere, somewhere, nowhere_else = pair
    assert nowhere > TRUE
    assert nowhere_else > TRUE
    assert check_false(netlist, [nowhere, nowhere_else], 10).answer == "equal"
    result = check_false(netlist, [nowhere_else, somewhere], 10)
    assert result.answer == "different"
    assert result.inputs == {bit: int(bit != 3) for bit in range(12)}


@pytest.mark.oracle
def test_circuits_differ_on_inputs_that_one_of_them_does_not_read(require_program):
    require_program("yosys-abc")

    def netlist(grow):
        builder = NetlistBuilder("one")
        x = builder.add_input("x", 6).bits
        builder.add_output("y", [x[0], grow(builder, x)])
        return builder.build()

    narrow = netlist(lambda _, x: x[0])
    wide = netlist(lambda builder, x: builder.and_(x[0], builder.all_of(x[1:]) ^ 1))
    assert check_equal(narrow, narrow, 10).answer == "equal"
    assert (
        check_equal(narrow, netlist(lambda builder, x: builder.or_(x[0], builder.and_(x[0], x[1]))), 10).answer
        == "equal"
    )
    for pair in ((narrow, wide), (wide, narrow)):
        result = check_equal(*pair, 10)
        assert result.answer == "different"
        assert result.inputs == dict.fromkeys(range(6), 1)


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


def test_a_solver_without_end_is_undecided(pair, monkeypatch):
    def too_slow(*_args, **_options):
        raise ToolTimeoutError("still running")

    monkeypatch.setattr("bespoke.proof.cec.run_program", too_slow)
    assert check_false(pair[0], [pair[1]], 10).answer == "undecided"


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
