"""Published figures beside which ours stand."""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from bespoke.data import CLASSIFICATION, REGRESSION
from bespoke.training import TrainingOptions

PUBLISHED_TECHNOLOGY = "egfet"
_FILE = "published.toml"


@dataclass(frozen=True, slots=True)
class Figures:
    """Accuracy (share of test rows), area in cm2 and power in mW; None where a paper gives none."""

    accuracy: float | None = None
    area_cm2: float | None = None
    power_mw: float | None = None


@dataclass(frozen=True, slots=True)
class PublishedRow:
    """What one source says about one kind of model on one data set.

    Attributes
    ----------
    dataset : str
        Name in the catalogue.
    model : str
        ``mlp``, ``mlp_regressor``, ``svm``, ``svm_regressor`` or ``tree``.
    source : str
        A key of `citations`.
    note : str
        What is not as usual, such as another voltage.
    hidden : tuple of int
        Units of the hidden layers; empty where there are none, or none are known.
    exact, approximate : Figures
    """

    dataset: str
    model: str
    source: str
    note: str = ""
    hidden: tuple[int, ...] = ()
    exact: Figures = Figures()
    approximate: Figures = Figures()

    @property
    def origin(self) -> str:
        """Source with its note."""
        return f"{self.source} ({self.note})" if self.note else self.source


def published_rows(dataset: str, kind: str) -> tuple[PublishedRow, ...]:
    """Rows for a data set and a kind of model (see `bespoke.training.KINDS`), in the order of the file."""
    name = _published_name(kind)
    return tuple(row for row in _read()[1] if (row.dataset, row.model) == (dataset, name))


def all_published_rows(dataset: str, without: Collection[str] = ()) -> tuple[PublishedRow, ...]:
    """Rows for a data set of all kinds of models but some, in the order of the file."""
    left_out = {_published_name(kind) for kind in without}
    return tuple(row for row in _read()[1] if row.dataset == dataset and row.model not in left_out)


def published_topology(dataset: str, kind: str) -> tuple[int, ...] | None:
    """Units of the hidden layers that papers use, or None where none is known."""
    return next((row.hidden for row in published_rows(dataset, kind) if row.hidden), None)


def citations() -> Mapping[str, str]:
    """Full citation of each source."""
    return _read()[0]


def _published_name(kind: str) -> str:
    """Name in the file; the data sets there are all for classification."""
    name, task = TrainingOptions(kind=kind).resolve(CLASSIFICATION)
    return f"{name}_{'regressor' if task == REGRESSION else ''}".rstrip("_")


@cache
def _read() -> tuple[Mapping[str, str], tuple[PublishedRow, ...]]:
    data = tomllib.loads((Path(__file__).parent / _FILE).read_text(encoding="utf-8"))
    return MappingProxyType(data["sources"]), tuple(_row(fields) for fields in data["rows"])


def _row(fields: dict[str, Any]) -> PublishedRow:
    figures = {part: Figures(**fields.get(part, {})) for part in ("exact", "approximate")}
    return PublishedRow(**fields | figures | {"hidden": tuple(fields.get("hidden", ()))})
