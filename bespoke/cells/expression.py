"""Boolean expressions of Liberty files: text -> truth table and Verilog.

Operators, tightest first ("Liberty User Guide", attribute ``function``): ``!a`` and ``a'``, then ``^``, then
``*``, ``&`` and juxtaposition, then ``+`` and ``|``. The doubled ``&&`` and ``||``, which tools accept, mean the same.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from operator import and_, or_, xor

from bespoke.errors import LibertyError

_TOKEN = re.compile(r"[A-Za-z_][\w$\[\]]*|[01](?!\w)|[!'^*+()~]|&&?|\|\|?")
_BINARY = {"^": "^", "*": "&", "&": "&", "&&": "&", "+": "|", "|": "|", "||": "|"}
_PREFIX = {"!": "~", "~": "~", "(": "("}
_STRENGTH = {"(": 0, "|": 1, "&": 2, "^": 3, "~": 4}
_FUNCTIONS = {"&": and_, "|": or_, "^": xor}


@dataclass(frozen=True, slots=True)
class Expression:
    """A Boolean expression in postfix form.

    ``steps`` are pin names, the constants ``"0"`` and ``"1"`` and the operators ``"~"``, ``"&"``, ``"|"``, ``"^"``.
    """

    steps: tuple[str, ...]

    def pins(self) -> tuple[str, ...]:
        """Names used, in the order of first use."""
        return tuple(dict.fromkeys(step for step in self.steps if step not in {"0", "1", *_STRENGTH}))

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
        leaves = {"0": 0, "1": full, **tables}
        stack: list[int] = []
        for step in self.steps:
            if step == "~":
                stack.append(stack.pop() ^ full)
            elif step in _FUNCTIONS:
                stack.append(_FUNCTIONS[step](stack.pop(), stack.pop()))
            else:
                stack.append(leaves[step])
        return stack.pop()

    def verilog(self) -> str:
        """Verilog-2001 text; operands of another operator stand in parentheses."""
        stack: list[tuple[str, str]] = []
        for step in self.steps:
            if step == "~":
                text, operator = stack.pop()
                stack.append((f"~({text})" if operator else f"~{text}", "~"))
            elif step in _FUNCTIONS:
                texts = [text if inner in {"", "~", step} else f"({text})" for text, inner in stack[-2:]]
                stack[-2:] = [(f" {step} ".join(texts), step)]
            else:
                stack.append((f"1'b{step}" if step in {"0", "1"} else step, ""))
        return stack.pop()[0]


def input_tables(pins: Sequence[str]) -> dict[str, int]:
    """Truth tables of the input pins themselves; the first pin is the least significant bit of the state."""
    states = 1 << len(pins)
    return {pin: sum(1 << state for state in range(states) if state >> place & 1) for place, pin in enumerate(pins)}


def minterms(truth: int, pins: Sequence[str], complement: str = "!", conjunction: str = "*") -> list[str]:
    """Products of all pins, one for each state in which a truth table is 1."""
    return [
        conjunction.join(("" if state >> place & 1 else complement) + pin for place, pin in enumerate(pins))
        for state in range(1 << len(pins))
        if truth >> state & 1
    ]


def parse_expression(text: str, *, where: str) -> Expression:
    """Parse a Liberty expression.

    Raises
    ------
    LibertyError
        If the text is not an expression.
    """
    try:
        return Expression(tuple(_postfix(text)))
    except (IndexError, ValueError):
        raise LibertyError("malformed Boolean expression", where=where, got=f'"{text}"') from None


def _postfix(text: str) -> list[str]:
    """Steps by operator precedence; raises IndexError or ValueError if the text is not an expression."""
    steps, waiting = list[str](), ["("]
    for symbol in _tokens(text):
        if symbol == "'":
            steps.append("~")
        elif symbol == ")":
            while (operator := waiting.pop()) != "(":
                steps.append(operator)
        elif symbol in _BINARY:
            while _STRENGTH[waiting[-1]] >= _STRENGTH[_BINARY[symbol]]:
                steps.append(waiting.pop())
            waiting.append(_BINARY[symbol])
        elif symbol in _PREFIX:
            waiting.append(_PREFIX[symbol])
        else:
            steps.append(symbol)
    if waiting:
        raise ValueError
    return steps


def _tokens(text: str) -> Iterator[str]:
    """Tokens up to a closing parenthesis at the end, with ``&`` for juxtaposition; raises ValueError."""
    text = text.replace('\\"', " ")  # names of pins may stand in escaped quotes
    if _TOKEN.sub("", text).strip():
        raise ValueError
    for before, symbol in pairwise(["(", *_TOKEN.findall(text), ")"]):
        ends = before not in _BINARY and before not in _PREFIX
        starts = symbol not in _BINARY and symbol not in {"'", ")"}
        if not ends and not starts:
            raise ValueError
        if ends and starts:
            yield "&"
        yield symbol
