"""Vectors are packed as documented; what does not fit is refused."""

import numpy as np
import pytest

from bespoke.errors import StimuliError
from bespoke.netlist import MappedNetlist, Port
from bespoke.verilog import Ports, Word, netlist_ports, write_testbench, write_vectors

INPUTS = (Word("a", "a", 3), Word("b", "b", 0), Word("c", "c", 1))
BOUNDARY = Ports(INPUTS, (Word("y", "y", 4, signed=True), Word("z", "z", 0)))


def test_one_hexadecimal_line_a_vector():
    words = np.array([[5, 0, 1], [0, 0, 0], [7, 0, 1]])
    outputs = np.array([[-1, 0], [-8, 0], [7, 0]])
    # 101 0 1 | 1111 0, then 000 0 0 | 1000 0, then 111 0 1 | 0111 0
    assert write_vectors(BOUNDARY, words, outputs).split() == ["2be", "010", "3ae"]


@pytest.mark.parametrize("widths", [(1,), (4,), (7, 62), (1,) * 9, (16,) * 40])
def test_any_width(widths):
    rng = np.random.default_rng(len(widths))
    boundary = Ports(tuple(Word(f"i{k}", "", w) for k, w in enumerate(widths)), (Word("y", "", 62, signed=True),))
    words = np.column_stack([rng.integers(0, 1 << w, size=50) for w in widths])
    outputs = rng.integers(-(1 << 61), 1 << 61, size=(50, 1))
    lines = write_vectors(boundary, words, outputs).split()
    assert {len(line) for line in lines} == {-(-(sum(widths) + 62) // 4)}
    for line, row, output in zip(lines, words.tolist(), outputs[:, 0].tolist(), strict=True):
        number = 0
        for width, value in zip((*widths, 62), (*row, output), strict=True):
            number = number << width | value % (1 << width)
        assert int(line, 16) == number


@pytest.mark.parametrize(
    ("words", "outputs"),
    [([[8, 0, 0]], [[0, 0]]), ([[0, 1, 0]], [[0, 0]]), ([[-1, 0, 0]], [[0, 0]]), ([[0, 0, 0]], [[8, 0]])],
)
def test_numbers_must_fit(words, outputs):
    with pytest.raises(StimuliError, match="does not fit"):
        write_vectors(BOUNDARY, np.array(words), np.array(outputs))


def test_columns_must_fit():
    with pytest.raises(StimuliError, match="columns; got 4; allowed: 5"):
        write_vectors(BOUNDARY, np.zeros((1, 2)), np.zeros((1, 2)))


def test_a_testbench_needs_vectors_and_outputs():
    with pytest.raises(StimuliError):
        write_testbench(BOUNDARY, 0)
    with pytest.raises(StimuliError):
        write_testbench(netlist_ports(MappedNetlist("m", "l", (Port("x", (2,)),), (), ())), 5)


def test_testbench_names_every_port():
    text = write_testbench(BOUNDARY, 5, module="top")
    for connection in (".a(in[4:2])", ".b(in[1])", ".c(in[0])", ".y(out[4:1])", ".z(out[0])"):
        assert connection in text
    assert "top dut (" in text
    assert "vectors [0:4]" in text
