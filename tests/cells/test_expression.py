"""Boolean expressions: truth tables against Python's own evaluation, and Verilog text."""

from __future__ import annotations

import random

import pytest

from bespoke.cells.expression import input_tables, parse_expression
from bespoke.errors import LibertyError

PINS = ("A", "B", "C")
TABLES = input_tables(PINS)


def truth_of(text: str) -> int:
    return parse_expression(text, where="test").truth(TABLES, 8)


def by_python(text: str) -> int:
    table = 0
    for state in range(8):
        values = {pin: bool(state >> place & 1) for place, pin in enumerate(PINS)}
        table |= bool(eval(text, {}, values)) << state
    return table


@pytest.mark.parametrize(
    ("liberty", "python"),
    [
        ("A", "A"),
        ("!A", "not A"),
        ("A'", "not A"),
        ("A''", "A"),
        ("!A'", "A"),
        ("A B", "A and B"),
        ("A*B", "A and B"),
        ("A&B", "A and B"),
        ("A+B", "A or B"),
        ("A|B", "A or B"),
        ("A^B", "A != B"),
        ("A + B C", "A or (B and C)"),
        ("A ^ B C", "(A != B) and C"),
        ("A B ^ C", "A and (B != C)"),
        ("A + B ^ C", "A or (B != C)"),
        ("(A + B)'C", "not (A or B) and C"),
        ("A(B+C)", "A and (B or C)"),
        ("(A)(B)", "A and B"),
        ("A !B", "A and not B"),
        ("A'B'", "not A and not B"),
        ("!(A B)'", "A and B"),
        ("0", "False"),
        ("1 A", "A"),
        ("A^1", "not A"),
        ("(!A1)", None),
        ("A & B | !A & C", "(A and B) or (not A and C)"),
    ],
)
def test_operators_and_precedence(liberty, python):
    if python is None:
        assert parse_expression(liberty, where="test").pins() == ("A1",)
    else:
        assert truth_of(liberty) == by_python(python)


@pytest.mark.parametrize(
    ("liberty", "verilog"),
    [
        ("(!A) + (!B)", "~A | ~B"),
        ("(A * !B) + (!A * B)", "(A & ~B) | (~A & B)"),
        ("A B C", "A & B & C"),
        ("((A B) + C)'", "~((A & B) | C)"),
        ("A''", "~(~A)"),
        ("A ^ B C", "(A ^ B) & C"),
        ("0", "1'b0"),
        ("A + 1", "A | 1'b1"),
    ],
)
def test_verilog(liberty, verilog):
    assert parse_expression(liberty, where="test").verilog() == verilog


def random_expression(rng: random.Random, depth: int) -> str:
    if depth == 0:
        return rng.choice("ABC01")
    left, right = random_expression(rng, depth - 1), random_expression(rng, depth - 1)
    operator = rng.choice(["*", "&", " ", "+", "|", "^"])
    return rng.choice([f"({left}){operator}({right})", f"!({left})", f"({left})'", f"({left}{operator}{right})"])


@pytest.mark.slow
def test_verilog_means_the_same():
    rng = random.Random(5)
    for _ in range(300):
        text = random_expression(rng, 4)
        expression = parse_expression(text, where="test")
        # ~, &, ^ and | bind in Python as in Verilog; the lowest bit is the value.
        python = expression.verilog().replace("1'b", "")
        states = [{pin: state >> place & 1 for place, pin in enumerate(PINS)} for state in range(8)]
        table = sum((eval(python, {}, values) & 1) << state for state, values in enumerate(states))
        assert table == expression.truth(TABLES, 8), text


@pytest.mark.parametrize("text", ["", " ", "A +", "+ A", "(A", "A)", "()", "A ! ", "'A", "A # B", "A + + B", "2"])
def test_malformed(text):
    with pytest.raises(LibertyError, match="malformed Boolean expression"):
        parse_expression(text, where="test")
