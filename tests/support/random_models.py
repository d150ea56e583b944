"""Seeded random integer models of every kind, and random netlists."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np

from bespoke.model import (
    DECISIONS,
    UNLIMITED,
    Affine,
    Argmax,
    Compare,
    Decision,
    Gates,
    Index,
    InexactSums,
    InputCoding,
    IntegerModel,
    Lookup,
    Masks,
    Origin,
    Shortcut,
    Sign,
    Stage,
    Table,
    Trees,
    Value,
)
from bespoke.netlist import Netlist, NetlistBuilder
from bespoke.numeric import Interval
from bespoke.numeric.adder_cells import ADDER_CELLS

WEIGHTS = (0, 1, 2, 5, 31, 127, 1000)


def random_coding(rng: np.random.Generator, max_features: int = 5, max_bits: int = 5) -> InputCoding:
    count = int(rng.integers(1, max_features + 1))
    bits = tuple(int(b) for b in rng.integers(0, max_bits + 1, count))
    if not any(bits):
        bits = (1, *bits[1:])
    return InputCoding(tuple(f"f{i}" for i in range(count)), bits, (0.0,) * count, (1.0,) * count)


def random_decision(rng: np.random.Generator) -> Decision:
    """Any rule over scores, not the index that is a score itself."""
    kind = str(rng.choice(["argmax", "sign", "sign_inclusive", "votes", "value", "label"]))
    frac = int(rng.integers(0, 7))
    if kind == "value":
        return Value(frac_bits=frac)
    if kind.startswith("sign"):
        return Sign(("no", "yes"), inclusive=kind == "sign_inclusive")
    count = int(rng.integers(2, 13))
    first = int(rng.integers(-3, 4))
    return DECISIONS[kind](tuple(range(first, first + count)), frac)


def random_sums(rng: np.random.Generator) -> IntegerModel:
    """An MLP or linear model with any decision; odd layers get zero, tiny or extreme weights."""
    coding = random_coding(rng)
    decision = random_decision(rng)
    hidden = [int(size) for size in rng.integers(1, 5, rng.integers(0, 3))]
    sizes = [coding.feature_count, *hidden, decision.score_count]
    layers = tuple(_layer(rng, a, b, decision.frac_bits) for a, b in pairwise(sizes))
    last = Affine(layers[-1].weights, layers[-1].biases, "identity", decision.frac_bits)
    exact = IntegerModel(coding, (*layers[:-1], last), decision, Origin("mlp" if hidden else "svm", "random"))
    return cut_short(rng, exact) if rng.random() < 0.5 else exact


def _layer(rng: np.random.Generator, inputs: int, outputs: int, frac: int) -> Affine:
    largest = int(rng.choice(WEIGHTS))
    weights = rng.integers(-largest, largest + 1, (outputs, inputs))
    biases = rng.integers(-16 * largest - 1, 16 * largest + 2, outputs)
    return Affine(weights, biases, "relu" if rng.random() < 0.8 else "identity", frac)


def cut_short(rng: np.random.Generator, model: IntegerModel) -> IntegerModel:
    """The model with random masks, columns that read an input again, dropped bits and saturation."""
    inputs = model.coding.intervals()
    layers = []
    for layer in model.all_stages(Affine, "test"):
        layers.append(_cut_layer(rng, layer, inputs, scores_of=model.decision if layer is model.stages[-1] else None))
        inputs = layers[-1].output_intervals(inputs)
    return replace(model, stages=tuple(layers))


def _cut_layer(
    rng: np.random.Generator, layer: Affine, inputs: tuple[Interval, ...], *, scores_of: Decision | None
) -> Affine:
    rows, columns = layer.weights.shape
    again = rng.integers(0, columns, int(rng.integers(0, 3))) if columns else np.zeros(0, dtype=np.int64)
    sources = np.concatenate([np.arange(columns), again])
    masks = np.array([int(rng.integers(0, 1 << inputs[s].width + 1)) if rng.random() < 0.5 else -1 for s in sources])
    masks[[inputs[source].signed for source in sources]] = -1
    weights = np.hstack([layer.weights, rng.integers(-9, 10, (rows, len(again)))])
    dropped = rng.integers(0, 5, rows) * (rng.random(rows) < 0.7)
    if scores_of is not None:
        dropped[:] = dropped[0] if isinstance(scores_of, Argmax) else 0
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
    decision = Value(frac_bits=3) if regression else Index(classes)
    nodes = [np.array(a) for a in (feature, threshold, left, right)]
    tree = Trees(*nodes, np.where(nodes[0] < 0, values, 0))
    return IntegerModel(coding, (tree,), decision, Origin("tree", "random"))


def random_model(rng: np.random.Generator) -> IntegerModel:
    return random_tree(rng) if rng.random() < 0.35 else random_sums(rng)


def random_staged(rng: np.random.Generator) -> IntegerModel:
    """One to three stages of any types, then any rule that reads a number of scores."""
    coding = random_coding(rng, max_features=4, max_bits=4)
    decision = random_decision(rng)
    ranges, stages = coding.intervals(), []
    kinds = rng.choice(list(_RANDOM_STAGES), int(rng.integers(1, 4)))
    for number, kind in enumerate(kinds, start=1):
        count = decision.score_count if number == len(kinds) else int(rng.integers(1, 4))
        stages.append(_RANDOM_STAGES[kind](rng, ranges, count))
        ranges = stages[-1].output_intervals(ranges)
    return IntegerModel(coding, tuple(stages), decision, Origin("staged", "random"))


def random_shortcut(rng: np.random.Generator) -> IntegerModel:
    """A classifier behind a tree that answers some inputs, sometimes by a feature that the classifier does not read."""
    model = random_model(rng) if rng.random() < 0.5 else random_staged(rng)
    while not model.decision.is_classifier or sum(model.coding.bits) > 16:
        model = random_model(rng) if rng.random() < 0.5 else random_staged(rng)
    inner, coding = model.coding, model.coding
    if rng.random() < 0.5:
        names, bits = (*inner.names, "mode"), (*inner.bits, 2)
        coding = replace(inner, names=names, bits=bits, low=(*inner.low, 0.0), span=(*inner.span, 4.0))
    (tree,) = [*_random_trees(rng, coding.intervals(), 2).single()][:1]
    is_answer = (tree.feature < 0) & (rng.random(tree.node_count) < 0.5)
    labels = rng.integers(0, len(model.decision.classes), tree.node_count)
    tree = replace(tree, values=np.stack([is_answer, is_answer * labels], axis=1).astype(np.int64))
    stage = Shortcut(tree, model.stages, inner.feature_count, model.decision)
    return IntegerModel(coding, (stage,), Index(model.decision.classes), Origin("shortcut", "random"))


def random_forest(rng: np.random.Generator) -> IntegerModel:
    """Some trees whose leaves hold a number per class."""
    coding = random_coding(rng, max_features=4, max_bits=4)
    classes = tuple(range(int(rng.integers(2, 5))))
    return IntegerModel(
        coding, (_random_trees(rng, coding.intervals(), len(classes)),), Argmax(classes), Origin("forest", "random")
    )


def _random_affine(rng: np.random.Generator, inputs: tuple[Interval, ...], count: int) -> Affine:
    weights = rng.integers(-5, 6, (count, len(inputs)))
    return Affine(weights, rng.integers(-9, 10, count), str(rng.choice(["relu", "identity", "step"])), 0)


def _random_inexact(rng: np.random.Generator, inputs: tuple[Interval, ...], count: int) -> Stage:
    affine = _random_affine(rng, inputs, count)
    if any(word.signed for word in inputs):
        return affine
    if affine.activation != "step" and rng.random() < 0.5:
        affine = _cut_layer(rng, affine, inputs, scores_of=Value(frac_bits=0))
    return InexactSums.of(affine, rng.choice(list(ADDER_CELLS), count).tolist(), rng.integers(0, 5, count), inputs)


def _random_trees(rng: np.random.Generator, inputs: tuple[Interval, ...], count: int) -> Trees:
    nodes: list[list[int]] = []
    values, roots = [], []
    for _ in range(int(rng.integers(1, 4))):
        roots.append(len(nodes))
        nodes.append([-1, 0, -1, -1])
        for _ in range(int(rng.integers(0, 6))):
            node = int(rng.choice([i for i in range(roots[-1], len(nodes)) if nodes[i][0] < 0]))
            feature = int(rng.integers(len(inputs)))
            threshold = int(rng.integers(inputs[feature].low - 1, inputs[feature].high + 2))
            nodes[node] = [feature, threshold, len(nodes), len(nodes) + 1]
            nodes += [[-1, 0, -1, -1], [-1, 0, -1, -1]]
    columns = np.array(nodes).T
    values = rng.integers(-7, 8, (len(nodes), count)) * (columns[0] < 0)[:, None]
    return Trees(*columns, values, np.array(roots))


def _random_compare(rng: np.random.Generator, inputs: tuple[Interval, ...], count: int) -> Compare:
    sources = rng.integers(0, len(inputs), count)
    levels = [int(rng.integers(inputs[s].low, inputs[s].high + 2)) for s in sources]
    return Compare(sources, levels)


def _random_lookup(rng: np.random.Generator, inputs: tuple[Interval, ...], count: int) -> Lookup:
    def table() -> Table:
        bits = [(source, bit) for source, word in enumerate(inputs) for bit in range(word.width)]
        if rng.random() < 0.5:
            source = int(rng.integers(len(inputs)))
            chosen = [pair for pair in bits if pair[0] == source][:6]
        else:
            chosen = [bits[i] for i in rng.permutation(len(bits))[: int(rng.integers(0, 5))]]
        return Table(tuple(chosen), rng.integers(-9, 10, 1 << len(chosen)))

    return Lookup(tuple(table() for _ in range(count)))


def _random_gates(rng: np.random.Generator, inputs: tuple[Interval, ...], count: int) -> Gates:
    builder = NetlistBuilder("gates")
    literals = [0, 1]
    for number, word in enumerate(inputs):
        literals += builder.add_input(f"i{number}", word.width, signed=word.signed).bits
    for _ in range(int(rng.integers(1, 20))):
        a, b = (int(rng.choice(literals)) ^ int(rng.integers(2)) for _ in range(2))
        literals.append(builder.and_(a, b) if rng.random() < 0.6 else builder.xor(a, b))
    for number in range(count):
        bits = [int(rng.choice(literals)) ^ int(rng.integers(2)) for _ in range(int(rng.integers(1, 4)))]
        builder.add_output(f"o{number}", bits, signed=bool(rng.random() < 0.5))
    return Gates(builder.build())


def _random_masks(rng: np.random.Generator, inputs: tuple[Interval, ...], count: int) -> Stage:
    modes = [number for number, word in enumerate(inputs) if not word.signed and word.width <= 8]
    if not modes:
        return _random_affine(rng, inputs, count)
    sources, rows = rng.integers(0, len(inputs), count), int(rng.integers(1, 5))
    whole = np.array([1 << inputs[source].width for source in sources])
    held = rng.integers(0, whole + 2, (rows, count)) * (rng.random((rows, count)) < 0.5)
    kept = np.where(rng.random((rows, count)) < 0.3, -1, rng.integers(0, whole, (rows, count)) & ~held)
    kept[:, [inputs[source].signed for source in sources]] = -1
    return Masks(int(rng.choice(modes)), sources, kept, np.where(kept == -1, 0, held))


_RANDOM_STAGES = {
    "affine": _random_affine,
    "inexact": _random_inexact,
    "trees": _random_trees,
    "compare": _random_compare,
    "lookup": _random_lookup,
    "gates": _random_gates,
    "masks": _random_masks,
}


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
