"""Foreign Verilog is written anew as it is, or refused by name."""

from __future__ import annotations

from pathlib import Path

import pytest

from bespoke.errors import VerilogError
from bespoke.verilog import plain_text

GOLDEN = Path(__file__).parents[1] / "golden"
OLD = Path(__file__).parents[1] / "flow" / "old_folders"
HEAD, TAIL = "module classifier (input wire a, output wire y);\n", "\nassign y = a;\nendmodule\n"


@pytest.mark.parametrize("path", [*sorted(GOLDEN.glob("*.v")), *sorted(OLD.glob("*/*.v"))], ids=str)
def test_what_bespoke_writes_is_plain(path: Path) -> None:
    once = plain_text(path.read_text(), where=path.name)
    assert plain_text(once, where=path.name) == once


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ('initial $system("id");', "initial"),
        ('integer f; initial f = $fopen("x", "w");', "integer"),
        ('always @* $display("x");', r"\$display"),
        ('reg r; always @* \\$fopen ("x");', r"\\\$fopen"),
        ("wire w = $random;", r"\$random"),
        ('`include "/etc/passwd"', "`include"),
        ("`define X $finish", "`define"),
        ("`X", "`X"),
        ("`timescale 1ns/1ps\n`undef X", "`undef"),
        ("// `define\n/* $fopen */ (* $fopen *) `default_nettype none\n$stop;", r"\$stop"),
        ("always #1 y = ~y;", "'#'"),
        ("reg r; always begin while (1) r = a; end", "while"),
        ("reg r; always begin forever r = a; end", "forever"),
        ("task t; endtask", "task"),
        ('wire w = "text";', "'\"'"),
        ("wire w\x00;", r"'\\x00'"),
        ("wire wé;", "'é'"),
        ('import "DPI-C" function int system(string s);', "import"),
        ("defparam x.y = 1;", "defparam"),
        ("primitive p (y, a); endprimitive", "primitive"),
    ],
)
def test_what_acts_is_refused_and_named(text: str, named: str) -> None:
    with pytest.raises(VerilogError, match=rf"rtl\.v:\d: Verilog that is not plain is never run; got {named}"):
        plain_text(HEAD + text + TAIL, where="rtl.v")


def test_comments_attributes_and_directives_are_left_out() -> None:
    text = plain_text("`timescale 1ns/1ps\n" + HEAD + "// $stop\n/* $stop */ (* $stop *)" + TAIL, where="x")
    assert (
        text
        == "`default_nettype none\nmodule classifier ( input wire a , output wire y ) ;\nassign y = a ;\nendmodule\n"
    )


@pytest.mark.parametrize(
    "text", ["a <= b", "a >>> 2", "{2{a}}", "4'sd3 + 8'hff", "~^ b", "$signed ( a )", "\\a+b [ 1 ]"]
)
def test_operators_and_numbers_stay(text: str) -> None:
    assert text.replace("{2{a}}", "{ 2 { a } }") in plain_text(f"{HEAD} assign y = {text} ;{TAIL}", where="x")
