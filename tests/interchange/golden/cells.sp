* Cells of egfet, as black boxes: no figure of this file is a transistor's.
* Put the subcircuits of the technology's design kit in their place, with the pins in this order.

* Y = ~A1 | ~A2
.subckt NAND2X1 A1 A2 Y VDD VSS
.ends
