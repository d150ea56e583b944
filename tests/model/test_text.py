"""JSON text and digests of integer models."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from random_models import all_words, random_forest, random_model, random_netlist, random_shortcut, random_staged

from bespoke.errors import ModelFileError, NetlistError, RangeError
from bespoke.model import (
    DECISIONS,
    STAGES,
    Affine,
    Argmax,
    Compare,
    Gates,
    Index,
    InexactSums,
    InputCoding,
    IntegerModel,
    Label,
    Lookup,
    Masks,
    Origin,
    Shortcut,
    Sign,
    Table,
    Trees,
    Value,
    Votes,
    model_digest,
    model_from_text,
    model_to_text,
)

CODING = InputCoding(("température", 'b "q"'), (2, 3), (-0.1, 1e-17), (1 / 3, 5e20), "nearest")
OLD = Path(__file__).with_name("v1")


def svm(bias=4, origin="SVC"):
    layer = Affine(np.array([[1, -(1 << 40)]]), np.array([bias]), "identity", -2)
    return IntegerModel(CODING, (layer,), Sign(("no", "yes"), inclusive=True), Origin("svm", origin))


def mlp():
    layers = (Affine(np.ones((3, 2)), np.arange(3), "relu", 4), Affine(np.ones((1, 3)), np.zeros(1), "step", 9))
    return IntegerModel(CODING, layers, Label((3, 4, 5), 9), Origin("mlp", "MLPRegressor"))


def tree():
    nodes = Trees([0, -1, -1], [-1, 0, 0], [1, -1, -1], [2, -1, -1], [0, 7, -9])
    return IntegerModel(CODING, (nodes,), Value(), Origin("tree", "T"))


def forest():
    leaves = Trees([-1, 1, -1, -1], [0, 3, 0, 0], [-1, 2, -1, -1], [-1, 3, -1, -1], np.arange(8).reshape(4, 2), [0, 1])
    return IntegerModel(CODING, (leaves,), Argmax(("a", "b")))


def bits():
    table = Lookup((Table(((0, 0), (1, 0)), [0, 1, 2, 1]),))
    return IntegerModel(CODING, (Compare([0, 1], [1, 5]), table), Index((False, True, 3.5)))


def votes():
    gates = Gates(random_netlist(np.random.default_rng(2)))
    coding = InputCoding(("a", "b", "c"), (2, 2, 2), (0.0,) * 3, (1.0,) * 3)
    return IntegerModel(coding, (gates,), Votes((1, 2)))


def inexact():
    sums = InexactSums.of(Affine(np.array([[3, -1]]), np.array([2]), "relu", 1), ["loa"], [2], CODING.intervals())
    return IntegerModel(CODING, (sums,), Value())


def modes():
    masks = Masks(0, [1, 0], [[-1, -1], [6, -1]], [[0, 0], [1, 0]])
    return IntegerModel(CODING, (masks, Affine(np.array([[3, -1]]), np.array([2]), "relu", 1)), Value())


def shortcut():
    tree = Trees(*np.array([(0, 3, 1, 2), (-1, 0, -1, -1), (-1, 0, -1, -1)]).T, [[0, 0], [1, 1], [0, 0]])
    inner = svm()
    stage = Shortcut(tree, inner.stages, 2, inner.decision)
    return replace(inner, stages=(stage,), decision=Index(inner.decision.classes))


MODELS = {
    "shortcut": shortcut,
    "modes": modes,
    "svm": svm,
    "mlp": mlp,
    "tree": tree,
    "forest": forest,
    "bits": bits,
    "votes": votes,
    "inexact": inexact,
}


def test_every_stage_and_decision_is_tried():
    models = [make() for make in MODELS.values()]
    assert {type(stage) for model in models for stage in model.stages} == set(STAGES.values())
    assert {type(model.decision) for model in models} == set(DECISIONS.values())


def same(model, again):
    assert model_to_text(again) == model_to_text(model)
    assert model_digest(again) == model_digest(model)
    assert (again.coding, again.origin, again.ranges) == (model.coding, model.origin, model.ranges)
    assert again.decision == model.decision
    assert list(map(type, again.decision.classes)) == list(map(type, model.decision.classes))
    assert list(map(type, again.stages)) == list(map(type, model.stages))
    words = all_words(model.coding.bits)
    words = words[np.random.default_rng(0).integers(0, len(words), 200)]
    assert np.array_equal(again.predict(words), model.predict(words))


@pytest.mark.parametrize("name", MODELS)
def test_round_trip(name):
    model = MODELS[name]()
    same(model, model_from_text(model_to_text(model)))


@pytest.mark.parametrize("make", [random_model, random_staged, random_forest, random_shortcut])
@pytest.mark.parametrize("seed", range(10))
def test_round_trip_of_random_models(make, seed):
    model = make(np.random.default_rng(seed))
    same(model, model_from_text(model_to_text(model)))


def test_digest_is_of_the_function():
    assert model_digest(svm()) == model_digest(svm(origin="other"))
    assert model_digest(svm()) != model_digest(svm(bias=5))
    assert model_digest(svm()) != model_digest(replace(svm(), decision=Sign(("no", "yes"))))
    assert len({model_digest(make()) for make in MODELS.values()}) == len(MODELS)


def test_text_is_stable():
    text = model_to_text(svm())
    assert text == model_to_text(svm())
    assert text.endswith("}\n")
    assert json.loads(text)["version"] == 2
    assert json.loads(text)["origin"] == {"kind": "svm", "estimator": "SVC"}


def coding(**widths):
    return InputCoding(tuple(widths), tuple(widths.values()), (0.0,) * len(widths), (1.0,) * len(widths))


def old_models():
    """What the files of version 1 hold."""
    hidden, last = Affine([[1, -2], [0, 5]], [-1, 0], "relu", 0), Affine([[2, -3]], [4], "identity", 1)
    scores = Affine([[3, -1], [0, 2], [-4, 1]], [0, -5, 7], "identity", 2)
    nodes = Trees([0, -1, 1, -1, -1], [4, 0, 1, 0, 0], [1, -1, 3, -1, -1], [2, -1, 4, -1, -1], [0, 0, 0, 1, 2])
    cut = Affine([[3, -2, 1]], [-4], "relu", 0, [0, 1, 0], [6, -1, 1], [1], [3])
    inputs = InputCoding(("a", "b"), (3, 2), (0.0, -1.5), (1.0, 2.0), "nearest")
    sign = Sign(("no", "yes"), inclusive=True)
    return {
        "network": IntegerModel(coding(x=2, y=2), (hidden, last), Value(frac_bits=1), Origin("mlp", "by hand")),
        "scores": IntegerModel(coding(x=2, y=3), (scores,), Argmax((1, 2, 3)), Origin("svm", "by hand")),
        "tree": IntegerModel(coding(width=3, length=2), (nodes,), Index(("a", "b", "c")), Origin("tree", "by hand")),
        "cut": IntegerModel(inputs, (cut, Affine([[-3]], [7], "identity", 2)), sign, Origin("mlp", "cut")),
    }


@pytest.mark.parametrize("name", ["network", "scores", "tree", "cut"])
def test_files_of_version_1_hold_the_same_functions(name):
    same(old_models()[name], model_from_text((OLD / f"{name}.json").read_text(encoding="utf-8")))


def changed(data, *path_and_value):
    *path, last, value = path_and_value
    target = data
    for key in path:
        target = target[key]
    target[last] = value
    return json.dumps(data)


def damaged(name, *path_and_value):
    return changed(json.loads(model_to_text(MODELS[name]())), *path_and_value)


def old(name, *path_and_value):
    return changed(json.loads((OLD / f"{name}.json").read_text(encoding="utf-8")), *path_and_value)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "not JSON"),
        ("[" * 100_000, "not JSON"),
        ("null", "not an IntegerModel"),
        ('{"format": "other"}', "not an IntegerModel"),
        (damaged("svm", "version", 9), "unknown version; got 9; allowed: 1 or 2"),
        (damaged("svm", "version", []), "unknown version"),
        (damaged("svm", "stages", 5), "malformed; got TypeError"),
        (damaged("svm", "stages", []), "a model needs a stage"),
        (damaged("svm", "stages", 0, {}), "malformed; got KeyError: 'stage'"),
        (
            damaged("svm", "stages", 0, "stage", "sums"),
            "unknown stage; got sums; allowed: affine, trees, compare, lookup",
        ),
        (damaged("svm", "stages", 0, "stage", []), "malformed; got TypeError"),
        (damaged("svm", "stages", 0, "extra", 1), "malformed; got TypeError"),
        (damaged("svm", "stages", 0, "weights", [["a", 1]]), "not a whole number; got 'a'"),
        (damaged("svm", "stages", 0, "weights", [["7", 1]]), "not a whole number; got '7'"),
        (damaged("svm", "stages", 0, "weights", [[1.5, 1]]), "not a whole number; got 1.5"),
        (damaged("svm", "stages", 0, "weights", [[1.0, 1]]), "not a whole number; got 1.0"),
        (damaged("svm", "stages", 0, "weights", [[True, 1]]), "not a whole number; got True"),
        (damaged("svm", "stages", 0, "weights", [[1, 1], [1]]), r"not a whole number; got \[1, 1\]"),
        (damaged("svm", "stages", 0, "weights", [1, 1]), "weights and biases do not fit"),
        (damaged("svm", "stages", 0, "weights", [[1 << 70, 1]]), "malformed; got OverflowError"),
        (damaged("svm", "stages", 0, "biases", None), "not a whole number; got None"),
        (damaged("svm", "stages", 0, "activation", "tanh"), "unknown activation"),
        (damaged("svm", "stages", 0, "frac_bits", 2.5), "not a whole number; got 2.5"),
        (damaged("svm", "stages", 0, "sources", [0, -1]), "must not be negative"),
        (damaged("svm", "stages", 0, "masks", [0, 1.5]), "not a whole number; got 1.5"),
        (damaged("svm", "inputs", "bits", [4]), "feature lists differ in length"),
        (damaged("svm", "inputs", "bits", [True, 3]), "not a whole number; got True"),
        (damaged("svm", "inputs", "low", ["1", 3]), "not a number; got '1'"),
        (damaged("svm", "inputs", "span", [1, -1]), "positive span"),
        (damaged("svm", "inputs", "names", None), "malformed; got TypeError"),
        (damaged("svm", "origin", None), "malformed; got TypeError"),
        (damaged("svm", "decision", "rule", "no"), "unknown decision; got no; allowed: argmax, sign, votes, value"),
        (damaged("svm", "decision", "inclusive", 1), "inclusive or not; got 1"),
        (damaged("svm", "decision", "classes", [1, "a"]), "all be texts or all be numbers"),
        (damaged("svm", "decision", "classes", [[1], [2]]), "all be texts or all be numbers"),
        (damaged("svm", "decision", "classes", None), "malformed; got TypeError"),
        (damaged("mlp", "decision", "inclusive", True), "malformed; got TypeError"),
        (damaged("mlp", "decision", "frac_bits", True), "not a whole number; got True"),
        (damaged("tree", "stages", 0, "left", [0, -1, -1]), "a child's number must be above its parent's"),
        (damaged("tree", "stages", 0, "left", [[1], [2, 3], 4]), r"not a whole number; got \[1\]"),
        (damaged("tree", "stages", 0, "threshold", ["1", 0, 0]), "not a whole number; got '1'"),
        (damaged("tree", "stages", 0, "feature", [5, -1, -1]), "a node tests a feature that does not exist"),
        (damaged("tree", "stages", 0, "extra", []), "malformed; got TypeError"),
        (damaged("tree", "stages", 0, "values", []), "node arrays differ in length"),
        (damaged("forest", "stages", 0, "roots", [1, 2]), "roots must ascend from 0"),
        (damaged("forest", "stages", 0, "roots", [0, 2]), "every node but the root needs exactly one parent"),
        (damaged("forest", "decision", "classes", ["a", "b", "c"]), "scores do not fit the decision"),
        (damaged("bits", "stages", 0, "sources", [0, 2]), "a comparison reads an input that does not exist"),
        (damaged("bits", "stages", 0, "sources", [0, -2]), "sources and levels do not fit"),
        (damaged("bits", "stages", 0, "levels", [0]), "sources and levels do not fit"),
        (damaged("bits", "stages", 1, "tables", 0, "bits", [[0, 0]]), "one value per address"),
        (damaged("bits", "stages", 1, "tables", 0, "bits", [[0], [1]]), "malformed; got TypeError"),
        (damaged("bits", "stages", 1, "tables", 0, "bits", [[0, 0], [9, 0]]), "a table reads an input that does not"),
        (damaged("bits", "stages", 1, "tables", 0, "values", [0, 1, 2, 3]), "a leaf holds a class that does not exist"),
        (damaged("votes", "inputs", "bits", [2, 2, 3]), "the ports of the gates do not fit the words before"),
        (damaged("votes", "stages", 0, "netlist", 5), "malformed; got TypeError"),
        (old("network", "kind", None), "unknown kind"),
        (old("network", "kind", "forest"), "unknown kind; got forest; allowed: mlp, svm, tree"),
        (old("network", "layers", 5), "malformed; got TypeError"),
        (old("network", "layers", []), "a model needs a stage"),
        (old("network", "layers", 0, "weights", [[1.5, 1], [0, 5]]), "not a whole number; got 1.5"),
        (old("network", "decision", "kind", "median"), "unknown decision; got median"),
        (old("tree", "nodes", "left", [0, -1, 3, -1, -1]), "a child's number must be above its parent's"),
        (old("tree", "nodes", "extra", []), "malformed; got TypeError"),
        (old("tree", "nodes", None), "malformed; got TypeError"),
        (old("tree", "nodes", "value", [0, 0, 0, 1, 3]), "a leaf holds a class that does not exist"),
    ],
)
def test_damaged_text(text, message):
    with pytest.raises(ModelFileError, match=message):
        model_from_text(text, where="file.json")


def test_faults_of_other_kinds():
    with pytest.raises(RangeError, match="more than 62 bits"):
        model_from_text(damaged("svm", "stages", 0, "weights", [[1 << 62, 1]]))
    with pytest.raises(NetlistError, match="not a gate over lower nets"):
        model_from_text(damaged("votes", "stages", 0, "netlist", "gates", [[0, 99, 2]]))
