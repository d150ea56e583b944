"""Processes that end with the one that started them, however that ended."""

from __future__ import annotations

import os
import threading
import time
from typing import Any

from bespoke.sweep.cell import Outcome, run_cell

_NAME = "bespoke-parent-watch"
_INTERVAL_S = 1.0


def run_in_child(parent: int, *arguments: Any) -> Outcome:  # noqa: ANN401  those of `run_cell`
    """`run_cell` in a process that may be a child of ``parent``: without that one it would work for nobody."""
    is_child = os.getpid() != parent
    if is_child and all(thread.name != _NAME for thread in threading.enumerate()):
        threading.Thread(target=_end_without, args=(parent,), name=_NAME, daemon=True).start()
    return run_cell(*arguments)


def _end_without(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(_INTERVAL_S)
    os._exit(1)
