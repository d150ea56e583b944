// by hand: svm, 2 features.
// verilator lint_off DECLFILENAME
// verilator lint_off UNUSED
// verilator lint_off CMPCONST
// verilator lint_off UNSIGNED
`default_nettype none

module classifier (
  input  wire [1:0] x,          // feature 0 "x", 0 to 1
  input  wire [2:0] y,          // feature 1 "y", 0 to 1
  output wire [1:0] prediction  // class: 0 = 1, 1 = 2, 2 = 3
);

  // Stage 0: each sum stands for sum / 2**2.
  wire signed [4:0] in0_0 = {3'd0, x};  // "x"
  wire signed [4:0] in0_1 = {2'd0, y};  // "y"
  reg signed [4:0] score_0;  // 1
  always @* score_0 =
    5'sd0                    // bias 0
    + 5'sd3 * in0_0          // 3 * "x"
    - 5'sd1 * in0_1;         // -2 * "y"
  reg signed [4:0] score_1;  // 2
  always @* score_1 =
    -5'sd5                   // bias -1.25
    + 5'sd2 * in0_1;         // 4 * "y"
  reg signed [4:0] score_2;  // 3
  always @* score_2 =
    5'sd7                    // bias 1.75
    - 5'sd4 * in0_0          // -4 * "x"
    + 5'sd1 * in0_1;         // 2 * "y"

  // The largest score wins, the first of equal ones.
  wire wins_1 = score_1 > score_0;  // 2
  wire [1:0] index_1 = wins_1 ? 2'd1 : 2'd0;
  wire signed [4:0] best_1 = wins_1 ? score_1 : score_0;
  wire wins_2 = score_2 > best_1;   // 3
  wire [1:0] index_2 = wins_2 ? 2'd2 : index_1;
  assign prediction = index_2;
endmodule

`default_nettype wire
// verilator lint_on UNSIGNED
// verilator lint_on CMPCONST
// verilator lint_on UNUSED
// verilator lint_on DECLFILENAME
