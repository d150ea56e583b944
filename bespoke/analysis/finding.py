"""The form in which every analysis tells what it found."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar, NamedTuple, Protocol


class Section(NamedTuple):
    """A finding for people.

    Attributes
    ----------
    title : str
    head : sequence of str
        Names of the columns of a table; those that begin with ``>`` hold numbers.
    rows : sequence of sequence of str
    remark : str
        What the reader should know, in whole sentences.
    """

    title: str
    head: Sequence[str]
    rows: Sequence[Sequence[str]]
    remark: str = ""


class Headline(NamedTuple):
    """The one figure of a finding that stands in tables of many circuits.

    Attributes
    ----------
    label : str
        What it is, the same for every circuit.
    value : float or None
        None where there is none.
    """

    label: str
    value: float | None


class Analysis(Protocol):
    """The finding of one analysis of a circuit.

    Attributes
    ----------
    name : str
        Its key among the analyses of a design and in ``report.json``.
    """

    name: ClassVar[str]

    def to_json(self) -> dict[str, Any]:
        """Plain-data form."""
        ...

    def section(self) -> Section:
        """The finding for the page of the design."""
        ...

    def headline(self) -> Headline | None:
        """The figure for tables of many circuits; None if they show nothing of it."""
        ...

    def files(self) -> dict[str, str]:
        """What is too long for the report, as texts that stand beside it, by name."""
        ...
