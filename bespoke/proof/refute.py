"""Inputs on which a circuit with blocks that are not proven may be wrong."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bespoke.errors import ToolError
from bespoke.netlist import FALSE, TRUE, Adder, NetlistBuilder
from bespoke.proof.block import Block
from bespoke.proof.cec import check_false
from bespoke.proof.circuit import Circuit, Reader
from bespoke.proof.ledger import Ledger
from bespoke.proof.vectors import IntArray, word_row

MAX_PATCHES = 32


def suspect_words(ledger: Ledger) -> Iterator[IntArray]:
    """Inputs on which SAT found a block wrong, shape (1, n_features) each."""
    for bits in ledger.suspects:
        yield word_row(ledger.circuit.netlist.inputs, bits)


def broken_words(ledger: Ledger, timeout_s: float) -> Iterator[IntArray]:
    """The same, then an input on which SAT finds that the output would be another one if all blocks were right."""
    yield from suspect_words(ledger)
    bits = _repaired_difference(ledger.circuit, ledger.broken[:MAX_PATCHES], timeout_s)
    if bits is not None:
        yield word_row(ledger.circuit.netlist.inputs, bits)


def _repaired_difference(circuit: Circuit, blocks: Sequence[Block], timeout_s: float) -> dict[int, int] | None:
    """Input bits on which the circuit differs from its copy with the blocks replaced by their specifications."""
    builder = NetlistBuilder("repaired")
    bits = builder.add_input("inputs", len(circuit.primary)).bits
    given, output = dict(zip(circuit.primary, bits, strict=True)), circuit.netlist.output_literals()
    broken, repaired = Reader(circuit, builder, given).word(output), None
    for block in blocks:
        reader = Reader(circuit, builder, given)
        if 0 < len(block.adders) <= MAX_PATCHES:
            for adder in block.adders:
                given |= _patch((adder.total, adder.carry), _true_adder(Reader(circuit, builder, given), adder))
        elif block.is_output:
            repaired = block.expected(reader, len(broken))[: len(broken)]
            break
        else:
            given |= _patch(block.claimed, block.expected(reader, len(block.claimed)))
    if repaired is None:
        repaired = Reader(circuit, builder, given).word(output)
    differ = [builder.xor(a, b) for a, b in zip(broken, repaired, strict=True)]
    try:
        result = check_false(builder.build(), differ, timeout_s)
    except ToolError:
        return None
    return result.inputs if result.answer == "different" else None


def _patch(claimed: Sequence[int], expected: Sequence[int]) -> dict[int, int]:
    """The nets of claimed literals with what makes the claim true."""
    pairs = zip(claimed, expected, strict=False)
    return {literal >> 1: value ^ (literal & 1) for literal, value in pairs if literal > TRUE}


def _true_adder(reader: Reader, adder: Adder) -> list[int]:
    """Total and carry as they should be."""
    x, y, z = [*reader.word(adder.addends), FALSE][:3]
    half = reader.builder.xor(x, y)
    return [reader.builder.xor(half, z), reader.builder.mux(half, z, x)]
