"""The group syntax of Liberty files: text -> tree of groups and attributes.

Follows the "Liberty User Guide" (Open Source Liberty, Synopsys): ``name (arguments) { statements }``,
``name : value ;`` and ``name (arguments) ;``, with C comments and a backslash that joins lines.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from bespoke.errors import LibertyError

_TOKEN = re.compile(
    r"""
    (?P<space> [ \t\r\f\v]+ | /\*.*?\*/ | //[^\n]* | \\[ \t\r]*\n )
  | (?P<newline> \n )
  | (?P<string> "(?:[^"\\]|\\.)*" )
  | (?P<mark> [(){}:;,] )
  | (?P<word> (?: [^\s(){}:;,"/\\] | /(?![*/]) )+ )
    """,
    re.VERBOSE | re.DOTALL,
)
_JOINED_LINES = re.compile(r"\\[ \t\r]*\n")


class Attribute(NamedTuple):
    """``name : value`` or ``name (values)``; quotes are removed. ``where`` is the file, the line and the name."""

    name: str
    values: tuple[str, ...]
    where: str


@dataclass(slots=True)
class Group:
    """``kind (arguments) { ... }`` with its attributes and inner groups in the order of the file.

    ``where`` is the file and the line.
    """

    kind: str
    arguments: tuple[str, ...]
    where: str
    attributes: list[Attribute] = field(default_factory=list)
    groups: list[Group] = field(default_factory=list)

    @property
    def name(self) -> str:
        """First argument, or an empty string."""
        return self.arguments[0] if self.arguments else ""

    def attribute(self, name: str) -> Attribute | None:
        """Last attribute of that name, as later ones overwrite earlier ones."""
        return next((a for a in reversed(self.attributes) if a.name == name), None)

    def text(self, name: str, default: str = "") -> str:
        """First value of an attribute, or a default."""
        found = self.attribute(name)
        return found.values[0] if found and found.values else default

    def number(self, name: str) -> float | None:
        """Number in an attribute, or None without that attribute; raises LibertyError as `number` does."""
        found = self.attribute(name)
        return None if found is None else number(self.text(name), where=found.where)

    def inner(self, *kinds: str) -> list[Group]:
        """Inner groups of the given kinds."""
        return [group for group in self.groups if group.kind in kinds]


def number(text: str, *, where: str) -> float:
    """Read one finite number.

    Raises
    ------
    LibertyError
        If it is not one.
    """
    try:
        value = float(text)
    except ValueError:
        raise LibertyError("not a number", where=where, got=f'"{text}"') from None
    if not math.isfinite(value):
        raise LibertyError("not a finite number", where=where, got=text)
    return value


class _Token(NamedTuple):
    kind: str
    text: str
    line: int


def parse_liberty(text: str, *, where: str) -> Group:
    """Parse the text of a Liberty file.

    Parameters
    ----------
    text : str
    where : str
        Name of the file, for messages.

    Returns
    -------
    Group
        The ``library`` group.

    Raises
    ------
    LibertyError
        With file and line, if the text breaks the syntax or is not one library.
    """
    root = _Parser(text, where).run()
    if len(root.groups) != 1 or root.groups[0].kind != "library":
        found = ", ".join(group.kind for group in root.groups) or "none"
        raise LibertyError("the file does not hold one library group", where=where, got=found)
    return root.groups[0]


def _tokens(text: str, where: str) -> Iterator[_Token]:
    line = 1
    position = 0
    while position < len(text):
        match = _TOKEN.match(text, position)
        if match is None:
            piece = text[position : position + 20].splitlines()[0]
            what = {'"': "string is not closed", "/": "comment is not closed"}.get(piece[:1], "unexpected character")
            raise LibertyError(what, where=f"{where}:{line}", got=piece)
        kind = str(match.lastgroup)
        if kind != "space":
            yield _Token(kind, match.group(), line)
        line += match.group().count("\n")
        position = match.end()
    yield _Token("end", "end of file", line)


class _Parser:
    """Reads statements with an explicit stack of open groups."""

    def __init__(self, text: str, where: str) -> None:
        self._where = where
        self._tokens = _tokens(text, where)
        self._token = next(self._tokens)
        self._stack = [Group("", (), where)]

    def run(self) -> Group:
        """Return the anonymous group around all statements."""
        while self._skip_newlines().kind != "end":
            if self._token.text == "}":
                if len(self._stack) == 1:
                    raise self._error("a closing brace without a group")
                self._stack.pop()
                self._advance()
            elif self._token.text == ";":
                self._advance()
            elif self._token.kind in {"word", "string"}:
                self._statement()
            else:
                raise self._error("a statement must start with a name")
        if len(self._stack) > 1:
            raise LibertyError(f"group {self._stack[-1].kind} is not closed", where=self._stack[-1].where)
        return self._stack[0]

    def _statement(self) -> None:
        name, where = _unquoted(self._token.text), f"{self._where}:{self._token.line}"
        self._advance()
        mark = self._skip_newlines().text
        if mark not in {":", "("}:
            raise self._error(f"{name} must be followed by ':' or '('")
        self._advance()
        values = self._value(name) if mark == ":" else self._arguments(name)
        if self._token.text == "{":
            group = Group(name, values, where)
            self._stack[-1].groups.append(group)
            self._stack.append(group)
            self._advance()
        else:
            self._stack[-1].attributes.append(Attribute(name, values, f"{where} {name}"))

    def _value(self, name: str) -> tuple[str, ...]:
        """Read the value of ``name : value``; it ends at ';', at '}' or with the line."""
        words: list[str] = []
        while self._token.kind not in {"newline", "end"} and self._token.text not in {";", "}"}:
            if self._token.text in {"{", ":"}:
                raise self._error(f"the value of {name} is malformed")
            words.append(_unquoted(self._token.text))
            self._advance()
        if not words:
            raise self._error(f"{name} has no value")
        return (" ".join(words),)

    def _arguments(self, name: str) -> tuple[str, ...]:
        """Read the rest of ``name (arguments)``."""
        arguments: list[str] = []
        while self._token.text != ")":
            if self._token.kind == "end" or self._token.text in {"(", "{", "}", ";"}:
                raise self._error(f"the list of {name} is not closed")
            if self._token.kind in {"word", "string"}:
                arguments.append(_unquoted(self._token.text))
            self._advance()
        self._advance()
        self._skip_newlines()
        return tuple(arguments)

    def _advance(self) -> None:
        self._token = next(self._tokens)

    def _skip_newlines(self) -> _Token:
        while self._token.kind == "newline":
            self._advance()
        return self._token

    def _error(self, what: str) -> LibertyError:
        return LibertyError(what, where=f"{self._where}:{self._token.line}", got=self._token.text.strip() or "line end")


def _unquoted(text: str) -> str:
    if text.startswith('"'):
        return _JOINED_LINES.sub(" ", text[1:-1]).strip()
    return text
