"""IntegerModel to netlist: ports and the result type."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from bespoke.cells import GateCosts
from bespoke.collector import uncollected
from bespoke.errors import UnsupportedModelError
from bespoke.lowering.decisions import DECISION_LOWERINGS
from bespoke.lowering.draft import Draft
from bespoke.lowering.inputs import add_inputs
from bespoke.lowering.shortcut import STAGE_LOWERINGS, output_word
from bespoke.model import Boundary, IntegerModel
from bespoke.netlist import Certificate, Netlist, NetlistBuilder, SimpleGates
from bespoke.opt import Care, LoweringEffort


class Lowered(NamedTuple):
    """A netlist with the function of the model.

    Attributes
    ----------
    netlist : Netlist
    certificate : Certificate
        Hints for the proof.
    boundary : Boundary
        What its ports carry.
    gates : SimpleGates or None
        The gates that the netlist of a single tree was built from: a mapping to cells.
    care : Care or None
        On which values of the inputs such gates have to be right.
    cut : tuple of int
        Literals of different nets that the circuit must have as nets, where the outputs are a function of them: cells
        behind them stay on while the supply of others is off.
    """

    netlist: Netlist
    certificate: Certificate
    boundary: Boundary
    gates: SimpleGates | None = None
    care: Care | None = None
    cut: tuple[int, ...] = ()


@uncollected()
def lower(
    model: IntegerModel, costs: GateCosts, boundary: Boundary | None = None, *, effort: LoweringEffort = "greedy"
) -> Lowered:
    """Build the exact netlist of a model.

    The netlist has the input ports of the boundary and one output port:
    ``prediction``, the class index in ``ceil(log2 K)`` bits (at least one), or ``value``, the fixed-point value.

    Parameters
    ----------
    model : IntegerModel
    costs : GateCosts
        By which forms of one function are chosen.
    boundary : Boundary, optional
        How the features come to the circuit; by default, as a binary word each. The netlist is right on all codes that
        some input gives.
    effort : {"greedy", "fast", "high"}
        How long to search for a smaller form. Of sums: not at all, some half a second or some four seconds a matrix;
        of trees and tables: up to twenty seconds with "high", else less.

    Raises
    ------
    UnsupportedModelError
        If a stage or the decision has no lowering.
    """
    decision, chosen = model.decision, boundary or Boundary.binary(model.coding)
    for part in model.stages:
        _check(part, STAGE_LOWERINGS)
    _check(decision, DECISION_LOWERINGS)
    builder = NetlistBuilder("classifier" if decision.is_classifier else "regressor")
    words = add_inputs(builder, model, chosen)
    draft = Draft(builder, costs, effort, tuple(bit for port in builder.inputs for bit in port.bits))
    output = output_word(draft, enumerate(model.stages), decision, words)
    if decision.is_classifier:
        width = max(1, (len(decision.classes) - 1).bit_length())
        builder.add_output("prediction", output.extended(width))
    else:
        builder.add_output("value", output.bits or (0,), signed=output.interval.signed)
    gates = draft.gates if draft.gate_outputs == output.bits else None
    return Lowered(builder.build(), draft.certificate, chosen, gates, draft.care if gates else None, draft.cut)


def _check(part: object, table: Mapping[Any, object]) -> None:
    if type(part) not in table:
        allowed = ", ".join(kind.__name__ for kind in table)
        raise UnsupportedModelError("cannot be lowered", got=type(part).__name__, allowed=allowed)
