"""Choice between forms of one function by what they cost."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from bespoke.cells import GateCosts
from bespoke.netlist import Netlist, NetlistBuilder

Form = Callable[[NetlistBuilder, tuple[int, ...]], Sequence[int]]


def gate_cost(netlist: Netlist, costs: GateCosts) -> float:
    """Approximate cost of the live gates, in NAND2 cells."""
    live, by_kind = netlist.live_nets(), costs.generic
    return sum(by_kind[kind] for net, kind, _, _ in netlist.gates() if net in live)


def cheapest(
    builder: NetlistBuilder, inputs: Sequence[int], forms: Sequence[Form], costs: GateCosts
) -> tuple[int, ...]:
    """Literals of the cheapest of several forms of one function of ``inputs``; the first of equals."""
    best = min(forms, key=lambda form: _form_cost(form, len(inputs), costs)) if len(forms) > 1 else forms[0]
    return tuple(best(builder, tuple(inputs)))


def _form_cost(form: Form, input_count: int, costs: GateCosts) -> float:
    """Cost of a form on free inputs."""
    builder = NetlistBuilder("form")
    inputs = builder.add_input("x", input_count).bits
    builder.add_output("y", form(builder, inputs))
    return gate_cost(builder.build(), costs)
