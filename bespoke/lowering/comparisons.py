"""Comparisons of words with constants, and what is selected by them, in forms to choose from."""

from __future__ import annotations

from collections.abc import Sequence

from bespoke.arith import FormGraph
from bespoke.lowering.draft import Draft
from bespoke.lowering.form_cover import cheapest_gates
from bespoke.lowering.inputs import Inputs
from bespoke.netlist import SimpleGates
from bespoke.numeric import Interval


class Comparisons:
    """A graph of forms over the bits of words.

    Each comparison may be built in many ways that agree where it is read; which ones are taken is decided for all of
    them, and for all that reads them, together.

    Parameters
    ----------
    words : tuple of Word or LevelWord

    Attributes
    ----------
    words : tuple of Word or LevelWord
        The same, unsigned: where the given one is signed, its sign bit is flipped.
    offsets : list of int
        What was added by that.
    graph : FormGraph
    """

    def __init__(self, words: Inputs) -> None:
        pairs = [word.offset_binary() for word in words]
        self.words, self.offsets = tuple(word for word, _ in pairs), [offset for _, offset in pairs]
        self.graph = FormGraph(sum(len(word.bits) for word in self.words))
        self._comparers, first = [], 1
        for word in self.words:
            self._comparers.append(word.comparer(self.graph, range(2 * first, 2 * (first + len(word.bits)), 2)))
            first += len(word.bits)

    def at_least(self, number: int, bound: int, limits: Interval) -> int:
        """Literal of the graph that is ``words[number] >= bound`` within limits."""
        return self._comparers[number].at_least(bound, limits.low, limits.high)

    def gates(self, literals: Sequence[int], draft: Draft) -> SimpleGates:
        """Gates over all bits of the words for literals of the graph."""
        return cheapest_gates(self.graph, literals, draft.costs)

    def build(self, gates: SimpleGates, draft: Draft) -> tuple[int, ...]:
        """Literals of the netlist for the outputs of such gates."""
        return gates.build(draft.builder, [bit for word in self.words for bit in word.bits])
