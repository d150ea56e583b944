"""Cells are attributed to parts of the model: all of them, and to the parts that really drive them."""

from __future__ import annotations

import math

import numpy as np
import pytest
from sklearn.datasets import load_iris
from sklearn.tree import DecisionTreeClassifier

from bespoke.cells import GateCosts
from bespoke.flow import compile as build_module
from bespoke.flow import compile_model
from bespoke.flow.circuit import Circuit
from bespoke.flow.origins import cell_origins
from bespoke.model import Affine, Argmax, Compare, InputCoding, IntegerModel, Lookup, Table, Trees, Value, Votes
from bespoke.netlist import AND, Certificate, Edit, MappedNetlist, Netlist, NetlistBuilder
from bespoke.opt import equivalent_forms
from bespoke.prune import EditList
from bespoke.techmap import Objective, map_cheapest

BITS = 4


def coding(count: int) -> InputCoding:
    return InputCoding(tuple(f"x{n}" for n in range(count)), (BITS,) * count, (0.0,) * count, (1.0,) * count)


def network() -> IntegerModel:
    hidden = Affine(np.array([[3, 5, 0, 0], [0, 0, 7, 2]]), np.array([-20, -15]), "relu", 0)
    scores = Affine(np.array([[3, 0], [0, 2], [1, 1]]), np.array([0, 9, 5]), "identity", 0)
    return IntegerModel(coding(4), (hidden, scores), Argmax(("a", "b/c", "d")))


def features_of(mapped: MappedNetlist) -> list[int]:
    """Set of the features that each cell depends on, as bits."""
    supports = [0, 0]
    for index, port in enumerate(mapped.inputs):
        supports += [1 << index] * port.width
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
    check_units(design.circuit.mapped, design.measured.origins)
    assert any(origin.startswith(("layer 2/score of", "layer 2/shared sums")) for origin in design.measured.origins)


def test_groups_add_up_to_the_circuit() -> None:
    estimate = compile_model(network()).estimate
    groups = estimate.groups.values()
    assert sum(share.count for share in groups) == sum(estimate.cells.values())
    assert math.fsum(share.area_mm2 for share in groups) == pytest.approx(estimate.area_mm2)
    power = math.fsum(share.static_power_mw + share.dynamic_power_mw for share in groups)
    assert power == pytest.approx(estimate.power_mw)


def test_votes_and_pairs_are_told_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(build_module, "searched_gates", lambda *_: [])  # it mixes the parts
    weights = np.array([[3, -5], [2, 7], [-6, 1]])
    layer = Affine(weights, np.array([1, -30, 20]), "identity", 0)
    design = compile_model(IntegerModel(coding(2), (layer,), Votes(("a", "b", "c"))))
    assert {"layer 1/a against b", "layer 1/a against c", "layer 1/b against c"} <= set(design.measured.origins)


def test_a_tree_has_comparators_and_a_selection() -> None:
    features, labels = load_iris(return_X_y=True)
    design = compile_model(DecisionTreeClassifier(max_depth=4, random_state=0).fit(features, labels), features, labels)
    names = [port.name for port in design.circuit.mapped.inputs]
    for origin, support in zip(design.measured.origins, features_of(design.circuit.mapped), strict=True):
        if support.bit_count() == 1:
            assert origin == f"comparators/{names[support.bit_length() - 1]}"
        else:
            assert origin == "decision/selection"


def test_parts_of_other_stages_are_told_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(build_module, "searched_gates", lambda *_: [])  # it mixes the parts
    forest = Trees(
        feature=np.array([0, 1, -1, -1, -1, 1, -1, 0, -1, -1]),
        threshold=np.array([6, 2, 0, 0, 0, 11, 0, 9, 0, 0]),
        left=np.array([1, 2, -1, -1, -1, 6, -1, 8, -1, -1]),
        right=np.array([4, 3, -1, -1, -1, 7, -1, 9, -1, -1]),
        values=np.array([[0], [0], [5], [22], [9], [0], [3], [0], [14], [30]]),
        roots=np.array([0, 5]),
    )
    levels = Compare(np.array([0, 0, 1, 1]), np.array([3, 9, 5, 11]))
    votes = Affine(np.array([[3, -1, 2, 1], [-1, 2, 1, 4]]), np.array([0, 1]), "identity", 0)
    tables = Lookup(tuple(Table(tuple((n, bit) for bit in range(4)), np.arange(16) * (3 + n) % 11) for n in range(2)))
    labels = Argmax(("a", "b"))
    for stages, decision, parts in (
        ((forest,), Value(), {"layer 1/tree 1", "layer 1/tree 2", "layer 1/score"}),
        ((levels, votes), labels, {"layer 1/comparisons", "layer 2/score of a", "argmax/comparisons of scores"}),
        ((tables,), labels, {"layer 1/table 1", "layer 1/table 2"}),
    ):
        found = compile_model(IntegerModel(coding(2), stages, decision)).measured.origins
        assert parts <= set(found)


def edited(circuit: Circuit, lowered: Netlist, certificate: Certificate, edits: list[Edit]) -> Circuit:
    """A circuit made of a lowered netlist after edits."""
    library = circuit.library
    found = EditList.of(lowered, edits, GateCosts.of(library), effort="greedy")
    mapped = map_cheapest(equivalent_forms(found.apply(lowered), library, "fast"), library, Objective())
    return Circuit(circuit.model, circuit.boundary, library, lowered, certificate, found, mapped)


def test_edits_are_followed() -> None:
    design = compile_model(network())
    circuit, words = design.circuit, np.random.default_rng(1).integers(0, 16, (200, 4))
    lowered, (low, high, *_) = circuit.lowered, circuit.certificate.sums["sum", 0, 0].result[1:]
    for edit in (Edit(high >> 1, 0), Edit(high >> 1, lowered.inputs[0].bits[0], AND, lowered.inputs[1].bits[0])):
        pruned = edited(circuit, lowered, circuit.certificate, [Edit(low >> 1, 0), edit])
        origins = cell_origins(pruned, words)
        check_units(pruned.mapped, origins)
        assert origins.count("layer 1/unit 1") < design.measured.origins.count("layer 1/unit 1")


def test_an_edit_may_read_what_depended_on_it_until_an_earlier_edit() -> None:
    design = compile_model(network())
    builder = NetlistBuilder("tangle")
    a, b, *_ = (builder.add_input(f"x{n}", BITS).bits for n in range(4))
    gate, first = builder.and_(a[0], b[0]), builder.and_(a[1], b[1])
    both = builder.xor(builder.and_(first, gate), a[2])
    last = builder.and_(both, b[2])
    builder.add_output("y", (last, builder.xor(first, b[3])))
    circuit = edited(design.circuit, builder.build(), Certificate({}), [Edit(gate >> 1, 0), Edit(first >> 1, last)])
    origins = cell_origins(circuit, np.zeros((1, 4), dtype=np.int64))
    assert set(origins) <= {"decision/selection", "inputs/inverted bits"}
    assert len(origins) == len(circuit.mapped.instances)
