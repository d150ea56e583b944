"""What notebooks show: tables of pandas, which is optional, and fragments of HTML made of what pages are made of.

A fragment has no script, no style sheet and nothing from the network. Colours are shares of the notebook's own text
colour, or of a lightness that is read on white and on black, so that it suits light and dark ones.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from html import escape
from typing import Any

from bespoke.drawing.front import designs_table, front_plot
from bespoke.drawing.markup import bullets, details, paragraph, tiles
from bespoke.errors import ToolMissingError

_SHOWN_NOTES = 6
_WIDTH = 480  # of the plot in px
_ASSURED = (
    "Assured (small, on the line): what the training rows assure with a reserve for chance; the choice is by it. Test "
    "rows are for the report alone."
)

_LINE = "rgba(128,128,128,.35)"
_ACCENT = "#d9730d"
_CELL = f"padding:.15em .8em .15em 0;border:none;border-bottom:1px solid {_LINE};white-space:nowrap"
# By tag, or tag and class.
_STYLES = {
    "div.card": "display:inline-block;max-width:100%;overflow-x:auto;padding:.6em .9em;border-radius:6px;"
    f"border:1px solid {_LINE}",
    "div.headline": "display:flex;flex-wrap:wrap;gap:.4em 1.6em;margin:.5em 0",
    "b": "display:block;font-size:125%;font-weight:600",
    "small": "font-size:80%;font-weight:400;opacity:.65",
    "span": "display:block;font-size:85%;opacity:.65",
    "p.note": "margin:.3em 0;font-size:90%;opacity:.65",
    "details": "font-size:90%;opacity:.65",
    "summary": "cursor:pointer",
    "ul": "margin:.2em 0",
    "table": "border-collapse:collapse;font-variant-numeric:tabular-nums;font-size:92%;margin:.4em 0",
    "th": f"{_CELL};text-align:left;font-weight:600",
    "th.n": "text-align:right",
    "td": f"{_CELL};text-align:left",
    "td.n": "text-align:right",
    "tr": "background:none",
    "tr.mark": f"font-weight:600;color:{_ACCENT}",
    "svg": "display:block;max-width:100%;height:auto;margin:.6em 0",
    "text": "font:12px sans-serif;fill:currentColor;opacity:.7",
    "text.named": f"font-weight:600;fill:{_ACCENT};opacity:1",
    "path.grid": f"stroke:{_LINE}",
    "path.axis": "stroke:currentColor;opacity:.5",
    "path.line": "fill:none;stroke:currentColor;opacity:.5",
    "path.stem": "stroke:currentColor;opacity:.4",
    "circle.mark": "fill:currentColor",
    "circle.open": "fill:none;stroke:currentColor;stroke-width:1.5",
    "circle.ring": f"fill:none;stroke:{_ACCENT};stroke-width:2",
    "circle.halo": "fill:none;pointer-events:all",
}


def card(title: str, facts: Iterable[tuple[str, ...]], remarks: Sequence[str], notes: Sequence[str]) -> str:
    """Fragment of plain texts.

    Parameters
    ----------
    title : str
    facts : iterable of tuple of str
        Name and value of each headline figure, and remarks below it; empty ones are left out.
    remarks : sequence of str
        In a line.
    notes : sequence of str
        The first of them folded away.
    """
    rest = [f"and {len(notes) - _SHOWN_NOTES} more"] if len(notes) > _SHOWN_NOTES else []
    summary = f"{len(notes)} remark{'s' if len(notes) > 1 else ''}"
    folded = details(summary, bullets([*notes[:_SHOWN_NOTES], *rest]), is_open=False)
    return _fragment(title, tiles(facts), paragraph("; ".join(remarks), "note"), folded)


def front_fragment(title: str, rows: Sequence[Mapping[str, Any]], metric: str) -> str:
    """Fragment of a front: a plot of score over area, and a table.

    Parameters
    ----------
    title : str
    rows : sequence of mapping
        As `bespoke.flow.ParetoFront.rows`.
    metric : str
        ``accuracy``; any other is R2.
    """
    chosen = next((entry for entry in rows if entry["chosen"]), None)
    drawn = front_plot(rows, "area", metric, marked=chosen, width=_WIDTH)
    return _fragment(title, drawn, designs_table(rows), paragraph(_ASSURED, "note"))


def frame(rows: Sequence[Mapping[str, Any]]) -> Any:  # noqa: ANN401  pandas is optional
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


def _fragment(title: str, *parts: str) -> str:
    """A card whose elements have the styles of their tags and classes."""
    html = f'<div class="card"><strong>{escape(title)}</strong>\n{"".join(parts)}</div>'
    return re.sub(r'<(\w+)((?: [\w-]+="[^"]*")*)', _styled, html)


def _styled(opened: re.Match[str]) -> str:
    tag, attributes = opened.groups()
    found = re.search(r' class="([^"]*)"', attributes)
    names = [tag, *(f"{tag}.{kind}" for kind in (found[1].split() if found else ()))]
    style = ";".join(_STYLES[name] for name in names if name in _STYLES)
    rest = attributes.replace(found[0], "") if found else attributes
    return f"<{tag}{rest}" + (f' style="{style}"' if style else "")
