// MLPClassifier: mlp, 4 features.
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
  wire [3:0] some0_0 = left_weight & 4'd14;    // bits of "left_weight"
  wire [3:0] some0_1 = left_distance & 4'd14;  // bits of "left_distance"
  wire signed [11:0] in0_0 = {8'd0, left_weight};     // "left_weight"
  wire signed [11:0] in0_1 = {8'd0, left_distance};   // "left_distance"
  wire signed [11:0] in0_2 = {8'd0, right_weight};    // "right_weight"
  wire signed [11:0] in0_3 = {8'd0, right_distance};  // "right_distance"
  wire signed [11:0] in0_4 = {8'd0, some0_0};         // "left_weight"
  wire signed [11:0] in0_5 = {8'd0, some0_1};         // "left_distance"
  reg signed [11:0] sum0_0;
  always @* sum0_0 =
    12'sd277            // bias 1.08203
    + 12'sd32 * in0_0   // 2 * "left_weight"
    + 12'sd40 * in0_1   // 2.5 * "left_distance"
    - 12'sd56 * in0_2   // -3.5 * "right_weight"
    - 12'sd20 * in0_3;  // -1.25 * "right_distance"
  reg signed [11:0] sum0_1;
  always @* sum0_1 =
    -12'sd246           // bias -0.960938
    + 12'sd16 * in0_1   // 1 * "left_distance"
    + 12'sd64 * in0_2   // 4 * "right_weight"
    - 12'sd64 * in0_3   // -4 * "right_distance"
    + 12'sd24 * in0_4;  // 1.5 * "left_weight"
  wire [10:0] relu0_0 = sum0_0[11] ? 11'd0 : sum0_0[10:0];
  wire [10:0] relu0_1 = sum0_1[11] ? 11'd0 : sum0_1[10:0];

  // Layer 1: each sum stands for sum / 2**12.
  wire signed [17:0] in1_0 = {7'd0, relu0_0};  // relu0_0
  wire signed [17:0] in1_1 = {7'd0, relu0_1};  // relu0_1
  reg signed [17:0] score_0;  // 0
  always @* score_0 =
    -18'sd35263               // bias -8.60913
    + 18'sd64 * in1_0         // 4 * relu0_0
    + 18'sd32 * in1_1;        // 2 * relu0_1
  wire signed [17:0] score_1 =  // 1
    -18'sd11050;                // bias -2.69775
  wire signed [17:0] score_2 =  // 2
    -18'sd14010;                // bias -3.42041

  // The largest score wins, the first of equal ones.
  wire wins_1 = score_1 > score_0;  // 1
  wire [1:0] index_1 = wins_1 ? 2'd1 : 2'd0;
  wire signed [17:0] best_1 = wins_1 ? score_1 : score_0;
  wire wins_2 = score_2 > best_1;   // 2
  wire [1:0] index_2 = wins_2 ? 2'd2 : index_1;
  assign prediction = index_2;
endmodule

`default_nettype wire
// verilator lint_on UNSIGNED
// verilator lint_on CMPCONST
// verilator lint_on UNUSED
// verilator lint_on DECLFILENAME
