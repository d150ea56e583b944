"""Random small models of every kind, and damage to netlists."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
from random_models import random_forest, random_shortcut, random_staged, random_words

from bespoke.model import (
    LEAF,
    Affine,
    Argmax,
    Index,
    InputCoding,
    IntegerModel,
    Label,
    Sign,
    Trees,
    Value,
    Votes,
)

ROOT = Path(__file__).resolve().parents[2]


def coding(rng, features, most_bits):
    bits = tuple(int(b) for b in rng.integers(0, most_bits + 1, features))
    names = tuple(f"x{i}" for i in range(features))
    return InputCoding(names, bits, (0.0,) * features, (1.0,) * features)


def layer(rng, rows, intervals, activation):
    """Random coefficients whose sums are around zero, with a few far off."""
    top = int(rng.choice([1, 2, 7, 40, 127, 1000]))
    weights = rng.integers(-top, top + 1, (rows, len(intervals)))
    weights[rng.random(weights.shape) < rng.choice([0, 0.3, 0.8])] = 0
    middles = np.array([(i.low + i.high) // 2 for i in intervals], dtype=np.int64)
    noise = rng.integers(-2 * top, 2 * top + 1, rows) * (1 + 20 * (rng.random(rows) < 0.1)).astype(np.int64)
    return Affine(weights, noise - weights @ middles, activation, 0)


def decision(rng, kind):
    if kind == "value":
        return Value(frac_bits=int(rng.integers(0, 6)))
    if kind == "label":
        first, count = int(rng.integers(-3, 5)), int(rng.integers(1, 11))
        return Label(tuple(range(first, first + count)), int(rng.integers(0, 6)))
    if kind in ("argmax", "votes"):
        rule, fewest = (Argmax, 1) if kind == "argmax" else (Votes, 2)
        return rule(tuple(range(int(rng.integers(fewest, 11)))))
    return Sign((0, 1), inclusive=kind == "sign_inclusive")


def weighted_sum_model(rng, kind, features=7, most_bits=5):
    inputs = coding(rng, int(rng.integers(1, features + 1)), most_bits)
    rule = decision(rng, kind)
    layers, intervals = [], inputs.intervals()
    for _ in range(int(rng.integers(0, 3))):
        layers.append(layer(rng, int(rng.integers(1, 5)), intervals, str(rng.choice(["relu", "relu", "identity"]))))
        intervals = layers[-1].output_intervals(intervals)
    layers.append(layer(rng, rule.score_count, intervals, "identity"))
    return IntegerModel(inputs, tuple(layers), rule)


def tree_model(rng, kind, features=5, most_bits=6):
    inputs = coding(rng, int(rng.integers(1, features + 1)), most_bits)
    feature, threshold, left, right, leaves = [LEAF], [0], [-1], [-1], [0]
    for _ in range(int(rng.integers(0, 40))):
        node = leaves.pop(int(rng.integers(0, len(leaves))))
        feature[node] = int(rng.integers(0, inputs.feature_count))
        threshold[node] = int(rng.integers(-1, (1 << inputs.bits[feature[node]]) + 1))
        for side in (left, right):
            side[node] = len(feature)
            leaves.append(len(feature))
            for column, blank in ((feature, LEAF), (threshold, 0), (left, -1), (right, -1)):
                column.append(blank)
    classes = int(rng.integers(1, 8))
    value = np.zeros(len(feature), dtype=np.int64)
    value[leaves] = rng.integers(-50, 50, len(leaves)) if kind == "value" else rng.integers(0, classes, len(leaves))
    rule = Value(frac_bits=3) if kind == "value" else Index(tuple(range(classes)))
    tree = Trees(*(np.array(column) for column in (feature, threshold, left, right)), value)
    return IntegerModel(inputs, (tree,), rule)


def staged_model(rng, kind):
    """Stages of any types, one of them a step or of the type that is named ``kind``; not the same output always."""
    while True:
        model = random_staged(rng)
        kinds = {getattr(stage, "activation", None) for stage in model.stages} | {stage.name for stage in model.stages}
        if kind in kinds and len(set(model.predict(random_words(rng, model.coding, 100)).tolist())) > 2:
            return model


SUM_KINDS = ("argmax", "sign", "sign_inclusive", "votes", "value", "label")
STAGE_KINDS = ("step", "trees", "compare", "lookup", "gates", "masks")
MODEL_KINDS = (*SUM_KINDS, "tree leaf", "tree value", "forest", "shortcut", *STAGE_KINDS)


@pytest.fixture(scope="session")
def make_model():
    """Function (kind, seed, **sizes) -> small random model."""

    def make(kind, seed, **sizes):
        rng = np.random.default_rng(seed)
        if kind.startswith("tree "):
            return tree_model(rng, kind.removeprefix("tree "), **sizes)
        if kind == "forest":
            return random_forest(rng)
        if kind == "shortcut":
            return random_shortcut(rng)
        if kind in STAGE_KINDS:
            return staged_model(rng, kind)
        return weighted_sum_model(rng, kind, **sizes)

    return make


@pytest.fixture(params=MODEL_KINDS)
def kind(request):
    return request.param


@pytest.fixture(scope="session")
def sabotage() -> ModuleType:
    """The module benchmarks/sabotage.py."""
    spec = importlib.util.spec_from_file_location("sabotage_benchmark", ROOT / "benchmarks" / "sabotage.py")
    module = importlib.util.module_from_spec(spec)
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(ROOT / "benchmarks"))  # it imports its neighbours
        spec.loader.exec_module(module)
    return module


@pytest.fixture
def all_inputs():
    """Function (model) -> every input, shape (2**bits, n_features)."""

    def every(model):
        rows = np.arange(1 << sum(model.coding.bits))
        shifts = np.concatenate([[0], np.cumsum(model.coding.bits)])[:-1].astype(int)
        columns = [rows >> s & ((1 << b) - 1) for s, b in zip(shifts, model.coding.bits, strict=True)]
        return np.array(columns, dtype=np.int64).T

    return every
