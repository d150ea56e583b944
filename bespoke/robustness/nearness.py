"""How near inputs with another output are to rows."""

from __future__ import annotations

from dataclasses import dataclass

from bespoke.model import IntArray


@dataclass(frozen=True, slots=True, eq=False)
class Nearness:
    """What change of the inputs another output needs, for rows and by one measure of changes.

    Attributes
    ----------
    certain : ndarray of int64, shape (n_rows,)
        No change of up to so much gives another output.
    broken : ndarray of int64, shape (n_rows,)
        Some change of so much does; 0 where none was found.
    examples : ndarray of int64, shape (n_rows, n_features)
        An input with another output that is so far away; the row itself where none was found.
    largest : int or None
        Change up to which was looked; None for any.
    """

    certain: IntArray
    broken: IntArray
    examples: IntArray
    largest: int | None
