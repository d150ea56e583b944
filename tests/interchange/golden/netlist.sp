* classifier: 9 cells of egfet
* Supply 1 V between VDD and VSS.
* node total[0] is total_0_
* node total[1] is total_1_
.include "cells.sp"
.subckt classifier a b c total_0_ total_1_ VDD VSS
Xg0 a b n5 VDD VSS NAND2X1
Xg1 b n5 n6 VDD VSS NAND2X1
Xg2 a n5 n7 VDD VSS NAND2X1
Xg3 n7 n6 n8 VDD VSS NAND2X1
Xg4 c n8 n9 VDD VSS NAND2X1
Xg5 n5 n9 total_1_ VDD VSS NAND2X1
Xg6 n8 n9 n11 VDD VSS NAND2X1
Xg7 c n9 n12 VDD VSS NAND2X1
Xg8 n12 n11 total_0_ VDD VSS NAND2X1
.ends
