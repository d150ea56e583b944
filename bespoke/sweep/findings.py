"""Further findings about the circuits of a sweep: each beside the exact one, in a table of its own."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from bespoke.data import Dataset
from bespoke.errors import OptionError
from bespoke.flow import AnalyseOptions, Design, analyse
from bespoke.options import with_settings
from bespoke.sweep.outcome import Outcome
from bespoke.sweep.store import DESIGNS
from bespoke.sweep.tables import OURS, Row, extra_columns, table_texts

FINDINGS = "analyses"
_Figures = Mapping[str, float | None]


class Findings(NamedTuple):
    """Designs with the findings of analyses, and what could not be found out."""

    designs: dict[str, Design]
    notes: list[str]


def examined(designs: Mapping[str, Design], data: Dataset, names: Sequence[str]) -> Findings:
    """Find more out about the designs of a cell, on its test rows.

    Parameters
    ----------
    designs : mapping of str to Design
        By name: ``exact``, which errors are counted against, and ``chosen``, as far as there are any.
    data : Dataset
    names : sequence of str
        Of analyses, see `bespoke.flow.ANALYSES`.
    """
    found, notes = dict(designs), []
    options = AnalyseOptions(exact=designs.get("exact"))
    for name in names:
        for which in designs:
            try:
                found[which] = analyse(found[which], dataset=data, options=with_settings(options, {name: True}))
            except OptionError as error:
                notes.append(f"no {name} of the {which} circuit: {error}")
    return Findings(found, notes)


def findings_table(outcomes: Sequence[Outcome], rows: Sequence[Row]) -> tuple[list[str], list[list[str]]]:
    """Headings, those of numbers with a ``>`` in front, and cells, a row per circuit; neither where nothing was found.

    Parameters
    ----------
    outcomes : sequence of Outcome
    rows : sequence of Row
        One of ours per outcome, in the same order, and published ones.
    """
    found = list(_circuits(outcomes, rows))
    labels = _labels(found)
    if not labels:
        return [], []
    extra = extra_columns([row for row, *_ in found])
    heads = ["Dataset", "Model", *(f">{name}" for name in extra), "Circuit", *(f">{label}" for label in labels)]
    body = [
        [row.dataset, row.model, *(show(row) for show in extra.values()), name, *(_words(had, each) for each in labels)]
        for row, name, had in found
    ]
    return heads, body


def findings_files(outcomes: Sequence[Outcome], rows: Sequence[Row]) -> dict[str, str]:
    """The table as texts by file name, all figures in full in the CSV; an empty text means that there is none."""
    found = list(_circuits(outcomes, rows))
    labels = _labels(found)
    named = ("dataset", "model", "technology", "vdd", "seed")
    plain = [
        {each: getattr(row, each) for each in named} | {"circuit": name} | {label: had.get(label) for label in labels}
        for row, name, had in found
    ]
    return table_texts(FINDINGS, plain, findings_table(outcomes, rows))


def _circuits(outcomes: Sequence[Outcome], rows: Sequence[Row]) -> Iterator[tuple[Row, str, _Figures]]:
    """Row of the cell, name and figures of each circuit about which something was found out."""
    ours = (row for row in rows if row.origin == OURS)
    for outcome, row in zip(outcomes, ours, strict=True):
        for name in DESIGNS:
            if had := (outcome.record.get(name) or {}).get("analyses"):
                yield row, name, had


def _labels(found: Iterable[tuple[Row, str, _Figures]]) -> list[str]:
    return list(dict.fromkeys(label for _, _, had in found for label in had))


def _words(had: _Figures, label: str) -> str:
    value = had.get(label)
    return "-" if value is None else f"{value:.3g}"
