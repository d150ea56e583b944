"""What the commands show: tables and JSON on standard output, progress on standard error."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, TextIO

import click

# Outcomes that are worth a colour.
_COLOURS = {"REFUTED": "red", "not finished": "yellow", "agrees": "green", "proven": "green"}


def show_json(data: Any) -> None:  # noqa: ANN401  any plain data
    """Print plain data as JSON, and nothing else."""
    click.echo(json.dumps(data, indent=2, ensure_ascii=False))


def show_table(columns: Sequence[str], rows: Sequence[Sequence[str]], *, title: str | None = None) -> None:
    """Print a table; a column whose name starts with ``>`` is set flush right."""
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(
        title=title,
        title_justify="left",
        box=box.SIMPLE_HEAD,
        pad_edge=False,
        show_edge=False,
        padding=(0, 1, 0, 0),
        title_style="bold",
    )
    for column in columns:
        right = column.startswith(">")
        table.add_column(column.lstrip(">"), justify="right" if right else "left", overflow="fold")
    for row in rows:
        table.add_row(*(Text(cell) for cell in row))
    # Piped output must not be folded to the width of a terminal that is not there.
    Console(width=None if sys.stdout.isatty() else _natural_width(columns, rows, title)).print(table)


def show_facts(facts: Sequence[tuple[str, str]], *, title: str | None = None) -> None:
    """Print names and values in two aligned columns."""
    if title:
        click.echo(click.style(title, bold=True) if coloured(sys.stdout) else title)
    width = max((len(name) for name, _ in facts), default=0)
    for name, value in facts:
        click.echo(f"  {name:<{width}}  {emphasised(value)}")


def note(*remarks: str) -> None:
    """Print remarks on standard error."""
    for text in remarks:
        click.echo(f"bespoke: {text}", err=True)


@contextmanager
def progress(what: str) -> Iterator[Callable[[str], None]]:
    """Show what is being done while it is done, on a terminal only.

    Yields a function that replaces the text. Where the text has a count such as ``3 of 12``, the time left is shown.
    """
    if not sys.stderr.isatty():
        yield lambda _stage: None
        return
    from bespoke.cli.progress import show_progress

    with show_progress(what) as stage:
        yield stage


def within(stage: Callable[[str], None], where: str) -> Callable[[str], None]:
    """Function that tells what is done as a part of something."""
    return lambda name: stage(f"{where}: {name}")


def coloured(stream: TextIO) -> bool:
    """Whether colours are wanted on a stream: a terminal that has them, and no NO_COLOR (https://no-color.org)."""
    return stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def emphasised(text: str) -> str:
    """The text for standard output, an outcome at its beginning in its colour."""
    outcome = next((words for words in _COLOURS if text.startswith(words)), None)
    if outcome is None or not coloured(sys.stdout):
        return text
    return click.style(outcome, fg=_COLOURS[outcome]) + text.removeprefix(outcome)


def _natural_width(columns: Sequence[str], rows: Sequence[Sequence[str]], title: str | None) -> int:
    widths = [max(len(cell) for cell in cells) for cells in zip(columns, *rows, strict=True)]
    return max(sum(widths) + 3 * len(widths) + 4, len(title or ""))
