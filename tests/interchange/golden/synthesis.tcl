# dc_shell -f synthesis.tcl
# Library Compiler makes the database that Design Compiler reads:
#   lc_shell -x "read_lib library.lib; write_lib egfet -output library.db; exit"
set_app_var target_library library.db
set_app_var link_library {* library.db}
analyze -format verilog source.v
elaborate classifier
current_design classifier
link
read_sdc constraints.sdc
set_max_area 0
ungroup -all -flatten
compile_ultra
report_area -hierarchy
report_timing -max_paths 1
# Activity, from `bespoke export --format saif` (for the nets that both netlists have):
#   read_saif -input netlist.saif -instance_name classifier
report_power
change_names -rules verilog -hierarchy
write -format verilog -hierarchy -output classifier_dc.v
exit
