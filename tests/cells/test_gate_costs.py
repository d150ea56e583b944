"""What gates and adders cost as a library builds them."""

from __future__ import annotations

from dataclasses import astuple, replace
from math import isfinite

import pytest
from small_libraries import NAND_ONLY, NOR_ONLY, PRINTED, SILICON, library

from bespoke.cells import GateCosts, load_library
from bespoke.errors import LibraryError
from bespoke.netlist import GateKind, SimpleKind

AND_ONLY = {"INV": (1, 0b01, 0.5), "AND2": (2, 0b1000, 2.0)}
OR_ONLY = {"INV": (1, 0b01, 0.5), "OR2": (2, 0b1110, 2.0)}
INHIBIT_ONLY = {"INV": (1, 0b01, 0.5), "INHIBIT": (2, 0b0010, 2.0)}  # one input and not the other


def test_egfet():
    costs = GateCosts.of(load_library("egfet"))
    assert costs.simple == (0.92, 1.0, 1.61, 1.75, 2.27)
    assert costs.generic == (1.0, 3.0)
    assert (costs.xor, costs.full_adder, costs.half_adder) == (4.0, 9.0, 4.92)
    assert costs.half_adder_share == 0.5
    assert costs.either == 2.0


def test_carbon_nanotubes():
    costs = GateCosts.of(load_library("cnt_tft"))
    assert costs.simple == (0.67, 1.0, 1.0, 1.67, 1.67)
    assert costs.generic == (1.0, 3.0)
    assert (costs.xor, costs.full_adder, costs.half_adder) == (4.0, 9.0, 4.67)


@pytest.mark.parametrize(("name", "low", "high"), [("egfet", 0.6, 1.0), ("cnt_tft", 2.6, 3.6)])
def test_costs_are_the_same_at_every_voltage(name, low, high):
    assert GateCosts.of(load_library(name, low)) == GateCosts.of(load_library(name, high))


def test_orders_are_those_of_the_kinds():
    costs = GateCosts.of(library(PRINTED))
    by_kind = {SimpleKind.INV: costs.inv, SimpleKind.NAND: costs.nand, SimpleKind.NOR: costs.nor}
    by_kind |= {SimpleKind.AND: costs.and_, SimpleKind.OR: costs.or_}
    assert costs.simple == tuple(by_kind[kind] for kind in SimpleKind)
    assert costs.generic[GateKind.XOR] == costs.shared_xor
    assert costs.generic[GateKind.AND] == min(costs.nand, costs.nor)


@pytest.mark.parametrize(
    ("cells", "simple"),
    [
        (NAND_ONLY, (0.9, 1.0, 3.7, 1.9, 2.8)),
        # A NAND is a NOR of inverted inputs, inverted: 3.7, which is then the unit.
        (NOR_ONLY, (0.24, 1.0, 0.27, 0.76, 0.51)),
        (AND_ONLY, (0.2, 1.0, 1.2, 0.8, 1.4)),
        (OR_ONLY, (0.17, 1.0, 0.83, 1.17, 0.67)),
        (INHIBIT_ONLY, (0.17, 1.0, 0.83, 0.83, 1.0)),
    ],
)
def test_what_is_lacking_is_made_of_what_is_there(cells, simple):
    costs = GateCosts.of(library(cells))
    assert costs.simple == simple
    assert all(isfinite(cost) and cost > 0 for cost in (*astuple(costs), costs.half_adder_share, costs.either))


@pytest.mark.parametrize("lacking", ["NAND2", "NOR2", "AND2", "OR2", "XOR2", "XNOR2"])
def test_one_cell_less_never_makes_anything_cheaper(lacking):
    nand = PRINTED["NAND2"][2]
    full, less = (
        GateCosts.of(library(cells)) for cells in (PRINTED, {n: c for n, c in PRINTED.items() if n != lacking})
    )
    if lacking == "NAND2":  # the unit is then an AND and an inverter
        nand = PRINTED["AND2"][2] + PRINTED["INV"][2]
    scaled = [cost * nand for cost in less.simple]
    assert all(a <= b + 0.02 * nand for a, b in zip(full.simple, scaled, strict=True))


def test_cells_of_more_inputs_do_not_matter():
    assert GateCosts.of(library(SILICON)) == GateCosts.of(library(PRINTED))


def test_an_own_xor_cell_counts():
    cheap = GateCosts.of(library({**PRINTED, "XNOR2": (2, 0b1001, 2.0)}))
    assert (cheap.xor, cheap.shared_xor, cheap.full_adder) == (2.0, 2.0, 7.0)


def test_libraries_that_are_refused():
    with pytest.raises(LibraryError, match="lacks an inverter"):
        GateCosts.of(library({"NAND2": (2, 0b0111, 1.0)}))
    egfet = load_library("egfet")
    free = {name: replace(cell, area_mm2=0.0) for name, cell in egfet.cells.items()}
    with pytest.raises(LibraryError, match="library egfet: a gate without area"):
        GateCosts.of(replace(egfet, cells=free))
