"""Functions with several forms each, to choose from once all functions are known."""

from __future__ import annotations

from typing import NamedTuple

from bespoke.netlist import FALSE, TRUE, AndBuilder


class Form(NamedTuple):
    """``a & b``, complemented if ``complement``; a plain wire if ``a == b``."""

    a: int
    b: int
    complement: int


class FormGraph(AndBuilder):
    """Grows a graph of functions; each is given as one or several forms over earlier ones.

    Node 0 is the constant false, nodes ``1 .. input_count`` are the inputs; literals are
    ``2 * node + complement`` as in `Netlist`. The forms of one node need to agree only where its users read it.

    Parameters
    ----------
    input_count : int
    """

    def __init__(self, input_count: int) -> None:
        self.input_count = input_count
        self.forms: list[list[Form]] = [[] for _ in range(1 + input_count)]
        self._ands: dict[tuple[int, int], int] = {}

    def node(self) -> int:
        """Literal of a new function without forms."""
        self.forms.append([])
        return 2 * (len(self.forms) - 1)

    def _gate(self, _kind: int, a: int, b: int) -> int:
        literal = self._ands.get((a, b))
        if literal is None:
            literal = self._ands[a, b] = self.node()
            self.forms[-1].append(Form(a, b, 0))
        return literal

    def mux(self, select: int, if_true: int, if_false: int) -> int:
        """Literal of ``select ? if_true : if_false``."""
        if if_true == if_false:
            return if_true
        return self.or_(self.and_(select, if_true), self.and_(select ^ 1, if_false))

    def may_be(self, literal: int, other: int) -> None:
        """Add ``other`` as a form of ``literal``."""
        self.may_be_and(literal, other, other)

    def may_be_and(self, literal: int, a: int, b: int) -> None:
        """Add ``a & b`` as a form of ``literal``."""
        if FALSE in (a, b) or a == b ^ 1:
            a = b = FALSE
        elif TRUE in (a, b):
            a = b = a if b == TRUE else b
        form = Form(min(a, b), max(a, b), literal & 1)
        forms = self.forms[literal >> 1]
        if form not in forms:
            forms.append(form)

    def may_be_or(self, literal: int, a: int, b: int) -> None:
        """Add ``a | b`` as a form of ``literal``."""
        self.may_be_and(literal ^ 1, a ^ 1, b ^ 1)
