"""Calls of a search: at the same time, within a time, and each made once even if the search is stopped and goes on."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import takewhile
from math import inf
from typing import Any, Generic

from bespoke.external import Item, Processes, Result, Shared, Workers
from bespoke.search.journal import Journal


@dataclass(frozen=True, slots=True)
class Task(Generic[Shared, Item, Result]):
    """A call that is made for many items.

    Attributes
    ----------
    name : str
        Of the stage of the search, which calls it for each item once.
    function : callable
        Of what all calls share and an item, in a module.
    key : callable
        What tells items apart, as a text.
    to_json : callable
        Plain data of a result.
    from_json : callable
        The result from what all calls share, these data and the item; raises ValueError if they do not fit.
    """

    name: str
    function: Callable[[Shared, Item], Result]
    key: Callable[[Item], str]
    to_json: Callable[[Result], Any]
    from_json: Callable[[Shared, Any, Item], Result]


@dataclass(frozen=True, slots=True, eq=False)
class Work:
    """What makes the calls of a search.

    Attributes
    ----------
    workers : Workers
    journal : Journal
        What was found before, and what is found.
    """

    workers: Workers = field(default_factory=lambda: Processes(1))
    journal: Journal = field(default_factory=lambda: Journal(None, {}))

    def run(
        self, task: Task[Shared, Item, Result], shared: Shared, items: Iterable[Item], most_s: float = inf
    ) -> Iterator[Result]:
        """Results of the first items, in their order; what the journal knows is not made again.

        Those behind an item for which the time was too short are left out.

        Parameters
        ----------
        task : Task
        shared : object
        items : iterable
        most_s : float
            Seconds after which no call is begun, those of earlier processes included.
        """
        known = self.journal.known(task.name)
        begun = time.perf_counter() - self.journal.spent_s(task.name)
        every = [(item, task.key(item)) for item in items]
        left = (item for item, key in every if key not in known)
        on_time = takewhile(lambda _: time.perf_counter() - begun < most_s, left)
        made = iter(self.workers.run(task.function, shared, on_time))
        for item, key in every:
            if key in known:
                yield self.journal.read(partial(task.from_json, shared, known[key], item))
                continue
            for result in made:
                self.journal.write(task.name, key, task.to_json(result), time.perf_counter() - begun)
                yield result
                break
            else:
                return

    def run_best(
        self, task: Task[Shared, Item, Result], shared: Shared, items: Sequence[Item], most_s: float
    ) -> Iterator[Result]:
        """The same, best items first: the first is made before the clock starts, however short the time is."""
        yield from self.run(task, shared, items[:1])
        yield from self.run(task, shared, items[1:], most_s)
