"""What reports show of a design's inside."""

from __future__ import annotations

import json

import numpy as np
from sklearn.datasets import load_iris
from sklearn.tree import DecisionTreeClassifier

from bespoke.flow import compile_model, report
from bespoke.flow.records import Confusion
from bespoke.flow.stage_facts import coefficients
from bespoke.flow.texts import drawn_circuit
from bespoke.model import Affine, Argmax, InputCoding, IntegerModel, Sign, Trees
from bespoke.sim import net_values, pack_words

CODING = InputCoding(("a", "b"), (3, 2), (0.0, 0.0), (8.0, 4.0))


def test_confusions_count_rows_by_class_and_prediction() -> None:
    decision = Argmax(("x", "y", "z"))
    found = Confusion.of(decision, np.array([0, 0, 1, 2, -1, 2]), np.array([0, 1, 1, 0, 2, -1]))
    assert found.counts == ((1, 1, 0), (0, 1, 0), (1, 0, 0))
    assert (found.right, found.rows) == (2, 6)
    low, high = found.interval
    assert 0 < low < 2 / 6 < high < 1


def test_confusions_of_a_design_agree_with_its_accuracy() -> None:
    features, labels = load_iris(return_X_y=True)
    design = compile_model(DecisionTreeClassifier(max_depth=3, random_state=0).fit(features, labels), features, labels)
    facts = report(design)["confusion"]
    assert facts["rows"] == "test"
    assert facts["circuit"]["right"] / facts["circuit"]["rows"] == design.accuracies.test
    assert facts["float"]["right"] / facts["float"]["rows"] == design.accuracies.float_model
    assert facts["circuit"]["interval"] == list(design.accuracies.test_interval() or ())
    json.dumps(facts)


def test_weights_of_one_input_are_summed_and_lost_bits_told() -> None:
    hidden = Affine(
        np.array([[1, 4, 2], [0, 8, 1]]),
        np.array([0, 1]),
        "relu",
        2,
        sources=np.array([0, 0, 1]),
        masks=np.array([1, 6, -1]),
        dropped_bits=np.array([0, 2]),
    )
    scores = Affine(np.array([[1, 8], [2, -4]]), np.array([0, 3]), "identity", 3)
    model = IntegerModel(CODING, (hidden, scores), Argmax(("u", "v")))
    first, second = coefficients(model)["layers"]
    assert first["weights"] == [[5, 2], [8, 1]]
    assert (first["inputs"], first["outputs"], first["dropped_bits"]) == (["a", "b"], ["unit 1", "unit 2"], [0, 0])
    assert (second["inputs"], second["outputs"], second["dropped_bits"]) == (["unit 1", "unit 2"], ["u", "v"], [0, 2])


def test_thresholds_are_those_of_the_tree() -> None:
    features, labels = load_iris(return_X_y=True)
    design = compile_model(DecisionTreeClassifier(max_depth=2, random_state=0).fit(features, labels), features, labels)
    used = coefficients(design.model)["features"]
    found = {(index, t) for index, entry in enumerate(used) for t in entry["thresholds"]}
    tree = design.model.only_stage(Trees, "test")
    inner = tree.feature >= 0
    assert found == set(zip(tree.feature[inner].tolist(), tree.threshold[inner].tolist(), strict=True))


def small() -> IntegerModel:
    return IntegerModel(CODING, (Affine(np.array([[1, -2]]), np.array([1]), "identity", 0),), Sign((0, 1)))


def test_small_circuits_are_told_whole() -> None:
    design = compile_model(small())
    drawn = drawn_circuit(design.circuit.mapped, design.circuit.library, design.measured.origins)
    assert [port["name"] for port in drawn["inputs"]] == ["a", "b"]
    words = np.array([[a, b] for a in range(8) for b in range(4)])
    packed = pack_words(words, design.circuit.mapped.inputs)
    expected = net_values(design.circuit.mapped, design.circuit.library, packed, len(words))
    mask = (1 << len(words)) - 1
    values = {0: 0, 1: mask} | dict(zip([net for p in drawn["inputs"] for net in p["nets"]], packed, strict=True))
    functions = {
        "not": lambda v: mask ^ v[0],
        "and": lambda v: v[0] & v[1],
        "nand": lambda v: mask ^ (v[0] & v[1]),
        "or": lambda v: v[0] | v[1],
        "nor": lambda v: mask ^ (v[0] | v[1]),
        "xor": lambda v: v[0] ^ v[1],
        "xnor": lambda v: mask ^ v[0] ^ v[1],
    }
    for cell in drawn["cells"]:
        values[cell["outputs"][0]] = functions[cell["kind"]]([values[net] for net in cell["inputs"]])
    assert all(values[net] == expected[net] for port in drawn["outputs"] for net in port["nets"])


def test_large_circuits_are_not_told() -> None:
    coding = InputCoding(tuple("abcd"), (6,) * 4, (0.0,) * 4, (64.0,) * 4)
    weights = np.array([[93, -41, 27, 12], [-55, 77, -31, 9], [38, 19, 64, -85]])
    layer = Affine(weights, np.array([-120, 45, 7]), "identity", 0)
    design = compile_model(IntegerModel(coding, (layer,), Argmax((0, 1, 2))))
    assert design.gate_count > 60
    assert drawn_circuit(design.circuit.mapped, design.circuit.library, design.measured.origins) == {}
