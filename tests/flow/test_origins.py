"""Cells are attributed to parts of the model: all of them, and to the parts that really drive them."""

from __future__ import annotations

import math

import numpy as np
import pytest
from sklearn.datasets import load_iris
from sklearn.tree import DecisionTreeClassifier

from bespoke.flow import compile_model
from bespoke.flow.origins import Built, cell_origins
from bespoke.flow.reference import CutList
from bespoke.model import Decision, InputCoding, IntegerMLP, IntegerSVM, Layer
from bespoke.netlist import Certificate, MappedNetlist, NetlistBuilder
from bespoke.opt import equivalent_forms
from bespoke.prune import Cut
from bespoke.techmap import Objective, map_cheapest

BITS = 4


def coding(count: int) -> InputCoding:
    return InputCoding(tuple(f"x{n}" for n in range(count)), (BITS,) * count, (0.0,) * count, (1.0,) * count)


def network() -> IntegerMLP:
    hidden = Layer(np.array([[3, 5, 0, 0], [0, 0, 7, 2]]), np.array([-20, -15]), "relu", 0)
    scores = Layer(np.array([[3, 0], [0, 2], [1, 1]]), np.array([0, 9, 5]), "identity", 0)
    return IntegerMLP(coding(4), (hidden, scores), Decision("argmax", ("a", "b/c", "d")))


def features_of(mapped: MappedNetlist) -> list[int]:
    """Set of the features that each cell depends on, as bits."""
    supports = [0, 0]
    for place, port in enumerate(mapped.inputs):
        supports += [1 << place] * port.width
    found = []
    for instance in mapped.instances:
        support = 0
        for net in instance.fanins:
            support |= supports[net]
        supports += [support] * len(instance.fanouts)
        found.append(support)
    return found


def check_units(mapped: MappedNetlist, origins: tuple[str, ...]) -> None:
    """Unit 1 reads the first two features alone, unit 2 the others; what reads more belongs to later stages."""
    for origin, support in zip(origins, features_of(mapped), strict=True):
        if origin == "layer 1/unit 1":
            assert support & 0b1100 == 0
        if origin == "layer 1/unit 2":
            assert support & 0b0011 == 0
        if support.bit_count() > 2:
            assert origin.split("/")[0] in ("layer 2", "argmax", "decision")
    assert {"layer 1/unit 1", "layer 1/unit 2"} < set(origins)


def test_units_have_the_cells_that_depend_on_their_inputs_alone() -> None:
    design = compile_model(network())
    check_units(design.mapped, design.origins)
    assert any(origin.startswith(("layer 2/score of", "layer 2/shared sums")) for origin in design.origins)


def test_groups_add_up_to_the_circuit() -> None:
    estimate = compile_model(network()).estimate
    groups = estimate.groups.values()
    assert sum(share.count for share in groups) == sum(estimate.cells.values())
    assert math.fsum(share.area_mm2 for share in groups) == pytest.approx(estimate.area_mm2)
    power = math.fsum(share.static_power_mw + share.dynamic_power_mw for share in groups)
    assert power == pytest.approx(estimate.power_mw)


def test_votes_and_pairs_are_told_apart() -> None:
    weights = np.array([[3, -5], [2, 7], [-6, 1]])
    layer = Layer(weights, np.array([1, -30, 20]), "identity", 0)
    design = compile_model(IntegerSVM(coding(2), (layer,), Decision("votes", ("a", "b", "c"))))
    assert {"layer 1/a against b", "layer 1/a against c", "layer 1/b against c"} <= set(design.origins)


def test_a_tree_has_comparators_and_a_selection() -> None:
    features, labels = load_iris(return_X_y=True)
    design = compile_model(DecisionTreeClassifier(max_depth=4, random_state=0).fit(features, labels), features, labels)
    names = [port.name for port in design.mapped.inputs]
    for origin, support in zip(design.origins, features_of(design.mapped), strict=True):
        if support.bit_count() == 1:
            assert origin == f"comparators/{names[support.bit_length() - 1]}"
        else:
            assert origin == "decision/selection"


def test_cuts_are_followed() -> None:
    design = compile_model(network())
    sums = design.certificate.sums["layer0.sum0"]
    cut = Cut(sums.result[1] >> 1, 0, 0.0, 0.0)
    cuts = CutList.of(design.lowered, [cut], thorough=False)
    pruned = cuts.apply(design.lowered)
    mapped = map_cheapest(equivalent_forms(pruned, design.library, "fast"), design.library, Objective())
    built = Built(design.model, design.lowered, design.certificate, cuts, mapped)
    words = np.random.default_rng(1).integers(0, 16, (200, 4))
    origins = cell_origins(built, design.library, words)
    check_units(mapped, origins)
    assert origins.count("layer 1/unit 1") < design.origins.count("layer 1/unit 1")


def test_a_cut_may_read_what_depended_on_it_until_an_earlier_cut() -> None:
    design = compile_model(network())
    builder = NetlistBuilder("tangle")
    a, b, *_ = (builder.add_input(f"x{n}", BITS).bits for n in range(4))
    gate, first = builder.and_(a[0], b[0]), builder.and_(a[1], b[1])
    both = builder.xor(builder.and_(first, gate), a[2])
    last = builder.and_(both, b[2])
    builder.add_output("y", (last, builder.xor(first, b[3])))
    lowered = builder.build()
    cuts = CutList.of(lowered, [Cut(gate >> 1, 0, 0.0, 0.0), Cut(first >> 1, last, 0.0, 0.0)], thorough=False)
    mapped = map_cheapest([cuts.apply(lowered)], design.library, Objective())
    built = Built(design.model, lowered, Certificate({}, {}), cuts, mapped)
    origins = cell_origins(built, design.library, np.zeros((1, 4), dtype=np.int64))
    assert set(origins) <= {"decision/selection", "inputs/inverted bits"}
    assert len(origins) == len(mapped.instances)
