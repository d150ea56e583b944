"""Choice of one match per needed literal, for the least total cost."""

from __future__ import annotations

from collections.abc import Sequence

from bespoke.errors import LibraryError
from bespoke.techmap.cuts import Match

Costed = tuple[float, Match]
UNREACHED = float("inf")
FLOW_PASSES = 3
EXACT_PASSES = 3


class Cover:
    """A cover in progress.

    Parameters
    ----------
    candidates : list of list of (cost, Match)
        Per literal. Inputs and constants have none and cost nothing in their true polarity.
    sources : int
        Literals below this one belong to constants and inputs.
    inverter : tuple of (cost, cell)
    outputs : list of int
        Literals that must be there.

    Notes
    -----
    Area flow (Manohararajah et al., IWLS 2004) is followed by exact local area (Mishchenko et al., "Combinational
    and sequential mapping with priority cuts", ICCAD 2007), on both polarities of every node.
    """

    def __init__(
        self, candidates: list[list[Costed]], sources: int, inverter: tuple[float, str], outputs: Sequence[int]
    ) -> None:
        self.candidates = candidates
        self.sources = sources
        self.inverter_cost, self.inverter = inverter
        self.outputs = outputs
        self.choice: list[Costed | None] = [None] * len(candidates)
        self.references = [0] * len(candidates)

    def solve(self) -> None:
        """Choose matches for all literals that the outputs need."""
        estimate = self._initial_references()
        for _ in range(FLOW_PASSES):
            self._flow_pass(estimate)
            self._count_references()
            estimate = [(old + 2 * new) / 3 for old, new in zip(estimate, self.references, strict=True)]
        for _ in range(EXACT_PASSES):
            if not self._exact_pass():
                break

    def _is_free(self, literal: int) -> bool:
        return literal < 2 or (literal < self.sources and not literal & 1)

    def _initial_references(self) -> list[float]:
        counts = [0.0] * len(self.candidates)
        for matches in self.candidates:
            for _, match in matches[:1]:
                for pin in match.pins:
                    counts[pin & ~1] += 0.5
                    counts[pin | 1] += 0.5
        return counts

    def _flow_pass(self, references: Sequence[float]) -> None:
        flow = [UNREACHED] * len(self.candidates)
        for literal in range(0, len(self.candidates), 2):
            for phase in (literal, literal + 1):
                if self._is_free(phase):
                    flow[phase] = 0.0
                    continue
                for costed in self.candidates[phase]:
                    cost = costed[0]
                    for pin in costed[1].pins:
                        cost += flow[pin]
                    if cost < flow[phase]:
                        flow[phase] = cost
                        self.choice[phase] = costed
            self._flow_invert(literal, flow)
            flow[literal] /= max(1.0, references[literal])
            flow[literal + 1] /= max(1.0, references[literal + 1])

    def _flow_invert(self, literal: int, flow: list[float]) -> None:
        for phase in (literal, literal + 1):
            inverted = flow[phase ^ 1] + self.inverter_cost
            if phase > 1 and inverted < flow[phase]:
                flow[phase] = inverted
                self.choice[phase] = (self.inverter_cost, Match(self.inverter, (phase ^ 1,)))

    def _count_references(self) -> None:
        self.references = [0] * len(self.candidates)
        for literal in self.outputs:
            self._reference(literal)

    def _reference(self, root: int) -> float:
        """Add one reference to a literal; return the cost of what had to be added for it."""
        cost = 0.0
        stack = [root]
        while stack:
            literal = stack.pop()
            self.references[literal] += 1
            if self.references[literal] == 1 and not self._is_free(literal):
                choice = self.choice[literal]
                if choice is None:
                    raise LibraryError("the library's cells cannot realise a function", allowed="INV and NAND2 or NOR2")
                cost += choice[0]
                stack.extend(choice[1].pins)
        return cost

    def _dereference(self, root: int) -> float:
        """Inverse of `_reference`."""
        cost = 0.0
        stack = [root]
        while stack:
            literal = stack.pop()
            self.references[literal] -= 1
            if self.references[literal] == 0 and not self._is_free(literal):
                choice = self.choice[literal]
                assert choice is not None
                cost += choice[0]
                stack.extend(choice[1].pins)
        return cost

    def _exact_pass(self) -> bool:
        """Re-choose every used literal by its exact local cost; return whether anything improved."""
        improved = False
        for literal in range(self.sources, len(self.candidates)):
            if self.references[literal]:
                improved |= self._improve(literal)
        return improved

    def _improve(self, literal: int) -> bool:
        old = self.choice[literal]
        assert old is not None
        for pin in old[1].pins:
            self._dereference(pin)
        best, best_cost = old, UNREACHED
        for costed in self._alternatives(literal):
            cost = costed[0]
            for pin in costed[1].pins:
                cost += self._reference(pin)
            for pin in costed[1].pins:
                self._dereference(pin)
            if cost < best_cost - 1e-12 or (costed is old and cost <= best_cost + 1e-12):
                best, best_cost = costed, cost
        self.choice[literal] = best
        for pin in best[1].pins:
            self._reference(pin)
        return best is not old

    def _alternatives(self, literal: int) -> list[Costed]:
        options = self.candidates[literal]
        other = self.choice[literal ^ 1]
        if other is not None and other[1].pins != (literal,):
            options = [*options, (self.inverter_cost, Match(self.inverter, (literal ^ 1,)))]
        old = self.choice[literal]
        return [costed if old is None or costed != old else old for costed in options]
