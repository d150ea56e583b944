"""Cells on the workers of a Dask cluster."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bespoke.external.cluster import Cluster, why_lost
from bespoke.sweep.cell import run_cell
from bespoke.sweep.options import SweepOptions
from bespoke.sweep.outcome import Outcome
from bespoke.sweep.plan import PlannedCell


def run_on_cluster(todo: Sequence[PlannedCell], options: SweepOptions, cluster: Cluster) -> Iterator[Outcome]:
    """Outcomes in the order in which they are ready.

    Raises
    ------
    ClusterError
        If the scheduler is gone.
    """
    calls = [(each.cell, each.key, each.data, options) for each in todo]
    for number, found in cluster.run_all(run_cell, calls):
        if isinstance(found, BaseException):
            yield Outcome(todo[number].cell, error=why_lost(found))
        else:
            yield found
