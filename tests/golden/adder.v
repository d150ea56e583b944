// verilator lint_off DECLFILENAME
// verilator lint_off UNUSED
`default_nettype none

module classifier (
  input  wire a,
  input  wire b,
  input  wire c,
  output wire [1:0] total
);
  wire n5, n6, n7, n8, n9, n10, n11, n12, n13;
  NAND2X1 g0 (.A1(a), .A2(b), .Y(n5));
  NAND2X1 g1 (.A1(b), .A2(n5), .Y(n6));
  NAND2X1 g2 (.A1(a), .A2(n5), .Y(n7));
  NAND2X1 g3 (.A1(n7), .A2(n6), .Y(n8));
  NAND2X1 g4 (.A1(c), .A2(n8), .Y(n9));
  NAND2X1 g5 (.A1(n5), .A2(n9), .Y(n10));
  NAND2X1 g6 (.A1(n8), .A2(n9), .Y(n11));
  NAND2X1 g7 (.A1(c), .A2(n9), .Y(n12));
  NAND2X1 g8 (.A1(n12), .A2(n11), .Y(n13));
  assign total = {n10, n13};
endmodule

`default_nettype wire
// verilator lint_on UNUSED
// verilator lint_on DECLFILENAME
