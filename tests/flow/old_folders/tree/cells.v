// Simulation models of cells of "egfet", without delays.
// verilator lint_off DECLFILENAME
// verilator lint_off UNUSED

module AND2X1 (input wire A1, input wire A2, output wire Y);
  and (Y, A1, A2);
endmodule

module INVX1 (input wire A, output wire Y);
  not (Y, A);
endmodule

module NAND2X1 (input wire A1, input wire A2, output wire Y);
  nand (Y, A1, A2);
endmodule

module NOR2X1 (input wire A1, input wire A2, output wire Y);
  nor (Y, A1, A2);
endmodule

// verilator lint_on UNUSED
// verilator lint_on DECLFILENAME
