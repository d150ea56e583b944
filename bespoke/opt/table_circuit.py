"""Small circuits of functions given as tables: decision diagrams, then annealed resubstitution."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from bespoke.cells import GateCosts
from bespoke.netlist import SimpleGates
from bespoke.opt.boxes import address_vectors, care_on
from bespoke.opt.resubstitute import SearchEffort, resubstitute
from bespoke.opt.small_circuit import as_simple_gates
from bespoke.opt.table_diagram import Flags, netlist_of_diagram, search_order

MOST_TABLE_BITS = 14  # inputs; with 14 of them a signal takes 2 kB
_WHOLE_WORK_GATES = 200  # gates to start from that get all the work; small circuits are searched through sooner
_FIRST_SHARE = 0.25  # of the work, for a first look at every start

_Anneal = Callable[[SimpleGates, float], SimpleGates]  # with so much work


@dataclass(frozen=True, slots=True)
class TableEffort:
    """How long to search for the gates of a table.

    Attributes
    ----------
    starts : int
        Orders of the variables that are searched for, each giving gates to start from.
    tries : int
        Moves in the search for one order.
    search : SearchEffort
        Of all annealing together, from gates that are many.
    least_work : int
        Of a second search, which tables get whose first one takes less.
    """

    starts: int
    tries: int
    search: SearchEffort
    least_work: int = 0


def search_table(
    values: Flags, occurring: NDArray[np.int64], effort: TableEffort, costs: GateCosts, rng: np.random.Generator
) -> SimpleGates:
    """Gates with the outputs that a table states, at all addresses that occur.

    Parameters
    ----------
    values : ndarray of bool, shape (n_outputs, 2**n)
        Wanted outputs by address; input ``i`` is bit ``i`` of it.
    occurring : ndarray of int64, shape (n_addresses,)
        At other addresses the outputs may be anything.
    effort : TableEffort
    costs : GateCosts
    rng : numpy.random.Generator

    Notes
    -----
    The search starts from shared binary decision diagrams (R. Bryant, "Graph-Based Algorithms for Boolean Function
    Manipulation", IEEE TC 1986) whose orders of variables come from a local search (R. Rudell, "Dynamic variable
    ordering for ordered binary decision diagrams", ICCAD 1993); the best of several starts is annealed longest.
    """
    count = values.shape[1].bit_length() - 1
    care = care_on(address_vectors(occurring, count), len(values))

    def anneal(gates: SimpleGates, work: float) -> SimpleGates:
        chosen = replace(effort.search, work=int(work))
        return resubstitute(gates, care, chosen, costs)

    first = _starts(values, effort, rng)
    work = effort.search.work * min(1.0, max(len(gates.kinds) for gates in first) / _WHOLE_WORK_GATES)
    found = _annealed(first, work, anneal, costs)
    if work >= effort.least_work:
        return found
    again = _annealed(_starts(values, effort, rng), effort.least_work, anneal, costs)
    return min(found, again, key=lambda gates: gates.cost(costs.simple))


def _starts(values: Flags, effort: TableEffort, rng: np.random.Generator) -> list[SimpleGates]:
    orders = {search_order(values, effort.tries, rng) for _ in range(effort.starts)}
    return [as_simple_gates(netlist_of_diagram(values, order)) for order in sorted(orders)]


def _annealed(starts: Sequence[SimpleGates], work: float, anneal: _Anneal, costs: GateCosts) -> SimpleGates:
    """The cheapest gates found within the work: all starts get a look, the best of them the rest."""
    share = _FIRST_SHARE / len(starts) if len(starts) > 1 else 0.0
    looked = [anneal(start, work * share) if share else start for start in starts]
    best = min(looked, key=lambda gates: gates.cost(costs.simple))
    return anneal(best, work * (1 - share * len(starts)))
