"""Search for inputs on which circuit and model differ; what is found was confirmed by evaluating both."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from bespoke.errors import ToolError
from bespoke.model import IntegerModel
from bespoke.netlist import FALSE, TRUE, Adder, NetlistBuilder, Port
from bespoke.proof.block import Block
from bespoke.proof.boundary import boundary_words
from bespoke.proof.cec import check_equal
from bespoke.proof.circuit import Circuit, Reader
from bespoke.proof.decision import DECISION_PROOFS
from bespoke.proof.ledger import Ledger
from bespoke.proof.vectors import EXHAUSTIVE_BITS, IntArray, output_words, stimuli, word_row
from bespoke.proof.verdict import Counterexample
from bespoke.proof.word import extended

MAX_PATCHES = 32


def first_difference(model: IntegerModel, circuit: Circuit, words: IntArray) -> Counterexample | None:
    """First of the input words, shape (n_vectors, n_features), on which circuit and model differ."""
    output = circuit.netlist.outputs[0]
    actual = output_words(circuit, output.bits, words, signed=output.signed)
    return pick_difference(circuit.netlist.inputs, words, model.predict(words), actual)


def pick_difference(
    ports: Sequence[Port], words: IntArray, expected: IntArray, actual: IntArray
) -> Counterexample | None:
    """Counterexample from the first row in which two lists of output words differ."""
    rows = np.flatnonzero(expected != actual)
    if not len(rows):
        return None
    row = int(rows[0])
    features = dict(zip([port.name for port in ports], words[row].tolist(), strict=True))
    return Counterexample(features, int(expected[row]), int(actual[row]))


def by_vectors(model: IntegerModel, circuit: Circuit) -> Counterexample | None:
    """Try all inputs if they are few, else corners and random ones."""
    return first_difference(model, circuit, stimuli(circuit.netlist.inputs))


def near_borders(model: IntegerModel, circuit: Circuit) -> Counterexample | None:
    """Try inputs near the borders of the decision, unless `by_vectors` has tried all inputs."""
    if sum(model.coding.bits) <= EXHAUSTIVE_BITS:
        return None
    gap = DECISION_PROOFS[type(model.decision)].gap
    return first_difference(model, circuit, boundary_words(model, gap))


def by_blocks(model: IntegerModel, ledger: Ledger, timeout_s: float) -> Counterexample | None:
    """Try inputs on which a block is wrong, then ask SAT for one that shows it."""
    circuit = ledger.circuit
    for bits in ledger.suspects:
        found = first_difference(model, circuit, word_row(circuit.netlist.inputs, bits))
        if found:
            return found
    blocks = [failure.block for failure in ledger.failures if failure.block][:MAX_PATCHES]
    if not blocks:
        return None
    answer = _repaired_difference(circuit, blocks, timeout_s)
    return first_difference(model, circuit, word_row(circuit.netlist.inputs, answer)) if answer is not None else None


def _repaired_difference(circuit: Circuit, blocks: Sequence[Block], timeout_s: float) -> dict[int, int] | None:
    """Input bits on which the circuit differs from its copy with the blocks replaced by their specifications."""
    builder = NetlistBuilder("repaired")
    bits = builder.add_input("inputs", len(circuit.primary)).bits
    given = dict(zip(circuit.primary, bits, strict=True))
    output = circuit.netlist.outputs[0]
    broken = Reader(circuit, builder, given).word(output.bits)
    reader = Reader(circuit, builder, given)
    repaired = None
    for block in blocks:
        if 0 < len(block.adders) <= MAX_PATCHES and _hints_fit(circuit, block.adders):
            reader = _with_true_adders(circuit, builder, given, block.adders)
            continue
        expected = extended(block.spec(builder, reader)[1], len(block.claimed), signed=block.signed)
        if block.is_output:
            repaired = expected[: len(broken)]
            break
        given |= {c >> 1: e ^ (c & 1) for c, e in zip(block.claimed, expected, strict=False) if c >> 1}
        reader = Reader(circuit, builder, given)
    if repaired is None:
        repaired = reader.word(output.bits)
    try:
        differ = [builder.xor(a, b) for a, b in zip(broken, repaired, strict=True)]
        result = check_equal(builder.build(), differ, [FALSE] * len(differ), timeout_s)
    except ToolError:
        return None
    return result.inputs if result.answer == "different" else None


def _hints_fit(circuit: Circuit, adders: Sequence[Adder]) -> bool:
    """Whether the hints are about nets that exist, and have two or three addends."""
    literals = [literal for adder in adders for literal in (*adder.addends, adder.total, adder.carry)]
    return all(map(circuit.has, literals)) and all(len(adder.addends) in (2, 3) for adder in adders)


def _with_true_adders(
    circuit: Circuit, builder: NetlistBuilder, given: dict[int, int], adders: Sequence[Adder]
) -> Reader:
    """Reader of the circuit with adders put in place of what their hints point at; ``given`` grows by them."""
    for adder in adders:
        reader = Reader(circuit, builder, given)
        x, y, z = [*reader.word(adder.addends), FALSE][:3]
        half = builder.xor(x, y)
        true = {adder.total: builder.xor(half, z), adder.carry: builder.mux(half, z, x)}
        given |= {literal >> 1: value ^ (literal & 1) for literal, value in true.items() if literal > TRUE}
    return Reader(circuit, builder, given)
