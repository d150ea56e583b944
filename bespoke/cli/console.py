"""What the commands show: tables and JSON on standard output, progress on standard error."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import click


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
        click.echo(click.style(title, bold=True))
    width = max((len(name) for name, _ in facts), default=0)
    for name, value in facts:
        click.echo(f"  {name:<{width}}  {value}")


def note(text: str) -> None:
    """Print a remark on standard error."""
    click.echo(f"bespoke: {text}", err=True)


@contextmanager
def progress(what: str) -> Iterator[Callable[[str], None]]:
    """Show what is being done while it is done, on a terminal only.

    Yields a function that replaces the text.
    """
    if not sys.stderr.isatty():
        yield lambda _stage: None
        return
    from rich.console import Console

    with Console(stderr=True).status(what) as status:
        yield lambda stage: status.update(f"{what}: {stage}")


def _natural_width(columns: Sequence[str], rows: Sequence[Sequence[str]], title: str | None) -> int:
    widths = [max(len(cell) for cell in cells) for cells in zip(columns, *rows, strict=True)]
    return max(sum(widths) + 3 * len(widths) + 4, len(title or ""))
