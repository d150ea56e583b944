# classifier: egfet at 1 V, estimated delay 7.36019 ms.
# Units: ns, pF, V, as in the Liberty file that bespoke exports.
set_units -time ns -capacitance pF -voltage V
# Combinational: the virtual clock sampling is the time between two input vectors.
create_clock -name sampling -period 8000000
set_input_delay 0 -clock sampling [all_inputs]
set_output_delay 0 -clock sampling [all_outputs]
set_max_delay 8000000 -from [all_inputs] -to [all_outputs]
set_input_transition 1000 [all_inputs]
# Each output drives one inverter.
set_load -pin_load 12912.5 [all_outputs]
