"""Lowered netlist = mapped netlist, by SAT sweeping."""

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
from bespoke.proof.block import Block, Logic
from bespoke.proof.circuit import Circuit
from bespoke.proof.converters import converted, with_converters
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
    model is given, inputs near the borders of its decision are tried too. With a model and a boundary, both netlists
    are compared behind ideal converters.
    """
    started = time.perf_counter()
    step = Step(STEP, "refuted", "the ports differ")
    if [_shapes(netlist.inputs), _shapes(netlist.outputs)] == [_shapes(mapped.inputs), _shapes(mapped.outputs)]:
        pair = _pair(netlist, mapped, library, model, boundary)
        borders: Callable[[], Iterator[IntArray]] = partial(near_borders, model) if model else partial(iter, ())
        step = _compare(pair, borders, timeout_s)
    counts = {"gates": netlist.gate_count, "cells": len(mapped.instances)}
    return replace(step, counts=counts, seconds=time.perf_counter() - started)


def _shapes(ports: Sequence[Port]) -> list[tuple[str, int, bool]]:
    return [(port.name, port.width, port.signed) for port in ports]


class _Pair(NamedTuple):
    """A circuit, and logic over its inputs that should be the same."""

    circuit: Circuit
    logic: Logic


def _pair(
    netlist: Netlist, mapped: MappedNetlist, library: CellLibrary, model: IntegerModel | None, boundary: Boundary | None
) -> _Pair:
    is_coded = model is not None and boundary is not None and boundary != Boundary.binary(model.coding)
    if model is None or boundary is None or not is_coded:

        def plain(builder: NetlistBuilder, words: Sequence[Word]) -> list[int]:
            return expand(builder, mapped, library, [bit for word in words for bit in word.literals])

        return _Pair(Circuit(netlist), plain)
    codes = boundary

    def behind(builder: NetlistBuilder, words: Sequence[Word]) -> list[int]:
        return expand(builder, mapped, library, converted(builder, words, codes))

    return _Pair(Circuit(with_converters(netlist, Certificate(), model, codes)[0]), behind)


def _compare(pair: _Pair, borders: Callable[[], Iterator[IntArray]], timeout_s: float) -> Step:
    circuit, logic = pair
    ledger, ports = Ledger(circuit), circuit.netlist.inputs
    copy = Circuit(_generic(circuit.netlist, logic))
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


def _generic(netlist: Netlist, logic: Logic) -> Netlist:
    """Logic as a netlist with the ports of another one."""
    builder = NetlistBuilder(netlist.name)
    bits = iter(logic(builder, input_words([builder.add_input(port.name, port.width) for port in netlist.inputs])))
    for port in netlist.outputs:
        builder.add_output(port.name, list(islice(bits, port.width)), signed=port.signed)
    return builder.build()
