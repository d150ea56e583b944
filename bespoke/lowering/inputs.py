"""Ports of a netlist as the words that the first stage reads."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any

from bespoke.arith import LevelWord, Word
from bespoke.lowering.draft import Draft
from bespoke.model import BinaryCode, Boundary, InputCode, IntegerModel, ThermometerCode
from bespoke.netlist import NetlistBuilder
from bespoke.numeric import Interval

AnyWord = Word | LevelWord
Inputs = tuple[AnyWord, ...]


def add_inputs(builder: NetlistBuilder, model: IntegerModel, boundary: Boundary) -> Inputs:
    """Declare the ports of a boundary; words of the features on them."""
    names, intervals = boundary.names, model.coding.intervals()
    found = []
    for name, code, interval in zip(names, boundary.codes, intervals, strict=True):
        bits = [bit for port, width in code.ports(name) for bit in builder.add_input(port, width).bits]
        found.append(CODE_WORDS[type(code)](code, tuple(bits), interval))
    return tuple(found)


def binary_words(draft: Draft, inputs: Inputs, chosen: Collection[int] | None = None) -> dict[int, Word]:
    """Binary words by number of a stage's inputs, or of those that are chosen.

    Those that are made of thermometer codes are noted for the proof.
    """
    read = range(len(inputs)) if chosen is None else sorted(chosen)
    words = {number: inputs[number].binary(draft.builder) for number in read}
    decoded = {("input", 0, number): word.bits for number, word in words.items() if word is not inputs[number]}
    draft.certificate.words.update(decoded)
    return words


# From a code, the literals of its ports and the range of the feature to a word.
CODE_WORDS: dict[type[InputCode], Callable[[Any, tuple[int, ...], Interval], AnyWord]] = {
    BinaryCode: lambda _, bits, interval: Word(bits, interval),
    ThermometerCode: lambda code, bits, interval: LevelWord(code.levels, bits, interval),
}
