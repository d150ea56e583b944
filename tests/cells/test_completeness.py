"""Whether any function can be mapped."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from bespoke.cells import check_complete, inverter, load_library, read_liberty
from bespoke.errors import LibraryError

EGFET = load_library("egfet")


def only(*names):
    return replace(EGFET, cells={name: EGFET[name] for name in names})


@pytest.mark.parametrize("gate", ["NAND2X1", "NOR2X1", "AND2X1", "OR2X1"])
def test_an_inverter_and_one_gate_suffice(gate):
    check_complete(only("INVX1", gate))


def test_a_gate_with_an_inverted_input_will_do():
    gate = replace(EGFET["AND2X1"], outputs=(replace(EGFET["AND2X1"].outputs[0], truth=0b0010),))
    check_complete(replace(EGFET, cells={"INVX1": EGFET["INVX1"], "INHIBIT": gate}))


@pytest.mark.parametrize(
    ("cells", "lacks"),
    [
        ((), "an inverter and a two-input NAND, NOR, AND or OR cell"),
        (("NAND2X1",), "an inverter;"),
        (("INVX1", "XOR2X1"), "a two-input NAND, NOR, AND or OR cell;"),
    ],
)
def test_what_is_missing(cells, lacks):
    with pytest.raises(LibraryError, match=f"library egfet: lacks {lacks}"):
        check_complete(only(*cells))


def test_silicon_without_two_input_gates():
    with pytest.raises(LibraryError, match="got AOI21, BUF, FA, INV, MUX2, NAND3"):
        check_complete(read_liberty(Path(__file__).with_name("silicon.lib")))


def test_smallest_inverter():
    bigger = replace(EGFET["INVX1"], name="INVX2", area_mm2=1.0)
    assert inverter(replace(EGFET, cells={"INVX2": bigger, **EGFET.cells})).name == "INVX1"
    assert inverter(only("NAND2X1")) is None
