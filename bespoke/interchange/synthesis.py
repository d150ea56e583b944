"""Scripts with which other tools synthesise the same function for the same cells.

Commands: "Design Compiler User Guide" and "Power Compiler User Guide", Synopsys, Q-2019.12; "Yosys Open SYnthesis
Suite", command reference, and ABC, for versions from 0.23.
"""

from __future__ import annotations

from bespoke.interchange.circuit import Circuit

SOURCE, LIBRARY, CONSTRAINTS = "source.v", "library.lib", "constraints.sdc"

# Libraries of printed cells have no buffer, which the default script and `map` of ABC demand.
_ABC = "+strash;ifraig;dc2;dc2;dch;amap"

# Tcl for Design Compiler; it reads the files of `SOURCE`, `LIBRARY` and `CONSTRAINTS`.
DESIGN_COMPILER = """\
# dc_shell -f synthesis.tcl
# Library Compiler makes the database that Design Compiler reads:
#   lc_shell -x "read_lib {library_file}; write_lib {library} -output library.db; exit"
set_app_var target_library library.db
set_app_var link_library {{* library.db}}
analyze -format verilog {source}
elaborate {module}
current_design {module}
link
read_sdc {constraints}
set_max_area 0
ungroup -all -flatten
compile_ultra
report_area -hierarchy
report_timing -max_paths 1
# Activity, from `bespoke export --format saif` (for the nets that both netlists have):
#   read_saif -input netlist.saif -instance_name {module}
report_power
change_names -rules verilog -hierarchy
write -format verilog -hierarchy -output {module}_dc.v
exit
"""

# Script for Yosys with ABC; it reads the files of `SOURCE` and `LIBRARY`.
YOSYS = """\
# yosys -s synthesis.ys
read_verilog {source}
hierarchy -check -top {module}
synth -flatten -top {module}
abc -liberty {library_file} -script {abc}
opt_clean -purge
stat -liberty {library_file}
write_verilog -noattr {module}_yosys.v
# Area, power and delay of what came out:
#   bespoke estimate {module}_yosys.v --tech {library_file}
"""


def synthesis_script(template: str, circuit: Circuit) -> str:
    """`DESIGN_COMPILER` or `YOSYS` for a circuit."""
    return template.format(
        module=circuit.mapped.name,
        library=circuit.library.name,
        source=SOURCE,
        library_file=LIBRARY,
        constraints=CONSTRAINTS,
        abc=_ABC,
    )
