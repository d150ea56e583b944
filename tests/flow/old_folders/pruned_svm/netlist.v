// SVC as a circuit of 43 cells
// technology egfet at 1 V
// verilator lint_off DECLFILENAME
// verilator lint_off UNUSED
`default_nettype none

module classifier (
  input  wire [3:0] left_weight,
  input  wire [3:0] left_distance,
  input  wire [3:0] right_weight,
  input  wire [3:0] right_distance,
  output wire [1:0] prediction
);
  wire n18, n19, n20, n21, n22, n23, n24, n25, n26, n27, n28, n29, n30, n31, n32, n33, n34, n35, n36, n37, n38, n39;
  wire n40, n41, n42, n43, n44, n45, n46, n47, n48, n49, n50, n51, n52, n53, n54, n55, n56, n57, n58, n59, n60;
  OR2X1 g0 (.A1(left_weight[2]), .A2(left_distance[2]), .Y(n18));
  NAND2X1 g1 (.A1(right_distance[3]), .A2(n18), .Y(n19));
  NAND2X1 g2 (.A1(n18), .A2(n19), .Y(n20));
  NAND2X1 g3 (.A1(right_distance[3]), .A2(n19), .Y(n21));
  AND2X1 g4 (.A1(n21), .A2(n20), .Y(n22));
  NAND2X1 g5 (.A1(left_weight[3]), .A2(left_distance[3]), .Y(n23));
  NAND2X1 g6 (.A1(left_distance[3]), .A2(n23), .Y(n24));
  NAND2X1 g7 (.A1(left_weight[3]), .A2(n23), .Y(n25));
  AND2X1 g8 (.A1(n25), .A2(n24), .Y(n26));
  OR2X1 g9 (.A1(right_weight[3]), .A2(n26), .Y(n27));
  NAND2X1 g10 (.A1(right_weight[3]), .A2(n26), .Y(n28));
  AND2X1 g11 (.A1(n28), .A2(n27), .Y(n29));
  NAND2X1 g12 (.A1(n29), .A2(n22), .Y(n30));
  NAND2X1 g13 (.A1(right_distance[3]), .A2(n30), .Y(n31));
  NAND2X1 g14 (.A1(n23), .A2(n27), .Y(n32));
  NAND2X1 g15 (.A1(n32), .A2(n31), .Y(n33));
  NAND2X1 g16 (.A1(n31), .A2(n33), .Y(n34));
  NAND2X1 g17 (.A1(n32), .A2(n33), .Y(n35));
  NAND2X1 g18 (.A1(n35), .A2(n34), .Y(n36));
  NAND2X1 g19 (.A1(n22), .A2(n30), .Y(n37));
  NAND2X1 g20 (.A1(n29), .A2(n30), .Y(n38));
  NAND2X1 g21 (.A1(n38), .A2(n37), .Y(n39));
  OR2X1 g22 (.A1(right_weight[2]), .A2(right_distance[2]), .Y(n40));
  NAND2X1 g23 (.A1(right_weight[2]), .A2(right_distance[2]), .Y(n41));
  NAND2X1 g24 (.A1(n41), .A2(n40), .Y(n42));
  INVX1 g25 (.A(n42), .Y(n43));
  NAND2X1 g26 (.A1(left_weight[2]), .A2(left_distance[2]), .Y(n44));
  NAND2X1 g27 (.A1(n44), .A2(n18), .Y(n45));
  NAND2X1 g28 (.A1(n45), .A2(n43), .Y(n46));
  NAND2X1 g29 (.A1(n40), .A2(n46), .Y(n47));
  NAND2X1 g30 (.A1(n47), .A2(n39), .Y(n48));
  NAND2X1 g31 (.A1(n39), .A2(n48), .Y(n49));
  NAND2X1 g32 (.A1(n47), .A2(n48), .Y(n50));
  NAND2X1 g33 (.A1(n50), .A2(n49), .Y(n51));
  INVX1 g34 (.A(n45), .Y(n52));
  NAND2X1 g35 (.A1(n52), .A2(n42), .Y(n53));
  NAND2X1 g36 (.A1(n53), .A2(n46), .Y(n54));
  NOR2X1 g37 (.A1(left_weight[1]), .A2(left_distance[1]), .Y(n55));
  NOR2X1 g38 (.A1(n55), .A2(n54), .Y(n56));
  NAND2X1 g39 (.A1(n56), .A2(n51), .Y(n57));
  NAND2X1 g40 (.A1(n48), .A2(n57), .Y(n58));
  NAND2X1 g41 (.A1(n58), .A2(n36), .Y(n59));
  AND2X1 g42 (.A1(n33), .A2(n59), .Y(n60));
  assign prediction = {1'b0, n60};
endmodule

`default_nettype wire
// verilator lint_on UNUSED
// verilator lint_on DECLFILENAME
