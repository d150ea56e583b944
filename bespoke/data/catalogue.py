"""The catalogue: data sets known by name.

Its one source is ``datasets/catalogue.toml`` at the top of a source checkout; the build puts the same file into this
package, where an installed copy finds it.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from bespoke.errors import DatasetNotFoundError

CATALOGUE_FILE = "catalogue.toml"
PROVISIONS = ("download", "bundled", "generated")


@dataclass(frozen=True, slots=True)
class Layout:
    """How the repository's own files hold the table.

    Attributes
    ----------
    files : tuple of str
        Names inside the archive, in the order in which their rows are joined.
    delimiter : str
        A space stands for any run of whitespace.
    header : bool
        Whether each file begins with a line of names.
    columns_by_name : bool
        Whether columns are found by their names (letter case ignored; the last of repeated names counts), the header
        being the first line that has them all; by position otherwise.
    target_column : int
        Position of the target, by position only; -1 is the last.
    skip_columns : tuple of int
        Positions that are neither feature nor target (identifiers).
    drop_features : tuple of str
        Features left out, because most of their values are missing.
    values : mapping
        Numbers that stand for texts in feature columns.
    classes : mapping
        Whole numbers that stand for texts in the target column.
    """

    files: tuple[str, ...]
    delimiter: str
    header: bool = False
    columns_by_name: bool = False
    target_column: int = -1
    skip_columns: tuple[int, ...] = ()
    drop_features: tuple[str, ...] = ()
    values: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))
    classes: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True)
class CatalogueEntry:
    """One data set of the catalogue.

    Attributes
    ----------
    name, title, citation, licence : str
    uci_id : int
        Identifier in the UCI Machine Learning Repository.
    url : str
        Official download.
    task : {"classification", "regression"}
    target : str
        What the target column means; in files of this project's own form the column is called ``target``.
    rows : int
        Rows of the official table, those with missing values included.
    features : tuple of str
        In the order of the official columns, without those skipped; empty if the archive brings the names.
    layout : Layout
    provision : {"download", "bundled", "generated"}
        Whether a copy must be fetched, comes with scikit-learn, or is enumerated.
    missing : {"error", "drop"}
        Handling of rows with missing values.
    digest : str, optional
        SHA-256 of the content (`Dataset.digest`), where it is known.
    sha256 : str, optional
        SHA-256 of the official download, where it is known.
    doi, hint : str
    """

    name: str
    title: str
    citation: str
    licence: str
    uci_id: int
    url: str
    task: str
    target: str
    rows: int
    features: tuple[str, ...]
    layout: Layout
    provision: str = "download"
    missing: str = "error"
    digest: str | None = None
    sha256: str | None = None
    doi: str = ""
    hint: str = ""

    @property
    def kept_features(self) -> tuple[str, ...]:
        """The features that the data set has once loaded."""
        return tuple(name for name in self.features if name not in self.layout.drop_features)


@cache
def catalogue() -> Mapping[str, CatalogueEntry]:
    """All entries by name, in the order of the file."""
    entries = tomllib.loads(_catalogue_path().read_text(encoding="utf-8"))
    return MappingProxyType({name: _entry(name, fields) for name, fields in entries.items()})


def find_entry(name: str) -> CatalogueEntry:
    """The entry of that name.

    Raises
    ------
    DatasetNotFoundError
        With the nearest name, or all of them.
    """
    if name not in catalogue():
        raise not_found("no such data set", name)
    return catalogue()[name]


def not_found(what: str, name: str) -> DatasetNotFoundError:
    """Error that names the nearest catalogue name, or all of them."""
    hint = "".join(map(repr, get_close_matches(name.lower(), catalogue(), n=1, cutoff=0.6)))
    return DatasetNotFoundError(what, got=repr(name), allowed=", ".join(catalogue()), hint=hint)


def _catalogue_path() -> Path:
    package = Path(__file__).resolve().parent
    checkout = package.parents[1] / "datasets" / CATALOGUE_FILE
    return checkout if checkout.is_file() else package / CATALOGUE_FILE


def _entry(name: str, fields: dict[str, Any]) -> CatalogueEntry:
    layout = {key: _frozen(value) for key, value in fields["layout"].items()}
    others = {key: _frozen(value) for key, value in fields.items() if key != "layout"}
    return CatalogueEntry(name=name, layout=Layout(**layout), **others)


def _frozen(value: Any) -> Any:  # noqa: ANN401  any TOML value
    if isinstance(value, list):
        return tuple(value)
    return MappingProxyType(value) if isinstance(value, dict) else value
