"""Choice of one match per needed literal, for the least total cost."""

from __future__ import annotations

from collections.abc import Sequence

from bespoke.techmap.matches import Match

UNREACHED = float("inf")
FLOW_PASSES = 2
EXACT_PASSES = 4
_ROUNDING = 1e-9


class Cover:
    """A cover in progress.

    Parameters
    ----------
    matches : list of list of Match
        Per literal. Inputs and constants have none and cost nothing in their true polarity.
    inverters : list of Match
        Per literal: the inverter that makes it from its complement.
    sources : int
        Literals below this one belong to constants and inputs.
    outputs : sequence of int
        Literals that must be there.

    Notes
    -----
    Area flow (Manohararajah et al., IWLS 2004) is followed by exact local area (Mishchenko et al., "Combinational
    and sequential mapping with priority cuts", ICCAD 2007), on both polarities of every node.
    """

    def __init__(
        self, matches: list[list[Match]], inverters: list[Match], sources: int, outputs: Sequence[int]
    ) -> None:
        self.matches = matches
        self.inverters = inverters
        self.sources = sources
        self.outputs = outputs
        self.choice: list[Match | None] = [None] * len(matches)
        self.references = [0] * len(matches)

    def solve(self) -> None:
        """Choose matches for all literals that the outputs need."""
        estimate = self._initial_references()
        for _ in range(FLOW_PASSES):
            self._flow_pass(estimate)
            self._count_references()
            estimate = [(old + 2 * new) / 3 for old, new in zip(estimate, self.references, strict=True)]
        todo: list[int] = [*range(self.sources, len(self.matches))]
        for _ in range(EXACT_PASSES):
            todo = self._exact_pass(todo)

    def cost(self) -> float:
        """Total cost of the matches in use."""
        used = [match for match, count in zip(self.choice, self.references, strict=True) if match and count]
        return sum(match.cost for match in used)

    def is_source(self, literal: int) -> bool:
        """Whether a literal is there at no cost."""
        return literal < 2 or (literal < self.sources and not literal & 1)

    def _initial_references(self) -> list[float]:
        counts = [0.0] * len(self.matches)
        for matches in self.matches:
            for match in matches[:1]:
                for pin in match.pins:
                    counts[pin & ~1] += 0.5
                    counts[pin | 1] += 0.5
        return counts

    def _flow_pass(self, references: Sequence[float]) -> None:
        flow = [UNREACHED] * len(self.matches)
        for literal, matches in enumerate(self.matches):
            if self.is_source(literal):
                flow[literal] = 0.0
            for match in matches:
                cost = match[0]
                for pin in match[2]:
                    cost += flow[pin]
                if cost < flow[literal]:
                    flow[literal] = cost
                    self.choice[literal] = match
            if literal & 1:
                self._flow_inverters(literal, flow)
                flow[literal ^ 1] /= max(1.0, references[literal ^ 1])
                flow[literal] /= max(1.0, references[literal])

    def _flow_inverters(self, literal: int, flow: list[float]) -> None:
        for phase in (literal ^ 1, literal):
            inverter = self.inverters[phase]
            cost = flow[phase ^ 1] + inverter.cost
            if phase > 1 and cost < flow[phase]:
                flow[phase] = cost
                self.choice[phase] = inverter

    def _count_references(self) -> None:
        self.references = [0] * len(self.matches)
        for literal in self.outputs:
            self._reference((literal,))

    def _reference(self, literals: tuple[int, ...]) -> float:
        """Add one reference to each literal; return the cost of what had to be added for them."""
        references, choice = self.references, self.choice
        cost = 0.0
        stack = [*literals]
        while stack:
            literal = stack.pop()
            references[literal] += 1
            if references[literal] == 1 and not self.is_source(literal):
                match = choice[literal]
                assert match is not None, "a complete library realises every literal"
                cost += match[0]
                stack += match[2]
        return cost

    def _dereference(self, literals: tuple[int, ...]) -> float:
        """Take one reference from each literal; return the cost of what is not needed any more."""
        references, choice = self.references, self.choice
        cost = 0.0
        stack = [*literals]
        while stack:
            literal = stack.pop()
            references[literal] -= 1
            if references[literal] == 0 and not self.is_source(literal):
                match = choice[literal]
                if match is not None:
                    cost += match[0]
                    stack += match[2]
        return cost

    def _exact_pass(self, literals: Sequence[int]) -> list[int]:
        """Re-choose used literals by their exact local cost; return those whose surroundings changed."""
        touched: set[int] = set()
        for literal in literals:
            if self.references[literal]:
                before = self.choice[literal]
                assert before is not None
                after = self._improve(literal, before)
                if after is not before:
                    touched |= {literal, *before.pins, *after.pins}
        return sorted(near for literal in touched if literal >= self.sources for near in (literal & ~1, literal | 1))

    def _improve(self, literal: int, current: Match) -> Match:
        """Take the cheapest match of a literal, everything counted that it adds and frees."""
        for match in self._alternatives(literal):
            if match[0] >= current[0] and not self._holds_alone(current):
                break
            if match is current:
                continue
            # The new pins are referenced before the old ones are released, so that what they share stays in place.
            change = match[0] - current[0] + self._reference(match[2])
            change -= self._dereference(current[2])
            if change < -_ROUNDING:
                self.choice[literal] = current = match
            else:
                self._reference(current[2])
                self._dereference(match[2])
        return current

    def _holds_alone(self, match: Match) -> bool:
        """Whether giving up a match would free other cells too."""
        return any(self.references[pin] == 1 and not self.is_source(pin) for pin in match[2])

    def _alternatives(self, literal: int) -> list[Match]:
        """Matches of a literal, cheapest cell first, the inverter among them where it makes no loop."""
        matches = self.matches[literal]
        other = self.choice[literal ^ 1]
        if other is None or other.pins == (literal,):
            return matches
        inverter = self.inverters[literal]
        place = next((i for i, match in enumerate(matches) if match[0] > inverter[0]), len(matches))
        return [*matches[:place], inverter, *matches[place:]]
