"""Hand-sized models and their inputs."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from random_models import all_words

from bespoke.model import Affine, Argmax, Index, InputCoding, IntegerModel, Origin, Trees, Value, replaced

WORDS = all_words((3, 2, 4))


def coding(bits=(3, 2, 4)):
    count = len(bits)
    return InputCoding(tuple(f"f{i}" for i in range(count)), bits, (0.0,) * count, (1.0,) * count)


def mlp(seed=0, hidden=3, classes=3):
    """Three features of 3, 2 and 4 bits, one ReLU layer, an argmax."""
    rng = np.random.default_rng(seed)
    first = Affine(rng.integers(-99, 100, (hidden, 3)), rng.integers(-200, 400, hidden), "relu", 5)
    last = Affine(rng.integers(-99, 100, (classes, hidden)), rng.integers(-999, 1000, classes), "identity", 9)
    return IntegerModel(coding(), (first, last), Argmax(tuple(range(classes))), Origin("mlp"))


def svm(weights, biases, bits=(3, 2, 4)):
    """One value per row of weights, if there is one; else an argmax."""
    rows = np.array(weights)
    decision = Value() if len(rows) == 1 else Argmax(tuple(range(len(rows))))
    return IntegerModel(coding(bits), (Affine(rows, np.array(biases), "identity", 0),), decision, Origin("svm"))


def tree(nodes, bits=(4, 4), classes=("a", "b", "c")):
    """Nodes as (feature, threshold, left, right), a leaf as its value."""
    table = [node if isinstance(node, tuple) else (-1, 0, -1, -1) for node in nodes]
    columns = [np.array(column) for column in zip(*table, strict=True)]
    values = np.array([0 if isinstance(node, tuple) else node for node in nodes])
    return IntegerModel(coding(bits), (Trees(*columns, values),), Index(classes), Origin("tree"))


def on_layer(model, number, **fields):
    """The model with some fields of a stage changed."""
    return replace(model, stages=replaced(model.stages, {number: replace(model.stages[number], **fields)}))
