"""Figures of a sweep for print, from its ``table.csv``."""

from __future__ import annotations

import csv
from collections.abc import Callable, Mapping, Sequence
from math import isfinite
from pathlib import Path
from typing import Any

from bespoke.errors import OutputError
from bespoke.flow.front_views import BLUE, COLUMN_IN, GREY, ORANGE, new_figure, plain_log_axis, printed_style

OURS = "bespoke"
_GREEN, _PURPLE, _SKY = "#009E73", "#CC79A7", "#56B4E9"
_COLOURS = (BLUE, ORANGE, _GREEN, _PURPLE, _SKY)
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
    with printed_style():
        drawn, axes = new_figure(width_in, 0.72 * width_in)
        axes.axhline(0, color=GREY, linewidth=0.8, linestyle=":")
        for number, model in enumerate(dict.fromkeys(row["model"] for row in known)):
            for is_ours in (True, False):
                group = [row for row in known if row["model"] == model and (row["origin"] == OURS) == is_ours]
                axes.plot(
                    [row["area_gain"] for row in group],
                    [100 * (row["accuracy"] - row["accuracy_exact"]) for row in group],
                    _MARKS[number % len(_MARKS)],
                    color=_COLOURS[number % len(_COLOURS)] if is_ours else GREY,
                    fillstyle="full" if is_ours else "none",
                    label=(model if is_ours else f"{model}, published") if group else None,
                )
        axes.set_ylabel("change of accuracy (points)")
        plain_log_axis(axes, [row["area_gain"] for row in known], "times smaller than the exact circuit")
        _legend(axes)
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
    series = (
        ("exact", "area_exact_cm2", True, "o", BLUE, "none"),
        ("approximate", "area_cm2", True, "o", BLUE, "full"),
        ("approximate, published", "area_cm2", False, "|", ORANGE, "full"),
    )
    with printed_style():
        drawn, axes = new_figure(width_in, _FRAME_IN + _ROW_IN * max(len(names), 4))
        shown: list[float] = []
        for words, figure, is_ours, mark, colour, fill in series:
            pairs = [
                (row[figure], places[f"{row['dataset']} {row['model']}"])
                for row in known
                if row[figure] and (row["origin"] == OURS) == is_ours
            ]
            if pairs:
                x, y = zip(*pairs, strict=True)
                axes.plot(x, y, mark, color=colour, fillstyle=fill, label=words, markersize=7 if mark == "|" else 4)
                shown += x
        axes.set_yticks(list(places.values()), list(places), fontsize=7)
        plain_log_axis(axes, shown, "area (cm²)")
        drawn.legend(loc="outside upper right", ncols=3, handletextpad=0.1, columnspacing=0.9)
    return drawn


def _legend(axes: Any) -> None:  # noqa: ANN401  matplotlib
    if axes.get_legend_handles_labels()[0]:
        axes.legend(loc="best", handletextpad=0.2)


SWEEP_FIGURES: Mapping[str, Callable[..., Any]] = {"gain": gain_figure, "area": area_figure}
