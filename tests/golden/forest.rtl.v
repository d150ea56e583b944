// by hand: forest, 2 features.
// verilator lint_off DECLFILENAME
// verilator lint_off UNUSED
// verilator lint_off CMPCONST
// verilator lint_off UNSIGNED
`default_nettype none

module classifier (
  input  wire [2:0] width,   // feature 0 "width", 0 to 1
  input  wire [1:0] length,  // feature 1 "length", 0 to 1
  output wire prediction     // class: 0 = "a", 1 = "b"
);

  // Stage 0: the leaves that are reached.
  wire [4:0] leaf0_0 =
    (width <= 3'd4 ?  // "width" < 0.625
      {2'd3, 3'd1} :  // 0.75, 0.25
      {2'd0, 3'd4});  // 0, 1
  wire [1:0] tree0_0_0 = leaf0_0[4:3];
  wire [2:0] tree0_0_1 = leaf0_0[2:0];
  wire [5:0] leaf0_1 =
    (length <= 2'd1 ?   // "length" < 0.5
      {3'sd2, 3'd2} :   // 0.5, 0.5
      {-3'sd1, 3'd5});  // -0.25, 1.25
  wire signed [2:0] tree0_1_0 = leaf0_1[5:3];
  wire [2:0] tree0_1_1 = leaf0_1[2:0];
  wire signed [4:0] in0_0 = {3'd0, tree0_0_0};               // tree0_0_0
  wire signed [4:0] in0_1 = {2'd0, tree0_0_1};               // tree0_0_1
  wire signed [4:0] in0_2 = {{2{tree0_1_0[2]}}, tree0_1_0};  // tree0_1_0
  wire signed [4:0] in0_3 = {2'd0, tree0_1_1};               // tree0_1_1
  reg signed [4:0] score_0;  // "a"
  always @* score_0 =
    5'sd0                    // bias 0
    + 5'sd1 * in0_0          // 1 * tree0_0_0
    + 5'sd1 * in0_2;         // 1 * tree0_1_0
  reg signed [4:0] score_1;  // "b"
  always @* score_1 =
    5'sd0                    // bias 0
    + 5'sd1 * in0_1          // 1 * tree0_0_1
    + 5'sd1 * in0_3;         // 1 * tree0_1_1

  // The largest score wins, the first of equal ones.
  wire wins_1 = score_1 > score_0;  // "b"
  wire index_1 = wins_1 ? 1'd1 : 1'd0;
  assign prediction = index_1;
endmodule

`default_nettype wire
// verilator lint_on UNSIGNED
// verilator lint_on CMPCONST
// verilator lint_on UNUSED
// verilator lint_on DECLFILENAME
