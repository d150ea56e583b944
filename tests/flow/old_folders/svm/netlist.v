// SVC as a circuit of 138 cells
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
  wire n40, n41, n42, n43, n44, n45, n46, n47, n48, n49, n50, n51, n52, n53, n54, n55, n56, n57, n58, n59, n60, n61;
  wire n62, n63, n64, n65, n66, n67, n68, n69, n70, n71, n72, n73, n74, n75, n76, n77, n78, n79, n80, n81, n82, n83;
  wire n84, n85, n86, n87, n88, n89, n90, n91, n92, n93, n94, n95, n96, n97, n98, n99, n100, n101, n102, n103, n104;
  wire n105, n106, n107, n108, n109, n110, n111, n112, n113, n114, n115, n116, n117, n118, n119, n120, n121, n122;
  wire n123, n124, n125, n126, n127, n128, n129, n130, n131, n132, n133, n134, n135, n136, n137, n138, n139, n140;
  wire n141, n142, n143, n144, n145, n146, n147, n148, n149, n150, n151, n152, n153, n154, n155;
  NAND2X1 g0 (.A1(right_weight[2]), .A2(right_distance[2]), .Y(n18));
  NAND2X1 g1 (.A1(right_distance[2]), .A2(n18), .Y(n19));
  NAND2X1 g2 (.A1(right_weight[2]), .A2(n18), .Y(n20));
  NAND2X1 g3 (.A1(n20), .A2(n19), .Y(n21));
  NAND2X1 g4 (.A1(right_weight[1]), .A2(right_distance[1]), .Y(n22));
  NAND2X1 g5 (.A1(right_distance[1]), .A2(n22), .Y(n23));
  NAND2X1 g6 (.A1(right_weight[1]), .A2(n22), .Y(n24));
  AND2X1 g7 (.A1(n24), .A2(n23), .Y(n25));
  NAND2X1 g8 (.A1(right_weight[0]), .A2(right_distance[0]), .Y(n26));
  OR2X1 g9 (.A1(n26), .A2(n25), .Y(n27));
  NAND2X1 g10 (.A1(n22), .A2(n27), .Y(n28));
  NAND2X1 g11 (.A1(n28), .A2(n21), .Y(n29));
  NAND2X1 g12 (.A1(n21), .A2(n29), .Y(n30));
  NAND2X1 g13 (.A1(n28), .A2(n29), .Y(n31));
  AND2X1 g14 (.A1(n31), .A2(n30), .Y(n32));
  NAND2X1 g15 (.A1(left_weight[2]), .A2(left_distance[2]), .Y(n33));
  NAND2X1 g16 (.A1(left_distance[2]), .A2(n33), .Y(n34));
  NAND2X1 g17 (.A1(left_weight[2]), .A2(n33), .Y(n35));
  NAND2X1 g18 (.A1(n35), .A2(n34), .Y(n36));
  NAND2X1 g19 (.A1(left_weight[1]), .A2(left_distance[1]), .Y(n37));
  NAND2X1 g20 (.A1(left_distance[1]), .A2(n37), .Y(n38));
  NAND2X1 g21 (.A1(left_weight[1]), .A2(n37), .Y(n39));
  AND2X1 g22 (.A1(n39), .A2(n38), .Y(n40));
  NAND2X1 g23 (.A1(left_weight[0]), .A2(left_distance[0]), .Y(n41));
  OR2X1 g24 (.A1(n41), .A2(n40), .Y(n42));
  NAND2X1 g25 (.A1(n37), .A2(n42), .Y(n43));
  NAND2X1 g26 (.A1(n43), .A2(n36), .Y(n44));
  NAND2X1 g27 (.A1(n36), .A2(n44), .Y(n45));
  NAND2X1 g28 (.A1(n43), .A2(n44), .Y(n46));
  NAND2X1 g29 (.A1(n46), .A2(n45), .Y(n47));
  NAND2X1 g30 (.A1(n47), .A2(n32), .Y(n48));
  NAND2X1 g31 (.A1(n32), .A2(n48), .Y(n49));
  NAND2X1 g32 (.A1(n47), .A2(n48), .Y(n50));
  NAND2X1 g33 (.A1(n50), .A2(n49), .Y(n51));
  NAND2X1 g34 (.A1(n26), .A2(n25), .Y(n52));
  NAND2X1 g35 (.A1(n27), .A2(n52), .Y(n53));
  NAND2X1 g36 (.A1(n41), .A2(n40), .Y(n54));
  AND2X1 g37 (.A1(n42), .A2(n54), .Y(n55));
  NAND2X1 g38 (.A1(n55), .A2(n53), .Y(n56));
  NAND2X1 g39 (.A1(n53), .A2(n56), .Y(n57));
  NAND2X1 g40 (.A1(n55), .A2(n56), .Y(n58));
  NAND2X1 g41 (.A1(n58), .A2(n57), .Y(n59));
  NAND2X1 g42 (.A1(right_distance[0]), .A2(n26), .Y(n60));
  NAND2X1 g43 (.A1(right_weight[0]), .A2(n26), .Y(n61));
  AND2X1 g44 (.A1(n61), .A2(n60), .Y(n62));
  NAND2X1 g45 (.A1(left_distance[0]), .A2(n41), .Y(n63));
  NAND2X1 g46 (.A1(left_weight[0]), .A2(n41), .Y(n64));
  NAND2X1 g47 (.A1(n64), .A2(n63), .Y(n65));
  NAND2X1 g48 (.A1(n65), .A2(n62), .Y(n66));
  INVX1 g49 (.A(n66), .Y(n67));
  NAND2X1 g50 (.A1(n67), .A2(n59), .Y(n68));
  NAND2X1 g51 (.A1(n56), .A2(n68), .Y(n69));
  NAND2X1 g52 (.A1(n69), .A2(n51), .Y(n70));
  OR2X1 g53 (.A1(n69), .A2(n51), .Y(n71));
  NAND2X1 g54 (.A1(n71), .A2(n70), .Y(n72));
  NAND2X1 g55 (.A1(n62), .A2(n66), .Y(n73));
  NAND2X1 g56 (.A1(n65), .A2(n66), .Y(n74));
  NAND2X1 g57 (.A1(n74), .A2(n73), .Y(n75));
  NAND2X1 g58 (.A1(n75), .A2(n72), .Y(n76));
  INVX1 g59 (.A(n72), .Y(n77));
  INVX1 g60 (.A(n75), .Y(n78));
  NAND2X1 g61 (.A1(n78), .A2(n77), .Y(n79));
  NAND2X1 g62 (.A1(n79), .A2(n76), .Y(n80));
  INVX1 g63 (.A(n80), .Y(n81));
  NAND2X1 g64 (.A1(right_weight[3]), .A2(right_distance[3]), .Y(n82));
  NAND2X1 g65 (.A1(right_distance[3]), .A2(n82), .Y(n83));
  NAND2X1 g66 (.A1(right_weight[3]), .A2(n82), .Y(n84));
  NAND2X1 g67 (.A1(n84), .A2(n83), .Y(n85));
  NAND2X1 g68 (.A1(n18), .A2(n29), .Y(n86));
  NAND2X1 g69 (.A1(n86), .A2(n85), .Y(n87));
  NAND2X1 g70 (.A1(n85), .A2(n87), .Y(n88));
  NAND2X1 g71 (.A1(n86), .A2(n87), .Y(n89));
  AND2X1 g72 (.A1(n89), .A2(n88), .Y(n90));
  NAND2X1 g73 (.A1(left_weight[3]), .A2(left_distance[3]), .Y(n91));
  NAND2X1 g74 (.A1(left_distance[3]), .A2(n91), .Y(n92));
  NAND2X1 g75 (.A1(left_weight[3]), .A2(n91), .Y(n93));
  NAND2X1 g76 (.A1(n93), .A2(n92), .Y(n94));
  NAND2X1 g77 (.A1(n33), .A2(n44), .Y(n95));
  NAND2X1 g78 (.A1(n95), .A2(n94), .Y(n96));
  NAND2X1 g79 (.A1(n94), .A2(n96), .Y(n97));
  NAND2X1 g80 (.A1(n95), .A2(n96), .Y(n98));
  NAND2X1 g81 (.A1(n98), .A2(n97), .Y(n99));
  NAND2X1 g82 (.A1(n99), .A2(n90), .Y(n100));
  NAND2X1 g83 (.A1(n90), .A2(n100), .Y(n101));
  NAND2X1 g84 (.A1(n99), .A2(n100), .Y(n102));
  NAND2X1 g85 (.A1(n102), .A2(n101), .Y(n103));
  NAND2X1 g86 (.A1(n48), .A2(n70), .Y(n104));
  NAND2X1 g87 (.A1(n104), .A2(n103), .Y(n105));
  NAND2X1 g88 (.A1(n103), .A2(n105), .Y(n106));
  NAND2X1 g89 (.A1(n104), .A2(n105), .Y(n107));
  NAND2X1 g90 (.A1(n107), .A2(n106), .Y(n108));
  NAND2X1 g91 (.A1(n108), .A2(n81), .Y(n109));
  NAND2X1 g92 (.A1(n79), .A2(n109), .Y(n110));
  AND2X1 g93 (.A1(n82), .A2(n87), .Y(n111));
  NAND2X1 g94 (.A1(n91), .A2(n96), .Y(n112));
  NAND2X1 g95 (.A1(n112), .A2(n111), .Y(n113));
  NAND2X1 g96 (.A1(n111), .A2(n113), .Y(n114));
  NAND2X1 g97 (.A1(n112), .A2(n113), .Y(n115));
  NAND2X1 g98 (.A1(n115), .A2(n114), .Y(n116));
  NAND2X1 g99 (.A1(n100), .A2(n105), .Y(n117));
  NAND2X1 g100 (.A1(n117), .A2(n116), .Y(n118));
  OR2X1 g101 (.A1(n117), .A2(n116), .Y(n119));
  NAND2X1 g102 (.A1(n119), .A2(n118), .Y(n120));
  NAND2X1 g103 (.A1(n59), .A2(n68), .Y(n121));
  NAND2X1 g104 (.A1(n67), .A2(n68), .Y(n122));
  NAND2X1 g105 (.A1(n122), .A2(n121), .Y(n123));
  NAND2X1 g106 (.A1(n123), .A2(n120), .Y(n124));
  INVX1 g107 (.A(n120), .Y(n125));
  INVX1 g108 (.A(n123), .Y(n126));
  NAND2X1 g109 (.A1(n126), .A2(n125), .Y(n127));
  NAND2X1 g110 (.A1(n127), .A2(n124), .Y(n128));
  INVX1 g111 (.A(n128), .Y(n129));
  NAND2X1 g112 (.A1(n129), .A2(n110), .Y(n130));
  NAND2X1 g113 (.A1(n127), .A2(n130), .Y(n131));
  NAND2X1 g114 (.A1(n113), .A2(n118), .Y(n132));
  NAND2X1 g115 (.A1(n72), .A2(n132), .Y(n133));
  INVX1 g116 (.A(n132), .Y(n134));
  NAND2X1 g117 (.A1(n77), .A2(n134), .Y(n135));
  NAND2X1 g118 (.A1(n135), .A2(n133), .Y(n136));
  INVX1 g119 (.A(n136), .Y(n137));
  NAND2X1 g120 (.A1(n137), .A2(n131), .Y(n138));
  AND2X1 g121 (.A1(n133), .A2(n138), .Y(n139));
  NAND2X1 g122 (.A1(n108), .A2(n139), .Y(n140));
  NAND2X1 g123 (.A1(n120), .A2(n140), .Y(n141));
  NAND2X1 g124 (.A1(n132), .A2(n141), .Y(n142));
  NAND2X1 g125 (.A1(n108), .A2(n80), .Y(n143));
  NAND2X1 g126 (.A1(n75), .A2(n77), .Y(n144));
  NAND2X1 g127 (.A1(n144), .A2(n143), .Y(n145));
  NAND2X1 g128 (.A1(n145), .A2(n128), .Y(n146));
  NAND2X1 g129 (.A1(n123), .A2(n125), .Y(n147));
  NAND2X1 g130 (.A1(n147), .A2(n146), .Y(n148));
  NAND2X1 g131 (.A1(n148), .A2(n136), .Y(n149));
  NAND2X1 g132 (.A1(n77), .A2(n132), .Y(n150));
  NAND2X1 g133 (.A1(n150), .A2(n149), .Y(n151));
  NOR2X1 g134 (.A1(n108), .A2(n151), .Y(n152));
  AND2X1 g135 (.A1(n120), .A2(n152), .Y(n153));
  NAND2X1 g136 (.A1(n134), .A2(n153), .Y(n154));
  NOR2X1 g137 (.A1(n154), .A2(n142), .Y(n155));
  assign prediction = {n155, n134};
endmodule

`default_nettype wire
// verilator lint_on UNUSED
// verilator lint_on DECLFILENAME
