"""Choice of one form per needed function, realised in simple gates for the least total cost."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from bespoke.arith.forms import FormGraph
from bespoke.netlist import SIMPLE_COSTS, SimpleGates, SimpleKind

WIRE = -1
_INV = int(SimpleKind.INV)
_FLOW_PASSES = 4
_EXACT_PASSES = 2
_DEPTH = 8
_UNLIMITED = 1 << 30
_UNREACHED = float("inf")


class Use(NamedTuple):
    """A gate, or a wire, that realises a literal from the literals ``pins``."""

    cost: float
    kind: int
    pins: tuple[int, ...]


def cheapest_gates(graph: FormGraph, outputs: Sequence[int]) -> SimpleGates:
    """Simple gates for the output literals of a graph of forms.

    Notes
    -----
    Area flow (Manohararajah et al., IWLS 2004), then exact local area (Mishchenko et al., "Combinational and
    sequential mapping with priority cuts", ICCAD 2007), on both polarities of every node.
    """
    cover = _Cover(graph, outputs)
    cover.solve()
    return cover.emit()


class _Cover:
    def __init__(self, graph: FormGraph, outputs: Sequence[int]) -> None:
        self.input_count = graph.input_count
        self.first = 2 * (1 + graph.input_count)
        self.outputs = outputs
        self.uses = _uses(graph)
        self.choice: list[Use] = [self._inverter(literal) for literal in range(len(self.uses))]
        self.references = [0] * len(self.uses)
        self.flow = [0.0] * len(self.uses)
        self.held: set[int] = set()

    @staticmethod
    def _inverter(literal: int) -> Use:
        return Use(SIMPLE_COSTS[_INV], _INV, (literal ^ 1,))

    def _is_free(self, literal: int) -> bool:
        return literal < 2 or (literal < self.first and not literal & 1)

    def solve(self) -> None:
        """Choose uses for all literals that the outputs need."""
        shares = [1.0] * len(self.uses)
        for _ in range(_FLOW_PASSES):
            self._flow_pass(shares)
            self.references = [0] * len(self.uses)
            for literal in self.outputs:
                self._add(literal)
            shares = [(old + 2.0 * (new or 0.5)) / 3.0 for old, new in zip(shares, self.references, strict=True)]
        for _ in range(_EXACT_PASSES):
            changed = [self._improve(x) for x in range(self.first, len(self.uses)) if self.references[x]]
            if not any(changed):
                break

    def _flow_pass(self, shares: list[float]) -> None:
        flow = self.flow
        for literal in range(3, self.first, 2):
            flow[literal] = SIMPLE_COSTS[_INV] / max(1.0, shares[literal])
        for literal in range(self.first, len(self.uses), 2):
            for phase in (literal, literal + 1):
                flow[phase] = _UNREACHED
                for use in self.uses[phase]:
                    cost = use.cost
                    for pin in use.pins:
                        cost += flow[pin]
                    if cost < flow[phase]:
                        flow[phase], self.choice[phase] = cost, use
            for phase in (literal, literal + 1):
                if flow[phase ^ 1] + SIMPLE_COSTS[_INV] < flow[phase]:
                    flow[phase], self.choice[phase] = flow[phase ^ 1] + SIMPLE_COSTS[_INV], self._inverter(phase)
            flow[literal] /= max(1.0, shares[literal])
            flow[literal + 1] /= max(1.0, shares[literal + 1])

    def _add(self, root: int) -> float:
        """Add one reference to a literal; return the cost of what it takes."""
        cost, stack = 0.0, [root]
        while stack:
            literal = stack.pop()
            self.references[literal] += 1
            if self.references[literal] > 1 or self._is_free(literal):
                continue
            if literal in self.held:
                cost += self.flow[literal]
            else:
                cost += self.choice[literal].cost
                stack.extend(self.choice[literal].pins)
        return cost

    def _remove(self, root: int, depth: int = _UNLIMITED) -> None:
        """Inverse of `_add`; below ``depth`` levels, unread literals keep their references and are held."""
        stack = [(root, depth)]
        while stack:
            literal, levels = stack.pop()
            self.references[literal] -= 1
            if self.references[literal] or self._is_free(literal) or literal in self.held:
                continue
            if levels:
                stack += [(pin, levels - 1) for pin in self.choice[literal].pins]
            else:
                self.held.add(literal)

    def _release(self) -> None:
        """Let go of held literals; take away what those that stayed unread read."""
        unread = [literal for literal in sorted(self.held) if not self.references[literal]]
        self.held.clear()
        for literal in unread:
            for pin in self.choice[literal].pins:
                self._remove(pin)

    def _improve(self, literal: int) -> bool:
        """Choose again for one used literal, everything else as it is; return whether that changed anything."""
        old = self.choice[literal]
        for pin in old.pins:
            self._remove(pin, _DEPTH)
        best, best_cost = old, self._trial(old, _UNREACHED)
        options = self.uses[literal]
        if self.choice[literal ^ 1].pins != (literal,):
            options = [*options, self._inverter(literal)]
        for use in options:
            cost = self._trial(use, best_cost)
            if cost < best_cost - 1e-9:
                best, best_cost = use, cost
        self.choice[literal] = best
        for pin in best.pins:
            self._add(pin)
        self._release()
        return best != old

    def _trial(self, use: Use, limit: float) -> float:
        """Cost of a use, as far as it stays below a limit."""
        cost, added = use.cost, 0
        for pin in use.pins:
            if cost >= limit:
                break
            cost += self._add(pin)
            added += 1
        for pin in use.pins[:added]:
            self._remove(pin)
        return cost

    def emit(self) -> SimpleGates:
        """Gates of the chosen cover."""
        signals = {0: 0, 1: 1} | {2 * (1 + i): 2 + i for i in range(self.input_count)}
        kinds: list[int] = []
        fanins: list[tuple[int, int]] = []
        for literal in self._order(signals):
            use = self.choice[literal]
            pins = [signals[pin] for pin in use.pins]
            if use.kind == WIRE:
                signals[literal] = pins[0]
            else:
                signals[literal] = 2 + self.input_count + len(kinds)
                kinds.append(use.kind)
                fanins.append((pins[0], pins[-1]))
        outputs = tuple(signals[literal] for literal in self.outputs)
        left, right = (tuple(pair[side] for pair in fanins) for side in (0, 1))
        return SimpleGates(self.input_count, tuple(kinds), left, right, outputs)

    def _order(self, known: dict[int, int]) -> list[int]:
        """Used literals, each after its pins."""
        order: list[int] = []
        done = set(known)
        stack = list(self.outputs)
        while stack:
            literal = stack[-1]
            waiting = [] if literal in done else [pin for pin in self.choice[literal].pins if pin not in done]
            if waiting:
                stack.extend(waiting)
                continue
            stack.pop()
            if literal not in done:
                done.add(literal)
                order.append(literal)
        return order


def _uses(graph: FormGraph) -> list[list[Use]]:
    """Ways to realise each literal by one gate or wire; complements by inverter are not listed."""
    uses: list[list[Use]] = [[] for _ in range(2 * len(graph.forms))]
    for node, forms in enumerate(graph.forms):
        for a, b, complement in forms:
            true, false = 2 * node + complement, 2 * node + 1 - complement
            if a == b:
                uses[true].append(Use(0.0, WIRE, (a,)))
                uses[false].append(Use(0.0, WIRE, (a ^ 1,)))
                continue
            for literal, kind, pins in (
                (true, SimpleKind.AND, (a, b)),
                (true, SimpleKind.NOR, (a ^ 1, b ^ 1)),
                (false, SimpleKind.NAND, (a, b)),
                (false, SimpleKind.OR, (a ^ 1, b ^ 1)),
            ):
                uses[literal].append(Use(SIMPLE_COSTS[kind], int(kind), pins))
    return uses
