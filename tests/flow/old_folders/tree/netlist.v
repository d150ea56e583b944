// DecisionTreeClassifier as a circuit of 14 cells
// technology egfet at 1 V
// verilator lint_off DECLFILENAME
// verilator lint_off UNUSED
`default_nettype none

module classifier (
  input  wire [3:0] sepal_length,
  input  wire [3:0] sepal_width,
  input  wire [3:0] petal_length,
  input  wire [3:0] petal_width,
  output wire [1:0] prediction
);
  wire n18, n19, n20, n21, n22, n23, n24, n25, n26, n27, n28, n29, n30, n31;
  INVX1 g0 (.A(petal_length[3]), .Y(n18));
  INVX1 g1 (.A(petal_length[2]), .Y(n19));
  NAND2X1 g2 (.A1(n19), .A2(n18), .Y(n20));
  NAND2X1 g3 (.A1(petal_length[0]), .A2(petal_length[1]), .Y(n21));
  NAND2X1 g4 (.A1(n19), .A2(n21), .Y(n22));
  NAND2X1 g5 (.A1(petal_length[3]), .A2(n22), .Y(n23));
  AND2X1 g6 (.A1(petal_width[1]), .A2(petal_width[3]), .Y(n24));
  AND2X1 g7 (.A1(petal_width[0]), .A2(n24), .Y(n25));
  NAND2X1 g8 (.A1(n25), .A2(n23), .Y(n26));
  NAND2X1 g9 (.A1(petal_width[2]), .A2(petal_width[3]), .Y(n27));
  NAND2X1 g10 (.A1(n27), .A2(n26), .Y(n28));
  AND2X1 g11 (.A1(n28), .A2(n20), .Y(n29));
  INVX1 g12 (.A(n20), .Y(n30));
  NOR2X1 g13 (.A1(n28), .A2(n30), .Y(n31));
  assign prediction = {n29, n31};
endmodule

`default_nettype wire
// verilator lint_on UNUSED
// verilator lint_on DECLFILENAME
