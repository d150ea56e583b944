"""The form in which every analysis tells what it found."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any, ClassVar, NamedTuple, Self


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


class Analysis(ABC):
    """The finding of one analysis of a circuit.

    Attributes
    ----------
    name : str
        Its key among the analyses of a design and in ``report.json``.
    """

    name: ClassVar[str]
    __slots__ = ()

    @abstractmethod
    def to_json(self) -> dict[str, Any]:
        """Plain-data form."""

    @abstractmethod
    def section(self) -> Section:
        """The finding for the page of the design."""

    def headline(self) -> Headline | None:
        """The figure for tables of many circuits; None if they show nothing of it."""
        return None

    def files(self) -> dict[str, str]:
        """What is too long for the report, as texts that stand beside it, by name."""
        return {}


@dataclass(frozen=True, slots=True)
class Enlarged(Analysis):
    """The finding about a circuit with something added to it.

    Attributes
    ----------
    area_mm2, plain_area_mm2 : float
        Of the circuit, and of that without.
    """

    area_mm2: float
    plain_area_mm2: float

    @property
    def area_overhead(self) -> float:
        """Share by which the circuit is larger than that without."""
        return self.area_mm2 / self.plain_area_mm2 - 1.0 if self.plain_area_mm2 else 0.0

    def to_json(self) -> dict[str, Any]:
        """Plain-data form."""
        return asdict(self) | {"area_overhead": self.area_overhead}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        """Inverse of `to_json`."""
        return cls(**{field.name: data[field.name] for field in fields(cls)})


def stated(value: float | None) -> str:
    """A figure for a table; None where the library does not state it."""
    return "not stated" if value is None else f"{value:.3g}"
