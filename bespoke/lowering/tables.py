"""Tables over several inputs: gates that are searched for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from bespoke.arith import from_table
from bespoke.lowering.draft import Draft
from bespoke.model import IntArray
from bespoke.opt import MOST_TABLE_BITS, SearchEffort, TableEffort, search_table

# Of a table whose first gates are many; set with `benchmarks/neurons.py`. Some four and forty seconds.
# The second search of small tables is a quarter of a second, set with `benchmarks/optimum.py`.
FAST = TableEffort(starts=2, tries=130, search=SearchEffort(work=30_000_000, heat=0.6), least_work=10_000_000)
THOROUGH = TableEffort(starts=4, tries=400, search=SearchEffort(work=300_000_000, heat=0.6))


def table_literals(
    draft: Draft, values: IntArray, occurring: IntArray, address: Sequence[int], width: int
) -> tuple[int, ...]:
    """Literals of the lowest bits of a table's values, which are right at the addresses that occur.

    Parameters
    ----------
    draft : Draft
    values : ndarray of int64, shape (2**n,)
    occurring : ndarray of int64, shape (n_addresses,)
    address : sequence of int
        Literals of the bits of the address, least significant first.
    width : int
        Number of bits.
    """
    if len(address) > MOST_TABLE_BITS or not width:
        return from_table(draft.builder, values, address, width)
    flags = (values >> np.arange(width)[:, None] & 1).astype(np.bool_)
    effort, is_all = THOROUGH if draft.effort == "high" else FAST, list(address) == list(draft.ports)
    # A model may have many small tables: only one that is all of the circuit is worth a second search.
    effort = effort if is_all else replace(effort, least_work=0)
    gates = search_table(flags, occurring, effort, draft.costs, np.random.default_rng(0))
    literals = gates.build(draft.builder, address)
    if is_all:
        draft.gates, draft.gate_outputs = gates, literals
    return literals
