"""A front as a table of pandas and as a figure of matplotlib, both optional."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from bespoke.errors import OutputError, ToolMissingError

Row = Mapping[str, Any]
_SERIES = {"train": ("o-", "training rows"), "assured": ("^-", "assured"), "test": ("s", "test rows")}


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


def figure(rows: Sequence[Row], metric: str) -> Any:  # noqa: ANN401  matplotlib has no types
    """Figure of the assured score and those on training and test rows over area.

    Raises
    ------
    ToolMissingError
    """
    try:
        from matplotlib.figure import Figure
    except ImportError:
        raise ToolMissingError("matplotlib is not installed", allowed="pip install 'bespoke[plots]'") from None
    drawn = Figure(figsize=(7, 4.5), layout="constrained")
    axes = drawn.subplots()
    areas = [row["area_mm2"] / 100 for row in rows]
    for name, (mark, words) in _SERIES.items():
        pairs = sorted((area, row[name]) for area, row in zip(areas, rows, strict=True) if row[name] is not None)
        if pairs:
            axes.plot(*zip(*pairs, strict=True), mark, label=words, markersize=5)
    for row, area in zip(rows, areas, strict=True):
        if row["chosen"]:
            axes.axvline(area, color="0.6", linewidth=1, label="chosen")
        if row["exact"]:
            axes.axvline(area, color="0.6", linewidth=1, linestyle=":", label="exact")
    axes.set_xscale("log")
    for set_formatter in (axes.xaxis.set_major_formatter, axes.xaxis.set_minor_formatter):
        set_formatter(lambda area, _: f"{area:.2g}")
    axes.set_xlabel("area in cm2")
    axes.set_ylabel("accuracy" if metric == "accuracy" else "R2")
    axes.grid(visible=True, alpha=0.3)
    axes.legend()
    return drawn


def figure_bytes(drawn: Any) -> bytes:  # noqa: ANN401  matplotlib has no types
    """PNG of a figure, the same in every run."""
    buffer = io.BytesIO()
    drawn.savefig(buffer, format="png", dpi=120, metadata={"Software": None})
    return buffer.getvalue()


def save_figure(drawn: Any, path: Path) -> None:  # noqa: ANN401  matplotlib has no types
    """Write a figure; the suffix says in which format.

    Raises
    ------
    OutputError
    """
    try:
        drawn.savefig(path)
    except (OSError, ValueError) as error:
        raise OutputError("cannot be written", where=str(path), got=error) from None
