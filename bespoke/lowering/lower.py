"""IntegerModel to netlist: dispatch, ports and the result type."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from bespoke.arith import Word
from bespoke.errors import UnsupportedModelError
from bespoke.lowering.sums import lower_sums
from bespoke.lowering.tree import lower_tree
from bespoke.model import IntegerMLP, IntegerModel, IntegerSVM, IntegerTree
from bespoke.netlist import Certificate, Netlist, NetlistBuilder, SimpleGates
from bespoke.numeric import Interval


class Lowered(NamedTuple):
    """A netlist with the function of the model.

    Attributes
    ----------
    netlist : Netlist
    certificate : Certificate
        Hints for the proof.
    gates : SimpleGates or None
        The gates that a tree's netlist was built from: a mapping to cells.
    """

    netlist: Netlist
    certificate: Certificate
    gates: SimpleGates | None = None


_Lowering = Callable[..., tuple[Word, Certificate, SimpleGates | None]]
_LOWERINGS: dict[type, _Lowering] = {
    IntegerMLP: lambda builder, model, inputs, _: (*lower_sums(builder, model, inputs), None),
    IntegerSVM: lambda builder, model, inputs, _: (*lower_sums(builder, model, inputs), None),
    IntegerTree: lambda builder, model, inputs, thorough: lower_tree(builder, model, inputs, thorough=thorough),
}


def lower(model: IntegerModel, *, thorough: bool = False) -> Lowered:
    """Build the exact netlist of a model.

    The netlist has one input port per feature, with the feature's name and its bits, and one output port:
    ``prediction``, the class index in ``ceil(log2 K)`` bits (at least one), or ``value``, the fixed-point value.

    Parameters
    ----------
    model : IntegerModel
    thorough : bool
        Whether to search longer, up to some twenty seconds, for a smaller form of a tree.

    Raises
    ------
    UnsupportedModelError
        If the model is not an IntegerModel.
    """
    lowering = _LOWERINGS.get(type(model))
    if lowering is None:
        allowed = ", ".join(kind.__name__ for kind in _LOWERINGS)
        raise UnsupportedModelError("cannot be lowered", got=type(model).__name__, allowed=allowed)
    builder = NetlistBuilder("classifier" if model.decision.is_classifier else "regressor")
    coding = model.coding
    ports = [builder.add_input(name, bits) for name, bits in zip(coding.names, coding.bits, strict=True)]
    inputs = tuple(Word(port.bits, Interval.unsigned(port.width)) for port in ports)
    output, certificate, gates = lowering(builder, model, inputs, thorough)
    if model.decision.is_classifier:
        width = max(1, (len(model.decision.classes) - 1).bit_length())
        builder.add_output("prediction", output.extended(width))
    else:
        builder.add_output("value", output.bits or (0,), signed=output.interval.signed)
    return Lowered(builder.build(), certificate, gates)
