// DecisionTreeClassifier: tree, 4 features.
// verilator lint_off DECLFILENAME
// verilator lint_off UNUSED
// verilator lint_off CMPCONST
// verilator lint_off UNSIGNED
`default_nettype none

module classifier (
  input  wire [3:0] sepal_length,  // feature 0 "sepal_length", 4.3 to 7.7
  input  wire [3:0] sepal_width,   // feature 1 "sepal_width", 2 to 4.2
  input  wire [3:0] petal_length,  // feature 2 "petal_length", 1.1 to 6.7
  input  wire [3:0] petal_width,   // feature 3 "petal_width", 0.1 to 2.5
  output wire [1:0] prediction     // class: 0 = 0, 1 = 1, 2 = 2
);

  assign prediction =
    (petal_length <= 4'd3 ?      // "petal_length" < 2.5
      2'd0 :                     // 0
      (petal_length <= 4'd10 ?   // "petal_length" < 4.95
        (petal_width <= 4'd10 ?  // "petal_width" < 1.75
          2'd1 :                 // 1
          2'd2) :                // 2
        (petal_width <= 4'd11 ?  // "petal_width" < 1.9
          2'd1 :                 // 1
          2'd2)));               // 2
endmodule

`default_nettype wire
// verilator lint_on UNSIGNED
// verilator lint_on CMPCONST
// verilator lint_on UNUSED
// verilator lint_on DECLFILENAME
