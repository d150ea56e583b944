"""Figures of matplotlib, which is optional, for print.

They are as wide as a column, have letters of 7 points or more, text kept as text in PDF and SVG, and colours that
everyone can tell apart (Okabe and Ito, "Color Universal Design", 2008).
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bespoke.drawing.axes import log_ticks, plain_numbers
from bespoke.errors import OptionError, ToolMissingError
from bespoke.files import write_file

COLUMN_IN = 3.5
BLUE, ORANGE, GREY = "#0072B2", "#D55E00", "#7A7A7A"
COLOURS = (BLUE, ORANGE, "#009E73", "#CC79A7", "#56B4E9")
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
    "pdf.fonttype": 42,
    "svg.fonttype": "none",
    "svg.hashsalt": "bespoke",
}


@dataclass(frozen=True, slots=True)
class Series:
    """Points of one kind; marks and lines are named as in matplotlib.

    Attributes
    ----------
    points : sequence of (float, float)
    words : str
        In the legend.
    mark, colour, line : str
    is_open : bool
        Whether the marks are hollow.
    """

    points: Sequence[tuple[float, float]]
    words: str
    mark: str
    colour: str
    line: str = "none"
    is_open: bool = False
    size: float = 4.0


@contextmanager
def print_figure(
    series: Sequence[Series], x_name: str, size_in: tuple[float, float]
) -> Iterator[tuple[Any, Any]]:  # matplotlib has no types
    """Figure and axes of series over a logarithmic axis with round figures, to be completed inside ``with``.

    Raises
    ------
    ToolMissingError
        If matplotlib is not installed.
    """
    with _printed_style():
        from matplotlib.figure import Figure

        drawn = Figure(figsize=size_in, layout="constrained")
        axes = drawn.subplots()
        axes.grid(visible=True, color="0.9", linewidth=0.5)
        axes.set_axisbelow(True)
        shown = [one for one in series if one.points]
        for one in shown:
            x, y = zip(*one.points, strict=True)
            fill = "none" if one.is_open else "full"
            looks: dict[str, Any] = {"linestyle": one.line, "color": one.colour, "fillstyle": fill}
            axes.plot(x, y, one.mark, label=one.words, markersize=one.size, **looks)
        axes.set_xlabel(x_name)
        if shown:
            axes.set_xscale("log")
            axes.margins(x=0.08)
            ticks = log_ticks(*axes.get_xlim(), _MOST_TICKS)
            axes.set_xticks(ticks, plain_numbers(ticks, is_even=False))
            axes.set_xticks([], minor=True)
        yield drawn, axes


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
    with _printed_style():
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


def _printed_style() -> AbstractContextManager[Any]:
    """Settings of matplotlib under which figures are made and saved."""
    try:
        import matplotlib as mpl
    except ImportError:
        raise ToolMissingError("matplotlib is not installed", allowed="pip install 'bespoke[plots]'") from None
    settings: AbstractContextManager[Any] = mpl.rc_context(_STYLE)
    return settings
