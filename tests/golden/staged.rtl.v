// by hand: stages, 2 features.
// verilator lint_off DECLFILENAME
// verilator lint_off UNUSED
// verilator lint_off CMPCONST
// verilator lint_off UNSIGNED
`default_nettype none

module classifier (
  input  wire [2:0] x,     // feature 0 "x", 0 to 1
  input  wire [1:0] y,     // feature 1 "y", 0 to 1
  output wire [2:0] value  // value / 2**0
);

  // Stage 0: comparisons.
  wire ge_x_2 = x >= 3'd2;  // "x" >= 0.25
  wire ge_x_5 = x >= 3'd5;  // "x" >= 0.625
  wire ge_y_1 = y >= 2'd1;  // "y" >= 0.25

  // Stage 1: gates.
  wire n1_4 = ge_x_2 ^ ge_x_5;
  wire n1_5 = ge_x_2 & ge_x_5;
  wire n1_6 = ge_y_1 & n1_4;
  wire n1_7 = ~n1_5 & ~n1_6;
  wire n1_8 = ge_y_1 ^ n1_4;
  wire [1:0] gates1_0 = {~n1_7, n1_8};

  // Stage 2: tables.
  function signed [3:0] table2_0(input [1:0] address);
    case (address)
      2'd1: table2_0 = -4'sd3;
      2'd2: table2_0 = 4'sd5;
      default: table2_0 = 4'sd0;
    endcase
  endfunction
  wire signed [3:0] lookup2_0 = table2_0(gates1_0);
  function [1:0] table2_1(input [1:0] address);
    case (address)
      2'd2: table2_1 = 2'd2;
      default: table2_1 = 2'd1;
    endcase
  endfunction
  wire [1:0] lookup2_1 = table2_1({gates1_0[0], gates1_0[1]});

  // Stage 3: each sum stands for sum / 2**1.
  wire signed [4:0] in3_0 = {{1{lookup2_0[3]}}, lookup2_0};  // lookup2_0
  wire signed [4:0] in3_1 = {3'd0, lookup2_1};               // lookup2_1
  reg signed [4:0] sum3_0;
  always @* sum3_0 =
    5'sd0             // bias 0
    + 5'sd2 * in3_0   // 1 * lookup2_0
    - 5'sd1 * in3_1;  // -0.5 * lookup2_1
  wire [2:0] score = sum3_0[4] ? 3'd0 : sum3_0[3:1];

  assign value = score;
endmodule

`default_nettype wire
// verilator lint_on UNSIGNED
// verilator lint_on CMPCONST
// verilator lint_on UNUSED
// verilator lint_on DECLFILENAME
