"""Decision trees: shared comparators, then selection from the leaves up."""

from __future__ import annotations

from bespoke.arith import Word, at_most
from bespoke.model import LEAF, IntegerTree
from bespoke.netlist import Certificate, NetlistBuilder

Bits = tuple[int, ...]


def lower_tree(builder: NetlistBuilder, model: IntegerTree, inputs: tuple[Word, ...]) -> tuple[Word, Certificate]:
    """Output word of a tree and the certificate; each distinct (feature, threshold) gets one comparator."""
    interval = model.output_interval()
    width = interval.width
    comparators: dict[str, Bits] = {}
    for feature, threshold in sorted(_tests(model)):
        literal = at_most(builder, inputs[feature].bits, threshold)
        comparators[f"node.{feature}.{threshold}"] = (literal,)
    outputs: dict[int, Bits] = {}
    for node in reversed(range(model.node_count)):
        if model.feature[node] == LEAF:
            value = int(model.value[node])
            outputs[node] = tuple(value >> bit & 1 for bit in range(width))
        else:
            goes_left = comparators[f"node.{model.feature[node]}.{model.threshold[node]}"][0]
            left, right = outputs.pop(int(model.left[node])), outputs.pop(int(model.right[node]))
            outputs[node] = tuple(builder.mux(goes_left, a, b) for a, b in zip(left, right, strict=True))
    return Word(outputs[0], interval), Certificate({}, comparators)


def _tests(model: IntegerTree) -> set[tuple[int, int]]:
    inner = model.feature != LEAF
    return set(zip(model.feature[inner].tolist(), model.threshold[inner].tolist(), strict=True))
