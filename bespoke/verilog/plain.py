"""Verilog of unknown origin, written anew without anything that could act outside the circuit."""

from __future__ import annotations

import re

from bespoke.errors import VerilogError
from bespoke.verilog.keywords import VERILOG

_ALLOWED = "combinational modules: wires, assigns, primitives, instances, always @* and functions"
_WORDS = {
    *("module", "endmodule", "input", "output", "wire", "reg", "signed", "supply0", "supply1", "assign", "always"),
    *("begin", "end", "if", "else", "case", "casez", "endcase", "default", "function", "endfunction"),
    *("and", "or", "nand", "nor", "xor", "xnor", "not", "buf"),
}
_DIRECTIVES = {"default_nettype", "timescale", "celldefine", "endcelldefine", "resetall"}
_TASKS = {"$signed", "$unsigned"}
_TOKEN = re.compile(
    r"""(?P<blank>[ \t\n]+|\r\n|//[^\n]*|/\*.*?\*/|\(\*(?!\s*\)).*?\*\))
      | (?P<directive>`\w*)[^\n]*
      | (?P<escaped>\\[!-~]+)(?=\s)
      | (?P<task>\$[\w$]*)
      | (?P<word>[A-Za-z_][\w$]*)
      | (?P<number>\d[\d_]*(?:\s*'[sS]?[bBoOdDhH]\s*[\da-fA-FxXzZ?_]+)?|'[sS]?[bBoOdDhH]\s*[\da-fA-FxXzZ?_]+)
      | (?P<operator><<<|>>>|===|!==|<<|>>|<=|>=|==|!=|&&|\|\||~[&|^]|\^~|[][(){}:;,.=<>+*/%&|^~!?@-])""",
    re.VERBOSE | re.DOTALL | re.ASCII,
)


def plain_text(text: str, *, where: str) -> str:
    """The same modules, token by token, so that a simulator sees nothing but what was looked at.

    Comments, attributes and harmless directives are left out.

    Raises
    ------
    VerilogError
        Names the first system task, directive, string, delay, or word of simulation such as ``initial``.
    """
    pieces, position, line = [], 0, 1
    while position < len(text):
        token = _TOKEN.match(text, position)
        if token is None or _is_foreign(str(token.lastgroup), token[str(token.lastgroup)]):
            got = token[str(token.lastgroup)] if token else repr(text[position])
            what = "Verilog that is not plain is never run"
            raise VerilogError(what, where=f"{where}:{line}", got=got[:40], allowed=_ALLOWED)
        if token["blank"] is None and token["directive"] is None:
            pieces.append(token.group())
        line += token.group().count("\n")
        position = token.end()
    return "`default_nettype none\n" + re.sub(r"(?<= )(;|endmodule) ", r"\1\n", " ".join(pieces) + " ")


def _is_foreign(kind: str, text: str) -> bool:
    """Whether a token is none of a plain module; a simulator might take an escaped ``$task`` for that task."""
    return {
        "directive": text[1:] not in _DIRECTIVES,
        "escaped": text.startswith("\\$"),
        "task": text not in _TASKS,
        "word": text in VERILOG and text not in _WORDS,
    }.get(kind, False)
