"""Choice between forms of one function by what they cost."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from bespoke.netlist import GateKind, Netlist, NetlistBuilder, live_nets

# In NAND2 cells: an XOR that shares its inner gate with an AND takes three more; so a full adder costs nine.
GATE_COSTS = {int(GateKind.AND): 1.0, int(GateKind.XOR): 3.0}

Form = Callable[[NetlistBuilder, tuple[int, ...]], Sequence[int]]


def gate_cost(netlist: Netlist) -> float:
    """Approximate cost of the live gates, in NAND2 cells."""
    live = live_nets(netlist)
    return sum(GATE_COSTS[kind] for net, kind, _, _ in netlist.gates() if net in live)


def form_cost(form: Form, input_count: int) -> float:
    """Cost of a form on free inputs."""
    builder = NetlistBuilder("form")
    inputs = builder.add_input("x", input_count).bits
    builder.add_output("y", form(builder, inputs))
    return gate_cost(builder.build())


def cheapest(builder: NetlistBuilder, inputs: Sequence[int], forms: Sequence[Form]) -> tuple[int, ...]:
    """Literals of the cheapest of several forms of one function of ``inputs``; the first of equals."""
    best = min(forms, key=lambda form: form_cost(form, len(inputs))) if len(forms) > 1 else forms[0]
    return tuple(best(builder, tuple(inputs)))
