"""A front as a table of pandas and as a figure of matplotlib, both optional.

Figures are made for print: as wide as a column, letters of 7 points or more, text kept as text in PDF and SVG, and
colours that everyone can tell apart (Okabe and Ito, "Color Universal Design", 2008).
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

from bespoke.errors import OptionError, ToolMissingError
from bespoke.files import write_file
from bespoke.flow.ticks import log_ticks, plain_numbers

Row = Mapping[str, Any]
COLUMN_IN = 3.5
BLUE, ORANGE, GREY = "#0072B2", "#D55E00", "#7A7A7A"
_MOST_TICKS = 7
_DPI = 300
# Nothing that depends on the day stands in a file.
_METADATA = {kind: {name: None} for kind, name in (("png", "Software"), ("svg", "Date"), ("pdf", "CreationDate"))}
_STYLE: dict[Any, Any] = {
    "font.size": 8,
    "font.family": "sans-serif",
    "axes.labelsize": 8,
    "axes.linewidth": 0.6,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "xtick.labelsize": 7,
    "ytick.labelsize": 7,
    "xtick.major.width": 0.6,
    "ytick.major.width": 0.6,
    "legend.fontsize": 7,
    "legend.frameon": False,
    "lines.linewidth": 1.0,
    "lines.markersize": 4,
    "pdf.fonttype": 42,
    "svg.fonttype": "none",
    "svg.hashsalt": "bespoke",
}
# Score: line, marker, colour, legend.
_SERIES = {
    "train": ("-", "o", GREY, "training rows"),
    "assured": ("-", "^", BLUE, "assured"),
    "test": ("none", "s", ORANGE, "test rows"),
}


def frame(rows: Sequence[Row]) -> Any:  # noqa: ANN401  pandas is optional
    """Rows as a pandas DataFrame.

    Raises
    ------
    ToolMissingError
    """
    try:
        import pandas as pd
    except ImportError:
        raise ToolMissingError("pandas is not installed", allowed="pip install pandas, or rows()") from None
    return pd.DataFrame(list(rows))


def figure(rows: Sequence[Row], metric: str, width_in: float = COLUMN_IN) -> Any:  # noqa: ANN401  matplotlib
    """Figure of the assured score and those on training and test rows over area.

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
    with printed_style():
        drawn, axes = new_figure(width_in, 0.72 * width_in)
        # A circuit of no area has no place on a logarithmic axis.
        shown = [row for row in rows if row["area_mm2"] > 0]
        areas = [row["area_mm2"] / 100 for row in shown]
        for name, (line, mark, colour, words) in _SERIES.items():
            pairs = sorted((area, row[name]) for area, row in zip(areas, shown, strict=True) if row[name] is not None)
            if pairs:
                axes.plot(*zip(*pairs, strict=True), linestyle=line, marker=mark, color=colour, label=words)
        for row, area in zip(shown, areas, strict=True):
            if row["chosen"] or row["exact"]:
                style = "-" if row["chosen"] else ":"
                axes.axvline(area, color=GREY, linewidth=0.8, linestyle=style, zorder=0)
                axes.annotate(
                    "chosen" if row["chosen"] else "exact",
                    (area, 1.0),
                    xycoords=("data", "axes fraction"),
                    textcoords="offset points",
                    xytext=(0, 2),
                    ha="center",
                    fontsize=7,
                    color=GREY,
                )
        axes.set_ylabel("accuracy" if metric == "accuracy" else "$R^2$")
        plain_log_axis(axes, areas, "area (cm²)")
        if areas:
            axes.legend(loc="best", handlelength=1.4)
    return drawn


def printed_style() -> AbstractContextManager[Any]:
    """Settings of matplotlib under which figures are made and saved.

    Raises
    ------
    ToolMissingError
        If matplotlib is not installed.
    """
    try:
        import matplotlib as mpl
    except ImportError:
        raise ToolMissingError("matplotlib is not installed", allowed="pip install 'bespoke[plots]'") from None
    settings: AbstractContextManager[Any] = mpl.rc_context(_STYLE)
    return settings


def new_figure(width_in: float, height_in: float) -> tuple[Any, Any]:
    """An empty figure and its axes, with a faint grid behind."""
    from matplotlib.figure import Figure

    drawn = Figure(figsize=(width_in, height_in), layout="constrained")
    axes = drawn.subplots()
    axes.grid(visible=True, color="0.9", linewidth=0.5)
    axes.set_axisbelow(True)
    return drawn, axes


def plain_log_axis(axes: Any, values: Sequence[float], name: str) -> None:  # noqa: ANN401  matplotlib
    """Make the horizontal axis logarithmic, with round figures written out at its ticks."""
    axes.set_xlabel(name)
    if not values:
        return
    axes.set_xscale("log")
    axes.margins(x=0.08)
    low, high = axes.get_xlim()
    ticks = log_ticks(low, high, _MOST_TICKS)
    axes.set_xticks(ticks, plain_numbers(ticks, is_even=False))
    axes.set_xticks([], minor=True)


def figure_bytes(drawn: Any, suffix: str = ".png") -> bytes:  # noqa: ANN401  matplotlib has no types
    """Content of the file of a figure, the same in every run.

    Parameters
    ----------
    drawn : matplotlib Figure
    suffix : str
        ``.png``, ``.svg`` or ``.pdf``.

    Raises
    ------
    OptionError
        For any other suffix.
    """
    kind = suffix.lower().removeprefix(".")
    if kind not in _METADATA:
        raise OptionError("no such format of figures", got=suffix or "no suffix", allowed=".png, .svg, .pdf")
    buffer = io.BytesIO()
    with printed_style():
        drawn.savefig(buffer, format=kind, dpi=_DPI, metadata=_METADATA[kind])
    return buffer.getvalue()


def save_figure(drawn: Any, path: Path) -> None:  # noqa: ANN401  matplotlib has no types
    """Write a figure; the suffix says in which format.

    Raises
    ------
    OptionError
        If the suffix names no format.
    OutputError
        If the file cannot be written.
    """
    write_file(path, figure_bytes(drawn, path.suffix))
