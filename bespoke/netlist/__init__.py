"""Circuits as data: the generic netlist, the mapped netlist, and what is known about them."""

from bespoke.netlist.activity import Activity
from bespoke.netlist.aiger import from_aiger, to_aiger
from bespoke.netlist.builder import NetlistBuilder
from bespoke.netlist.certificate import Adder, Certificate, Contest, PartHint, SumHint
from bespoke.netlist.cone import live_nets
from bespoke.netlist.mapped import Instance, MappedNetlist
from bespoke.netlist.netlist import FALSE, TRUE, GateKind, Netlist, Port, literal_text

__all__ = [
    "FALSE",
    "TRUE",
    "Activity",
    "Adder",
    "Certificate",
    "Contest",
    "GateKind",
    "Instance",
    "MappedNetlist",
    "Netlist",
    "NetlistBuilder",
    "PartHint",
    "Port",
    "SumHint",
    "from_aiger",
    "literal_text",
    "live_nets",
    "to_aiger",
]
