"""Circuits as data: the generic netlist, the mapped netlist, and what is known about them."""

from bespoke.netlist.activity import Activity, joint_states
from bespoke.netlist.aiger import AndGraph, and_graph, from_aiger, to_aiger
from bespoke.netlist.builder import AndBuilder, NetlistBuilder
from bespoke.netlist.certificate import Adder, Certificate, Contest, Key, PartHint, SumHint, TermHint
from bespoke.netlist.edit import WIRE, Edit, netlist_digest
from bespoke.netlist.edited import GONE, EditedNetwork, apply_edits, edited_network
from bespoke.netlist.graph import to_networkx
from bespoke.netlist.mapped import Instance, MappedNetlist
from bespoke.netlist.netlist import AND, FALSE, TRUE, XOR, GateKind, Netlist, Port, gate_value, literal_text
from bespoke.netlist.rebuild import Gate, OutputRule, Rule, copy_gates, keep_gate, keep_output, rebuild
from bespoke.netlist.simple_gates import SimpleGates, SimpleKind
from bespoke.netlist.text import netlist_from_json, netlist_to_json
