"""Lowered netlist = mapped netlist, by SAT sweeping."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from itertools import chain, islice

from bespoke.cells.library import CellLibrary
from bespoke.model import Boundary, IntArray, IntegerModel
from bespoke.netlist import MappedNetlist, Netlist, NetlistBuilder, Port
from bespoke.proof.block import Block, Logic
from bespoke.proof.circuit import Circuit
from bespoke.proof.decision import near_borders
from bespoke.proof.expand import expand
from bespoke.proof.ledger import Ledger
from bespoke.proof.refute import suspect_words
from bespoke.proof.vectors import Comparison, output_words, stimuli
from bespoke.proof.verdict import Step
from bespoke.proof.word import Word, input_words

STEP = "mapping"


def prove_mapped(
    netlist: Netlist,
    mapped: MappedNetlist,
    library: CellLibrary,
    *,
    model: IntegerModel | None = None,
    boundary: Boundary | None = None,
    timeout_s: float = 120.0,
) -> Step:
    """Second link of the chain: lowered netlist = mapped netlist; see `bespoke.proof.prove`.

    In a counterexample ``expected`` is the output word of the lowered netlist. Where SAT comes to no end and the
    model is given, inputs near the borders of its decision are tried too, as they come through the boundary.
    """
    started = time.perf_counter()
    step = Step(STEP, "refuted", "the ports differ")
    if [_shapes(netlist.inputs), _shapes(netlist.outputs)] == [_shapes(mapped.inputs), _shapes(mapped.outputs)]:
        step = _compare(Circuit(netlist), mapped, library, partial(_borders, model, boundary), timeout_s)
    counts = {"gates": netlist.gate_count, "cells": len(mapped.instances)}
    return replace(step, counts=counts, seconds=time.perf_counter() - started)


def _shapes(ports: Sequence[Port]) -> list[tuple[str, int, bool]]:
    return [(port.name, port.width, port.signed) for port in ports]


def _borders(model: IntegerModel | None, boundary: Boundary | None) -> Iterator[IntArray]:
    """What is on the ports near the borders of the model's decision."""
    for words in near_borders(model) if model else ():
        yield boundary.encode(words) if boundary else words


def _compare(
    circuit: Circuit,
    mapped: MappedNetlist,
    library: CellLibrary,
    borders: Callable[[], Iterator[IntArray]],
    timeout_s: float,
) -> Step:
    def logic(builder: NetlistBuilder, words: Sequence[Word]) -> list[int]:
        return expand(builder, mapped, library, [bit for word in words for bit in word.literals])

    ledger, ports = Ledger(circuit), circuit.netlist.inputs
    copy = Circuit(_generic(mapped, logic))
    compared = Comparison(ports, partial(output_words, circuit), partial(output_words, copy))
    found = compared.difference([stimuli(ports)])
    if found is None:
        ledger.claim(Block(STEP, "the netlist", circuit.netlist.output_literals(), input_words(ports), logic))
        ledger.close_pending(timeout_s)
    step = ledger.entries[STEP].step(STEP)
    if step.status == "not finished":
        found = compared.difference(chain(suspect_words(ledger), borders()))
    names = " or ".join(port.name for port in circuit.netlist.outputs)
    return Step(STEP, "refuted", f"output {names} differs", counterexample=found) if found else step


def _generic(mapped: MappedNetlist, logic: Logic) -> Netlist:
    """The same circuit of generic gates."""
    builder = NetlistBuilder(mapped.name)
    bits = iter(logic(builder, input_words([builder.add_input(port.name, port.width) for port in mapped.inputs])))
    for port in mapped.outputs:
        builder.add_output(port.name, list(islice(bits, port.width)), signed=port.signed)
    return builder.build()
