// by hand: svm, 3 features.
// verilator lint_off DECLFILENAME
// verilator lint_off UNUSED
// verilator lint_off CMPCONST
// verilator lint_off UNSIGNED
`default_nettype none

module classifier (
  input  wire [2:0] x,          // feature 0 "x", 0 to 1
  input  wire [1:0] y,          // feature 1 "y", 0 to 1
  input  wire mode,             // control "mode", not measured
  output wire [1:0] prediction  // class: 0 = "a", 1 = "b", 2 = "c"
);

  // Stage 0: a tree, which answers where its first bit is 1, in front of stages.
  wire [2:0] leaf0_0 =
    (mode <= 1'd0 ?  // "mode" < 1
      {1'd0, 2'd0} :
      (x <= 3'd5 ?   // "x" < 0.75
        {1'd1, 2'd1} :
        {1'd1, 2'd2}));
  wire tree0_0_0 = leaf0_0[2];
  wire [1:0] tree0_0_1 = leaf0_0[1:0];
  wire [1:0] other0;

  // Stage 1: each sum stands for sum / 2**1.
  wire signed [5:0] in1_0 = {3'd0, x};  // "x"
  wire signed [5:0] in1_1 = {4'd0, y};  // "y"
  reg signed [5:0] score_0;  // "a"
  always @* score_0 =
    6'sd4                    // bias 2
    + 6'sd1 * in1_0          // 4 * "x"
    - 6'sd2 * in1_1;         // -4 * "y"
  reg signed [5:0] score_1;  // "b"
  always @* score_1 =
    -6'sd1                   // bias -0.5
    + 6'sd3 * in1_0          // 12 * "x"
    + 6'sd1 * in1_1;         // 2 * "y"
  reg signed [5:0] score_2;  // "c"
  always @* score_2 =
    6'sd0                    // bias 0
    + 6'sd2 * in1_1;         // 4 * "y"

  // The largest score wins, the first of equal ones.
  wire wins_1 = score_1 > score_0;  // "b"
  wire [1:0] index_1 = wins_1 ? 2'd1 : 2'd0;
  wire signed [5:0] best_1 = wins_1 ? score_1 : score_0;
  wire wins_2 = score_2 > best_1;   // "c"
  wire [1:0] index_2 = wins_2 ? 2'd2 : index_1;
  assign other0 = index_2;

  wire [1:0] class0 = tree0_0_0 ? tree0_0_1 : other0;

  assign prediction = class0;
endmodule

`default_nettype wire
// verilator lint_on UNSIGNED
// verilator lint_on CMPCONST
// verilator lint_on UNUSED
// verilator lint_on DECLFILENAME
