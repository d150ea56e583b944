"""Small cell library, netlists and models for the tests of Verilog text."""

from __future__ import annotations

import itertools

import numpy as np

from bespoke.cells import Cell, CellLibrary, InputPin, OutputPin
from bespoke.model import (
    DECISIONS,
    Affine,
    Decision,
    InputCoding,
    IntegerModel,
    Label,
    Origin,
    Sign,
    Trees,
    Value,
)
from bespoke.netlist import Instance, MappedNetlist, Port

NASTY_NAMES = (
    "sepal length (cm)",
    "sepal_length_cm",
    "",
    "   ",
    "always",
    "logic",
    "delete",
    "mailbox",
    "3rd",
    "größe",
    "長さ",
    "ß\u0000\n*/ endmodule /*",
    "// verilator lint_on UNUSED",
    '`include "x"',
    "n5",
    "g0",
    "x0",
    "classifier",
    "prediction",
    "value",
    "NAND2X1",
    "unused_ok",
    "score_0",
    "in",
    "out",
    "a$b",
    "\\esc ",
    "$display",
    "__a__b__",
    "%s{0}%d",
    "A",
    "a",
    "\ud800",
    "x" * 5000,
    "x" * 5000 + "y",
)

_CELLS = {
    "TIE1": ((), {"Y": (1, "1'b1")}),
    "INVX1": ("A", {"Y": (0b01, "~A")}),
    "BUFX1": ("A", {"Y": (0b10, "A")}),
    "NAND2X1": ("AB", {"Y": (0b0111, "~(A & B)")}),
    "NOR2X1": ("AB", {"Y": (0b0001, "~(A | B)")}),
    "XOR2X1": ("AB", {"Y": (0b0110, "A ^ B")}),
    "AOI21": ("ABC", {"Y": (0b00000111, "~((A & B) | C)")}),
    "HA": ("AB", {"S": (0b0110, "A ^ B"), "C": (0b1000, "A & B")}),
    "and": (("in", "3x"), {"out[0]": (0b0010, "in & ~3x")}),
}


def small_library() -> CellLibrary:
    cells = {}
    for name, (pins, outputs) in _CELLS.items():
        cells[name] = Cell(
            name,
            1.0,
            tuple(InputPin(pin, 0.01) for pin in pins),
            tuple(OutputPin(pin, truth, text) for pin, (truth, text) in outputs.items()),
            (1.0,) * (1 << len(pins)),
        )
    return CellLibrary("small", 1.0, cells, "made for tests", {"DFFX1": "sequential"})


def random_mapped(rng, *, gates, widths=(4, 1, 0, 3), out_widths=(2, 1), names=None, cells=None):
    """Random mapped netlist; constants occur as fanins and outputs, some nets are not read."""
    library = small_library()
    names = names or [f"feature_{place}" for place in range(len(widths))]
    inputs, net = [], 2
    for name, width in zip(names, widths, strict=True):
        inputs.append(Port(name, tuple(range(net, net + width))))
        net += width
    instances = []
    for _ in range(gates):
        cell = library[str(rng.choice(cells or list(library.cells)))]
        fanins = tuple(int(n) for n in rng.integers(max(0, net - 60), net, size=len(cell.inputs)))
        fanouts = tuple(range(net, net + len(cell.outputs)))
        net += len(fanouts)
        instances.append(Instance(cell.name, fanins, fanouts))
    outputs = [
        Port(f"out{place}", tuple(int(n) for n in rng.integers(max(0, net - 40), net, size=width)), place % 2 == 1)
        for place, width in enumerate(out_widths)
    ]
    return MappedNetlist("classifier", "small", tuple(inputs), tuple(outputs), tuple(instances))


def run_mapped(mapped, library, words):
    """Output words of a mapped netlist, by truth tables, one numpy row a net."""
    values = [np.zeros(len(words), dtype=np.int64), np.ones(len(words), dtype=np.int64)]
    for column, port in enumerate(mapped.inputs):
        values += [(words[:, column] >> bit) & 1 for bit in range(port.width)]
    for instance in mapped.instances:
        state = sum((values[net] << place for place, net in enumerate(instance.fanins)), np.zeros_like(values[0]))
        values += [(pin.truth >> state) & 1 for pin in library[instance.cell].outputs]
    columns = []
    for port in mapped.outputs:
        word = sum((values[net] << bit for bit, net in enumerate(port.bits)), np.zeros_like(values[0]))
        if port.signed and port.width:
            word -= (word >> (port.width - 1)) << port.width
        columns.append(word)
    return np.column_stack(columns)


def random_words(rng, bits, count):
    return np.column_stack([rng.integers(0, 1 << b, size=count) for b in bits])


def coding(bits, names=None, rounding="floor"):
    names = names or [f"feature {place}" for place in range(len(bits))]
    count = len(bits)
    return InputCoding(tuple(names), tuple(bits), (0.25,) * count, (1.5,) * count, rounding)


def _classes(count):
    return tuple(f"class */ {index}\n" for index in range(count))


def random_decision(rng, kind, count) -> Decision:
    if kind == "label":
        first = int(rng.integers(-5, 6))
        return Label(tuple(range(first, first + count)), int(rng.integers(0, 9)))
    if kind == "value":
        return Value(frac_bits=int(rng.integers(0, 9)))
    if kind.startswith("sign"):
        return Sign(_classes(2), inclusive=kind == "sign_inclusive")
    return DECISIONS[kind](_classes(count))


def random_sums(rng, kind, count, bits, *, hidden=(), names=None, low=-20, high=21):
    """Random linear model (no hidden layer) or MLP with the given decision."""
    decision = random_decision(rng, kind, count)
    sizes = [len(bits), *hidden, decision.score_count]
    layers = []
    for place, (inputs, outputs) in enumerate(itertools.pairwise(sizes)):
        last = place == len(sizes) - 2
        weights = rng.integers(low, high, size=(outputs, inputs))
        weights[rng.random(weights.shape) < 0.2] = 0
        biases = rng.integers(-60, 61, size=outputs)
        activation = "identity" if last or (place == 1 and rng.random() < 0.3) else "relu"
        layers.append(Affine(weights, biases, activation, 5 + place))
    origin = Origin("mlp" if hidden else "svm", "RandomEstimator")
    return IntegerModel(coding(bits, names), tuple(layers), decision, origin)


def random_tree(rng, kind, count, bits, *, splits, names=None):
    """Random tree; thresholds may lie outside of the feature's range."""
    feature, threshold, left, right = [-1], [0], [-1], [-1]
    leaves = [0]
    for _ in range(splits):
        node = leaves.pop(int(rng.integers(0, len(leaves))))
        feature[node] = int(rng.integers(0, len(bits)))
        threshold[node] = int(rng.integers(-1, (1 << bits[feature[node]]) + 1))
        left[node], right[node] = len(feature), len(feature) + 1
        leaves += [len(feature), len(feature) + 1]
        for column, value in ((feature, -1), (threshold, 0), (left, -1), (right, -1)):
            column += [value, value]
    decision = random_decision(rng, kind, count)
    values = np.zeros(len(feature), dtype=np.int64)
    low, high = (0, count) if kind == "index" else (-40, 41)
    values[leaves] = rng.integers(low, high, size=len(leaves))
    tree = Trees(feature, threshold, left, right, values)
    return IntegerModel(coding(bits, names), (tree,), decision, Origin("tree", "RandomTree"))
