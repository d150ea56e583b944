// by hand: mlp, 3 features.
// verilator lint_off DECLFILENAME
// verilator lint_off UNUSED
// verilator lint_off CMPCONST
// verilator lint_off UNSIGNED
`default_nettype none

module classifier (
  input  wire [2:0] x,            // feature 0 "x", 0 to 1
  input  wire [1:0] y,            // feature 1 "y", 0 to 1
  input  wire mode,               // control "mode", not measured
  output wire signed [6:0] value  // value / 2**1
);

  // Stage 0: bits held constant by mode.
  wire [2:0] masked0_0 = mode >= 1'd1 ? x & 3'd6 : x;
  wire [1:0] masked0_1 = mode >= 1'd1 ? (y & 2'd2) | 2'd1 : y;

  // Stage 1: each sum stands for sum / 2**0.
  wire signed [4:0] in1_0 = {2'd0, masked0_0};  // masked0_0
  wire signed [4:0] in1_1 = {3'd0, masked0_1};  // masked0_1
  wire signed [4:0] in1_2 = {4'd0, mode};       // "mode"
  reg signed [4:0] sum1_0;
  always @* sum1_0 =
    -5'sd1            // bias -1
    + 5'sd1 * in1_0   // 8 * masked0_0
    - 5'sd2 * in1_1;  // -8 * masked0_1
  reg signed [4:0] sum1_1;
  always @* sum1_1 =
    5'sd0             // bias 0
    + 5'sd5 * in1_1;  // 20 * masked0_1
  reg signed [4:0] sum1_2;
  always @* sum1_2 =
    5'sd0             // bias 0
    + 5'sd1 * in1_2;  // 2 * "mode"
  wire [2:0] relu1_0 = sum1_0[4] ? 3'd0 : sum1_0[2:0];
  wire [3:0] relu1_1 = sum1_1[3:0];
  wire relu1_2 = sum1_2[0];

  // Stage 2: bits held constant by mode.
  wire [2:0] masked2_0 = relu1_2 >= 1'd1 ? 3'd0 : relu1_0;
  wire [3:0] masked2_1 = relu1_2 >= 1'd1 ? relu1_1 & 4'd12 : relu1_1;

  // Stage 3: each sum stands for sum / 2**1.
  wire signed [6:0] in3_0 = {4'd0, masked2_0};  // masked2_0
  wire signed [6:0] in3_1 = {3'd0, masked2_1};  // masked2_1
  reg signed [6:0] score;
  always @* score =
    7'sd4             // bias 2
    + 7'sd2 * in3_0   // 1 * masked2_0
    - 7'sd3 * in3_1;  // -1.5 * masked2_1

  assign value = score;
endmodule

`default_nettype wire
// verilator lint_on UNSIGNED
// verilator lint_on CMPCONST
// verilator lint_on UNUSED
// verilator lint_on DECLFILENAME
