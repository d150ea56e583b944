"""Choice of one match per needed literal, for the least total cost."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from bespoke.compiled import compiled, entry
from bespoke.techmap.matches import Matches
from bespoke.techmap.objective import NO_PIN, Floats, Integers

FLOW_PASSES = 2
EXACT_PASSES = 4
_ROUNDING = 1e-9
_NONE = -1


class Cover(NamedTuple):
    """A cover, by literal, shape (n_literals,).

    Attributes
    ----------
    choice : ndarray of int64
        Match that makes it, -1 for none.
    references : ndarray of int64
        Cells and outputs that read it.
    """

    choice: Integers
    references: Integers


class _Problem(NamedTuple):
    """What the walks read: arrays of `Matches`, and the literal from which on there are gates."""

    first: Integers
    costs: Floats
    pins: Integers
    sources: int


def solve(matches: Matches, sources: int, outputs: Integers, *, flow_passes: int = FLOW_PASSES) -> Cover:
    """Choose matches for all literals that the outputs need.

    Parameters
    ----------
    matches : Matches
        Inputs and constants have none and cost nothing in their true polarity.
    sources : int
        Literals below this one belong to constants and inputs.
    outputs : ndarray of int64
        Literals that must be there.
    flow_passes : int

    Notes
    -----
    Area flow (Manohararajah et al., IWLS 2004) is followed by exact local area (Mishchenko et al., "Combinational
    and sequential mapping with priority cuts", ICCAD 2007), on both polarities of every node.
    """
    problem = _Problem(matches.first, matches.costs, matches.pins, sources)
    return _solve(problem, outputs, flow_passes, EXACT_PASSES)


@entry
def _solve(problem: _Problem, outputs: Integers, flow_passes: int, exact_passes: int) -> Cover:
    literals = len(problem.first) - 1
    cover = Cover(np.full(literals, _NONE), np.zeros(literals, np.int64))
    # A walk starts with at most four pins and pushes those of each literal once; compiled code checks no bounds.
    stack = np.empty(4 * literals + 4, np.int64)
    estimate = _initial_references(problem)
    for _ in range(flow_passes):
        _flow_pass(problem, cover, estimate)
        cover.references[:] = 0
        for literal in outputs:
            stack[0] = literal
            _walk(problem, cover, stack, 1, 1)
        estimate = (estimate + 2 * cover.references) / 3
    todo = np.arange(problem.sources, literals)
    for _ in range(exact_passes):
        todo = _exact_pass(problem, cover, stack, todo)
    return cover


@compiled
def _is_source(problem: _Problem, literal: int) -> bool:
    """Whether a literal is there at no cost."""
    return literal < 2 or (literal < problem.sources and literal & 1 == 0)


@compiled
def _inverter(problem: _Problem, literal: int) -> int:
    """The match that makes a literal from its complement."""
    return int(problem.first[-1] + literal)


@compiled
def _initial_references(problem: _Problem) -> Floats:
    counts = np.zeros(len(problem.first) - 1)
    for literal in range(len(counts)):
        if problem.first[literal] < problem.first[literal + 1]:
            for pin in problem.pins[problem.first[literal]]:
                if pin != NO_PIN:
                    counts[pin & ~1] += 0.5
                    counts[pin | 1] += 0.5
    return counts


@compiled
def _flow_pass(problem: _Problem, cover: Cover, references: Floats) -> None:
    flow = np.full(len(references), np.inf)
    for literal in range(len(references)):
        if _is_source(problem, literal):
            flow[literal] = 0.0
        for match in range(problem.first[literal], problem.first[literal + 1]):
            cost = problem.costs[match]
            for pin in problem.pins[match]:
                if pin != NO_PIN:
                    cost += flow[pin]
            if cost < flow[literal]:
                flow[literal] = cost
                cover.choice[literal] = match
        if literal & 1:
            for phase in (literal ^ 1, literal):
                cost = flow[phase ^ 1] + problem.costs[_inverter(problem, phase)]
                if phase > 1 and cost < flow[phase]:
                    flow[phase] = cost
                    cover.choice[phase] = _inverter(problem, phase)
            flow[literal ^ 1] /= max(1.0, references[literal ^ 1])
            flow[literal] /= max(1.0, references[literal])


@compiled
def _push(problem: _Problem, stack: Integers, count: int, match: int) -> int:
    """Put the pins of a match on a stack; its new height."""
    for pin in problem.pins[match]:
        if pin != NO_PIN:
            stack[count] = pin
            count += 1
    return count


@compiled
def _walk(problem: _Problem, cover: Cover, stack: Integers, count: int, step: int) -> float:
    """Add a reference to each literal on the stack (step 1) or take one (-1); return the cost of all that this affects.

    A literal that gets its first reference needs its match and the pins of it, one that loses its last one does not.
    """
    cost, edge = 0.0, 1 if step > 0 else 0
    while count:
        count -= 1
        literal = stack[count]
        cover.references[literal] += step
        if cover.references[literal] == edge and not _is_source(problem, literal):
            assert cover.choice[literal] != _NONE, "a complete library realises every literal"
            cost += problem.costs[cover.choice[literal]]
            count = _push(problem, stack, count, cover.choice[literal])
    return cost


@compiled
def _exact_pass(problem: _Problem, cover: Cover, stack: Integers, literals: Integers) -> Integers:
    """Re-choose used literals by their exact local cost; return those whose surroundings changed."""
    touched = np.zeros(len(cover.choice), np.int64)
    for literal in literals:
        if cover.references[literal]:
            before = cover.choice[literal]
            after = _improve(problem, cover, stack, literal)
            if after != before:
                touched[literal] = 1
                for match in (before, after):
                    for pin in problem.pins[match]:
                        if pin != NO_PIN:
                            touched[pin] = 1
    touched[: problem.sources] = 0
    near = np.empty(2 * touched.sum(), np.int64)
    count = 0
    for literal in range(problem.sources, len(touched)):
        for _ in range(touched[literal & ~1] + touched[literal | 1]):
            near[count] = literal
            count += 1
    return near


@compiled
def _improve(problem: _Problem, cover: Cover, stack: Integers, literal: int) -> int:
    """Take the cheapest match of a literal, everything counted that it adds and frees."""
    costs, current = problem.costs, cover.choice[literal]
    match, end = problem.first[literal], problem.first[literal + 1]
    inverter = _inverter(problem, literal)
    other = cover.choice[literal ^ 1]
    # The inverter takes its turn by cost, but not where the complement is made from this literal.
    has_inverter = other != _NONE and other != _inverter(problem, literal ^ 1)
    while match < end or has_inverter:
        if has_inverter and (match == end or costs[match] > costs[inverter]):
            trial, has_inverter = inverter, False
        else:
            trial, match = match, match + 1
        if costs[trial] >= costs[current] and not _holds_alone(problem, cover, current):
            break
        if trial != current and _is_better(problem, cover, stack, current, trial):
            cover.choice[literal] = current = trial
    return int(current)


@compiled
def _is_better(problem: _Problem, cover: Cover, stack: Integers, current: int, trial: int) -> bool:
    """Whether a match saves something over the one in use; if so, its pins are referenced instead."""
    # The new pins are referenced before the old ones are released, so that what they share stays there.
    change = problem.costs[trial] - problem.costs[current]
    change += _walk(problem, cover, stack, _push(problem, stack, 0, trial), 1)
    change -= _walk(problem, cover, stack, _push(problem, stack, 0, current), -1)
    if change < -_ROUNDING:
        return True
    _walk(problem, cover, stack, _push(problem, stack, 0, current), 1)
    _walk(problem, cover, stack, _push(problem, stack, 0, trial), -1)
    return False


@compiled
def _holds_alone(problem: _Problem, cover: Cover, match: int) -> bool:
    """Whether giving up a match would free other cells too."""
    for pin in problem.pins[match]:
        if pin != NO_PIN and cover.references[pin] == 1 and not _is_source(problem, pin):
            return True
    return False
