"""The results of a sweep as tables in the layout of papers, for people and for programs."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from statistics import mean, stdev
from typing import Any, NamedTuple

from bespoke.drawing import NOT_STATED
from bespoke.estimate import power_source
from bespoke.report.folder import csv_text
from bespoke.sweep.options import DESIGN, Cell
from bespoke.sweep.outcome import Outcome
from bespoke.sweep.published import (
    PUBLISHED_TECHNOLOGY,
    Figures,
    PublishedRow,
    all_published_rows,
    citations,
    published_rows,
)

MM2_PER_CM2 = 100.0
OURS = "bespoke"
NO_SOURCE = "none"
TABLE, STATISTICS = "table", "statistics"


class Column(NamedTuple):
    """A figure of a row.

    Attributes
    ----------
    head : str
        Heading in tables for people.
    digits : str
        Format there: decimals of accuracies and gains, else significant digits.
    value : callable
        From the accuracy of the float model, the exact circuit and the approximate one.
    """

    head: str
    digits: str
    value: Callable[[float | None, Figures, Figures], float | None]


FIGURES = {
    "accuracy_float": Column("Float", ".3f", lambda model, _exact, _chosen: model),
    "accuracy_exact": Column("Exact", ".3f", lambda _model, exact, _chosen: exact.accuracy),
    "accuracy": Column("Approx.", ".3f", lambda _model, _exact, chosen: chosen.accuracy),
    "area_exact_cm2": Column("Exact cm2", ".3g", lambda _model, exact, _chosen: exact.area_cm2),
    "area_cm2": Column("cm2", ".3g", lambda _model, _exact, chosen: chosen.area_cm2),
    "power_exact_mw": Column("Exact mW", ".3g", lambda _model, exact, _chosen: exact.power_mw),
    "power_mw": Column("mW", ".3g", lambda _model, _exact, chosen: chosen.power_mw),
    "area_gain": Column("Area gain", ".1f", lambda _model, exact, chosen: _gain(exact.area_cm2, chosen.area_cm2)),
    "power_gain": Column("Power gain", ".1f", lambda _model, exact, chosen: _gain(exact.power_mw, chosen.power_mw)),
}


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the table.

    Attributes
    ----------
    dataset, model : str
    origin : str
        ``bespoke``, or whose published figures these are.
    group : str
        The same in rows that differ in the seed alone.
    seed : int or None
        None in published rows and in statistics.
    technology : str
    vdd : float or None
        Supply voltage in V.
    figures : mapping of str to float or None
        By the names of `FIGURES`; gains are those of the exact circuit over the approximate one.
    power_source : str
        What can power the approximate circuit.
    error : str
        Why the cell failed, or empty.
    deviations : mapping of str to float
        Sample standard deviations of the figures over seeds, in statistics of two seeds or more.
    metric : {"accuracy", "r2"}
        What the accuracies are.
    seeds : int
        Number of seeds that the figures are a mean of; 1 in single rows, 0 in published ones.
    """

    dataset: str
    model: str
    origin: str
    group: str
    seed: int | None
    technology: str
    vdd: float | None
    figures: Mapping[str, float | None]
    power_source: str = ""
    error: str = ""
    deviations: Mapping[str, float] | None = None
    metric: str = "accuracy"
    seeds: int = 1


def sweep_rows(outcomes: Sequence[Outcome], *, compare: bool) -> tuple[Row, ...]:
    """One row per cell in the order of the grid; with ``compare`` the published ones below those that they suit.

    Those of kinds of models that the grid has not stand below the cells that look for a model among all kinds.
    """
    rows: list[Row] = []
    kinds = {outcome.cell.kind for outcome in outcomes} - {DESIGN}
    for (dataset, kind), group in groupby(outcomes, key=lambda outcome: (outcome.cell.dataset, outcome.cell.kind)):
        cells = list(group)
        rows += [_row(outcome) for outcome in cells]
        if compare and any(cell.cell.technology == PUBLISHED_TECHNOLOGY for cell in cells):
            beside = all_published_rows(dataset, kinds) if kind == DESIGN else published_rows(dataset, kind)
            rows += [_published(cells[0].cell, row) for row in beside]
    return tuple(rows)


def statistics_rows(rows: Sequence[Row]) -> tuple[Row, ...]:
    """Means and standard deviations over the seeds; published rows stay; empty where there is but one seed."""
    if len({row.seed for row in rows if row.seed is not None}) < 2:
        return ()
    found: list[Row] = []
    for _, group in groupby(rows, key=lambda row: row.group):
        members = list(group)
        found += [_mean(members)] if members[0].origin == OURS else members
    return tuple(found)


def table_files(rows: Sequence[Row]) -> dict[str, str]:
    """Tables as CSV, Markdown and LaTeX by file name; an empty text means that there is no such table.

    Every figure stands in full in the CSV, where means and deviations have columns of their own.
    """
    texts: dict[str, str] = {}
    for name, found in ((TABLE, tuple(rows)), (STATISTICS, statistics_rows(rows))):
        over_seeds = any(row.deviations is not None for row in found)
        plain = [_plain(row, over_seeds=over_seeds) for row in found]
        texts |= table_texts(name, plain, people_table(found), legend(found))
    return texts


def table_texts(
    name: str,
    plain: Sequence[Mapping[str, Any]],
    shown: tuple[Sequence[str], Sequence[Sequence[str]]],
    notes: Sequence[str] = (),
) -> dict[str, str]:
    """One table as CSV, Markdown and LaTeX by file name; empty texts where it has no rows.

    Parameters
    ----------
    name : str
        Of the files, without suffix.
    plain : sequence of mapping
        Rows of the CSV.
    shown : (sequence of str, sequence of sequence of str)
        Headings, those of numbers with a ``>`` in front, and cells for people.
    notes : sequence of str
        Lines below the table, or comments above it.
    """
    texts = (csv_text(plain), _markdown(*shown, notes), _latex(*shown, notes)) if plain else ("", "", "")
    return {f"{name}.{suffix}": text for suffix, text in zip(("csv", "md", "tex"), texts, strict=True)}


def people_table(rows: Sequence[Row]) -> tuple[list[str], list[list[str]]]:
    """Headings, those of numbers with a ``>`` in front, and cells of a table for people."""
    extra = extra_columns(rows)
    heads = ["Dataset", "Model", *(f">{name}" for name in extra)]
    heads += [f">{column.head}" for column in FIGURES.values()] + ["Power source"]
    body, above = [], ""
    for row in rows:
        above = row.model if row.origin == OURS else above
        name = _name(row, above)
        figures = [_figure_words(row, name) for name in FIGURES]
        body.append([row.dataset, name, *(show(row) for show in extra.values()), *figures, _source_words(row)])
    return heads, body


def _name(row: Row, above: str) -> str:
    """What a row is called below one of ours of the model ``above``."""
    if row.origin == OURS:
        return f"{row.model} (R2)" if row.metric == "r2" else row.model
    return f"{row.origin}, {row.model}" if above == DESIGN else row.origin


def legend(rows: Sequence[Row]) -> list[str]:
    """Citations of the published rows, in the order in which they appear."""
    known = citations()
    sources = dict.fromkeys(row.origin.split(" (")[0] for row in rows if row.origin != OURS)
    return [f"{source}: {known[source]}" for source in sources]


def _markdown(heads: Sequence[str], body: Sequence[Sequence[str]], notes: Sequence[str]) -> str:
    """A table with pipes, and the notes below it."""
    lines = [[head.lstrip(">") for head in heads], ["--:" if head[0] == ">" else "---" for head in heads]]
    escaped = [[cell.replace("|", "\\|") for cell in line] for line in body]
    table = "".join(f"| {' | '.join(line)} |\n" for line in [*lines, *escaped])
    below = "".join(f"* {line}\n" for line in notes)
    return f"{table}\n{below}" if below else table


def _latex(heads: Sequence[str], body: Sequence[Sequence[str]], notes: Sequence[str]) -> str:
    """A ``tabular`` with the rules of the package booktabs, and the notes as comments."""
    columns = "".join("r" if head[0] == ">" else "l" for head in heads)
    lines = [f"% {line}" for line in notes]
    lines += [f"\\begin{{tabular}}{{{columns}}}", "\\toprule", _latex_line([head.lstrip(">") for head in heads])]
    lines += ["\\midrule", *(_latex_line(line) for line in body), "\\bottomrule", "\\end{tabular}"]
    return "\n".join(lines) + "\n"


def row_facts(row: Row) -> dict[str, Any]:
    """A row as plain data."""
    return _plain(row, over_seeds=row.deviations is not None) | {
        "power_source": row.power_source or None,
        "error": row.error or None,
    }


def _row(outcome: Outcome) -> Row:
    cell, record = outcome.cell, outcome.record
    exact, chosen = record.get("exact") or {}, record.get("chosen") or {}
    lacking = NOT_STATED if chosen.get("power_mw", 0.0) is None else NO_SOURCE
    source = (chosen["power_source"] or lacking) if chosen else "no such circuit" if record else ""
    return Row(
        cell.data_name,
        cell.model,
        OURS,
        f"{cell.dataset} {cell.model} {cell.technology} {cell.vdd}",
        cell.seed,
        cell.technology_name,
        (exact or chosen).get("vdd", cell.vdd),
        _figures(record.get("float"), _circuit(exact), _circuit(chosen)),
        source,
        outcome.error,
        metric=record.get("metric", "accuracy"),
    )


def _published(cell: Cell, row: PublishedRow) -> Row:
    power = row.approximate.power_mw
    found = None if power is None else power_source(power)
    source = "" if power is None else found.name if found else NO_SOURCE
    figures = _figures(None, row.exact, row.approximate)
    kind = row.model if cell.kind == DESIGN else cell.kind
    return Row(cell.data_name, kind, row.origin, "", None, PUBLISHED_TECHNOLOGY, None, figures, source, seeds=0)


def _circuit(figures: Mapping[str, Any]) -> Figures:
    return Figures(figures["test"], figures["area_mm2"] / MM2_PER_CM2, figures["power_mw"]) if figures else Figures()


def _figures(model: float | None, exact: Figures, chosen: Figures) -> dict[str, float | None]:
    return {name: column.value(model, exact, chosen) for name, column in FIGURES.items()}


def _gain(exact: float | None, chosen: float | None) -> float | None:
    """How many times smaller; None where there is nothing to compare, or nothing left."""
    return exact / chosen if exact is not None and chosen else None


def _mean(rows: Sequence[Row]) -> Row:
    """Mean of the rows that did not fail."""
    good = [row for row in rows if not row.error]
    values = {name: [value for row in good if (value := row.figures[name]) is not None] for name in FIGURES}
    sources = sorted({row.power_source for row in good})
    failed = f"{len(rows) - len(good)} of {len(rows)} seeds failed" if len(good) < len(rows) else ""
    return replace(
        (good or rows)[0],
        seed=None,
        figures={name: mean(found) if found else None for name, found in values.items()},
        deviations={name: stdev(found) for name, found in values.items() if len(found) > 1},
        seeds=len(good),
        power_source=", ".join(sources),
        error=failed,
    )


def extra_columns(rows: Sequence[Row]) -> dict[str, Callable[[Row], str]]:
    """Columns that only some tables need."""
    ours = [row for row in rows if row.origin == OURS]
    columns: dict[str, Callable[[Row], str]] = {}
    if len({row.technology for row in ours}) > 1:
        columns["Technology"] = lambda row: row.technology
    if len({row.vdd for row in ours if not row.error}) > 1:
        columns["V"] = lambda row: "-" if row.vdd is None else f"{row.vdd:g}"
    if len({row.seed for row in ours}) > 1:
        columns["Seed"] = lambda row: "-" if row.seed is None else str(row.seed)
    if any(row.seed is None for row in ours):
        columns["Seeds"] = lambda row: str(row.seeds) if row.seeds else "-"
    return columns


def _figure_words(row: Row, name: str) -> str:
    value = row.figures[name]
    if value is None:
        return "-"
    digits = FIGURES[name].digits
    spread = (row.deviations or {}).get(name)
    if spread is None:
        return f"{value:{digits}}"
    return f"{value:{digits}} ± {spread:{digits.replace('.3g', '.2g')}}"


def _source_words(row: Row) -> str:
    if not row.error:
        return row.power_source or "-"
    return f"{row.power_source}; {row.error}" if row.power_source else "failed" if row.seed is not None else row.error


def _plain(row: Row, *, over_seeds: bool) -> dict[str, Any]:
    names = ("dataset", "model", "origin", "technology", "vdd", "metric")
    plain: dict[str, Any] = {name: getattr(row, name) for name in names}
    if not over_seeds:
        plain |= {"seed": row.seed, **row.figures}
    else:
        plain |= {"seeds": row.seeds}
        for name, value in row.figures.items():
            plain |= {f"{name}_mean": value, f"{name}_sd": (row.deviations or {}).get(name)}
    return plain | {"power_source": row.power_source, "error": row.error}


def _latex_line(cells: Sequence[str]) -> str:
    return " & ".join(_escaped(cell) for cell in cells) + " \\\\"


def _escaped(text: str) -> str:
    special = {"&": r"\&", "%": r"\%", "_": r"\_", "#": r"\#", "±": r"$\pm$", "cm2": r"cm\textsuperscript{2}"}
    for plain, escaped in special.items():
        text = text.replace(plain, escaped)
    return text
