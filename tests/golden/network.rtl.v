// by hand: mlp, 2 features.
// verilator lint_off DECLFILENAME
// verilator lint_off UNUSED
// verilator lint_off CMPCONST
// verilator lint_off UNSIGNED
`default_nettype none

module classifier (
  input  wire [1:0] x,            // feature 0 "x", 0 to 1
  input  wire [1:0] y,            // feature 1 "y", 0 to 1
  output wire signed [6:0] value  // value / 2**1
);

  // Stage 0: each sum stands for sum / 2**0.
  wire signed [4:0] in0_0 = {3'd0, x};  // "x"
  wire signed [4:0] in0_1 = {3'd0, y};  // "y"
  reg signed [4:0] sum0_0;
  always @* sum0_0 =
    -5'sd1            // bias -1
    + 5'sd1 * in0_0   // 4 * "x"
    - 5'sd2 * in0_1;  // -8 * "y"
  reg signed [4:0] sum0_1;
  always @* sum0_1 =
    5'sd0             // bias 0
    + 5'sd5 * in0_1;  // 20 * "y"
  wire [1:0] relu0_0 = sum0_0[4] ? 2'd0 : sum0_0[1:0];
  wire [3:0] relu0_1 = sum0_1[3:0];

  // Stage 1: each sum stands for sum / 2**1.
  wire signed [6:0] in1_0 = {5'd0, relu0_0};  // relu0_0
  wire signed [6:0] in1_1 = {3'd0, relu0_1};  // relu0_1
  reg signed [6:0] score;
  always @* score =
    7'sd4             // bias 2
    + 7'sd2 * in1_0   // 1 * relu0_0
    - 7'sd3 * in1_1;  // -1.5 * relu0_1

  assign value = score;
endmodule

`default_nettype wire
// verilator lint_on UNSIGNED
// verilator lint_on CMPCONST
// verilator lint_on UNUSED
// verilator lint_on DECLFILENAME
