"""Progress on a terminal: what is being done, for how long, and how long it will go on."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Timer

from rich.console import Console
from rich.progress import BarColumn, Progress, ProgressColumn, SpinnerColumn, Task, TextColumn
from rich.table import Column
from rich.text import Text

from bespoke.cli.countdown import Countdown, clock

_DELAY_S = 0.7  # what is over sooner shows nothing


@contextmanager
def show_progress(what: str) -> Iterator[Callable[[str], None]]:
    """Show what is being done on standard error, once it takes a while; yields a function that replaces the text."""
    countdown = Countdown()
    bar = Progress(
        SpinnerColumn(),
        TextColumn("{task.description}", markup=False, table_column=Column(no_wrap=True, overflow="ellipsis")),
        BarColumn(bar_width=24),
        _Times(countdown),
        console=Console(stderr=True),
        transient=True,
        # Standard output may go to a file or to another program.
        redirect_stdout=False,
    )
    task = bar.add_task(what, total=None)

    def tell(stage: str) -> None:
        countdown.tell(stage, time.monotonic())
        share = countdown.share
        total = None if share is None else 1.0
        bar.update(task, description=f"{what}: {stage}", total=total, completed=share or 0.0)

    timer = Timer(_DELAY_S, bar.start)
    timer.start()
    try:
        yield tell
    finally:
        timer.cancel()
        timer.join()
        bar.stop()


class _Times(ProgressColumn):
    """Time since the beginning, and what is left of the stage."""

    max_refresh = 0.5

    def __init__(self, countdown: Countdown) -> None:
        self._countdown = countdown
        super().__init__(Column(no_wrap=True))

    def render(self, task: Task) -> Text:
        """What stands in the column."""
        left = self._countdown.left(time.monotonic())
        words = clock(task.elapsed or 0.0)
        return Text(words if left is None else f"{words}, about {clock(left)} left")
