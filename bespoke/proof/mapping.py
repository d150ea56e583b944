"""Lowered netlist = mapped netlist: nets that are equal by truth tables over small cuts, the rest by SAT sweeping."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from itertools import chain, islice
from typing import NamedTuple

from bespoke.cells.library import CellLibrary
from bespoke.model import Boundary, IntArray, IntegerModel
from bespoke.netlist import Certificate, MappedNetlist, Netlist, NetlistBuilder, Port
from bespoke.proof.block import Block
from bespoke.proof.circuit import Circuit, Reader
from bespoke.proof.converters import converted, with_converters
from bespoke.proof.decision import near_borders
from bespoke.proof.equal_nets import JoinedNetlist
from bespoke.proof.expand import expand
from bespoke.proof.ledger import Entry, Ledger
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
    """Second link of the chain: lowered netlist = mapped netlist, by the truth tables of its cells.

    In a counterexample ``expected`` is the output word of the lowered netlist. Where SAT comes to no end and the
    model is given, inputs near the borders of its decision are tried too. With a model and a boundary, both netlists
    are compared behind ideal converters. ``timeout_s`` is for what takes SAT.
    """
    started, merged = time.perf_counter(), 0
    step = Step(STEP, "refuted", "the ports differ")
    if [_shapes(netlist.inputs), _shapes(netlist.outputs)] == [_shapes(mapped.inputs), _shapes(mapped.outputs)]:
        pair = _pair(netlist, mapped, library, model, boundary)
        borders: Callable[[], Iterator[IntArray]] = partial(near_borders, model) if model else partial(iter, ())
        step, merged = _compare(pair, borders, timeout_s)
    counts = {"gates": netlist.gate_count, "cells": len(mapped.instances), "equal nets": merged}
    return replace(step, counts=counts, seconds=time.perf_counter() - started)


def _shapes(ports: Sequence[Port]) -> list[tuple[str, int, bool]]:
    return [(port.name, port.width, port.signed) for port in ports]


Settled = Callable[[int], int]


class _Pair(NamedTuple):
    """A circuit, and cells over its inputs that should be the same.

    ``grow`` takes a builder, words over the inputs, and what finds an equal literal for that of a cell's output.
    """

    circuit: Circuit
    grow: Callable[[NetlistBuilder, Sequence[Word], Settled], list[int]]


def _pair(
    netlist: Netlist, mapped: MappedNetlist, library: CellLibrary, model: IntegerModel | None, boundary: Boundary | None
) -> _Pair:
    is_coded = model is not None and boundary is not None and boundary != Boundary.binary(model.coding)
    if model is None or boundary is None or not is_coded:

        def plain(builder: NetlistBuilder, words: Sequence[Word], settled: Settled) -> list[int]:
            return expand(builder, mapped, library, [bit for word in words for bit in word.literals], settled)

        return _Pair(Circuit(netlist), plain)
    codes = boundary

    def behind(builder: NetlistBuilder, words: Sequence[Word], settled: Settled) -> list[int]:
        return expand(builder, mapped, library, converted(builder, words, codes), settled)

    return _Pair(Circuit(with_converters(netlist, Certificate(), model, codes)[0]), behind)


def _compare(pair: _Pair, borders: Callable[[], Iterator[IntArray]], timeout_s: float) -> tuple[Step, int]:
    """The step, and how many nets are equal to one of the lowered netlist."""
    circuit = pair.circuit
    compared = Comparison(circuit.netlist.inputs, partial(output_words, circuit), partial(output_words, _cells(pair)))
    found, merged = compared.difference([stimuli(circuit.netlist.inputs)]), 0
    ledger = Ledger(circuit)
    if found is None:
        ledger, merged = _close(pair, timeout_s)
    step = ledger.entries[STEP].step(STEP)
    if step.status == "not finished":
        found = compared.difference(chain(suspect_words(ledger), borders()))
    names = " or ".join(port.name for port in circuit.netlist.outputs)
    return Step(STEP, "refuted", f"output {names} differs", counterexample=found) if found else step, merged


def _close(pair: _Pair, timeout_s: float) -> tuple[Ledger, int]:
    """What is proven, and how many nets are equal to one of the lowered netlist."""
    circuit = pair.circuit
    joined = JoinedNetlist(circuit.netlist)
    theirs = pair.grow(joined, input_words(circuit.netlist.inputs), joined.settled)
    ours = map(joined.of, circuit.netlist.output_literals())
    pairs = [(one, other) for one, other in zip(ours, theirs, strict=True) if one != other]
    ledger = Ledger(Circuit(joined.build()))
    ledger.entries[STEP] = Entry()
    if pairs:
        ledger.claim(_open_block(ledger.circuit, circuit.netlist.inputs, pairs))
        ledger.close_pending(timeout_s)
    return ledger, joined.merged


def _open_block(joined: Circuit, ports: Sequence[Port], pairs: Sequence[tuple[int, int]]) -> Block:
    """The claim that both literals of each pair are equal."""

    def logic(builder: NetlistBuilder, words: Sequence[Word]) -> list[int]:
        bits = [bit for word in words for bit in word.literals]
        return Reader(joined, builder, dict(zip(joined.primary, bits, strict=True))).word([pair[1] for pair in pairs])

    return Block(STEP, "the netlist", tuple(pair[0] for pair in pairs), input_words(ports), logic)


def _cells(pair: _Pair) -> Circuit:
    """The cells as a circuit of their own, with the ports of the lowered netlist; no net is merged with its nets."""
    ports, builder = pair.circuit.netlist, NetlistBuilder(pair.circuit.netlist.name)
    words = input_words([builder.add_input(port.name, port.width) for port in ports.inputs])
    bits = iter(pair.grow(builder, words, lambda literal: literal))
    for port in ports.outputs:
        builder.add_output(port.name, list(islice(bits, port.width)), signed=port.signed)
    return Circuit(builder.build())
