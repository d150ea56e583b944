"""Circuits behind ideal converters: what no converter gives is free, what one gives is not."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from small_libraries import EGFET_COSTS
from small_models import coding

from bespoke.cells import load_library
from bespoke.lowering import lower
from bespoke.model import Boundary, Index, IntegerModel, Trees
from bespoke.netlist import Certificate, NetlistBuilder
from bespoke.proof import Verdict, prove_lowered, prove_mapped
from bespoke.techmap import map_cheapest

LIBRARY = load_library("egfet")
# x below 3: class 0, from 5 on: class 1, else: class 2.
TREE = Trees(
    np.array([0, -1, 0, -1, -1]),
    np.array([2, 0, 4, 0, 0]),
    np.array([1, -1, 3, -1, -1]),
    np.array([2, -1, 4, -1, -1]),
    np.array([0, 0, 0, 2, 1]),
)
MODEL = IntegerModel(coding((3,)), (TREE,), Index(("a", "b", "c")))
BOUNDARY = Boundary.of(MODEL, "unary")


def circuit(*, on_no_code: int, at_five: int) -> Verdict:
    """Proof of a netlist with the ports of the boundary, given what it says on two codes."""
    builder = NetlistBuilder("classifier")
    low, high = (builder.add_input(name, width).bits[0] for name, width in BOUNDARY.ports())
    outputs = {(0, 0): 0, (1, 0): 2, (1, 1): at_five, (0, 1): on_no_code}
    bits = []
    for bit in range(2):
        terms = [builder.and_(low ^ 1 ^ a, high ^ 1 ^ b) for (a, b), value in outputs.items() if value >> bit & 1]
        bits.append(builder.any_of(terms))
    builder.add_output("prediction", bits)
    netlist = builder.build()
    lowered = lower(MODEL, EGFET_COSTS, BOUNDARY)
    verdict, mapped = prove_lowered(MODEL, netlist, Certificate(), boundary=BOUNDARY), map_cheapest([netlist], LIBRARY)
    compared = (netlist, lowered.netlist)
    links = [prove_mapped(each, mapped, LIBRARY, model=MODEL, boundary=BOUNDARY) for each in compared]
    return replace(verdict, steps=(*verdict.steps, *links))


@pytest.mark.parametrize("value", range(4))
def test_codes_that_no_converter_gives_are_free(value: int) -> None:
    found = circuit(on_no_code=value, at_five=1)
    assert found.status == "proven"
    assert found.steps[-1].status == "proven"


def test_a_counterexample_is_a_number_of_the_feature() -> None:
    found = circuit(on_no_code=0, at_five=0)
    assert found.status == "refuted"
    for example in (found.counterexample, found.steps[-1].counterexample):
        assert example is not None
        assert example.features["f0"] >= 5
        assert (example.expected, example.actual) == (1, 0)
