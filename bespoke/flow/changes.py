"""What an approximate model has less of than the exact one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from bespoke.model import LEAF, UNLIMITED, IntegerModel, IntegerTree, Layer
from bespoke.model.layer import WHOLE
from bespoke.numeric import digit_count

Counts = dict[str, int]


def changes(exact: IntegerModel, model: IntegerModel) -> dict[str, list[int]]:
    """Sizes of both models by name, exact first.

    For weighted sums per layer the units, the weights other than 0, their signed digits (canonical form), the input
    bits that masked products leave out, the low bits that outputs lose, and the outputs that saturate; for trees the
    tests, the distinct comparisons and the input bits.
    """
    before, after = _sizes(exact), _sizes(model)
    return {name: [before[name], after.get(name, 0)] for name in before}


def _sizes(model: IntegerModel) -> Counts:
    return _tree_sizes(model) if isinstance(model, IntegerTree) else dict(_sum_sizes(model))


def _sum_sizes(model: Any) -> Iterator[tuple[str, int]]:  # noqa: ANN401  any model with layers
    for number, (layer, ranges) in enumerate(zip(model.layers, model.layer_inputs(), strict=True), start=1):
        widths = np.array([interval.width for interval in ranges], dtype=np.int64)
        for name, count in _LAYER_SIZES.items():
            yield f"layer {number}: {name}", count(layer, widths)


def _masked_bits(layer: Layer, widths: Any) -> int:  # noqa: ANN401  an array
    used = (layer.weights != 0).any(axis=0) & (layer.masks != WHOLE)
    masks, width = layer.masks[used], widths[layer.sources[used]]
    return sum(int(w) - (int(mask) & (1 << int(w)) - 1).bit_count() for mask, w in zip(masks, width, strict=True))


_LAYER_SIZES: dict[str, Callable[[Layer, Any], int]] = {
    "units": lambda layer, _: len(layer.biases),
    "weights": lambda layer, _: int(np.count_nonzero(layer.weights)),
    "signed digits": lambda layer, _: sum(digit_count(int(w)) for w in layer.weights.ravel()),
    "masked input bits": _masked_bits,
    "dropped output bits": lambda layer, _: int(layer.dropped_bits.sum()),
    "saturating outputs": lambda layer, _: int((layer.saturation_bits < UNLIMITED).sum()),
}


def _tree_sizes(tree: IntegerTree) -> Counts:
    inner = tree.feature != LEAF
    pairs = set(zip(tree.feature[inner].tolist(), tree.threshold[inner].tolist(), strict=True))
    return {"tests": int(inner.sum()), "comparisons": len(pairs), "input bits": sum(tree.coding.bits)}
