"""The ports of a circuit in Verilog: identifiers and widths of its input and output words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bespoke.model import Boundary, IntegerModel
from bespoke.netlist import MappedNetlist, Netlist, Port
from bespoke.verilog.identifiers import legal_identifier, unique_identifiers

MODULE = "classifier"


@dataclass(frozen=True, slots=True)
class Word:
    """One port.

    Attributes
    ----------
    identifier : str
        Verilog name, unique within the boundary.
    name : str
        Raw name: of the feature, or ``prediction`` or ``value``.
    width : int
        Bits that carry information, from 0. A word of 0 bits is still a port of one bit: an input that is
        not read, or an output that is constantly 0.
    signed : bool
        Whether the word is two's complement.
    """

    identifier: str
    name: str
    width: int
    signed: bool = False

    @property
    def port_width(self) -> int:
        """Bits of the Verilog port."""
        return max(1, self.width)


@dataclass(frozen=True, slots=True)
class Ports:
    """Input and output words in port order."""

    inputs: tuple[Word, ...]
    outputs: tuple[Word, ...]

    @property
    def words(self) -> tuple[Word, ...]:
        """All words, inputs first."""
        return self.inputs + self.outputs

    @property
    def identifiers(self) -> frozenset[str]:
        """Names that nothing else within the module may have."""
        return frozenset(word.identifier for word in self.words)


def netlist_ports(netlist: Netlist | MappedNetlist, *, module: str = MODULE) -> Ports:
    """Ports of a netlist; outputs choose their identifiers before inputs, so theirs are the plain ones."""
    return _ports(netlist.inputs, netlist.outputs, module)


def model_ports(model: IntegerModel, boundary: Boundary | None = None, *, module: str = MODULE) -> Ports:
    """Ports of a model: those of a boundary, and ``prediction`` (class index) or ``value``.

    Without a boundary there is one word per feature. They equal those of the model's lowered netlist.
    """
    codes = boundary or Boundary.binary(model.coding)
    inputs = [Port(name, (0,) * bits) for name, bits in codes.ports()]
    interval = model.output_interval()
    name, least = ("prediction", 1) if model.decision.is_classifier else ("value", 0)
    output = Port(name, (0,) * max(least, interval.width), interval.signed)
    return _ports(inputs, [output], module)


def module_identifier(module: str) -> str:
    """Legal name of the top module."""
    return legal_identifier(module, empty=MODULE)


def _ports(inputs: Sequence[Port], outputs: Sequence[Port], module: str) -> Ports:
    top = module_identifier(module)
    output_words = _words(outputs, [top], "output_word")
    return Ports(_words(inputs, [top, *(word.identifier for word in output_words)], "feature"), output_words)


def _words(ports: Sequence[Port], taken: Sequence[str], empty: str) -> tuple[Word, ...]:
    identifiers = unique_identifiers([port.name for port in ports], taken=taken, empty=empty)
    return tuple(
        Word(identifier, port.name, port.width, port.signed)
        for port, identifier in zip(ports, identifiers, strict=True)
    )
