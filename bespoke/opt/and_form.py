"""The form of a netlist with the fewest two-input AND gates that local rules find."""

from __future__ import annotations

from bespoke.netlist import Netlist, and_graph
from bespoke.opt.optimise import optimise
from bespoke.opt.recover_xor import recover_xor


def fewest_ands(netlist: Netlist) -> Netlist:
    """The netlist, or a form of the same function whose and-inverter graph has fewer gates.

    Cells are written out gate by gate, such as an XOR of four NAND gates, which three AND gates can be.
    """
    forms = (netlist, optimise(netlist), optimise(recover_xor(netlist)))
    return min(forms, key=lambda form: len(and_graph(form, form.output_literals()).ands))
