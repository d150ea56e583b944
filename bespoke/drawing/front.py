"""Fronts from their rows, which are plain data: as plots, as tables, and as figures for print."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from bespoke.drawing.figure import BLUE, COLUMN_IN, GREY, ORANGE, Series, print_figure
from bespoke.drawing.markup import links, table
from bespoke.drawing.markup import row as table_row
from bespoke.drawing.plot import Point, Scatter, scatter
from bespoke.drawing.words import NOT_STATED, area_words, delay_text, power_text, score_words, yield_words

Row = Mapping[str, Any]

# Name of the axis, and the figure of a row.
_SIZES: Mapping[str, tuple[str, Callable[[Row], float]]] = {
    "area": ("area in cm²", lambda row: row["area_mm2"] / 100),
    "power": ("power in mW", lambda row: row["power_mw"] or 0.0),
}
_COLUMNS: Mapping[str, Callable[[Row], str]] = {
    "": lambda row: "chosen" if row["chosen"] else "exact" if row["exact"] else "",
    ">No.": lambda row: str(row["number"]),
    ">training": lambda row: score_words(row["train"]),
    ">assured": lambda row: score_words(row["assured"]),
    ">test": lambda row: score_words(row["test"]),
    ">other outputs": lambda row: _share(row.get("output_error_rate")),
    ">area": lambda row: area_words(row["area_mm2"]),
    ">of exact": lambda row: f"{row['area_mm2'] / row['exact_mm2']:.2f}" if row["exact_mm2"] else "-",
    ">power": lambda row: NOT_STATED if row["power_mw"] is None else f"{row['power_mw']:.3g} mW",
    ">levels": lambda row: str(row["levels"]),
    ">converters": lambda row: power_text(row["converter_power_mw"]),
    ">delay": lambda row: delay_text(row["delay_ms"]),
    ">supply": lambda row: f"{row['vdd']:g} V",
    ">gates": lambda row: f"{row['gates']:,}",
    ">copied cells": lambda row: f"{row.get('copied_cells', 0):,}",
    ">yield": yield_words,
    ">edits": lambda row: str(row["edits"]),
    "folder": lambda row: str(row["folder"]),
}
# Score: line, marker, colour, legend.
_SERIES = {
    "train": ("-", "o", GREY, "training rows"),
    "assured": ("-", "^", BLUE, "assured"),
    "test": ("none", "s", ORANGE, "test rows"),
}


def _share(rate: float | None) -> str:
    if rate is None:
        return "-"
    return "< 0.1%" if 0 < rate < 0.001 else f"{rate:.1%}"


def _counts_converters(rows: Sequence[Row]) -> bool:
    return any(row.get("converter_power_mw") for row in rows)


# Columns that stand in some fronts only. Folders of before have no figures of the converters alone.
_SHOWN: Mapping[str, Callable[[Sequence[Row]], bool]] = {
    ">supply": lambda rows: len({row["vdd"] for row in rows}) > 1,
    ">levels": _counts_converters,
    ">yield": lambda rows: any(map(yield_words, rows)),
    ">copied cells": lambda rows: any(row.get("copied_cells") for row in rows),
    ">converters": _counts_converters,
    ">other outputs": lambda rows: any(row.get("output_error_rate") is not None for row in rows),
}


def front_order(rows: Sequence[Row]) -> list[Row]:
    """Rows as tables show them: the exact design first."""
    return sorted(rows, key=lambda row: not row["exact"])


def front_table(rows: Sequence[Row], without: Sequence[str] = ()) -> tuple[list[str], list[list[str]]]:
    """Columns and their texts, rows in the order of `front_order`.

    The supply is left out where all have the same, levels and the power of converters where these are not counted, and
    yields and shares of other outputs where there are none. A column of numbers has a name with ``>`` in front.
    """
    missing = {name for name, is_shown in _SHOWN.items() if not is_shown(rows)} | {*without}
    columns = [name for name in _COLUMNS if name not in missing]
    exact_mm2 = next((row["area_mm2"] for row in rows if row["exact"]), 0.0)
    full = [{**row, "exact_mm2": exact_mm2} for row in front_order(rows)]
    return columns, [[_COLUMNS[name](row) for name in columns] for row in full]


def designs_table(rows: Sequence[Row], *, is_linked: bool = False) -> str:
    """HTML table of a front; in a page, rows are joined to the points of its plots and linked to their reports."""
    columns, cells = front_table(rows, without=("folder",))
    lines = []
    for entry, line in zip(front_order(rows), cells, strict=True):
        below = "" if entry["folder"] == "." else f"{entry['folder']}/"
        extra = links([("report", f"{below}report.html")]) if is_linked else ""
        kind, key = "mark" if entry["chosen"] else "", str(entry["number"]) if is_linked else ""
        lines.append(table_row(line, range(1, len(line)), kind=kind, extra=extra, key=key))
    return table([*columns, "page"] if is_linked else columns, lines)


def front_plot(rows: Sequence[Row], size: str, metric: str, *, marked: Row | None, width: int = 640) -> str:
    """SVG of the scores of designs over their area or power; one of them may stand out.

    Parameters
    ----------
    rows : sequence of mapping
        As `bespoke.flow.ParetoFront.rows`, with ``changes`` if there are any.
    size : str
        ``"area"`` or ``"power"``.
    metric : str
        ``accuracy``; any other is R2.
    marked : mapping or None
        One of the rows.
    width : int
    """
    name, figure = _SIZES[size]
    shown = [row for row in rows if figure(row)]
    best: list[tuple[float, float]] = []
    for step in sorted((figure(row), row["assured"]) for row in shown):
        if not best or step[1] > best[-1][1]:
            best.append(step)
    points = [
        Point(
            x=figure(row),
            y=row["train"] if row["test"] is None else row["test"],
            below=row["assured"],
            label=design_label(row),
            ring=row is marked,
            name=_COLUMNS[""](row) or ("this design" if row is marked else ""),
            key=str(row["number"]),
        )
        for row in shown
    ]
    return scatter(points, Scatter(name, metric_words(metric), steps=best, width=width)) if len(rows) > 1 else ""


def metric_words(metric: str) -> str:
    """Name of a score."""
    return "accuracy" if metric == "accuracy" else "R²"


def design_label(row: Row) -> str:
    """Configuration and figures of a design, parts separated by semicolons."""
    names = [name for name in ("chosen", "exact") if row[name]]
    parts = [f"design {row['number']}{' (' + ', '.join(names) + ')' if names else ''}"]
    scores = {"test": row["test"], "training": row["train"], "assured": row["assured"]}
    parts += [f"{name} {score_words(value)}" for name, value in scores.items() if value is not None]
    parts += [area_words(row["area_mm2"]), power_text(row["power_mw"]), f"gates: {row['gates']:,}"]
    parts += [f"functional yield {yield_words(row)}"] if yield_words(row) else []
    parts += [f"{name} {old:,} to {new:,}" for name, (old, new) in row.get("changes", {}).items() if old != new]
    return "; ".join([*parts, *([f"{row['edits']:,} gate-level edits"] if row["edits"] else [])])


def front_figure(rows: Sequence[Row], metric: str, width_in: float = COLUMN_IN) -> Any:  # noqa: ANN401  matplotlib
    """Figure for print of the assured score and those on training and test rows over area.

    Parameters
    ----------
    rows : sequence of mapping
        As `bespoke.flow.ParetoFront.rows`.
    metric : str
        ``accuracy``; any other is R2.
    width_in : float
        Width in inches.

    Raises
    ------
    ToolMissingError
    """
    # A circuit of no area has no position on a logarithmic axis.
    shown = [(row["area_mm2"] / 100, row) for row in rows if row["area_mm2"] > 0]
    series = [
        Series(sorted((area, row[name]) for area, row in shown if row[name] is not None), words, mark, colour, line)
        for name, (line, mark, colour, words) in _SERIES.items()
    ]
    with print_figure(series, "area (cm²)", (width_in, 0.72 * width_in)) as (drawn, axes):
        for area, row in shown:
            if row["chosen"] or row["exact"]:
                style = "-" if row["chosen"] else ":"
                axes.axvline(area, color=GREY, linewidth=0.8, linestyle=style, zorder=0)
                place = {"xycoords": ("data", "axes fraction"), "textcoords": "offset points", "xytext": (0, 2)}
                axes.annotate(_COLUMNS[""](row), (area, 1.0), ha="center", fontsize=7, color=GREY, **place)
        axes.set_ylabel("accuracy" if metric == "accuracy" else "$R^2$")
        if shown:
            axes.legend(loc="best", handlelength=1.4)
    return drawn
