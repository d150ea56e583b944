"""Boolean expressions of Liberty files: text -> truth table and Verilog.

Operators, tightest first ("Liberty User Guide", attribute ``function``): ``!a`` and ``a'``, then ``^``, then
``*``, ``&`` and juxtaposition, then ``+`` and ``|``.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from bespoke.errors import LibertyError

_TOKEN = re.compile(r"\s*(?:(?P<name>[A-Za-z_][\w$\[\]]*)|(?P<constant>[01])(?!\w)|(?P<mark>[!'^*&+|()~]))")
_BINARY = {"^": "^", "*": "&", "&": "&", "+": "|", "|": "|"}
_STRENGTH = {"|": 1, "&": 2, "^": 3, "~": 4}


@dataclass(frozen=True, slots=True)
class Expression:
    """A Boolean expression in postfix form.

    ``steps`` are pin names, the constants ``"0"`` and ``"1"`` and the operators ``"~"``, ``"&"``, ``"|"``, ``"^"``.
    """

    steps: tuple[str, ...]

    def pins(self) -> tuple[str, ...]:
        """Names used, in the order of first use."""
        return tuple(dict.fromkeys(step for step in self.steps if step not in {"0", "1", "~", "&", "|", "^"}))

    def truth(self, tables: dict[str, int], states: int) -> int:
        """Truth table over ``states`` states.

        Parameters
        ----------
        tables : dict of str to int
            Truth table of every pin; bit ``s`` is its value in state ``s``.
        states : int
            Number of states.
        """
        full = (1 << states) - 1
        stack: list[int] = []
        for step in self.steps:
            if step == "~":
                stack.append(stack.pop() ^ full)
            elif step in _STRENGTH:
                right, left = stack.pop(), stack.pop()
                stack.append(left & right if step == "&" else left | right if step == "|" else left ^ right)
            else:
                stack.append(full if step == "1" else 0 if step == "0" else tables[step])
        return stack.pop()

    def verilog(self) -> str:
        """Verilog-2001 text; operands of another operator stand in parentheses."""
        stack: list[tuple[str, str]] = []
        for step in self.steps:
            if step == "~":
                text, operator = stack.pop()
                stack.append((f"~({text})" if operator else f"~{text}", "~"))
            elif step in _STRENGTH:
                right, left = stack.pop(), stack.pop()
                stack.append((f"{_operand(left, step)} {step} {_operand(right, step)}", step))
            else:
                stack.append((f"1'b{step}" if step in {"0", "1"} else step, ""))
        return stack.pop()[0]


def _operand(part: tuple[str, str], operator: str) -> str:
    text, inner = part
    return text if inner in {"", "~", operator} else f"({text})"


def input_tables(pins: Sequence[str]) -> dict[str, int]:
    """Truth tables of the input pins themselves; the first pin is the least significant bit of the state."""
    states = 1 << len(pins)
    return {pin: sum(1 << state for state in range(states) if state >> place & 1) for place, pin in enumerate(pins)}


def parse_expression(text: str, *, where: str) -> Expression:
    """Parse a Liberty expression.

    Raises
    ------
    LibertyError
        If the text is not an expression.
    """
    parser = _Parser(text, where)
    for token in parser.tokens():
        parser.take(token)
    return parser.finish()


class _Parser:
    """Operator precedence with explicit stacks."""

    def __init__(self, text: str, where: str) -> None:
        self._text = text
        self._where = where
        self._output: list[str] = []
        self._operators: list[str] = []
        self._after_operand = False

    def tokens(self) -> list[str]:
        found = []
        position = 0
        text = self._text.rstrip()
        while position < len(text):
            match = _TOKEN.match(text, position)
            if match is None:
                raise self._error()
            found.append(match.group().strip())
            position = match.end()
        return found

    def take(self, symbol: str) -> None:
        if symbol in _BINARY:
            self._binary(_BINARY[symbol])
        elif symbol == "'":
            self._expect(after_operand=True)
            self._output.append("~")
        elif symbol == ")":
            self._expect(after_operand=True)
            self._close()
        else:
            if self._after_operand:
                self._binary("&")
            if symbol in {"(", "!", "~"}:
                self._operators.append("~" if symbol == "!" else symbol)
            else:
                self._output.append(symbol)
                self._after_operand = True

    def finish(self) -> Expression:
        self._expect(after_operand=True)
        while self._operators:
            if self._operators[-1] == "(":
                raise self._error()
            self._output.append(self._operators.pop())
        return Expression(tuple(self._output))

    def _binary(self, operator: str) -> None:
        self._expect(after_operand=True)
        while self._operators and self._operators[-1] != "(" and _STRENGTH[self._operators[-1]] >= _STRENGTH[operator]:
            self._output.append(self._operators.pop())
        self._operators.append(operator)
        self._after_operand = False

    def _close(self) -> None:
        while self._operators and self._operators[-1] != "(":
            self._output.append(self._operators.pop())
        if not self._operators:
            raise self._error()
        self._operators.pop()

    def _expect(self, *, after_operand: bool) -> None:
        if self._after_operand != after_operand:
            raise self._error()

    def _error(self) -> LibertyError:
        return LibertyError("malformed Boolean expression", where=self._where, got=f'"{self._text}"')
