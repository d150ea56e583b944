"""JSON text and digests of integer models."""

from __future__ import annotations

import json

import numpy as np
import pytest

from bespoke.errors import BespokeError, ModelFileError
from bespoke.model import (
    Decision,
    InputCoding,
    IntegerMLP,
    IntegerSVM,
    IntegerTree,
    Layer,
    model_digest,
    model_from_text,
    model_to_text,
)

CODING = InputCoding(("température", 'b "q"'), (2, 3), (-0.1, 1e-17), (1 / 3, 5e20), "nearest")


def svm(bias=4, origin="SVC"):
    layer = Layer(np.array([[1, -(1 << 40)]]), np.array([bias]), "identity", -2)
    return IntegerSVM(CODING, (layer,), Decision("sign_inclusive", ("no", "yes")), origin)


def mlp():
    layers = (Layer(np.ones((3, 2)), np.arange(3), "relu", 4), Layer(np.ones((1, 3)), np.zeros(1), "identity", 9))
    return IntegerMLP(CODING, layers, Decision("label", (3, 4, 5), 9), "MLPRegressor")


def tree():
    return IntegerTree(CODING, [0, -1, -1], [-1, 0, 0], [1, -1, -1], [2, -1, -1], [0, 7, -9], Decision("value"), "T")


MODELS = {"svm": svm, "mlp": mlp, "tree": tree}


@pytest.mark.parametrize("name", MODELS)
def test_round_trip(name):
    model = MODELS[name]()
    again = model_from_text(model_to_text(model))
    assert type(again) is type(model)
    assert model_to_text(again) == model_to_text(model)
    assert model_digest(again) == model_digest(model)
    assert again.coding == model.coding
    words = np.random.default_rng(0).integers(0, 4, size=(50, 2))
    assert np.array_equal(again.predict(words), model.predict(words))


def test_digest_is_of_the_function():
    assert model_digest(svm()) == model_digest(svm(origin="other"))
    assert model_digest(svm()) != model_digest(svm(bias=5))
    assert len({model_digest(make()) for make in MODELS.values()}) == 3


def test_text_is_stable():
    text = model_to_text(svm())
    assert text == model_to_text(svm())
    assert text.endswith("}\n")
    assert json.loads(text)["kind"] == "svm"


def damaged(name, *path_and_value):
    data = json.loads(model_to_text(MODELS[name]()))
    *path, last, value = path_and_value
    target = data
    for key in path:
        target = target[key]
    target[last] = value
    return json.dumps(data)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "not JSON"),
        ("null", "not an IntegerModel"),
        ('{"format": "other"}', "not an IntegerModel"),
        (damaged("svm", "version", 2), "unknown version; got 2"),
        (damaged("svm", "kind", None), "unknown kind"),
        (damaged("svm", "layers", 5), "malformed; got TypeError"),
        (damaged("svm", "layers", []), "the last layer must give scores"),
        (damaged("svm", "layers", 0, "weights", [["a", 1]]), "malformed; got ValueError"),
        (damaged("svm", "layers", 0, "weights", [[1 << 70, 1]]), "malformed; got OverflowError"),
        (damaged("svm", "layers", 0, "weights", [[1 << 62, 1]]), "more than 62 bits"),
        (damaged("svm", "layers", 0, "activation", "tanh"), "unknown activation"),
        (damaged("svm", "inputs", "bits", [4]), "feature lists differ in length"),
        (damaged("svm", "inputs", "span", [1, -1]), "positive span"),
        (damaged("svm", "inputs", "names", None), "malformed; got TypeError"),
        (damaged("svm", "decision", "kind", "no"), "unknown decision"),
        (damaged("tree", "nodes", "left", [0, -1, -1]), "a child's number must be above its parent's"),
        (damaged("tree", "nodes", "left", [[1], [2, 3], 4]), "malformed; got ValueError"),
        (damaged("tree", "nodes", "extra", []), "malformed; got TypeError"),
        (damaged("tree", "nodes", None), "malformed; got TypeError"),
    ],
)
def test_damaged_text(text, message):
    with pytest.raises(BespokeError, match=message) as caught:
        model_from_text(text, where="file.json")
    assert isinstance(caught.value, ModelFileError) or "62 bits" in message
