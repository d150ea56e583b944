"""Circuits as data: the generic netlist, the mapped netlist, and what is known about them."""

from bespoke.netlist.activity import Activity
from bespoke.netlist.aiger import AndGraph, and_graph, from_aiger, to_aiger, to_ascii_aiger
from bespoke.netlist.builder import NetlistBuilder
from bespoke.netlist.certificate import Adder, Certificate, Contest, PartHint, SumHint, TermHint
from bespoke.netlist.cone import live_nets
from bespoke.netlist.graph import to_networkx
from bespoke.netlist.mapped import Instance, MappedNetlist
from bespoke.netlist.netlist import FALSE, TRUE, GateKind, Netlist, Port, literal_text
from bespoke.netlist.simple_gates import SIMPLE_COSTS, SimpleGates, SimpleKind

__all__ = [
    "FALSE",
    "SIMPLE_COSTS",
    "TRUE",
    "Activity",
    "Adder",
    "AndGraph",
    "Certificate",
    "Contest",
    "GateKind",
    "Instance",
    "MappedNetlist",
    "Netlist",
    "NetlistBuilder",
    "PartHint",
    "Port",
    "SimpleGates",
    "SimpleKind",
    "SumHint",
    "TermHint",
    "and_graph",
    "from_aiger",
    "literal_text",
    "live_nets",
    "to_aiger",
    "to_ascii_aiger",
    "to_networkx",
]
