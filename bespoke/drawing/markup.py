"""Small pieces of HTML, and the frame of a page that needs nothing from outside."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from html import escape
from pathlib import Path
from string import Template
from typing import Any

from bespoke.drawing.words import shortened

Facts = Iterable[tuple[str, str]]


def text(plain: str) -> str:
    """HTML of a plain text, with its square units as they are set."""
    return _SQUARE.sub("\\1\N{SUPERSCRIPT TWO}", escape(plain))


def page(
    title: str, subtitle: str, headline: Facts, sections: Iterable[str], *, kind: str = "", extra: str = ""
) -> str:
    """A whole page; ``title``, ``subtitle`` and ``headline`` are plain text, sections are HTML.

    ``kind`` may be ``broad``, for wide tables; ``extra`` is the name of a further script and style sheet.
    """
    names = ("page", extra) if extra else ("page",)
    script = "".join(_bare(asset(f"{name}.js")) for name in names)
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    return _PAGE.substitute(
        title=escape(title),
        subtitle=escape(subtitle),
        digest=digest,
        kind=_class(kind),
        style="".join(_bare(asset(f"{name}.css")) for name in ("page", "schematic", *names[1:])),
        script=script,
        headline=tiles(headline),
        sections="\n".join(section for section in sections if section),
    )


def tiles(facts: Iterable[tuple[str, ...]]) -> str:
    """The figures that a reader looks for first: their names, values, and remarks."""
    return f'<div class="headline">\n{"".join(_tile(*fact) for fact in facts)}</div>'


def section(title: str, *parts: str, wide: bool = False) -> str:
    """A section of HTML parts, or nothing if all of them are empty."""
    body = "\n".join(part for part in parts if part)
    kind = ' class="wide"' if wide else ""
    return f"<section{kind}><h2>{escape(title)}</h2>\n<div>\n{body}\n</div></section>" if body else ""


def part(title: str, body: str) -> str:
    """HTML under a heading of the third level, or nothing."""
    return f"<h3>{escape(title)}</h3>\n{body}" if body else ""


def paragraph(text: str, kind: str = "") -> str:
    """A paragraph of plain text, or nothing."""
    return f"<p{_class(kind)}>{escape(text)}</p>" if text else ""


def code_block(text: str) -> str:
    """Plain text as it would be typed."""
    return f"<pre><code>{escape(text)}</code></pre>"


def facts_list(facts: Facts, kinds: Mapping[str, str] | None = None) -> str:
    """Names and values in two columns; ``kinds`` gives values their class by their first word."""
    rows = "".join(
        f"<dt>{escape(name)}</dt><dd{_class((kinds or {}).get(value.partition(' ')[0].rstrip(','), ''))}>"
        f"{text(value)}</dd>\n"
        for name, value in facts
    )
    return f"<dl>\n{rows}</dl>" if rows else ""


def bullets(items: Sequence[str]) -> str:
    """A list of plain texts, or nothing."""
    return "<ul>\n" + "".join(f"<li>{escape(item)}</li>\n" for item in items) + "</ul>" if items else ""


def details(summary: str, body: str, *, is_open: bool) -> str:
    """HTML that a reader can fold; printing unfolds it."""
    return (
        f"<details{' open' if is_open else ''}><summary>{escape(summary)}</summary>\n{body}</details>" if body else ""
    )


def figure(drawing: str, caption: str) -> str:
    """A drawing with its caption in plain text."""
    return f"<figure>{drawing}\n<figcaption>{escape(caption)}</figcaption></figure>" if drawing else ""


def table(
    columns: Sequence[str], rows: Iterable[str], *, groups: Sequence[tuple[str, int]] = (), kind: str = ""
) -> str:
    """A table from rows of HTML, or nothing without rows.

    A column whose name starts with ``>`` is one of numbers; ``groups`` are headings over so many columns each.
    """
    body = "".join(rows)
    if not body:
        return ""
    over = "".join(
        f'<th colspan="{count}"{_class("over" if name else "")}>{escape(name)}</th>' for name, count in groups
    )
    head = "".join(
        f'<th scope="col"{_class("n" if name[:1] == ">" else "")}>{escape(name.lstrip(">"))}</th>' for name in columns
    )
    top = f"<tr>{over}</tr>\n" if over else ""
    return (
        f'<div class="scroll"><table{_class(kind)}><thead>{top}<tr>{head}</tr></thead>\n'
        f"<tbody>{body}</tbody></table></div>"
    )


def row(cells: Sequence[str], numbers: Iterable[int] = (), *, kind: str = "", extra: str = "", key: str = "") -> str:
    """A table row of plain texts; ``numbers`` are the places of numbers, ``extra`` is HTML at the end."""
    places = set(numbers)
    body = "".join(
        f'<td class="n">{_with_deviation(cell)}</td>' if place in places else f"<td>{text(cell)}</td>"
        for place, cell in enumerate(cells)
    )
    return f"<tr{_class(kind)}{attribute('data-row', key)}>{body}{extra}</tr>\n"


def _with_deviation(cell: str) -> str:
    """A number with its deviation in a line of its own."""
    mean, mark, deviation = text(cell).partition(" ± ")
    return f"{mean}<small>± {deviation}</small>" if mark else mean


def plain_table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table of plain texts, columns as for `table`."""
    numbers = [place for place, name in enumerate(columns) if name[:1] == ">"]
    return table(columns, (row(cells, numbers) for cells in rows))


def matrix(columns: Sequence[str], rows: Iterable[tuple[str, str]], *, kind: str = "", most: int = 16) -> str:
    """A table of `tone` cells, by row its name and its cells; names are shortened to ``most`` letters."""
    head = "".join(_matrix_head("col", name, most) for name in columns)
    body = "".join(f"<tr>{_matrix_head('row', name, 18)}{cells}</tr>\n" for name, cells in rows)
    top = f"<thead><tr><th></th>{head}</tr></thead>\n" if columns else ""
    return f'<div class="scroll matrix {kind}"><table>{top}<tbody>{body}</tbody></table></div>'


def _matrix_head(scope: str, name: str, most: int) -> str:
    return f'<th scope="{scope}" title="{escape(name)}"><span>{escape(shortened(name, most))}</span></th>'


def tone(share: float, body: str, kind: str, title: str = "") -> str:
    """Cell of a `matrix`, coloured the stronger the larger its share of 0 to 1."""
    strength = round(10 + 82 * share)
    solid = " solid" if strength > 58 else ""
    return f'<td class="{kind}{solid}" style="--s:{strength}"{attribute("title", title)}>{body}</td>'


def bar(share: float) -> str:
    """Table cell with a bar for a share of 0 to 1."""
    return f'<td class="bar"><i style="width:{100 * share:.1f}%"></i></td>'


def numbers(cells: Iterable[str]) -> str:
    """Table cells with numbers."""
    return "".join(f'<td class="n">{escape(cell)}</td>' for cell in cells)


def links(targets: Iterable[tuple[str, str]]) -> str:
    """Table cell with relative links: their words and their targets."""
    found = [f'<a href="{escape(target)}">{escape(words)}</a>' for words, target in targets]
    return f"<td>{' '.join(found)}</td>"


def data_block(identifier: str, data: Any) -> str:  # noqa: ANN401  any plain data
    """Plain data for a script of the page; no text in them can end or open an element."""
    text = json.dumps(data, separators=(",", ":"))
    for letter in "<>&":
        text = text.replace(letter, f"\\u{ord(letter):04x}")
    return f'<script type="application/json" id="{escape(identifier)}">{text}</script>'


def link_line(words: str, target: str) -> str:
    """A paragraph that is a relative link."""
    return f'<p class="link"><a href="{escape(target)}">{escape(words)}</a></p>'


def legend(entries: Iterable[tuple[str, str]]) -> str:
    """A list of names in front of which their colour stands, given by its class."""
    items = "".join(f"<li{_class(kind)}>{escape(name)}</li>" for name, kind in entries)
    return f'<ul class="legend">{items}</ul>' if items else ""


def attribute(name: str, value: str) -> str:
    """An attribute with a space in front, or nothing."""
    return f' {name}="{escape(value)}"' if value else ""


def _class(kind: str) -> str:
    return attribute("class", kind)


def _tile(name: str, value: str, *remarks: str) -> str:
    number, _, unit = text(value).partition(" ")
    is_number = number.lstrip("-+\N{MINUS SIGN}")[:1].isdigit()
    words = f"{number} <small>{unit}</small>" if unit and is_number else text(value)
    spans = "".join(f"<span>{text(line)}</span>" for line in (name, *remarks) if line)
    return f"<div><b>{words}</b>{spans}</div>\n"


@cache
def asset(name: str) -> str:
    """Text of a file of this room: a style sheet or a script."""
    return (Path(__file__).parent / name).read_text(encoding="utf-8")


def _bare(source: str) -> str:
    """A script or a style sheet without indentation and without lines of comments."""
    lines = map(str.strip, source.splitlines())
    return "".join(f"{line}\n" for line in lines if line and not line.startswith("//"))


_SQUARE = re.compile(r"(?<=\d )([cm]m)2\b")

_PAGE = Template("""\
<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy"
 content="default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-$digest'">
<title>$title</title>
<style>
$style</style>
</head>
<body$kind>
<header><h1>$title</h1><p>$subtitle</p></header>
$headline
<main>
$sections
</main>
<script>$script</script>
</body>
</html>
""")
