"""Verilog text made ready for the parser: only the modules that are to be read, without comments and attributes."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field

from bespoke.errors import VerilogError

_TOKEN = re.compile(
    r"""(?P<escaped>\\\S+)
      | (?P<string>"(?:[^"\\\n]|\\.)*")
      | (?P<comment>//[^\n]*|/\*.*?\*/)
      | (?P<attribute>\(\*(?!\s*\)).*?\*\))
      | (?P<directive>`\w+[^\n]*)
      | (?P<word>[A-Za-z_][A-Za-z0-9_$]*)
      | (?P<other>[^\\"/(`A-Za-z_]+|.)""",
    re.VERBOSE | re.DOTALL,
)
_ZERO_BITS = re.compile(r"\(\*\s*zero_bits\s*\*\)")
_HARMLESS = {"timescale", "default_nettype", "celldefine", "endcelldefine", "resetall", "line", "nounconnected_drive"}
_HARMLESS |= {"unconnected_drive", "suppress_faults", "nosuppress_faults", "enable_portfaults", "disable_portfaults"}
_BLANK = {"comment", "attribute", "directive"}
_STARTS = {"module", "macromodule", "primitive"}
_ENDS = {"endmodule", "endprimitive"}
_TYPES = {"input", "output", "inout", "wire", "signed", "reg"}


@dataclass(slots=True)
class ModuleText:
    """One module or primitive of a file.

    Attributes
    ----------
    name : str
    line : int
        Line of its first word, from 1.
    text : str
        From ``module`` to ``endmodule``, comments, attributes and directives blanked out.
    words : list of str
        Its words, in order of occurrence up to the first semicolon: the header.
    zero_bits : set of str
        Ports that carry the attribute ``(* zero_bits *)``.
    """

    name: str
    line: int
    text: str = ""
    words: list[str] = field(default_factory=list)
    zero_bits: set[str] = field(default_factory=set)


def plain_name(identifier: str) -> str:
    """Name of an identifier: an escaped one without its backslash."""
    return identifier.removeprefix("\\")


def split_modules(text: str, *, where: str) -> list[ModuleText]:
    """Modules and primitives of a Verilog text, in order.

    Raises
    ------
    VerilogError
        If a compiler directive would change the text, or a module has no end.
    """
    tokens = _tokens(text, where)
    starts = ((piece, line) for kind, piece, line in tokens if kind == "word" and piece in _STARTS)
    return [_module(tokens, piece, line, where) for piece, line in starts]


def module_names(text: str) -> set[str]:
    """Names of the modules and primitives of a Verilog text.

    Raises
    ------
    VerilogError
        As `split_modules`.
    """
    return {module.name for module in split_modules(text, where="Verilog")}


def _tokens(text: str, where: str) -> Iterator[tuple[str, str, int]]:
    """Kind, text and line of each token."""
    line = 1
    for token in _TOKEN.finditer(text):
        kind, piece = str(token.lastgroup), token.group()
        if kind == "directive" and (name := piece[1:].split(maxsplit=1)[0]) not in _HARMLESS:
            what, allowed = "macros and includes are not read", "preprocessed text"
            raise VerilogError(what, where=f"{where}:{line}", got=f"`{name}", allowed=allowed)
        yield kind, piece, line
        line += piece.count("\n")


def _module(tokens: Iterable[tuple[str, str, int]], start: str, line: int, where: str) -> ModuleText:
    """Take a module's tokens from its second on."""
    module, pieces = ModuleText("", line), [start]
    in_header, marked = True, False
    for kind, piece, _ in tokens:
        pieces.append(" " + "\n" * piece.count("\n") if kind in _BLANK else piece)
        if kind == "attribute":
            marked = marked or bool(_ZERO_BITS.fullmatch(piece))
        elif kind == "word" and piece in _ENDS:
            module.text = "".join(pieces)
            return module
        elif kind not in ("word", "escaped"):
            in_header = in_header and (kind in _BLANK or ";" not in piece)
        elif not module.name:
            module.name = plain_name(piece)
        elif (in_header or marked) and plain_name(piece) not in _TYPES:
            module.words += [plain_name(piece)] * in_header
            module.zero_bits |= {plain_name(piece)} if marked else set()
            marked = False
    raise VerilogError("a module has no end", where=f"{where}:{line}", got=module.name, allowed="endmodule")


def choose_top(modules: list[ModuleText], cells: Collection[str], top: str | None, *, where: str) -> ModuleText:
    """The module to read: ``top``, or the only one that is neither a library cell nor used by another.

    Raises
    ------
    VerilogError
        If there is none, or more than one.
    """
    named = {module.name: module for module in modules if module.name not in cells or module.name == top}
    if top is not None:
        if top not in named:
            raise VerilogError("no such module", where=where, got=top, allowed=", ".join(named) or None)
        return named[top]
    if not named:
        raise VerilogError("no module but cells of the library", where=where)
    used = {
        word
        for module in named.values()
        for word in set(re.findall(r"[A-Za-z_][A-Za-z0-9_$]*|(?<=\\)\S+", module.text))
        if word != module.name
    }
    tops = [module for name, module in named.items() if name not in used]
    if len(tops) != 1:
        names = ", ".join(module.name for module in tops) or ", ".join(named)
        raise VerilogError("it is not clear which module to read", where=where, got=names, allowed="one, by name")
    return tops[0]
