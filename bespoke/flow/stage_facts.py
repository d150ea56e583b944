"""What flow knows of each type of stage: sizes, coefficients for the report, vectors at its borders, names of parts."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import Any, NamedTuple

import numpy as np

from bespoke.flow.explained import leaf_answers, step_facts, tree_facts
from bespoke.model import (
    LEAF,
    UNLIMITED,
    WHOLE,
    Affine,
    Compare,
    Decision,
    Gates,
    InexactSums,
    InputCoding,
    IntArray,
    IntegerModel,
    Lookup,
    Masks,
    Shortcut,
    Stage,
    Trees,
)
from bespoke.model.tree_paths import leaf_boxes
from bespoke.numeric import Interval, digit_count
from bespoke.sim import largest_words

MAX_LEAVES = 2000
BEHIND = "of the layers behind"  # of a leaf that does not answer

Sizes = dict[str, int]
Words = Sequence[str]


class Names(NamedTuple):
    """What the words between stages are called, and how many low bits each has lost."""

    words: tuple[str, ...]
    dropped_bits: tuple[int, ...]


class StageFacts(NamedTuple):
    """Functions of one type of stage.

    Attributes
    ----------
    sizes : callable
        From stage and ranges of its inputs: what it is made of, by name.
    coefficients : callable
        From stage, names of its inputs and of its outputs, and the coding: an entry of the report, or None.
    borders : callable
        From a stage that reads the inputs and their bits: input words, (n, n_features), near its borders.
    inner : callable
        From stage and number: what the word of that number inside the stage is part of.
    """

    sizes: Callable[[Any, Sequence[Interval]], Sizes]
    coefficients: Callable[[Any, Names, Words, InputCoding], dict[str, Any] | None]
    borders: Callable[[Any, tuple[int, ...]], IntArray | None]
    inner: Callable[[Any, int], str]


def model_sizes(model: IntegerModel) -> Sizes:
    """Sizes of all stages by name, and the input bits."""
    return _sizes(model.stages, model.ranges[0]) | {"input bits": sum(model.coding.bits)}


def _sizes(stages: Sequence[Stage], ranges: Sequence[Interval]) -> Sizes:
    found: Sizes = {}
    for number, stage in enumerate(stages, start=1):
        sizes = STAGE_FACTS[type(stage)].sizes(stage, ranges)
        found |= {f"layer {number}: {name}": count for name, count in sizes.items()}
        ranges = stage.output_intervals(ranges)
    return found


def coefficients(model: IntegerModel) -> dict[str, Any]:
    """Weights by layer, and thresholds by feature, as plain data.

    Returns
    -------
    dict
        ``layers`` of weighted sums with ``inputs``, ``outputs``, ``weights[output][input]``, ``biases`` and
        ``frac_bits``; an input that several columns read has the sum of their weights, and ``dropped_bits`` are the
        low bits that an input has lost: its weights count for ``2**-dropped_bits`` as much. ``features`` of trees and
        comparisons of inputs with ``name``, ``bits``, and the sorted distinct ``thresholds``: words up to each go
        left, and others right; a test that comes out alike for all words is none. ``trees``, see `tree_facts`,
        that read the inputs and have few leaves; the only tree of a model also has the ``answers`` at its leaves.
        ``functions``, see `step_facts`, of tables and comparisons that read one input each.
    """
    names = Names(tuple(map(str, model.coding.names)), (0,) * model.coding.feature_count)
    found = _coefficients(model.stages, model.decision, names, model.coding)
    trees = found.get("trees", [])
    if model.has_only(Trees) and len(trees) == len(model.stages) == 1:
        trees[0]["answers"] = leaf_answers(model.decision, trees[0]["leaves"])
    return found


def _coefficients(stages: Sequence[Stage], decision: Decision, names: Names, coding: InputCoding) -> dict[str, Any]:
    entries = []
    for number, stage in enumerate(stages, start=1):
        is_last = number == len(stages)
        outputs = score_names(decision) if is_last else [f"unit {j + 1}" for j in range(stage.output_count)]
        entries.append(STAGE_FACTS[type(stage)].coefficients(stage, names, outputs, coding))
        names = Names(tuple(outputs), tuple(getattr(stage, "dropped_bits", [0] * stage.output_count)))
    return _merged(entries)


def _merged(entries: Sequence[dict[str, Any] | None]) -> dict[str, Any]:
    """The lists of all entries by kind."""
    found: dict[str, Any] = {}
    for entry in entries:
        for kind, content in (entry or {}).items():
            found.setdefault(kind, []).extend(content)
    return found


def border_words(model: IntegerModel) -> IntArray | None:
    """Input words, (n, n_features), around every threshold of a first stage that has any."""
    first = model.stages[0]
    return STAGE_FACTS[type(first)].borders(first, model.coding.bits)


def inner_name(stage: Stage, index: int) -> str:
    """What a word inside a stage is part of."""
    return STAGE_FACTS[type(stage)].inner(stage, index)


def score_names(decision: Decision) -> list[str]:
    """What each score is called."""
    labels = [" | ".join(str(decision.classes[index]) for index in about) for about in decision.score_classes()]
    return [label or "score" for label in labels]


def _affine_sizes(stage: Affine, inputs: Sequence[Interval]) -> Sizes:
    return {
        "units": stage.output_count,
        "weights": int(np.count_nonzero(stage.weights)),
        "signed digits": sum(digit_count(int(w)) for w in stage.weights.ravel()),
        "masked input bits": sum(_masked_bits(stage, inputs)),
        "dropped output bits": int(stage.dropped_bits.sum()),
        "saturating outputs": int((stage.saturation_bits < UNLIMITED).sum()),
    }


def _masked_bits(stage: Affine, inputs: Sequence[Interval]) -> Iterator[int]:
    used = (stage.weights != 0).any(axis=0) & (stage.masks != WHOLE)
    for mask, source in zip(stage.masks[used].tolist(), stage.sources[used].tolist(), strict=True):
        width = inputs[source].width
        yield width - (mask & (1 << width) - 1).bit_count()


def _affine_coefficients(stage: Affine, names: Names, outputs: Words, _: InputCoding) -> dict[str, Any]:
    dense = np.zeros((stage.output_count, len(names.words)), dtype=np.int64)
    np.add.at(dense.T, stage.sources, stage.weights.T)
    layer = {
        "inputs": list(names.words),
        "outputs": list(outputs),
        "activation": stage.activation,
        "frac_bits": stage.frac_bits,
        "dropped_bits": list(map(int, names.dropped_bits)),
        "weights": dense.tolist(),
        "biases": stage.biases.tolist(),
    }
    return {"layers": [layer]}


def _inexact_sizes(stage: InexactSums, inputs: Sequence[Interval]) -> Sizes:
    low = sum(len(column) for part in stage.low_parts() for column in part.columns)
    return _affine_sizes(stage.affine, inputs) | {"inexact columns": int(stage.columns.sum()), "bits in them": low}


def _inexact_coefficients(stage: InexactSums, names: Names, outputs: Words, coding: InputCoding) -> dict[str, Any]:
    found = _affine_coefficients(stage.affine, names, outputs, coding)
    cells = {"cells": list(stage.cells), "columns": stage.columns.tolist()}
    return {"layers": [{**layer, **cells} for layer in found["layers"]]}


def _trees_sizes(stage: Trees, _: Sequence[Interval]) -> Sizes:
    return {"tests": int((stage.feature != LEAF).sum()), "comparisons": len(stage.tests())}


def _threshold_entry(tests: Sequence[tuple[int, int]], names: Names, coding: InputCoding) -> dict[str, Any] | None:
    """Thresholds by feature; None where the stage does not read the inputs themselves."""
    if names.words != coding.names:
        return None
    features = [
        {"name": name, "bits": width, "thresholds": [t for f, t in tests if f == index and 0 <= t < 2**width - 1]}
        for index, (name, width) in enumerate(zip(coding.names, coding.bits, strict=True))
    ]
    return {"features": features}


def _tree_coefficients(stage: Trees, names: Names, outputs: Words, coding: InputCoding) -> dict[str, Any] | None:
    thresholds = _threshold_entry(stage.tests(), names, coding)
    trees = tree_facts(stage, outputs, coding) if thresholds else []
    return thresholds and thresholds | ({"trees": trees} if trees else {})


def _compare_coefficients(stage: Compare, names: Names, _: Words, coding: InputCoding) -> dict[str, Any] | None:
    thresholds = _threshold_entry(_compare_tests(stage), names, coding)
    pairs = enumerate(zip(stage.sources.tolist(), stage.levels.tolist(), strict=True))
    steps = ((output, index, np.arange(1 << coding.bits[index]) >= level) for output, (index, level) in pairs)
    functions = step_facts(steps, coding) if thresholds else []
    return thresholds and thresholds | ({"functions": functions} if functions else {})


def _lookup_coefficients(stage: Lookup, names: Names, _: Words, coding: InputCoding) -> dict[str, Any] | None:
    if names.words != coding.names:
        return None
    single = ((output, table) for output, table in enumerate(stage.tables) if len(table.sources) == 1)
    steps = ((output, t.sources[0], t.by_number(np.arange(1 << coding.bits[t.sources[0]]))) for output, t in single)
    functions = step_facts(steps, coding)
    return {"functions": functions} if functions else None


def _compare_tests(stage: Compare) -> list[tuple[int, int]]:
    return sorted({(s, level - 1) for s, level in zip(stage.sources.tolist(), stage.levels.tolist(), strict=True)})


def _tree_borders(stage: Trees, bits: tuple[int, ...]) -> IntArray:
    """`_beside`, and the extreme corners of the box of every leaf, for at most 2,000 leaves."""
    ranges = [Interval.unsigned(width) for width in bits]
    paths = (tree.paths(ranges, range(tree.node_count)) for tree in stage.single())
    corners = (corner for tree in paths for box in leaf_boxes(tree, ranges) for corner in box)
    found = [*_beside(stage.tests(), largest_words(bits)), *islice(corners, 2 * MAX_LEAVES)]
    return np.unique(np.array(found, dtype=np.int64), axis=0)


def _beside(tests: Sequence[tuple[int, int]], largest: IntArray) -> IntArray:
    """For each distinct pair of feature and threshold t: t - 1, t and t + 1, the others in the middle."""
    found = [largest // 2]
    for feature, threshold in tests:
        for offset in (-1, 0, 1):
            vector = largest // 2
            vector[feature] = min(max(threshold + offset, 0), largest[feature])
            found.append(vector)
    return np.array(found, dtype=np.int64)


def _masks_sizes(stage: Masks, inputs: Sequence[Interval]) -> Sizes:
    widths = np.array([inputs[source].width for source in stage.sources.tolist()], dtype=np.int64)
    gone = np.bitwise_or.reduce(~stage.kept, axis=0) & (1 << widths) - 1
    return {"modes": stage.mode_count, "bits held in some mode": sum(map(int.bit_count, gone.tolist()))}


def _shortcut_sizes(stage: Shortcut, inputs: Sequence[Interval]) -> Sizes:
    behind = _sizes(stage.stages, inputs[: stage.read])
    return _trees_sizes(stage.tree, inputs) | {f"behind it, {name}": count for name, count in behind.items()}


def _shortcut_borders(stage: Shortcut, bits: tuple[int, ...]) -> IntArray:
    """Those of the tree, and of the first stage behind it with the other inputs in the middle."""
    own, first = _tree_borders(stage.tree, bits), stage.stages[0]
    inner = STAGE_FACTS[type(first)].borders(first, bits[: stage.read])
    if inner is None:
        return own
    others = np.broadcast_to(largest_words(bits)[stage.read :] // 2, (len(inner), len(bits) - stage.read))
    return np.concatenate([own, np.hstack([inner, others])])


def _shortcut_coefficients(stage: Shortcut, names: Names, _: Words, coding: InputCoding) -> dict[str, Any]:
    tree = _tree_coefficients(stage.tree, names, ("answers", "class"), coding)
    classes = stage.decision.classes
    for entry in (tree or {}).get("trees", []):
        entry["answers"] = [str(classes[label]) if answers else BEHIND for answers, label in entry["leaves"]]
    first = Names(names.words[: stage.read], names.dropped_bits[: stage.read])
    return _merged([tree, _coefficients(stage.stages, stage.decision, first, coding)])


def _none(*_: object) -> None:
    """Nothing to tell."""


STAGE_FACTS: dict[type[Stage], StageFacts] = {
    Affine: StageFacts(_affine_sizes, _affine_coefficients, _none, lambda _, __: "inputs"),
    InexactSums: StageFacts(_inexact_sizes, _inexact_coefficients, _none, lambda _, __: "inexact columns"),
    Trees: StageFacts(
        _trees_sizes,
        _tree_coefficients,
        _tree_borders,
        lambda stage, index: f"tree {index // stage.output_count + 1}",
    ),
    Compare: StageFacts(
        lambda stage, _: {"comparisons": len(_compare_tests(stage))},
        _compare_coefficients,
        lambda stage, bits: _beside(_compare_tests(stage), largest_words(bits)),
        lambda _, __: "comparisons",
    ),
    Lookup: StageFacts(
        lambda stage, _: {"tables": stage.output_count},
        _lookup_coefficients,
        _none,
        lambda _, index: f"table {index + 1}",
    ),
    Gates: StageFacts(
        lambda stage, _: {"gates": stage.netlist.gate_count},
        _none,
        _none,
        lambda stage, index: f"gates of {stage.netlist.outputs[index].name}",
    ),
    Masks: StageFacts(_masks_sizes, _none, _none, lambda _, __: "masks of modes"),
    Shortcut: StageFacts(
        _shortcut_sizes,
        _shortcut_coefficients,
        _shortcut_borders,
        lambda _, index: "tree in front" if index < 2 else "class",
    ),
}
