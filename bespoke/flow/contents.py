"""What a report shows of a design's inside: coefficients, confusions, and small circuits whole."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from bespoke.cells import CellLibrary
from bespoke.flow.scoring import clopper_pearson
from bespoke.model import LEAF, Decision, IntArray, IntegerModel, IntegerTree
from bespoke.netlist import MappedNetlist

MAX_DRAWN_CELLS = 60
_KINDS = (("and", "nand", min), ("or", "nor", max), ("xor", "xnor", lambda bits: sum(bits) % 2))


def confusion(decision: Decision, targets: IntArray, words: IntArray) -> dict[str, Any]:
    """Rows by class and by prediction, as plain data.

    Parameters
    ----------
    decision : Decision
        Of a classifier.
    targets, words : ndarray of int64, shape (n_rows,)
        Wanted and predicted output words; negative where a class is unknown to the model.

    Returns
    -------
    dict
        ``counts[class][prediction]``, which leaves out rows with an unknown class on either side, ``right`` rows of
        all ``rows``, and the ``interval`` of that share, see `bespoke.flow.scoring.clopper_pearson`.
    """
    counts = np.zeros((len(decision.classes),) * 2, dtype=np.int64)
    known = (targets >= 0) & (words >= 0)
    np.add.at(counts, (targets[known], words[known]), 1)
    right, rows = int(np.trace(counts)), len(targets)
    return {"right": right, "rows": rows, "interval": list(clopper_pearson(right, rows)), "counts": counts.tolist()}


def coefficients(model: IntegerModel) -> dict[str, Any]:
    """Weights by layer, or thresholds by feature, as plain data.

    Returns
    -------
    dict
        Of weighted sums ``layers`` with ``inputs``, ``outputs``, ``weights[output][input]``, ``biases`` and
        ``frac_bits``; an input that several columns read has the sum of their weights, and ``dropped_bits`` are the
        low bits that an input has lost: its weights count for ``2**-dropped_bits`` as much. Of trees ``features`` with
        ``name``, ``bits``, and the sorted distinct ``thresholds``: words up to each go left.
    """
    return {"features": _thresholds(model)} if isinstance(model, IntegerTree) else {"layers": _layers(model)}


def _thresholds(tree: IntegerTree) -> list[dict[str, Any]]:
    inner = tree.feature != LEAF
    return [
        {"name": name, "bits": bits, "thresholds": np.unique(tree.threshold[inner & (tree.feature == place)]).tolist()}
        for place, (name, bits) in enumerate(zip(tree.coding.names, tree.coding.bits, strict=True))
    ]


def _layers(model: Any) -> list[dict[str, Any]]:  # noqa: ANN401  any model with layers
    inputs: Sequence[str] = [str(name) for name in model.coding.names]
    dropped = [0] * len(inputs)
    found = []
    for number, layer in enumerate(model.layers, start=1):
        dense = np.zeros((len(layer.biases), len(inputs)), dtype=np.int64)
        for column, source in enumerate(layer.sources.tolist()):
            dense[:, source] += layer.weights[:, column]
        is_last = number == len(model.layers)
        outputs = _scores(model.decision, len(dense)) if is_last else [f"unit {j + 1}" for j in range(len(dense))]
        found.append(
            {
                "inputs": list(inputs),
                "outputs": outputs,
                "activation": layer.activation,
                "frac_bits": layer.frac_bits,
                "dropped_bits": dropped,
                "weights": dense.tolist(),
                "biases": layer.biases.tolist(),
            }
        )
        inputs, dropped = outputs, layer.dropped_bits.tolist()
    return found


def _scores(decision: Decision, count: int) -> list[str]:
    if decision.kind == "argmax":
        return [str(label) for label in decision.classes]
    if decision.kind == "votes":
        return [f"{decision.classes[first]} | {decision.classes[second]}" for first, second in decision.pairs()]
    return ["score"] * count


def circuit(mapped: MappedNetlist, library: CellLibrary, origins: Sequence[str]) -> dict[str, Any]:
    """Cells and nets of a circuit small enough to be drawn, as plain data; empty for a larger one.

    Net 0 and 1 are the constants, other nets are numbered as in `bespoke.netlist.MappedNetlist`.
    """
    if len(mapped.instances) > MAX_DRAWN_CELLS:
        return {}
    ports, net = [], 2
    for port in mapped.inputs:
        ports.append({"name": port.name, "nets": list(range(net, net + port.width))})
        net += port.width
    names = origins or [""] * len(mapped.instances)
    cells = [
        {
            "cell": instance.cell,
            "kind": cell_kind(library, instance.cell),
            "inputs": list(instance.fanins),
            "outputs": list(instance.fanouts),
            "group": group,
        }
        for instance, group in zip(mapped.instances, names, strict=True)
    ]
    outputs = [{"name": port.name, "nets": list(port.bits)} for port in mapped.outputs]
    return {"inputs": ports, "cells": cells, "outputs": outputs}


def cell_kind(library: CellLibrary, name: str) -> str:
    """``not``, ``buffer``, ``and``, ``nand``, ``or``, ``nor``, ``xor`` or ``xnor`` of all input pins; else empty."""
    cell = library[name]
    if len(cell.outputs) != 1:
        return ""
    truth, width = cell.outputs[0].truth, len(cell.inputs)
    states = [[state >> pin & 1 for pin in range(width)] for state in range(1 << width)]
    if width == 1:
        return {1: "not", 2: "buffer"}.get(truth, "")
    whole = (1 << (1 << width)) - 1
    for plain, inverted, function in _KINDS:
        table = sum(int(function(bits)) << state for state, bits in enumerate(states))
        if truth in (table, table ^ whole):
            return plain if truth == table else inverted
    return ""


def report_contents(model: IntegerModel, confusions: Mapping[str, Any], drawn: Mapping[str, Any]) -> dict[str, Any]:
    """The parts of ``report.json`` that tell of a design's inside, without those that are empty."""
    found = {"confusion": dict(confusions), "coefficients": coefficients(model), "circuit": dict(drawn)}
    return {name: content for name, content in found.items() if content}
