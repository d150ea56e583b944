"""Gates replaced by cheaper functions of other signals, wherever that does not show at the outputs."""

from __future__ import annotations

from dataclasses import dataclass
from math import log
from typing import NamedTuple

from bespoke.cells import GateCosts
from bespoke.compiled import entry
from bespoke.netlist import SimpleGates
from bespoke.opt.boxes import Care
from bespoke.opt.circuit import KIND, SOURCE, cost_of, simple_gates
from bespoke.opt.substitution import SearchState, improve, prepare, state_for
from bespoke.opt.words import Integers, random_below, random_float

_BASE_WORK = 200  # what a trial takes besides the gates that depend on the one tried, in gates looked at
_PATIENCE = 5  # trials per gate in vain
_ROUND = 50  # trials between looks at the cost of the whole circuit
_EPSILON = 1e-9


@dataclass(frozen=True, slots=True)
class SearchEffort:
    """How long to search.

    Gates are picked at random; if the heat falls to 0, each is tried once before.

    Attributes
    ----------
    work : int
        Gates looked at. Without heat, the end comes sooner when all gates were tried in vain several times.
    heat : float
        Loss, in NAND2 cells, that a change may bring in the mean in the beginning of the random phase (simulated
        annealing). Changes without gain or loss are always made: they open the way to others.
    first, count : int
        Gates that are tried, by their numbers; without a count the first and all after it, new ones among them.
    last_heat : float
        To which the heat falls until the end.
    seed : int
        Of the choice of gates, at least 0.
    window : int
        Signals near a gate that it may read instead.
    """

    work: int
    heat: float = 0.0
    first: int = 0
    count: int | None = None
    last_heat: float = 0.0
    seed: int = 0
    window: int = 120


class Walk(NamedTuple):
    """Circuits that a search has met.

    Attributes
    ----------
    last : SimpleGates
        Where it ended.
    cheapest : SimpleGates
        The one that it began with, if none is cheaper.
    is_known : bool
        Whether the one that it began with is known to be right; there is no search otherwise.
    """

    last: SimpleGates
    cheapest: SimpleGates
    is_known: bool


def resubstitute(gates: SimpleGates, care: Care, effort: SearchEffort, costs: GateCosts) -> SimpleGates:
    """The cheapest circuit met on a `walk`; the circuit itself if none is cheaper."""
    return walk(gates, care, effort, costs).cheapest


def walk(gates: SimpleGates, care: Care, effort: SearchEffort, costs: GateCosts) -> Walk:
    """Change a circuit, to make it cheaper, where that does not show on the inputs that matter.

    Parameters
    ----------
    gates : SimpleGates
    care : Care
    effort : SearchEffort
    costs : GateCosts

    Notes
    -----
    Resubstitution with observability don't-cares (Mishchenko et al., "Scalable don't-care-based logic optimization and
    resynthesis", ACM TRETS 2011), with heat as a local search of simulated annealing (S. Kirkpatrick et al.,
    "Optimization by simulated annealing", Science 220, 1983).
    """
    sources = gates.input_count + 2
    state = state_for(gates, care, costs, effort.seed, effort.window)
    first = sources + effort.first
    size = state.circuit.net.shape[1]
    tried = first, size if effort.count is None else min(size, first + effort.count)
    is_right, net, outputs = _run(state, sources, tried, effort.work, (effort.heat, effort.last_heat))
    if not is_right:
        return Walk(gates, gates, False)
    last, found = simple_gates(state.circuit.net, state.circuit.outputs, sources), simple_gates(net, outputs, sources)
    is_cheaper = found.cost(costs.simple) < gates.cost(costs.simple) - _EPSILON
    return Walk(last, found if is_cheaper else gates, True)


@entry
def _run(
    state: SearchState, sources: int, tried: tuple[int, int], work: int, heats: tuple[float, float]
) -> tuple[bool, Integers, Integers]:
    """Whether the circuit is right as it is; rows and outputs of the cheapest one met by changes of some signals."""
    heat, cooling = heats[0], heats[0] - heats[1]
    circuit, done, vain, number = state.circuit, 0, 0, 0
    is_right, best_cost = prepare(state, sources), cost_of(circuit)
    best, best_outputs, (first, signal) = circuit.net.copy(), circuit.outputs.copy(), tried
    size, signal = signal - first, signal if heats[1] == 0 else first
    while is_right and done < work and (heat > 0 or vain <= _PATIENCE * size):
        is_first = signal > first
        signal -= 1
        target = signal if is_first else first + random_below(state.refused[-1:], size)
        done, vain = done + 1, vain + 1
        if circuit.net[KIND, target] <= SOURCE:
            continue
        loss = 0.0 if is_first else -log(1.0 - random_float(state.refused[-1:])) * (heat - cooling * done / work)
        done += _BASE_WORK + improve(state, target, _EPSILON if is_first else -_EPSILON - loss)
        number += 1
        if number % _ROUND == 0 and cost_of(circuit) < best_cost - _EPSILON:
            best, best_outputs = circuit.net.copy(), circuit.outputs.copy()
            best_cost, vain = cost_of(circuit), 0
    if cost_of(circuit) < best_cost:
        best, best_outputs = circuit.net, circuit.outputs
    return is_right, best, best_outputs
