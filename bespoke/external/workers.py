"""Calls in processes of this machine; `bespoke.external.cluster` has those on a cluster."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Protocol, TypeVar

from joblib import Parallel, delayed
from joblib.externals.loky.process_executor import BrokenProcessPool
from threadpoolctl import threadpool_limits

from bespoke.errors import ProcessLostError
from bespoke.external.parent import in_child

Shared = TypeVar("Shared")
Item = TypeVar("Item")
Result = TypeVar("Result")


class Workers(Protocol):
    """What makes calls at the same time."""

    def run(
        self, function: Callable[[Shared, Item], Result], shared: Shared, items: Iterable[Item]
    ) -> Iterator[Result]:
        """Results in the order of the items, which are taken as they are needed.

        Parameters
        ----------
        function : callable
            Of a module, so that another process finds it.
        shared : object
            First argument of all calls.
        items : iterable
            Second argument of each call.
        """


@dataclass(frozen=True, slots=True)
class Processes:
    """So many processes of this machine; a single one is this one."""

    count: int

    def run(
        self, function: Callable[[Shared, Item], Result], shared: Shared, items: Iterable[Item]
    ) -> Iterator[Result]:
        """See `Workers.run`.

        Raises
        ------
        ProcessLostError
            If a process was ended from outside.
        """
        calls = (delayed(in_child(single_threaded))(function, shared, item) for item in items)
        try:
            yield from Parallel(n_jobs=self.count, return_as="generator")(calls)
        except BrokenProcessPool:
            what = "a process was ended from outside, perhaps for want of memory"
            raise ProcessLostError(what, allowed="fewer --jobs; a search with --resume goes on") from None


def single_threaded(function: Callable[..., Result], *arguments: object) -> Result:
    """A call whose libraries have one thread: calls are what runs at the same time, and sums do not depend on it."""
    with threadpool_limits(1):
        return function(*arguments)
