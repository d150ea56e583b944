// SVC: svm, 4 features.
// verilator lint_off DECLFILENAME
// verilator lint_off UNUSED
// verilator lint_off CMPCONST
// verilator lint_off UNSIGNED
`default_nettype none

module classifier (
  input  wire [3:0] left_weight,     // feature 0 "left_weight", 1 to 5
  input  wire [3:0] left_distance,   // feature 1 "left_distance", 1 to 5
  input  wire [3:0] right_weight,    // feature 2 "right_weight", 1 to 5
  input  wire [3:0] right_distance,  // feature 3 "right_distance", 1 to 5
  output wire [1:0] prediction       // class: 0 = 0, 1 = 1, 2 = 2
);

  // Layer 0: each sum stands for sum / 2**8.
  wire signed [11:0] in0_0 = {8'd0, left_weight};     // "left_weight"
  wire signed [11:0] in0_1 = {8'd0, left_distance};   // "left_distance"
  wire signed [11:0] in0_2 = {8'd0, right_weight};    // "right_weight"
  wire signed [11:0] in0_3 = {8'd0, right_distance};  // "right_distance"
  reg signed [11:0] score_0_1;  // 0 against 1
  always @* score_0_1 =
    12'sd0                      // bias 0
    + 12'sd64 * in0_0           // 4 * "left_weight"
    + 12'sd64 * in0_1           // 4 * "left_distance"
    - 12'sd64 * in0_2           // -4 * "right_weight"
    - 12'sd64 * in0_3;          // -4 * "right_distance"
  reg signed [11:0] score_0_2;  // 0 against 2
  always @* score_0_2 =
    12'sd220                    // bias 0.859375
    + 12'sd9 * in0_0            // 0.5625 * "left_weight"
    + 12'sd9 * in0_1            // 0.5625 * "left_distance"
    - 12'sd9 * in0_2            // -0.5625 * "right_weight"
    - 12'sd9 * in0_3;           // -0.5625 * "right_distance"
  reg signed [11:0] score_1_2;  // 1 against 2
  always @* score_1_2 =
    12'sd200                    // bias 0.78125
    - 12'sd14 * in0_0           // -0.875 * "left_weight"
    - 12'sd14 * in0_1           // -0.875 * "left_distance"
    + 12'sd14 * in0_2           // 0.875 * "right_weight"
    + 12'sd14 * in0_3;          // 0.875 * "right_distance"

  // One vote a pair of classes; the most votes win, the first of equal ones.
  wire first_wins_0_1 = score_0_1 > 12'sd0;
  wire first_wins_0_2 = score_0_2 > 12'sd0;
  wire first_wins_1_2 = score_1_2 > 12'sd0;
  wire [1:0] votes_0 = {1'd0, first_wins_0_1} + {1'd0, first_wins_0_2};    // 0
  wire [1:0] votes_1 = {1'd0, ~first_wins_0_1} + {1'd0, first_wins_1_2};   // 1
  wire [1:0] votes_2 = {1'd0, ~first_wins_0_2} + {1'd0, ~first_wins_1_2};  // 2
  wire wins_1 = votes_1 > votes_0;  // 1
  wire [1:0] index_1 = wins_1 ? 2'd1 : 2'd0;
  wire [1:0] best_1 = wins_1 ? votes_1 : votes_0;
  wire wins_2 = votes_2 > best_1;   // 2
  wire [1:0] index_2 = wins_2 ? 2'd2 : index_1;
  assign prediction = index_2;
endmodule

`default_nettype wire
// verilator lint_on UNSIGNED
// verilator lint_on CMPCONST
// verilator lint_on UNUSED
// verilator lint_on DECLFILENAME
