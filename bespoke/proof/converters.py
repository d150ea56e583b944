"""Ideal converters in front of a netlist, so that its inputs are free integers of the features."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from bespoke.model import BinaryCode, Boundary, InputCode, IntegerModel, ThermometerCode
from bespoke.netlist import Certificate, Netlist, NetlistBuilder, copy_gates
from bespoke.numeric import Interval
from bespoke.proof.word import Word, greater_than

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
    coding = model.coding
    ports = [builder.add_input(name, bits) for name, bits in zip(coding.names, coding.bits, strict=True)]
    wires = [0]
    for port, code in zip(ports, boundary.codes, strict=True):
        word = Word(port.bits, Interval.unsigned(port.width), signed=False)
        wires += CONVERTERS[type(code)](builder, code, word)
    literals = dict(enumerate(literal for wire in wires for literal in (wire, wire ^ 1)))
    copy_gates(builder, netlist.gates(), literals)
    for port in netlist.outputs:
        builder.add_output(port.name, [literals[bit] for bit in port.bits], signed=port.signed)
    return builder.build(), certificate.copied(lambda literal: literals.get(literal, _NOWHERE))


def _thermometer(builder: NetlistBuilder, code: ThermometerCode, word: Word) -> Sequence[int]:
    return [greater_than(builder, word, level - 1) for level in code.levels]


# From a builder, a code and the word of the feature to the literals of the ports' bits.
CONVERTERS: dict[type[InputCode], Callable[[NetlistBuilder, Any, Word], Sequence[int]]] = {
    BinaryCode: lambda _builder, _code, word: word.literals,
    ThermometerCode: _thermometer,
}
