"""Verilog text made ready for the parser: only the modules that are to be read, without comments and attributes."""

from __future__ import annotations

import re
from collections.abc import Collection
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
    splitter = _Splitter()
    line = 1
    for token in _TOKEN.finditer(text):
        kind, piece = str(token.lastgroup), token.group()
        if kind == "directive":
            _check_directive(piece, f"{where}:{line}")
        splitter.feed(kind, piece, line)
        line += piece.count("\n")
    unfinished = splitter.current
    if unfinished is not None:
        place = f"{where}:{unfinished.line}"
        raise VerilogError("a module has no end", where=place, got=unfinished.name, allowed="endmodule")
    return splitter.modules


class _Splitter:
    """Collects modules from a stream of tokens."""

    def __init__(self) -> None:
        self.modules: list[ModuleText] = []
        self.current: ModuleText | None = None
        self._pieces: list[str] = []
        self._in_header = False
        self._marked = False

    def feed(self, kind: str, piece: str, line: int) -> None:
        """Take the next token."""
        if kind in _BLANK:
            self._marked = self._marked or bool(_ZERO_BITS.fullmatch(piece))
            piece = " " + "\n" * piece.count("\n")
        if self.current is None:
            if kind == "word" and piece in _STARTS:
                self.current, self._pieces, self._in_header = ModuleText("", line), [piece], True
            return
        self._pieces.append(piece)
        if kind == "word" and piece in _ENDS:
            self.current.text = "".join(self._pieces)
            self.modules.append(self.current)
            self.current = None
        elif kind in ("word", "escaped"):
            self._take_name(plain_name(piece), self.current)
        elif ";" in piece:
            self._in_header = False

    def _take_name(self, name: str, module: ModuleText) -> None:
        if not module.name:
            module.name = name
        elif name not in _TYPES:
            if self._in_header:
                module.words.append(name)
            if self._marked:
                module.zero_bits.add(name)
                self._marked = False


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


def _check_directive(piece: str, where: str) -> None:
    name = piece[1:].split(maxsplit=1)[0]
    if name not in _HARMLESS:
        raise VerilogError("macros and includes are not read", where=where, got=f"`{name}", allowed="preprocessed text")
