from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from random_models import all_words, random_netlist
from small_libraries import NAND_ONLY, NOR_ONLY, PRINTED, SILICON, library

from bespoke.errors import LibraryError
from bespoke.netlist import NetlistBuilder
from bespoke.sim import simulate, simulate_mapped
from bespoke.techmap import map_cheapest

# One gate with an inverted input.
INHIBIT_ONLY = {"INV": (1, 0b01, 0.9), "INHIBIT": (2, 0b0010, 1.0)}
LIBRARIES = {"nand": NAND_ONLY, "nor": NOR_ONLY, "inhibit": INHIBIT_ONLY, "printed": PRINTED, "silicon": SILICON}


def area(mapped, cells) -> float:
    return sum(cells[instance.cell].area_mm2 for instance in mapped.instances)


@pytest.mark.slow_if("[1-9]?-*")
@pytest.mark.parametrize("name", LIBRARIES)
@pytest.mark.parametrize("seed", range(30))
def test_function_is_kept(name: str, seed: int) -> None:
    netlist = random_netlist(np.random.default_rng(seed))
    cells = library(LIBRARIES[name])
    mapped = map_cheapest([netlist], cells)
    words = all_words((2, 2, 2))
    assert (simulate_mapped(mapped, cells, words).outputs == simulate(netlist, words)).all()
    assert {i.cell for i in mapped.instances} <= set(cells.cells)


def adder_chain(bits: int):
    builder = NetlistBuilder("adder")
    a, b = builder.add_input("a", bits).bits, builder.add_input("b", bits).bits
    carry, total = builder.add_input("c", 1).bits[0], []
    for x, y in zip(a, b, strict=True):
        half = builder.xor(x, y)
        total.append(builder.xor(half, carry))
        carry = builder.or_(builder.and_(x, y), builder.and_(half, carry))
    builder.add_output("s", [*total, carry])
    return builder.build()


def test_full_adder_takes_nine_nands() -> None:
    mapped = map_cheapest([adder_chain(8)], library(NAND_ONLY))
    assert mapped.cell_histogram() == {"NAND2": 72}


def test_complex_cells_are_used() -> None:
    builder = NetlistBuilder("mux")
    s, a, b = builder.add_input("x", 3).bits
    builder.add_output("y", [builder.mux(s, a, b)])
    assert map_cheapest([builder.build()], library(SILICON)).cell_histogram() == {"MUX2": 1}


def test_constant_and_wired_outputs() -> None:
    builder = NetlistBuilder("wires")
    (a,) = builder.add_input("a", 1).bits
    builder.add_output("y", [0, 1, a, a ^ 1])
    mapped = map_cheapest([builder.build()], library(PRINTED))
    assert mapped.outputs[0].bits[:3] == (0, 1, 2)
    assert mapped.cell_histogram() == {"INV": 1}


@pytest.mark.parametrize(
    ("names", "lacks"),
    [
        (["NAND2"], "lacks an inverter; got NAND2;"),
        (["INV", "XOR2"], "lacks a two-input NAND, NOR, AND or OR cell; got INV, XOR2;"),
        (["INV", "NAND3"], "lacks a two-input NAND, NOR, AND or OR cell; got INV, NAND3;"),
    ],
)
def test_incomplete_library(names: list[str], lacks: str) -> None:
    with pytest.raises(LibraryError, match=f"library test: {lacks} allowed: a library with"):
        map_cheapest([adder_chain(2)], library({name: SILICON[name] for name in names}))


@pytest.mark.parametrize(("cell", "area"), [("INV", 0.0), ("INV", -1.0), ("NAND2", -1.0), ("XOR2", float("nan"))])
def test_areas_that_cannot_be_compared(cell: str, area: float) -> None:
    cells = library(PRINTED).cells
    spoiled = replace(library(PRINTED), cells={**cells, cell: replace(cells[cell], area_mm2=area)})
    with pytest.raises(LibraryError, match=rf"{cell}: not an area; got {area:g} mm2; allowed: above 0"):
        map_cheapest([adder_chain(2)], spoiled)


def test_a_free_gate_is_no_fault() -> None:
    cells = library(PRINTED).cells
    free = replace(library(PRINTED), cells={**cells, "NAND2": replace(cells["NAND2"], area_mm2=0.0)})
    assert "NAND2" in map_cheapest([adder_chain(2)], free).cell_histogram()
