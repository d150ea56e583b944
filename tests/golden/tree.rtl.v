// by hand: tree, 2 features.
// verilator lint_off DECLFILENAME
// verilator lint_off UNUSED
// verilator lint_off CMPCONST
// verilator lint_off UNSIGNED
`default_nettype none

module classifier (
  input  wire [2:0] width,      // feature 0 "width", 0 to 1
  input  wire [1:0] length,     // feature 1 "length", 0 to 1
  output wire [1:0] prediction  // class: 0 = "a", 1 = "b", 2 = "c"
);

  // Stage 0: the leaves that are reached.
  wire [1:0] tree0_0 =
    (width <= 3'd4 ?     // "width" < 0.625
      2'd0 :             // "a"
      (length <= 2'd1 ?  // "length" < 0.5
        2'd1 :           // "b"
        2'd2));          // "c"

  assign prediction = tree0_0;
endmodule

`default_nettype wire
// verilator lint_on UNSIGNED
// verilator lint_on CMPCONST
// verilator lint_on UNUSED
// verilator lint_on DECLFILENAME
