"""Figures of the guide come from ``benchmarks/results/*.json`` while it is built, so that none can be stale.

``{result}`FILE / ROW / COLUMN / FORMAT``` is one figure, ``{ablation}`ROW``` those of a technique, and the directives
``results`` and ``to-scale`` are a table and a drawing. ``FORMAT`` is that of `format`, with ``summary`` as the row for
a figure of the summary, and ``limit`` for what that has to keep. Whatever is missing ends a strict build.
"""

from __future__ import annotations

import json
import math
from functools import cache
from html import escape
from pathlib import Path
from typing import Any, ClassVar

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective, SphinxRole

RESULTS = Path(__file__).resolve().parents[2] / "benchmarks" / "results"


@cache
def results(name: str) -> dict[str, Any]:
    """Content of a result file."""
    document: dict[str, Any] = json.loads((RESULTS / f"{name}.json").read_text(encoding="utf-8"))
    return document


def figure(name: str, row: str, column: str) -> Any:  # noqa: ANN401  a number or a word
    """One figure of a result file."""
    document = results(name)
    of_bars = {"summary": "value", "limit": "limit"}
    return document["summary"][column][of_bars[row]] if row in of_bars else document["rows"][row][column]


class Result(SphinxRole):
    """``{result}`FILE / ROW / COLUMN / FORMAT```."""

    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        """Text of the figure; a warning, which ends a strict build, if there is none."""
        try:
            name, row, column, form = (part.strip() for part in self.text.split(" / "))
            text = _text(figure(name, row, column), form)
        except (KeyError, ValueError, OSError) as error:
            message = self.inliner.reporter.warning(f"no such result: {self.text} ({error!r})", line=self.lineno)
            return [], [message]
        return [nodes.Text(text)], []


class Ablation(SphinxRole):
    """``{ablation}`ROW```: change of area and power in a row of ``ablation.json``, and the name of the row."""

    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        """Text of both figures; a warning, which ends a strict build, if there is no such row."""
        try:
            area, power = (figure("ablation", self.text, f"{key} change") for key in ("area", "power"))
        except (KeyError, OSError) as error:
            return [], [self.inliner.reporter.warning(f"no such row of ablation.json: {error!r}", line=self.lineno)]
        figures = nodes.Text(f"{_text(area, '+.1%')} area and {_text(power, '+.1%')} power ")
        return [figures, _name(self.text)], []


class Results(SphinxDirective):
    """Table of rows of one result file.

    The content has one line a column: ``head | column | format``; a first line without a format names the rows.
    """

    required_arguments = 1
    final_argument_whitespace = True
    has_content = True
    option_spec: ClassVar[dict[str, Any]] = {"rows": directives.unchanged, "without": directives.unchanged}

    def run(self) -> list[nodes.Node]:
        """The table, with the revision below it."""
        name = self.arguments[0]
        columns = [tuple(part.strip() for part in line.split("|")) for line in self.content[1:]]
        wanted = [row.strip() for row in self.options.get("rows", "").split(",") if row.strip()]
        rows = wanted or list(results(name)["rows"])
        lines = [[self.content[0], *(head for head, *_ in columns)]]
        for row in rows:
            try:
                cells = [self._cell(name, row, column, form) for _, column, form in columns]
            except KeyError as error:
                raise self.error(f"no such result: {name}: {row}: {error}") from None
            lines.append([row, *cells])
        note = nodes.paragraph(classes=["result-source"])
        note += nodes.literal(text=f"benchmarks/results/{name}.json")
        note += nodes.Text(f", revision {results(name)['revision'].rstrip('+')}")
        return [_table(lines), note]

    @staticmethod
    def _cell(name: str, row: str, column: str, form: str) -> str:
        if column not in results(name)["rows"][row]:
            return "\N{EN DASH}"
        return _text(figure(name, row, column), form)


def _name(text: str) -> nodes.Node:
    """Text, and code if it is an option."""
    return nodes.literal(text=text) if text.startswith("--") else nodes.Text(text)


def _text(value: Any, form: str) -> str:  # noqa: ANN401  a number or a word
    text = format(value, form)
    if isinstance(value, str):
        return text
    return text.replace("%", "\N{NO-BREAK SPACE}%").replace("-", "\N{MINUS SIGN}")


def _table(lines: list[list[str]]) -> nodes.table:
    group = nodes.tgroup(cols=len(lines[0]))
    group += [nodes.colspec(colwidth=1) for _ in lines[0]]
    head, body = nodes.thead(), nodes.tbody()
    for number, line in enumerate(lines):
        row = nodes.row()
        for place, cell in enumerate(line):
            right = place and not lines[1][place].isalpha()
            text = nodes.paragraph("", "", _name(cell))
            row += nodes.entry("", text, classes=["text-right"] if right else [])
        (body if number else head).append(row)
    group += [head, body]
    return nodes.table("", group, classes=["results"])


class ToScale(SphinxDirective):
    """Squares whose areas are to one scale, side by side.

    The content has one line a square: ``FILE / ROW / COLUMN | first line | second line``, with areas in cm2.
    """

    has_content = True

    def run(self) -> list[nodes.Node]:
        """An inline drawing in the colours of the page."""
        squares = []
        for line in self.content:
            place, *words = (part.strip() for part in line.split("|"))
            try:
                squares.append((float(figure(*(part.strip() for part in place.split(" / ")))), words))
            except (KeyError, TypeError, OSError) as error:
                raise self.error(f"no such result: {place} ({error!r})") from None
        return [nodes.raw("", _drawing(squares), format="html")]


def _drawing(squares: list[tuple[float, list[str]]], scale: float = 38.0, pitch: float = 170.0) -> str:
    """SVG of squares on one line; ``scale`` is px per cm."""
    base = scale * math.sqrt(max(area for area, _ in squares)) + 12
    parts = []
    for place, (area, words) in enumerate(squares):
        side = scale * math.sqrt(area)
        x = place * pitch + (pitch - side) / 2
        parts.append(
            f'<rect class="s{place}" x="{x:.1f}" y="{base - side:.1f}" width="{side:.1f}" height="{side:.1f}"/>'
        )
        middle = place * pitch + pitch / 2
        figures = f"{area:.3g} cm\N{SUPERSCRIPT TWO}"
        for line, (text, kind) in enumerate([(figures, "figure"), *((word, "word") for word in words)]):
            parts.append(f'<text class="{kind}" x="{middle:.1f}" y="{base + 24 + 19 * line:.1f}">{escape(text)}</text>')
    width, height = pitch * len(squares), base + 24 + 19 * len(squares[0][1]) + 6
    label = "; ".join(f"{' '.join(words)}: {area:.3g} square centimetres" for area, words in squares)
    return (
        f'<svg class="to-scale" role="img" aria-label="{escape(label)}" viewBox="0 0 {width:.0f} {height:.0f}">'
        f"{''.join(parts)}</svg>"
    )


def setup(app: Sphinx) -> dict[str, Any]:
    """Register with Sphinx."""
    app.add_role("ablation", Ablation())
    app.add_role("result", Result())
    app.add_directive("results", Results)
    app.add_directive("to-scale", ToScale)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
