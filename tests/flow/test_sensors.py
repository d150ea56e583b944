"""What levels cost before there is a circuit."""

from __future__ import annotations

import numpy as np
import pytest

from bespoke.cells import load_library
from bespoke.converters import load_converters
from bespoke.errors import ConverterError
from bespoke.flow.options import CompileOptions
from bespoke.flow.sensors import encoder_gate, gate_power_mw, level_powers_mw
from bespoke.model import InputCoding

LIBRARY = load_library("egfet")
GATE = encoder_gate(LIBRARY)


def powers(bits: tuple[int, ...], inputs: str, converters: str) -> np.ndarray:
    names = tuple(f"x{number}" for number in range(len(bits)))
    coding = InputCoding(names, bits, (0.0,) * len(bits), (1.0,) * len(bits))
    return level_powers_mw(coding, CompileOptions(inputs=inputs), load_converters(converters), GATE)


def test_a_wire_costs_its_comparator() -> None:
    found = powers((4, 2), "unary", "date24")
    assert found[0, [0, 1, 15]].tolist() == pytest.approx([0.0, 0.008235, 0.05777])
    assert found[1].tolist() == pytest.approx([0.0, 0.01566, 0.02906, 0.0449, *[0.0] * 12])


def test_a_level_of_a_binary_word_costs_the_bits_that_tell_it_apart() -> None:
    found = powers((4,), "binary", "esl24")[0]
    assert found[8] == pytest.approx(0.04607)
    assert found[4] == found[12] == pytest.approx(3 * 0.04607 + 2 * GATE.power_uw / 1000)
    assert found[1] > found[2] > found[4]


def test_nothing_costs_without_converters() -> None:
    assert not powers((4,), "binary", "none").any()


def test_levels_without_a_figure_are_refused() -> None:
    with pytest.raises(ConverterError, match="no figure for this level"):
        powers((5,), "unary", "date24")


def test_gates_draw_what_nand_and_nor_draw_for_their_area() -> None:
    assert 0.005 < gate_power_mw(LIBRARY) < 0.009
