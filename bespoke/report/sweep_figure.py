"""Figures of a sweep for print, from its ``table.csv``."""

from __future__ import annotations

import csv
from collections.abc import Callable, Mapping, Sequence
from math import isfinite
from pathlib import Path
from typing import Any

from bespoke.drawing.figure import BLUE, COLOURS, COLUMN_IN, GREY, ORANGE, Series, print_figure
from bespoke.errors import OutputError

OURS = "bespoke"
_MARKS = ("o", "s", "^", "D", "v")
_ROW_IN, _FRAME_IN = 0.17, 0.6
_WORDS = ("dataset", "model", "origin", "metric")
_FIGURES = ("accuracy_exact", "accuracy", "area_exact_cm2", "area_cm2", "area_gain")
Row = Mapping[str, Any]


def read_table(path: Path) -> list[dict[str, Any]]:
    """Rows of a ``table.csv``, figures as numbers and None where there is none.

    Raises
    ------
    OutputError
        If the file cannot be read as such a table.
    """
    try:
        with path.open(encoding="utf-8", newline="") as file:
            reader = csv.DictReader(file)
            columns = reader.fieldnames or ()
            rows = [{**row, **{name: _number(row[name]) for name in _FIGURES}} for row in reader]
    except (OSError, csv.Error, KeyError, ValueError) as error:
        raise OutputError("not the table of a sweep", where=str(path), got=error) from None
    missing = [name for name in (*_WORDS, *_FIGURES) if name not in columns]
    if missing or not rows:
        got = f"no column {missing[0]}" if missing else "no rows"
        raise OutputError("not the table of a sweep", where=str(path), got=got, allowed="table.csv of `bespoke sweep`")
    return rows


def _number(text: str | None) -> float | None:
    number = float(text) if text else None
    if number is not None and not isfinite(number):
        raise ValueError(text)
    return number


def gain_figure(rows: Sequence[Row], width_in: float = COLUMN_IN) -> Any:  # noqa: ANN401  matplotlib
    """Change of the test accuracy in percentage points over how many times smaller the circuit is; a mark per cell.

    Raises
    ------
    ToolMissingError
        If matplotlib is not installed.
    """
    known = [row for row in rows if None not in (row["accuracy_exact"], row["accuracy"], row["area_gain"])]
    known = [row for row in known if row["metric"] == "accuracy"]
    series = []
    for number, model in enumerate(dict.fromkeys(row["model"] for row in known)):
        mark, colour = _MARKS[number % len(_MARKS)], COLOURS[number % len(COLOURS)]
        for is_ours in (True, False):
            group = [row for row in known if row["model"] == model and (row["origin"] == OURS) == is_ours]
            points = [(row["area_gain"], 100 * (row["accuracy"] - row["accuracy_exact"])) for row in group]
            words, shade = (model, colour) if is_ours else (f"{model}, published", GREY)
            series.append(Series(points, words, mark, shade, is_open=not is_ours))
    with print_figure(series, "times smaller than the exact circuit", (width_in, 0.72 * width_in)) as (drawn, axes):
        axes.axhline(0, color=GREY, linewidth=0.8, linestyle=":", zorder=1)
        axes.set_ylabel("change of accuracy (points)")
        if known:
            axes.legend(loc="best", handletextpad=0.2)
    return drawn


def area_figure(rows: Sequence[Row], width_in: float = COLUMN_IN) -> Any:  # noqa: ANN401  matplotlib
    """Area of the exact circuits and of the chosen ones, and of published approximate ones; a line per data set.

    Raises
    ------
    ToolMissingError
        If matplotlib is not installed.
    """
    known = [row for row in rows if row["area_cm2"] or row["area_exact_cm2"]]
    names = list(dict.fromkeys(f"{row['dataset']} {row['model']}" for row in known))
    places = {name: len(names) - place for place, name in enumerate(names)}
    looks = (
        ("exact", "area_exact_cm2", True, "o", BLUE),
        ("approximate", "area_cm2", True, "o", BLUE),
        ("approximate, published", "area_cm2", False, "|", ORANGE),
    )
    series = []
    for words, figure, is_ours, mark, colour in looks:
        group = [row for row in known if row[figure] and (row["origin"] == OURS) == is_ours]
        points = [(row[figure], places[f"{row['dataset']} {row['model']}"]) for row in group]
        size = 7 if mark == "|" else 4
        series.append(Series(points, words, mark, colour, is_open=words == "exact", size=size))
    height = _FRAME_IN + _ROW_IN * max(len(names), 4)
    with print_figure(series, "area (cm²)", (width_in, height)) as (drawn, axes):
        axes.set_yticks(list(places.values()), list(places), fontsize=7)
        axes.set_ylim(0.5, len(names) + 0.5)
        drawn.legend(loc="outside upper right", ncols=3, handletextpad=0.1, columnspacing=0.9)
    return drawn


SWEEP_FIGURES: Mapping[str, Callable[..., Any]] = {"gain": gain_figure, "area": area_figure}
