"""Processes that end with the one that started them."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

_WATCH = "bespoke-parent-watch"
_INTERVAL_S = 1.0


@dataclass(frozen=True, slots=True)
class InChild:
    """A function whose process, if it is a child of ``parent``, ends when that one has: it would work for nobody."""

    function: Callable[..., Any]
    parent: int

    def __call__(self, *arguments: Any, **named: Any) -> Any:  # noqa: ANN401  those of the function
        """Call the function."""
        if os.getpid() != self.parent and all(thread.name != _WATCH for thread in threading.enumerate()):
            threading.Thread(target=_end_without, args=(self.parent,), name=_WATCH, daemon=True).start()
        return self.function(*arguments, **named)


def in_child(function: Callable[..., Any]) -> InChild:
    """A function for children of this process, which end when it has ended."""
    return InChild(function, os.getpid())


def _end_without(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(_INTERVAL_S)
    os._exit(1)
