"""Seeded random integer models of every kind, and random netlists."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np

from bespoke.model import UNLIMITED, Decision, InputCoding, IntegerMLP, IntegerModel, IntegerSVM, IntegerTree, Layer
from bespoke.netlist import Netlist, NetlistBuilder
from bespoke.numeric import Interval

WEIGHTS = (0, 1, 2, 5, 31, 127, 1000)


def random_coding(rng: np.random.Generator, max_features: int = 5, max_bits: int = 5) -> InputCoding:
    count = int(rng.integers(1, max_features + 1))
    bits = tuple(int(b) for b in rng.integers(0, max_bits + 1, count))
    if not any(bits):
        bits = (1, *bits[1:])
    return InputCoding(tuple(f"f{i}" for i in range(count)), bits, (0.0,) * count, (1.0,) * count)


def random_sums(rng: np.random.Generator) -> IntegerModel:
    """An MLP or linear model with any decision; odd layers get zero, tiny or extreme weights."""
    coding = random_coding(rng)
    kind = str(rng.choice(["argmax", "sign", "sign_inclusive", "votes", "value", "label"]))
    frac = int(rng.integers(0, 7))
    decision = Decision(kind, random_classes(rng, kind), frac)  # type: ignore[arg-type]  # any of the kinds
    hidden = [int(size) for size in rng.integers(1, 5, rng.integers(0, 3))]
    sizes = [coding.feature_count, *hidden, decision.score_count]
    layers = tuple(_layer(rng, a, b, frac) for a, b in pairwise(sizes))
    last = Layer(layers[-1].weights, layers[-1].biases, "identity", frac)
    model = IntegerMLP if hidden else IntegerSVM
    exact = model(coding, (*layers[:-1], last), decision, "random")
    return cut_short(rng, exact) if rng.random() < 0.5 else exact


def random_classes(rng: np.random.Generator, kind: str) -> tuple[int | str, ...]:
    if kind == "value":
        return ()
    if kind in ("sign", "sign_inclusive"):
        return ("no", "yes")
    count = int(rng.integers(2, 13))
    first = int(rng.integers(-3, 4))
    return tuple(range(first, first + count))


def _layer(rng: np.random.Generator, inputs: int, outputs: int, frac: int) -> Layer:
    largest = int(rng.choice(WEIGHTS))
    weights = rng.integers(-largest, largest + 1, (outputs, inputs))
    biases = rng.integers(-16 * largest - 1, 16 * largest + 2, outputs)
    return Layer(weights, biases, "relu" if rng.random() < 0.8 else "identity", frac)


def cut_short(rng: np.random.Generator, model: IntegerMLP | IntegerSVM) -> IntegerMLP | IntegerSVM:
    """The model with random masks, columns that read an input again, dropped bits and saturation."""
    inputs = model.coding.intervals()
    layers = []
    for layer in model.layers:
        layers.append(_cut_layer(rng, layer, inputs, scores_of=model.decision if layer is model.layers[-1] else None))
        inputs = layers[-1].output_intervals(inputs)
    return replace(model, layers=tuple(layers))


def _cut_layer(
    rng: np.random.Generator, layer: Layer, inputs: tuple[Interval, ...], *, scores_of: Decision | None
) -> Layer:
    rows, columns = layer.weights.shape
    again = rng.integers(0, columns, int(rng.integers(0, 3))) if columns else np.zeros(0, dtype=np.int64)
    sources = np.concatenate([np.arange(columns), again])
    masks = np.array([int(rng.integers(0, 1 << inputs[s].width + 1)) if rng.random() < 0.5 else -1 for s in sources])
    masks[[inputs[source].signed for source in sources]] = -1
    weights = np.hstack([layer.weights, rng.integers(-9, 10, (rows, len(again)))])
    dropped = rng.integers(0, 5, rows) * (rng.random(rows) < 0.7)
    if scores_of is not None:
        dropped[:] = dropped[0] if scores_of.kind == "argmax" else 0
    limits = np.where(rng.random(rows) < 0.5, rng.integers(0, 6, rows), UNLIMITED)
    if layer.activation == "identity":
        limits[:] = UNLIMITED
    cut = {"sources": sources, "masks": masks, "dropped_bits": dropped, "saturation_bits": limits}
    return replace(layer, weights=weights, **cut)


def random_tree(rng: np.random.Generator, max_splits: int = 30) -> IntegerModel:
    """A tree with any thresholds, those beyond the grid included; sometimes a single leaf."""
    coding = random_coding(rng, max_bits=6)
    feature, threshold, left, right = [-1], [0], [-1], [-1]
    for _ in range(int(rng.integers(0, max_splits + 1))):
        node = int(rng.choice([i for i, tested in enumerate(feature) if tested < 0]))
        feature[node] = int(rng.integers(coding.feature_count))
        threshold[node] = int(rng.integers(-1, (1 << coding.bits[feature[node]]) + 1))
        left[node], right[node] = len(feature), len(feature) + 1
        feature += [-1, -1]
        threshold += [0, 0]
        left += [-1, -1]
        right += [-1, -1]
    regression = rng.random() < 0.3
    classes = tuple(f"class {i}" for i in range(int(rng.integers(1, 13))))
    values = rng.integers(-100, 100, len(feature)) if regression else rng.integers(0, len(classes), len(feature))
    decision = Decision("value", (), 3) if regression else Decision("leaf", classes)
    nodes = [np.array(a) for a in (feature, threshold, left, right)]
    return IntegerTree(coding, *nodes, np.where(nodes[0] < 0, values, 0), decision, "random")


def random_model(rng: np.random.Generator) -> IntegerModel:
    return random_tree(rng) if rng.random() < 0.35 else random_sums(rng)


def random_words(rng: np.random.Generator, coding: InputCoding, count: int) -> np.ndarray:
    """Input words: the two extremes, then random ones."""
    tops = (1 << np.array(coding.bits)) - 1
    words = rng.integers(0, tops + 1, (count, len(tops)))
    words[0], words[1] = 0, tops
    return words


def all_words(bits: tuple[int, ...]) -> np.ndarray:
    """Every input vector."""
    grids = np.meshgrid(*[np.arange(1 << b) for b in bits], indexing="ij")
    return np.stack(grids, -1).reshape(-1, len(bits))


def random_netlist(rng: np.random.Generator, inputs: int = 6, gates: int = 60) -> Netlist:
    builder = NetlistBuilder("random")
    literals = [0, 1]
    for number in range(inputs // 2):
        literals += builder.add_input(f"i{number}", 2).bits
    for _ in range(int(rng.integers(1, gates))):
        a, b = (int(rng.choice(literals)) ^ int(rng.integers(2)) for _ in range(2))
        literals.append(builder.and_(a, b) if rng.random() < 0.6 else builder.xor(a, b))
    builder.add_output("o", [int(rng.choice(literals)) ^ int(rng.integers(2)) for _ in range(5)])
    return builder.build()
