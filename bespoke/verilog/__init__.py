"""Verilog text: writers, testbench, simulation with Icarus Verilog, reader."""

from bespoke.verilog.connectivity import NamedNetlist
from bespoke.verilog.icarus import Budget, run_icarus
from bespoke.verilog.plain import plain_text
from bespoke.verilog.ports import MODULE, Ports, Word, model_ports, netlist_ports
from bespoke.verilog.reader import read_named_netlist, read_netlist
from bespoke.verilog.rtl import write_rtl
from bespoke.verilog.rtl_decision import DECISION_RTL
from bespoke.verilog.rtl_shortcut import STAGE_RTL
from bespoke.verilog.source import module_names
from bespoke.verilog.testbench import VECTORS_FILE, write_testbench, write_vectors
from bespoke.verilog.writer import instance_names, net_names, write_cells, write_netlist
