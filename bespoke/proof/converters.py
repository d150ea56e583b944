"""Ideal converters in front of a netlist, so that its inputs are free integers of the features."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from bespoke.model import BinaryCode, Boundary, InputCode, IntegerModel, ThermometerCode
from bespoke.netlist import Certificate, Netlist, NetlistBuilder, Port, copy_gates
from bespoke.proof.word import Word, greater_than, input_words

_NOWHERE = -1  # what stands for a literal that the netlist does not have


def with_converters(
    netlist: Netlist, certificate: Certificate, model: IntegerModel, boundary: Boundary
) -> tuple[Netlist, Certificate]:
    """The netlist behind converters, with a binary input port per feature, and the hints about it.

    A netlist whose inputs are these ports already is returned as it is.

    Parameters
    ----------
    netlist : Netlist
        With the ports of the boundary.
    certificate : Certificate
    model : IntegerModel
        Has the bits of the features.
    boundary : Boundary
    """
    if boundary == Boundary.binary(model.coding):
        return netlist, certificate
    builder = NetlistBuilder(netlist.name)
    wires = [0, *converted(builder, input_words(add_features(builder, model)), boundary)]
    literals = dict(enumerate(literal for wire in wires for literal in (wire, wire ^ 1)))
    copy_gates(builder, netlist.gates(), literals)
    for port in netlist.outputs:
        builder.add_output(port.name, [literals[bit] for bit in port.bits], signed=port.signed)
    return builder.build(), certificate.copied(lambda literal: literals.get(literal, _NOWHERE))


def add_features(builder: NetlistBuilder, model: IntegerModel) -> list[Port]:
    """Declare a port with a binary word for each feature."""
    coding = model.coding
    return [builder.add_input(name, bits) for name, bits in zip(coding.names, coding.bits, strict=True)]


def converted(builder: NetlistBuilder, words: Sequence[Word], boundary: Boundary) -> list[int]:
    """Literals of the bits of all ports of a boundary, for words of the features."""
    pairs = zip(boundary.codes, words, strict=True)
    return [literal for code, word in pairs for literal in CONVERTERS[type(code)](builder, code, word)]


def _thermometer(builder: NetlistBuilder, code: ThermometerCode, word: Word) -> Sequence[int]:
    return [greater_than(builder, word, level - 1) for level in code.levels]


# From a builder, a code and the word of the feature to the literals of the ports' bits.
CONVERTERS: dict[type[InputCode], Callable[[NetlistBuilder, Any, Word], Sequence[int]]] = {
    BinaryCode: lambda _builder, _code, word: word.literals,
    ThermometerCode: _thermometer,
}
