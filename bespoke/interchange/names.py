"""Names in formats that allow fewer characters than Verilog's escaped identifiers."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from textwrap import wrap


def distinct_names(
    names: Sequence[str], illegal: re.Pattern[str], *, taken: Iterable[str] = (), fold_case: bool = False
) -> list[str]:
    """The names with illegal characters replaced by underscores, numbered where two would be the same.

    Legal names keep themselves; equal names stay equal.

    Parameters
    ----------
    names : sequence of str
    illegal : Pattern
        Matches what may not stand in a name.
    taken : iterable of str
        Names in use already.
    fold_case : bool
        Whether names that differ in case alone are the same in the format.
    """
    fold = str.casefold if fold_case else str
    used = {fold(name) for name in taken}
    chosen: dict[str, str] = {}
    for name in sorted(set(names), key=lambda name: (illegal.search(name) is not None, names.index(name))):
        plain = candidate = illegal.sub("_", name) or "_"
        number = 1
        while fold(candidate) in used:
            number += 1
            candidate = f"{plain}_{number}"
        used.add(fold(candidate))
        chosen[name] = candidate
    return [chosen[name] for name in names]


def folded(words: Sequence[str], *, continuation: str = " \\\n  ") -> str:
    """Words on lines of at most 99 characters, joined by a format's sign that a line goes on."""
    return continuation.join(wrap(" ".join(words), 99, break_long_words=False, break_on_hyphens=False))
