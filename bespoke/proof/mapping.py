"""Lowered netlist = mapped netlist, by SAT sweeping."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import NamedTuple

from bespoke.cells.library import CellLibrary
from bespoke.errors import ToolError, ToolMissingError
from bespoke.model import IntegerModel
from bespoke.netlist import FALSE, MappedNetlist, Netlist, NetlistBuilder, Port
from bespoke.proof.boundary import boundary_words
from bespoke.proof.cec import check_equal
from bespoke.proof.circuit import Circuit, Reader
from bespoke.proof.decision import DECISION_PROOFS
from bespoke.proof.expand import expand
from bespoke.proof.refute import pick_difference
from bespoke.proof.vectors import IntArray, output_words, stimuli, word_row
from bespoke.proof.verdict import Counterexample, Status, Step


class _Outcome(NamedTuple):
    status: Status
    detail: str = ""
    counterexample: Counterexample | None = None


class _Pair(NamedTuple):
    """Both circuits over the same inputs, the literals of their output bits in port order, and where these differ."""

    circuit: Circuit
    outputs: tuple[Port, ...]
    lowered: list[int]
    mapped: list[int]
    differ: list[int]


def prove_mapped(
    netlist: Netlist,
    mapped: MappedNetlist,
    library: CellLibrary,
    *,
    model: IntegerModel | None = None,
    timeout_s: float = 120.0,
) -> Step:
    """Second link of the chain: lowered netlist = mapped netlist; see `bespoke.proof.prove`.

    In a counterexample ``expected`` is the output word of the lowered netlist. Where SAT comes to no end and the
    model is given, inputs near the borders of its decision are tried too.
    """
    started = time.perf_counter()
    outcome = _compare(netlist, mapped, library, timeout_s)
    if outcome.status == "not finished" and model is not None:
        pair = _joined(netlist, mapped, library)
        found = (_difference(pair, words) for words in _border_words(model))
        outcome = next((refuted for refuted in found if refuted), outcome)
    counts = {"gates": netlist.gate_count, "cells": len(mapped.instances)}
    seconds = time.perf_counter() - started
    return Step("mapping", outcome.status, outcome.detail, counts, seconds, outcome.counterexample)


def _border_words(model: IntegerModel) -> Iterator[IntArray]:
    """Inputs near the borders of the model's decision, those that take longest last."""
    proof = DECISION_PROOFS[type(model.decision)]
    yield boundary_words(model, proof.gap)
    if proof.search is not None:
        yield proof.search(model, model.decision)


def _compare(netlist: Netlist, mapped: MappedNetlist, library: CellLibrary, timeout_s: float) -> _Outcome:
    for ours, theirs in ((netlist.inputs, mapped.inputs), (netlist.outputs, mapped.outputs)):
        if [_shape(port) for port in ours] != [_shape(port) for port in theirs]:
            return _Outcome("refuted", "the ports differ")
    pair = _joined(netlist, mapped, library)
    return _difference(pair, stimuli(netlist.inputs)) or _by_sat(pair, timeout_s)


def _joined(netlist: Netlist, mapped: MappedNetlist, library: CellLibrary) -> _Pair:
    builder = NetlistBuilder("pair")
    bits = tuple(bit for port in netlist.inputs for bit in builder.add_input(port.name, port.width).bits)
    circuit = Circuit(netlist)
    reader = Reader(circuit, builder, dict(zip(circuit.primary, bits, strict=True)))
    lowered = reader.word(netlist.output_literals())
    expanded = expand(builder, mapped, library, bits)
    differ = [builder.xor(a, b) for a, b in zip(lowered, expanded, strict=True)]
    return _Pair(Circuit(builder.build()), netlist.outputs, lowered, expanded, differ)


def _by_sat(pair: _Pair, timeout_s: float) -> _Outcome:
    netlist = pair.circuit.netlist
    try:
        result = check_equal(netlist, pair.lowered, pair.mapped, timeout_s)
        if result.answer == "different":
            result = check_equal(netlist, pair.differ, [FALSE] * len(pair.differ), timeout_s)
    except ToolMissingError as error:
        return _Outcome("not run", str(error))
    except ToolError as error:
        return _Outcome("not finished", str(error))
    if result.answer == "different":
        words = word_row(netlist.inputs, result.inputs)
        return _difference(pair, words) or _Outcome("not finished", "the solver's counterexample was not confirmed")
    return _Outcome("proven") if result.answer == "equal" else _Outcome("not finished", "time limit reached")


def _difference(pair: _Pair, words: IntArray) -> _Outcome | None:
    """Refutation by the first of the input words on which an output port differs."""
    first = 0
    for port in pair.outputs:
        here = slice(first, first + port.width)
        first += port.width
        expected = output_words(pair.circuit, pair.lowered[here], words, signed=port.signed)
        actual = output_words(pair.circuit, pair.mapped[here], words, signed=port.signed)
        found = pick_difference(pair.circuit.netlist.inputs, words, expected, actual)
        if found:
            return _Outcome("refuted", f"output {port.name} differs", found)
    return None


def _shape(port: Port) -> tuple[str, int, bool]:
    return port.name, port.width, port.signed
